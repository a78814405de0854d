//! Strangers, in processes of their own: this test, started again.

use std::{
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ClientConfig, ClientConnection, RootCertStore, version::TLS13};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

/// Tells a process what it is: port, number, first address, kinds.
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
}

impl Kind {
    const fn letter(self) -> char {
        match self {
            Self::Idle => 'i',
            Self::Slow => 's',
            Self::Half => 'h',
        }
    }
}

/// All that came.
pub(crate) struct Crowd(Vec<(Child, BufReader<std::process::ChildStdout>)>);

/// What became of them.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// How many bytes they were sent, all together.
    pub(crate) bytes: u64,
    /// How long the one was there that was there longest.
    pub(crate) longest: Duration,
    /// How many could not even connect.
    pub(crate) missed: u64,
}

impl Crowd {
    /// So many strangers in so many processes; it returns once all are connected.
    pub(crate) fn come(port: u16, many: usize, processes: usize, kinds: &[Kind]) -> Self {
        let kinds: String = kinds.iter().map(|kind| kind.letter()).collect();
        let started = (0..processes).map(|number| {
            let first = 2 + 4 * number;
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "stranger", "--nocapture"])
                .env(STRANGER, format!("{port} {} {first} {kinds}", many / processes))
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
            left.bytes += numbers[0];
            left.longest = left.longest.max(Duration::from_millis(numbers[1]));
            left.missed += numbers[2];
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
    runtime.block_on(crowd(port, many, first.parse().unwrap(), told[3]));
}

async fn crowd(port: u16, many: usize, first: u8, kinds: &str) {
    let hello: Arc<[u8]> = hello(Some(b"entente/1")).into();
    let mut strangers = JoinSet::new();
    let mut missed = 0_u64;
    for number in 0..many {
        let from = first + u8::try_from(number % 4).unwrap();
        let kind = kinds.as_bytes()[number % kinds.len()];
        match connect(from, port).await {
            Some(stream) => drop(strangers.spawn(bother(stream, kind, Arc::clone(&hello)))),
            None => missed += 1,
        }
    }
    println!("connected {}", strangers.len());
    let (mut bytes, mut longest) = (0, Duration::ZERO);
    while let Some(ended) = strangers.join_next().await {
        let (learnt, there) = ended.unwrap();
        bytes += learnt;
        longest = longest.max(there);
    }
    println!("left {bytes} {} {missed}", longest.as_millis());
}

async fn connect(from: u8, port: u16) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, from), 0))).ok()?;
    socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.ok()
}

/// One stranger: how many bytes it was sent, and how long it was there.
async fn bother(mut stream: TcpStream, kind: u8, hello: Arc<[u8]>) -> (u64, Duration) {
    let began = Instant::now();
    if kind == b'h' {
        let _closed = stream.write_all(&hello[..hello.len() / 2]).await;
    }
    let (mut read, mut write) = stream.into_split();
    let mut learnt = 0;
    let mut room = [0; 256];
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut rest = hello.iter();
    loop {
        tokio::select! {
            came = read.read(&mut room) => match came {
                Ok(0) | Err(_) => return (learnt, began.elapsed()),
                Ok(came) => learnt += u64::try_from(came).unwrap(),
            },
            _ = second.tick(), if kind == b's' => {
                if let Some(byte) = rest.next() {
                    let _closed = write.write_all(&[*byte]).await;
                }
            }
        }
    }
}

/// A ClientHello as a peer of ours would send it, asking for this application protocol.
pub(crate) fn hello(protocol: Option<&[u8]>) -> Vec<u8> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
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
