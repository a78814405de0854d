//! The counterpart's log: stored, entangled and cosigned; and our own lost tail, healed from its
//! mirror.

use super::{Gate, Signatures, gate::root_of, thread::Scribe};
use crate::{
    ledger::{Examined, Standing},
    names::{Party, Position, Size},
    record::{At, Entanglement, Objection, Record},
    session::{Batch, ProblemCode},
    store::{Store, Write},
    tlog::CosignedCheckpoint,
};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Stores a batch that a session has examined and whose root it has recomputed. Entries that
    /// are held already change nothing.
    pub(super) fn store_batch(&mut self, batch: Batch) -> Result<(), ProblemCode> {
        let (party, log) = (self.seat.party, batch.log);
        if log == party && self.gate == Gate::Open {
            // Nobody gives us entries of our own log while we write it ourselves.
            return Err(ProblemCode::OutOfOrder);
        }
        for examined in batch.entries {
            if self.state.size(log).covers(examined.position()) {
                self.same_as_held(log, &examined)?;
            } else {
                self.take_entry(log, examined)?;
            }
        }
        let checkpoint = batch.checkpoint;
        let head = checkpoint.checkpoint().head();
        if root_of(log, &self.state, &self.store, head.size) != Some(head.root) {
            return Err(ProblemCode::Root);
        }
        let newest = self.state.checkpoints.of(log).as_ref();
        if newest.is_none_or(|one| one.checkpoint().size() < head.size) {
            let write = Write::Checkpoint { log, size: head.size, note: checkpoint.note() };
            self.writes.push(write);
            *self.state.checkpoints.of_mut(log) = Some(checkpoint);
        }
        if log == party {
            self.state.look_for_uncovered(party);
            self.reconsider();
        }
        Ok(())
    }

    fn take_entry(&mut self, log: Party, examined: Examined) -> Result<(), ProblemCode> {
        let (party, position, leaf) = (self.seat.party, examined.position(), examined.leaf());
        let bytes = examined.bytes().to_vec();
        let mut reader = self.state.reader(log).clone();
        let (state, store) = (&self.state, &self.store);
        let root = |size: Size| root_of(log.other(), state, store, size);
        let entry =
            reader.admit(&self.seat.agreement, examined, root).map_err(|_| ProblemCode::Gap)?;
        if log == party && !matches!(entry.standing, Standing::Sound(_)) {
            // Under our own checkpoint, yet not what our own daemon would have written.
            return Err(ProblemCode::Contradiction);
        }
        if let Standing::Contested(contest) = &entry.standing {
            tracing::warn!(%position, reason = %contest.reason, "a contested entry");
        }
        *self.state.reader_mut(log) = reader;
        let nodes = self.state.take(party, log, leaf, entry);
        self.writes.push(Write::Entry { log, position, leaf, bytes, nodes });
        Ok(())
    }

    fn same_as_held(&self, log: Party, examined: &Examined) -> Result<(), ProblemCode> {
        let held = self.state.books.entry(log, examined.position()).map(|entry| entry.leaf);
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
        let entangled = self.state.books.receipt(party, last);
        let root = root_of(party, &self.state, &self.store, head.size);
        if entangled != Some((head.size, cosigned.time())) || root != Some(head.root) {
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
        if self.gate != Gate::Open {
            return;
        }
        self.object();
        if self.state.uncovered
            && self.clock_fault().is_none()
            && let Err(problem) = self.entangle()
        {
            tracing::error!(%problem, "cannot entangle what the mirror holds");
        }
    }

    /// One objection for each entry of the counterpart that breaks a rule. What was looked at once
    /// is not looked at again.
    fn object(&mut self) {
        let other = self.seat.party.other();
        let origin = self.seat.agreement.origin(other).to_string();
        let due: Vec<(Position, Objection)> = self
            .state
            .books
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
                tracing::error!(%position, %refused, "cannot object");
            }
        }
    }

    fn entangle(&mut self) -> Result<(), super::Refused> {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let agreement = std::sync::Arc::clone(&self.seat.agreement);
        let Some(signed) = self.state.checkpoints.of(other).clone() else { return Ok(()) };
        let head = signed.checkpoint().head();
        let time = self.now.wall;
        let origin = agreement.origin(other).to_string();
        let name = format!("entanglement:{origin}:{}", head.size);
        let content = Entanglement { origin, size: head.size, root: head.root };
        let record = Record { at: Some(At::Second(time)), ..Record::bare(content) };
        self.append_own(record, &name)?;

        let mirror = &agreement.identity(party).mirror;
        let signature = self.keys.sign_cosignature(&signed.checkpoint().to_cosign(time));
        let cosigned = CosignedCheckpoint::seal(signed, mirror, time, &signature)
            .map_err(|_| super::Refused::Internal)?;
        self.writes.push(Write::Cosignature {
            log: other,
            size: head.size,
            time,
            note: cosigned.note(),
        });
        *self.state.cosigned.of_mut(other) = Some(cosigned);
        self.state.uncovered = false;
        Ok(())
    }

    /// Remembers the highest term of the counterpart.
    pub(super) fn note_term(&mut self, term: u64) {
        if term > self.term_seen {
            self.term_seen = term;
            self.writes.push(Write::TermSeen(term));
        }
    }
}
