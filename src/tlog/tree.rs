//! The Merkle tree of RFC 6962 section 2.1, kept by its right edge alone.

use crate::names::{Hash, Size, sha256};

use super::Nodes;

/// The root of a tree without entries: SHA-256 of nothing (RFC 6962 section 2.1).
pub const EMPTY_ROOT: Hash = Hash::new([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

// A leaf and an inner node begin with different bytes, so that neither can be passed off as the
// other (RFC 6962 section 2.1).
const LEAF: u8 = 0x00;
const NODE: u8 = 0x01;

/// The hash of an entry: SHA-256(0x00 || entry).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut bytes = Vec::with_capacity(entry.len().saturating_add(1));
    bytes.push(LEAF);
    bytes.extend_from_slice(entry);
    Hash::new(sha256(&bytes))
}

/// The hash of an inner node: SHA-256(0x01 || left || right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 1 + 2 * Hash::LEN];
    let [_, halves @ ..] = &mut bytes;
    let (first, second) = halves.split_at_mut(Hash::LEN);
    first.copy_from_slice(left.as_bytes());
    second.copy_from_slice(right.as_bytes());
    Hash::new(sha256(&bytes))
}

/// A tree as others see it: how many entries, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of entries.
    pub size: Size,
    /// The root over them.
    pub root: Hash,
}

/// The root of a complete subtree of 2^level entries, the first of which is index * 2^level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The height above the leaves: 0 is a leaf.
    pub level: u8,
    /// The place among the nodes of this level, counted from the left.
    pub index: u64,
    /// The hash.
    pub hash: Hash,
}

/// The right edge of an append-only tree: all that is needed to append and to know the root.
///
/// It holds the roots of the complete subtrees into which the tree falls, the largest first: one
/// for each 1 in the binary form of the size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: Size,
    edge: Vec<Hash>,
}

impl Frontier {
    /// The edge of a tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the edge of a tree of this size: at most 64 nodes.
    ///
    /// # Errors
    /// What the reader of nodes answers.
    pub fn load<N: Nodes + ?Sized>(size: Size, nodes: &N) -> Result<Self, N::Error> {
        Ok(Self { size, edge: edge(nodes, 0, size.0)? })
    }

    /// The number of entries.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Appends the hash of an entry, and names the nodes of level 1 and above that it completes,
    /// from below. With the leaf itself, each complete subtree is named exactly once.
    pub fn append(&mut self, leaf: Hash) -> Vec<Node> {
        let mut completed = Vec::new();
        let mut node = Node { level: 0, index: self.size.0, hash: leaf };
        while node.index & 1 == 1 {
            let Some(left) = self.edge.pop() else { break };
            let hash = node_hash(&left, &node.hash);
            node = Node { level: node.level.saturating_add(1), index: node.index >> 1, hash };
            completed.push(node);
        }
        self.edge.push(node.hash);
        self.size = self.size.plus(1);
        completed
    }

    /// The root; at most 63 hashes are computed.
    #[must_use]
    pub fn root(&self) -> Hash {
        join(&self.edge)
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut frontier = Self::new();
        for leaf in leaves {
            frontier.append(leaf);
        }
        frontier
    }
}

/// The root over the entries from `low` up to, not including, `high`. The range is one that halving
/// the tree as in RFC 6962 section 2.1 leads to, so it starts at a multiple of a power of two that
/// is no smaller than the range.
pub(super) fn range_root<N: Nodes + ?Sized>(
    nodes: &N,
    low: u64,
    high: u64,
) -> Result<Hash, N::Error> {
    Ok(join(&edge(nodes, low, high.saturating_sub(low))?))
}

/// The complete subtrees of `count` entries from `start` on, the largest first.
fn edge<N: Nodes + ?Sized>(nodes: &N, start: u64, count: u64) -> Result<Vec<Hash>, N::Error> {
    let mut hashes = Vec::new();
    for level in (0..u8::try_from(u64::BITS).unwrap_or(u8::MAX)).rev() {
        let before = shifted(count, level);
        if before & 1 == 1 {
            // `start` has no bit in common with what lies before this subtree: see `range_root`.
            hashes.push(nodes.node(level, shifted(start, level) | (before ^ 1))?);
        }
    }
    Ok(hashes)
}

fn join(edge: &[Hash]) -> Hash {
    let joined = edge.iter().copied().rev().reduce(|right, left| node_hash(&left, &right));
    joined.unwrap_or(EMPTY_ROOT)
}

fn shifted(number: u64, level: u8) -> u64 {
    number.checked_shr(u32::from(level)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
