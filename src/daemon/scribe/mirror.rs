//! The counterpart's log: stored, entangled and cosigned; and our own lost tail, healed from its
//! mirror.

use super::{Gate, Signatures, append::is_of_keys, group::Scribe, state::own_claim};
use crate::{
    danger::{Bug, planted},
    ledger::{Entry, Examined, Standing},
    names::{Hash, Party, Position, Size, Timestamp},
    record::{At, Content, Entanglement, Objection, Record},
    session::{Batch, ProblemCode},
    store::{Store, Write},
    tlog::{CosignedCheckpoint, SignedCheckpoint, TreeHead},
};

/// An entry that was judged, before it is taken in: position, bytes, leaf hash, standing.
type Admitted = (Position, Vec<u8>, Hash, Entry);

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Stores a batch that a session has examined and whose root it has recomputed: all of it, or
    /// nothing. Entries that are held already change nothing.
    pub(super) fn store_batch(&mut self, batch: Batch) -> Result<(), ProblemCode> {
        let Batch { log, entries, checkpoint } = batch;
        let party = self.seat.party;
        let size = self.state.size(log);
        let (known, fresh): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|one| size.covers(one.position()));
        for examined in &known {
            self.same_as_held(log, examined)?;
        }
        if fresh.is_empty() {
            return Ok(());
        }
        if log == party && self.gate != Gate::Closed {
            // Nobody gives us entries of our own log while we write it ourselves.
            return Err(ProblemCode::OutOfOrder);
        }
        let beyond = log != party && fresh.iter().any(|one| self.is_beyond(one));
        if beyond && self.may_have_lost_tail() && !planted(Bug::JudgeBeforeHealed) {
            return Err(ProblemCode::OutOfOrder);
        }
        let head = checkpoint.checkpoint().head();
        self.lead_to(log, &fresh, head)?;
        for (position, bytes, leaf, entry) in self.admit(log, fresh)? {
            let nodes = self.state.take(party, log, leaf, entry);
            self.writes.push(Write::Entry { log, position, leaf, bytes, nodes });
            if log != party {
                self.state.is_as_awaited(log);
            }
        }
        self.writes.push(Write::Checkpoint { log, size: head.size, note: checkpoint.note() });
        *self.state.checkpoints.of_mut(log) = Some(checkpoint);
        if log == party {
            self.state.look_for_uncovered(party);
        }
        self.reconsider();
        Ok(())
    }

    /// Whether an entry says something of our own log that we do not hold. While our tail may be
    /// lost, nobody can tell whether that is true; once it is back, it is a lie and is objected to,
    /// also while the gate is closed for the mirror's tail, which may hold the lie itself.
    fn is_beyond(&self, examined: &Examined) -> bool {
        let Ok(record) = examined.record() else { return false };
        let Content::Entanglement(one) = &record.get().content else { return false };
        one.size > self.state.size(self.seat.party)
    }

    /// Whether fresh entries continue what is held and lead to a checkpoint, past everything that
    /// our own log has entangled.
    fn lead_to(&self, log: Party, fresh: &[Examined], head: TreeHead) -> Result<(), ProblemCode> {
        let mut frontier = self.state.frontier(log).clone();
        for examined in fresh {
            if examined.position() != frontier.size().next() {
                return Err(ProblemCode::Gap);
            }
            frontier.append(examined.leaf());
            let awaited = self.state.awaited().get(&frontier.size());
            if log != self.seat.party && awaited.is_some_and(|root| *root != frontier.root()) {
                tracing::error!(size = %frontier.size(), "not what we have cosigned");
                return Err(ProblemCode::Contradiction);
            }
        }
        let led = frontier.head() == head || planted(Bug::SkipRootCheck);
        if led { Ok(()) } else { Err(ProblemCode::Root) }
    }

    /// Judges fresh entries in order; nothing is taken in yet.
    fn admit(&mut self, log: Party, fresh: Vec<Examined>) -> Result<Vec<Admitted>, ProblemCode> {
        let own = log == self.seat.party;
        let mirror = self.state.size(log.other());
        let mut reader = self.state.reader(log).clone();
        let mut admitted = Vec::with_capacity(fresh.len());
        for examined in fresh {
            let (position, leaf) = (examined.position(), examined.leaf());
            let bytes = examined.bytes().to_vec();
            let claimed = own_claim(own, &examined, mirror);
            let root = |size: Size| claimed.or_else(|| self.root_of(log.other(), size));
            let entry =
                reader.admit(&self.seat.agreement, examined, root).map_err(|_| ProblemCode::Gap)?;
            if own && !matches!(entry.standing, Standing::Sound(_)) {
                // Under our own checkpoint, yet not what our own daemon would have written.
                return Err(ProblemCode::Contradiction);
            }
            if let Standing::Contested(contest) = &entry.standing {
                tracing::warn!(%position, reason = %contest.reason, "a contested entry");
            }
            self.look_again |= is_of_keys(&entry);
            admitted.push((position, bytes, leaf, entry));
        }
        *self.state.reader_mut(log) = reader;
        Ok(admitted)
    }

    fn same_as_held(&self, log: Party, examined: &Examined) -> Result<(), ProblemCode> {
        let held =
            self.state.books.newest().entry(log, examined.position()).map(|entry| entry.leaf);
        if held == Some(examined.leaf()) { Ok(()) } else { Err(ProblemCode::Contradiction) }
    }

    /// Stores a counterpart's cosignature of our log: accepted only once the entanglement that it
    /// stands for is in the mirror, and equal in size, root and time.
    pub(super) fn store_cosigned(
        &mut self,
        cosigned: CosignedCheckpoint,
    ) -> Result<(), ProblemCode> {
        let party = self.seat.party;
        let head = cosigned.checkpoint().head();
        let last = Position(head.size.0.saturating_sub(1));
        let entangled = self.state.books.newest().receipt(party, last);
        let root = self.root_of(party, head.size);
        let seen = entangled == Some((head.size, cosigned.time()))
            || planted(Bug::AcceptCosignatureUnseen);
        if !seen || root != Some(head.root) {
            return Err(ProblemCode::Cosignature);
        }
        if let Some(Err(refused)) = self.keys.quantum().map(|keys| keys.judge(&cosigned)) {
            tracing::error!(%refused, "a cosignature of the counterpart");
            return Err(ProblemCode::Cosignature);
        }
        self.writes.push(Write::Cosignature {
            log: party,
            size: head.size,
            time: cosigned.time(),
            note: cosigned.note(),
        });
        let newest = self.state.cosigned.of_mut(party);
        if newest.as_ref().is_none_or(|one| one.checkpoint().size() < head.size) {
            *newest = Some(cosigned);
        }
        Ok(())
    }

    /// Writes down what is due about the counterpart's log: objections, and one entanglement with
    /// its cosignature for all that this group has stored.
    pub(super) fn answer_for_mirror(&mut self) {
        if self.may_sign().is_err() {
            return;
        }
        self.remake_cosignatures();
        self.object();
        if self.state.uncovered
            && (self.clock_fault().is_none() || planted(Bug::CosignWithClockOff))
            && let Err(problem) = self.entangle()
        {
            tracing::error!(%problem, "cannot entangle what the mirror holds");
        }
    }

    /// One objection for each entry of the counterpart that breaks a rule. What was looked at once
    /// is not looked at again; nothing but entanglements follows our own log's end.
    fn object(&mut self) {
        let other = self.seat.party.other();
        if self.state.reader(self.seat.party).has_ended() || planted(Bug::DropObjection) {
            return;
        }
        let origin = self.seat.agreement.origin(other).to_string();
        let due: Vec<(Position, Objection)> = self
            .state
            .books
            .newest()
            .entries(other, self.looked.next())
            .filter_map(|(position, entry)| {
                let reason = entry.objection()?;
                let leaf = entry.leaf;
                Some((position, Objection { origin: origin.clone(), position, leaf, reason }))
            })
            .filter(|(position, _)| !self.state.objected.contains(position))
            .collect();
        self.looked = self.state.size(other);
        for (position, objection) in due {
            let name = format!("objection:{origin}:{position}");
            if let Err(refused) = self.append_own(Record::bare(objection), &name) {
                tracing::error!(%position, %refused, "cannot object; it is tried again");
                self.looked = Size(position.0);
                return;
            }
        }
    }

    fn entangle(&mut self) -> Result<(), super::Refused> {
        let other = self.seat.party.other();
        let agreement = std::sync::Arc::clone(&self.seat.agreement);
        let Some(signed) = self.state.checkpoints.of(other).clone() else { return Ok(()) };
        let head = signed.checkpoint().head();
        let mut time = self.now.wall;
        if planted(Bug::TrustSendersClock) {
            let newest = self.state.books.newest().entries(other, Position(0)).last();
            let said = newest.and_then(|(_, entry)| Some(entry.record()?.signed_at()));
            time = said.unwrap_or(time);
        }
        let origin = agreement.origin(other).to_string();
        let name = format!("entanglement:{origin}:{}", head.size);
        let content = Entanglement { origin, size: head.size, root: head.root };
        let record = Record { at: Some(At::Second(time)), ..Record::bare(content) };
        self.append_own(record, &name)?;

        self.cosign(signed, time)?;
        self.state.uncovered = false;
        Ok(())
    }

    /// Signs the cosignature of an entanglement that stands in our log, or will by this commit.
    fn cosign(&mut self, signed: SignedCheckpoint, time: Timestamp) -> Result<(), super::Refused> {
        let (party, log) = (self.seat.party, self.seat.party.other());
        let size = signed.checkpoint().size();
        let signature = self.keys.sign_cosignature(&signed.checkpoint().to_cosign(time));
        let signature = self.note(signature)?;
        let mirror = &self.seat.agreement.identity(party).mirror;
        let cosigned = CosignedCheckpoint::seal(signed, mirror, time, &signature)
            .map_err(|_| super::Refused::Internal)?;
        let cosigned = match self.keys.quantum() {
            Some(keys) => keys.add_to(cosigned),
            None => cosigned,
        };
        self.writes.push(Write::Cosignature { log, size, time, note: cosigned.note() });
        *self.state.cosigned.of_mut(log) = Some(cosigned);
        Ok(())
    }

    /// Makes again, byte for byte, the cosignatures that went with a lost tail of our log: their
    /// entanglements are back from the mirror.
    fn remake_cosignatures(&mut self) {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let held = self.state.cosigned.of(other).as_ref().map(|one| one.checkpoint().size());
        let entangled = self.state.reader(party).entangled().map(|(size, _)| size);
        if held >= entangled || planted(Bug::ForgetSweptHalfStep) {
            return;
        }
        let entries = self.state.books.newest().entries(party, Position(0));
        let lost: Vec<(Size, Timestamp)> = entries
            .filter_map(|(_, entry)| entry.entanglement().map(|(one, time)| (one.size, time)))
            .filter(|(size, _)| Some(*size) > held)
            .collect();
        for (size, mut time) in lost {
            if planted(Bug::RemakeWithNewTime) {
                time = self.now.wall;
            }
            let made = match self.checkpoint_at(other, size) {
                Some(signed) => self.cosign(signed, time),
                None => Err(super::Refused::NotFound),
            };
            if let Err(refused) = made {
                tracing::error!(%size, %refused, "cannot make a lost cosignature again");
            }
        }
    }

    /// The author's checkpoint of exactly this size, committed or about to be.
    fn checkpoint_at(&self, log: Party, size: Size) -> Option<SignedCheckpoint> {
        let pending = self.writes.iter().find_map(|write| {
            let Write::Checkpoint { log: of, size: at, note } = write else { return None };
            ((*of, *at) == (log, size)).then(|| note.clone())
        });
        let note = pending.or_else(|| {
            let above = Size(size.0.saturating_sub(1));
            let stored = self.store.checkpoint_above(log, above).ok()?;
            stored.filter(|stored| stored.size == size).map(|stored| stored.note)
        })?;
        self.seat.agreement.identity(log).log.open(note).ok()
    }

    /// Remembers the highest term of the counterpart.
    pub(super) fn note_term(&mut self, term: u64) {
        if term > self.term_seen {
            self.term_seen = term;
            self.writes.push(Write::TermSeen(term));
        }
    }
}
