//! One entry of either log with every check that it passed, for people who want to see it.

use super::scribe::{LoadFault, Seat, State};
use crate::{
    envelope::{Algorithm, Keyring, Role, Verified},
    ledger::Standing,
    names::{Hash, KeyId, Party, Position, RecordId, Size, Timestamp},
    record::{Kind, ObjectionReason, Record},
    store::{LogNodes, Store},
    tlog::{InclusionProof, Receipt, TreeHead, inclusion_proof},
};

/// One entry.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Dossier {
    /// Whose log it stands in.
    pub log: Party,
    /// The origin of that log.
    pub origin: String,
    /// Where.
    pub position: Position,
    /// Its leaf hash.
    pub leaf: Hash,
    /// How many bytes it has.
    pub bytes: usize,
    /// The record in it, unless it is contested.
    pub record: Option<RecordPart>,
    /// Why it has no effect, if it has none.
    pub objection: Option<ObjectionPart>,
    /// The proof that it is under the newest checkpoint.
    pub inclusion: InclusionPart,
    /// Its receipt, if the cosignature is held.
    pub receipt: Option<ReceiptPart>,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
}

/// The record in an entry, whose encoding, signature and form were checked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RecordPart {
    /// Its identity.
    pub id: RecordId,
    /// What it states.
    pub kind: Kind,
    /// Who signed it.
    pub party: Party,
    /// In which role.
    pub role: Role,
    /// With which key.
    pub key: KeyId,
    /// By the one algorithm of that key.
    pub algorithm: Algorithm,
    /// When, as its author says.
    pub signed_at: Timestamp,
    /// What it says.
    pub says: Record,
}

/// Why an entry has no effect.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ObjectionPart {
    /// The rule that it breaks.
    pub reason: ObjectionReason,
    /// In words.
    pub detail: String,
}

/// A proof of inclusion that was verified.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct InclusionPart {
    /// Size of the checkpoint.
    pub size: Size,
    /// Its root.
    pub root: Hash,
    /// The path.
    pub proof: InclusionProof,
}

/// A receipt that was verified.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReceiptPart {
    /// Time of receipt.
    pub time: Timestamp,
    /// Size of the log that was cosigned.
    pub size: Size,
    /// The C2SP tlog-proof text.
    pub proof: String,
}

impl Dossier {
    /// Looks at an entry: `None` if the log has none at this place. The state is that of the store.
    ///
    /// # Errors
    /// If its proof cannot be made from the store, or does not hold.
    pub fn of<S: Store>(
        store: &S,
        seat: &Seat,
        state: &State,
        log: Party,
        position: Position,
    ) -> Result<Option<Self>, LoadFault> {
        let Some(entry) = state.books.newest().entry(log, position) else { return Ok(None) };
        let fault = |reason: String| LoadFault::Entry { log, position, reason };
        let stored = store.entries(log, position, 1, usize::MAX)?.pop();
        let stored = stored.ok_or_else(|| fault("is missing".to_owned()))?;
        let head = state.frontier(log).head();
        let proof = proof(store, log, position, head).map_err(fault)?;
        proof.verify(&entry.leaf, position, &head).map_err(|refused| fault(refused.to_string()))?;
        let objection = match &entry.standing {
            Standing::Sound(_) => None,
            Standing::Ineffective(_, reason) => {
                Some(ObjectionPart { reason: *reason, detail: "it has no effect".to_owned() })
            }
            Standing::Contested(contest) => {
                Some(ObjectionPart { reason: contest.reason, detail: contest.detail.clone() })
            }
        };
        Ok(Some(Self {
            log,
            origin: seat.agreement.origin(log).to_string(),
            position,
            leaf: entry.leaf,
            bytes: stored.bytes.len(),
            record: entry.record().and_then(|one| RecordPart::of(one, seat.agreement.keyring())),
            objection,
            inclusion: InclusionPart { size: head.size, root: head.root, proof },
            receipt: receipt(store, seat, state, log, position)?,
            rehearsal: seat.agreement.terms().rehearsal,
        }))
    }
}

impl RecordPart {
    fn of(record: &Verified<Record>, keyring: &Keyring) -> Option<Self> {
        let signer = record.signer();
        Some(Self {
            id: record.id(),
            kind: record.get().kind(),
            party: signer.party,
            role: signer.role,
            key: signer.kid,
            algorithm: keyring.get(signer.kid)?.key.algorithm(),
            signed_at: record.signed_at(),
            says: record.get().clone(),
        })
    }
}

/// By the first cosigned checkpoint that covers the entry, so that it is the same for ever.
fn receipt<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    log: Party,
    position: Position,
) -> Result<Option<ReceiptPart>, LoadFault> {
    let Some((size, time)) = state.books.newest().receipt(log, position) else { return Ok(None) };
    let found = store.cosignatures_above(log, Size(size.0.saturating_sub(1)), 1)?;
    let Some(note) = found.into_iter().find(|note| note.size == size) else { return Ok(None) };
    let fault = |reason: String| LoadFault::Note { log, what: "cosignature", size, reason };
    let (author, mirror) =
        (&seat.agreement.identity(log).log, &seat.agreement.identity(log.other()).mirror);
    let cosigned = mirror.open(author, &note.note).map_err(|refused| fault(refused.to_string()))?;
    if cosigned.time() != time {
        return Err(fault(format!("it is of {}, its entanglement of {time}", cosigned.time())));
    }
    let head = cosigned.checkpoint().head();
    let Some(leaf) = state.books.newest().entry(log, position).map(|entry| entry.leaf) else {
        return Ok(None);
    };
    let proof = proof(store, log, position, head).map_err(fault)?;
    let receipt = Receipt::new(leaf, position, proof, cosigned)
        .map_err(|refused| fault(refused.to_string()))?;
    Ok(Some(ReceiptPart { time, size, proof: receipt.text() }))
}

fn proof<S: Store>(
    store: &S,
    log: Party,
    position: Position,
    head: TreeHead,
) -> Result<InclusionProof, String> {
    inclusion_proof(&LogNodes::new(store, log), position, head.size)
        .map_err(|refused| refused.to_string())
}
