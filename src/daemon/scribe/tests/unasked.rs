//! What a counterpart sends that does not fit.

use super::side::Side;
use crate::{
    ledger::{Agreement, examine},
    names::{Party, Position},
    session::Batch,
    store::{MemoryStore, Store},
};

/// Everything from `start` on that a store holds of a log, as one batch.
pub(super) fn batch(
    agreement: &Agreement,
    store: &MemoryStore,
    log: Party,
    start: Position,
) -> Batch {
    let stored = store.entries(log, start, usize::MAX, usize::MAX).unwrap();
    let entries = stored.into_iter().map(|one| examine(agreement, log, one.position, one.bytes));
    let note = store.newest_checkpoint(log).unwrap().unwrap().note;
    let checkpoint = agreement.identity(log).log.open(note).unwrap();
    Batch { log, entries: entries.collect(), checkpoint }
}
