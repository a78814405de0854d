//! The listener and the dialler.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Semaphore, watch},
    task::AbortHandle,
};
use tokio_rustls::TlsConnector;

use super::{
    AllowList, Clocks, Desk,
    converse::{Conversed, Ended, Room},
    door::Toil,
    gauge::{Caller, ConnectionView, Gauge, Turned},
    hello::HelloRefused,
    notices::{Notices, Told, tame},
    porch::{Bounds, Crowd, Porch},
    proxy::{Proxy, ProxyRefused},
    reach::{Tried, Way, first_good},
    switchboard::Switchboard,
    tls::{Ends, PeerRefused, authenticate, refusal},
    unfinished::unfinished,
    warrant::Warrant,
};
use crate::{
    ledger::Agreement,
    limits::{
        BACKLOG, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, CONVERSATIONS_MAX, DIAL_SECONDS_MAX,
        HANDSHAKE_SECONDS_MAX, REDIAL_MILLISECONDS_MAX, REDIAL_MILLISECONDS_MIN,
    },
    names::Party,
};

/// Who may come up to the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// From which networks; none: from all.
    pub allow: Option<AllowList>,
    /// How many may wait for their handshake.
    pub bounds: Bounds,
}

impl Default for Gate {
    fn default() -> Self {
        let bounds = Bounds {
            connections_max: CONNECTIONS_MAX,
            per_address_max: CONNECTIONS_PER_ADDRESS_MAX,
        };
        Self { allow: None, bounds }
    }
}

/// How the counterpart is reached and let in.
#[derive(Clone)]
pub struct Road {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Who may come up to where we listen: the newest judges the next connection.
    pub gate: watch::Receiver<Arc<Gate>>,
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
    /// What stands between us and whom we dial.
    pub proxy: Option<Proxy>,
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
    Connection(#[source] io::Error),
    /// The address is not on the allow-list.
    #[error("its address is not in link.allow")]
    NotAllowed,
    /// Too many wait already.
    #[error(transparent)]
    Crowd(#[from] Crowd),
    /// What it sent is no beginning of a handshake.
    #[error(transparent)]
    Hello(#[from] HelloRefused),
    /// It went away before its ClientHello was whole.
    #[error("it went away before its handshake began")]
    Gone,
    /// Nobody answered at the address.
    #[error("no connection within {} s", DIAL_SECONDS_MAX)]
    NoAnswer,
    /// The proxy gave no way through.
    #[error(transparent)]
    Proxy(#[from] ProxyRefused),
    /// No address led to the counterpart.
    #[error("{0}")]
    Unreachable(Tried),
    /// The counterpart is there, and no session with it came up.
    #[error("no session came up: {0}")]
    NoSession(Ended),
    /// The peer offers no key exchange of ours.
    #[error("the peer offers no key exchange that we take; tls.post_quantum lets in: {0}")]
    NoKeyExchange(String),
    /// The peer takes none of what we offer, most likely no key exchange.
    #[error(
        "the peer takes no cipher suite or no key exchange that we offer; tls.post_quantum \
         offers: {0}"
    )]
    NothingTaken(String),
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
    pub(super) fn turned(&self) -> Turned {
        match self {
            Self::NotAllowed => Turned::NotAllowed,
            Self::TooMany | Self::Crowd(_) => Turned::Crowded,
            Self::Slow | Self::NoAnswer => Turned::Slow,
            Self::Hello(_) => Turned::NotTls,
            // What TLS refuses comes within an error of the connection.
            Self::Connection(error) if error.get_ref().is_some() => Turned::Stranger,
            Self::Gone | Self::Connection(_) => Turned::Gone,
            Self::Listen { .. }
            | Self::NoKeyExchange(_)
            | Self::NothingTaken(_)
            | Self::Proxy(_)
            | Self::Unreachable(_)
            | Self::NoSession(_)
            | Self::Peer(_) => Turned::Stranger,
        }
    }
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        // The handshake carries the reason out; the peer was told none.
        match refusal(&error) {
            Some(refused) => Self::Peer(refused),
            None => Self::Connection(error),
        }
    }
}

/// One daemon's link to its counterpart: it listens, dials, and keeps one session up.
pub struct Link<D, C> {
    pub(super) room: Room<D, C>,
    pub(super) road: Road,
    pub(super) gauge: Gauge,
    pub(super) porch: Mutex<Porch<AbortHandle>>,
    pub(super) notices: Mutex<Notices>,
    pub(super) toil: Toil,
    conversations: Semaphore,
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
            porch: Mutex::default(),
            notices: Mutex::default(),
            toil: Toil::new(),
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
    pub fn open(&self) -> Result<Option<TcpListener>, LinkError> {
        let Some(address) = self.road.listen else { return Ok(None) };
        listener(address).map(Some).map_err(|source| LinkError::Listen { address, source })
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

    pub(super) fn ends(&self) -> Arc<Ends> {
        Arc::clone(&self.road.ends.borrow())
    }

    /// Holds a conversation, if there are not too many already.
    pub(super) async fn talk(
        &self,
        stream: tokio_rustls::TlsStream<TcpStream>,
        dialler: Party,
        place: String,
    ) -> Result<Conversed, LinkError> {
        let _permit = self.conversations.try_acquire().map_err(|_| LinkError::TooMany)?;
        let (_, tls) = stream.get_ref();
        let dialled = (dialler == self.room.party).then(|| self.road.towards.clone());
        let warrant = Some(Warrant::of(tls, self.road.ends.clone(), dialled));
        let caller = Caller { dialler, connection: Some(ConnectionView::of(place, tls)), warrant };
        let conversed = self.room.clone().converse(stream, caller).await;
        if conversed.seated && !*self.room.board.occupied().borrow() {
            self.room.desk.link(false).await;
        }
        tracing::info!(ended = %tame(&conversed.ended), %dialler, "session ended");
        Ok(conversed)
    }

    /// Dials while no session is up, with growing pauses.
    async fn dial(self: Arc<Self>) {
        let mut stop = self.room.stop.clone();
        let mut occupied = self.room.board.occupied();
        let mut towards = self.road.towards.clone();
        let mut pause_ms = REDIAL_MILLISECONDS_MIN;
        let mut told = Told::default();
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
                Err(LinkError::Unreachable(tried)) => self.tell(&mut told, &tried),
                Err(error) => tracing::info!(error = %tame(&error), "cannot reach the counterpart"),
            }
            pause(pause_ms, &mut stop).await;
            pause_ms = pause_ms.saturating_mul(2).min(REDIAL_MILLISECONDS_MAX);
        }
    }

    /// A line for every address that led nowhere, if it says something new.
    fn tell(&self, told: &mut Told, tried: &Tried) {
        let now = self.room.clocks.monotonic();
        for (place, why) in tried.each() {
            if told.is_news(now, place, &why.to_string()) {
                let (place, error) = (tame(&place), tame(why));
                tracing::info!(%place, %error, "cannot reach the counterpart");
            }
        }
        told.keep(&tried.each().map(|(place, _)| place).collect::<Vec<_>>());
    }

    /// Tries every address of every place, from the first one on, until one has led to a session
    /// with the counterpart, and that has ended.
    async fn dial_once(&self) -> Result<Conversed, LinkError> {
        let mut tried = Tried::default();
        let towards = Arc::clone(&self.road.towards.borrow());
        for peer in &towards.peers {
            let way = Way { peer, proxy: towards.proxy.as_ref() };
            let addresses = match way.addresses().await {
                Ok(addresses) => addresses,
                Err(why) => {
                    tried.note(peer.clone(), why);
                    continue;
                }
            };
            let name = &towards.peer_name;
            let attempt = |address: SocketAddr| async move {
                let stream = way.open(address).await?;
                let stream = self.introduce(stream, name.clone()).await?;
                if way.proxy.is_none() {
                    locked(&self.porch).remember(address.ip().into());
                }
                let talk = self.talk(stream.into(), self.room.party, way.place(address));
                let conversed = Box::pin(talk).await?;
                // A standby that is not in charge shows the right certificate, and refuses.
                if conversed.settles() {
                    Ok(conversed)
                } else {
                    Err(LinkError::NoSession(conversed.ended))
                }
            };
            if let Some(settled) = first_good(way, addresses, &mut tried, attempt).await {
                return Ok(settled);
            }
        }
        Err(LinkError::Unreachable(tried))
    }

    /// Finishes a handshake as the dialler, within its deadline.
    async fn introduce(
        &self,
        stream: TcpStream,
        name: ServerName<'static>,
    ) -> Result<ClientStream, LinkError> {
        let connector = TlsConnector::from(Arc::clone(&self.ends().client));
        let handshake = connector.connect(name, stream);
        let deadline = Duration::from_secs(HANDSHAKE_SECONDS_MAX);
        let stream =
            tokio::time::timeout(deadline, handshake).await.map_err(|_| LinkError::Slow)?;
        let stream = stream.map_err(|error| unfinished(error, &self.ends()))?;
        authenticated(stream.get_ref().1, self.room.party.other())?;
        Ok(stream)
    }
}

type ClientStream = tokio_rustls::client::TlsStream<TcpStream>;

/// Listens; a port that a daemon has just left is free at once.
fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Small messages leave at once: a cosignature is waited for.
pub(super) fn prepare(stream: TcpStream) -> TcpStream {
    // Without it everything works, only slower.
    let _refused = stream.set_nodelay(true);
    stream
}

pub(super) async fn pause(milliseconds: u64, stop: &mut watch::Receiver<bool>) {
    let wait = stop.wait_for(|stop| *stop);
    // Either the time is up or the daemon stops; the caller looks.
    let _either = tokio::time::timeout(Duration::from_millis(milliseconds), wait).await;
}

/// Says whether the peer of a finished handshake is the counterpart.
pub(super) fn authenticated(
    connection: &rustls::CommonState,
    expected: Party,
) -> Result<(), PeerRefused> {
    authenticate(connection.peer_certificates(), connection.alpn_protocol(), expected)
}

/// What one task left behind when it panicked is still in order: nothing waits while it is locked.
pub(super) fn locked<T>(one: &Mutex<T>) -> MutexGuard<'_, T> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}
