//! Everything that can be asked of a store, as one value.

use crate::{
    names::{Hash, Party, Position, Size},
    store::{Identity, Queued, Store, StoreError, StoredEntry, StoredNote},
};

use super::id;

/// What a store shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Picture {
    pub(in crate::store) identity: Identity,
    pub(in crate::store) logs: Vec<LogPicture>,
    pub(in crate::store) submissions: Vec<Option<[u8; 32]>>,
    pub(in crate::store) queue: Vec<Queued>,
    pub(in crate::store) term_seen: u64,
}

/// What a store shows of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct LogPicture {
    pub(in crate::store) size: Size,
    pub(in crate::store) entries: Vec<StoredEntry>,
    pub(in crate::store) nodes: Vec<Hash>,
    pub(in crate::store) newest_checkpoint: Option<StoredNote>,
    pub(in crate::store) checkpoints: Vec<StoredNote>,
    pub(in crate::store) newest_cosignature: Option<StoredNote>,
    pub(in crate::store) cosignatures: Vec<StoredNote>,
}

/// Asks everything.
pub(in crate::store) fn picture(store: &dyn Store) -> Result<Picture, StoreError> {
    Ok(Picture {
        identity: store.identity()?,
        logs: Party::BOTH
            .map(|log| log_picture(store, log))
            .into_iter()
            .collect::<Result<_, _>>()?,
        submissions: (0..8).map(|number| store.submission(id(number))).collect::<Result<_, _>>()?,
        queue: store.queue()?,
        term_seen: store.term_seen()?,
    })
}

fn log_picture(store: &dyn Store, log: Party) -> Result<LogPicture, StoreError> {
    let size = store.size(log)?;
    let entries = store.entries(log, Position(0), usize::MAX, usize::MAX)?;
    let mut nodes = Vec::new();
    for level in 0..63 {
        for index in 0..size.0 >> level {
            nodes.push(store.node(log, level, index)?);
        }
    }
    let mut checkpoints: Vec<StoredNote> = Vec::new();
    loop {
        let above = checkpoints.last().map_or(Size(0), |note| note.size);
        let Some(next) = store.checkpoint_above(log, above)? else { break };
        assert!(next.size > above, "a question that never ends");
        checkpoints.push(next);
    }
    Ok(LogPicture {
        size,
        entries,
        nodes,
        newest_checkpoint: store.newest_checkpoint(log)?,
        checkpoints,
        newest_cosignature: store.newest_cosignature(log)?,
        cosignatures: store.cosignatures_above(log, Size(0), usize::MAX)?,
    })
}
