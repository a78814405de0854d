//! Strangers, in processes of their own: this test, started again.

use std::{
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use entente::net::tls::ALPN;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    crypto::{
        CryptoProvider, SupportedKxGroup,
        ring::{
            self,
            kx_group::{SECP384R1, X25519},
        },
    },
    version::TLS13,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use crate::told::{self, Told};

/// Tells a process what it is: port, number, first address.
const STRANGER: &str = "ENTENTE_STRANGER";

/// What a stranger does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Nothing.
    Idle,
    /// One byte of a ClientHello each second.
    Slow,
    /// Half a ClientHello.
    Half,
    /// A whole, good ClientHello, and not one byte of what must follow.
    Whole,
    /// The same with a key share of no group of ours, so that another hello is asked for.
    Unshared,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Idle, Self::Slow, Self::Half, Self::Whole, Self::Unshared];

    /// What it sends, and how much of that at once; the rest byte by byte.
    fn speech(self) -> (Vec<u8>, usize) {
        let good = hello(Some(ALPN));
        match self {
            Self::Idle => (Vec::new(), 0),
            Self::Slow => (good, 0),
            Self::Half => (good[..good.len() / 2].to_vec(), good.len() / 2),
            Self::Whole => (good.clone(), good.len()),
            Self::Unshared => {
                // What it offers first, it brings a key share of (RFC 8446 section 4.2.8).
                let hello = hello_of(vec![SECP384R1, X25519], Some(ALPN));
                (hello.clone(), hello.len())
            }
        }
    }
}

/// All that came.
pub(crate) struct Crowd(Vec<(Child, BufReader<std::process::ChildStdout>)>);

/// What became of them.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// How many were answered with our half of a handshake.
    pub(crate) flights: u64,
    /// How many were asked for another hello. All the others were told nothing at all.
    pub(crate) retries: u64,
    /// How long the one was there that was there longest.
    pub(crate) longest: Duration,
    /// How many could not even connect.
    pub(crate) missed: u64,
}

impl Crowd {
    /// So many strangers in so many processes, as many of each kind; it returns once all are
    /// connected.
    pub(crate) fn come(port: u16, many: usize, processes: usize) -> Self {
        let started = (0..processes).map(|number| {
            let first = 2 + 4 * number;
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "stranger", "--nocapture"])
                .env(STRANGER, format!("{port} {} {first}", many / processes))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let said = BufReader::new(child.stdout.take().unwrap());
            (child, said)
        });
        let mut crowd = Self(started.collect());
        crowd.hear("connected");
        crowd
    }

    /// The numbers behind a word that each process says once.
    fn hear(&mut self, word: &str) -> Vec<Vec<u64>> {
        let one = |(_, said): &mut (Child, BufReader<std::process::ChildStdout>)| loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "a stranger ended before {word:?}");
            if let Some((_, numbers)) = line.split_once(word) {
                return numbers.split_whitespace().map(|one| one.parse().unwrap()).collect();
            }
        };
        self.0.iter_mut().map(one).collect()
    }

    /// Waits until the last of them has been closed.
    pub(crate) fn goes(mut self) -> Left {
        let mut left = Left::default();
        for numbers in self.hear("left") {
            left.flights += numbers[0];
            left.retries += numbers[1];
            left.longest = left.longest.max(Duration::from_millis(numbers[2]));
            left.missed += numbers[3];
        }
        left
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for (child, _) in &mut self.0 {
            // It may have ended before.
            let _ended = (child.kill(), child.wait());
        }
    }
}

/// Does what the environment says, if it says anything.
pub(crate) fn be_one_of_it() {
    let Ok(told) = std::env::var(STRANGER) else { return };
    let told: Vec<&str> = told.split(' ').collect();
    let (port, many, first) = (told[0].parse().unwrap(), told[1].parse().unwrap(), told[2]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(crowd(port, many, first.parse().unwrap()));
}

async fn crowd(port: u16, many: usize, first: u8) {
    let kinds = Kind::ALL.map(|kind| (kind, Arc::new(kind.speech())));
    let mut strangers = JoinSet::new();
    let mut missed = 0_u64;
    for (number, (kind, speech)) in (0..many).zip(kinds.iter().cycle()) {
        let from = first + u8::try_from(number % 4).unwrap();
        match connect(from, port).await {
            Some(stream) => {
                let stranger = bother(stream, Arc::clone(speech));
                let kind = *kind;
                strangers.spawn(async move { (kind, stranger.await) });
            }
            None => missed += 1,
        }
    }
    println!("connected {}", strangers.len());
    let (mut flights, mut retries, mut longest) = (0_u64, 0_u64, Duration::ZERO);
    while let Some(ended) = strangers.join_next().await {
        let (kind, (told, there)) = ended.unwrap();
        match told::read(kind, &told) {
            Ok(Told::Nothing) => {}
            Ok(Told::Retry) => retries += 1,
            Ok(Told::Flight) => flights += 1,
            Err(amiss) => panic!("{kind:?} was told {told:02x?}: {amiss}"),
        }
        longest = longest.max(there);
    }
    println!("left {flights} {retries} {} {missed}", longest.as_millis());
}

/// Comes from 127.0.0.`from`.
pub(crate) async fn connect(from: u8, port: u16) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, from), 0))).ok()?;
    socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.ok()
}

/// One stranger: what it was told, and how long it was there.
async fn bother(mut stream: TcpStream, speech: Arc<(Vec<u8>, usize)>) -> (Vec<u8>, Duration) {
    let began = Instant::now();
    let (at_once, later) = speech.0.split_at(speech.1);
    let _closed = stream.write_all(at_once).await;
    let (mut read, mut write) = stream.into_split();
    let mut told = Vec::new();
    let mut room = [0; 256];
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut later = later.iter();
    loop {
        tokio::select! {
            came = read.read(&mut room) => match came {
                Ok(0) | Err(_) => return (told, began.elapsed()),
                Ok(came) => told.extend_from_slice(&room[..came]),
            },
            _ = second.tick(), if !later.as_slice().is_empty() => {
                if let Some(byte) = later.next() {
                    let _closed = write.write_all(&[*byte]).await;
                }
            }
        }
    }
}

/// A ClientHello as a peer of ours would send it, asking for this application protocol.
pub(crate) fn hello(protocol: Option<&[u8]>) -> Vec<u8> {
    hello_of(vec![X25519], protocol)
}

/// The same with these groups, and a key share of the first.
fn hello_of(groups: Vec<&'static dyn SupportedKxGroup>, protocol: Option<&[u8]>) -> Vec<u8> {
    let provider = CryptoProvider { kx_groups: groups, ..ring::default_provider() };
    let mut config = ClientConfig::builder_with_provider(provider.into())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    config.alpn_protocols = protocol.iter().map(|one| one.to_vec()).collect();
    let name = "exchange.gbr.example".try_into().unwrap();
    let mut hello = Vec::new();
    ClientConnection::new(Arc::new(config), name).unwrap().write_tls(&mut hello).unwrap();
    hello
}
