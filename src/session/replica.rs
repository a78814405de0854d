//! A log as it arrives: examined entry by entry, and believed only up to a checkpoint whose root
//! they give.

use super::Batch;
use crate::{
    cbor::Bytes,
    danger::{Bug, planted},
    ledger::{Examined, Keybook, examine},
    names::{Party, Position, Size},
    tlog::{Frontier, SignedCheckpoint},
};

/// Why what arrived does not continue a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplicaFault {
    /// Entries that begin elsewhere than where the log ends.
    #[error("entries begin at {start}, and {held} are held")]
    Gap {
        /// Where they begin.
        start: Position,
        /// What is held.
        held: Size,
    },
    /// More entries before the checkpoint of the last ones.
    #[error("entries arrived before the checkpoint of the last ones")]
    Unfinished,
    /// The checkpoint is not of the end of the entries.
    #[error("a checkpoint of {size}, and {held} are held")]
    Size {
        /// What it covers.
        size: Size,
        /// What is held.
        held: Size,
    },
    /// The entries do not give its root.
    #[error("the entries do not give the checkpoint's root at {size}")]
    Root {
        /// The size.
        size: Size,
    },
}

/// The end of one log as this session knows it, and at most one batch that waits for its
/// checkpoint.
#[derive(Debug, Clone)]
pub struct Replica {
    log: Party,
    frontier: Frontier,
    /// The keys at that end: entries may come with the key that another one of them enrols.
    keys: Keybook,
    waiting: Vec<Examined>,
}

impl Replica {
    /// A replica of the log of `keys`' party that continues at `frontier`, where `keys` hold.
    #[must_use]
    pub fn new(keys: Keybook, frontier: Frontier) -> Self {
        Self { log: keys.party(), frontier, keys, waiting: Vec::new() }
    }

    /// Whose log it is.
    #[must_use]
    pub const fn log(&self) -> Party {
        self.log
    }

    /// How many entries were taken, those that wait for their checkpoint included.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.frontier.size()
    }

    /// Bytes of the entries that wait for their checkpoint.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.waiting.iter().map(|one| one.bytes().len()).fold(0, usize::saturating_add)
    }

    /// Takes entries that continue the log.
    ///
    /// # Errors
    /// If they leave a gap, or come before the checkpoint of the last ones.
    pub fn take(&mut self, start: Position, entries: Vec<Bytes>) -> Result<(), ReplicaFault> {
        if !self.waiting.is_empty() && !planted(Bug::TakeWithoutEnd) {
            return Err(ReplicaFault::Unfinished);
        }
        let held = self.size();
        if start != held.next() {
            return Err(ReplicaFault::Gap { start, held });
        }
        for entry in entries {
            let position = self.size().next();
            let examined = examine(&self.keys, position, entry.0);
            if let Ok(record) = examined.record() {
                // What is not of form changes nothing; the scribe says so when it admits it.
                let _contested = self.keys.take(position, record);
            }
            self.frontier.append(examined.leaf());
            self.waiting.push(examined);
        }
        Ok(())
    }

    /// Holds the author's checkpoint against what arrived; gives the batch that it completes, or
    /// nothing if it covers no new entry.
    ///
    /// # Errors
    /// If its size or root is another.
    pub fn complete(
        &mut self,
        checkpoint: SignedCheckpoint,
    ) -> Result<Option<Batch>, ReplicaFault> {
        let (size, held) = (checkpoint.checkpoint().size(), self.size());
        if size != held {
            return Err(ReplicaFault::Size { size, held });
        }
        let another = checkpoint.checkpoint().root() != self.frontier.root();
        if another && !planted(Bug::SkipRootCheck) {
            return Err(ReplicaFault::Root { size });
        }
        let entries = std::mem::take(&mut self.waiting);
        let log = self.log;
        Ok((!entries.is_empty()).then_some(Batch { log, entries, checkpoint }))
    }
}
