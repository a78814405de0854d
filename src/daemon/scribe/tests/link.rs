//! A link of two sessions: frames in queues, and each side's driver, as the network's is.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::oneshot::{self, Receiver};

use super::side::Side;
use crate::{
    daemon::scribe::{Command, Refused},
    limits::OPEN_QUESTIONS_MAX,
    names::Party,
    session::{
        Action, ByeReason, Close, Event, Loaded, Message, ProblemCode, Progress, Session, Standing,
        Weighed, encode_frame,
    },
    tlog::CosignedCheckpoint,
};

/// One side's end of the link.
pub(super) struct End {
    party: Party,
    pub(super) session: Session,
    pub(super) outbox: VecDeque<Message>,
    commands: Vec<Command>,
    answers: VecDeque<Answer>,
    passed: bool,
    progress: Option<Progress>,
    pub(super) closed: Option<Close>,
    pub(super) ready: bool,
}

type Answered<T> = Receiver<Result<T, Refused>>;

enum Answer {
    Weighed(Answered<Weighed>),
    Loaded(Answered<Option<Loaded>>),
    Cosignatures(Answered<Vec<CosignedCheckpoint>>),
    Stored(Answered<Result<(), ProblemCode>>),
}

impl End {
    /// Begins a session with what the scribe says it holds, after `change`.
    pub(super) fn begin(side: &mut Side, now: u64, change: impl FnOnce(&mut Standing)) -> Self {
        let mut standing = side.ask(now, |reply| Command::Standing { reply }).unwrap();
        change(&mut standing);
        let party = side.seat.party;
        let agreement = Arc::clone(&side.seat.agreement);
        let clock = side.reading(now).wall;
        let (session, actions) = Session::begin(agreement, party, &standing, clock, now);
        let mut end = Self {
            party,
            session,
            outbox: VecDeque::new(),
            commands: Vec::new(),
            answers: VecDeque::new(),
            passed: standing.passed,
            progress: None,
            closed: None,
            ready: false,
        };
        end.carry_out(actions);
        end
    }

    /// Whether the driver would read the next frame.
    pub(super) fn is_reading(&self) -> bool {
        let questions = self.answers.len() < OPEN_QUESTIONS_MAX;
        self.closed.is_none() && self.session.is_reading() && questions
    }

    pub(super) fn has_questions(&self) -> bool {
        !self.commands.is_empty()
    }

    pub(super) fn step(&mut self, side: &Side, now: u64, event: Event) {
        let actions = self.session.step(side.reading(now).wall, now, event);
        self.carry_out(actions);
    }

    /// Sends a batch if there is something to send and room for it.
    pub(super) fn send_more(&mut self, side: &Side, now: u64) -> bool {
        let sends = self.closed.is_none() && self.outbox.is_empty() && self.session.has_more();
        if sends {
            self.step(side, now, Event::Room);
        }
        sends
    }

    /// Lets the scribe deal with all that was asked, in one group, and takes its answers in.
    pub(super) fn run_scribe(&mut self, side: &mut Side, now: u64) {
        side.run(now, std::mem::take(&mut self.commands));
        for answer in std::mem::take(&mut self.answers) {
            self.step(side, now, answer.event());
        }
    }

    /// Tells the session what changed on our side since it was told last, if anything did.
    pub(super) fn progressed(&mut self, side: &Side, now: u64) -> bool {
        let (before, progress) = (self.progress.replace(side.progress), side.progress);
        if self.closed.is_some() || before == Some(progress) {
            return false;
        }
        if progress.passed == self.passed {
            self.step(side, now, Event::Grown(progress.own));
        } else {
            self.passed = progress.passed;
            self.step(side, now, Event::Renew(ByeReason::Renew));
        }
        true
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(message) => self.outbox.push_back(message),
                Action::Ready => self.ready = true,
                Action::Accused(_) => {}
                Action::Close(close) => {
                    self.closed.get_or_insert(close);
                }
                Action::Clock(theirs) => self.commands.push(Command::Clock { theirs }),
                Action::Weigh(claims) => {
                    let reply = self.question(Answer::Weighed);
                    self.commands.push(Command::Weigh { claims, reply });
                }
                Action::Load { log, start } => {
                    let reply = self.question(Answer::Loaded);
                    self.commands.push(Command::Load { log, start, reply });
                }
                Action::LoadCosignatures { above, within } => {
                    let reply = self.question(Answer::Cosignatures);
                    self.commands.push(Command::LoadCosignatures { above, within, reply });
                }
                Action::Store(batch) => {
                    let reply = self.question(Answer::Stored);
                    self.commands.push(Command::Store { batch, reply });
                }
                Action::Forked(fork) => self.commands.push(Command::Forked { fork }),
                Action::Cosigned(cosigned) => {
                    let reply = self.question(Answer::Stored);
                    self.commands.push(Command::Cosigned { cosigned, reply });
                }
            }
        }
    }

    fn question<T>(
        &mut self,
        answer: impl FnOnce(Answered<T>) -> Answer,
    ) -> oneshot::Sender<Result<T, Refused>> {
        let (reply, answered) = oneshot::channel();
        self.answers.push_back(answer(answered));
        reply
    }

    /// Takes the next frame out of the outbox.
    pub(super) fn frame(&mut self) -> Option<(Message, Vec<u8>)> {
        let message = self.outbox.pop_front()?;
        let frame = encode_frame(&message);
        Some((message, frame))
    }

    pub(super) const fn party(&self) -> Party {
        self.party
    }
}

impl Answer {
    fn event(self) -> Event {
        const DROPPED: &str = "every question is answered in its group";
        let internal = |_| Event::Rejected(ProblemCode::Internal);
        match self {
            Self::Weighed(mut answer) => answer.try_recv().expect(DROPPED).map_or_else(
                |_| Event::Weighed(Weighed::Refused(ProblemCode::Internal)),
                Event::Weighed,
            ),
            Self::Loaded(mut answer) => match answer.try_recv().expect(DROPPED) {
                Ok(loaded) => Event::Loaded(loaded),
                Err(Refused::NotPassed) => Event::Loaded(None),
                Err(_) => Event::Rejected(ProblemCode::Internal),
            },
            Self::Cosignatures(mut answer) => {
                answer.try_recv().expect(DROPPED).map_or_else(internal, Event::LoadedCosignatures)
            }
            Self::Stored(mut answer) => match answer.try_recv().expect(DROPPED) {
                Ok(Ok(())) => Event::Stored,
                Ok(Err(code)) => Event::Rejected(code),
                Err(refused) => internal(refused),
            },
        }
    }
}
