//! The durable state: one seam, one commit point.
//!
//! A commit is a value: a list of [`Write`]s that take effect together or not at all. What to write
//! is decided elsewhere; a store only keeps and gives back bytes, and knows nothing of records.
//! The store is trusted: whoever can change it can make its owner sign a second history, which the
//! counterpart's mirror then proves.

mod fail_stop;
pub mod failpoint;
mod memory;
mod rules;
mod sqlite;
mod through;

#[cfg(test)]
mod contract;

pub use fail_stop::FailStop;
pub use memory::MemoryStore;
pub use sqlite::{Options, SqliteStore};
pub use through::Through;

use crate::{
    names::{Hash, Party, Position, Size, SubmissionId, Timestamp},
    tlog::{Node, Nodes},
};

/// One thing to be written in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// An entry at the end of a log, and the tree nodes that it completes.
    Entry {
        /// Whose log.
        log: Party,
        /// Where it stands; always the log's size before it.
        position: Position,
        /// Its leaf hash.
        leaf: Hash,
        /// Its bytes.
        bytes: Vec<u8>,
        /// Nodes of level 1 and above that it completes.
        nodes: Vec<Node>,
    },
    /// A checkpoint signed by the log's author; writing the same size again changes nothing.
    Checkpoint {
        /// Whose log.
        log: Party,
        /// Its size.
        size: Size,
        /// The note.
        note: String,
    },
    /// A cosigned checkpoint; writing the same size again changes nothing.
    Cosignature {
        /// Whose log was cosigned.
        log: Party,
        /// The size cosigned.
        size: Size,
        /// The time of the cosignature.
        time: Timestamp,
        /// The note with both signatures.
        note: String,
    },
    /// A submission that was taken in, under the id by which its repetition is known again.
    Submission {
        /// The record's `cti`.
        id: SubmissionId,
        /// What was asked for.
        digest: [u8; 32],
    },
    /// A submission that waits until this side may sign.
    Queue {
        /// The record's `cti`.
        id: SubmissionId,
        /// The record's payload.
        payload: Vec<u8>,
    },
    /// A submission that waits no longer.
    Dequeue {
        /// The record's `cti`.
        id: SubmissionId,
    },
    /// The highest term of the counterpart that was seen.
    TermSeen(u64),
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Where it stands.
    pub position: Position,
    /// Its leaf hash as written; recomputed by whoever does not trust the store.
    pub leaf: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A checkpoint or cosigned checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNote {
    /// Its size.
    pub size: Size,
    /// The note.
    pub note: String,
}

/// A submission that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The record's `cti`.
    pub id: SubmissionId,
    /// The record's payload.
    pub payload: Vec<u8>,
}

/// What a store is asked to hold from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Whose store it is.
    pub party: Party,
    /// The terms, in deterministic CBOR.
    pub terms: Vec<u8>,
}

/// What can go wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no room; nothing of the commit was written.
    #[error("the store is full")]
    Full,
    /// The store was never created.
    #[error("{path}: there is no store; `entente init` creates one, once")]
    Missing {
        /// Where it should be.
        path: String,
    },
    /// There is one already.
    #[error("{path}: there is a store already; a log is created once and never again")]
    Exists {
        /// Where it is.
        path: String,
    },
    /// Of another schema.
    #[error("{path}: schema {found}, and this version knows {known}")]
    Schema {
        /// Where it is.
        path: String,
        /// Its schema.
        found: i64,
        /// The schema that this version knows.
        known: i64,
    },
    /// A database, but of another program.
    #[error("{path}: this is no store of ours (application id {found:#010x})")]
    Foreign {
        /// Where it is.
        path: String,
        /// Its application id; 0 if nobody set one.
        found: i64,
    },
    /// Another process writes it.
    #[error("{path}: another process holds it; a store has one writer")]
    Busy {
        /// The lock file that the other process holds.
        path: String,
    },
    /// Others than its owner can reach it.
    #[error("{path}: mode {mode:03o}; the directory of a store is its owner's alone (chmod 700)")]
    Exposed {
        /// The directory.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It was opened for reading.
    #[error("the store was opened for reading alone")]
    ReadOnly,
    /// Something that was written is not there, or not of form; or something was to be written that
    /// has no place in a store, which then holds nothing of that commit.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The engine or the disk failed; whether the commit is on disk is unknown until the next
    /// start.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// The seam. One writer at a time owns it.
pub trait Store {
    /// Writes all of it, durably, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Full`] leaves the store as it was; anything else is fatal for the process.
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError>;

    /// What the store was created for.
    ///
    /// # Errors
    /// If it cannot be read.
    fn identity(&self) -> Result<Identity, StoreError>;

    /// How many entries of a log are held.
    ///
    /// # Errors
    /// If it cannot be read.
    fn size(&self, log: Party) -> Result<Size, StoreError>;

    /// Entries from `start` on: at most `count`, and no more than `bytes` in all, but at least one
    /// if there is one.
    ///
    /// # Errors
    /// If they cannot be read.
    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// A tree node of level 1 or above, or a leaf hash.
    ///
    /// # Errors
    /// If it is not held or cannot be read.
    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError>;

    /// The newest signed checkpoint of a log.
    ///
    /// # Errors
    /// If it cannot be read.
    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError>;

    /// The smallest signed checkpoint of a log that is larger than `above`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError>;

    /// The newest cosigned checkpoint of a log.
    ///
    /// # Errors
    /// If it cannot be read.
    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError>;

    /// Cosigned checkpoints of a log larger than `above`, ascending, at most `count`.
    ///
    /// # Errors
    /// If they cannot be read.
    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError>;

    /// What a submission asked for, if it was ever taken in here.
    ///
    /// # Errors
    /// If it cannot be read.
    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError>;

    /// Submissions that wait, in the order in which they came.
    ///
    /// # Errors
    /// If they cannot be read.
    fn queue(&self) -> Result<Vec<Queued>, StoreError>;

    /// The highest term of the counterpart that was seen; 0 at first.
    ///
    /// # Errors
    /// If it cannot be read.
    fn term_seen(&self) -> Result<u64, StoreError>;
}

/// The tree nodes of one log in a store.
#[derive(Debug)]
pub struct LogNodes<'a, S: ?Sized> {
    store: &'a S,
    log: Party,
}

impl<'a, S: Store + ?Sized> LogNodes<'a, S> {
    /// The nodes of `log`.
    pub const fn new(store: &'a S, log: Party) -> Self {
        Self { store, log }
    }
}

impl<S: Store + ?Sized> Nodes for LogNodes<'_, S> {
    type Error = StoreError;

    fn node(&self, level: u8, index: u64) -> Result<Hash, StoreError> {
        self.store.node(self.log, level, index)
    }
}
