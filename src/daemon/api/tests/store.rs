//! A store in memory whose room a test changes while the scribe owns it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::store::{MemoryStore, Store, StoreError, Through, Write};

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

impl Through for RoomyStore {
    type Inner = MemoryStore;

    fn ask<T>(
        &self,
        question: impl FnOnce(&MemoryStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        question(&self.memory)
    }

    fn hand_on(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.memory.set_bytes_max(Some(self.room.0.load(Ordering::SeqCst)));
        self.memory.commit(writes)
    }
}
