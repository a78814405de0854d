//! The one loop that drives a session over a connection.

use std::{collections::VecDeque, future::pending, pin::pin, sync::Arc, time::Duration};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::{
    Answer, Desk,
    frames::{Inbound, read_all, write_all},
    gauge::{Caller, SessionView},
    switchboard::{Place, Switchboard},
    tls::PeerRefused,
    warrant::Warrant,
};
use crate::{
    ledger::Agreement,
    limits::{FAREWELL_SECONDS_MAX, INBOX_MAX, OPEN_QUESTIONS_MAX, SESSION_SECONDS_MAX},
    names::{Party, Timestamp},
    session::{Action, ByeReason, Close, Event, Message, Progress, Session, encode_frame},
};

/// Both clocks, for sessions.
pub trait Clocks: Clone + Send + Sync + 'static {
    /// The wall clock.
    fn wall(&self) -> Timestamp;

    /// Seconds of the monotonic clock, since some moment.
    fn monotonic(&self) -> u64;
}

/// Why a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// As the session says.
    #[error("{}", describe(.0))]
    Session(Close),
    /// The connection broke.
    #[error("{0}")]
    Connection(String),
    /// What it was let in by has been replaced, and would not let it in now.
    #[error("the counterpart's end is no longer accepted: {0}")]
    Lapsed(PeerRefused),
    /// Another connection has the place.
    #[error("another session with the counterpart is up")]
    Superseded,
    /// The daemon stops.
    #[error("the daemon stops")]
    Stopped,
}

fn describe(close: &Close) -> String {
    match close {
        Close::TheirProblem(code) => format!("refused the counterpart: {code}"),
        Close::OurProblem(code) => format!("the counterpart refused us: {code}"),
        Close::Ours(reason) => format!("ended by us: {reason}"),
        Close::Theirs(reason) => format!("ended by the counterpart: {reason}"),
        Close::Silent => "nothing was heard for too long".to_owned(),
    }
}

/// What all conversations of one daemon share.
#[derive(Clone)]
pub(super) struct Room<D, C> {
    pub(super) agreement: Arc<Agreement>,
    pub(super) party: Party,
    pub(super) desk: D,
    pub(super) clocks: C,
    pub(super) board: Switchboard,
    pub(super) stop: watch::Receiver<bool>,
}

/// What came of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversed {
    /// Why it ended.
    pub(super) ended: Ended,
    /// Whether it came to a session: hellos were exchanged and agreed to.
    pub(super) seated: bool,
}

impl Conversed {
    /// Whether another address would lead to nothing else.
    pub(super) const fn settles(&self) -> bool {
        self.seated || matches!(self.ended, Ended::Superseded | Ended::Stopped)
    }

    /// Whether to dial again soon: there was a session, and neither side had a problem with the
    /// other. A refusal lasts, and is not asked for again at full speed.
    pub(super) const fn is_promising(&self) -> bool {
        let refused = matches!(
            self.ended,
            Ended::Session(Close::TheirProblem(_) | Close::OurProblem(_)) | Ended::Superseded
        );
        self.seated && !refused
    }
}

/// One conversation under way.
struct Conversation<D, C> {
    room: Room<D, C>,
    caller: Caller,
    session: Session,
    /// Frames that wait for the writer, the oldest first. It takes a batch only when it is empty.
    outbox: VecDeque<Vec<u8>>,
    /// Answers of the scribe, in the order in which it was asked.
    answers: VecDeque<Answer>,
    place: Option<Place>,
    /// Whether it had the place, at any time.
    seated: bool,
    passed: bool,
    ended: Option<Ended>,
}

impl<D: Desk, C: Clocks> Room<D, C> {
    /// Holds a conversation over an authenticated stream, to its end.
    pub(super) async fn converse<T>(self, stream: T, caller: impl Into<Caller>) -> Conversed
    where
        T: AsyncRead + AsyncWrite + Send + 'static,
    {
        let Some(standing) = self.desk.standing().await else {
            return Conversed { ended: Ended::Stopped, seated: false };
        };
        let (read, write) = tokio::io::split(stream);
        let (inbox, inbound) = mpsc::channel(INBOX_MAX);
        let (frames, outbound) = mpsc::channel(1);
        let mut reader = tokio::spawn(read_all(read, inbox));
        let mut writer = tokio::spawn(write_all(write, outbound));

        let (wall, now) = (self.clocks.wall(), self.clocks.monotonic());
        let agreement = Arc::clone(&self.agreement);
        let (session, actions) = Session::begin(agreement, self.party, &standing, wall, now);
        let mut conversation = Conversation {
            room: self,
            caller: caller.into(),
            session,
            outbox: VecDeque::new(),
            answers: VecDeque::new(),
            place: None,
            seated: false,
            passed: standing.passed,
            ended: None,
        };
        conversation.carry_out(actions).await;
        let ended = conversation.run(inbound, &frames, &mut reader, &mut writer).await;
        reader.abort();
        // The place is free at once, whatever the peer does with our farewell.
        conversation.place = None;
        let seated = conversation.seated;
        let outbox = std::mem::take(&mut conversation.outbox);
        let farewell = async {
            for frame in outbox {
                if frames.send(frame).await.is_err() {
                    break;
                }
            }
            drop(frames);
            if !writer.is_finished() {
                // However it ends, nothing more is to be said.
                let _end = (&mut writer).await;
            }
        };
        let deadline = Duration::from_secs(FAREWELL_SECONDS_MAX);
        if timeout(deadline, farewell).await.is_err() {
            writer.abort();
        }
        Conversed { ended, seated }
    }
}

impl<D: Desk, C: Clocks> Conversation<D, C> {
    async fn run(
        &mut self,
        mut inbound: mpsc::Receiver<Inbound>,
        frames: &mpsc::Sender<Vec<u8>>,
        reader: &mut tokio::task::JoinHandle<super::frames::ReadEnd>,
        writer: &mut tokio::task::JoinHandle<std::io::Result<()>>,
    ) -> Ended {
        let mut progress = self.room.desk.progress();
        let mut stop = self.room.stop.clone();
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        let mut age = pin!(timeout(Duration::from_secs(SESSION_SECONDS_MAX), pending::<()>()));
        let mut unsent = None;
        while self.ended.is_none() {
            let reading = self.session.is_reading() && self.answers.len() < OPEN_QUESTIONS_MAX;
            let writing = !self.outbox.is_empty();
            let sending = self.outbox.is_empty() && self.session.has_more();
            // What is rare comes first, so that no flood of messages can put it off.
            let event = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => Event::Renew(ByeReason::Stopping),
                _ = &mut age => Event::Renew(ByeReason::Renew),
                () = unseated(&mut self.place) => Event::Renew(ByeReason::Superseded),
                refused = lapsed(&mut self.caller.warrant, &self.room.clocks) => {
                    // Nothing more goes to it, not even what was ready to go.
                    self.outbox.clear();
                    self.ended.get_or_insert(Ended::Lapsed(refused));
                    break;
                }
                _ = tick.tick() => Event::Tick,
                end = &mut *writer => {
                    unsent = Some(unwritten(end));
                    break;
                }
                Ok(permit) = frames.reserve(), if writing => {
                    if let Some(frame) = self.outbox.pop_front() {
                        permit.send(frame);
                    }
                    continue;
                }
                event = next(&mut self.answers), if !self.answers.is_empty() => event,
                Ok(()) = progress.changed() => self.progressed(*progress.borrow_and_update()),
                Some(one) = inbound.recv(), if reading => received(one),
                // Room for a batch: the writer has taken all that came before.
                Ok(permit) = frames.reserve(), if sending => {
                    drop(permit);
                    Event::Room
                }
                end = &mut *reader, if inbound.is_closed() && inbound.is_empty() => {
                    return lost(end);
                }
            };
            self.step(event).await;
        }
        if unsent.is_some() {
            self.hear_out(inbound).await;
        }
        self.ended.take().or(unsent).unwrap_or(Ended::Stopped)
    }

    /// Nothing can be sent any more, and the place is free for another session. What the peer
    /// said before it closed may say why.
    async fn hear_out(&mut self, mut inbound: mpsc::Receiver<Inbound>) {
        self.place = None;
        let last_word = async {
            while let Some(one) = inbound.recv().await {
                if matches!(one, Inbound::Message(Message::Problem(_) | Message::Bye(_))) {
                    return self.step(received(one)).await;
                }
            }
        };
        let deadline = Duration::from_secs(FAREWELL_SECONDS_MAX);
        // If it said nothing of the kind, the connection broke.
        let _silent = timeout(deadline, last_word).await;
    }

    async fn step(&mut self, event: Event) {
        let (wall, now) = (self.room.clocks.wall(), self.room.clocks.monotonic());
        let actions = self.session.step(wall, now, event);
        self.carry_out(actions).await;
    }

    async fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(message) => self.outbox.push_back(encode_frame(&message)),
                Action::Ready => self.seat().await,
                Action::Accused(refused) => {
                    tracing::warn!(%refused, "the counterpart claims that we forked");
                }
                Action::Close(close) => {
                    if let Some(refusal) = self.session.refusal(close) {
                        self.room.desk.refused(refusal).await;
                    }
                    self.ended.get_or_insert(Ended::Session(close));
                }
                Action::Weigh(_)
                | Action::Clock(_)
                | Action::Load { .. }
                | Action::LoadCosignatures { .. }
                | Action::Store(_)
                | Action::Cosigned(_)
                | Action::Forked(_) => match self.room.desk.carry_out(action).await {
                    Ok(answer) => self.answers.extend(answer),
                    Err(_stopped) => {
                        self.ended.get_or_insert(Ended::Stopped);
                    }
                },
            }
        }
    }

    /// The counterpart is known: this session takes the place, if the rule gives it one.
    async fn seat(&mut self) {
        self.place = self.room.board.seat(self.caller.dialler);
        self.seated |= self.place.is_some();
        if let Some(place) = &self.place {
            place.show(SessionView {
                dialler: self.caller.dialler,
                since: self.room.clocks.wall(),
                connection: self.caller.connection.clone(),
            });
            self.room.desk.link(true).await;
        } else {
            let (wall, now) = (self.room.clocks.wall(), self.room.clocks.monotonic());
            let bye = Event::Renew(ByeReason::Superseded);
            for action in self.session.step(wall, now, bye) {
                if let Action::Send(message) = action {
                    self.outbox.push_back(encode_frame(&message));
                }
            }
            self.ended.get_or_insert(Ended::Superseded);
        }
    }

    /// Our own log grew; or this side passed since it said hello, and has to say so.
    const fn progressed(&mut self, progress: Progress) -> Event {
        if progress.passed != self.passed {
            self.passed = progress.passed;
            return Event::Renew(ByeReason::Renew);
        }
        Event::Grown(progress.own)
    }
}

async fn next(answers: &mut VecDeque<Answer>) -> Event {
    // An answer is waited for where it stands, so that being interrupted loses nothing.
    let Some(answer) = answers.front_mut() else { return pending().await };
    let event = answer.await;
    answers.pop_front();
    event
}

async fn lapsed<C: Clocks>(warrant: &mut Option<Warrant>, clocks: &C) -> PeerRefused {
    match warrant {
        Some(warrant) => warrant.lapsed(|| clocks.wall()).await,
        None => pending().await,
    }
}

async fn unseated(place: &mut Option<Place>) {
    match place {
        // The sender is dropped only with the switchboard's seat, which a newer session replaces.
        Some(place) => drop::<Result<(), oneshot::error::RecvError>>((&mut place.unseated).await),
        None => pending().await,
    }
}

fn received(inbound: Inbound) -> Event {
    match inbound {
        Inbound::Message(message) => Event::Received(message),
        Inbound::Garbled(code, refused) => {
            tracing::warn!(%refused, "a frame of the counterpart is refused");
            Event::Garbled(code)
        }
    }
}

fn unwritten(end: Result<std::io::Result<()>, tokio::task::JoinError>) -> Ended {
    match end {
        Ok(Ok(())) => Ended::Stopped,
        Ok(Err(error)) => Ended::Connection(format!("cannot send: {error}")),
        Err(error) => Ended::Connection(error.to_string()),
    }
}

fn lost(end: Result<super::frames::ReadEnd, tokio::task::JoinError>) -> Ended {
    match end {
        Ok(end) => Ended::Connection(end.to_string()),
        Err(error) => Ended::Connection(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
