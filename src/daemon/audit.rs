//! `entente log verify`: derives everything in a store anew and holds the store against it.
//!
//! A start checks what the daemon builds upon. An audit checks all that was ever written: every
//! entry against its leaf hash, every tree node, the root under every checkpoint and cosignature
//! that was signed on the way, and that cosignatures and entanglements are each other's.

mod notes;
mod walk;

use super::scribe::{LoadFault, Seat, State};
use crate::{
    names::{BodyDigest, Hash, Party, PerParty, Position, Size, Timestamp, Week},
    reconcile::{Verdict, verdict},
    store::{Store, StoreError},
};

/// What an audit found to be whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Audit {
    /// Whose store.
    pub party: Party,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// Both logs.
    pub logs: PerParty<LogAudit>,
    /// The weeks that have a cut-off.
    pub weeks: Vec<WeekAudit>,
}

/// What an audit found of one log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogAudit {
    /// Its origin.
    pub origin: String,
    /// How many entries.
    pub size: Size,
    /// Their root, recomputed.
    pub root: Hash,
    /// Tree nodes above the leaves that were recomputed.
    pub nodes: u64,
    /// Checkpoints whose signature and root were checked.
    pub checkpoints: u64,
    /// Cosigned checkpoints whose signatures, root and entanglement were checked.
    pub cosignatures: u64,
    /// The size of the newest cosigned one.
    pub cosigned: Size,
    /// When that was cosigned.
    pub cosigned_at: Option<Timestamp>,
    /// Entanglements whose cosignature the counterpart has still to send; 0 for the mirror.
    pub awaited: u64,
    /// Entries of which only place and hash count.
    pub contested: u64,
}

/// A week that has a cut-off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WeekAudit {
    /// The week.
    pub week: Week,
    /// Its number.
    pub number: u64,
    /// The digest of its body, recomputed.
    pub digest: BodyDigest,
    /// What both sides say about it.
    pub verdict: Verdict,
}

/// The first thing that is not as it was written.
#[derive(Debug, thiserror::Error)]
pub enum AuditFault {
    /// The store cannot be read, or an entry or note of it is not what was written.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// A tree node is not the hash of what lies below it.
    #[error("log of {log}: the tree node {index} of level {level} is not that of its entries")]
    Node {
        /// Whose log.
        log: Party,
        /// Its height above the leaves.
        level: u8,
        /// Its place among the nodes of its level.
        index: u64,
    },
    /// The newest entry lies under no checkpoint.
    #[error("log of {log}: {size} entries, and no checkpoint of that size")]
    NoCheckpoint {
        /// Whose log.
        log: Party,
        /// Its size.
        size: Size,
    },
    /// A cosignature for which no entanglement stands.
    #[error("log of {log}: cosignature of size {size}: no entanglement of that size and time")]
    NotEntangled {
        /// Whose log was cosigned.
        log: Party,
        /// The size.
        size: Size,
    },
    /// An entanglement that has no cosignature.
    #[error(
        "log of {by}, entry {position}: the cosignature of {size} entries that it stands for is \
         missing",
        by = log.other()
    )]
    NotCosigned {
        /// Whose log was cosigned.
        log: Party,
        /// Where the entanglement stands in the other log.
        position: Position,
        /// The size.
        size: Size,
    },
}

impl From<StoreError> for AuditFault {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

impl AuditFault {
    /// Whether the store was read and is not as it was written; otherwise it could not be read.
    #[must_use]
    pub const fn is_finding(&self) -> bool {
        !matches!(self, Self::Load(LoadFault::Store(_) | LoadFault::Identity { .. }))
            || matches!(self, Self::Load(LoadFault::Store(StoreError::Damaged(_))))
    }
}

/// Audits a store, which must not change meanwhile: of a store that a daemon writes, a snapshot.
///
/// # Errors
/// The first fault, by log and entry, or by log and note.
pub fn audit<S: Store>(store: &S, seat: &Seat) -> Result<Audit, AuditFault> {
    // Bytes and hashes first: an entry is judged by roots of the other log, which have to be right
    // before anything is said about it.
    let [gbr, fra] = Party::BOTH.map(|log| walk::walk(store, log));
    let walked = PerParty { gbr: gbr?, fra: fra? };
    let state = State::load(store, seat)?;
    if state.size(seat.party) == Size(0) {
        return Err(LoadFault::Empty.into());
    }
    let [gbr, fra] = Party::BOTH.map(|log| log_audit(store, seat, &state, log, walked.of(log)));
    let logs = PerParty { gbr: gbr?, fra: fra? };
    let weeks = state.chain.bodies().iter().map(|body| WeekAudit {
        week: body.week,
        number: body.number,
        digest: body.digest(),
        verdict: verdict(&state.books, body),
    });
    let rehearsal = seat.agreement.terms().rehearsal;
    Ok(Audit { party: seat.party, rehearsal, logs, weeks: weeks.collect() })
}

fn log_audit<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    log: Party,
    walked: &walk::Walked,
) -> Result<LogAudit, AuditFault> {
    let agreement = &*seat.agreement;
    let checkpoints = notes::checkpoints(store, agreement, log, walked.head.size)?;
    let cosigned = notes::cosignatures(store, agreement, log)?;
    let awaited = notes::matched(seat, state, log, &cosigned)?;
    let entries = state.books.newest().entries(log, Position(0));
    let contested = entries.filter(|(_, entry)| entry.record().is_none()).count();
    let newest = cosigned.last();
    Ok(LogAudit {
        origin: agreement.origin(log).to_string(),
        size: walked.head.size,
        root: walked.head.root,
        nodes: walked.nodes,
        checkpoints,
        cosignatures: u64::try_from(cosigned.len()).unwrap_or(u64::MAX),
        cosigned: newest.map_or(Size(0), |(size, _)| *size),
        cosigned_at: newest.map(|(_, time)| *time),
        awaited,
        contested: u64::try_from(contested).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
pub(crate) mod tests;
