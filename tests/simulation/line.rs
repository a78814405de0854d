//! A connection: two wires, and at each end a session with its driver, as the network's is.
//!
//! The driver of the real network waits for several things at once; here the dice say which comes
//! first, in every order that could be.

use std::{
    collections::VecDeque,
    task::{Context, Poll, Waker},
};

use entente::{
    daemon::{
        desk,
        scribe::{Command, Refused},
    },
    limits::OPEN_QUESTIONS_MAX,
    names::Party,
    net::{Answer, Place},
    season::Dice,
    session::{
        Action, ByeReason, Close, Event, Message, ProblemCode, Progress, Session, Standing,
        encode_frame,
    },
};
use tokio::sync::oneshot;

use crate::{keys::agreement, machine::Machine, wire::Wire};

/// Why an end's conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Session(Close),
    Superseded,
    Broken,
}

/// One end of a connection.
pub(crate) struct End {
    pub(crate) party: Party,
    dialler: Party,
    opening: Option<oneshot::Receiver<Result<Standing, Refused>>>,
    session: Option<Session>,
    pub(crate) outbox: VecDeque<(Message, Vec<u8>)>,
    pub(crate) answers: VecDeque<Answer>,
    place: Option<Place>,
    passed: bool,
    seen: Option<Progress>,
    pub(crate) ready: bool,
    /// Whether it has read a hello, and whether it asks for its own lost tail.
    greeted: bool,
    wants: bool,
    /// Whether the hello that it read contradicts what its author signed before.
    pub(crate) is_contradicted: bool,
    pub(crate) ended: Option<Ended>,
}

/// How far a conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Opening,
    Greeting,
    Weighing,
    Talking,
    Healing,
}

impl Phase {
    pub(crate) const NAMES: [&str; 10] = [
        "in: opening",
        "in: greeting",
        "in: weighing",
        "in: talking",
        "in: healing",
        "gone in: opening",
        "gone in: greeting",
        "gone in: weighing",
        "gone in: talking",
        "gone in: healing",
    ];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The same, for the end of a daemon.
    pub(crate) const fn killed(self) -> &'static str {
        Self::NAMES[5 + self as usize]
    }
}

/// What an end did in its turn.
#[derive(Debug)]
pub(crate) enum Did {
    /// There was nothing to do.
    Nothing,
    /// It went on.
    Something,
    /// It put a message on the wire.
    Sent(Message),
    /// It took a message from the wire.
    Read(Message),
}

impl End {
    /// An end that asks its scribe how its side stands; the scribe may be gone.
    pub(crate) fn open(machine: &mut Machine, dialler: Party) -> Self {
        let (reply, opening) = oneshot::channel();
        machine.command(Command::Standing { reply });
        Self {
            party: machine.party(),
            dialler,
            opening: Some(opening),
            session: None,
            outbox: VecDeque::new(),
            answers: VecDeque::new(),
            place: None,
            passed: false,
            seen: None,
            ready: false,
            greeted: false,
            wants: false,
            is_contradicted: false,
            ended: None,
        }
    }

    /// How far its conversation has come.
    pub(crate) fn phase(&self) -> Phase {
        match &self.session {
            None => Phase::Opening,
            Some(_) if !self.greeted => Phase::Greeting,
            Some(session) if !session.is_reading() => Phase::Weighing,
            Some(_) if self.wants => Phase::Healing,
            Some(_) => Phase::Talking,
        }
    }

    /// Bytes of entries that wait for their checkpoint.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.session.as_ref().map_or(0, Session::waiting_bytes)
    }

    /// Does one thing that it could do now, as the dice say.
    pub(crate) fn turn(
        &mut self,
        machine: &mut Machine,
        now: u64,
        wires: (&mut Wire, &mut Wire),
        dice: &mut Dice,
    ) -> Did {
        if self.session.is_none() {
            return self.begin(machine, now);
        }
        let (inward, outward) = wires;
        let first = dice.below(6);
        for choice in (first..6).chain(0..first) {
            let did = match choice {
                0 => self.write(outward),
                1 => self.hear_answer(machine, now),
                2 => self.hear_progress(machine, now),
                3 => self.read(machine, now, inward),
                4 => self.fill(machine, now),
                _ => self.yield_place(machine, now),
            };
            if !matches!(did, Did::Nothing) {
                return did;
            }
        }
        Did::Nothing
    }

    fn begin(&mut self, machine: &mut Machine, now: u64) -> Did {
        let Some(opening) = &mut self.opening else { return Did::Nothing };
        match opening.try_recv() {
            Ok(Ok(standing)) => {
                self.opening = None;
                self.passed = standing.passed;
                let clock = machine.reading(now).wall;
                let (session, actions) =
                    Session::begin(agreement(), self.party, &standing, clock, now);
                self.session = Some(session);
                self.carry_out(machine, now, actions);
            }
            Err(oneshot::error::TryRecvError::Empty) => return Did::Nothing,
            Ok(Err(_)) | Err(oneshot::error::TryRecvError::Closed) => {
                self.ended = Some(Ended::Broken);
            }
        }
        Did::Something
    }

    /// Moves the oldest frame onto the wire, if that has room.
    fn write(&mut self, outward: &mut Wire) -> Did {
        if !outward.has_room() {
            return Did::Nothing;
        }
        let Some((message, frame)) = self.outbox.pop_front() else { return Did::Nothing };
        outward.put(frame);
        Did::Sent(message)
    }

    fn hear_answer(&mut self, machine: &mut Machine, now: u64) -> Did {
        let Some(answer) = self.answers.front_mut() else { return Did::Nothing };
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(event) = answer.as_mut().poll(&mut context) else { return Did::Nothing };
        self.answers.pop_front();
        self.step(machine, now, event);
        Did::Something
    }

    fn hear_progress(&mut self, machine: &mut Machine, now: u64) -> Did {
        let Some(daemon) = &machine.daemon else { return Did::Nothing };
        let progress = daemon.progress;
        if self.seen.replace(progress) == Some(progress) {
            return Did::Nothing;
        }
        let event = if progress.passed == self.passed {
            Event::Grown(progress.own)
        } else {
            self.passed = progress.passed;
            Event::Renew(ByeReason::Renew)
        };
        self.step(machine, now, event);
        Did::Something
    }

    fn read(&mut self, machine: &mut Machine, now: u64, inward: &mut Wire) -> Did {
        let reading = self.session.as_ref().is_some_and(Session::is_reading);
        if !reading || self.answers.len() >= OPEN_QUESTIONS_MAX {
            return Did::Nothing;
        }
        let Some(event) = inward.take() else {
            if inward.has_closed() {
                self.ended = Some(Ended::Broken);
                return Did::Something;
            }
            return Did::Nothing;
        };
        self.greeted |= matches!(&event, Event::Received(Message::Hello(_)));
        let message = match &event {
            Event::Received(message) => Some(message.clone()),
            _ => None,
        };
        self.step(machine, now, event);
        message.map_or(Did::Something, Did::Read)
    }

    fn fill(&mut self, machine: &mut Machine, now: u64) -> Did {
        let more = self.session.as_ref().is_some_and(Session::has_more);
        if !more || !self.outbox.is_empty() {
            return Did::Nothing;
        }
        self.step(machine, now, Event::Room);
        Did::Something
    }

    fn yield_place(&mut self, machine: &mut Machine, now: u64) -> Did {
        let Some(place) = &mut self.place else { return Did::Nothing };
        if place.unseated.try_recv().is_err() {
            return Did::Nothing;
        }
        self.step(machine, now, Event::Renew(ByeReason::Superseded));
        Did::Something
    }

    /// Gives the session an event, and carries out what it wants done.
    pub(crate) fn step(&mut self, machine: &mut Machine, now: u64, event: Event) {
        let Some(session) = &mut self.session else { return };
        let actions = session.step(machine.reading(now).wall, now, event);
        self.carry_out(machine, now, actions);
    }

    fn carry_out(&mut self, machine: &mut Machine, now: u64, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(message) => self.post(message),
                Action::Ready => self.seat(machine, now),
                Action::Close(close) => {
                    self.ended.get_or_insert(Ended::Session(close));
                }
                other => {
                    let Some((command, answer)) = desk::command(other) else { continue };
                    machine.command(command);
                    self.answers.extend(answer);
                }
            }
        }
    }

    fn post(&mut self, message: Message) {
        self.wants |= matches!(message, Message::Want(_));
        let frame = encode_frame(&message);
        self.outbox.push_back((message, frame));
    }

    fn seat(&mut self, machine: &mut Machine, now: u64) {
        let Some(daemon) = &machine.daemon else { return };
        self.place = daemon.board.seat(self.dialler);
        self.ready = self.place.is_some();
        if self.ready {
            machine.command(Command::Link { connected: true });
            return;
        }
        let bye = Event::Renew(ByeReason::Superseded);
        let session = self.session.as_mut();
        let actions = session.map(|one| one.step(machine.reading(now).wall, now, bye));
        for action in actions.into_iter().flatten() {
            if let Action::Send(message) = action {
                self.post(message);
            }
        }
        self.ended.get_or_insert(Ended::Superseded);
    }
}

/// The problem that an end has named, if it has.
pub(crate) const fn accusation(ended: Ended) -> Option<ProblemCode> {
    match ended {
        Ended::Session(Close::TheirProblem(code)) => Some(code),
        _ => None,
    }
}
