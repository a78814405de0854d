//! What happens while whatever holds the keys is away: signing stalls, and nothing is lost.
//!
//! A group that begins while the keys are away signs nothing: submissions become durable and wait,
//! as they do before the gate opens, and entries of the counterpart are mirrored without being
//! cosigned. If the keys go away in the middle of a group, nothing of what it has signed may be
//! committed without the checkpoint over it. So all of it is forgotten, by the code that every
//! start runs, and what was asked is dealt with once more, without signing. What a group signed and
//! forgot has never left the scribe: nothing does before the commit.

use super::{
    Gate, LoadFault, Refused, Reply, Signatures, Submitted, commit::Committed, group::Scribe,
};
use crate::{
    daemon::keys::NotSigned,
    record::Submission,
    session::{Batch, ProblemCode},
    store::Store,
};

/// What can be dealt with again, with its answer so far.
pub(super) enum Ask {
    /// A submission.
    Submit(Box<Submission>, Reply<Submitted>, Result<Submitted, Refused>),
    /// Entries from the counterpart.
    Store(Box<Batch>, Reply<Result<(), ProblemCode>>, Result<(), ProblemCode>),
}

impl Ask {
    /// Sends the answer. Whoever asked may have gone; what was asked is done all the same.
    pub(super) fn answer(self, committed: Committed) {
        let full = committed == Committed::Full;
        match self {
            Self::Submit(_, reply, answer) => {
                let _gone = reply.send(if full { Err(Refused::Full) } else { answer });
            }
            Self::Store(_, reply, answer) => {
                let _gone = reply.send(if full { Err(Refused::Full) } else { Ok(answer) });
            }
        }
    }
}

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Whether anything may be signed, and if not, what it waits for.
    pub(super) const fn may_sign(&self) -> Result<(), Refused> {
        match self.gate {
            Gate::Open if self.stalled => Err(Refused::KeysAway),
            Gate::Open => Ok(()),
            Gate::Closed | Gate::Fork => Err(Refused::NotPassed),
        }
    }

    /// Takes down that a signature was not made because the keys are away.
    pub(super) fn note<T>(&mut self, signature: Result<T, NotSigned>) -> Result<T, Refused> {
        if matches!(signature, Err(NotSigned::Away)) {
            self.stalled = true;
            self.have_gone = true;
        }
        Ok(signature?)
    }

    /// At the beginning of a group: whether the keys are there.
    pub(super) fn look_for_keys(&mut self) {
        let away = self.keys.away();
        match (&away, self.stalled) {
            (Some(why), false) => tracing::error!(why, "the keys are away: signing stalls"),
            (None, true) => tracing::info!("the keys are back: signing goes on"),
            (Some(_), true) | (None, false) => {}
        }
        self.stalled = away.is_some();
        self.have_gone = false;
    }

    /// Whether the keys went away since the group began.
    pub(super) const fn have_keys_gone(&self) -> bool {
        self.have_gone
    }

    /// Keeps what was asked until the commit, in case it has to be dealt with again.
    pub(super) fn may_start_over(&mut self, ask: Ask) {
        self.asked.push(ask);
    }

    /// Forgets all that this group decided, and deals with it again without signing. What cannot be
    /// dealt with again is refused; whoever asked asks again, once the keys are back.
    pub(super) fn start_over(&mut self) -> Result<(), LoadFault> {
        tracing::error!("the keys went away: this group begins again, and signs nothing");
        self.writes.clear();
        self.keep_former_keys();
        let asked = std::mem::take(&mut self.asked);
        self.send_answers(Committed::Away);
        self.reload()?;
        for ask in asked {
            let ask = match ask {
                Ask::Submit(submission, reply, _) => {
                    let answer = self.submit(submission.as_ref().clone());
                    Ask::Submit(submission, reply, answer)
                }
                Ask::Store(batch, reply, _) => {
                    let answer = self.store_batch(batch.as_ref().clone());
                    Ask::Store(batch, reply, answer)
                }
            };
            self.asked.push(ask);
        }
        Ok(())
    }
}
