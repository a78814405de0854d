//! What every store refuses to write, whatever it keeps it in.
//!
//! Each refusal is a fault of this program, never of a peer: by the time something is to be
//! written, it was parsed and verified.

use crate::{
    limits::{AGREEMENT_BYTES_MAX, ENTRY_BYTES_MAX, NOTE_BYTES_MAX},
    names::{Position, Size},
    tlog::Node,
};

use super::{Identity, StoreError, Write};

/// Refuses an entry that does not stand at the end of its log, or that does not bring exactly the
/// nodes that it completes: a gap in either would make every later proof impossible.
pub(super) fn check_entry(
    size: Size,
    position: Position,
    nodes: &[Node],
) -> Result<(), StoreError> {
    if position != size.next() || i64::try_from(position.0).is_err() {
        let what = format!("an entry for position {position} of a log of {size} entries");
        return Err(StoreError::Damaged(what));
    }
    if !nodes.iter().map(|node| (node.level, node.index)).eq(completed_by(position)) {
        return Err(StoreError::Damaged(format!("other nodes than entry {position} completes")));
    }
    Ok(())
}

/// Refuses what is longer than a reader would take back.
pub(super) fn check_lengths(write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Entry { bytes, .. } => check_length("an entry", bytes.len(), ENTRY_BYTES_MAX),
        Write::Checkpoint { note, .. } | Write::Cosignature { note, .. } => {
            check_length("a note", note.len(), NOTE_BYTES_MAX)
        }
        Write::Queue { payload, .. } => check_length("a payload", payload.len(), ENTRY_BYTES_MAX),
        Write::Submission { .. } | Write::Dequeue { .. } | Write::TermSeen(_) => Ok(()),
    }
}

/// Refuses terms that no agreement file could hold.
pub(super) fn check_identity(identity: &Identity) -> Result<(), StoreError> {
    check_length("the terms", identity.terms.len(), AGREEMENT_BYTES_MAX)
}

/// Refuses a length beyond its bound; used for reading too.
pub(super) fn check_length(what: &str, found: usize, max: usize) -> Result<(), StoreError> {
    if found <= max {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("{what} of {found} bytes; at most {max}")))
}

/// The refusal of something else under an id that is taken.
pub(super) fn id_is_taken(id: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("submission {id} stands for something else already"))
}

/// The answer to a question for a node that is not held.
pub(super) fn no_node(level: u8, index: u64) -> StoreError {
    StoreError::Damaged(format!("node {index} of level {level} is not held"))
}

/// Level and index of the nodes above the leaves that the entry at `position` completes, from
/// below: one for each 1 at the end of the position's binary form (RFC 6962 section 2.1).
fn completed_by(position: Position) -> impl Iterator<Item = (u8, u64)> {
    let levels = u8::try_from(position.0.trailing_ones()).unwrap_or(u8::MAX);
    (1..=levels).map(move |level| (level, position.0.checked_shr(u32::from(level)).unwrap_or(0)))
}
