#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::tlog::unsafe_keys::{EightLeaves, leaves};
use crate::tlog::{MemoryNodes, MissingNode, leaf_hash, root_at};
use proptest::prelude::*;

const SIZES: u64 = 70;

fn tree(size: u64) -> MemoryNodes {
    leaves(u32::try_from(size).unwrap()).collect()
}

fn head(nodes: &MemoryNodes, size: u64) -> TreeHead {
    TreeHead { size: Size(size), root: root_at(nodes, Size(size)).unwrap() }
}

fn flipped(hash: Hash) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[31] ^= 1;
    Hash::new(bytes)
}

/// Every proof near this one: a hash changed, missing, doubled, or two of them exchanged.
fn neighbours(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut near = Vec::new();
    for place in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[place] = flipped(changed[place]);
        near.push(changed);
        let mut missing = proof.to_vec();
        missing.remove(place);
        near.push(missing);
        let mut doubled = proof.to_vec();
        doubled.insert(place, proof[place]);
        near.push(doubled);
        if place > 0 {
            let mut exchanged = proof.to_vec();
            exchanged.swap(place, place - 1);
            near.push(exchanged);
        }
    }
    let mut longer = proof.to_vec();
    longer.push(leaf_hash(b""));
    near.push(longer);
    near
}

#[test]
fn the_published_tree_has_its_published_proofs() {
    let vectors = EightLeaves::read();
    let all = vectors.leaves();
    let nodes: MemoryNodes = all.iter().copied().collect();
    let head = |size: u64| TreeHead {
        size: Size(size),
        root: vectors.roots[usize::try_from(size).unwrap() - 1],
    };
    for vector in &vectors.inclusion {
        let (position, size) = (Position(vector.position), Size(vector.size));
        let proof = inclusion_proof(&nodes, position, size).unwrap();
        assert_eq!(proof.hashes(), vector.proof, "{position} in {size}");
        let leaf = all[usize::try_from(position.0).unwrap()];
        assert_eq!(proof.verify(&leaf, position, &head(size.0)), Ok(()));
    }
    for vector in &vectors.consistency {
        let proof = consistency_proof(&nodes, Size(vector.old), Size(vector.new)).unwrap();
        assert_eq!(proof.hashes(), vector.proof, "{} to {}", vector.old, vector.new);
        assert_eq!(proof.verify(&head(vector.old), &head(vector.new)), Ok(()));
    }
}

#[test]
fn every_entry_of_every_tree_is_proved_and_nothing_else_is() {
    let nodes = tree(SIZES);
    for size in 1..=SIZES {
        let head = head(&nodes, size);
        for position in 0..size {
            let leaf = nodes.node(0, position).unwrap();
            let position = Position(position);
            let proof = inclusion_proof(&nodes, position, Size(size)).unwrap();
            assert_eq!(proof.verify(&leaf, position, &head), Ok(()), "{position} in {size}");
            assert_eq!(proof.verify(&flipped(leaf), position, &head), Err(ProofRefused::Root));
            for other in (0..size).map(Position).filter(|other| *other != position) {
                assert!(proof.verify(&leaf, other, &head).is_err(), "{position} as {other}");
            }
            for near in neighbours(proof.hashes()) {
                assert!(InclusionProof(near).verify(&leaf, position, &head).is_err());
            }
        }
    }
}

#[test]
fn every_tree_is_proved_to_have_grown_into_every_later_one_and_nothing_else_is() {
    let nodes = tree(SIZES);
    for new in 1..=SIZES {
        let later = head(&nodes, new);
        for old in 1..=new {
            let earlier = head(&nodes, old);
            let proof = consistency_proof(&nodes, Size(old), Size(new)).unwrap();
            assert_eq!(proof.verify(&earlier, &later), Ok(()), "{old} to {new}");
            let (mut false_old, mut false_new) = (earlier, later);
            false_old.root = flipped(earlier.root);
            false_new.root = flipped(later.root);
            assert!(proof.verify(&false_old, &later).is_err(), "{old} to {new}");
            assert!(proof.verify(&earlier, &false_new).is_err(), "{old} to {new}");
            for other in (1..=SIZES).filter(|other| *other != old) {
                let mislabelled = TreeHead { size: Size(other), root: earlier.root };
                assert!(proof.verify(&mislabelled, &later).is_err(), "{old} as {other} to {new}");
            }
            for near in neighbours(proof.hashes()) {
                assert!(ConsistencyProof(near).verify(&earlier, &later).is_err());
            }
        }
    }
}

#[test]
fn a_rewritten_log_is_not_consistent() {
    let honest = tree(SIZES);
    for place in [0, 1, 31, 32, 40] {
        let mut all: Vec<Hash> = leaves(70).collect();
        all[place] = leaf_hash(b"rewritten");
        let rewritten: MemoryNodes = all.into_iter().collect();
        for old in 41..=SIZES {
            let proof = consistency_proof(&rewritten, Size(old), Size(SIZES)).unwrap();
            let refusal = proof.verify(&head(&honest, old), &head(&rewritten, SIZES));
            let wanted = if old == SIZES {
                ProofRefused::Forked
            } else if old == 64 {
                // The old root is not in the proof, so it is only the new one that fails.
                ProofRefused::NewRoot
            } else {
                ProofRefused::OldRoot
            };
            assert_eq!(refusal, Err(wanted), "{place}, {old}");
        }
    }
}

#[test]
fn each_refusal_has_its_own_name() {
    let nodes = tree(8);
    let eight = head(&nodes, 8);
    let empty = TreeHead { size: Size(0), root: crate::tlog::EMPTY_ROOT };
    let leaf = nodes.node(0, 3).unwrap();
    let inclusion = inclusion_proof(&nodes, Position(3), Size(8)).unwrap();
    let outside = ProofRefused::Outside { position: Position(8), size: Size(8) };
    for (position, head, hashes, refusal) in [
        (0, empty, vec![], ProofRefused::EmptyTree),
        (8, eight, inclusion.0.clone(), outside),
        (3, eight, vec![], ProofRefused::Length { want: 3, have: 0 }),
        (3, eight, inclusion.0[..2].to_vec(), ProofRefused::Length { want: 3, have: 2 }),
        (3, eight, vec![leaf; 64], ProofRefused::Length { want: 3, have: 64 }),
        (3, eight, vec![leaf; 3], ProofRefused::Root),
        (2, eight, inclusion.0.clone(), ProofRefused::Root),
    ] {
        let verdict = InclusionProof(hashes).verify(&leaf, Position(position), &head);
        assert_eq!(verdict, Err(refusal));
    }
    let (three, five) = (head(&nodes, 3), head(&nodes, 5));
    let proof = consistency_proof(&nodes, Size(3), Size(5)).unwrap();
    let forked = TreeHead { size: Size(5), root: leaf };
    let shrunk = ProofRefused::Shrunk { old: Size(5), new: Size(3) };
    for (old, new, hashes, refusal) in [
        (empty, five, vec![], ProofRefused::EmptyTree),
        (empty, empty, vec![], ProofRefused::EmptyTree),
        (five, empty, vec![], ProofRefused::EmptyTree),
        (five, three, proof.0.clone(), shrunk),
        (five, five, vec![leaf], ProofRefused::Length { want: 0, have: 1 }),
        (five, forked, vec![], ProofRefused::Forked),
        (three, five, vec![], ProofRefused::Length { want: 4, have: 0 }),
        (three, five, vec![leaf; 5], ProofRefused::Length { want: 4, have: 5 }),
        (three, five, vec![leaf; 4], ProofRefused::OldRoot),
        (three, forked, proof.0.clone(), ProofRefused::NewRoot),
    ] {
        assert_eq!(ConsistencyProof(hashes).verify(&old, &new), Err(refusal), "{refusal:?}");
    }
}

#[test]
fn no_proof_is_made_of_what_is_not_there() {
    let nodes = tree(6);
    let no_inclusion = |position, size, refusal| {
        assert_eq!(inclusion_proof(&nodes, Position(position), Size(size)), Err(refusal));
    };
    let outside = |position, size| {
        let (position, size) = (Position(position), Size(size));
        ProofError::Refused(ProofRefused::Outside { position, size })
    };
    let missing = |level, index| ProofError::Nodes(MissingNode { level, index });
    no_inclusion(0, 0, ProofError::Refused(ProofRefused::EmptyTree));
    no_inclusion(6, 6, outside(6, 6));
    no_inclusion(u64::MAX, u64::MAX, outside(u64::MAX, u64::MAX));
    no_inclusion(0, 8, missing(2, 1));
    let no_consistency = |old, new, refusal| {
        assert_eq!(consistency_proof(&nodes, Size(old), Size(new)), Err(refusal));
    };
    no_consistency(0, 6, ProofError::Refused(ProofRefused::EmptyTree));
    no_consistency(0, 0, ProofError::Refused(ProofRefused::EmptyTree));
    no_consistency(6, 5, ProofError::Refused(ProofRefused::Shrunk { old: Size(6), new: Size(5) }));
    no_consistency(6, 7, missing(0, 6));
}

#[test]
fn no_size_is_too_large_to_be_refused_in_order() {
    let leaf = leaf_hash(b"");
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        let head = TreeHead { size: Size(size), root: leaf };
        for position in [0, 1, size / 2, size - 1] {
            for length in [0, 1, 62, 63, 64, 65] {
                let proof = InclusionProof(vec![leaf; length]);
                assert!(proof.verify(&leaf, Position(position), &head).is_err());
                let old = TreeHead { size: Size(position.max(1)), root: leaf };
                let proof = ConsistencyProof(vec![leaf; length]);
                assert!(proof.verify(&old, &head).is_err());
            }
        }
    }
}

proptest! {
    #[test]
    fn a_proof_for_one_tree_does_not_serve_another(
        size in 1_u64..70, other in 1_u64..70, position in 0_u64..70,
    ) {
        prop_assume!(size != other && position < size && position < other);
        let nodes = tree(70);
        let proof = inclusion_proof(&nodes, Position(position), Size(size)).unwrap();
        let leaf = nodes.node(0, position).unwrap();
        let verdict = proof.verify(&leaf, Position(position), &head(&nodes, other));
        prop_assert!(verdict.is_err());
    }

    #[test]
    fn a_proof_with_any_bit_changed_is_refused(
        old in 1_u64..300, more in 1_u64..300, place in 0_usize..20, bit in 0_usize..256,
    ) {
        let nodes = tree(old + more);
        let proof = consistency_proof(&nodes, Size(old), Size(old + more)).unwrap();
        let mut hashes = proof.0.clone();
        let place = place % hashes.len();
        let mut bytes = *hashes[place].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        hashes[place] = Hash::new(bytes);
        let (earlier, later) = (head(&nodes, old), head(&nodes, old + more));
        prop_assert_eq!(proof.verify(&earlier, &later), Ok(()));
        prop_assert!(ConsistencyProof(hashes).verify(&earlier, &later).is_err());
    }
}
