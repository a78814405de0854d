//! Every checkpoint and cosignature that is kept, and that cosignatures and entanglements are each
//! other's.

use super::AuditFault;
use crate::{
    daemon::scribe::{LoadFault, Seat, State},
    ledger::Agreement,
    limits::COSIGNATURES_PER_READ_MAX,
    names::{Party, Position, Size, Timestamp},
    store::{LogNodes, Store, StoredNote},
    tlog::{TreeHead, root_at},
};

/// Opens every checkpoint of a log under its author's key, and holds its root against the tree, the
/// nodes of which are right by now. Gives their number.
pub(super) fn checkpoints<S: Store>(
    store: &S,
    agreement: &Agreement,
    log: Party,
    end: Size,
) -> Result<u64, AuditFault> {
    let key = &agreement.identity(log).log;
    let (mut newest, mut count) = (Size(0), 0_u64);
    while let Some(stored) = store.checkpoint_above(log, newest)? {
        let fault = |reason: String| note_fault(log, "checkpoint", &stored, reason);
        let signed = key.open(&stored.note).map_err(|refused| fault(refused.to_string()))?;
        of_tree(store, log, &stored, signed.checkpoint().head()).map_err(fault)?;
        newest = stored.size;
        count = count.saturating_add(1);
    }
    if newest < end {
        return Err(AuditFault::NoCheckpoint { log, size: end });
    }
    Ok(count)
}

/// Opens every cosigned checkpoint of a log under both keys, and holds its root against the tree.
/// Gives size and time of each, ascending.
pub(super) fn cosignatures<S: Store>(
    store: &S,
    agreement: &Agreement,
    log: Party,
) -> Result<Vec<(Size, Timestamp)>, AuditFault> {
    let (author, mirror) = (&agreement.identity(log).log, &agreement.identity(log.other()).mirror);
    let mut all: Vec<(Size, Timestamp)> = Vec::new();
    loop {
        let above = all.last().map_or(Size(0), |(size, _)| *size);
        let some = store.cosignatures_above(log, above, COSIGNATURES_PER_READ_MAX)?;
        if some.is_empty() {
            return Ok(all);
        }
        for stored in some {
            let fault = |reason: String| note_fault(log, "cosignature", &stored, reason);
            let cosigned =
                mirror.open(author, &stored.note).map_err(|refused| fault(refused.to_string()))?;
            of_tree(store, log, &stored, cosigned.checkpoint().head()).map_err(fault)?;
            all.push((stored.size, cosigned.time()));
        }
    }
}

/// Holds the cosignatures of a log against the effective entanglements in the other one. Gives the
/// number of entanglements whose cosignature the counterpart has still to send.
///
/// On our side entanglement and cosignature are one commit, so for the mirror none may be missing.
/// Of our own log the counterpart sends each cosignature after its entanglement, in order: only the
/// newest may be on their way.
pub(super) fn matched(
    seat: &Seat,
    state: &State,
    log: Party,
    cosigned: &[(Size, Timestamp)],
) -> Result<u64, AuditFault> {
    let newest = cosigned.last().map_or(Size(0), |(size, _)| *size);
    let mut cosigned = cosigned.iter().peekable();
    let mut awaited = 0_u64;
    let entanglements = state
        .books
        .newest()
        .entries(log.other(), Position(0))
        .filter_map(|(position, entry)| Some((position, entry.entanglement()?)));
    for (position, (one, time)) in entanglements {
        if cosigned.next_if(|held| **held == (one.size, time)).is_some() {
            continue;
        }
        if let Some((size, _)) = cosigned.peek().filter(|(size, _)| *size <= one.size) {
            return Err(AuditFault::NotEntangled { log, size: *size });
        }
        if log != seat.party || one.size <= newest {
            return Err(AuditFault::NotCosigned { log, position, size: one.size });
        }
        awaited = awaited.saturating_add(1);
    }
    match cosigned.next() {
        Some((size, _)) => Err(AuditFault::NotEntangled { log, size: *size }),
        None => Ok(awaited),
    }
}

fn of_tree<S: Store>(
    store: &S,
    log: Party,
    stored: &StoredNote,
    signed: TreeHead,
) -> Result<(), String> {
    if signed.size != stored.size {
        return Err(format!("the note is of size {}", signed.size));
    }
    let held = store.size(log).map_err(|error| error.to_string())?;
    if signed.size > held {
        return Err(format!("the log has only {held} entries"));
    }
    let root =
        root_at(&LogNodes::new(store, log), signed.size).map_err(|error| error.to_string())?;
    if root == signed.root {
        return Ok(());
    }
    Err(format!("it says the root {}, and the entries give {root}", signed.root))
}

fn note_fault(log: Party, what: &'static str, stored: &StoredNote, reason: String) -> AuditFault {
    LoadFault::Note { log, what, size: stored.size, reason }.into()
}
