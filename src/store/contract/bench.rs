//! A store on the bench, and what is written to it.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf};

use tempfile::TempDir;

use crate::{
    names::{Party, Size, SubmissionId, Timestamp},
    store::{Identity, LogNodes, MemoryStore, Options, SqliteStore, Store, Write},
    tlog::{Frontier, leaf_hash},
};

/// A store with what a contract has to be able to do to it.
pub(super) trait Bench {
    /// A store that was created this moment.
    fn new() -> Self;
    fn store(&mut self) -> &mut dyn Store;
    /// Closes it and opens it again; in memory, an old copy is put back.
    fn reopen(&mut self);
    /// Leaves no room beyond what is held now.
    fn narrow(&mut self);
    /// Makes room again.
    fn widen(&mut self);
}

pub(super) struct InMemory(MemoryStore);

impl Bench for InMemory {
    fn new() -> Self {
        Self(MemoryStore::create(&identity()).unwrap())
    }

    fn store(&mut self) -> &mut dyn Store {
        &mut self.0
    }

    fn reopen(&mut self) {
        self.0 = self.0.snapshot();
    }

    fn narrow(&mut self) {
        self.0.set_bytes_max(Some(self.0.bytes()));
    }

    fn widen(&mut self) {
        self.0.set_bytes_max(None);
    }
}

pub(super) struct InFile {
    // Closed before its directory is removed.
    store: Option<SqliteStore>,
    path: PathBuf,
    _directory: TempDir,
}

impl InFile {
    fn open_with(&mut self, options: Options) {
        self.store = None;
        self.store = Some(SqliteStore::open(&self.path, options).unwrap());
    }
}

impl Bench for InFile {
    fn new() -> Self {
        let directory = private_directory();
        let path = directory.path().join("store.db");
        let store = SqliteStore::create(&path, &identity(), Options::default()).unwrap();
        Self { store: Some(store), path, _directory: directory }
    }

    fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut().unwrap()
    }

    fn reopen(&mut self) {
        self.open_with(Options::default());
    }

    fn narrow(&mut self) {
        // The engine takes what is held for the limit, if that is more.
        self.open_with(Options { pages_max: Some(1) });
    }

    fn widen(&mut self) {
        self.open_with(Options::default());
    }
}

/// A directory that is its owner's alone, as a store asks for.
pub(in crate::store) fn private_directory() -> TempDir {
    let mode = Permissions::from_mode(0o700);
    tempfile::Builder::new().permissions(mode).tempdir().unwrap()
}

/// Writes one log.
#[derive(Clone)]
pub(in crate::store) struct Pen {
    log: Party,
    frontier: Frontier,
}

impl Pen {
    pub(in crate::store) fn new(log: Party) -> Self {
        Self { log, frontier: Frontier::new() }
    }

    /// Goes on where the store ends.
    pub(in crate::store) fn at_end_of(store: &dyn Store, log: Party) -> Self {
        let nodes = LogNodes::new(store, log);
        Self { log, frontier: Frontier::load(store.size(log).unwrap(), &nodes).unwrap() }
    }

    pub(in crate::store) fn entry(&mut self, bytes: &[u8]) -> Write {
        let (leaf, position) = (leaf_hash(bytes), self.frontier.size().next());
        let nodes = self.frontier.append(leaf);
        Write::Entry { log: self.log, position, leaf, bytes: bytes.to_vec(), nodes }
    }

    pub(in crate::store) fn entries(&mut self, count: usize) -> Vec<Write> {
        (0..count).map(|number| self.entry(format!("{} {number}", self.log).as_bytes())).collect()
    }
}

pub(in crate::store) fn identity() -> Identity {
    Identity { party: Party::Gbr, terms: b"terms".to_vec() }
}

pub(in crate::store) fn id(number: u8) -> SubmissionId {
    SubmissionId::new([number; SubmissionId::LEN])
}

pub(in crate::store) fn queued(number: u8, payload: &[u8]) -> Write {
    Write::Queue { id: id(number), payload: payload.to_vec() }
}

pub(super) fn submitted(number: u8, digest: u8) -> Write {
    Write::Submission { id: id(number), digest: [digest; 32] }
}

pub(super) fn checkpoint(log: Party, size: u64, note: &str) -> Write {
    Write::Checkpoint { log, size: Size(size), note: note.to_owned() }
}

pub(super) fn cosignature(log: Party, size: u64, note: &str) -> Write {
    let time = Timestamp::new(1_762_000_000);
    Write::Cosignature { log, size: Size(size), time, note: note.to_owned() }
}
