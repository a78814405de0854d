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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{
        names::Party,
        store::{Identity, Options, Store, Write},
    };

    #[test]
    fn a_snapshot_does_not_see_what_is_written_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path(), private).unwrap();
        let path = folder.path().join("store.db");
        let identity = Identity { party: Party::Gbr, terms: vec![0xa0] };
        let mut writer = SqliteStore::create(&path, &identity, Options::default()).unwrap();
        writer.commit(&[Write::TermSeen(1)]).unwrap();
        let snapshot = SqliteStore::open_snapshot(&path).unwrap();
        writer.commit(&[Write::TermSeen(2)]).unwrap();
        assert_eq!(snapshot.term_seen().unwrap(), 1);
        assert_eq!(SqliteStore::open_snapshot(&path).unwrap().term_seen().unwrap(), 2);
    }
}
