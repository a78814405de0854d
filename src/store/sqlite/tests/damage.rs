//! A file that somebody cut or wrote over: every answer is either right or a named error.

use std::fs;

use super::Site;
use crate::{
    names::{Party, Position},
    store::{Store, StoreError, Write, contract::Picture},
    tlog::leaf_hash,
};

use super::{Pen, picture, queued};

/// A closed store of some 40 pages, its bytes, and what it shows.
fn closed() -> (Site, Vec<u8>, Picture) {
    let site = Site::new();
    let mut store = site.create().unwrap();
    let mut pen = Pen::new(Party::Gbr);
    for length in (0..9000).step_by(300) {
        let writes = [pen.entry(&vec![6; length]), queued(0, b"waits"), Write::TermSeen(4)];
        store.commit(&writes).unwrap();
    }
    let seen = picture(&store).unwrap();
    drop(store);
    assert!(!site.beside("-wal").exists());
    let bytes = fs::read(&site.path).unwrap();
    (site, bytes, seen)
}

/// Asks everything, then writes; says whether no question was refused.
fn asked(site: &Site, sound: &Picture, case: &str) -> bool {
    let mut store = match site.open() {
        Ok(store) => store,
        Err(error) => {
            assert!(named(&error), "{case}: {error}");
            return false;
        }
    };
    let answer = picture(&store);
    match &answer {
        // What lies in an entry is proved by its leaf hash; what can be proved has to be right.
        Ok(seen) => {
            for (entry, whole) in seen.logs[0].entries.iter().zip(&sound.logs[0].entries) {
                if leaf_hash(&entry.bytes) == whole.leaf {
                    assert_eq!(entry.bytes, whole.bytes, "{case}");
                }
            }
        }
        Err(error) => assert!(named(error), "{case}: {error}"),
    }
    let place = store.size(Party::Gbr);
    if place.is_ok_and(|size| size == sound.logs[0].size) {
        let mut pen = Pen::new(Party::Fra);
        if let Err(error) = store.commit(&[pen.entry(b"next"), queued(1, b"more")]) {
            assert!(named(&error), "{case}: {error}");
        }
    }
    answer.is_ok()
}

fn named(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged(_)
            | StoreError::Failed(_)
            | StoreError::Foreign { .. }
            | StoreError::Schema { .. }
            | StoreError::Missing { .. }
    )
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let (site, bytes, sound) = closed();
    for cut in (0..bytes.len()).step_by(4096).chain([1, 15, 16, 99, 100, bytes.len() - 1]) {
        fs::write(&site.path, &bytes[..cut]).unwrap();
        assert!(!asked(&site, &sound, &format!("cut at {cut}")), "cut at {cut}");
    }
    fs::write(&site.path, &bytes).unwrap();
    assert!(asked(&site, &sound, "whole"));
}

#[test]
fn a_file_that_was_written_over_gives_a_named_error_or_what_is_right() {
    let (site, bytes, sound) = closed();
    let mut refused = 0;
    for (place, with) in (0..bytes.len()).step_by(2048).flat_map(|at| [(at, 0x00), (at, 0xff)]) {
        let mut other = bytes.clone();
        other[place..place + 64].fill(with);
        fs::write(&site.path, &other).unwrap();
        refused += usize::from(!asked(&site, &sound, &format!("{with:#x} at {place}")));
        for suffix in ["-wal", "-shm"] {
            let _none = fs::remove_file(site.beside(suffix));
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let (site, bytes, sound) = closed();
    for other in [vec![0; 8192], b"entente".repeat(2000), bytes[8192..].to_vec(), vec![0xff; 100]] {
        fs::write(&site.path, &other).unwrap();
        assert!(!asked(&site, &sound, "no database"));
        let answer = site.read().map(|store| picture(&store));
        assert!(matches!(answer, Err(StoreError::Damaged(_) | StoreError::Foreign { .. })));
    }
}

#[test]
fn rows_that_the_tables_should_not_hold_are_refused() {
    for (damage, question) in [
        ("DELETE FROM meta", "identity"),
        ("UPDATE meta SET party = 'USA'", "identity"),
        ("UPDATE meta SET terms = zeroblob(300000)", "identity"),
        ("UPDATE meta SET term_seen = x'00'", "term"),
        ("DELETE FROM meta", "term"),
        ("DELETE FROM entry WHERE position = 0", "entries"),
        ("DELETE FROM entry WHERE position = 3", "entries"),
        ("UPDATE entry SET bytes = zeroblob(70000) WHERE position = 2", "entries"),
        ("UPDATE entry SET leaf = x'0011' WHERE position = 2", "entries"),
        ("UPDATE entry SET leaf = zeroblob(33) WHERE position = 0", "leaf"),
        ("UPDATE entry SET position = -1 WHERE position = 29", "entries"),
        ("DELETE FROM entry WHERE position = 0", "leaf"),
        ("DELETE FROM node WHERE level = 2", "node"),
        ("UPDATE node SET hash = x''", "node"),
        ("UPDATE queue SET payload = zeroblob(70000)", "queue"),
        ("UPDATE queue SET id = x'01'", "queue"),
    ] {
        let (site, _, _) = closed();
        site.shell(&format!("PRAGMA ignore_check_constraints = ON; {damage}"));
        let store = site.open().unwrap();
        let log = Party::Gbr;
        let answer = match question {
            "identity" => store.identity().map(drop),
            "term" => store.term_seen().map(drop),
            "leaf" => store.node(log, 0, 0).map(drop),
            "node" => store.node(log, 2, 0).map(drop),
            "queue" => store.queue().map(drop),
            _ => {
                // The last one may be gone without a trace here, but not in the log it belongs to.
                let size = store.size(log).unwrap();
                let entries = store.entries(log, Position(0), 99, usize::MAX);
                if size.0 == 29 {
                    Err(StoreError::Damaged(String::new()))
                } else {
                    entries.map(drop)
                }
            }
        };
        assert!(matches!(answer, Err(StoreError::Damaged(_))), "{damage}: {answer:?}");
    }
}
