//! A store as it was at one moment, for whoever reads more than one thing of it.

use std::path::Path;

use super::{SqliteStore, reads};
use crate::store::StoreError;

impl SqliteStore {
    /// Opens a store for reading, as it is now: what another process commits from here on is not
    /// seen. While it is open, the write-ahead log grows and is not cut back.
    ///
    /// # Errors
    /// As [`SqliteStore::open_read_only`].
    pub fn open_snapshot(path: &Path) -> Result<Self, StoreError> {
        let store = Self::open_read_only(path)?;
        store.engine.execute_batch("BEGIN")?;
        // The moment is that of the first question within the transaction.
        reads::identity(&store.engine)?;
        Ok(store)
    }
}
