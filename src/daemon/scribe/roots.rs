//! Roots of both logs at any size that is held, whether it is committed or about to be.

use super::{Signatures, group::Scribe};
use crate::{
    names::{Hash, Party, Size},
    reconcile::Roots,
    store::{LogNodes, Store, Write},
    tlog::{Nodes, root_at},
};

/// The roots of both logs, read from a store.
#[derive(Debug)]
pub struct StoreRoots<'a, S>(pub &'a S);

impl<S: Store> Roots for StoreRoots<'_, S> {
    fn root(&self, party: Party, size: Size) -> Option<Hash> {
        stored_root(self.0, party, size)
    }
}

/// The root of a log at a size, if that many entries are committed.
pub(super) fn stored_root<S: Store>(store: &S, log: Party, size: Size) -> Option<Hash> {
    let held = store.size(log).ok()?;
    (size <= held).then(|| root_at(&LogNodes::new(store, log), size).ok()).flatten()
}

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// The root of a log at a size that is held; `None` beyond it.
    pub(super) fn root_of(&self, log: Party, size: Size) -> Option<Hash> {
        let frontier = self.state.frontier(log);
        if size >= frontier.size() {
            return (size == frontier.size()).then(|| frontier.root());
        }
        stored_root(&self.store, log, size).or_else(|| {
            let nodes =
                Pending { store: LogNodes::new(&self.store, log), writes: &self.writes, log };
            root_at(&nodes, size).ok()
        })
    }
}

/// The nodes of a log, those of this group's entries included.
struct Pending<'a, S> {
    store: LogNodes<'a, S>,
    writes: &'a [Write],
    log: Party,
}

impl<S: Store> Nodes for Pending<'_, S> {
    type Error = crate::store::StoreError;

    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let pending = self.writes.iter().find_map(|write| {
            let Write::Entry { log, position, leaf, nodes, .. } = write else { return None };
            if *log != self.log {
                return None;
            }
            if level == 0 && position.0 == index {
                return Some(*leaf);
            }
            let found = nodes.iter().find(|node| (node.level, node.index) == (level, index));
            found.map(|node| node.hash)
        });
        pending.map_or_else(|| self.store.node(level, index), Ok)
    }
}
