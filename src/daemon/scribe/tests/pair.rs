//! Both sides, the link between them, and the one true time.

use std::{collections::VecDeque, sync::Arc};

use super::{
    link::End,
    side::{Side, agreement},
    signed::Signed,
};
use crate::{
    daemon::scribe::{Command, Refused, Submitted},
    ledger::{Agreement, fixture::at},
    names::{Party, PerParty, Position, RecordId},
    record::Record,
    session::{Claims, Close, Event, Message, Standing, claims, decode_frame, frame_length},
    store::MemoryStore,
};

/// Two sides, and at most one link between them.
pub(super) struct Pair {
    pub(super) agreement: Arc<Agreement>,
    pub(super) sides: PerParty<Side>,
    pub(super) now: u64,
    pub(super) signed: Signed,
    link: Option<Link>,
    /// Frames that still come through before the link is cut.
    pub(super) frames_left: Option<usize>,
    /// Frames that came through so far.
    pub(super) frames: usize,
    /// How many frames a side takes before its scribe runs: they share a commit.
    pub(super) frames_per_group: usize,
    /// What becomes of a frame on its way.
    pub(super) on_the_way: Option<OnTheWay>,
}

/// Gives the frames that arrive at a side for a message that its counterpart sent.
type OnTheWay = Box<dyn FnMut(Party, Message) -> Vec<Vec<u8>>>;

struct Link {
    ends: PerParty<End>,
    /// Frames on their way to each side.
    queues: PerParty<VecDeque<Vec<u8>>>,
}

/// Why each side's session ended; `None` if it is still up, or was cut.
pub(super) type Closed = PerParty<Option<Close>>;

impl Pair {
    /// Two sides that have just been founded and have never spoken.
    pub(super) fn founded() -> Self {
        Self::founded_under(agreement())
    }

    /// The same under another agreement.
    pub(super) fn founded_under(agreement: Arc<Agreement>) -> Self {
        let now = at("2025-08-06T08:00:00Z").seconds();
        let sides = PerParty::from_fn(|party| Side::found(&agreement, party, now));
        Self::of_sides(agreement, sides, now)
    }

    /// Two sides that have never spoken.
    pub(super) fn of_sides(agreement: Arc<Agreement>, sides: PerParty<Side>, now: u64) -> Self {
        Self {
            agreement,
            sides,
            now,
            signed: Signed::default(),
            link: None,
            frames_left: None,
            frames: 0,
            frames_per_group: 1,
            on_the_way: None,
        }
    }

    /// Two sides that have each other's agreement record, cosigned, and are connected.
    pub(super) fn talking() -> Self {
        let mut pair = Self::founded();
        pair.connect();
        assert_eq!(pair.settle(), Closed::default());
        pair
    }

    pub(super) fn side(&mut self, party: Party) -> &mut Side {
        self.sides.of_mut(party)
    }

    pub(super) const fn of(&self, party: Party) -> &Side {
        self.sides.of(party)
    }

    /// Lets time pass, and both timetables tick.
    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        for party in Party::BOTH {
            let now = self.now;
            self.side(party).run(now, vec![Command::Tick]);
        }
    }

    /// Hands a record in; it is logged or queued, or the test fails.
    pub(super) fn submit(&mut self, party: Party, key: &str, record: Record) -> Submitted {
        self.try_submit(party, key, record).unwrap()
    }

    pub(super) fn try_submit(
        &mut self,
        party: Party,
        key: &str,
        record: Record,
    ) -> Result<Submitted, Refused> {
        let now = self.now;
        self.side(party).submit(now, key, record)
    }

    /// Hands a record in; it is logged, or the test fails.
    pub(super) fn log(&mut self, party: Party, key: &str, record: Record) -> RecordId {
        super::side::logged(self.try_submit(party, key, record))
    }

    pub(super) fn connect(&mut self) {
        self.connect_with(|_, _| {});
    }

    /// Connects, with a change to what each side says that it holds.
    pub(super) fn connect_with(&mut self, change: impl Fn(Party, &mut Standing)) {
        let now = self.now;
        let ends = PerParty::from_fn(|party| {
            End::begin(self.sides.of_mut(party), now, |standing| change(party, standing))
        });
        self.link = Some(Link { ends, queues: PerParty::default() });
    }

    /// Cuts the link: what is on its way is lost.
    pub(super) fn cut(&mut self) {
        self.link = None;
    }

    pub(super) const fn is_connected(&self) -> bool {
        self.link.is_some()
    }

    /// Whether a session is up on both ends with nothing left to do.
    pub(super) fn is_idle(&self) -> bool {
        self.link.as_ref().is_some_and(|link| {
            Party::BOTH.iter().all(|party| {
                let end = link.ends.of(*party);
                end.ready && !end.session.has_more() && end.outbox.is_empty()
            })
        })
    }

    /// Gives the session of one side an event.
    pub(super) fn event(&mut self, party: Party, event: Event) {
        let link = self.link.as_mut().expect("a link");
        link.ends.of_mut(party).step(self.sides.of(party), self.now, event);
    }

    /// Puts a message on its way to a side, as if its counterpart had sent it.
    pub(super) fn slip_in(&mut self, to: Party, message: &Message) {
        self.slip_in_frame(to, crate::session::encode_frame(message));
    }

    pub(super) fn slip_in_frame(&mut self, to: Party, frame: Vec<u8>) {
        self.link.as_mut().expect("a link").queues.of_mut(to).push_back(frame);
    }

    /// What a side would say in its hello, as its counterpart reads it.
    pub(super) fn claims_of(&mut self, party: Party) -> Claims {
        let now = self.now;
        let mut end = End::begin(self.sides.of_mut(party), now, |_| {});
        let Some((Message::Hello(hello), _)) = end.frame() else { panic!("no hello") };
        claims(&self.agreement, party.other(), &hello, 0).unwrap()
    }

    /// The id of a side's agreement record.
    pub(super) fn agreement_record(&self, party: Party) -> RecordId {
        self.of(party).books().entry(party, Position(0)).unwrap().id().unwrap()
    }

    /// Connects, where one side is known to have signed a second history: what leaves from now on
    /// is not held against what left before.
    pub(super) fn connect_and_forget(&mut self) {
        self.signed = Signed::default();
        self.connect();
    }

    /// Lets everything happen that follows, until nothing does or the link ends.
    pub(super) fn settle(&mut self) -> Closed {
        for _ in 0..100_000 {
            if !self.turn() {
                return self.closed();
            }
        }
        panic!("the two sides never fall silent");
    }

    /// Connects again and again while sessions end only to be renewed, and says how the last ended.
    pub(super) fn talk(&mut self) -> Closed {
        use crate::session::ByeReason::Renew;
        for _ in 0..10 {
            self.connect();
            let closed = self.settle();
            let renewed = [Some(Close::Ours(Renew)), Some(Close::Theirs(Renew))];
            if !renewed.contains(&closed.gbr) && !renewed.contains(&closed.fra) {
                return closed;
            }
        }
        panic!("the two sides renew for ever");
    }

    fn closed(&mut self) -> Closed {
        let Some(link) = &self.link else { return Closed::default() };
        let closed = PerParty::from_fn(|party| link.ends.of(party).closed);
        if closed != Closed::default() {
            self.cut();
        }
        closed
    }

    /// One turn of both drivers; `false` if nothing happened.
    fn turn(&mut self) -> bool {
        let mut busy = false;
        for party in Party::BOTH {
            busy |= self.send(party);
            busy |= self.receive(party);
            busy |= self.work(party);
        }
        busy
    }

    /// Moves what a side has to say onto the wire.
    fn send(&mut self, party: Party) -> bool {
        let Some(link) = &mut self.link else { return false };
        let end = link.ends.of_mut(party);
        let mut busy = end.send_more(self.sides.of(party), self.now);
        while let Some((message, frame)) = end.frame() {
            busy = true;
            self.signed.note(&self.agreement, &message);
            let frames = match &mut self.on_the_way {
                Some(change) => change(end.party().other(), message),
                None => vec![frame],
            };
            link.queues.of_mut(party.other()).extend(frames);
        }
        busy
    }

    /// Lets a side read what has arrived, as far as it would.
    fn receive(&mut self, party: Party) -> bool {
        let mut busy = false;
        for _ in 0..self.frames_per_group {
            let Some(link) = &mut self.link else { return busy };
            if !link.ends.of(party).is_reading() {
                return busy;
            }
            let Some(frame) = link.queues.of_mut(party).pop_front() else { return busy };
            if self.frames_left == Some(0) {
                self.frames_left = None;
                self.cut();
                return true;
            }
            self.frames_left = self.frames_left.map(|left| left - 1);
            self.frames += 1;
            busy = true;
            self.event(party, read(&frame));
        }
        busy
    }

    /// Runs a side's scribe if it was asked something, and tells its session what came of it.
    fn work(&mut self, party: Party) -> bool {
        let Some(link) = &mut self.link else { return false };
        let (end, side) = (link.ends.of_mut(party), self.sides.of_mut(party));
        let asked = end.has_questions();
        if asked {
            end.run_scribe(side, self.now);
        }
        end.progressed(side, self.now) || asked
    }

    /// Restarts a side on the store that it has.
    pub(super) fn restart(&mut self, party: Party) {
        let store = self.of(party).scribe.store().snapshot();
        self.restore(party, store);
    }

    /// Restarts a side on another copy of its store.
    pub(super) fn restore(&mut self, party: Party, store: MemoryStore) {
        self.cut();
        let now = self.now;
        self.side(party).restart_on(store, now);
    }

    /// Loses a side's high-water mark, as if its disk had been lost.
    pub(super) fn lose_mark(&self, party: Party) {
        std::fs::remove_file(self.of(party).mark()).unwrap();
    }

    pub(super) fn store(&self, party: Party) -> MemoryStore {
        self.of(party).scribe.store().snapshot()
    }

    /// Fails unless both sides hold the same two logs, all of it receipted but entanglements.
    pub(super) fn assert_converged(&mut self) {
        for log in Party::BOTH {
            let (own, mirror) = (self.of(log).entries(log), self.of(log.other()).entries(log));
            assert_eq!(own, mirror, "the log of {log}");
            let (own, mirror) = (self.of(log).cosigned(log), self.of(log.other()).cosigned(log));
            assert_eq!(own, mirror, "the cosignatures of {log}'s log");
            let entangled = self.of(log.other()).entanglements();
            assert_eq!(own.len(), entangled.len(), "one cosignature for each entanglement");
            assert!(entangled.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1));
            let now = self.now;
            let status = self.side(log).status(now);
            assert_eq!(status.logs.of(log).unreceipted, 0);
            assert_eq!((status.gate.as_str(), status.queued), ("open", 0));
        }
    }
}

/// Reads a frame as the network does.
pub(super) fn read(frame: &[u8]) -> Event {
    use crate::session::{FrameRefused, ProblemCode};
    let (head, body) = frame.split_first_chunk::<4>().unwrap();
    match frame_length(*head).and_then(|length| {
        assert_eq!(length, body.len());
        decode_frame(body)
    }) {
        Ok(message) => Event::Received(message),
        Err(FrameRefused::Oversized { .. }) => Event::Garbled(ProblemCode::Oversized),
        Err(_) => Event::Garbled(ProblemCode::Malformed),
    }
}
