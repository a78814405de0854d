//! What the scribe does with a group of commands: decide, commit, mark, answer.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use super::{
    Command, Gate, LoadFault, Reading, Seat, Signatures, State,
    clock::ClockWatch,
    commit::{Answer, mark_fault},
    gate::Newest,
    signer::Signer,
    stall::Ask,
};
use crate::{
    daemon::mark::{Mark, MarkFile},
    danger::{Bug, planted},
    envelope::Role,
    ledger::Keybook,
    names::{Hash, Party, Size, SubmissionId},
    record::Record,
    session::{Progress, Refusal},
    store::{FailStop, Store, StoreError, Write},
    trust::SignerJudges,
};

/// The single writer of one side.
pub struct Scribe<S, K> {
    pub(super) seat: Seat,
    pub(super) store: FailStop<S>,
    pub(super) keys: Signer<K>,
    pub(super) mark: MarkFile,
    /// What this process has made durable as the mark. What a start reads does not count: it may be
    /// in the system's cache alone, left there by a process that ended before its sync returned.
    pub(super) marked: Option<Mark>,
    pub(super) state: State,
    pub(super) gate: Gate,
    /// What has to be held before the gate opens; it only grows.
    pub(super) newest: Newest,
    /// Whether the mark is no witness any more, outdone by a hello or a fork; it is then removed.
    pub(super) mark_is_stale: bool,
    pub(super) clock: ClockWatch,
    /// Submissions that wait, in order; the same as in the store.
    pub(super) queue: VecDeque<(SubmissionId, Record)>,
    /// Whether the queue is to be looked at: after the gate opened, and at every tick.
    pub(super) queue_is_due: bool,
    /// Whether the last commit found no room: what the scribe does by itself then waits for a tick.
    pub(super) full: bool,
    pub(super) term_seen: u64,
    /// How much of the mirror was looked at for objections.
    pub(super) looked: Size,
    pub(super) connected: bool,
    /// Why there is no session, if one side has refused the other since the last one.
    pub(super) refusal: Option<Refusal>,
    /// By what record keys are judged: nothing, until somebody says.
    pub(super) judges: Arc<SignerJudges>,
    /// Whether they are to be judged anew for the journal.
    pub(super) look_again: bool,
    /// Which certificates of record keys the journal calls untrusted.
    pub(super) told_untrusted: BTreeSet<Hash>,
    /// Whose record keys it says are not checked.
    pub(super) told_unchecked: BTreeSet<Party>,
    /// The clocks, read once for each group.
    pub(super) now: Reading,
    /// Whether what holds the keys is away: nothing is signed, and what is submitted waits.
    pub(super) stalled: bool,
    /// Whether they went away in this very group.
    pub(super) have_gone: bool,
    /// What this group was asked and can be dealt with again, should the keys go away meanwhile.
    pub(super) asked: Vec<Ask>,
    /// What this group will commit.
    pub(super) writes: Vec<Write>,
    /// The keys that this group has replaced: should it not be committed, they sign on.
    pub(super) replaced: Option<Signer<K>>,
    /// How many records of the queue could not be signed when it was looked at last.
    pub(super) unsigned: usize,
    /// What is answered once it is committed.
    pub(super) answers: Vec<Answer>,
    pub(super) commits: u64,
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
        scribe.tell_keys();
        Ok(scribe)
    }

    /// Says which of the daemon's keys sign nothing by now. That stops no start: an enrolment may
    /// stand in a tail that was lost and is still to come back.
    fn tell_keys(&self) {
        let party = self.seat.party;
        let (keys, next) = (self.state.reader(party).keys(), self.state.size(party).next());
        for role in [Role::Caseworker, Role::Ledger] {
            let key = self.keys.record_key(role);
            if let Some(key) = key.filter(|key| keys.signer(key, role, next).is_none()) {
                let key = key.id();
                tracing::error!(%role, %key, "this key may sign nothing: `entente keys list`");
            }
        }
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
        if Party::BOTH.iter().any(|log| scribe.state.size(*log) != Size(0)) {
            return Err(LoadFault::NotEmpty);
        }
        scribe.gate = Gate::Open;
        scribe.newest = Newest::by_founding();
        scribe.now = now;
        let founding = Record::bare(scribe.seat.agreement.entry_0());
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
        let store = FailStop::new(store);
        let state = State::load(&store, &seat)?;
        let mut queue = queued(&store)?;
        if planted(Bug::ForgetQueueAtStart) {
            queue.clear();
        }
        let term_seen = store.term_seen()?;
        store.check()?;
        let terms = seat.agreement.terms();
        let clock = ClockWatch::new(terms.clock_bound_seconds, terms.rehearsal);
        // A mark that is there and cannot be read now may be read at the next start, and then speak
        // for a store that is older than what we would show meanwhile.
        let found = mark.read(&seat.agreement, seat.party).map_err(|error| mark_fault(&error))?;
        let newest = found.as_ref().map(Newest::by_mark).unwrap_or_default();
        let now = Reading { wall: crate::names::Timestamp::default(), monotonic: 0 };
        Ok(Self {
            seat,
            store,
            keys: Signer::First(keys),
            mark,
            marked: None,
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
            refusal: None,
            judges: Arc::default(),
            look_again: true,
            told_untrusted: BTreeSet::new(),
            told_unchecked: BTreeSet::new(),
            now,
            stalled: false,
            have_gone: false,
            asked: Vec::new(),
            writes: Vec::new(),
            replaced: None,
            unsigned: 0,
            answers: Vec::new(),
            commits: 0,
        })
    }

    /// Deals with a group of commands and commits what they asked for, once.
    ///
    /// # Errors
    /// If the store, the mark or a failpoint fails, otherwise than by the store being full. Whoever
    /// has no answer by then gets none; commands may have been committed and answered before one of
    /// the questions failed. The process must stop: its next start finds what was committed, and
    /// whoever asks again is told what became of it.
    ///
    /// A question is no exception: what it finds damaged stops the daemon with the exit code of a
    /// finding, also where it is one old row that only an operator asks for. A store that is known
    /// to be damaged must not be signed upon; it is restored.
    pub fn group(
        &mut self,
        now: Reading,
        commands: impl IntoIterator<Item = Command>,
    ) -> Result<Progress, LoadFault> {
        self.now = now;
        self.replaced = None;
        // Claims, and a fork, come first: they may close the gate, and then nothing of this group
        // is signed.
        let (claims, commands): (Vec<_>, Vec<_>) = commands
            .into_iter()
            .partition(|command| matches!(command, Command::Weigh { .. } | Command::Forked { .. }));
        claims.into_iter().for_each(|command| self.deal(command));
        self.reconsider();
        self.look_for_keys();
        let ticks = commands.iter().any(|command| matches!(command, Command::Tick));
        self.queue_is_due |= ticks;
        let (questions, commands): (Vec<_>, Vec<_>) =
            commands.into_iter().partition(Command::is_question);
        commands.into_iter().for_each(|command| self.deal(command));
        let mut asked = self.writes.len();
        if !self.full || ticks {
            self.drain_queue();
            self.answer_for_mirror();
        }
        let sealed = if self.may_sign().is_ok() { self.seal() } else { Ok(()) };
        if self.have_keys_gone() {
            self.start_over()?;
            asked = self.writes.len();
        } else if let Err(refused) = sealed {
            tracing::error!(%refused, "cannot seal our own log");
            return Err(StoreError::Failed(refused.to_string()).into());
        }
        self.commit(asked)?;
        self.look_at_enrolments();
        // Questions are answered from what is committed, so that a full store still says how it
        // stands.
        for question in questions {
            self.deal(question);
        }
        self.commit(0)?;
        Ok(self.progress())
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
        self.store.inner()
    }

    /// Who may sign records of a party, where its log stands.
    #[must_use]
    pub const fn record_keys(&self, party: Party) -> &Keybook {
        self.state.reader(party).keys()
    }

    /// Whether this side may sign.
    #[must_use]
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }
}

/// Refuses the store of another party, or under another agreement.
pub(super) fn identity<S: Store>(store: &S, seat: &Seat) -> Result<(), LoadFault> {
    let found = store.identity()?;
    let terms = seat.agreement.identity_bytes();
    if found.party == seat.party && found.terms == terms {
        return Ok(());
    }
    let digest = Hash::new(crate::names::sha256(&found.terms));
    Err(LoadFault::Identity {
        found: format!("{} under the agreement {digest}", found.party),
        wanted: format!("{} under the agreement {}", seat.party, seat.agreement.digest()),
    })
}

pub(super) fn queued<S: Store>(store: &S) -> Result<VecDeque<(SubmissionId, Record)>, LoadFault> {
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
