//! A store in memory whose room a test changes while the scribe owns it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    names::{Hash, Party, Position, Size, SubmissionId},
    store::{Identity, MemoryStore, Queued, Store, StoreError, StoredEntry, StoredNote, Write},
};

/// How many bytes the store may hold; no limit at first.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<AtomicUsize>);

impl Room {
    pub(crate) fn endless() -> Self {
        Self(Arc::new(AtomicUsize::new(usize::MAX)))
    }

    pub(crate) fn set(&self, bytes: Option<usize>) {
        self.0.store(bytes.unwrap_or(usize::MAX), Ordering::SeqCst);
    }
}

#[derive(Debug, Clone)]
pub(crate) struct RoomyStore {
    pub(crate) memory: MemoryStore,
    pub(crate) room: Room,
}

impl Store for RoomyStore {
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.memory.set_bytes_max(Some(self.room.0.load(Ordering::SeqCst)));
        self.memory.commit(writes)
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        self.memory.identity()
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        self.memory.size(log)
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.memory.entries(log, start, count, bytes)
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        self.memory.node(log, level, index)
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.memory.newest_checkpoint(log)
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        self.memory.checkpoint_above(log, above)
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.memory.newest_cosignature(log)
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        self.memory.cosignatures_above(log, above, count)
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        self.memory.submission(id)
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        self.memory.queue()
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        self.memory.term_seen()
    }
}
