//! A crowd of strangers at the door of one of two real daemons, with a real session between them.
//!
//! `cargo test` brings a few hundred and looks at what they get. The whole crowd, with its bounds
//! on time and memory, comes with
//! `ENTENTE_ATTACK=10000 cargo test --release --test attack -- --nocapture`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on says where; this one measures time and says what it found"
)]

#[path = "attack/crowd.rs"]
mod crowd;
#[path = "attack/session.rs"]
mod session;
#[expect(dead_code, reason = "it is shared with the stories, which use more of it")]
#[path = "story/site.rs"]
mod site;
#[path = "attack/told.rs"]
mod told;

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crowd::{Crowd, Kind};
use entente::limits::HANDSHAKE_SECONDS_MAX;
use session::{Trips, resident_kib};
use site::Site;

/// How many strangers the long run brings; `cargo test` leaves it out.
const CROWD: &str = "ENTENTE_ATTACK";
/// What a loaded machine may add to the deadline.
const LATE_SECONDS: u64 = 2;

/// A process of the crowd: it is this test again, told by its environment whom to crowd.
#[test]
fn stranger() {
    crowd::be_one_of_it();
}

/// Two sides; the British one lets many in from one address.
fn site() -> Site {
    let site = Site::founded();
    site.replace("gbr.toml", "peer_name", "connections_per_address_max = 8000\npeer_name");
    site
}

#[test]
fn a_crowd_learns_nothing_is_gone_within_the_deadline_and_keeps_nobody_waiting() {
    let site = site();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let mut trips = Trips::of(&site);
    trips.make(3);
    let crowd = Crowd::come(site.ports[0], 300, 2);
    let status = gbr.until("a session beside the crowd", |status| {
        status.connected && status.edge.connections.accepted >= 300
    });
    let before = status.edge.session.unwrap();
    assert!(status.edge.connections.crowded == 0, "{:?}", status.edge.connections);
    trips.make(5);
    // The counterpart comes anew and does not queue behind them.
    fra.stop();
    let fra = site.start("fra");
    // On a slow machine some of them are gone by then; none of them was sent away to make room.
    let again = gbr.until("a new session beside the crowd", |status| {
        let session = status.edge.session.as_ref();
        status.connected && session.is_some_and(|session| *session != before)
    });
    assert!(again.edge.connections.crowded == 0, "{:?}", again.edge.connections);
    let connection = again.edge.session.unwrap().connection.unwrap();
    assert_eq!((&*connection.protocol, connection.suite.get(..4)), ("TLS 1.3", Some("TLS_")));
    assert!(connection.certificate.is_some_and(|shown| !shown.serial.is_empty()));
    trips.make(5);
    let left = crowd.goes();
    // Fewer handshakes than may be under way at once: each is answered, and then waited for.
    assert_eq!((left.flights, left.retries), (60, 60), "the others are told nothing");
    let gone = gbr.until("all are gone", |status| status.edge.connections.waiting == 0);
    assert_eq!(gone.edge.connections.slow, 300);
    trips.make(3);
    fra.stop();
    gbr.stop();
}

/// A connection from this address of the loopback, over which nothing is said.
fn silent(from: u8, port: u16) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(crowd::connect(from, port)).unwrap().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

#[test]
fn who_comes_from_where_the_counterpart_is_dialled_is_not_sent_away_for_strangers() {
    let site = site();
    site.replace("gbr.toml", "peer_name", "connections_max = 3\npeer_name");
    let gbr = site.start("gbr");
    let port = site.ports[0];
    let all_in = |number: u64| {
        gbr.until("all are in", |status| status.edge.connections.accepted == number);
    };
    // From 127.0.0.1, which `link.peer` names; it has never shown itself.
    let mut expected = silent(1, port);
    all_in(1);
    let mut strangers = [5, 6, 7, 8].map(|from| silent(from, port));
    all_in(5);
    for gone in strangers.iter_mut().take(2) {
        let ended = gone.read(&mut [0]).map_err(|error| error.kind());
        assert!(matches!(ended, Ok(0) | Err(ErrorKind::ConnectionReset)), "{ended:?}: it stays");
    }
    expected.set_nonblocking(true).unwrap();
    assert_eq!(expected.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    let counts = gbr.until("two were sent away", |status| status.edge.connections.crowded == 2);
    assert_eq!(counts.edge.connections.waiting, 3);
    gbr.stop();
}

/// What a stranger is told who sends this.
fn told(port: u16, sent: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // It may be closed amid this.
    let _closed = stream.write_all(sent);
    let mut told = Vec::new();
    let ended = stream.read_to_end(&mut told).map_err(|error| error.kind());
    assert_ne!(ended, Err(ErrorKind::WouldBlock), "it is held for ever");
    told
}

#[test]
fn whoever_does_not_ask_for_our_protocol_is_told_nothing_at_all() {
    let site = site();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let mut trips = Trips::of(&site);
    trips.make(1);
    let port = site.ports[0];
    let hello = crowd::hello(Some(b"entente/1"));
    let hung_up = [&hello[..], &[21, 3, 3, 0, 2, 1, 0]].concat();
    let early = [&hello[..hello.len() - 1], b"x"].concat();
    for sent in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x16\x03\x01\xff\xff\x01\xff\xff\xff",
        &[21, 3, 3, 0, 2, 1, 0],
        &[22, 3, 1, 0, 4, 2, 0, 0, 0],
        &crowd::hello(None),
        &crowd::hello(Some(b"entente/2")),
        &crowd::hello(Some(b"h2")),
        &[&[22, 3, 1, 0, 8, 1, 0, 0, 4][..], &[0; 4]].concat(),
    ] {
        assert_eq!(told(port, sent), b"", "{:02x?}", &sent[..sent.len().min(16)]);
    }
    // close_notify right behind a good ClientHello (RUSTSEC-2024-0336): it gets our half of the
    // handshake, the connection ends, and nothing spins.
    for sent in [hung_up, early] {
        told(port, &sent);
    }
    let counts = gbr.until("all are gone", |status| status.edge.connections.waiting == 0);
    assert!(counts.edge.connections.not_tls >= 8, "{:?}", counts.edge.connections);
    trips.make(3);
    // A list without the counterpart shuts it out, and says so in the journal.
    gbr.stop();
    site.replace("gbr.toml", "peer_name", "allow = [\"192.0.2.0/24\"]\npeer_name");
    let gbr = site.start("gbr");
    assert_eq!(told(port, &hello), b"");
    gbr.says("link.allow");
    let status = gbr.until("a refusal", |status| status.edge.connections.not_allowed > 0);
    assert!(status.edge.connections.not_tls == 0, "nothing was read");
    fra.stop();
    gbr.stop();
}

#[test]
fn the_whole_crowd_at_most_doubles_the_slowest_trips_and_costs_less_than_64_mib() {
    let Some(many) = std::env::var(CROWD).ok().map(|many| many.parse::<usize>().unwrap()) else {
        return;
    };
    let site = site();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let daemon = session::process_of(&site, "gbr");
    let mut trips = Trips::of(&site);
    trips.make(50);
    let (mut quiet, mut crowded) = (Vec::new(), Vec::new());
    let (mut longest, mut added) = (Duration::ZERO, 0);
    for round in 0..3 {
        quiet.extend(trips.during(Duration::from_secs(6)));
        let before = resident_kib(daemon);
        let accepted = gbr.until("a count", |_| true).edge.connections.accepted;
        let came = std::time::Instant::now();
        let crowd = Crowd::come(site.ports[0], many, 4);
        println!("come took {:?}", came.elapsed());
        let all = accepted + u64::try_from(many).unwrap();
        let status = gbr.until("the crowd", |status| status.edge.connections.accepted >= all);
        let waiting = status.edge.connections.waiting;
        println!("accepted after {:?}", came.elapsed());
        crowded.extend(trips.during(Duration::from_secs(6)));
        added = added.max(resident_kib(daemon).saturating_sub(before));
        let left = crowd.goes();
        longest = longest.max(left.longest);
        println!("round {round}: {waiting} waiting once all were there, {left:?}");
        // Of those with a whole hello the oldest go at once when too many handshakes are under way.
        let silent = u64::try_from(many / Kind::ALL.len() * 3).unwrap();
        assert!(waiting >= silent * 9 / 10, "they were not let in");
        assert!(left.flights > 0 && left.retries > 0, "{left:?}");
    }
    let [calm, busy] = [&mut quiet, &mut crowded].map(|all| session::percentiles(all));
    let ratio = busy.p99.as_secs_f64() / calm.p99.as_secs_f64();
    println!("round trips, record to receipt: quiet {calm:?}; crowded {busy:?}; p99 x{ratio:.2}");
    println!("resident memory added at most {added} KiB; the longest was there {longest:?}");
    assert!(added < 64 * 1024, "{added} KiB");
    assert!(longest <= Duration::from_secs(HANDSHAKE_SECONDS_MAX + LATE_SECONDS), "{longest:?}");
    assert!(ratio <= 2.0, "{ratio}");
    fra.stop();
    gbr.stop();
}
