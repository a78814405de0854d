//! A store behind something: every question takes one road, and so does every commit.

use super::{Identity, Queued, Store, StoreError, StoredEntry, StoredNote, Write};
use crate::names::{Hash, Party, Position, Size, SubmissionId};

/// What stands before another store, and is a [`Store`] by that.
pub trait Through {
    /// The store behind it.
    type Inner: Store;

    /// Puts a question to the store behind it.
    ///
    /// # Errors
    /// If the store refuses, or what stands before it does.
    fn ask<T>(
        &self,
        question: impl FnOnce(&Self::Inner) -> Result<T, StoreError>,
    ) -> Result<T, StoreError>;

    /// Hands a commit on.
    ///
    /// # Errors
    /// If the store refuses, or what stands before it does.
    fn hand_on(&mut self, writes: &[Write]) -> Result<(), StoreError>;
}

impl<W: Through> Store for W {
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.hand_on(writes)
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        self.ask(Store::identity)
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        self.ask(|store| store.size(log))
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.ask(|store| store.entries(log, start, count, bytes))
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        self.ask(|store| store.node(log, level, index))
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.newest_checkpoint(log))
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.checkpoint_above(log, above))
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.newest_cosignature(log))
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        self.ask(|store| store.cosignatures_above(log, above, count))
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        self.ask(|store| store.submission(id))
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        self.ask(Store::queue)
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        self.ask(Store::term_seen)
    }
}

/// A store that is lent: whoever has only a reference to it asks, and writes nothing.
impl<S: Store> Through for &S {
    type Inner = S;

    fn ask<T>(&self, question: impl FnOnce(&S) -> Result<T, StoreError>) -> Result<T, StoreError> {
        question(self)
    }

    fn hand_on(&mut self, _writes: &[Write]) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }
}
