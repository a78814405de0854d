//! What a commit does, and what it refuses.

use crate::{
    limits::{ENTRY_BYTES_MAX, NOTE_BYTES_MAX},
    names::{Hash, Party, Position, Size},
    store::{StoreError, Write},
    tlog::Node,
};

use super::{
    Pen,
    bench::{Bench, checkpoint, cosignature, submitted},
    both, id, identity, picture, queued,
};

both!(
    a_new_store_holds_its_identity_and_nothing_else,
    a_commit_of_nothing_changes_nothing,
    every_kind_of_write_is_held_and_still_there_after_reopening,
    a_refused_write_leaves_nothing_of_its_commit,
    after_a_refusal_the_next_commit_is_taken,
    a_note_of_the_same_size_changes_nothing,
    the_same_submission_again_changes_nothing,
    a_lower_term_changes_nothing,
    dequeuing_what_does_not_wait_changes_nothing,
    what_lies_at_a_bound_is_taken,
);

fn a_new_store_holds_its_identity_and_nothing_else<B: Bench>() {
    let mut bench = B::new();
    let seen = picture(bench.store()).unwrap();
    assert_eq!(seen.identity, identity());
    for log in seen.logs {
        assert_eq!((log.size, log.entries.len(), log.nodes.len()), (Size(0), 0, 0));
        assert_eq!((log.newest_checkpoint, log.newest_cosignature), (None, None));
    }
    assert_eq!(seen.submissions, [None; 8]);
    assert_eq!((seen.queue.len(), seen.term_seen), (0, 0));
}

fn a_commit_of_nothing_changes_nothing<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let before = picture(bench.store()).unwrap();
    bench.store().commit(&[]).unwrap();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn every_kind_of_write_is_held_and_still_there_after_reopening<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let seen = picture(bench.store()).unwrap();
    let [gbr, fra] = seen.logs.as_slice() else { panic!("two logs") };
    // Nodes of 5 entries: 5 leaves, 2 of level 1, 1 of level 2; of 3 entries: 3 and 1.
    assert_eq!((gbr.size, gbr.entries.len(), gbr.nodes.len()), (Size(5), 5, 8));
    assert_eq!((fra.size, fra.entries.len(), fra.nodes.len()), (Size(3), 3, 4));
    for (log, party) in [(gbr, Party::Gbr), (fra, Party::Fra)] {
        let mut pen = Pen::new(party);
        for (entry, written) in log.entries.iter().zip(pen.entries(log.entries.len())) {
            let Write::Entry { position, leaf, bytes, .. } = written else { panic!("an entry") };
            assert_eq!((entry.position, entry.leaf, &entry.bytes), (position, leaf, &bytes));
        }
    }
    assert_eq!(gbr.newest_checkpoint.as_ref().unwrap().note, "checkpoint 5");
    assert_eq!(gbr.newest_cosignature, None);
    assert_eq!(fra.newest_cosignature.as_ref().unwrap().note, "cosigned 3");
    assert_eq!(seen.submissions[1], Some([11; 32]));
    assert_eq!(seen.queue[0].payload, b"waits");
    assert_eq!(seen.term_seen, u64::MAX);
    bench.reopen();
    assert_eq!(picture(bench.store()).unwrap(), seen);
}

fn a_refused_write_leaves_nothing_of_its_commit<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let before = picture(bench.store()).unwrap();
    for (rule, bad) in refused() {
        // Writes of every kind before and after it, all good in themselves.
        let (mut gbr, mut fra) = (pen(&mut bench, Party::Gbr), pen(&mut bench, Party::Fra));
        let mut writes = vec![
            fra.entry(b"before"),
            checkpoint(Party::Gbr, 6, "before"),
            cosignature(Party::Fra, 4, "before"),
            submitted(5, 5),
            queued(5, b"before"),
            Write::Dequeue { id: id(1) },
        ];
        writes.push(bad);
        writes.extend([gbr.entry(b"after"), submitted(6, 6)]);
        let answer = bench.store().commit(&writes);
        assert!(matches!(answer, Err(StoreError::Damaged(_))), "{rule}: {answer:?}");
        assert_eq!(picture(bench.store()).unwrap(), before, "{rule}");
    }
    bench.reopen();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn after_a_refusal_the_next_commit_is_taken<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    for (rule, bad) in refused() {
        let mut next = pen(&mut bench, Party::Fra);
        let good = [next.entry(b"next"), next.entry(b"and next")];
        let mut writes = good.to_vec();
        writes.extend([submitted(5, 5), queued(5, b"first"), bad]);
        let before = bench.store().size(Party::Fra).unwrap();
        assert!(bench.store().commit(&writes).is_err(), "{rule}");
        bench.store().commit(&good).unwrap();
        assert_eq!(bench.store().size(Party::Fra).unwrap(), before.plus(2), "{rule}");
    }
}

fn a_note_of_the_same_size_changes_nothing<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let before = picture(bench.store()).unwrap();
    let again = [checkpoint(Party::Gbr, 5, "another"), cosignature(Party::Fra, 3, "another")];
    bench.store().commit(&again).unwrap();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn the_same_submission_again_changes_nothing<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let before = picture(bench.store()).unwrap();
    let again = [submitted(1, 11), queued(1, b"waits"), submitted(1, 11)];
    bench.store().commit(&again).unwrap();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn a_lower_term_changes_nothing<B: Bench>() {
    let mut bench = B::new();
    let terms = [7, 3, 0x0100, 0xff, 1 << 63, (1 << 63) - 1];
    let highest = [7, 7, 0x0100, 0x0100, 1 << 63, 1 << 63];
    for (term, want) in terms.into_iter().zip(highest) {
        bench.store().commit(&[Write::TermSeen(term)]).unwrap();
        assert_eq!(bench.store().term_seen().unwrap(), want);
    }
}

fn dequeuing_what_does_not_wait_changes_nothing<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&history()).unwrap();
    let before = picture(bench.store()).unwrap();
    bench.store().commit(&[Write::Dequeue { id: id(7) }]).unwrap();
    assert_eq!(picture(bench.store()).unwrap(), before);
}

fn what_lies_at_a_bound_is_taken<B: Bench>() {
    let mut bench = B::new();
    let long = vec![7; ENTRY_BYTES_MAX];
    let note = "n".repeat(NOTE_BYTES_MAX);
    let writes = [
        Pen::new(Party::Gbr).entry(&long),
        Pen::new(Party::Fra).entry(b""),
        queued(0, &long),
        checkpoint(Party::Gbr, u64::MAX, &note),
        cosignature(Party::Gbr, u64::MAX, &note),
    ];
    bench.store().commit(&writes).unwrap();
    bench.reopen();
    let seen = picture(bench.store()).unwrap();
    assert_eq!(seen.logs[0].entries[0].bytes, long);
    assert_eq!(seen.logs[1].entries[0].bytes, b"");
    assert_eq!(seen.queue[0].payload, long);
    assert_eq!(seen.logs[0].newest_checkpoint.as_ref().unwrap().note, note);
    assert_eq!(seen.logs[0].newest_cosignature.as_ref().unwrap().size, Size(u64::MAX));
}

/// Something of every kind: five entries of one log, three of the other.
fn history() -> Vec<Write> {
    let mut writes = Pen::new(Party::Gbr).entries(5);
    writes.extend(Pen::new(Party::Fra).entries(3));
    writes.extend([
        checkpoint(Party::Gbr, 5, "checkpoint 5"),
        cosignature(Party::Fra, 3, "cosigned 3"),
        submitted(1, 11),
        queued(1, b"waits"),
        Write::TermSeen(u64::MAX),
    ]);
    writes
}

/// What is refused after [`history`], each with the rule that it breaks.
fn refused() -> Vec<(&'static str, Write)> {
    let node = |level, index| Node { level, index, hash: Hash::new([1; 32]) };
    let entry = |position: u64, nodes: &[Node], bytes: usize| Write::Entry {
        log: Party::Gbr,
        position: Position(position),
        leaf: Hash::new([2; 32]),
        bytes: vec![0; bytes],
        nodes: nodes.to_vec(),
    };
    let right = [node(1, 2)];
    vec![
        ("an entry that is there already", entry(4, &right, 1)),
        ("the first entry again", entry(0, &[], 1)),
        ("an entry beyond the end", entry(6, &[], 1)),
        ("an entry far beyond the end", entry(u64::MAX, &[], 1)),
        ("an entry at the other log's end", entry(3, &[node(1, 1), node(2, 0)], 1)),
        ("a node too few", entry(5, &[], 1)),
        ("a node too many", entry(5, &[node(1, 2), node(2, 1)], 1)),
        ("the same node twice", entry(5, &[node(1, 2), node(1, 2)], 1)),
        ("a node that is there already", entry(5, &[node(1, 1)], 1)),
        ("a node that is not complete", entry(5, &[node(1, 3)], 1)),
        ("a node of another level", entry(5, &[node(2, 2)], 1)),
        ("a leaf among the nodes", entry(5, &[node(0, 5), node(1, 2)], 1)),
        ("an entry that is too long", entry(5, &right, ENTRY_BYTES_MAX + 1)),
        (
            "a checkpoint that is too long",
            checkpoint(Party::Gbr, 9, &"n".repeat(NOTE_BYTES_MAX + 1)),
        ),
        ("a cosigned one too", cosignature(Party::Fra, 9, &"n".repeat(NOTE_BYTES_MAX + 1))),
        ("a payload that is too long", queued(7, &vec![0; ENTRY_BYTES_MAX + 1])),
        ("another submission under the same id", submitted(1, 12)),
        ("another one under an id of this commit", submitted(5, 6)),
        ("another payload under the same id", queued(5, b"other")),
    ]
}

fn pen<B: Bench>(bench: &mut B, log: Party) -> Pen {
    Pen::at_end_of(bench.store(), log)
}
