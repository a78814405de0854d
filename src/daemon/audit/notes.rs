//! Cosignatures and entanglements: each stands for the other.

use super::{AuditFault, walk::Walked};
use crate::{
    daemon::scribe::{Seat, State},
    names::{Party, Position, Size},
};

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
    walked: &Walked,
) -> Result<u64, AuditFault> {
    let newest = walked.cosigned.last().map_or(Size(0), |(size, _)| *size);
    let mut cosigned = walked.cosigned.iter().peekable();
    let mut awaited = 0_u64;
    let entanglements = state
        .books
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
