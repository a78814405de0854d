//! What holds at the end of every run, whichever end it is: who may still wait, what is kept of
//! all that was acknowledged, and what is asked now is answered.

use entente::{
    daemon::scribe::{Command, Gate, StatusView, Submitted},
    names::{Party, PerParty, Position},
    store::Store,
};
use tokio::sync::oneshot;

use crate::{
    acts::Stand,
    breach::{Held, Promise, hold},
    clerks::{self, Answer},
    fixture,
    keys::submission_id,
    world::World,
};

impl World {
    pub(crate) fn gates(&self) -> PerParty<Gate> {
        PerParty::from_fn(|party| {
            self.machines.of(party).daemon.as_ref().map_or(Gate::Closed, |daemon| daemon.gate())
        })
    }

    /// Whether there is a reason for which a side may end closed, as the disks and the one history
    /// show it: an operator has to act.
    pub(crate) fn may_wait(&self, party: Party) -> bool {
        let other = party.other();
        let truth = &self.witness.truth;
        let liar = self.witness.liar.is_some();
        let sizes = PerParty::from_fn(|party| self.sizes(party));
        let (own, mirrored) = (*sizes.of(party).of(party), *sizes.of(other).of(party));
        // The end of its log is lost, and nobody who would give it back holds it either.
        let tail_lost = own < truth.size(party) && (liar || mirrored < truth.size(party));
        // It has cosigned more than it holds, and nobody holds that either.
        let entangled = truth.books.entangled_within(party, own).unwrap_or_default();
        let theirs = *sizes.of(party).of(other);
        let held = if liar { theirs } else { theirs.max(*sizes.of(other).of(other)) };
        // Nobody who may sign has told it what is newest.
        let no_witness =
            !self.machines.of(party).is_marked() && *self.gates().of(other) != Gate::Open;
        tail_lost || entangled > held || no_witness
    }

    /// A side that waits at the end says why, and it is so.
    pub(crate) fn waits(&self, view: &StatusView) -> Held {
        let party = view.party;
        hold(*self.gates().of(party) == Gate::Closed, Promise::Converges, || {
            format!("{party} ends {}: {:?}", view.gate, view.gate_reason)
        })?;
        hold(view.gate_reason.is_some(), Promise::Converges, || {
            format!("{party} may not sign, and does not say why")
        })?;
        hold(self.may_wait(party), Promise::Converges, || {
            format!("{party} has no reason to wait, and says: {:?}", view.gate_reason)
        })
    }

    /// Whatever a side holds is of the one history, and whatever it acknowledged is there or waits.
    pub(crate) fn kept(&mut self, party: Party) -> Held {
        self.clerks.look_up(&self.witness);
        let truth = &self.witness.truth;
        let disk = self.machines.of(party).disk.disk();
        for log in Party::BOTH {
            let held = disk.store.entries(log, Position(0), usize::MAX, usize::MAX).unwrap();
            let all = truth.all(log);
            let same = held.len() <= all.len()
                && held.iter().zip(all).all(|(one, bytes)| one.bytes == *bytes);
            hold(same, Promise::OneHistory, || format!("{party} ends with another {log} log"))?;
        }
        let queue = disk.store.queue().unwrap();
        for (number, act) in self.clerks.acts.all.iter().enumerate() {
            if act.party != party {
                continue;
            }
            match act.stand {
                Stand::Logged(record, position) => {
                    let found = truth.books.find(record);
                    hold(found == Some((party, position)), Promise::Durable, || {
                        format!("{party} acknowledged {record} at {position}: it is at {found:?}")
                    })?;
                }
                Stand::Queued => {
                    let id = submission_id(&self.clerks.acts.key(number));
                    let waits = queue.iter().any(|one| one.id == id);
                    hold(waits, Promise::Durable, || {
                        format!("{party} acknowledged act {number} as queued, and it is gone")
                    })?;
                }
                Stand::Waiting | Stand::Refused => {}
            }
        }
        Ok(())
    }

    /// Hands in something that was never handed in before.
    pub(crate) fn ask_afresh(&mut self, party: Party) -> Answer<Submitted> {
        let record = fixture::outage("2025-08-07T10:00:00Z", None);
        let submission = Box::new(clerks::submission("the last that is asked", record));
        let (reply, answer) = oneshot::channel();
        self.machines.of_mut(party).command(Command::Submit { submission, reply });
        answer
    }

    /// What is asked now is answered: logged by a side that may sign, else queued.
    pub(crate) fn is_answered(view: &StatusView, mut fresh: Answer<Submitted>) -> Held {
        let answer = fresh.try_recv();
        let open = view.gate == "open";
        let good = match &answer {
            Ok(Ok(Submitted::Logged { .. })) => open,
            Ok(Ok(Submitted::Queued { .. })) => !open,
            _ => false,
        };
        hold(good, Promise::Converges, || {
            format!("{}, {}, answers a fresh submission with {answer:?}", view.party, view.gate)
        })?;
        hold(!open || view.queued == 0, Promise::Converges, || {
            format!("{} ends with {} submissions queued", view.party, view.queued)
        })
    }
}
