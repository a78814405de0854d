//! A store that is full loses nothing, and works again when room is made.

use crate::{
    names::{Party, Size},
    store::{MemoryStore, Store, StoreError, Write},
};

use super::{
    Pen,
    bench::{Bench, checkpoint, submitted},
    both, id, identity, picture, queued,
};

both!(
    a_commit_without_room_leaves_nothing_of_itself,
    a_full_store_still_lets_a_submission_go,
    when_room_is_made_the_same_commit_is_taken,
    a_commit_that_is_small_enough_is_taken_after_one_that_was_not,
);

static BIG: [u8; 60_000] = [3; 60_000];

fn a_commit_without_room_leaves_nothing_of_itself<B: Bench>() {
    let mut bench = begun::<B>();
    let before = picture(bench.store()).unwrap();
    bench.narrow();
    // Where in the commit the room ends makes no difference, nor how often it is tried.
    for commit in [too_big(&mut bench, 1), too_big(&mut bench, 8), too_big(&mut bench, 100)] {
        for _ in 0..2 {
            let answer = bench.store().commit(&commit);
            assert!(matches!(answer, Err(StoreError::Full)), "{answer:?}");
            assert_eq!(picture(bench.store()).unwrap(), before);
        }
    }
    bench.reopen();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn a_full_store_still_lets_a_submission_go<B: Bench>() {
    let mut bench = begun::<B>();
    bench.narrow();
    let commit = too_big(&mut bench, 1);
    assert!(matches!(bench.store().commit(&commit), Err(StoreError::Full)));
    bench.store().commit(&[Write::Dequeue { id: id(1) }]).unwrap();
    assert_eq!(bench.store().queue().unwrap(), []);
}

fn when_room_is_made_the_same_commit_is_taken<B: Bench>() {
    let mut bench = begun::<B>();
    bench.narrow();
    let commit = too_big(&mut bench, 3);
    assert!(matches!(bench.store().commit(&commit), Err(StoreError::Full)));
    bench.widen();
    bench.store().commit(&commit).unwrap();
    assert_eq!(bench.store().size(Party::Gbr).unwrap(), Size(8));
    bench.reopen();
    assert_eq!(picture(bench.store()).unwrap().logs[0].entries[7].bytes, BIG);
}

fn a_commit_that_is_small_enough_is_taken_after_one_that_was_not<B: Bench>() {
    let mut bench = begun::<B>();
    bench.narrow();
    let commit = too_big(&mut bench, 2);
    assert!(matches!(bench.store().commit(&commit), Err(StoreError::Full)));
    // Room that a submission leaves is room for another.
    bench.store().commit(&[Write::Dequeue { id: id(1) }, queued(2, b"small")]).unwrap();
    assert_eq!(bench.store().queue().unwrap()[0].id, id(2));
}

#[test]
fn in_memory_the_limit_is_exact() {
    let mut store = MemoryStore::create(&identity()).unwrap();
    // The bytes of an entry, and 32 each for its leaf and for a node.
    let mut pen = Pen::new(Party::Gbr);
    let writes = [pen.entry(&BIG), pen.entry(&BIG)];
    store.set_bytes_max(Some(120_095));
    assert!(matches!(store.commit(&writes), Err(StoreError::Full)));
    assert_eq!(store.bytes(), 0);
    store.set_bytes_max(Some(120_096));
    store.commit(&writes).unwrap();
    assert_eq!(store.bytes(), 120_096);
}

#[test]
fn an_old_copy_in_memory_knows_nothing_of_what_came_later() {
    let mut store = MemoryStore::create(&identity()).unwrap();
    store.commit(&Pen::new(Party::Gbr).entries(3)).unwrap();
    let old = store.snapshot();
    let next = Pen::at_end_of(&store, Party::Gbr).entry(b"later");
    store.commit(&[next, queued(1, b"later")]).unwrap();
    assert_eq!(old.size(Party::Gbr).unwrap(), Size(3));
    assert_eq!(old.queue().unwrap(), []);
    assert_eq!(store.size(Party::Gbr).unwrap(), Size(4));
}

/// Five entries, and a submission that waits and is long.
fn begun<B: Bench>() -> B {
    let mut bench = B::new();
    let mut writes = Pen::new(Party::Gbr).entries(5);
    writes.push(queued(1, &BIG));
    bench.store().commit(&writes).unwrap();
    bench
}

fn too_big<B: Bench>(bench: &mut B, entries: usize) -> Vec<Write> {
    let mut pen = Pen::at_end_of(bench.store(), Party::Gbr);
    let mut writes = vec![submitted(1, 1), checkpoint(Party::Gbr, 6, "n"), Write::TermSeen(9)];
    writes.extend((0..entries).map(|_| pen.entry(&BIG)));
    writes.push(submitted(2, 2));
    writes
}
