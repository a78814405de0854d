//! What the questions answer.

use crate::{
    names::{Party, Position, Size},
    store::{Store, StoreError, StoredNote, Write},
};

use super::{
    Pen,
    bench::{Bench, checkpoint, cosignature, submitted},
    both, id, queued,
};

both!(
    entries_are_given_in_order_and_within_both_bounds,
    one_entry_is_given_however_long_it_is,
    a_node_that_is_not_complete_is_refused,
    the_logs_do_not_mix,
    notes_are_found_by_size,
    the_queue_keeps_the_order_in_which_submissions_came,
    an_unknown_submission_is_unknown,
    a_commit_sees_what_it_wrote_itself,
);

fn entries_are_given_in_order_and_within_both_bounds<B: Bench>() {
    let mut bench = B::new();
    let mut pen = Pen::new(Party::Gbr);
    // Entry n is n bytes long.
    let writes: Vec<Write> = (0..10).map(|length| pen.entry(&vec![9; length])).collect();
    bench.store().commit(&writes).unwrap();
    for (start, count, bytes, want) in [
        (0, usize::MAX, usize::MAX, 0..10),
        (0, 3, usize::MAX, 0..3),
        (4, 3, usize::MAX, 4..7),
        (9, 3, usize::MAX, 9..10),
        (4, 10, 15, 4..7),
        (4, 10, 14, 4..6),
        (4, 10, 4, 4..5),
        (0, 10, 0, 0..1),
        (0, 0, 100, 0..0),
        (10, 10, 100, 0..0),
        (u64::MAX, 10, 100, 0..0),
    ] {
        let entries = bench.store().entries(Party::Gbr, Position(start), count, bytes).unwrap();
        let positions: Vec<u64> = entries.iter().map(|entry| entry.position.0).collect();
        assert_eq!(positions, want.collect::<Vec<u64>>(), "{start} {count} {bytes}");
        for entry in entries {
            assert_eq!(u64::try_from(entry.bytes.len()), Ok(entry.position.0));
        }
    }
}

fn one_entry_is_given_however_long_it_is<B: Bench>() {
    let mut bench = B::new();
    let mut pen = Pen::new(Party::Gbr);
    let long = [pen.entry(&[1; 1000]), pen.entry(&[2; 1000])];
    bench.store().commit(&long).unwrap();
    for bytes in [0, 1, 999, 1000, 1999] {
        let entries = bench.store().entries(Party::Gbr, Position(1), 2, bytes).unwrap();
        assert_eq!(entries.len(), 1, "{bytes}");
        let entries = bench.store().entries(Party::Gbr, Position(0), 2, bytes).unwrap();
        assert_eq!(entries.len(), 1, "{bytes}");
    }
}

fn a_node_that_is_not_complete_is_refused<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&Pen::new(Party::Gbr).entries(5)).unwrap();
    for (level, index) in [
        (0, 5),
        (0, u64::MAX),
        (1, 2),
        (1, u64::MAX),
        (2, 1),
        (3, 0),
        (63, 0),
        (64, 0),
        (u8::MAX, u64::MAX),
    ] {
        let answer = bench.store().node(Party::Gbr, level, index);
        assert!(matches!(answer, Err(StoreError::Damaged(_))), "{level} {index}: {answer:?}");
    }
    assert!(bench.store().node(Party::Fra, 0, 0).is_err());
    assert!(bench.store().node(Party::Gbr, 2, 0).is_ok());
}

fn the_logs_do_not_mix<B: Bench>() {
    let mut bench = B::new();
    let (mut gbr, mut fra) = (Pen::new(Party::Gbr), Pen::new(Party::Fra));
    // In one commit, by turns.
    let writes = [gbr.entry(b"g0"), fra.entry(b"f0"), gbr.entry(b"g1"), fra.entry(b"f1")];
    bench.store().commit(&writes).unwrap();
    bench.store().commit(&[gbr.entry(b"g2"), checkpoint(Party::Gbr, 3, "g")]).unwrap();
    for (log, want) in [(Party::Gbr, "g0g1g2"), (Party::Fra, "f0f1")] {
        let entries = bench.store().entries(log, Position(0), 9, 99).unwrap();
        let bytes: Vec<u8> = entries.into_iter().flat_map(|entry| entry.bytes).collect();
        assert_eq!(bytes, want.as_bytes());
    }
    assert_eq!(bench.store().newest_checkpoint(Party::Fra).unwrap(), None);
    assert_eq!(bench.store().checkpoint_above(Party::Fra, Size(0)).unwrap(), None);
    assert_eq!(bench.store().newest_cosignature(Party::Gbr).unwrap(), None);
    let first = [Party::Gbr, Party::Fra].map(|log| bench.store().node(log, 1, 0).unwrap());
    assert_ne!(first[0], first[1]);
}

fn notes_are_found_by_size<B: Bench>() {
    let mut bench = B::new();
    // Not in order, and in more than one byte, so that no other order gives the same answers.
    for size in [256, 3, 255, u64::MAX, 1 << 63, 40] {
        let (log, note) = (Party::Fra, size.to_string());
        let writes = [checkpoint(log, size, &note), cosignature(log, size, &note)];
        bench.store().commit(&writes).unwrap();
    }
    let note = |size: u64| StoredNote { size: Size(size), note: size.to_string() };
    let store: &dyn Store = bench.store();
    let log = Party::Fra;
    assert_eq!(store.newest_checkpoint(log).unwrap(), Some(note(u64::MAX)));
    assert_eq!(store.newest_cosignature(log).unwrap(), Some(note(u64::MAX)));
    let all = [3, 40, 255, 256, 1 << 63, u64::MAX];
    for above in [0, 2, 3, 4, 40, 254, 255, 256, 1 << 62, 1 << 63, u64::MAX - 1, u64::MAX] {
        let want: Vec<StoredNote> =
            all.into_iter().filter(|size| *size > above).map(note).collect();
        let above = Size(above);
        assert_eq!(store.checkpoint_above(log, above).unwrap(), want.first().cloned());
        assert_eq!(store.cosignatures_above(log, above, usize::MAX).unwrap(), want);
        for count in [0, 1, 2] {
            let some = store.cosignatures_above(log, above, count).unwrap();
            assert_eq!(some, want.iter().take(count).cloned().collect::<Vec<_>>());
        }
    }
}

fn the_queue_keeps_the_order_in_which_submissions_came<B: Bench>() {
    let mut bench = B::new();
    let order = |bench: &mut B| -> Vec<u8> {
        bench.store().queue().unwrap().iter().map(|queued| queued.payload[0]).collect()
    };
    let dequeued = |number| Write::Dequeue { id: id(number) };
    // Not in the order of their ids.
    bench.store().commit(&[queued(9, b"9"), queued(2, b"2"), queued(5, b"5")]).unwrap();
    assert_eq!(order(&mut bench), b"925");
    bench.store().commit(&[dequeued(2), queued(1, b"1")]).unwrap();
    assert_eq!(order(&mut bench), b"951");
    // The last one goes and comes again, in one commit.
    bench.store().commit(&[dequeued(1), queued(3, b"3"), queued(1, b"1")]).unwrap();
    bench.reopen();
    assert_eq!(order(&mut bench), b"9531");
    bench.store().commit(&[dequeued(9), dequeued(5), dequeued(3), dequeued(1)]).unwrap();
    assert_eq!(order(&mut bench), b"");
    bench.store().commit(&[queued(2, b"2")]).unwrap();
    assert_eq!(order(&mut bench), b"2");
}

fn an_unknown_submission_is_unknown<B: Bench>() {
    let mut bench = B::new();
    bench.store().commit(&[submitted(3, 30), queued(4, b"4")]).unwrap();
    for (number, want) in [(3, Some([30; 32])), (4, None), (0, None)] {
        assert_eq!(bench.store().submission(id(number)).unwrap(), want);
    }
    // What waits no longer is still known.
    bench.store().commit(&[queued(3, b"3"), Write::Dequeue { id: id(3) }]).unwrap();
    assert_eq!(bench.store().submission(id(3)).unwrap(), Some([30; 32]));
}

fn a_commit_sees_what_it_wrote_itself<B: Bench>() {
    let mut bench = B::new();
    let log = Party::Gbr;
    let writes = [
        queued(1, b"a"),
        Write::Dequeue { id: id(1) },
        queued(1, b"b"),
        checkpoint(log, 1, "first"),
        checkpoint(log, 1, "second"),
        Write::TermSeen(5),
        Write::TermSeen(4),
    ];
    bench.store().commit(&writes).unwrap();
    assert_eq!(bench.store().queue().unwrap()[0].payload, b"b");
    assert_eq!(bench.store().newest_checkpoint(log).unwrap().unwrap().note, "first");
    assert_eq!(bench.store().term_seen().unwrap(), 5);
}
