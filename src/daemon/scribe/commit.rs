//! The end of a group: commit, mark, answer.

use super::{
    Gate, LoadFault, Refused, Reply, Signatures, State,
    group::{Scribe, queued},
};
use crate::{
    daemon::mark::Mark,
    danger::{Bug, planted},
    names::Size,
    store::{
        Store, StoreError, Write,
        failpoint::{Failpoint, reach},
    },
};

/// Sends an answer, or says that nothing was written.
pub(super) type Answer = Box<dyn FnOnce(Committed) + Send>;

/// Whether a group was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Committed {
    Yes,
    Full,
    /// The keys went away in the middle of it.
    Away,
}

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Commits, marks, answers, in this order.
    ///
    /// A power cut before the commit (`scribe-before-commit`) leaves the store without this group,
    /// and nobody was told otherwise. Between commit and mark (`scribe-committed`), the store holds
    /// more than the mark: nothing signed has left, and the next start passes by the older mark;
    /// its first group writes the mark anew, before anything that it found in the store leaves.
    /// Between mark and answer (`scribe-marked`), everything is durable and nobody knows; after the
    /// answers (`scribe-answered`), whoever was still there knows. Whoever asks again gets the same
    /// answer.
    ///
    /// Of the writes so many were `asked` for. If there is no room for what the scribe adds by
    /// itself, whoever only asked a question still gets its answer.
    pub(super) fn commit(&mut self, asked: usize) -> Result<(), LoadFault> {
        // What was concluded from a question that failed is concluded from nothing.
        self.store.check()?;
        if std::mem::take(&mut self.mark_is_stale) {
            self.marked = None;
            self.mark.remove().map_err(|error| mark_fault(&error))?;
        }
        let writes = std::mem::take(&mut self.writes);
        if planted(Bug::AcknowledgeBeforeCommit) {
            self.send_answers(Committed::Yes);
        }
        if planted(Bug::MarkBeforeCommit) && !writes.is_empty() {
            self.write_mark()?;
        }
        let committed = if writes.is_empty() {
            Committed::Yes
        } else {
            pass(Failpoint::ScribeBeforeCommit)?;
            match self.write(&writes) {
                Ok(()) => {
                    pass(Failpoint::ScribeCommitted)?;
                    self.commits = self.commits.saturating_add(1);
                    self.full = false;
                    Committed::Yes
                }
                Err(StoreError::Full) => {
                    tracing::error!("the store is full: nothing of this group was taken in");
                    if !planted(Bug::KeepStateWhenFull) {
                        self.reload()?;
                        self.full = true;
                    }
                    let told = asked == 0 || planted(Bug::AcknowledgeWhenFull);
                    if !told {
                        self.keep_former_keys();
                    }
                    if told { Committed::Yes } else { Committed::Full }
                }
                Err(error) => return Err(error.into()),
            }
        };
        self.replaced = None;
        self.write_mark()?;
        if !writes.is_empty() {
            pass(Failpoint::ScribeMarked)?;
        }
        self.send_answers(committed);
        if !writes.is_empty() {
            pass(Failpoint::ScribeAnswered)?;
        }
        Ok(())
    }

    fn write(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        if planted(Bug::CosignBeforeStoring) {
            let party = self.seat.party;
            let theirs = |write: &Write| {
                matches!(write,
                    Write::Entry { log, .. } | Write::Checkpoint { log, .. } if *log != party)
            };
            let (mirrored, ours): (Vec<_>, Vec<_>) = writes.iter().cloned().partition(theirs);
            self.store.commit(&ours)?;
            return self.store.commit(&mirrored);
        }
        self.store.commit(writes)
    }

    pub(super) fn send_answers(&mut self, committed: Committed) {
        for answer in std::mem::take(&mut self.answers) {
            answer(committed);
        }
        for ask in std::mem::take(&mut self.asked) {
            ask.answer(committed);
        }
    }

    /// What was decided and not committed is forgotten: by the code that every start runs.
    pub(super) fn reload(&mut self) -> Result<(), LoadFault> {
        self.state = State::load(&self.store, &self.seat)?;
        self.queue = queued(&self.store)?;
        self.term_seen = self.store.term_seen()?;
        self.looked = Size(0);
        self.queue_is_due = true;
        self.close_unless_whole();
        Ok(self.store.check()?)
    }

    /// Brings the mark up to what is committed, unless this process has done so: its first group
    /// with an open gate always writes. A sync alone would not do: after one that failed, the
    /// system may take for written what never reached the disk.
    fn write_mark(&mut self) -> Result<(), LoadFault> {
        if self.gate != Gate::Open || planted(Bug::MarkNotWritten) {
            return Ok(());
        }
        let (party, other) = (self.seat.party, self.seat.party.other());
        let Some(own) = self.state.checkpoints.of(party).clone() else { return Ok(()) };
        let mark = Mark { own, cosigned: self.state.cosigned.of(other).clone() };
        if self.marked.as_ref() != Some(&mark) {
            self.mark.write(&mark).map_err(|error| mark_fault(&error))?;
            self.marked = Some(mark);
        }
        Ok(())
    }

    /// Lets an answer wait for the commit.
    pub(super) fn answer<T: Send + 'static>(
        &mut self,
        reply: Reply<T>,
        answer: Result<T, Refused>,
    ) {
        self.answers.push(Box::new(move |committed| {
            let answer = match committed {
                Committed::Yes => answer,
                Committed::Full => Err(Refused::Full),
                Committed::Away => Err(Refused::KeysAway),
            };
            // Whoever asked may have gone; what was asked is done all the same.
            let _gone = reply.send(answer);
        }));
    }
}

/// A failpoint that fails is a store that fails.
fn pass(point: Failpoint) -> Result<(), StoreError> {
    reach(point).map_err(|error| StoreError::Failed(error.to_string()))
}

pub(super) fn mark_fault(error: &std::io::Error) -> LoadFault {
    StoreError::Failed(format!("high-water mark: {error}")).into()
}
