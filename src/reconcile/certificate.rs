//! The certificate of a joint statement: one file from which anybody can check, offline and against
//! nothing but the agreement's digest, that both sides signed the same body for a week.
//!
//! For each side it holds the signed statement, and shows that it stands in its author's log under
//! a checkpoint that the author signed and the counterpart cosigned, and that this log begins with
//! exactly what the body was computed from. It does not hold the two logs: whether the figures
//! follow from the records is for whoever has them.

use crate::{
    cbor::{self, Bytes, CborError},
    envelope::{Envelope, EnvelopeError, Refusal, Verified},
    ledger::{Agreement, AgreementFault},
    limits::JOINT_CERTIFICATE_BYTES_MAX,
    names::{
        AgreementDigest, BodyDigest, KeyId, Party, PerParty, Position, RecordId, Size, Timestamp,
    },
    record::{
        self, Body, Content, Kind, LogCut, NationalTotals, Record, RecordRefused, Software, Terms,
    },
    tlog::{
        ConsistencyProof, CosignatureRefused, CosignedCheckpoint, InclusionProof, ProofRefused,
        TreeHead, leaf_hash,
    },
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
    /// When the counterpart had it: the time of the cosignature.
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

/// Why a certificate proves nothing. Each says what is wrong, and on whose side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefused {
    /// Not on the strict road.
    #[error("no certificate: {0}")]
    Cbor(#[from] CborError),
    /// Another version.
    #[error("a certificate of version {0}; this release reads version {VERSION}")]
    Version(u64),
    /// The terms are of another agreement than the one that is pinned.
    #[error("it is of the agreement {found}, and not of {pinned}")]
    OtherAgreement {
        /// What its terms give.
        found: AgreementDigest,
        /// What is pinned.
        pinned: AgreementDigest,
    },
    /// The terms have faults.
    #[error("its terms are no agreement: {0}")]
    Terms(AgreementFault),
    /// One side's part is wrong.
    #[error("{party}: {fault}")]
    Side {
        /// Whose part.
        party: Party,
        /// What is wrong.
        fault: SideFault,
    },
    /// Both sides signed, and not the same body.
    #[error("the two sides signed different bodies: GBR {gbr}, FRA {fra}")]
    BodiesDiffer {
        /// The digest of the British body.
        gbr: BodyDigest,
        /// The digest of the French body.
        fra: BodyDigest,
    },
}

/// What is wrong with one side's part of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SideFault {
    /// The statement is no envelope.
    #[error("the statement is no envelope: {0}")]
    Encoding(EnvelopeError),
    /// Its signer may not sign it, or did not.
    #[error("the statement is not signed by a key of the agreement: {0}")]
    Signature(Refusal),
    /// It is no record of form.
    #[error("the statement is no record: {0}")]
    Record(RecordRefused),
    /// It is a record of another kind.
    #[error("a weekly-statement belongs here, and this is {a}", a = .0.with_article())]
    OtherKind(Kind),
    /// Its body names another log than the agreement's.
    #[error("the body names another log of {0} than the agreement")]
    Origin(Party),
    /// The statement stands below the cut-off of its own body.
    #[error("the statement stands at {position}, below the cut-off {cut} of its own body")]
    BelowCutOff {
        /// Where it is said to stand.
        position: Position,
        /// The cut-off of its log.
        cut: Size,
    },
    /// The checkpoint is not one that author and mirror signed.
    #[error("the checkpoint is not signed by both: {0}")]
    Checkpoint(CosignatureRefused),
    /// The note holds more than the two signatures, or is written otherwise.
    #[error("the checkpoint is not in its canonical form")]
    NotCanonical,
    /// The statement is not where it is said to be.
    #[error("the statement is not in the log under the checkpoint: {0}")]
    Inclusion(ProofRefused),
    /// The log of the checkpoint does not begin with the body's cut-off.
    #[error("the log under the checkpoint does not begin with the body's cut-off: {0}")]
    Consistency(ProofRefused),
    /// The signer's certificate had ended when the counterpart got the statement.
    #[error("received at {received}, after the signer's certificate ended at {not_after}")]
    Expired {
        /// The time of the cosignature.
        received: Timestamp,
        /// The end of the certificate.
        not_after: Timestamp,
    },
}

impl JointCertificate {
    /// Puts a certificate together; nothing of it is checked yet.
    #[must_use]
    pub fn new(terms: Terms, sides: PerParty<SideEvidence>) -> Self {
        Self { version: VERSION, terms, gbr: sides.gbr, fra: sides.fra }
    }

    /// Reads a certificate from outside.
    ///
    /// # Errors
    /// If the bytes are too long or not on the strict road.
    pub fn decode(bytes: &[u8]) -> Result<Self, CertificateRefused> {
        Ok(cbor::decode(bytes, JOINT_CERTIFICATE_BYTES_MAX)?)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Checks everything that it claims, for the agreement of this digest.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self, pinned: AgreementDigest) -> Result<CheckedCertificate, CertificateRefused> {
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
        let agreement = Box::new(agreement.terms().clone());
        Ok(CheckedCertificate { agreement, digest: pinned, body, sides: PerParty { gbr, fra } })
    }
}

impl SideEvidence {
    fn check(&self, agreement: &Agreement, party: Party) -> Result<(Body, CheckedSide), SideFault> {
        let record = self.record(agreement, party)?;
        let Content::WeeklyStatement(stated) = &record.get().content else {
            return Err(SideFault::OtherKind(record.get().kind()));
        };
        let body = &stated.body;
        let (author, mirror) = (agreement.identity(party), agreement.identity(party.other()));
        let cosigned =
            mirror.mirror.open(&author.log, &self.checkpoint).map_err(SideFault::Checkpoint)?;
        if cosigned.note() != self.checkpoint {
            return Err(SideFault::NotCanonical);
        }
        self.place(agreement, party, body, &cosigned)?;
        let (received, not_after) = (cosigned.time(), record.not_after());
        if received > not_after {
            return Err(SideFault::Expired { received, not_after });
        }
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

    /// The statement as a record of its author, by the very road that an entry takes.
    fn record(&self, agreement: &Agreement, party: Party) -> Result<Verified<Record>, SideFault> {
        let envelope = Envelope::parse(&self.statement.0).map_err(SideFault::Encoding)?;
        let keyring = agreement.keyring();
        let envelope =
            keyring.check(envelope, party, self.position).map_err(SideFault::Signature)?;
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
