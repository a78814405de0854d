#![expect(
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "the clock of the tests is paused; their counts are small; the rest is a failure"
)]

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    task::JoinHandle,
    time::Instant,
};

use super::*;
use crate::{
    ledger::fixture::{self, TwoSides},
    limits::{FRAME_SECONDS_MAX, PING_SECONDS, SILENCE_SECONDS_MAX},
    net::Stopped,
    record::Terms,
    session::{Bye, Message, Ping, Problem, ProblemCode, Refusal, Standing, Weighed, decode_frame},
    tlog::Frontier,
};

mod refusals;

/// Bytes in flight: room for all that the tests say, and less than a hello.
const WIDE: usize = 1 << 16;
const NARROW: usize = 64;

#[derive(Clone, Copy)]
struct TestClocks(Instant);

impl Clocks for TestClocks {
    fn wall(&self) -> Timestamp {
        fixture::at("2025-08-06T12:00:00Z").plus(self.monotonic())
    }

    fn monotonic(&self) -> u64 {
        self.0.elapsed().as_secs()
    }
}

const AGREED: Weighed = Weighed::Agreed { want: None, counterpart_behind: false };

/// A desk that agrees to every hello and has nothing to send.
#[derive(Clone)]
struct TestDesk {
    standing: Standing,
    progress: watch::Receiver<Progress>,
    /// How often a clock of the counterpart was shown to it: in its hello, and in each ping.
    clocks: watch::Sender<u64>,
    /// It stops the daemon when so many were.
    stop_at: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
    refusals: Arc<Mutex<Vec<Refusal>>>,
}

impl Desk for TestDesk {
    async fn standing(&self) -> Option<Standing> {
        Some(self.standing.clone())
    }

    async fn carry_out(&self, action: Action) -> Result<Option<Answer>, Stopped> {
        let event = match action {
            Action::Clock(_) => {
                self.clocks.send_modify(|count| *count += 1);
                if *self.clocks.borrow() == self.stop_at.load(Ordering::Relaxed) {
                    self.stop.send_replace(true);
                }
                return Ok(None);
            }
            Action::Weigh(_) => Event::Weighed(AGREED),
            Action::LoadCosignatures { .. } => Event::LoadedCosignatures(Vec::new()),
            other => panic!("nothing of this kind is to be done: {other:?}"),
        };
        Ok(Some(Box::pin(std::future::ready(event))))
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    async fn refused(&self, refusal: Refusal) {
        self.refusals.lock().unwrap().push(refusal);
    }

    async fn link(&self, connected: bool) {
        assert!(connected, "that a session ended is the link's to say");
    }
}

fn standing(sides: &TwoSides, party: Party) -> Standing {
    let logs = [party, party.other()];
    let frontier = |log| Frontier::load(sides.books.size(log), sides.nodes(log)).unwrap();
    let [own, mirror] = logs.map(|log| sides.cosigned(log));
    let [own_frontier, mirror_frontier] = logs.map(frontier);
    Standing {
        passed: true,
        term: 0,
        term_seen: 0,
        own: own.signed().clone(),
        own_cosigned: Some(own),
        mirror: Some(mirror.signed().clone()),
        mirror_cosigned: Some(mirror),
        mirror_frontier,
        own_frontier,
        mirror_keys: sides.keys(party.other()).clone(),
        own_keys: sides.keys(party).clone(),
    }
}

/// Both sides of one agreement, the British one first.
fn rooms() -> [Room<TestDesk, TestClocks>; 2] {
    let sides = TwoSides::founded();
    Party::BOTH.map(|party| {
        let standing = standing(&sides, party);
        let [own, mirror] = [party, party.other()].map(|log| sides.books.size(log));
        let (_, progress) = watch::channel(Progress { own, mirror, passed: true, commits: 0 });
        let (stop, stopped) = watch::channel(false);
        let clocks = watch::Sender::new(0);
        let stop_at = Arc::new(AtomicU64::new(u64::MAX));
        Room {
            agreement: Arc::new(sides.agreement.clone()),
            party,
            desk: TestDesk { standing, progress, clocks, stop_at, stop, refusals: Arc::default() },
            clocks: TestClocks(Instant::now()),
            board: Switchboard::new(),
            stop: stopped,
        }
    })
}

/// A French peer that is written by hand.
struct Peer(DuplexStream);

impl Peer {
    async fn say(&mut self, message: impl Into<Message>) {
        self.0.write_all(&encode_frame(&message.into())).await.unwrap();
    }

    async fn hear(&mut self) -> Message {
        let length = self.0.read_u32().await.unwrap();
        let mut body = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut body).await.unwrap();
        decode_frame(&body).unwrap()
    }
}

/// A British conversation that `dialler` dialled, with a French peer that has said its hello.
async fn greet(
    [gbr, fra]: &[Room<TestDesk, TestClocks>; 2],
    dialler: Party,
    bytes: usize,
) -> (JoinHandle<Conversed>, Peer) {
    let (ours, theirs) = duplex(bytes);
    let talk = tokio::spawn(gbr.clone().converse(ours, dialler));
    let mut peer = Peer(theirs);
    let (agreement, clock) = (Arc::clone(&fra.agreement), fra.clocks.wall());
    let (_, hello) = Session::begin(agreement, Party::Fra, &fra.desk.standing, clock, 0);
    let [Action::Send(hello)] = hello.as_slice() else { panic!("{hello:?}") };
    peer.say(hello.clone()).await;
    (talk, peer)
}

async fn until(board: &Switchboard, wanted: bool) {
    let mut occupied = board.occupied();
    let wait = occupied.wait_for(|occupied| *occupied == wanted);
    timeout(Duration::from_secs(200), wait).await.unwrap().unwrap();
}

fn ping() -> Ping {
    Ping { clock: Timestamp::new(7) }
}

#[tokio::test(start_paused = true)]
async fn two_conversations_agree_ping_and_end_in_order_when_one_side_stops() {
    let [gbr, fra] = rooms();
    let (ours, theirs) = duplex(WIDE);
    let british = tokio::spawn(gbr.clone().converse(ours, Party::Fra));
    let french = tokio::spawn(fra.clone().converse(theirs, Party::Fra));
    let pings = Duration::from_secs(2 * PING_SECONDS + 1);
    for room in [&gbr, &fra] {
        // The hello and two pings.
        let mut clocks = room.desk.clocks.subscribe();
        let wait = clocks.wait_for(|count| *count >= 3);
        timeout(pings, wait).await.unwrap().unwrap();
        assert!(*room.board.occupied().borrow());
    }
    let stopped = Instant::now();
    fra.desk.stop.send_replace(true);
    let [british, french] = [british.await.unwrap(), french.await.unwrap()];
    assert_eq!(british.ended, Ended::Session(Close::Theirs(ByeReason::Stopping)));
    assert_eq!(french.ended, Ended::Session(Close::Ours(ByeReason::Stopping)));
    assert!(stopped.elapsed() <= Duration::from_secs(1), "{:?}", stopped.elapsed());
    for (conversed, room) in [(british, gbr), (french, fra)] {
        let occupied = *room.board.occupied().borrow();
        assert!(conversed.seated && conversed.is_promising() && !occupied);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_has_grown_old_is_renewed() {
    let [gbr, fra] = rooms();
    let began = Instant::now();
    // The next one comes up as the first one did.
    for round in 1..=2 {
        let (ours, theirs) = duplex(WIDE);
        let british = tokio::spawn(gbr.clone().converse(ours, Party::Fra));
        let french = tokio::spawn(fra.clone().converse(theirs, Party::Fra));
        let both = [british.await.unwrap(), french.await.unwrap()];
        let age = began.elapsed().as_secs() / round;
        assert!((SESSION_SECONDS_MAX..SESSION_SECONDS_MAX + 60).contains(&age), "{age}");
        for conversed in both {
            let renewed =
                [Close::Ours, Close::Theirs].map(|by| Ended::Session(by(ByeReason::Renew)));
            assert!(renewed.contains(&conversed.ended), "{conversed:?}");
            assert!(conversed.is_promising(), "it is dialled anew at once");
        }
    }
}

#[test]
fn another_address_is_tried_unless_this_one_settled_it() {
    let code = ProblemCode::Contradiction;
    for (ended, seated, settles) in [
        (Ended::Session(Close::OurProblem(code)), false, false),
        (Ended::Session(Close::TheirProblem(code)), false, false),
        (Ended::Session(Close::Silent), false, false),
        (Ended::Connection("reset".to_owned()), false, false),
        (Ended::Session(Close::OurProblem(code)), true, true),
        (Ended::Connection("reset".to_owned()), true, true),
        (Ended::Superseded, false, true),
        (Ended::Stopped, false, true),
    ] {
        let conversed = Conversed { ended, seated };
        assert_eq!(conversed.settles(), settles, "{conversed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hello_of_another_agreement_is_refused_with_its_problem() {
    let mut rooms = rooms();
    let terms = fixture::terms();
    let terms = Terms { rehearsal: !terms.rehearsal, ..terms };
    rooms[1].agreement = Arc::new(Agreement::open(terms).unwrap());

    let (talk, mut peer) = greet(&rooms, Party::Fra, WIDE).await;
    assert!(matches!(peer.hear().await, Message::Hello(_)));
    assert_eq!(peer.hear().await, Problem { code: ProblemCode::Agreement, fork: None }.into());

    let (ours, theirs) = duplex(WIDE);
    let [gbr, fra] = rooms;
    let british = tokio::spawn(gbr.converse(ours, Party::Fra));
    let french = tokio::spawn(fra.converse(theirs, Party::Fra));
    for talk in [talk, british, french] {
        let conversed = talk.await.unwrap();
        assert_eq!(conversed.ended, Ended::Session(Close::TheirProblem(ProblemCode::Agreement)));
        assert!(!conversed.seated && !conversed.is_promising());
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_said_before_it_closed_is_heard_though_nothing_can_be_sent() {
    let [gbr, _] = rooms();
    let (ours, theirs) = duplex(WIDE);
    let mut peer = Peer(theirs);
    peer.say(Problem { code: ProblemCode::Contradiction, fork: None }).await;
    drop(peer);
    let conversed = gbr.converse(ours, Party::Fra).await;
    assert_eq!(conversed.ended, Ended::Session(Close::OurProblem(ProblemCode::Contradiction)));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_does_not_hold_the_place() {
    let cases = [
        // It says nothing more; it goes on to ping; the daemon stops meanwhile.
        (false, u64::MAX, Ended::Session(Close::Silent), SILENCE_SECONDS_MAX + 1, true),
        (
            true,
            u64::MAX,
            Ended::Connection("cannot send: timed out".into()),
            FRAME_SECONDS_MAX,
            true,
        ),
        (true, 3, Ended::Session(Close::Ours(ByeReason::Stopping)), PING_SECONDS, true),
    ];
    for (pings, stop_at, wanted, seconds, waits) in cases {
        let rooms = rooms();
        rooms[0].desk.stop_at.store(stop_at, Ordering::Relaxed);
        let begun = Instant::now();
        let (talk, mut peer) = greet(&rooms, Party::Fra, NARROW).await;
        until(&rooms[0].board, true).await;
        let pinging = tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(PING_SECONDS));
            loop {
                every.tick().await;
                if !pings {
                    break;
                }
                peer.say(ping()).await;
            }
            pending::<()>().await;
            drop(peer);
        });
        until(&rooms[0].board, false).await;
        let free = begun.elapsed();
        assert!(free.as_secs().abs_diff(seconds) <= 1, "{wanted}: free after {free:?}");
        let conversed = talk.await.unwrap();
        assert_eq!((&conversed.ended, conversed.seated), (&wanted, true));
        // The place is free before the farewell, not after it.
        let farewell = begun.elapsed().checked_sub(free).unwrap();
        assert_eq!(farewell.as_secs() >= FAREWELL_SECONDS_MAX, waits, "{wanted}: {farewell:?}");
        assert!(begun.elapsed().as_secs() <= FRAME_SECONDS_MAX + FAREWELL_SECONDS_MAX);
        pinging.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_cannot_put_off_a_stop() {
    let rooms = rooms();
    rooms[0].desk.stop_at.store(1_000, Ordering::Relaxed);
    let (talk, mut peer) = greet(&rooms, Party::Fra, WIDE).await;
    let flood = tokio::spawn(async move {
        let frame = encode_frame(&ping().into());
        while peer.0.write_all(&frame).await.is_ok() {}
    });
    let limit = Duration::from_secs(FAREWELL_SECONDS_MAX + 1);
    let conversed = timeout(limit, talk).await.unwrap().unwrap();
    assert_eq!(conversed.ended, Ended::Session(Close::Ours(ByeReason::Stopping)));
    assert_eq!(*rooms[0].desk.clocks.borrow(), 1_000, "nothing is taken after the stop");
    flood.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_session_without_the_place_says_so_and_ends() {
    let unseated = Ended::Session(Close::Ours(ByeReason::Superseded));
    // A newer one of the same dialler unseats the older; one that Britain dialled is not seated.
    for (dialler, older_goes) in [(Party::Fra, true), (Party::Gbr, false)] {
        let rooms = rooms();
        let older = greet(&rooms, Party::Fra, WIDE).await;
        until(&rooms[0].board, true).await;
        let newer = greet(&rooms, dialler, WIDE).await;
        let [(goes, mut left), (stays, _kept)] =
            if older_goes { [older, newer] } else { [newer, older] };
        assert!(matches!(left.hear().await, Message::Hello(_)));
        assert_eq!(left.hear().await, Bye { reason: ByeReason::Superseded }.into());
        let conversed = goes.await.unwrap();
        let ended = if older_goes { unseated.clone() } else { Ended::Superseded };
        assert_eq!(conversed, Conversed { ended, seated: older_goes });
        assert!(*rooms[0].board.occupied().borrow(), "the other keeps its place");
        rooms[0].desk.stop.send_replace(true);
        let ended = stays.await.unwrap().ended;
        assert_eq!(ended, Ended::Session(Close::Ours(ByeReason::Stopping)));
        assert!(!*rooms[0].board.occupied().borrow());
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_closes_is_a_broken_connection_wherever_it_does() {
    let frame = encode_frame(&ping().into());
    for cut in [0, 1, 3, 4, 5, frame.len() - 1] {
        let rooms = rooms();
        let (talk, mut peer) = greet(&rooms, Party::Fra, WIDE).await;
        until(&rooms[0].board, true).await;
        peer.0.write_all(&frame[..cut]).await.unwrap();
        drop(peer);
        let conversed = timeout(Duration::from_secs(2), talk).await.unwrap().unwrap();
        let Ended::Connection(text) = &conversed.ended else { panic!("{cut}: {conversed:?}") };
        let said = if cut == 0 { "the connection was closed" } else { "the connection broke" };
        assert!(text.starts_with(said), "{cut}: {text}");
        assert!(conversed.seated && conversed.is_promising());
        assert!(!*rooms[0].board.occupied().borrow());
    }
}
