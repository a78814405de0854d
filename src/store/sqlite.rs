//! The store on SQLite: one file, one commit point.
//!
//! # What a commit does, and what a power cut leaves
//!
//! One commit of any number of writes is, in system calls, as traced:
//!
//! ```text
//!                                                            commit-before-begin
//! 1  pwrite64(wal, 24 bytes), pwrite64(wal, 8192 bytes)      for each page that changed
//!                                                            commit-written: before 1 or amid it
//! 2  fsync(wal)
//! 3  nothing: the shared index of the log is memory          commit-done
//! ```
//!
//! and once in about a thousand pages, after a commit and never within one:
//!
//! ```text
//!                                                            commit-before-copy
//! 4  fsync(wal), pwrite64(db, 8192 bytes)                    for each page in the log
//! 5  fsync(db)                                               commit-copied
//! 6  pwrite64(wal, 32 bytes), fsync(wal)                     a new header, at the next commit
//! ```
//!
//! The names at the right are [failpoints](super::failpoint), where `tests/crash.rs` ends the
//! process. At a start, 4 and 5 lie between open-before-copy and open-copied.
//!
//! * Before 2 has returned, nothing was acknowledged. What is on disk of the frames has no valid
//!   last frame (each frame's checksum is chained to all before it, and only the last one of a
//!   commit is marked as such), or it has all of them: the store opens without this commit, or with
//!   the whole of it. Nobody can tell the two from outside, and both are right.
//! * After 2 the commit is whole, for good.
//! * During 4 and before 5 has returned, pages of the database may be torn. The log still holds
//!   every one of them, whole, and the next start writes them again.
//! * Before 6 is on disk, the old header makes the old frames valid; they are in the database
//!   already, and are written there again. After it, its new salt makes them all invalid. The
//!   header is synced before the first frame that follows it; so is the directory that names the
//!   log, if the log was only just created.
//!
//! A failed fsync is never tried again: the kernel may have thrown the pages away and will report
//! success the next time. The store is then shut, also for the checkpoint at its closing; and every
//! start copies the whole log into the database, and syncs that, before anything is built upon it.
//!
//! What no engine can help against: a write-ahead log that was cut or removed by hand, or an old
//! copy of the file, opens as an earlier state without any sign of it. That is what the high-water
//! mark and the counterpart's hello are for. A disk that acknowledges a sync which it did not do
//! looks the same.
//!
//! BUG: bytes that rot inside an entry, a note or a payload are not noticed here, as SQLite keeps
//! no checksum of a page that has left its log. Entries have their leaf hash, notes their
//! signatures; a payload that waits has nothing.

mod files;
mod reads;
mod schema;
mod snapshot;
mod writes;

use std::{fs::File, path::Path};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, config::DbConfig};

use crate::names::{Hash, Party, Position, Size, SubmissionId};

use super::{
    Identity, Queued, Store, StoreError, StoredEntry, StoredNote, Write,
    failpoint::{Failpoint, reach},
};

/// What an operator may choose about a store on SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The most pages of 8192 bytes that the database may grow to; as many as the disk holds with
    /// `None`. What is held already stays, also beyond it. The write-ahead log, of about 8 MiB, is
    /// not counted.
    pub pages_max: Option<u32>,
}

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    // Closed before the lock below is let go: fields are dropped in this order.
    engine: Connection,
    mode: Mode,
    _lock: Option<File>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Reading,
    Writing,
    /// A commit failed: what is on disk is unknown, and only a new start can find out.
    Shut,
}

/// Pages in the write-ahead log from which on they are copied into the database: 8 MiB.
const WAL_PAGES: i64 = 1024;

impl SqliteStore {
    /// Creates a store that holds nothing but its identity, and opens it.
    ///
    /// The file appears whole or not at all, readable and writable for its owner alone; its
    /// directory has to exist, and to be its owner's alone.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a file of that name, whatever it holds;
    /// [`StoreError::Exposed`], [`StoreError::Busy`], [`StoreError::Full`]; or if the disk fails.
    pub fn create(path: &Path, identity: &Identity, options: Options) -> Result<Self, StoreError> {
        super::rules::check_identity(identity)?;
        let place = files::Place::of(path)?;
        place.check_directory()?;
        let lock = place.lock()?;
        place.create_once(|draft| schema::create(draft, identity))?;
        Self::write(&place, lock, options)
    }

    /// Opens a store for writing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no file or an empty one; [`StoreError::Busy`] if another
    /// process has it open for writing; [`StoreError::Foreign`], [`StoreError::Schema`],
    /// [`StoreError::Exposed`], [`StoreError::Damaged`]; [`StoreError::Full`] if the disk has no
    /// room for what the write-ahead log still holds; or if the disk fails.
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        let place = files::Place::of(path)?;
        place.check_present()?;
        place.check_directory()?;
        let lock = place.lock()?;
        Self::write(&place, lock, options)
    }

    /// Opens a store for reading, also while another process writes it. Each question is answered
    /// from the newest commit at that moment.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no file or an empty one; [`StoreError::Foreign`],
    /// [`StoreError::Schema`], [`StoreError::Damaged`]; or if the disk fails.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let place = files::Place::of(path)?;
        place.check_present()?;
        let engine = schema::open_to_read(&place)?;
        Ok(Self { engine, mode: Mode::Reading, _lock: None })
    }

    fn write(place: &files::Place, lock: File, options: Options) -> Result<Self, StoreError> {
        let engine = schema::open_to_write(place, options)?;
        Ok(Self { engine, mode: Mode::Writing, _lock: Some(lock) })
    }

    /// Writes all, or nothing; on disk when it returns.
    fn transact(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        reach(Failpoint::CommitBeforeBegin).map_err(failed)?;
        let all = Transaction::new(&mut self.engine, TransactionBehavior::Immediate)?;
        let written = writes::write_all(&all, writes);
        match written.and_then(|()| reach(Failpoint::CommitWritten).map_err(failed)) {
            Ok(()) => all.commit()?,
            Err(refusal) => {
                // The engine may have rolled back by itself; if it has not, it has to now.
                all.finish().map_err(failed)?;
                return Err(refusal);
            }
        }
        reach(Failpoint::CommitDone).map_err(failed)
    }

    /// Copies the write-ahead log into the database when it has grown.
    ///
    /// The engine would do so by itself, but would keep a failed sync to itself and try again.
    fn checkpoint(&self) -> Result<(), StoreError> {
        let waiting = schema::wal_checkpoint(&self.engine, "NOOP").map_err(failed)?;
        if waiting.pages_left() < WAL_PAGES {
            return Ok(());
        }
        reach(Failpoint::CommitBeforeCopy).map_err(failed)?;
        match schema::wal_checkpoint(&self.engine, "PASSIVE") {
            // A reader may hold the rest back until a later commit; and when the disk is full, the
            // log goes on to hold what the database has no room for.
            Ok(_) | Err(StoreError::Full) => reach(Failpoint::CommitCopied).map_err(failed),
            // The commit itself is on disk: this is no refusal of it.
            Err(failure) => Err(failed(failure)),
        }
    }

    /// Never writes again, not even when it is closed.
    fn shut(&mut self) {
        self.mode = Mode::Shut;
        // It can only fail for an option that this version of the engine does not know.
        let _known = self.engine.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

impl Store for SqliteStore {
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        match self.mode {
            Mode::Writing => {}
            Mode::Reading => return Err(StoreError::ReadOnly),
            Mode::Shut => return Err(StoreError::Failed("it has failed before".to_owned())),
        }
        let mut outcome = self.transact(writes).and_then(|()| self.checkpoint());
        if !self.engine.is_autocommit() {
            outcome = Err(failed("a refused commit could not be taken back"));
        }
        if matches!(outcome, Err(StoreError::Failed(_))) {
            self.shut();
        }
        outcome
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        reads::identity(&self.engine)
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        reads::size(&self.engine, log)
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        reads::entries(&self.engine, log, start, count, bytes)
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        reads::node(&self.engine, log, level, index)
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        reads::newest_checkpoint(&self.engine, log)
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        reads::checkpoint_above(&self.engine, log, above)
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        reads::newest_cosignature(&self.engine, log)
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        reads::cosignatures_above(&self.engine, log, above, count)
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        reads::submission(&self.engine, id)
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        reads::queue(&self.engine)
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        reads::term_seen(&self.engine)
    }
}

fn failed(why: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(why.to_string())
}

impl From<rusqlite::Error> for StoreError {
    /// Only the engine's own "full" is [`StoreError::Full`]: it reports a disk without room so too,
    /// if a write met it. A sync that met it is a failure, since nobody knows what it left undone.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let code = error.sqlite_error_code();
        let unreadable = matches!(
            error,
            E::FromSqlConversionFailure(..)
                | E::IntegralValueOutOfRange(..)
                | E::InvalidColumnType(..)
                | E::Utf8Error(..)
                | E::QueryReturnedNoRows
        );
        match code {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation,
            ) => Self::Damaged(error.to_string()),
            _ if unreadable => Self::Damaged(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
