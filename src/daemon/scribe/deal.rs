//! One command at a time: what it asks, and what it is answered after the commit.

use super::{Command, Gate, Refused, Signatures, clock::ClockFault, group::Scribe, stall::Ask};
use crate::{
    cbor::Bytes,
    danger::{Bug, planted},
    limits::{COSIGNATURES_PER_READ_MAX, ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{Party, Position, Size},
    session::{Loaded, Refusal, Standing},
    store::{Store, StoredEntry, Write},
    tlog::{CosignedCheckpoint, TreeHead},
};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Deals with one command. Its answer waits for the commit.
    pub(super) fn deal(&mut self, command: Command) {
        match command {
            Command::Submit { submission, reply } => {
                let answer = self.submit(submission.as_ref().clone());
                self.may_start_over(Ask::Submit(submission, reply, answer));
            }
            Command::Envelope { bytes, reply } => {
                let answer = self.take_envelope(bytes);
                self.answer(reply, answer);
            }
            Command::Awaiting { reply } => {
                let answer = self.awaiting();
                self.answer(reply, answer);
            }
            Command::Standing { reply } => {
                let answer = self.standing();
                self.answer(reply, answer);
            }
            Command::Weigh { claims, reply } => {
                let answer = self.weigh(&claims);
                self.answer(reply, Ok(answer));
            }
            Command::Forked { fork } => self.forked(&fork),
            Command::Clock { theirs } => self.clock.heard(self.now, theirs),
            Command::Store { batch, reply } => {
                let answer = self.store_batch(batch.as_ref().clone());
                self.may_start_over(Ask::Store(batch, reply, answer));
            }
            Command::Cosigned { cosigned, reply } => {
                let answer = self.store_cosigned(*cosigned);
                self.answer(reply, Ok(answer));
            }
            Command::Load { log, start, reply } => {
                let answer = self.load_entries(log, start);
                self.answer(reply, answer);
            }
            Command::LoadCosignatures { above, within, reply } => {
                let answer = self.load_cosignatures(above, within);
                self.answer(reply, answer);
            }
            Command::CloseWeek { week, reply } => {
                let answer = self.close_week(week);
                self.answer(reply, answer);
            }
            Command::StateWeek { week, national, reply } => {
                let answer = self.state_week(week, national);
                self.answer(reply, answer);
            }
            Command::Week { week, reply } => {
                let answer = Ok(self.week(week));
                self.answer(reply, answer);
            }
            Command::Record { key, reply } => {
                let answer = self.record(key);
                self.answer(reply, answer);
            }
            Command::Case { wanted, reply } => self.case(&wanted, reply),
            Command::Cases { query, reply } => self.cases(&query, reply),
            Command::Status { reply } => {
                let answer = Ok(self.status());
                self.answer(reply, answer);
            }
            Command::Link { connected } => self.linked(connected),
            Command::Refusal { refusal } => self.refused(refusal),
            Command::Rekey { keys, reply } => self.rekey(keys, reply),
            Command::Judges { judges } => self.judge_by(judges),
            Command::Tick => {}
        }
    }

    /// A session answers whatever refusal came before it.
    fn linked(&mut self, connected: bool) {
        self.connected = connected;
        if connected {
            self.refusal = None;
        }
    }

    /// Two signatures that are held are not forgotten for what the other says next.
    fn refused(&mut self, refusal: Refusal) {
        let party = self.seat.party;
        let held = self.refusal.as_ref().is_some_and(|one| one.is_held_by(party));
        if !held || refusal.by == party {
            self.refusal = Some(refusal);
        }
    }

    /// Which test of the clock fails, if one does.
    pub(super) fn clock_fault(&mut self) -> Option<ClockFault> {
        let last = self.state.reader(self.seat.party).entangled().map(|(_, time)| time);
        self.clock.fault(self.now, last)
    }

    fn standing(&self) -> Result<Standing, Refused> {
        let (party, other) = (self.seat.party, self.seat.party.other());
        Ok(Standing {
            passed: self.gate == Gate::Open,
            term: 0,
            term_seen: self.term_seen,
            own: self.state.checkpoints.of(party).clone().ok_or(Refused::Internal)?,
            own_cosigned: self.state.cosigned.of(party).clone(),
            mirror: self.state.checkpoints.of(other).clone(),
            mirror_cosigned: self.state.cosigned.of(other).clone(),
            mirror_frontier: self.state.frontier(other).clone(),
            own_frontier: self.state.frontier(party).clone(),
            mirror_keys: self.state.reader(other).keys().clone(),
            own_keys: self.state.reader(party).keys().clone(),
        })
    }

    /// Reads entries for sending, with a checkpoint of exactly their end and the cosigned notes for
    /// the entanglements among them.
    fn load_entries(&mut self, log: Party, start: Position) -> Result<Option<Loaded>, Refused> {
        let mut stored = self
            .store
            .entries(log, start, ENTRIES_PER_MESSAGE_MAX, ENTRIES_BYTES_MAX)
            .map_err(Refused::store)?;
        if let Some((entangled, _)) = self.state.books.newest().receipt(log, start)
            && self.can_show(log, entangled)?
            && !planted(Bug::SendPastEntanglement)
        {
            // Somebody has lost what was cosigned once. Where the entanglement ends, a mirror needs
            // a checkpoint to make its cosignature again; and an author whose own log comes back
            // needs it too, to give it to such a mirror while it may not sign.
            stored.retain(|one| entangled.covers(one.position));
        }
        let Some(checkpoint) = self.boundary(log, start, &mut stored)? else { return Ok(None) };
        let mut cosignatures = Vec::new();
        if log == self.seat.party {
            for one in &stored {
                cosignatures.extend(self.cosigned_note(one.position)?);
            }
        }
        let entries = stored.into_iter().map(|one| Bytes(one.bytes)).collect();
        Ok(Some(Loaded { log, start, entries, checkpoint, cosignatures }))
    }

    /// Whether there is a checkpoint of exactly this size of a log, or we may sign one.
    fn can_show(&self, log: Party, size: Size) -> Result<bool, Refused> {
        if log == self.seat.party && self.may_sign().is_ok() {
            return Ok(true);
        }
        let above = Size(size.0.saturating_sub(1));
        let held = self.store.checkpoint_above(log, above).map_err(Refused::store)?;
        Ok(held.is_some_and(|held| held.size == size))
    }

    /// The checkpoint of the end of what was read. Of our own log one is signed there if there is
    /// none yet. Of the counterpart's, or while we may not sign, the entries are cut back to the
    /// nearest one that its author has signed.
    fn boundary(
        &mut self,
        log: Party,
        start: Position,
        stored: &mut Vec<StoredEntry>,
    ) -> Result<Option<String>, Refused> {
        let count = u64::try_from(stored.len()).unwrap_or(u64::MAX);
        if count == 0 {
            return Ok(None);
        }
        let end = Size(start.0).plus(count);
        let before_end = Size(end.0.saturating_sub(1));
        let at_end = self.store.checkpoint_above(log, before_end).map_err(Refused::store)?;
        if let Some(one) = at_end.filter(|one| one.size == end) {
            return Ok(Some(one.note));
        }
        if log == self.seat.party && self.may_sign().is_ok() {
            let root = super::roots::stored_root(&self.store, log, end);
            let head = TreeHead { size: end, root: root.ok_or(Refused::Internal)? };
            let note = self.checkpoint_of(head)?.note();
            self.writes.push(Write::Checkpoint { log, size: end, note: note.clone() });
            return Ok(Some(note));
        }
        let nearest = self.store.checkpoint_above(log, Size(start.0)).map_err(Refused::store)?;
        let Some(nearest) = nearest.filter(|one| one.size < end) else { return Ok(None) };
        stored.retain(|one| nearest.size.covers(one.position));
        Ok(Some(nearest.note))
    }

    /// The cosigned note for the entanglement at a position of our own log, if one stands there.
    fn cosigned_note(&self, position: Position) -> Result<Option<String>, Refused> {
        let entry = self.state.books.newest().entry(self.seat.party, position);
        let Some((one, _)) = entry.and_then(|entry| entry.entanglement()) else {
            return Ok(None);
        };
        let above = Size(one.size.0.saturating_sub(1));
        let found = self
            .store
            .cosignatures_above(self.seat.party.other(), above, 1)
            .map_err(Refused::store)?;
        Ok(found.into_iter().find(|note| note.size == one.size).map(|note| note.note))
    }

    fn load_cosignatures(
        &self,
        above: Size,
        within: Size,
    ) -> Result<Vec<CosignedCheckpoint>, Refused> {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let agreement = &self.seat.agreement;
        let (author, mirror) = (&agreement.identity(other).log, &agreement.identity(party).mirror);
        let entangled = self.state.books.newest().entangled_within(party, within);
        self.store
            .cosignatures_above(other, above, COSIGNATURES_PER_READ_MAX)
            .map_err(Refused::store)?
            .iter()
            .take_while(|note| {
                Some(note.size) <= entangled || planted(Bug::CosignatureBeforeEntanglement)
            })
            .map(|note| mirror.open(author, &note.note).map_err(|_| Refused::Internal))
            .collect()
    }
}
