//! The break that each difference of two copies is: planted once, and almost planted once.

use super::tests::{Held, compared};
use super::*;
use crate::{
    ledger::Owner,
    names::Timestamp,
    reconcile::{LocalBreak, LocalClass},
};

use Party::{Fra, Gbr};

const BEGAN: Timestamp = Timestamp::new(1_000);

fn breaks(gbr: Held, fra: Held) -> Vec<LocalBreak> {
    compared(gbr, fra).iter().map(|one| LocalBreak::of_copies(one, BEGAN)).collect()
}

fn classes(found: &[LocalBreak]) -> Vec<(LocalClass, Owner)> {
    found.iter().map(|one| (one.class, one.owner)).collect()
}

const ALL: [u64; 6] = [0, 1, 2, 3, 4, 5];
const OTHER: [u64; 6] = [0, 1, 2, 3, 40, 5];

#[test]
fn a_copy_that_ends_early_is_missing_at_whose_it_is() {
    let found = breaks(Held::new(&ALL, &[]), Held::new(&ALL[..4], &[]));
    assert_eq!(classes(&found), [(LocalClass::MissingAtFra, Owner::Both)]);
    // However much more follows, it is the same break, until the entry is there.
    let longer: Vec<u64> = (0..9).collect();
    assert_eq!(breaks(Held::new(&longer, &[]), Held::new(&ALL[..4], &[])), found);
    let next = breaks(Held::new(&ALL, &[]), Held::new(&ALL[..5], &[]));
    assert_ne!(next[0].id, found[0].id);
    let other = breaks(Held::new(&ALL[..4], &[]), Held::new(&ALL, &[]));
    assert_eq!(classes(&other), [(LocalClass::MissingAtGbr, Owner::Both)]);
    assert_ne!(other[0].id, found[0].id, "another class is another break");
    assert_eq!(breaks(Held::new(&ALL, &[]), Held::new(&ALL, &[])), []);
}

#[test]
fn a_copy_that_differs_is_divergent_until_its_author_signed_both() {
    let (one, two) = (|| Held::new(&[], &ALL), || Held::new(&[], &OTHER));
    let found = breaks(one(), two());
    assert_eq!(classes(&found), [(LocalClass::DivergentCopy, Owner::Both)]);
    assert_eq!(found[0].evidence.len(), 2, "what each copy holds there");
    assert_eq!(breaks(one().signed(Fra, 6), two().signed(Fra, 4)), found, "almost a fork");
    let fork = breaks(one().signed(Fra, 6), two().signed(Fra, 5));
    assert_eq!(classes(&fork), [(LocalClass::Fork, Owner::Party(Fra))]);
    assert_ne!(fork[0].id, found[0].id);
    let british =
        breaks(Held::new(&ALL, &[]).signed(Gbr, 6), Held::new(&OTHER, &[]).signed(Gbr, 6));
    assert_eq!(classes(&british), [(LocalClass::Fork, Owner::Party(Gbr))]);
}
