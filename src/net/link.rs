//! The listener and the dialler.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{
    Clocks, Desk,
    converse::{Conversed, Room},
    gauge::{Caller, ConnectionView, Gauge, Turned},
    switchboard::Switchboard,
    tls::{Ends, PeerRefused, authenticate},
};
use crate::{
    ledger::Agreement,
    limits::{
        CONVERSATIONS_MAX, DIAL_SECONDS_MAX, HANDSHAKE_SECONDS_MAX, HANDSHAKES_MAX,
        REDIAL_MILLISECONDS_MAX, REDIAL_MILLISECONDS_MIN,
    },
    names::Party,
};

/// How the counterpart is reached and let in.
#[derive(Clone)]
pub struct Road {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Whom to dial: the newest serves the next connection.
    pub towards: watch::Receiver<Arc<Towards>>,
    /// Both TLS ends: the newest ones serve the next connection.
    pub ends: watch::Receiver<Arc<Ends>>,
}

/// Whom to dial, and whom to find there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Towards {
    /// Addresses, `host:port`, tried in this order; none: wait to be dialled.
    pub peers: Vec<String>,
    /// The name in the counterpart's certificate.
    pub peer_name: ServerName<'static>,
}

/// Why a connection did not come to a conversation.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// TCP or TLS failed.
    #[error("{0}")]
    Connection(#[from] io::Error),
    /// It took too long.
    #[error("no handshake within {} s", HANDSHAKE_SECONDS_MAX)]
    Slow,
    /// More conversations than the counterpart has any use for.
    #[error("{} conversations are under way already", CONVERSATIONS_MAX)]
    TooMany,
    /// The peer is not the counterpart.
    #[error(transparent)]
    Peer(#[from] PeerRefused),
}

impl LinkError {
    /// As what it is counted.
    fn turned(&self) -> Turned {
        match self {
            Self::Slow => Turned::Slow,
            Self::TooMany => Turned::Crowded,
            Self::Connection(error) if error.get_ref().is_none() => Turned::Gone,
            Self::Listen { .. } | Self::Connection(_) | Self::Peer(_) => Turned::Stranger,
        }
    }
}

/// One daemon's link to its counterpart: it listens, dials, and keeps one session up.
pub struct Link<D, C> {
    room: Room<D, C>,
    road: Road,
    conversations: Semaphore,
    gauge: Gauge,
}

impl<D: Desk, C: Clocks> Link<D, C> {
    /// Makes a link; nothing is opened yet. It ends when `stop` turns true.
    pub fn new(
        agreement: Arc<Agreement>,
        party: Party,
        desk: D,
        clocks: C,
        road: Road,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let board = Switchboard::new();
        let conversations = Semaphore::new(CONVERSATIONS_MAX);
        let gauge = Gauge::over(board.clone());
        Self {
            room: Room { agreement, party, desk, clocks, board, stop },
            road,
            conversations,
            gauge,
        }
    }

    /// What the link shows of itself, now and from now on.
    #[must_use]
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// Opens the listener, so that a wrong address is found before anything runs.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn open(&self) -> Result<Option<TcpListener>, LinkError> {
        let Some(address) = self.road.listen else { return Ok(None) };
        let opened = TcpListener::bind(address).await;
        opened.map(Some).map_err(|source| LinkError::Listen { address, source })
    }

    /// Keeps the link until it is to stop, and every conversation has ended.
    pub async fn run(self, listener: Option<TcpListener>) {
        let link = Arc::new(self);
        let mut tasks = tokio::task::JoinSet::new();
        if let Some(listener) = listener {
            tasks.spawn(Arc::clone(&link).listen(listener));
        }
        tasks.spawn(Arc::clone(&link).dial());
        while tasks.join_next().await.is_some() {}
    }

    async fn listen(self: Arc<Self>, listener: TcpListener) {
        let permits = Arc::new(Semaphore::new(HANDSHAKES_MAX));
        let mut stop = self.room.stop.clone();
        let mut conversations = tokio::task::JoinSet::new();
        loop {
            // The permit comes before the connection: what we cannot greet waits in the backlog.
            let permit = tokio::select! {
                permit = Arc::clone(&permits).acquire_owned() => permit,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            while conversations.try_join_next().is_some() {}
            let (stream, from) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: greet again when some are free.
                    tracing::warn!(%error, "cannot accept");
                    pause(REDIAL_MILLISECONDS_MAX / 10, &mut stop).await;
                    continue;
                }
            };
            self.gauge.accepted();
            let waiting = self.gauge.waits();
            let link = Arc::clone(&self);
            let acceptor = TlsAcceptor::from(Arc::clone(&self.ends().server));
            conversations.spawn(async move {
                let greeted = link.greet(acceptor.accept(prepare(stream))).await;
                drop((permit, waiting));
                match &greeted {
                    Ok(_) => link.gauge.greeted(),
                    Err(error) => link.gauge.turned(error.turned()),
                }
                let talked = match greeted {
                    Ok(stream) => link.talk(stream.into(), link.room.party.other()).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = talked {
                    tracing::warn!(%from, %error, "refused a connection");
                }
            });
        }
        while conversations.join_next().await.is_some() {}
    }

    fn ends(&self) -> Arc<Ends> {
        Arc::clone(&self.road.ends.borrow())
    }

    /// Finishes a handshake within its deadline, and says whether the peer is the counterpart.
    async fn greet<S>(&self, handshake: impl Future<Output = io::Result<S>>) -> Result<S, LinkError>
    where
        S: Handshaken,
    {
        let deadline = Duration::from_secs(HANDSHAKE_SECONDS_MAX);
        let stream =
            tokio::time::timeout(deadline, handshake).await.map_err(|_| LinkError::Slow)??;
        stream.authenticate(self.room.party.other())?;
        Ok(stream)
    }

    /// Holds a conversation, if there are not too many already.
    async fn talk(
        &self,
        stream: tokio_rustls::TlsStream<TcpStream>,
        dialler: Party,
    ) -> Result<Conversed, LinkError> {
        let _permit = self.conversations.try_acquire().map_err(|_| LinkError::TooMany)?;
        let (tcp, tls) = stream.get_ref();
        let address = tcp.peer_addr().map(|address| address.to_string()).unwrap_or_default();
        let connection = Some(ConnectionView::of(address, tls));
        let caller = Caller { dialler, connection };
        let conversed = self.room.clone().converse(stream, caller).await;
        if conversed.seated && !*self.room.board.occupied().borrow() {
            self.room.desk.link(false).await;
        }
        tracing::info!(ended = %conversed.ended, %dialler, "session ended");
        Ok(conversed)
    }

    /// Dials while no session is up, with growing pauses.
    async fn dial(self: Arc<Self>) {
        let mut stop = self.room.stop.clone();
        let mut occupied = self.room.board.occupied();
        let mut towards = self.road.towards.clone();
        let mut pause_ms = REDIAL_MILLISECONDS_MIN;
        while !*stop.borrow() {
            tokio::select! {
                _ = occupied.wait_for(|occupied| !occupied) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            if towards.borrow_and_update().peers.is_empty() {
                tokio::select! {
                    changed = towards.changed() => if changed.is_err() { return },
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                continue;
            }
            match self.dial_once().await {
                Ok(conversed) if conversed.is_promising() => pause_ms = REDIAL_MILLISECONDS_MIN,
                Ok(_) => {}
                Err(error) => tracing::info!(%error, "cannot reach the counterpart"),
            }
            pause(pause_ms, &mut stop).await;
            pause_ms = pause_ms.saturating_mul(2).min(REDIAL_MILLISECONDS_MAX);
        }
    }

    async fn dial_once(&self) -> Result<Conversed, LinkError> {
        let connector = TlsConnector::from(Arc::clone(&self.ends().client));
        let mut last = LinkError::Connection(io::ErrorKind::NotFound.into());
        let towards = Arc::clone(&self.road.towards.borrow());
        for peer in &towards.peers {
            let deadline = Duration::from_secs(DIAL_SECONDS_MAX);
            let connected = tokio::time::timeout(deadline, TcpStream::connect(peer)).await;
            let greeted = match connected {
                Ok(Ok(stream)) => {
                    let name = towards.peer_name.clone();
                    self.greet(connector.connect(name, prepare(stream))).await
                }
                Ok(Err(error)) => Err(error.into()),
                Err(_) => Err(LinkError::Slow),
            };
            match greeted {
                Ok(stream) => {
                    let stream = tokio_rustls::TlsStream::from(stream);
                    return self.talk(stream, self.room.party).await;
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// Small messages leave at once: a cosignature is waited for.
fn prepare(stream: TcpStream) -> TcpStream {
    // Without it everything works, only slower.
    let _refused = stream.set_nodelay(true);
    stream
}

async fn pause(milliseconds: u64, stop: &mut watch::Receiver<bool>) {
    let wait = stop.wait_for(|stop| *stop);
    // Either the time is up or the daemon stops; the caller looks.
    let _either = tokio::time::timeout(Duration::from_millis(milliseconds), wait).await;
}

/// A TLS stream after its handshake, from either end.
trait Handshaken {
    fn authenticate(&self, expected: Party) -> Result<(), PeerRefused>;
}

macro_rules! handshaken {
    ($stream:ty) => {
        impl Handshaken for $stream {
            fn authenticate(&self, expected: Party) -> Result<(), PeerRefused> {
                let (_, connection) = self.get_ref();
                let certificates = connection.peer_certificates();
                authenticate(certificates, connection.alpn_protocol(), expected)
            }
        }
    };
}
handshaken!(tokio_rustls::server::TlsStream<TcpStream>);
handshaken!(tokio_rustls::client::TlsStream<TcpStream>);
