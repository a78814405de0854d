//! Whatever is committed, in whatever order, both stores answer the same.

use proptest::{collection::vec, prelude::*};

use crate::{
    names::{Hash, Party, Position},
    store::{Store, StoreError, Write},
};

use super::{
    Pen,
    bench::{Bench, InFile, InMemory, checkpoint, cosignature, submitted},
    id, picture, queued,
};

/// A write as it is drawn; entries get their place when the store is known.
#[derive(Debug, Clone)]
enum Drawn {
    Entry(Party, usize),
    Misplaced(Party, u64),
    Write(Write),
}

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![Just(Party::Gbr), Just(Party::Fra)]
}

fn size() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..6, Just(u64::MAX)]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    prop_oneof![
        12 => (party(), 0_usize..3000).prop_map(|(log, length)| Drawn::Entry(log, length)),
        1 => (party(), 0_u64..12).prop_map(|(log, place)| Drawn::Misplaced(log, place)),
        3 => (party(), size(), "[a-c]{1,2}")
            .prop_map(|(log, size, note)| Drawn::Write(checkpoint(log, size, &note))),
        3 => (party(), size(), "[a-c]{1,2}")
            .prop_map(|(log, size, note)| Drawn::Write(cosignature(log, size, &note))),
        2 => (0_u8..8, 0_u8..3).prop_map(|(number, to)| Drawn::Write(submitted(number, to / 2))),
        4 => (0_u8..4, 0_u8..3)
            .prop_map(|(number, payload)| Drawn::Write(queued(number, &[payload / 2]))),
        4 => (0_u8..4).prop_map(|number| Drawn::Write(Write::Dequeue { id: id(number) })),
        1 => any::<u64>().prop_map(|term| Drawn::Write(Write::TermSeen(term))),
    ]
}

fn placed(store: &dyn Store, commit: &[Drawn]) -> Vec<Write> {
    let mut gbr = Pen::at_end_of(store, Party::Gbr);
    let mut fra = Pen::at_end_of(store, Party::Fra);
    let place = |drawn: &Drawn| match drawn {
        Drawn::Entry(Party::Gbr, length) => gbr.entry(&vec![1; *length]),
        Drawn::Entry(Party::Fra, length) => fra.entry(&vec![2; *length]),
        Drawn::Misplaced(log, place) => Write::Entry {
            log: *log,
            position: Position(*place),
            leaf: Hash::new([0; 32]),
            bytes: vec![],
            nodes: vec![],
        },
        Drawn::Write(write) => write.clone(),
    };
    commit.iter().map(place).collect()
}

fn outcome(answer: &Result<(), StoreError>) -> &'static str {
    match answer {
        Ok(()) => "taken",
        Err(StoreError::Damaged(_)) => "refused",
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_the_same(commits in vec(vec(drawn(), 0..12), 0..12)) {
        let (mut memory, mut file) = (InMemory::new(), InFile::new());
        for commit in commits {
            let before = picture(memory.store()).unwrap();
            let writes = placed(memory.store(), &commit);
            let answer = memory.store().commit(&writes);
            prop_assert_eq!(outcome(&answer), outcome(&file.store().commit(&writes)));
            let after = picture(memory.store()).unwrap();
            prop_assert_eq!(&after, &picture(file.store()).unwrap());
            if answer.is_err() {
                prop_assert_eq!(&before, &after);
            }
        }
        file.reopen();
        prop_assert_eq!(picture(memory.store()).unwrap(), picture(file.store()).unwrap());
    }
}
