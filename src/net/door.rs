//! The listening end: from a connection that anybody may open to a handshake with the counterpart.
//!
//! Everybody is accepted at once, so that the counterpart never queues behind a crowd; whoever has
//! not sent a whole ClientHello costs a task, a file descriptor and the bytes that came. Refused
//! before its handshake, one gets no byte: the connection is reset, whatever the reason. From then
//! on a stranger gets what TLS 1.3 itself sends and nothing else.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use rustls::server::{Accepted, Acceptor};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{AbortHandle, JoinSet},
    time::timeout,
};
use tokio_rustls::StartHandshake;

use super::{
    Clocks, Desk, Link, LinkError,
    gauge::Turned,
    hello::{HelloRefused, Survey, survey},
    link::{Gate, Towards, authenticated, locked, pause, prepare},
    notices::{Told, tame},
    porch::{Number, Porch},
    tls::ALPN,
    unfinished::unfinished,
};
use crate::limits::{
    ACCEPT_PAUSE_MILLISECONDS, HANDSHAKE_SECONDS_MAX, HELLO_PAUSE_MILLISECONDS_MAX,
    HELLO_PAUSE_MILLISECONDS_MIN, HELLO_READ_BYTES_MAX, NOTICE_SECONDS,
};

/// What handshakes are worked on under: so many at once that the session has a core.
#[derive(Debug)]
pub(super) struct Toil {
    strangers: Semaphore,
    /// The counterpart, by where it comes from, does not queue behind strangers.
    known: Semaphore,
}

impl Toil {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { strangers: Semaphore::new(cores.div_ceil(2)), known: Semaphore::new(1) }
    }
}

/// A connection of somebody unknown. Dropped, it is reset: nothing is sent, nothing lingers.
struct Stranger(Option<TcpStream>);

impl Stranger {
    fn stream(&self) -> io::Result<&TcpStream> {
        self.0.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        if let Some(stream) = self.0.take() {
            // If it is gone already, there is nothing to reset.
            let _gone = stream.set_zero_linger();
        }
    }
}

/// A place on the porch, given up when dropped.
struct Seat<D: Desk, C: Clocks> {
    link: Arc<Link<D, C>>,
    number: Number,
}

impl<D: Desk, C: Clocks> Drop for Seat<D, C> {
    fn drop(&mut self) {
        // Its own task ends now by itself.
        let _own = locked(&self.link.porch).leave(self.number);
    }
}

impl<D: Desk, C: Clocks> Link<D, C> {
    /// Listens until the daemon stops, and every conversation has ended.
    pub(super) async fn listen(self: Arc<Self>, listener: TcpListener) {
        let mut stop = self.room.stop.clone();
        let mut guests = JoinSet::new();
        let mut told = Told::default();
        let mut minute = tokio::time::interval(Duration::from_secs(NOTICE_SECONDS));
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                Some(_ended) = guests.join_next(), if !guests.is_empty() => continue,
                _ = minute.tick() => {
                    self.sum_up(false);
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, from)) => self.admit(Stranger(Some(stream)), from, &mut guests),
                Err(error) => {
                    // Out of file descriptors, most likely: accept again when some are free.
                    if told.is_news(self.room.clocks.monotonic(), "accept", &error.to_string()) {
                        tracing::warn!(%error, "cannot accept");
                    }
                    pause(ACCEPT_PAUSE_MILLISECONDS, &mut stop).await;
                }
            }
        }
        for waiting in locked(&self.porch).clear() {
            waiting.abort();
        }
        while guests.join_next().await.is_some() {}
        self.sum_up(true);
    }

    fn admit(self: &Arc<Self>, stranger: Stranger, from: SocketAddr, guests: &mut JoinSet<()>) {
        self.gauge.accepted();
        let gate = Arc::clone(&self.road.gate.borrow());
        if gate.allow.as_ref().is_some_and(|allow| !allow.contains(from.ip())) {
            return self.turn(from, &LinkError::NotAllowed);
        }
        let entered = {
            let mut porch: std::sync::MutexGuard<'_, Porch<AbortHandle>> = locked(&self.porch);
            // Before it has ever shown itself here, as after a restart, the configuration says it.
            if expects(&gate, &self.road.towards.borrow(), from.ip()) {
                porch.remember(from.ip().into());
            }
            porch.enter(from.ip().into(), gate.bounds)
        };
        let (number, goes) = match entered {
            Ok(entered) => entered,
            Err(crowd) => return self.turn(from, &LinkError::Crowd(crowd)),
        };
        self.send_away(goes);
        let seat = Seat { link: Arc::clone(self), number };
        let guest = guests.spawn(Arc::clone(self).receive(stranger, from, seat));
        locked(&self.porch).keep(number, guest);
    }

    /// Somebody has to go for somebody else.
    fn send_away(&self, goes: Option<AbortHandle>) {
        if let Some(goes) = goes {
            goes.abort();
            self.gauge.turned(Turned::Crowded);
        }
    }

    /// One connection, from its first byte to the end of its conversation.
    async fn receive(self: Arc<Self>, stranger: Stranger, from: SocketAddr, seat: Seat<D, C>) {
        let waiting = self.gauge.waits();
        // One deadline from here to the last message, however many bytes come how slowly.
        let deadline = Duration::from_secs(HANDSHAKE_SECONDS_MAX);
        let greeted = timeout(deadline, self.greet(stranger, &seat)).await;
        drop((waiting, seat));
        let talked = match greeted.unwrap_or(Err(LinkError::Slow)) {
            Ok(stream) => {
                self.gauge.greeted();
                locked(&self.porch).remember(from.ip().into());
                // What a conversation needs is set aside only now.
                let talk = self.talk(stream.into(), self.room.party.other(), from.to_string());
                Box::pin(talk).await.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = talked {
            self.turn(from, &error);
        }
    }

    /// Brings a connection through its handshake.
    async fn greet(
        &self,
        mut stranger: Stranger,
        seat: &Seat<D, C>,
    ) -> Result<tokio_rustls::server::TlsStream<TcpStream>, LinkError> {
        let hello = read_hello(stranger.stream()?).await?;
        let hello = understand(&hello)?;
        let (goes, known) = {
            let mut porch: std::sync::MutexGuard<'_, Porch<AbortHandle>> = locked(&self.porch);
            (porch.greet(seat.number), porch.is_known(seat.number))
        };
        self.send_away(goes);
        let toil = if known { &self.toil.known } else { &self.toil.strangers };
        let begun = {
            // Key exchange and signature, if the hello brings a share of a group of ours.
            let _turn = toil.acquire().await.map_err(io::Error::other)?;
            let Some(stream) = stranger.0.take() else { return Err(LinkError::Slow) };
            let begun = StartHandshake::from_parts(hello, prepare(stream));
            Box::pin(begun.into_stream(self.ends().server.config()))
        };
        // If not, they are due with its second hello; and at the end comes who it is.
        let handshake = in_turns(toil, begun);
        let stream = handshake.await?.map_err(|error| unfinished(error, &self.ends()))?;
        authenticated(stream.get_ref().1, self.room.party.other())?;
        Ok(stream)
    }

    /// One is refused: counted, and told in the journal if that has room.
    fn turn(&self, from: SocketAddr, error: &LinkError) {
        let why = error.turned();
        self.gauge.turned(why);
        let now = self.room.clocks.monotonic();
        if locked(&self.notices).tells(now, why, from.ip()) {
            tracing::warn!(%from, reason = %tame(error), "refused a connection");
        }
    }

    fn sum_up(&self, all: bool) {
        let now = self.room.clocks.monotonic();
        for one in locked(&self.notices).due(now, all) {
            let (more, seconds, addresses) = (one.more, one.seconds, one.sources);
            tracing::warn!(why = ?one.why, more, seconds, addresses, "refused more connections");
        }
    }
}

/// Whether the configuration names this address as one of the counterpart's.
fn expects(gate: &Gate, towards: &Towards, from: IpAddr) -> bool {
    let listed = gate.allow.as_ref().is_some_and(|allow| allow.names(from));
    let dialled = |peer: &String| {
        peer.parse::<SocketAddr>().is_ok_and(|at| at.ip().to_canonical() == from.to_canonical())
    };
    listed || towards.peers.iter().any(dialled)
}

/// Drives a handshake, each step under a permit of its own: nobody who says nothing holds one.
async fn in_turns<F: Future + Unpin>(turns: &Semaphore, mut handshake: F) -> io::Result<F::Output> {
    let mut turn = Box::pin(turns.acquire());
    std::future::poll_fn(|context| {
        let permit = std::task::ready!(turn.as_mut().poll(context)).map_err(io::Error::other)?;
        let step = Pin::new(&mut handshake).poll(context);
        drop(permit);
        turn.set(turns.acquire());
        step.map(Ok)
    })
    .await
}

/// Reads until the ClientHello is whole, and not one byte further.
async fn read_hello(stream: &TcpStream) -> Result<Vec<u8>, LinkError> {
    let mut hello = Vec::new();
    let mut pause_ms = HELLO_PAUSE_MILLISECONDS_MIN;
    loop {
        let Survey::Missing(missing) = survey(&hello)? else { return Ok(hello) };
        stream.readable().await?;
        let wanted = missing.min(HELLO_READ_BYTES_MAX);
        match take(stream, &mut hello, wanted) {
            Ok(0) => return Err(LinkError::Gone),
            Ok(came) if came < wanted => {
                // Whoever sends byte by byte is not looked at for each of them.
                let pause = Duration::from_millis(pause_ms);
                let _passed = timeout(pause, std::future::pending::<()>()).await;
                pause_ms = pause_ms.saturating_mul(2).min(HELLO_PAUSE_MILLISECONDS_MAX);
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes what has come, up to what is wanted; the room for it is no part of the waiting task.
fn take(stream: &TcpStream, hello: &mut Vec<u8>, wanted: usize) -> io::Result<usize> {
    let mut room = [0; HELLO_READ_BYTES_MAX];
    let came = stream.try_read(room.get_mut(..wanted).unwrap_or_default())?;
    let bytes = room.get(..came).unwrap_or_default();
    hello.reserve_exact(bytes.len());
    hello.extend_from_slice(bytes);
    Ok(came)
}

/// Reads a whole ClientHello, and refuses one that does not ask for our protocol: before it has
/// seen our certificate, and without an alert that would say what it should have asked for.
fn understand(mut bytes: &[u8]) -> Result<Accepted, HelloRefused> {
    let mut acceptor = Acceptor::default();
    while !bytes.is_empty() {
        if acceptor.read_tls(&mut bytes).unwrap_or(0) == 0 {
            return Err(HelloRefused::Malformed);
        }
    }
    // The alert that rustls would send stays unsent.
    let accepted = acceptor.accept().map_err(|_| HelloRefused::Malformed)?;
    let accepted = accepted.ok_or(HelloRefused::Malformed)?;
    let asked = accepted.client_hello().alpn().is_some_and(|mut all| all.any(|one| one == ALPN));
    if asked { Ok(accepted) } else { Err(HelloRefused::Protocol) }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, task::Context, task::Poll, task::Waker};

    use super::*;
    use crate::net::AllowList;

    #[test]
    fn what_the_configuration_names_is_expected_before_it_ever_came() {
        let networks = ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::7/128", "2001:db8:1::/64"];
        let networks = networks.map(|one| one.parse().unwrap());
        let gate =
            Gate { allow: Some(AllowList::new(networks.to_vec()).unwrap()), ..Gate::default() };
        let peers = ["203.0.113.5:7443", "[2001:db8:2::5]:7443", "exchange.fra.example:7443"];
        let towards = Towards {
            peers: peers.map(str::to_owned).to_vec(),
            proxy: None,
            peer_name: "exchange.fra.example".try_into().unwrap(),
        };
        for (address, expected) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("2001:db8::7", true),
            ("203.0.113.5", true),
            ("2001:db8:2::5", true),
            // In a network that is let in, with many others.
            ("198.51.100.9", false),
            ("2001:db8:1::9", false),
            ("192.0.2.8", false),
            ("2001:db8::8", false),
            ("203.0.113.6", false),
        ] {
            assert_eq!(expects(&gate, &towards, address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn every_step_of_a_handshake_takes_its_turn_and_no_wait_does() {
        let turns = Semaphore::new(1);
        let (steps, held) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let handshake = std::future::poll_fn(|_| {
            steps.set(steps.get() + 1);
            held.set(1 - turns.available_permits());
            if steps.get() < 3 { Poll::Pending } else { Poll::Ready(7) }
        });
        let mut driven = Box::pin(in_turns(&turns, handshake));
        let mut poll = || driven.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        for step in 1..=3 {
            // Somebody else works: nothing moves until he is done.
            let other = turns.try_acquire().unwrap();
            assert!(poll().is_pending());
            assert_eq!(steps.get(), step - 1);
            drop(other);
            let ended = poll();
            assert_eq!((steps.get(), held.get(), turns.available_permits()), (step, 1, 1));
            assert_eq!(
                ended.map(Result::ok),
                if step < 3 { Poll::Pending } else { Poll::Ready(Some(7)) }
            );
        }
    }
}
