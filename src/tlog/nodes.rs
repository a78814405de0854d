//! Where the hashes of a tree are read from.

use crate::names::{Hash, Size};

use super::{Frontier, Node, TreeHead};

/// A reader of stored hashes.
pub trait Nodes {
    /// Why a node cannot be read.
    type Error;

    /// The root of the complete subtree of 2^level entries whose first is index * 2^level; at level
    /// 0 the hash of the entry itself. Only complete subtrees are ever asked for.
    ///
    /// # Errors
    /// If the node cannot be read, or is not there.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<N: Nodes + ?Sized> Nodes for &N {
    type Error = N::Error;

    fn node(&self, level: u8, index: u64) -> Result<Hash, N::Error> {
        (**self).node(level, index)
    }
}

/// The root that the tree had when it held `size` entries.
///
/// # Errors
/// What the reader of nodes answers.
pub fn root_at<N: Nodes + ?Sized>(nodes: &N, size: Size) -> Result<Hash, N::Error> {
    Ok(Frontier::load(size, nodes)?.root())
}

/// A node that was asked for and is not in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tree has no complete node {index} at level {level}")]
pub struct MissingNode {
    /// The height above the leaves.
    pub level: u8,
    /// The place within the level.
    pub index: u64,
}

/// A whole tree in memory: 64 bytes for each entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemoryNodes {
    frontier: Frontier,
    /// One list a level, the leaves first; each holds complete subtrees only.
    levels: Vec<Vec<Hash>>,
}

impl MemoryNodes {
    /// A tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the hash of an entry.
    pub fn append(&mut self, leaf: Hash) {
        let first = Node { level: 0, index: self.frontier.size().0, hash: leaf };
        let completed = self.frontier.append(leaf);
        for node in std::iter::once(first).chain(completed) {
            let level = usize::from(node.level);
            if self.levels.len() <= level {
                self.levels.resize_with(level.saturating_add(1), Vec::new);
            }
            if let Some(hashes) = self.levels.get_mut(level) {
                hashes.push(node.hash);
            }
        }
    }

    /// The number of entries.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.frontier.size()
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }
}

impl FromIterator<Hash> for MemoryNodes {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut nodes = Self::new();
        for leaf in leaves {
            nodes.append(leaf);
        }
        nodes
    }
}

impl Nodes for MemoryNodes {
    type Error = MissingNode;

    fn node(&self, level: u8, index: u64) -> Result<Hash, MissingNode> {
        let hashes = self.levels.get(usize::from(level));
        let place = usize::try_from(index).ok();
        hashes.and_then(|hashes| hashes.get(place?)).copied().ok_or(MissingNode { level, index })
    }
}
