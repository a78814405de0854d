//! What only a store in a file can do, or suffer.

mod damage;
mod failing;
mod files;
mod power;

use std::path::PathBuf;

use rusqlite::{Connection, types::Value};
use tempfile::TempDir;

use super::{Options, SqliteStore};
use crate::{
    names::{Party, Size},
    store::{
        Store, StoreError, Write,
        contract::{Pen, id, identity, picture, private_directory, queued},
    },
};

/// A place for a store, in a directory of its own.
struct Site {
    path: PathBuf,
    directory: TempDir,
}

impl Site {
    fn new() -> Self {
        let directory = private_directory();
        Self { path: directory.path().join("store.db"), directory }
    }

    fn create(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::create(&self.path, &identity(), Options::default())
    }

    fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path, Options::default())
    }

    fn read(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_read_only(&self.path)
    }

    /// The engine without our rules, as somebody with a shell has it.
    fn shell(&self, sql: &str) {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.directory.path().join(format!("store.db{suffix}"))
    }
}

#[test]
fn a_connection_is_set_up_as_the_rules_say() {
    let site = Site::new();
    let store = site.create().unwrap();
    for (pragma, want) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("page_size", "8192"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("temp_store", "2"),
        ("wal_autocheckpoint", "0"),
        ("locking_mode", "normal"),
        ("application_id", "1162761285"),
        ("user_version", "1"),
    ] {
        let found: Value = store.engine.pragma_query_value(None, pragma, |row| row.get(0)).unwrap();
        let found = match found {
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text,
            other @ (Value::Null | Value::Real(_) | Value::Blob(_)) => panic!("{other:?}"),
        };
        assert_eq!(found, want, "{pragma}");
    }
}

#[test]
fn a_reader_sees_what_is_committed_while_the_writer_is_open() {
    let site = Site::new();
    let mut writer = site.create().unwrap();
    let reader = site.read().unwrap();
    let mut pen = Pen::new(Party::Gbr);
    for size in 1..4 {
        writer.commit(&[pen.entry(b"entry"), queued(0, b"waits")]).unwrap();
        assert_eq!(reader.size(Party::Gbr).unwrap(), Size(size));
        assert_eq!(picture(&reader).unwrap(), picture(&writer).unwrap());
        assert_eq!(picture(&site.read().unwrap()).unwrap(), picture(&writer).unwrap());
    }
    drop(writer);
    assert_eq!(reader.size(Party::Gbr).unwrap(), Size(3));
}

#[test]
fn a_reader_needs_no_writer() {
    let site = Site::new();
    let mut writer = site.create().unwrap();
    writer.commit(&Pen::new(Party::Fra).entries(3)).unwrap();
    let written = picture(&writer).unwrap();
    drop(writer);
    assert_eq!(picture(&site.read().unwrap()).unwrap(), written);
}

#[test]
fn a_reader_writes_nothing() {
    let site = Site::new();
    drop(site.create().unwrap());
    let mut reader = site.read().unwrap();
    for writes in [vec![], vec![queued(0, b"waits")], Pen::new(Party::Gbr).entries(1)] {
        assert!(matches!(reader.commit(&writes), Err(StoreError::ReadOnly)));
    }
    assert_eq!(site.open().unwrap().queue().unwrap(), []);
}

#[test]
fn a_store_that_failed_is_shut_until_it_is_opened_again() {
    let site = Site::new();
    let mut store = site.create().unwrap();
    store.commit(&Pen::new(Party::Gbr).entries(2)).unwrap();
    let held = picture(&store).unwrap();
    let writes = [Pen::new(Party::Fra).entry(b"entry"), Write::Dequeue { id: id(0) }];
    site.shell("ALTER TABLE queue RENAME TO elsewhere");
    assert!(matches!(store.commit(&writes), Err(StoreError::Failed(_))));
    site.shell("ALTER TABLE elsewhere RENAME TO queue");
    for _ in 0..2 {
        assert!(matches!(store.commit(&writes), Err(StoreError::Failed(_))));
        assert!(matches!(store.commit(&[]), Err(StoreError::Failed(_))));
    }
    // What it holds can still be read, and its closing leaves the log for the next start.
    assert_eq!(picture(&store).unwrap(), held);
    drop(store);
    assert!(site.beside("-wal").metadata().unwrap().len() > 0);
    let mut store = site.open().unwrap();
    assert_eq!(site.beside("-wal").metadata().unwrap().len(), 0);
    assert_eq!(picture(&store).unwrap(), held);
    store.commit(&writes).unwrap();
}

#[test]
fn a_trigger_in_the_file_is_not_run() {
    let site = Site::new();
    drop(site.create().unwrap());
    site.shell(
        "CREATE TRIGGER forger AFTER INSERT ON entry BEGIN
             UPDATE entry SET bytes = x'00' WHERE position = NEW.position; END",
    );
    let mut store = site.open().unwrap();
    store.commit(&Pen::new(Party::Gbr).entries(1)).unwrap();
    let seen = picture(&store).unwrap();
    assert_eq!(seen.logs[0].entries[0].bytes, b"GBR 0");
}

#[test]
fn the_write_ahead_log_stays_bounded() {
    let site = Site::new();
    let mut store = site.create().unwrap();
    let mut pen = Pen::new(Party::Gbr);
    let mut longest = 0;
    for _ in 0..40 {
        let megabyte: Vec<Write> = (0..17).map(|_| pen.entry(&[5; 60_000])).collect();
        store.commit(&megabyte).unwrap();
        longest = longest.max(site.beside("-wal").metadata().unwrap().len());
    }
    assert!((8 << 20..12 << 20).contains(&longest), "{longest}");
    assert!(site.path.metadata().unwrap().len() > 30 << 20);
    assert_eq!(store.size(Party::Gbr).unwrap(), Size(680));
}
