//! The certificate of a joint statement: one file from which anybody can check, offline and against
//! nothing but the agreement's digest, that both sides signed the same body for a week.
//!
//! For each side it holds the signed statement, and shows that it stands in its author's log under
//! a checkpoint that the author signed and the counterpart cosigned, and that this log begins with
//! exactly what the body was computed from. It does not hold the two logs: whether the figures
//! follow from the records is for whoever has them, and so is whether a side stated the week before
//! in other words, whether the receipt is the first, and whether a key was retired meanwhile.

mod coherent;
mod enrolled;
mod refused;

pub use enrolled::enrolling;
pub use refused::{BodyFault, CertificateRefused, SideFault};

use crate::{
    cbor::{self, Bytes},
    envelope::{Envelope, Verified},
    ledger::{Agreement, AgreementFault, Keybook},
    limits::JOINT_CERTIFICATE_BYTES_MAX,
    names::{AgreementDigest, Hash, KeyId, Party, PerParty, Position, RecordId, Size, Timestamp},
    record::{self, Body, Content, LogCut, NationalTotals, Record, Software, Succession, Terms},
    tlog::{ConsistencyProof, CosignedCheckpoint, InclusionProof, TreeHead, leaf_hash},
};

/// The only version so far.
const VERSION: u64 = 1;

int_map! {
    /// A certificate as it was written: a claim until [`JointCertificate::check`].
    pub struct JointCertificate as "a certificate" {
        /// 1.
        0 => version: u64,
        /// The founding terms, whole, so that it explains itself.
        1 => terms: Terms,
        /// What the United Kingdom signed.
        2 => gbr: SideEvidence,
        /// What France signed.
        3 => fra: SideEvidence,
    } optional {
        /// How the logs that it is of succeeded others; absent if they are the first.
        4 => succession: Succession,
    }
}

int_map! {
    /// One side's statement, and where it stands.
    pub struct SideEvidence as "one side of a certificate" {
        /// The envelope of its weekly statement.
        0 => statement: Bytes,
        /// Where that stands in its author's log.
        1 => position: Position,
        /// The proof that it stands there under the checkpoint.
        2 => inclusion: InclusionProof,
        /// The first checkpoint that covers it and that the counterpart cosigned: a C2SP note.
        3 => checkpoint: String,
        /// The proof that the log of the checkpoint begins with the body's cut-off.
        4 => consistency: ConsistencyProof,
    } optional {
        /// If the statement is signed with a key that was enrolled after the founding: the
        /// key-events and approvals that lead from the founding keys to it, in order.
        5 => keys: Vec<KeyEntry>,
    }
}

int_map! {
    /// A key-event, or its approval, and where it stands.
    pub struct KeyEntry as "a key entry of a certificate" {
        /// The entry.
        0 => entry: Bytes,
        /// Where it stands in the log of the statement.
        1 => position: Position,
        /// The proof that it stands there under the checkpoint.
        2 => inclusion: InclusionProof,
    }
}

/// A certificate of which every part was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCertificate {
    agreement: Box<Terms>,
    digest: AgreementDigest,
    body: Body,
    sides: PerParty<CheckedSide>,
}

/// What was checked of one side.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CheckedSide {
    /// The id of its statement.
    pub record: RecordId,
    /// Where that stands in its log.
    pub position: Position,
    /// The key that signed it.
    pub key: KeyId,
    /// When, as its author says.
    pub signed_at: Timestamp,
    /// When the counterpart had it at the latest: the time of the cosignature that is shown.
    pub received: Timestamp,
    /// The release that computed the body.
    pub software: Software,
    /// What the author's national system says, if it was asked.
    pub national: Option<NationalTotals>,
    /// How many entries the checkpoint covers.
    pub size: Size,
    /// The checkpoint with both signatures, as a C2SP note.
    pub checkpoint: String,
}

impl JointCertificate {
    /// Puts a certificate together; nothing of it is checked yet.
    #[must_use]
    pub fn new(
        terms: Terms,
        succession: Option<Succession>,
        sides: PerParty<SideEvidence>,
    ) -> Self {
        Self { version: VERSION, terms, gbr: sides.gbr, fra: sides.fra, succession }
    }

    /// Reads a certificate from outside.
    ///
    /// # Errors
    /// If the bytes are too long or not on the strict road.
    pub fn decode(bytes: &[u8]) -> Result<Self, CertificateRefused> {
        Ok(cbor::decode(bytes, JOINT_CERTIFICATE_BYTES_MAX)?)
    }

    /// The digest of the succession of the logs that it claims to be of; none: of the first ones.
    #[must_use]
    pub fn succession(&self) -> Option<Hash> {
        self.succession.as_ref().map(Succession::digest)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Checks everything that it claims, for the agreement of this digest, of its first logs.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self, pinned: AgreementDigest) -> Result<CheckedCertificate, CertificateRefused> {
        self.check_under(pinned, None)
    }

    /// The same of logs that succeeded others, if there is a succession of that digest: it names
    /// their keys.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check_under(
        self,
        pinned: AgreementDigest,
        pinned_succession: Option<Hash>,
    ) -> Result<CheckedCertificate, CertificateRefused> {
        if self.version != VERSION {
            return Err(CertificateRefused::Version(self.version));
        }
        let found = self.terms.digest();
        if found != pinned {
            return Err(CertificateRefused::OtherAgreement { found, pinned });
        }
        let agreement = Agreement::open(self.terms).map_err(|faults| {
            // An agreement that does not open has a fault to name.
            let none = || AgreementFault::Term("unreadable".to_owned());
            CertificateRefused::Terms(faults.into_iter().next().unwrap_or_else(none))
        })?;
        let agreement = over(agreement, self.succession, pinned_succession)?;
        let check = |party, side: &SideEvidence| {
            let checked = side.check(&agreement, party);
            checked.map_err(|fault| CertificateRefused::Side { party, fault })
        };
        let (body, gbr) = check(Party::Gbr, &self.gbr)?;
        let (other, fra) = check(Party::Fra, &self.fra)?;
        if body != other {
            let (gbr, fra) = (body.digest(), other.digest());
            return Err(CertificateRefused::BodiesDiffer { gbr, fra });
        }
        coherent::check(&body, agreement.terms().provisions.in_force.week())?;
        let agreement = Box::new(agreement.terms().clone());
        Ok(CheckedCertificate { agreement, digest: pinned, body, sides: PerParty { gbr, fra } })
    }
}

/// The agreement over the logs that a certificate is of.
fn over(
    agreement: Agreement,
    succession: Option<Succession>,
    pinned: Option<Hash>,
) -> Result<Agreement, CertificateRefused> {
    let found = succession.as_ref().map(Succession::digest);
    if found != pinned {
        return Err(CertificateRefused::OtherSuccession { found, pinned });
    }
    let Some(succession) = succession else { return Ok(agreement) };
    agreement.under(succession).map_err(|faults| {
        let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
        CertificateRefused::Succession(words.join("; "))
    })
}

impl SideEvidence {
    fn check(&self, agreement: &Agreement, party: Party) -> Result<(Body, CheckedSide), SideFault> {
        let record = self.record(&self.keys(agreement, party)?)?;
        let Content::WeeklyStatement(stated) = &record.get().content else {
            return Err(SideFault::OtherKind(record.get().kind()));
        };
        let body = &stated.body;
        let cosigned = self.cosigned(agreement, party)?;
        if cosigned.note() != self.checkpoint {
            return Err(SideFault::NotCanonical);
        }
        self.place(agreement, party, body, &cosigned)?;
        let received = cosigned.time();
        in_time(&record, received, body.as_of, agreement.terms().clock_bound_seconds)?;
        let side = CheckedSide {
            record: record.id(),
            position: self.position,
            key: record.signer().kid,
            signed_at: record.signed_at(),
            received,
            software: stated.software.clone(),
            national: stated.national.clone(),
            size: cosigned.checkpoint().size(),
            checkpoint: cosigned.note(),
        };
        Ok((body.clone(), side))
    }

    /// The checkpoint, as author and mirror have signed it.
    fn cosigned(
        &self,
        agreement: &Agreement,
        party: Party,
    ) -> Result<CosignedCheckpoint, SideFault> {
        let (author, mirror) = (agreement.identity(party), agreement.identity(party.other()));
        mirror.mirror.open(&author.log, &self.checkpoint).map_err(SideFault::Checkpoint)
    }

    /// The statement as a record of its author, by the very road that an entry takes.
    fn record(&self, keys: &Keybook) -> Result<Verified<Record>, SideFault> {
        let envelope = Envelope::parse(&self.statement.0).map_err(SideFault::Encoding)?;
        let envelope = keys.check(envelope, self.position).map_err(SideFault::Signature)?;
        record::read(envelope).map_err(SideFault::Record)
    }

    /// Where the statement stands, and what stands before it.
    fn place(
        &self,
        agreement: &Agreement,
        party: Party,
        body: &Body,
        cosigned: &CosignedCheckpoint,
    ) -> Result<(), SideFault> {
        for (party, cut) in [(Party::Gbr, &body.gbr), (Party::Fra, &body.fra)] {
            if cut.origin != agreement.origin(party).as_str() {
                return Err(SideFault::Origin(party));
            }
        }
        let cut = match party {
            Party::Gbr => &body.gbr,
            Party::Fra => &body.fra,
        };
        // A body is computed before it is stated.
        if cut.size.covers(self.position) {
            return Err(SideFault::BelowCutOff { position: self.position, cut: cut.size });
        }
        let (head, leaf) = (cosigned.checkpoint().head(), leaf_hash(&self.statement.0));
        self.inclusion.verify(&leaf, self.position, &head).map_err(SideFault::Inclusion)?;
        self.consistency.verify(&head_of(cut), &head).map_err(SideFault::Consistency)
    }
}

/// Whether a statement was signed and received in an order that honest clocks can show.
fn in_time(
    record: &Verified<Record>,
    received: Timestamp,
    as_of: Timestamp,
    bound: u64,
) -> Result<(), SideFault> {
    let (signed_at, not_after) = (record.signed_at(), record.not_after());
    if received > not_after {
        return Err(SideFault::Expired { received, not_after });
    }
    // Each side closes a week after its end by its own clock, and needs both closes before it
    // states the week or has a statement of it to cosign.
    if signed_at < as_of {
        return Err(SideFault::SignedEarly { signed_at, as_of });
    }
    if received < as_of {
        return Err(SideFault::ReceivedEarly { received, as_of });
    }
    if received.plus(bound) < signed_at {
        return Err(SideFault::ReceivedBeforeSigned { received, signed_at, bound });
    }
    Ok(())
}

const fn head_of(cut: &LogCut) -> TreeHead {
    TreeHead { size: cut.size, root: cut.root }
}

impl CheckedCertificate {
    /// The terms of the agreement.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.agreement
    }

    /// The digest of the agreement.
    #[must_use]
    pub const fn agreement(&self) -> AgreementDigest {
        self.digest
    }

    /// The body that both signed.
    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// What was checked of each side.
    #[must_use]
    pub const fn sides(&self) -> &PerParty<CheckedSide> {
        &self.sides
    }
}

#[cfg(test)]
pub(crate) mod tests;
