//! One side's daemon, as far as the API sees it: published keys, a store in memory, a clock that
//! stands where the test puts it, and a socket in a folder of its own.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::oneshot,
    task::JoinHandle,
};

use super::{
    super::{Listener, Problem},
    store::{Room, RoomyStore},
};
use crate::{
    daemon::{
        keys::{NotSigned, QuantumKeys},
        mark::MarkFile,
        scribe::{self, Command, Handle, Reading, Scribe, Seat, Signatures},
    },
    envelope::{PublicKey, Role},
    ledger::{
        Agreement,
        fixture::{UnsafeKey, at, terms},
    },
    names::{Party, Timestamp},
    store::{Identity, MemoryStore},
};

/// The published keys of one party.
pub(crate) struct UnsafeKeys(pub(crate) Party);

impl Signatures for UnsafeKeys {
    fn record_key(&self, role: Role) -> Option<PublicKey> {
        (role != Role::Officer).then(|| UnsafeKey::of(self.0, role).public_key().into())
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        let signature = (role != Role::Officer).then(|| UnsafeKey::of(self.0, role).sign(message));
        signature.ok_or(NotSigned::NoKey)
    }

    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Ok(UnsafeKey::log(self.0).sign(message))
    }

    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Ok(UnsafeKey::mirror(self.0).sign(message))
    }

    fn quantum(&self) -> Option<&QuantumKeys> {
        None
    }
}

pub(crate) type TestScribe = Scribe<RoomyStore, UnsafeKeys>;

/// Wednesday of the first week, at noon.
pub(crate) const START: &str = "2025-08-06T12:00:00Z";

pub(crate) fn reading(wall: Timestamp) -> Reading {
    Reading { wall, monotonic: 0 }
}

pub(crate) fn seat(party: Party) -> Seat {
    Seat { party, agreement: Arc::new(Agreement::open(terms()).unwrap()) }
}

/// A founded log whose mark lies at `mark`.
pub(crate) fn founded(party: Party, mark: &Path) -> TestScribe {
    let terms = crate::cbor::encode(&terms());
    let memory = MemoryStore::create(&Identity { party, terms }).unwrap();
    let store = RoomyStore { memory, room: Room::endless() };
    let mark = MarkFile::at(mark.to_owned());
    Scribe::found(seat(party), store, UnsafeKeys(party), mark, reading(at(START))).unwrap()
}

/// The same store after a start that finds no mark: this side may not sign.
pub(crate) fn restarted(from: &TestScribe, mark: &Path) -> TestScribe {
    let (party, store) = (Party::Gbr, from.store().clone());
    Scribe::load(seat(party), store, UnsafeKeys(party), MarkFile::at(mark.to_owned())).unwrap()
}

/// A side that runs.
pub(crate) struct Side {
    pub(crate) room: Room,
    pub(crate) socket: PathBuf,
    pub(crate) handle: Handle,
    clock: Arc<AtomicU64>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _folder: TempDir,
}

impl Side {
    pub(crate) async fn of(party: Party) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scribe = founded(party, &folder.path().join("mark"));
        Self::run(folder, party, scribe).await
    }

    /// A British side that may not sign.
    pub(crate) async fn closed() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scribe = founded(Party::Gbr, &folder.path().join("mark"));
        let scribe = restarted(&scribe, &folder.path().join("no-mark"));
        Self::run(folder, Party::Gbr, scribe).await
    }

    async fn run(folder: TempDir, party: Party, scribe: TestScribe) -> Self {
        let room = scribe.store().room.clone();
        let clock = Arc::new(AtomicU64::new(at(START).seconds()));
        let read = Arc::clone(&clock);
        let now = move || reading(Timestamp::new(read.load(Ordering::SeqCst)));
        let handle = scribe::spawn(scribe, now, |ended| ended.unwrap()).unwrap();
        let socket = folder.path().join("api.sock");
        let listener = Listener::bind(&socket).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = listener.serve(party, handle.clone(), async move {
            let _stopped = stopped.await;
        });
        let served = tokio::spawn(serving);
        Self { room, socket, handle, clock, stop, served, _folder: folder }
    }

    pub(crate) fn go_to(&self, time: &str) {
        self.clock.store(at(time).seconds(), Ordering::SeqCst);
    }

    /// Stops the API and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
    }

    /// How many entries our own log has.
    pub(crate) async fn size(&self) -> u64 {
        let status = self.handle.ask(|reply| Command::Status { reply }).await.unwrap().unwrap();
        status.logs.of(status.party).size.0
    }

    pub(crate) async fn get(&self, path: &str) -> RawAnswer {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> RawAnswer {
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}", body.len());
        self.raw(format!("{head}\r\n\r\n{body}")).await
    }

    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> RawAnswer {
        raw(&self.socket, bytes).await
    }
}

/// Sends bytes and then no more; gives the whole answer.
pub(crate) async fn raw(socket: &Path, bytes: impl AsRef<[u8]>) -> RawAnswer {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    // The daemon may have heard enough before the end.
    let _written = stream.write_all(bytes.as_ref()).await;
    let _shut = stream.shutdown().await;
    let mut answer = Vec::new();
    let _read = stream.read_to_end(&mut answer).await;
    RawAnswer(String::from_utf8(answer).unwrap())
}

/// An answer as it comes over the socket.
pub(crate) struct RawAnswer(pub(crate) String);

impl RawAnswer {
    pub(crate) fn status(&self) -> u16 {
        let status = self.0.split(' ').nth(1);
        status.unwrap_or_else(|| panic!("no answer: {:?}", self.0)).parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.0.split_once("\r\n\r\n").unwrap();
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(header, value)| header.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.0.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    pub(crate) fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.0);
        let problem: Problem = serde_json::from_value(self.json()).unwrap();
        assert_eq!(problem.status, self.status());
        assert!(problem.advice.ends_with('.'), "{}", problem.advice);
        problem
    }
}

/// A readmission request for one person.
pub(crate) fn request(case: &str) -> Value {
    json!({
        "kind": "readmission-request",
        "case": case,
        "content": {
            "scope": "protection-claim",
            "arrived": "2025-08-06",
            "evidence": ["officer-report"],
            "minors": 0,
        },
    })
}
