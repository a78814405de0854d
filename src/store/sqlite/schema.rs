//! The tables, and how a connection to them is set up.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig, params};

use crate::store::{
    Identity, StoreError,
    failpoint::{Failpoint, reach},
};

use super::{Options, failed, files::Place};

/// The schema that this version writes; in the header of the file as `user_version`.
pub(super) const SCHEMA: i64 = 1;
/// "ENTE"; in the header of the file as `application_id`.
pub(super) const APPLICATION: i64 = 0x454e_5445;

/// How long a statement waits for another connection: readers hold nothing back for longer than one
/// question takes, and nobody else writes.
const WAIT: Duration = Duration::from_secs(2);
/// More than the statements that there are, so that each is compiled once.
const STATEMENTS: usize = 32;
const PAGE_BYTES: u32 = 8192;
/// The write-ahead log is cut back to this when it starts anew: twice what it should grow to.
const WAL_BYTES: u32 = 16 * 1024 * 1024;

/// Sizes of notes, and the term, are 8 bytes in big-endian order: they come from the other side, so
/// any number of 64 bits is possible, which the engine's integers are too small for. Rows that are
/// small and found by their key need no row number. Entries are too long for that: in a tree
/// without row numbers they would fill the inner pages too.
const TABLES: &str = "
CREATE TABLE meta(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    party TEXT NOT NULL CHECK (party IN ('GBR', 'FRA')),
    terms BLOB NOT NULL,
    term_seen BLOB NOT NULL CHECK (length(term_seen) = 8)
) STRICT;
CREATE TABLE entry(
    log TEXT NOT NULL CHECK (log IN ('GBR', 'FRA')),
    position INTEGER NOT NULL CHECK (position >= 0),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    bytes BLOB NOT NULL,
    PRIMARY KEY (log, position)
) STRICT;
CREATE TABLE node(
    log TEXT NOT NULL CHECK (log IN ('GBR', 'FRA')),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 63),
    idx INTEGER NOT NULL CHECK (idx >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (log, level, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint(
    log TEXT NOT NULL CHECK (log IN ('GBR', 'FRA')),
    size BLOB NOT NULL CHECK (length(size) = 8),
    note TEXT NOT NULL,
    PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE cosignature(
    log TEXT NOT NULL CHECK (log IN ('GBR', 'FRA')),
    size BLOB NOT NULL CHECK (length(size) = 8),
    time INTEGER NOT NULL CHECK (time >= 0),
    note TEXT NOT NULL,
    PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE submission(
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue(
    place INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    payload BLOB NOT NULL
) STRICT;
";

/// Makes a database of the empty file at `draft`.
///
/// With the engine's older journal, so that no second file is needed to read what was made.
pub(super) fn create(draft: &Path, identity: &Identity) -> Result<(), StoreError> {
    let mut engine = connect(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    engine.pragma_update(None, "page_size", PAGE_BYTES)?;
    engine.pragma_update(None, "synchronous", "FULL")?;
    let all = Transaction::new(&mut engine, TransactionBehavior::Immediate)?;
    all.execute_batch(TABLES)?;
    all.execute(
        "INSERT INTO meta(one, party, terms, term_seen) VALUES (1, ?1, ?2, ?3)",
        params![identity.party.code(), identity.terms, 0_u64.to_be_bytes()],
    )?;
    all.pragma_update(None, "application_id", APPLICATION)?;
    all.pragma_update(None, "user_version", SCHEMA)?;
    reach(Failpoint::StoreDraftWritten).map_err(failed)?;
    all.commit()?;
    engine.close().map_err(|(_, error)| error.into())
}

/// Opens a store for its one writer, who holds the lock.
pub(super) fn open_to_write(place: &Place, options: Options) -> Result<Connection, StoreError> {
    place.sweep()?;
    let engine = connect(place.database(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_ours(&engine, place)?;
    let journal: String =
        engine.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if journal != "wal" {
        return Err(StoreError::Failed(format!("no write-ahead log here, only {journal:?}")));
    }
    // One fsync for each commit, before it returns. Anything less loses the last ones.
    engine.pragma_update(None, "synchronous", "FULL")?;
    // Copied by our own hand: see `SqliteStore::checkpoint`.
    engine.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    engine.pragma_update_and_check(None, "journal_size_limit", WAL_BYTES, |_| Ok(()))?;
    if let Some(pages) = options.pages_max {
        // The engine takes 0 for a question.
        engine.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
    }
    // Whatever the log holds was perhaps never synced: see the text above `SqliteStore`.
    reach(Failpoint::OpenBeforeCopy).map_err(failed)?;
    let copied = wal_checkpoint(&engine, "TRUNCATE")?;
    reach(Failpoint::OpenCopied).map_err(failed)?;
    if copied.blocked {
        return Err(StoreError::Failed("a reader holds the write-ahead log".to_owned()));
    }
    check_whole(&engine, place)?;
    Ok(engine)
}

/// Opens a store for reading, whoever else has it open.
pub(super) fn open_to_read(place: &Place) -> Result<Connection, StoreError> {
    let engine = connect(place.database(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // A reader that happens to be the last one to close has no business with the log.
    engine.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    check_ours(&engine, place)?;
    Ok(engine)
}

/// How far the write-ahead log is copied into the database.
pub(super) struct Copied {
    blocked: bool,
    pages: i64,
    pages_copied: i64,
}

impl Copied {
    /// Pages that are in the log alone.
    pub(super) const fn pages_left(&self) -> i64 {
        self.pages.saturating_sub(self.pages_copied)
    }
}

/// Copies the write-ahead log into the database, in one of the engine's ways.
pub(super) fn wal_checkpoint(engine: &Connection, way: &str) -> Result<Copied, StoreError> {
    let mut ask = engine.prepare_cached(&format!("PRAGMA wal_checkpoint({way})"))?;
    let copied = ask.query_row([], |row| {
        let blocked: i64 = row.get(0)?;
        Ok(Copied { blocked: blocked != 0, pages: row.get(1)?, pages_copied: row.get(2)? })
    })?;
    Ok(copied)
}

/// Opens the file, which exists, and trusts nothing in it.
fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    // One thread owns a connection, so the engine need not lock for others.
    let engine = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    engine.busy_timeout(WAIT)?;
    engine.set_prepared_statement_cache_capacity(STATEMENTS);
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
        // There are none; whoever changes the file may not bring his own.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        // A misspelt column is an error, not a text.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        engine.set_db_config(setting, value)?;
    }
    engine.pragma_update(None, "cell_size_check", true)?;
    // Nothing of a store is ever written outside its directory.
    engine.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(engine)
}

/// Refuses a file that was cut within its last page, which the engine would fill with zeros. With
/// nothing left in the log, all pages are in the file.
fn check_whole(engine: &Connection, place: &Place) -> Result<(), StoreError> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let wanted: i64 = engine.query_row(sql, [], |row| row.get(0))?;
    let found = place.database_bytes()?;
    if u64::try_from(wanted).is_ok_and(|wanted| wanted <= found) {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("the file has {found} bytes instead of {wanted}")))
}

fn check_ours(engine: &Connection, place: &Place) -> Result<(), StoreError> {
    let found: i64 = engine.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if found != APPLICATION {
        return Err(StoreError::Foreign { path: place.shown(), found });
    }
    let found: i64 = engine.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != SCHEMA {
        return Err(StoreError::Schema { path: place.shown(), found, known: SCHEMA });
    }
    Ok(())
}
