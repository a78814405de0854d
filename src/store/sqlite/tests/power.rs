//! A power cut leaves some of what was written since the last sync: whichever part it is, the store
//! opens with a whole number of commits.

use std::fs;

use super::Site;
use crate::{
    names::{Party, Position},
    store::{Store, Write, contract::Picture},
};

use super::{Pen, id, picture, queued};

/// A store that was never closed: its files as the writer had them, and what it showed after each
/// commit, the empty one first.
struct Torn {
    database: Vec<u8>,
    log: Vec<u8>,
    pictures: Vec<Picture>,
}

fn torn() -> Torn {
    let site = Site::new();
    let mut store = site.create().unwrap();
    let mut pictures = vec![picture(&store).unwrap()];
    let (mut gbr, mut fra) = (Pen::new(Party::Gbr), Pen::new(Party::Fra));
    for commit in 0..4_u8 {
        let mut writes = vec![gbr.entry(&[commit; 500]), fra.entry(&[commit; 9_000])];
        writes.extend([queued(commit, &[commit]), Write::TermSeen(u64::from(commit))]);
        writes.extend(commit.checked_sub(2).map(|old| Write::Dequeue { id: id(old) }));
        store.commit(&writes).unwrap();
        pictures.push(picture(&store).unwrap());
    }
    let database = fs::read(&site.path).unwrap();
    let log = fs::read(site.beside("-wal")).unwrap();
    Torn { database, log, pictures }
}

/// Opens what is left of `torn`, and says how many of its commits are there.
fn commits_left(torn: &Torn, log: &[u8]) -> usize {
    let site = Site::new();
    fs::write(&site.path, &torn.database).unwrap();
    fs::write(site.beside("-wal"), log).unwrap();
    let read = site.read().map(|reader| picture(&reader).unwrap()).unwrap();
    let mut store = site.open().unwrap();
    let seen = picture(&store).unwrap();
    assert_eq!(read, seen);
    let left = torn.pictures.iter().position(|picture| *picture == seen).expect("whole commits");
    // And it goes on from there.
    let next = Pen::at_end_of(&store, Party::Gbr).entry(b"next");
    store.commit(&[next]).unwrap();
    let place = Position(seen.logs[0].size.0);
    assert_eq!(store.entries(Party::Gbr, place, 1, 99).unwrap()[0].bytes, b"next");
    left
}

#[test]
fn a_log_that_was_cut_anywhere_leaves_whole_commits() {
    let torn = torn();
    let mut before = 0;
    // In no step with frames, of 24 + 8192 bytes, so that it is cut in the middle of most.
    for cut in (0..torn.log.len()).step_by(2731).chain([torn.log.len()]) {
        let left = commits_left(&torn, &torn.log[..cut]);
        assert!(left >= before, "{cut}: {left} after {before}");
        before = left;
    }
    assert_eq!(before, 4);
}

#[test]
fn a_part_of_the_log_that_never_reached_the_disk_ends_it_there() {
    let torn = torn();
    let mut seen = [false; 5];
    for hole in (0..torn.log.len()).step_by(4096) {
        let mut log = torn.log.clone();
        let end = log.len().min(hole + 4096);
        log[hole..end].fill(0);
        if log == torn.log {
            continue;
        }
        seen[commits_left(&torn, &log)] = true;
    }
    // Each of the commits was once the last; all four are never left, as each part counts.
    assert_eq!(seen, [true, true, true, true, false]);
}
