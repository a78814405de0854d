#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::names::Size;
use crate::tlog::unsafe_keys::{UnsafePair, leaves};
use crate::tlog::{MemoryNodes, consistency_proof, leaf_hash, root_at};

const SIZES: u64 = 20;

/// A tree of so many entries, of which those from `fork` on are others.
fn tree(size: u64, fork: u64) -> MemoryNodes {
    let other = |at: u64| leaf_hash(&(at + 1_000).to_be_bytes());
    let same = leaves(u32::try_from(size).unwrap());
    same.zip(0..).map(|(leaf, at)| if at < fork { leaf } else { other(at) }).collect()
}

fn head(nodes: &MemoryNodes, size: u64) -> TreeHead {
    TreeHead { size: Size(size), root: root_at(nodes, Size(size)).unwrap() }
}

/// What whoever holds `later` shows the author, whose own tree is `earlier`.
fn claim(later: &MemoryNodes, size: u64) -> (Hash, ConsistencyProof) {
    let beginning = head(later, size).root;
    (beginning, consistency_proof(later, Size(size), later.size()).unwrap())
}

#[test]
fn two_histories_are_shown_at_every_size_and_one_never_is() {
    let pair = UnsafePair::new();
    let (mut shown, mut refused) = (0, 0);
    for new in 1..=SIZES {
        let later = tree(new, SIZES);
        for old in 1..=new {
            for fork in 0..=old {
                let earlier = tree(old, fork);
                let (beginning, proof) = claim(&later, old);
                let first = pair.signed(earlier.head());
                let second = pair.signed(later.head());
                let found = Fork::check(first.clone(), second.clone(), beginning, &proof);
                if fork == old {
                    assert_eq!(found, Err(ForkRefused::OneHistory), "{old} in {new}");
                    refused += 1;
                } else {
                    let found = found.unwrap();
                    assert_eq!((found.earlier(), found.later()), (&first, &second));
                    shown += 1;
                }
            }
        }
    }
    assert!(shown > 1_000 && refused > 200, "{shown} and {refused}");
}

#[test]
fn nobody_is_shown_a_fork_that_there_is_not() {
    let pair = UnsafePair::new();
    let mut refused = 0;
    for new in 1..=SIZES {
        let later = tree(new, SIZES);
        for old in 1..=new {
            let first = pair.signed(head(&later, old));
            let second = pair.signed(later.head());
            // Whoever wants to have us stopped says that our log begins otherwise, and has only our
            // own signatures and whatever hashes there are.
            let (_, proof) = claim(&later, old);
            let other = tree(new, 0);
            let (false_beginning, false_proof) = claim(&other, old);
            for given in [proof, false_proof, ConsistencyProof::new(vec![false_beginning])] {
                let found = Fork::check(first.clone(), second.clone(), false_beginning, &given);
                assert!(matches!(found, Err(ForkRefused::Proof(_))), "{old} in {new}: {found:?}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 3 * SIZES * (SIZES + 1) / 2);
}

#[test]
fn what_shows_nothing_is_refused_by_name() {
    let pair = UnsafePair::new();
    let (earlier, later) = (tree(5, 3), tree(8, SIZES));
    let (beginning, proof) = claim(&later, 5);
    let (first, second) = (pair.signed(earlier.head()), pair.signed(later.head()));
    assert!(Fork::check(first.clone(), second.clone(), beginning, &proof).is_ok());

    let shrunk = Fork::check(second.clone(), first.clone(), beginning, &proof);
    let sizes = ProofRefused::Shrunk { old: Size(8), new: Size(5) };
    assert_eq!(shrunk, Err(sizes.into()));

    let none = ConsistencyProof::new(Vec::new());
    let short = Fork::check(first.clone(), second.clone(), beginning, &none);
    assert!(matches!(short, Err(ForkRefused::Proof(ProofRefused::Length { have: 0, .. }))));

    let elsewhere = UnsafePair::of("log.example/other").signed(later.head());
    let other = Fork::check(first, elsewhere, beginning, &proof);
    assert_eq!(other, Err(ForkRefused::TwoLogs));
}
