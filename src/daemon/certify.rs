//! From a store to the certificate of a joint statement.

use super::scribe::{LoadFault, Seat, State};
use crate::{
    cbor::Bytes,
    names::{Party, PerParty, Position, Size, Week},
    reconcile::{
        CertificateRefused, CheckedCertificate, JointCertificate, KeyEntry, SideEvidence,
        enrolling, statement_of,
    },
    record::{Body, Succession},
    store::{LogNodes, Store, StoredNote},
    tlog::{consistency_proof, inclusion_proof},
};

/// Why there is no certificate of a week.
#[derive(Debug, thiserror::Error)]
pub enum NotCertified {
    /// A side has still to state the week.
    #[error("{party} has not stated {week}")]
    Unstated {
        /// Which side.
        party: Party,
        /// The week.
        week: Week,
    },
    /// A statement has no receipt that is held here.
    #[error("the statement of {party} for {week} has no receipt here yet")]
    Unreceipted {
        /// Whose statement; its receipt comes from the other side.
        party: Party,
        /// The week.
        week: Week,
    },
    /// It was cut off or stated in a log that has ended.
    #[error("{week} was cut off or stated in a log of {party} that has ended since")]
    Elsewhere {
        /// Whose log.
        party: Party,
        /// The week.
        week: Week,
    },
    /// Its statement was signed with a key that was enrolled in a log that has ended.
    #[error(
        "the statement of {party} was signed with a key that was enrolled in a log that has ended \
         since, which its successor does not show"
    )]
    EnrolledBefore {
        /// Whose statement.
        party: Party,
    },
    /// The store cannot be read, or is not as it was written.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// What was put together does not hold.
    #[error("the certificate does not hold: {0}")]
    Refused(CertificateRefused),
}

/// Puts the certificate of a week together, and checks it as a stranger would. The state is that of
/// the store. Both sides' stores give the same bytes.
///
/// # Errors
/// If a statement or its receipt is missing, or the store cannot be read.
pub fn certify<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    body: &Body,
) -> Result<(Vec<u8>, CheckedCertificate), NotCertified> {
    let side = |party| side(store, seat, state, party, body);
    let sides = PerParty { gbr: side(Party::Gbr)?, fra: side(Party::Fra)? };
    let succession = seat.agreement.successions().last().cloned();
    let pinned = succession.as_ref().map(Succession::digest);
    let certificate = JointCertificate::new(seat.agreement.terms().clone(), succession, sides);
    let bytes = certificate.encode();
    let read = JointCertificate::decode(&bytes);
    let checked = read.and_then(|read| read.check_under(seat.agreement.digest(), pinned));
    Ok((bytes, checked.map_err(NotCertified::Refused)?))
}

fn side<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    log: Party,
    body: &Body,
) -> Result<SideEvidence, NotCertified> {
    let week = body.week;
    let stated = statement_of(&state.books, log, week);
    let (position, _) = stated.ok_or(NotCertified::Unstated { party: log, week })?;
    let cut = match log {
        Party::Gbr => &body.gbr,
        Party::Fra => &body.fra,
    };
    let place = state.books.place(log, position);
    let newest = state.books.generation();
    if place.generation != newest || seat.agreement.generation(log, &cut.origin) != Some(newest) {
        return Err(NotCertified::Elsewhere { party: log, week });
    }
    let position = place.at;
    let unreceipted = NotCertified::Unreceipted { party: log, week };
    // By the first cosigned checkpoint that covers it, so that it is the same for ever.
    let received = state.books.newest().receipt(log, position);
    let Some((size, _)) = received else { return Err(unreceipted) };
    let above = Size(size.0.saturating_sub(1));
    let notes = store.cosignatures_above(log, above, 1).map_err(LoadFault::from)?;
    let Some(note) = notes.into_iter().find(|note| note.size == size) else {
        return Err(unreceipted);
    };
    let entry = store.entries(log, position, 1, usize::MAX).map_err(LoadFault::from)?.pop();
    let fault = |reason: String| LoadFault::Entry { log, position, reason };
    let entry = entry.ok_or_else(|| fault("is missing".to_owned()))?;
    let nodes = LogNodes::new(store, log);
    let cut = match log {
        Party::Gbr => body.gbr.size,
        Party::Fra => body.fra.size,
    };
    let keys = keys(store, state, log, position, size)?;
    let inclusion = inclusion_proof(&nodes, position, size);
    let consistency = consistency_proof(&nodes, cut, size);
    Ok(SideEvidence {
        statement: Bytes(entry.bytes),
        position,
        inclusion: inclusion.map_err(|refused| fault(refused.to_string()))?,
        checkpoint: canonical(seat, log, &note)?,
        consistency: consistency.map_err(|refused| fault(refused.to_string()))?,
        keys,
    })
}

/// What enrolled the key of the statement at a position, if that was not the founding.
fn keys<S: Store>(
    store: &S,
    state: &State,
    log: Party,
    statement: Position,
    size: Size,
) -> Result<Option<Vec<KeyEntry>>, NotCertified> {
    let Some(record) = state.books.newest().entry(log, statement).and_then(|entry| entry.sound())
    else {
        return Ok(None);
    };
    let keys = state.reader(log).keys();
    let nodes = LogNodes::new(store, log);
    let entry = |position| {
        let fault = |reason: String| LoadFault::Entry { log, position, reason };
        let stored = store.entries(log, position, 1, usize::MAX)?.pop();
        let stored = stored.ok_or_else(|| fault("is missing".to_owned()))?;
        let inclusion = inclusion_proof(&nodes, position, size);
        let inclusion = inclusion.map_err(|refused| fault(refused.to_string()))?;
        Ok(KeyEntry { entry: Bytes(stored.bytes), position, inclusion })
    };
    let positions = enrolling(&state.books, keys, record.signer().kid);
    let newest = state.books.generation();
    if positions.iter().any(|at| state.books.place(log, *at).generation != newest) {
        return Err(NotCertified::EnrolledBefore { party: log });
    }
    let positions = positions.into_iter().map(|at| state.books.place(log, at).at);
    let shown: Vec<KeyEntry> =
        positions.into_iter().map(entry).collect::<Result<_, LoadFault>>()?;
    Ok((!shown.is_empty()).then_some(shown))
}

/// A stored note with the author's and the mirror's signature, and nothing else.
fn canonical(seat: &Seat, log: Party, note: &StoredNote) -> Result<String, LoadFault> {
    let author = &seat.agreement.identity(log).log;
    let mirror = &seat.agreement.identity(log.other()).mirror;
    let cosigned = mirror.open(author, &note.note).map_err(|refused| LoadFault::Note {
        log,
        what: "cosignature",
        size: note.size,
        reason: refused.to_string(),
    })?;
    Ok(cosigned.note())
}
