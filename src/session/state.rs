//! The state machine of one session.

use std::sync::Arc;

use super::{
    Action, Bye, ByeReason, Checkpoint, Close, Cosignature, Entries, Event, ForkClaim, Hello,
    Loaded, Message, Ping, Problem, ProblemCode, Refusal, Replica, ReplicaFault, Standing,
    TwoValues, Want, Weighed, author::Author, claims,
};
use crate::{
    danger::{Bug, planted},
    ledger::Agreement,
    limits::{PING_SECONDS, SILENCE_SECONDS_MAX},
    names::{Party, Size, Timestamp},
    tlog::{CosignedCheckpoint, SignedCheckpoint},
};

/// The version of the protocol, in every hello.
pub const PROTOCOL: u64 = 1;

/// One conversation, from hello to bye.
#[derive(Debug)]
pub struct Session {
    agreement: Arc<Agreement>,
    party: Party,
    term_seen: u64,
    phase: Phase,
    /// The counterpart's log as it arrives.
    mirror: Replica,
    /// Our own log as it comes back, if we have lost a tail.
    healing: Option<Healing>,
    author: Author,
    /// The checkpoint of our own log that our hello showed.
    hello: SignedCheckpoint,
    /// How much of its own log the counterpart's hello showed.
    theirs: Size,
    /// What in the counterpart's hello does not fit.
    apart: Option<TwoValues>,
    /// Monotonic seconds, given by the driver: when something was last heard, and last pinged.
    heard: u64,
    pinged: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Our hello is sent, theirs is awaited.
    Greeting,
    /// Their hello is being weighed by the scribe.
    Weighing,
    /// Both halves work.
    Talking,
    /// Nothing more is done.
    Closed,
}

#[derive(Debug)]
struct Healing {
    replica: Replica,
    to: Size,
}

impl Session {
    /// Begins a session as `party`, and says hello. `clock` is this side's wall clock, `now` the
    /// driver's monotonic seconds.
    #[must_use]
    pub fn begin(
        agreement: Arc<Agreement>,
        party: Party,
        standing: &Standing,
        clock: Timestamp,
        now: u64,
    ) -> (Self, Vec<Action>) {
        let hello = Hello {
            protocol: PROTOCOL,
            agreement: agreement.digest(),
            party,
            clock,
            term: standing.term,
            passed: standing.passed,
            own: standing.own.note(),
            own_cosigned: standing.own_cosigned.as_ref().map(CosignedCheckpoint::note),
            mirror: standing.mirror.as_ref().map(|one| one.note()),
            mirror_cosigned: standing.mirror_cosigned.as_ref().map(CosignedCheckpoint::note),
        };
        let own = standing.own.checkpoint().size();
        let session = Self {
            agreement,
            party,
            term_seen: standing.term_seen,
            phase: Phase::Greeting,
            mirror: Replica::new(standing.mirror_keys.clone(), standing.mirror_frontier.clone()),
            healing: Some(Healing {
                replica: Replica::new(standing.own_keys.clone(), standing.own_frontier.clone()),
                to: Size(0),
            }),
            author: Author::new(party, own),
            hello: standing.own.clone(),
            theirs: Size(0),
            apart: None,
            heard: now,
            pinged: now,
        };
        (session, vec![Action::Send(hello.into())])
    }

    /// Takes one event. `clock` is this side's wall clock, `now` the driver's monotonic seconds.
    pub fn step(&mut self, clock: Timestamp, now: u64, event: Event) -> Vec<Action> {
        if self.phase == Phase::Closed {
            return Vec::new();
        }
        match event {
            Event::Received(message) => {
                self.heard = now;
                self.received(message)
            }
            Event::Garbled(code) | Event::Rejected(code) => self.problem(code),
            Event::Weighed(weighed) => self.weighed(weighed),
            Event::Room => self.room(),
            Event::Loaded(loaded) => self.loaded(loaded),
            Event::LoadedCosignatures(notes) => self.loaded_cosignatures(&notes),
            Event::Grown(size) => {
                self.author.grown(size);
                Vec::new()
            }
            Event::Stored => Vec::new(),
            Event::Renew(reason) => self.bye(reason),
            Event::Tick => self.tick(clock, now),
        }
    }

    /// Whether the driver is to read on: not while the scribe still weighs the counterpart's hello.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.phase != Phase::Weighing
    }

    /// What an end of this session says, if one side has refused the other.
    #[must_use]
    pub fn refusal(&self, close: Close) -> Option<Refusal> {
        Refusal::of(self.party, close, self.apart.as_ref())
    }

    /// Bytes of entries that wait for their checkpoint, of both logs.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        let healing = self.healing.as_ref().map_or(0, |one| one.replica.waiting_bytes());
        self.mirror.waiting_bytes().saturating_add(healing)
    }

    /// Whether there is something to send as soon as there is room.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.phase == Phase::Talking && self.author.has_more()
    }

    fn received(&mut self, message: Message) -> Vec<Action> {
        match (self.phase, message) {
            (_, Message::Problem(one)) => self.refused(&one),
            (_, Message::Bye(one)) => self.close(Close::Theirs(one.reason)),
            (Phase::Greeting, Message::Hello(hello)) => self.greeted(&hello),
            (Phase::Talking, Message::Ping(one)) => vec![Action::Clock(one.clock)],
            (Phase::Talking, Message::Entries(one)) => self.entries(one),
            (Phase::Talking, Message::Checkpoint(one)) => self.checkpoint(&one),
            (Phase::Talking, Message::Cosignature(one)) => self.cosignature(&one),
            (Phase::Talking, Message::Want(one)) => self.want(&one),
            // What a counterpart sends while we still weigh its hello is read later: the driver
            // stops reading until then. Anything else has no place here.
            _ => self.problem(ProblemCode::OutOfOrder),
        }
    }

    fn greeted(&mut self, hello: &Hello) -> Vec<Action> {
        match claims(&self.agreement, self.party, hello, self.term_seen) {
            Ok(claims) => {
                self.phase = Phase::Weighing;
                self.theirs = claims.theirs.checkpoint().size();
                let held = claims.ours.as_ref().map(|one| one.checkpoint().size());
                let cosigned = claims.theirs_cosigned.as_ref().map(|one| one.checkpoint().size());
                self.author.greeted(held.unwrap_or(Size(0)), cosigned.unwrap_or(Size(0)));
                vec![Action::Clock(hello.clock), Action::Weigh(Box::new(claims))]
            }
            Err(code) => {
                let (agreement, seen) = (&self.agreement, self.term_seen);
                self.apart = TwoValues::of(agreement, self.party, seen, hello, code);
                self.problem(code)
            }
        }
    }

    fn weighed(&mut self, weighed: Weighed) -> Vec<Action> {
        if self.phase != Phase::Weighing {
            return self.problem(ProblemCode::Internal);
        }
        match weighed {
            Weighed::Refused(code) => self.problem(code),
            Weighed::Contradicted(fork) => {
                self.problem_with(ProblemCode::Contradiction, fork.map(|one| *one))
            }
            Weighed::Agreed { want, counterpart_behind } => {
                // A hello was overtaken by what an older session sent. If it was ours, the
                // counterpart takes us for one that has lost a tail, and would wait for our word.
                // If it was theirs, we would wait for the word of one that has lost nothing: our
                // own hello, as old, does not show it what we hold by now.
                let ours = want.is_none() && self.author.shown() > self.hello.checkpoint().size();
                let theirs = counterpart_behind && self.theirs >= self.mirror.size();
                if (ours || theirs) && !planted(Bug::IgnoreOvertakenHello) {
                    return self.bye(ByeReason::Renew);
                }
                self.phase = Phase::Talking;
                self.author.hold_back(counterpart_behind);
                let mut actions = vec![Action::Ready];
                let healing = self.healing.take();
                if let (Some(to), Some(mut healing)) = (want, healing)
                    && !planted(Bug::NeverWant)
                {
                    let from = healing.replica.size();
                    healing.to = to;
                    self.healing = Some(healing);
                    actions.push(Action::Send(Want { from, to }.into()));
                }
                actions
            }
        }
    }

    fn entries(&mut self, entries: Entries) -> Vec<Action> {
        let healing = self.is_healing() && !planted(Bug::JudgeBeforeHealed);
        if entries.log != self.party && healing {
            // What they say of our lost tail cannot be judged before it is back.
            return self.problem(ProblemCode::OutOfOrder);
        }
        let Some(replica) = replica(&mut self.mirror, &mut self.healing, entries.log) else {
            return self.problem(ProblemCode::OutOfOrder);
        };
        match replica.take(entries.start, entries.entries) {
            Ok(()) => Vec::new(),
            Err(fault) => self.problem(fault.code()),
        }
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Vec<Action> {
        // Which log a checkpoint is of, its origin says: at most one of the two keys opens it.
        for log in [self.party.other(), self.party] {
            let Ok(signed) = self.agreement.identity(log).log.open(&checkpoint.note) else {
                continue;
            };
            let Some(replica) = replica(&mut self.mirror, &mut self.healing, log) else {
                return self.problem(ProblemCode::OutOfOrder);
            };
            return match replica.complete(signed) {
                Ok(Some(batch)) => {
                    self.healed(log);
                    vec![Action::Store(Box::new(batch))]
                }
                Ok(None) => Vec::new(),
                // Under our own signature: what we hold is not the beginning of what we signed, or
                // what came back is not the rest of it.
                Err(ReplicaFault::Root { .. }) if log == self.party => {
                    self.problem(ProblemCode::Fork)
                }
                Err(fault) => self.problem(fault.code()),
            };
        }
        self.problem(ProblemCode::Note)
    }

    fn is_healing(&self) -> bool {
        self.phase == Phase::Talking && self.healing.is_some()
    }

    /// Once the lost tail is back, our own log is closed to the counterpart again.
    fn healed(&mut self, log: Party) {
        let whole = self.healing.as_ref().is_some_and(|one| one.replica.size() >= one.to);
        if log == self.party && whole {
            self.healing = None;
        }
    }

    fn cosignature(&mut self, cosignature: &Cosignature) -> Vec<Action> {
        let author = &self.agreement.identity(self.party).log;
        let mirror = &self.agreement.identity(self.party.other()).mirror;
        match mirror.open(author, &cosignature.note) {
            Ok(cosigned) => vec![Action::Cosigned(Box::new(cosigned))],
            Err(_) => self.problem(ProblemCode::Note),
        }
    }

    fn want(&mut self, want: &Want) -> Vec<Action> {
        if self.author.want(want.from, want.to, self.mirror.size()) {
            return Vec::new();
        }
        self.problem(ProblemCode::OutOfOrder)
    }

    fn room(&mut self) -> Vec<Action> {
        if self.phase != Phase::Talking {
            return Vec::new();
        }
        self.author.next().into_iter().collect()
    }

    fn loaded(&mut self, loaded: Option<Loaded>) -> Vec<Action> {
        if !self.author.loaded(loaded.as_ref()) {
            return self.problem(ProblemCode::Internal);
        }
        let Some(Loaded { log, start, entries, checkpoint, cosignatures }) = loaded else {
            return Vec::new();
        };
        let cosignatures = cosignatures.into_iter().map(|note| Cosignature { note }.into());
        [Entries { log, start, entries }.into(), Checkpoint { note: checkpoint }.into()]
            .into_iter()
            .chain(cosignatures)
            .map(Action::Send)
            .collect()
    }

    fn loaded_cosignatures(&mut self, notes: &[CosignedCheckpoint]) -> Vec<Action> {
        self.author.loaded_cosignatures(notes.last().map(|one| one.checkpoint().size()));
        notes.iter().map(|one| Action::Send(Cosignature { note: one.note() }.into())).collect()
    }

    fn tick(&mut self, clock: Timestamp, now: u64) -> Vec<Action> {
        let silent = now.saturating_sub(self.heard) > SILENCE_SECONDS_MAX;
        if silent && !planted(Bug::WaitForEver) {
            return self.close(Close::Silent);
        }
        if self.phase != Phase::Talking || now.saturating_sub(self.pinged) < PING_SECONDS {
            return Vec::new();
        }
        self.pinged = now;
        vec![Action::Send(Ping { clock }.into())]
    }

    fn problem(&mut self, code: ProblemCode) -> Vec<Action> {
        self.problem_with(code, None)
    }

    fn problem_with(&mut self, code: ProblemCode, fork: Option<ForkClaim>) -> Vec<Action> {
        self.phase = Phase::Closed;
        let problem = Problem { code, fork };
        vec![Action::Send(problem.into()), Action::Close(Close::TheirProblem(code))]
    }

    /// They refuse us. If they show why that is our own doing, the scribe has to know.
    fn refused(&mut self, problem: &Problem) -> Vec<Action> {
        let key = &self.agreement.identity(self.party).log;
        let told = problem.fork.as_ref().map(|claim| match claim.check(key, &self.hello) {
            Ok(fork) => Action::Forked(Box::new(fork)),
            Err(refused) => Action::Accused(refused),
        });
        told.into_iter().chain(self.close(Close::OurProblem(problem.code))).collect()
    }

    fn bye(&mut self, reason: ByeReason) -> Vec<Action> {
        self.phase = Phase::Closed;
        vec![Action::Send(Bye { reason }.into()), Action::Close(Close::Ours(reason))]
    }

    fn close(&mut self, close: Close) -> Vec<Action> {
        self.phase = Phase::Closed;
        vec![Action::Close(close)]
    }
}

/// The replica that takes entries of `log`: the mirror, or our own log while it is healed.
fn replica<'a>(
    mirror: &'a mut Replica,
    healing: &'a mut Option<Healing>,
    log: Party,
) -> Option<&'a mut Replica> {
    let healing = healing.as_mut().filter(|one| one.to.0 > 0).map(|one| &mut one.replica);
    if mirror.log() == log { Some(mirror) } else { healing }
}

impl ReplicaFault {
    const fn code(self) -> ProblemCode {
        match self {
            Self::Gap { .. } => ProblemCode::Gap,
            Self::Unfinished | Self::Size { .. } => ProblemCode::OutOfOrder,
            Self::Root { .. } => ProblemCode::Root,
        }
    }
}
