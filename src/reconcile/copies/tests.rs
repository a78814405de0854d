#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::cell::Cell;

use super::*;
use crate::{
    ledger::{
        Agreement,
        fixture::{UnsafeKey, terms},
    },
    tlog::{Checkpoint, MemoryNodes, MissingNode, leaf_hash, root_at},
};
use proptest::prelude::*;

use Party::{Fra, Gbr};

/// Copies in memory; it counts what was read of them.
pub(super) struct Held {
    agreement: Agreement,
    logs: PerParty<(Vec<Hash>, MemoryNodes)>,
    signed: PerParty<Option<Size>>,
    roots: Cell<u64>,
    leaves: Cell<u64>,
}

impl Held {
    pub(super) fn new(gbr: &[u64], fra: &[u64]) -> Self {
        let log = |entries: &[u64]| {
            let leaves: Vec<Hash> = entries.iter().map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let nodes = leaves.iter().copied().collect();
            (leaves, nodes)
        };
        Self {
            agreement: Agreement::open(terms()).unwrap(),
            logs: PerParty { gbr: log(gbr), fra: log(fra) },
            signed: PerParty::default(),
            roots: Cell::new(0),
            leaves: Cell::new(0),
        }
    }

    /// The author of a log has signed so many entries of it.
    pub(super) fn signed(mut self, log: Party, size: u64) -> Self {
        *self.signed.of_mut(log) = Some(Size(size));
        self
    }
}

impl Copies for Held {
    type Error = MissingNode;

    fn size(&self, log: Party) -> Result<Size, MissingNode> {
        Ok(self.logs.of(log).1.size())
    }

    fn root(&self, log: Party, size: Size) -> Result<Hash, MissingNode> {
        self.roots.set(self.roots.get() + 1);
        root_at(&self.logs.of(log).1, size)
    }

    fn leaves(&self, log: Party, from: Position, count: u64) -> Result<Vec<Hash>, MissingNode> {
        let (from, count) = (usize::try_from(from.0).unwrap(), usize::try_from(count).unwrap());
        let leaves: Vec<Hash> =
            self.logs.of(log).0.iter().skip(from).take(count).copied().collect();
        self.leaves.set(self.leaves.get() + u64::try_from(leaves.len()).unwrap());
        Ok(leaves)
    }

    fn newest(&self, log: Party) -> Result<Option<SignedCheckpoint>, MissingNode> {
        let Some(size) = *self.signed.of(log) else { return Ok(None) };
        let identity = self.agreement.identity(log);
        let root = root_at(&self.logs.of(log).1, size)?;
        let origin = identity.log.origin().clone();
        let checkpoint = Checkpoint::new(origin, size, root).unwrap();
        let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
        Ok(Some(SignedCheckpoint::seal(checkpoint, &identity.log, &signature).unwrap()))
    }
}

pub(super) fn compared(gbr: Held, fra: Held) -> Vec<CopyDifference> {
    compare_copies(&PerParty { gbr, fra }).unwrap()
}

#[test]
fn copies_that_are_the_same_differ_in_nothing() {
    for size in [0, 1, 2, 100] {
        let entries: Vec<u64> = (0..size).collect();
        let one = || Held::new(&entries, &entries[..entries.len() / 2]);
        assert_eq!(compared(one(), one()), []);
    }
}

#[test]
fn a_shorter_copy_lacks_the_end() {
    let all: Vec<u64> = (0..9).collect();
    let found = compared(Held::new(&all, &all[..4]), Held::new(&all[..7], &all));
    let missing = |at, log, held: u64, of| {
        let next = leaf_hash(&held.to_be_bytes());
        CopyDifference::Missing { at, log, held: Size(held), of: Size(of), next }
    };
    assert_eq!(found, [missing(Fra, Gbr, 7, 9), missing(Gbr, Fra, 4, 9)]);
    let nothing = compared(Held::new(&all, &[]), Held::new(&[], &[]));
    assert_eq!(nothing, [missing(Fra, Gbr, 0, 9)]);
}

#[test]
fn one_that_was_left_out_is_named_and_nothing_else() {
    let all: Vec<u64> = (0..1_000).collect();
    for place in [0, 1, 2, 511, 512, 513, 998] {
        let mut less = all.clone();
        less.remove(place);
        let found = compared(Held::new(&all, &[]), Held::new(&less, &[]));
        let [CopyDifference::Divergent { log: Gbr, first, only_at, fork: None, .. }] = &found[..]
        else {
            panic!("{found:?}");
        };
        let position = Position(u64::try_from(place).unwrap());
        assert_eq!(*first, position);
        let leaf = leaf_hash(&position.0.to_be_bytes());
        assert_eq!(only_at.gbr, [Leaf { position, leaf }]);
        assert_eq!(only_at.fra, []);
    }
}

#[test]
fn a_fork_is_one_only_under_two_signatures_of_the_author() {
    let (all, mut other): (Vec<u64>, Vec<u64>) = ((0..10).collect(), (0..10).collect());
    other[6] = 60;
    let one = || Held::new(&[], &all);
    let two = || Held::new(&[], &other);
    let fork = |gbr, fra| {
        let found = compared(gbr, fra);
        let [CopyDifference::Divergent { log: Fra, first: Position(6), fork, .. }] = &found[..]
        else {
            panic!("{found:?}");
        };
        fork.clone()
    };
    assert_eq!(fork(one(), two()), None);
    assert_eq!(fork(one().signed(Fra, 10), two()), None);
    // Signed before they part, which says nothing.
    assert_eq!(fork(one().signed(Fra, 10), two().signed(Fra, 6)), None);
    let both = fork(one().signed(Fra, 9), two().signed(Fra, 7)).unwrap();
    assert_eq!((both.gbr.size, both.fra.size), (Size(9), Size(7)));
    assert!(both.gbr.note.contains("\n9\n") && both.fra.note.contains("\n7\n"));
}

#[test]
fn the_first_difference_is_found_by_halves() {
    let all: Vec<u64> = (0..1 << 14).collect();
    let mut other = all.clone();
    let last = other.len() - 1;
    other[last] = u64::MAX;
    let copies = PerParty { gbr: Held::new(&all, &[]), fra: Held::new(&other, &[]) };
    assert_eq!(compare_copies(&copies).unwrap().len(), 1);
    for copy in [&copies.gbr, &copies.fra] {
        assert!(copy.roots.get() <= 16, "{} roots", copy.roots.get());
        assert_eq!(copy.leaves.get(), 1);
    }
}

proptest! {
    #[test]
    fn what_one_copy_alone_holds_is_named(
        size in 1_usize..200,
        left_out in proptest::collection::btree_set(0_usize..200, 0..10),
        changed in proptest::collection::btree_set(0_usize..200, 0..10),
    ) {
        let all: Vec<u64> = (0..u64::try_from(size).unwrap()).collect();
        let other: Vec<u64> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| !left_out.contains(at))
            .map(|(at, n)| if changed.contains(&at) { n + 1_000 } else { *n })
            .collect();
        let found = compared(Held::new(&all, &[]), Held::new(&other, &[]));
        let gone: Vec<usize> =
            left_out.union(&changed).copied().filter(|at| *at < size).collect();
        let new = changed.iter().filter(|at| **at < size && !left_out.contains(at)).count();
        match &found[..] {
            [] => prop_assert!(gone.is_empty()),
            [CopyDifference::Missing { held, .. }] => {
                // All that is gone stood at the end.
                let end = usize::try_from(held.0).unwrap();
                prop_assert_eq!(gone, (end..size).collect::<Vec<_>>());
            }
            [CopyDifference::Divergent { first, only_at, .. }] => {
                prop_assert_eq!(usize::try_from(first.0).unwrap(), gone[0]);
                let at = only_at.gbr.iter().map(|one| usize::try_from(one.position.0).unwrap());
                prop_assert_eq!(at.collect::<Vec<_>>(), gone);
                prop_assert_eq!(only_at.fra.len(), new);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
