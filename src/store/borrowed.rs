//! A store that is lent: whoever has only a reference to it asks, and writes nothing.

use super::{Identity, Queued, Store, StoreError, StoredEntry, StoredNote, Write};
use crate::names::{Hash, Party, Position, Size, SubmissionId};

impl<S: Store> Store for &S {
    fn commit(&mut self, _writes: &[Write]) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        (**self).identity()
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        (**self).size(log)
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        (**self).entries(log, start, count, bytes)
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        (**self).node(log, level, index)
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        (**self).newest_checkpoint(log)
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        (**self).checkpoint_above(log, above)
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        (**self).newest_cosignature(log)
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        (**self).cosignatures_above(log, above, count)
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        (**self).submission(id)
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        (**self).queue()
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        (**self).term_seen()
    }
}
