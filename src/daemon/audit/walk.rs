//! One pass through one log: bytes, leaf hashes, tree nodes, and the root under every note.

use super::AuditFault;
use crate::{
    daemon::scribe::LoadFault,
    ledger::Agreement,
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{Party, Size, Timestamp},
    store::{Store, StoredNote},
    tlog::{Frontier, TreeHead, leaf_hash},
};

/// What a pass through a log has recomputed.
pub(super) struct Walked {
    pub(super) head: TreeHead,
    pub(super) nodes: u64,
    pub(super) checkpoints: u64,
    /// Size and time of every cosigned checkpoint, ascending.
    pub(super) cosigned: Vec<(Size, Timestamp)>,
}

/// Goes through the log entry by entry, its tree growing along, and looks at each note where the
/// tree has just that size.
pub(super) fn walk<S: Store>(
    store: &S,
    agreement: &Agreement,
    log: Party,
) -> Result<Walked, AuditFault> {
    let size = store.size(log)?;
    let mut tree = Frontier::new();
    let mut notes = NoteReader::new(store, agreement, log)?;
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
            notes.reach(tree.size(), || tree.head())?;
        }
    }
    let newest_covered = notes.finish(size)?;
    if !newest_covered && size > Size(0) {
        return Err(AuditFault::NoCheckpoint { log, size });
    }
    let NoteReader { checkpoints, cosigned, .. } = notes;
    Ok(Walked { head: tree.head(), nodes, checkpoints, cosigned })
}

/// The notes of one log, each looked at where the tree has its size.
struct NoteReader<'a, S> {
    store: &'a S,
    agreement: &'a Agreement,
    log: Party,
    next_checkpoint: Option<StoredNote>,
    next_cosignature: Option<StoredNote>,
    newest: Size,
    checkpoints: u64,
    cosigned: Vec<(Size, Timestamp)>,
}

impl<'a, S: Store> NoteReader<'a, S> {
    fn new(store: &'a S, agreement: &'a Agreement, log: Party) -> Result<Self, AuditFault> {
        let mut reader = Self {
            store,
            agreement,
            log,
            next_checkpoint: None,
            next_cosignature: None,
            newest: Size(0),
            checkpoints: 0,
            cosigned: Vec::new(),
        };
        reader.next_checkpoint = reader.store.checkpoint_above(log, Size(0))?;
        reader.next_cosignature = reader.store.cosignatures_above(log, Size(0), 1)?.pop();
        Ok(reader)
    }

    /// The tree has this size now: the notes of this size are due.
    fn reach(&mut self, size: Size, head: impl Fn() -> TreeHead) -> Result<(), AuditFault> {
        let identity = self.agreement.identity(self.log);
        if let Some(stored) = self.next_checkpoint.take_if(|stored| stored.size <= size) {
            let fault = |reason: String| self.fault("checkpoint", &stored, reason);
            let signed =
                identity.log.open(&stored.note).map_err(|refused| fault(refused.to_string()))?;
            same_head(&stored, signed.checkpoint().head(), head()).map_err(fault)?;
            self.checkpoints = self.checkpoints.saturating_add(1);
            self.newest = stored.size;
            self.next_checkpoint = self.store.checkpoint_above(self.log, stored.size)?;
        }
        if let Some(stored) = self.next_cosignature.take_if(|stored| stored.size <= size) {
            let fault = |reason: String| self.fault("cosignature", &stored, reason);
            let mirror = &self.agreement.identity(self.log.other()).mirror;
            let cosigned = mirror
                .open(&identity.log, &stored.note)
                .map_err(|refused| fault(refused.to_string()))?;
            same_head(&stored, cosigned.checkpoint().head(), head()).map_err(fault)?;
            self.cosigned.push((stored.size, cosigned.time()));
            self.next_cosignature =
                self.store.cosignatures_above(self.log, stored.size, 1)?.pop();
        }
        Ok(())
    }

    /// The log ends here. Says whether there was a checkpoint of just this size.
    fn finish(&self, size: Size) -> Result<bool, AuditFault> {
        for (what, left) in
            [("checkpoint", &self.next_checkpoint), ("cosignature", &self.next_cosignature)]
        {
            if let Some(stored) = left {
                let reason = format!("the log has only {size} entries");
                return Err(self.fault(what, stored, reason));
            }
        }
        Ok(self.newest == size)
    }

    fn fault(&self, what: &'static str, stored: &StoredNote, reason: String) -> AuditFault {
        LoadFault::Note { log: self.log, what, size: stored.size, reason }.into()
    }
}

fn same_head(stored: &StoredNote, signed: TreeHead, tree: TreeHead) -> Result<(), String> {
    if signed.size != stored.size {
        return Err(format!("the note is of size {}", signed.size));
    }
    if signed == tree {
        return Ok(());
    }
    Err(format!("it says the root {}, and the entries give {}", signed.root, tree.root))
}
