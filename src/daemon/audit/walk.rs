//! One pass through one log: bytes, leaf hashes and tree nodes. It needs no key.

use super::AuditFault;
use crate::{
    daemon::scribe::LoadFault,
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::Party,
    store::Store,
    tlog::{Frontier, TreeHead, leaf_hash},
};

/// What a pass through a log has recomputed.
pub(super) struct Walked {
    pub(super) head: TreeHead,
    /// How many nodes above the leaves.
    pub(super) nodes: u64,
}

/// Goes through the log entry by entry, its tree growing along, and holds every leaf hash and every
/// node in the store against it. Afterwards the store's own nodes give the right roots.
pub(super) fn walk<S: Store>(store: &S, log: Party) -> Result<Walked, AuditFault> {
    let size = store.size(log)?;
    let mut tree = Frontier::new();
    let mut nodes = 0_u64;
    while tree.size() < size {
        let start = tree.size().next();
        let stored = store.entries(log, start, ENTRIES_PER_MESSAGE_MAX, ENTRIES_BYTES_MAX)?;
        if stored.is_empty() {
            let reason = "is missing".to_owned();
            return Err(LoadFault::Entry { log, position: start, reason }.into());
        }
        for one in stored {
            let position = tree.size().next();
            let leaf = leaf_hash(&one.bytes);
            if one.position != position || one.leaf != leaf {
                let reason = "is not the entry that was written".to_owned();
                return Err(LoadFault::Entry { log, position, reason }.into());
            }
            for node in tree.append(leaf) {
                let (level, index) = (node.level, node.index);
                // A node that is missing and one that is another are the same to whoever asks.
                if store.node(log, level, index).ok() != Some(node.hash) {
                    return Err(AuditFault::Node { log, level, index });
                }
                nodes = nodes.saturating_add(1);
            }
        }
    }
    Ok(Walked { head: tree.head(), nodes })
}
