//! What the scribe does with a group of commands: decide, commit, mark, answer.

use std::collections::VecDeque;

use super::{
    Command, Gate, LoadFault, Reading, Refused, Reply, Seat, Signatures, State, clock::ClockWatch,
    gate::Newest,
};
use crate::{
    daemon::mark::{Mark, MarkFile},
    danger::{Bug, planted},
    ledger::View,
    names::{Size, SubmissionId},
    record::{Agreement, Record},
    session::Progress,
    store::{
        Store, StoreError, Write,
        failpoint::{Failpoint, reach},
    },
};

/// The single writer of one side.
pub struct Scribe<S, K> {
    pub(super) seat: Seat,
    pub(super) store: S,
    pub(super) keys: K,
    pub(super) mark: MarkFile,
    pub(super) state: State,
    pub(super) gate: Gate,
    /// What has to be held before the gate opens; it only grows.
    pub(super) newest: Newest,
    /// Whether a hello has outdone the mark, which is then removed.
    pub(super) mark_is_stale: bool,
    pub(super) clock: ClockWatch,
    /// Submissions that wait, in order; the same as in the store.
    pub(super) queue: VecDeque<(SubmissionId, Record)>,
    /// Whether the queue is to be looked at: after the gate opened, and at every tick.
    pub(super) queue_is_due: bool,
    /// Whether the last commit found no room: what the scribe does by itself then waits for a tick.
    full: bool,
    pub(super) term_seen: u64,
    /// How much of the mirror was looked at for objections.
    pub(super) looked: Size,
    pub(super) connected: bool,
    /// The clocks, read once for each group.
    pub(super) now: Reading,
    /// What this group will commit.
    pub(super) writes: Vec<Write>,
    /// What is answered once it is committed.
    answers: Vec<Answer>,
    commits: u64,
}

/// Sends an answer, or says that nothing was written.
type Answer = Box<dyn FnOnce(Committed) + Send>;

/// Whether a group was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Committed {
    Yes,
    Full,
}

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Loads everything from the store, checks it, and looks at the high-water mark.
    ///
    /// # Errors
    /// If the store does not hold what was written.
    pub fn load(seat: Seat, store: S, keys: K, mark: MarkFile) -> Result<Self, LoadFault> {
        let scribe = Self::assemble(seat, store, keys, mark)?;
        if scribe.state.size(scribe.seat.party) == Size(0) {
            return Err(LoadFault::Empty);
        }
        Ok(scribe)
    }

    /// Founds a log in an empty store: entry 0 and its checkpoint, in one commit, then the mark.
    /// The one place where a side signs without having shown that nothing newer exists: an operator
    /// has said, on purpose, that this log is new.
    ///
    /// # Errors
    /// If the store is not empty, or fails.
    pub fn found(
        seat: Seat,
        store: S,
        keys: K,
        mark: MarkFile,
        now: Reading,
    ) -> Result<Self, LoadFault> {
        let mut scribe = Self::assemble(seat, store, keys, mark)?;
        if scribe.state.view() != View::EMPTY {
            return Err(LoadFault::NotEmpty);
        }
        scribe.gate = Gate::Open;
        scribe.newest = Newest::by_founding();
        scribe.now = now;
        let terms = scribe.seat.agreement.terms().clone();
        let founding = Record::bare(Agreement { terms });
        scribe
            .append_own(founding, "agreement")
            .and_then(|_| scribe.seal())
            .map_err(|refused| LoadFault::Founding(refused.to_string()))?;
        scribe.commit(usize::MAX)?;
        if scribe.state.size(scribe.seat.party) == Size(0) {
            return Err(StoreError::Full.into());
        }
        Ok(scribe)
    }

    fn assemble(seat: Seat, store: S, keys: K, mark: MarkFile) -> Result<Self, LoadFault> {
        let state = State::load(&store, &seat)?;
        let mut queue = queued(&store)?;
        if planted(Bug::ForgetQueueAtStart) {
            queue.clear();
        }
        let term_seen = store.term_seen()?;
        let terms = seat.agreement.terms();
        let clock = ClockWatch::new(terms.clock_bound_seconds, terms.rehearsal);
        let newest = match mark.read(&seat.agreement, seat.party) {
            Ok(Some(mark)) => Newest::by_mark(&mark),
            Ok(None) => Newest::default(),
            Err(error) => {
                tracing::error!(%error, "the high-water mark cannot be read; a hello must do");
                Newest::default()
            }
        };
        let now = Reading { wall: crate::names::Timestamp::default(), monotonic: 0 };
        Ok(Self {
            seat,
            store,
            keys,
            mark,
            state,
            gate: Gate::Closed,
            newest,
            mark_is_stale: false,
            clock,
            queue,
            queue_is_due: false,
            full: false,
            term_seen,
            looked: Size(0),
            connected: false,
            now,
            writes: Vec::new(),
            answers: Vec::new(),
            commits: 0,
        })
    }

    /// Deals with a group of commands and commits what they asked for, once.
    ///
    /// # Errors
    /// If the store fails otherwise than by being full. Nothing was acknowledged; the process must
    /// stop, and its next start finds the store as it was after the commit before.
    pub fn group(
        &mut self,
        now: Reading,
        commands: impl IntoIterator<Item = Command>,
    ) -> Result<Progress, LoadFault> {
        self.now = now;
        // Claims come first: they may close the gate, and then nothing of this group is signed.
        let (claims, commands): (Vec<_>, Vec<_>) =
            commands.into_iter().partition(|command| matches!(command, Command::Weigh { .. }));
        claims.into_iter().for_each(|command| self.deal(command));
        self.reconsider();
        let ticks = commands.iter().any(|command| matches!(command, Command::Tick));
        self.queue_is_due |= ticks;
        let (questions, commands): (Vec<_>, Vec<_>) =
            commands.into_iter().partition(Command::is_question);
        commands.into_iter().for_each(|command| self.deal(command));
        let asked = self.writes.len();
        if !self.full || ticks {
            self.drain_queue();
            self.answer_for_mirror();
        }
        if self.gate == Gate::Open
            && let Err(refused) = self.seal()
        {
            tracing::error!(%refused, "cannot seal our own log");
            return Err(StoreError::Failed(refused.to_string()).into());
        }
        self.commit(asked)?;
        // Questions are answered from what is committed, so that a full store still says how it
        // stands.
        for question in questions {
            self.deal(question);
        }
        self.commit(0)?;
        Ok(self.progress())
    }

    /// Commits, marks, answers, in this order.
    ///
    /// A power cut before the commit (`scribe-before-commit`) leaves the store without this group,
    /// and nobody was told otherwise. Between commit and mark (`scribe-committed`), the store holds
    /// more than the mark: nothing signed has left, and the next start passes by the older mark.
    /// Between mark and answer (`scribe-marked`, `scribe-answered`), everything is durable, and a
    /// repeated question gets the same answer.
    ///
    /// Of the writes so many were `asked` for. If there is no room for what the scribe adds by
    /// itself, whoever only asked a question still gets its answer.
    fn commit(&mut self, asked: usize) -> Result<(), LoadFault> {
        if std::mem::take(&mut self.mark_is_stale) {
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
                    self.write_mark()?;
                    pass(Failpoint::ScribeMarked)?;
                    Committed::Yes
                }
                Err(StoreError::Full) => {
                    tracing::error!("the store is full: nothing of this group was taken in");
                    if !planted(Bug::KeepStateWhenFull) {
                        self.reload()?;
                    }
                    let told = asked == 0 || planted(Bug::AcknowledgeWhenFull);
                    if told { Committed::Yes } else { Committed::Full }
                }
                Err(error) => return Err(error.into()),
            }
        };
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

    fn send_answers(&mut self, committed: Committed) {
        for answer in std::mem::take(&mut self.answers) {
            answer(committed);
        }
    }

    /// What was decided and not committed is forgotten: by the code that every start runs.
    pub(super) fn reload(&mut self) -> Result<(), LoadFault> {
        self.state = State::load(&self.store, &self.seat)?;
        self.queue = queued(&self.store)?;
        self.term_seen = self.store.term_seen()?;
        self.looked = Size(0);
        self.queue_is_due = true;
        self.full = true;
        self.close_unless_whole();
        Ok(())
    }

    fn write_mark(&mut self) -> Result<(), LoadFault> {
        if self.gate != Gate::Open || planted(Bug::MarkNotWritten) {
            return Ok(());
        }
        let (party, other) = (self.seat.party, self.seat.party.other());
        let Some(own) = self.state.checkpoints.of(party).clone() else { return Ok(()) };
        let mark = Mark { own, cosigned: self.state.cosigned.of(other).clone() };
        self.mark.write(&mark).map_err(|error| mark_fault(&error))
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
            };
            // Whoever asked may have gone; what was asked is done all the same.
            let _gone = reply.send(answer);
        }));
    }

    /// What changes, as it stands.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            own: self.state.size(self.seat.party),
            mirror: self.state.size(self.seat.party.other()),
            passed: self.gate == Gate::Open,
            commits: self.commits,
        }
    }

    /// The store, for whoever looks at it between groups.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Whether this side may sign.
    #[must_use]
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }
}

/// A failpoint that fails is a store that fails.
fn pass(point: Failpoint) -> Result<(), StoreError> {
    reach(point).map_err(|error| StoreError::Failed(error.to_string()))
}

fn mark_fault(error: &std::io::Error) -> LoadFault {
    StoreError::Failed(format!("high-water mark: {error}")).into()
}

/// Refuses the store of another party, or under another agreement.
pub(super) fn identity<S: Store>(store: &S, seat: &Seat) -> Result<(), LoadFault> {
    let found = store.identity()?;
    let terms = crate::cbor::encode(seat.agreement.terms());
    if found.party == seat.party && found.terms == terms {
        return Ok(());
    }
    let digest = crate::names::Hash::new(crate::names::sha256(&found.terms));
    Err(LoadFault::Identity {
        found: format!("{} under the agreement {digest}", found.party),
        wanted: format!("{} under the agreement {}", seat.party, seat.agreement.digest()),
    })
}

fn queued<S: Store>(store: &S) -> Result<VecDeque<(SubmissionId, Record)>, LoadFault> {
    store
        .queue()?
        .into_iter()
        .map(|one| {
            let record = Record::decode(&one.payload)
                .map_err(|fault| StoreError::Damaged(format!("queue: {fault}")))?;
            Ok((one.id, record))
        })
        .collect()
}
