//! Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4).
//!
//! Proofs are made by halving the tree from the root down, and verified by climbing from a leaf up:
//! two ways of thinking, so that a slip in one is not repeated in the other.

use serde::{Deserialize, Serialize};

use crate::names::{Hash, Position, Size};

use super::tree::range_root;
use super::{Nodes, TreeHead, node_hash};

/// Why a proof cannot be made or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefused {
    /// A tree without entries has no proofs.
    #[error("a tree without entries has no proofs")]
    EmptyTree,
    /// The entry lies outside the tree.
    #[error("position {position} is not in a tree of {size} entries")]
    Outside {
        /// Where the entry is said to be.
        position: Position,
        /// How many entries the tree has.
        size: Size,
    },
    /// The later tree is the smaller one.
    #[error("a tree of {old} entries cannot grow into one of {new}")]
    Shrunk {
        /// The size of the earlier tree.
        old: Size,
        /// The size of the later tree.
        new: Size,
    },
    /// The proof has another length than the sizes ask for.
    #[error("the proof has {have} hashes; these sizes need {want}")]
    Length {
        /// How many hashes are needed.
        want: usize,
        /// How many there are.
        have: usize,
    },
    /// The path from the entry does not end in the root.
    #[error("the path from the entry leads to another root")]
    Root,
    /// Two trees of the same size have different roots: one of them is false.
    #[error("two trees of the same size have different roots")]
    Forked,
    /// The proof does not lead to the earlier root.
    #[error("the proof does not lead to the earlier root")]
    OldRoot,
    /// The proof does not lead to the later root.
    #[error("the proof does not lead to the later root")]
    NewRoot,
}

/// Why a proof could not be made: there is none, or a node could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    /// There is no such proof.
    #[error(transparent)]
    Refused(#[from] ProofRefused),
    /// A node could not be read.
    #[error("a node of the tree could not be read")]
    Nodes(#[source] E),
}

/// The siblings on the way from an entry up to the root. A claim until [`InclusionProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InclusionProof(Vec<Hash>);

/// The nodes that an earlier and a later tree share, with those that make the later one. A claim
/// until [`ConsistencyProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsistencyProof(Vec<Hash>);

impl InclusionProof {
    /// Wraps hashes from outside, the sibling of the leaf first.
    #[must_use]
    pub const fn new(hashes: Vec<Hash>) -> Self {
        Self(hashes)
    }

    /// The hashes, the sibling of the leaf first.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// Checks that `leaf` is the hash of the entry at `position` of the tree (RFC 9162 section
    /// 2.1.3.2).
    ///
    /// # Errors
    /// If the tree is empty, the position lies outside it, the proof has not exactly the length
    /// that they ask for, or the path ends in another root.
    pub fn verify(
        &self,
        leaf: &Hash,
        position: Position,
        head: &TreeHead,
    ) -> Result<(), ProofRefused> {
        refuse_outside(position, head.size)?;
        let sides = sides(position.0, head.size.0.saturating_sub(1));
        refuse_length(sides.len(), self.0.len())?;
        let root = sides.iter().zip(&self.0).fold(*leaf, |node, (side, sibling)| match side {
            Side::Left => node_hash(sibling, &node),
            Side::Right => node_hash(&node, sibling),
        });
        if root == head.root { Ok(()) } else { Err(ProofRefused::Root) }
    }
}

impl ConsistencyProof {
    /// Wraps hashes from outside, in the order of RFC 9162 section 2.1.4.1.
    #[must_use]
    pub const fn new(hashes: Vec<Hash>) -> Self {
        Self(hashes)
    }

    /// The hashes, in the order of RFC 9162 section 2.1.4.1.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// Checks that the entries of the tree `old` are the first ones of the tree `new` (RFC 9162
    /// section 2.1.4.2).
    ///
    /// # Errors
    /// If one of the trees is empty, `new` is the smaller one, the proof has not exactly the length
    /// that the sizes ask for, or it leads to another root.
    pub fn verify(&self, old: &TreeHead, new: &TreeHead) -> Result<(), ProofRefused> {
        refuse_shrinking(old.size, new.size)?;
        if old.size == new.size {
            refuse_length(0, self.0.len())?;
            return if old.root == new.root { Ok(()) } else { Err(ProofRefused::Forked) };
        }
        // The climb starts at the last complete subtree of the old tree. If it is the whole old
        // tree, its hash is known already and the proof leaves it out.
        let level = old.size.0.trailing_zeros();
        let start = old.size.0.checked_shr(level).unwrap_or(0) ^ 1;
        let last = new.size.0.saturating_sub(1).checked_shr(level).unwrap_or(0);
        let sides = sides(start, last);
        let (first, siblings) = match self.0.split_first() {
            Some((first, siblings)) if start != 0 => (*first, siblings),
            _ => (old.root, self.0.as_slice()),
        };
        let want = sides.len().saturating_add(usize::from(start != 0));
        refuse_length(want, self.0.len())?;
        // What lies to the left belongs to both trees; what lies to the right is new.
        let (mut old_root, mut new_root) = (first, first);
        for (side, sibling) in sides.iter().zip(siblings) {
            match side {
                Side::Left => {
                    old_root = node_hash(sibling, &old_root);
                    new_root = node_hash(sibling, &new_root);
                }
                Side::Right => new_root = node_hash(&new_root, sibling),
            }
        }
        if old_root != old.root {
            return Err(ProofRefused::OldRoot);
        }
        if new_root == new.root { Ok(()) } else { Err(ProofRefused::NewRoot) }
    }
}

/// Makes the proof that the entry at `position` is in the tree of the first `size` entries.
///
/// # Errors
/// If the tree is empty, the position lies outside it, or a node cannot be read.
pub fn inclusion_proof<N: Nodes + ?Sized>(
    nodes: &N,
    position: Position,
    size: Size,
) -> Result<InclusionProof, ProofError<N::Error>> {
    refuse_outside(position, size)?;
    let (mut low, mut high) = (0, size.0);
    let mut siblings = Vec::new();
    while let Some(middle) = middle(low, high) {
        if position.0 < middle {
            siblings.push((middle, high));
            high = middle;
        } else {
            siblings.push((low, middle));
            low = middle;
        }
    }
    gather(nodes, siblings).map(InclusionProof)
}

/// Makes the proof that the first `old` entries are the beginning of the first `new` ones.
///
/// # Errors
/// If one of the trees is empty, `new` is the smaller one, or a node cannot be read.
pub fn consistency_proof<N: Nodes + ?Sized>(
    nodes: &N,
    old: Size,
    new: Size,
) -> Result<ConsistencyProof, ProofError<N::Error>> {
    refuse_shrinking(old, new)?;
    let (mut low, mut high) = (0, new.0);
    let mut parts = Vec::new();
    while let Some(middle) = middle(low, high).filter(|_| old.0 < high) {
        if old.0 <= middle {
            parts.push((middle, high));
            high = middle;
        } else {
            parts.push((low, middle));
            low = middle;
        }
    }
    // What remains is the last complete subtree of the old tree; the verifier knows it already if
    // it is the whole of it.
    if low > 0 {
        parts.push((low, high));
    }
    gather(nodes, parts).map(ConsistencyProof)
}

/// Where a range of two or more entries is halved: at the largest power of two below its length.
fn middle(low: u64, high: u64) -> Option<u64> {
    let largest = high.checked_sub(low)?.checked_sub(1)?.checked_ilog2()?;
    low.checked_add(1_u64.checked_shl(largest)?)
}

/// The hashes of these ranges; proofs list them from below.
fn gather<N: Nodes + ?Sized>(
    nodes: &N,
    ranges: Vec<(u64, u64)>,
) -> Result<Vec<Hash>, ProofError<N::Error>> {
    let hashes = ranges.into_iter().rev().map(|(low, high)| range_root(nodes, low, high));
    hashes.collect::<Result<_, _>>().map_err(ProofError::Nodes)
}

/// On which side of the path a sibling lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The siblings on the way up from a node, where `last` is the rightmost node of the same level; at
/// most 64. An odd node has its sibling on the left, an even one on the right; only the rightmost
/// may be even and have none: it moves up as it is.
fn sides(mut node: u64, mut last: u64) -> Vec<Side> {
    let mut sides = Vec::new();
    while last > 0 {
        if node & 1 == 1 {
            sides.push(Side::Left);
        } else if node < last {
            sides.push(Side::Right);
        }
        node >>= 1;
        last >>= 1;
    }
    sides
}

fn refuse_outside(position: Position, size: Size) -> Result<(), ProofRefused> {
    if size.0 == 0 {
        return Err(ProofRefused::EmptyTree);
    }
    if size.covers(position) { Ok(()) } else { Err(ProofRefused::Outside { position, size }) }
}

fn refuse_shrinking(old: Size, new: Size) -> Result<(), ProofRefused> {
    if old.0 == 0 || new.0 == 0 {
        return Err(ProofRefused::EmptyTree);
    }
    if old <= new { Ok(()) } else { Err(ProofRefused::Shrunk { old, new }) }
}

const fn refuse_length(want: usize, have: usize) -> Result<(), ProofRefused> {
    if want == have { Ok(()) } else { Err(ProofRefused::Length { want, have }) }
}

#[cfg(test)]
mod tests;
