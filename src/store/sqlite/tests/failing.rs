//! A disk that fails at each step: the store is shut, and opens again with whole commits.

use super::{Pen, Site, picture, queued};
use crate::{
    names::Party,
    store::{
        Store, StoreError, Write,
        failpoint::{
            Failpoint::{self, *},
            How, arm, disarm,
        },
    },
};

/// Asserts that the first thing to come to this point fails there.
fn fails<T>(point: Failpoint, does: impl FnOnce() -> Result<T, StoreError>) {
    arm(point, 1, How::Fail);
    match does() {
        Err(StoreError::Failed(why)) => assert!(why.contains(point.name()), "{why}"),
        Err(other) => panic!("{point:?}: {other}"),
        Ok(_) => panic!("{point:?}: nothing failed"),
    }
    assert!(!disarm());
}

#[test]
fn a_commit_that_fails_at_any_step_shuts_the_store_and_is_there_whole_or_not_at_all() {
    for (point, is_there) in [
        (CommitBeforeBegin, false),
        (CommitWritten, false),
        (CommitDone, true),
        (CommitBeforeCopy, true),
        (CommitCopied, true),
    ] {
        let site = Site::new();
        let mut store = site.create().unwrap();
        let mut pen = Pen::new(Party::Gbr);
        store.commit(&[pen.entry(b"before"), queued(0, b"waits")]).unwrap();
        let before = picture(&store).unwrap();
        // More pages than the write-ahead log should have.
        let many: Vec<Write> = (0..150).map(|_| pen.entry(&[5; 60_000])).collect();
        fails(point, || store.commit(&many));
        assert!(matches!(store.commit(&[]), Err(StoreError::Failed(_))), "{point:?}");
        drop(store);

        let mut store = site.open().unwrap();
        let seen = picture(&store).unwrap();
        assert_eq!(seen != before, is_there, "{point:?}");
        assert_eq!(seen.logs[0].size.0, if is_there { 151 } else { 1 }, "{point:?}");
        let next = Pen::at_end_of(&store, Party::Gbr).entry(b"next");
        store.commit(&[next]).unwrap();
    }
}

#[test]
fn a_store_whose_creation_fails_is_created_by_the_next_attempt_unless_it_has_its_name() {
    for (point, has_its_name) in [
        (StoreBeforeDraft, false),
        (StoreDraftMade, false),
        (StoreDraftWritten, false),
        (StoreDraftFilled, false),
        (StoreDraftSynced, false),
        (StoreLinked, true),
        (StoreDraftRemoved, true),
        (StoreCreated, true),
    ] {
        let site = Site::new();
        fails(point, || site.create());
        let again = site.create();
        if has_its_name {
            assert!(matches!(again, Err(StoreError::Exists { .. })), "{point:?}");
            site.open().unwrap();
        } else {
            again.unwrap();
        }
        assert!(!site.beside(".new").exists(), "{point:?}");
    }
}

#[test]
fn a_start_that_fails_around_the_copying_of_the_log_leaves_it_to_the_next() {
    for point in [OpenBeforeCopy, OpenCopied] {
        let site = Site::new();
        let mut store = site.create().unwrap();
        // A store that has failed leaves its log to the next start.
        fails(CommitDone, || store.commit(&Pen::new(Party::Gbr).entries(3)));
        let held = picture(&store).unwrap();
        drop(store);
        assert!(site.beside("-wal").metadata().unwrap().len() > 0);
        fails(point, || site.open());
        assert_eq!(picture(&site.open().unwrap()).unwrap(), held, "{point:?}");
    }
}
