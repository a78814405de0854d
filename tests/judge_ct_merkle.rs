//! The tree and its proofs against another implementation: the `ct-merkle` crate is the judge.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use ct_merkle::digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update, array};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof as JudgeConsistency, InclusionProof as JudgeInclusion};
use entente::names::{Hash, Position, Size, sha256};
use entente::tlog::{
    ConsistencyProof, Frontier, InclusionProof, MemoryNodes, TreeHead, consistency_proof,
    inclusion_proof, leaf_hash, root_at,
};
use proptest::prelude::*;

/// SHA-256 in the form that the judge asks for.
#[derive(Clone, Default)]
struct Sha256(Vec<u8>);

impl HashMarker for Sha256 {}

impl OutputSizeUser for Sha256 {
    type OutputSize = array::typenum::U32;
}

impl Update for Sha256 {
    fn update(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }
}

impl FixedOutput for Sha256 {
    fn finalize_into(self, out: &mut Output<Self>) {
        out.copy_from_slice(&sha256(&self.0));
    }
}

type Judge = MemoryBackedTree<Sha256, Vec<u8>>;

const SIZES: u64 = 70;

fn entry(position: u64) -> Vec<u8> {
    // Lengths differ too, and the first entry is empty.
    position.to_be_bytes().repeat(usize::try_from(position % 5).unwrap())
}

fn judge(size: u64) -> Judge {
    let mut judge = Judge::new();
    for position in 0..size {
        judge.push(entry(position));
    }
    judge
}

fn ours(size: u64) -> MemoryNodes {
    (0..size).map(|position| leaf_hash(&entry(position))).collect()
}

fn hash(bytes: &[u8]) -> Hash {
    Hash::from_slice(bytes).unwrap()
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(Hash::LEN).map(hash).collect()
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

#[test]
fn every_root_is_the_judges() {
    let nodes = ours(SIZES);
    let mut frontier = Frontier::new();
    for size in 0..=SIZES {
        let want = hash(judge(size).root().as_bytes());
        assert_eq!(frontier.root(), want, "{size}");
        assert_eq!(root_at(&nodes, Size(size)), Ok(want), "{size}");
        frontier.append(leaf_hash(&entry(size)));
    }
}

#[test]
fn every_inclusion_proof_is_the_judges_and_each_accepts_the_others() {
    let nodes = ours(SIZES);
    for size in 1..=SIZES {
        let judge = judge(size);
        let root = judge.root();
        let head = TreeHead { size: Size(size), root: hash(root.as_bytes()) };
        for place in 0..size {
            let (entry, position) = (entry(place), Position(place));
            let proof = inclusion_proof(&nodes, position, Size(size)).unwrap();
            let theirs = judge.prove_inclusion(usize::try_from(place).unwrap());
            assert_eq!(bytes(proof.hashes()), theirs.as_bytes(), "{place} in {size}");
            let ours = JudgeInclusion::from_bytes(bytes(proof.hashes()));
            assert!(root.verify_inclusion(&entry, place, &ours).is_ok());
            let theirs = InclusionProof::new(hashes(theirs.as_bytes()));
            assert_eq!(theirs.verify(&leaf_hash(&entry), position, &head), Ok(()));
        }
    }
}

#[test]
fn every_consistency_proof_is_the_judges_and_each_accepts_the_others() {
    let nodes = ours(SIZES);
    let heads: Vec<_> = (0..=SIZES).map(|size| judge(size).root()).collect();
    for (new, judge) in (1..=SIZES).map(|size| (size, judge(size))) {
        let later = judge.root();
        for (old, earlier) in (1..=new).zip(heads.iter().skip(1)) {
            let proof = consistency_proof(&nodes, Size(old), Size(new)).unwrap();
            let theirs = judge.prove_consistency(usize::try_from(new - old).unwrap());
            assert_eq!(bytes(proof.hashes()), theirs.as_bytes(), "{old} to {new}");
            let ours = JudgeConsistency::try_from_bytes(bytes(proof.hashes())).unwrap();
            assert!(later.verify_consistency(earlier, &ours).is_ok());
            let theirs = ConsistencyProof::new(hashes(theirs.as_bytes()));
            let old_head = TreeHead { size: Size(old), root: hash(earlier.as_bytes()) };
            let new_head = TreeHead { size: Size(new), root: hash(later.as_bytes()) };
            assert_eq!(theirs.verify(&old_head, &new_head), Ok(()), "{old} to {new}");
        }
    }
}

proptest! {
    /// Whatever happens to a proof, both sides of the fence come to the same verdict.
    #[test]
    fn verdicts_on_damaged_proofs_agree(
        size in 1_u64..70, place in 0_u64..70, position in 0_u64..72, bit in 0_usize..4096,
        cut in 0_usize..8,
    ) {
        let (judge, nodes) = (judge(size), ours(size));
        let place = place % size;
        let proof = inclusion_proof(&nodes, Position(place), Size(size)).unwrap();
        let mut damaged = bytes(proof.hashes());
        if let Some(byte) = damaged.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        damaged.truncate(damaged.len().saturating_sub(32 * (cut / 4)));
        let theirs = JudgeInclusion::from_bytes(damaged.clone());
        let theirs = judge.root().verify_inclusion(&entry(place), position, &theirs).is_ok();
        let proof = InclusionProof::new(hashes(&damaged));
        let ours = proof.verify(&leaf_hash(&entry(place)), Position(position), &nodes.head());
        prop_assert_eq!(ours.is_ok(), theirs, "{:?}", ours);
    }
}
