//! Why a certificate is refused: each reason by its own name.

use super::VERSION;
use crate::{
    cbor::CborError,
    envelope::{EnvelopeError, Refusal},
    ledger::AgreementFault,
    limits::CERTIFICATE_KEY_ENTRIES_MAX,
    names::{AgreementDigest, BodyDigest, Hash, Party, Position, Size, Timestamp, Week},
    record::{Kind, RecordRefused},
    tlog::{CosignatureRefused, ProofRefused},
};

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
    /// It is of other logs than those that are relied on.
    #[error(
        "it is of logs {found}, and not of logs {pinned}",
        found = named(.found.as_ref()), pinned = named(.pinned.as_ref())
    )]
    OtherSuccession {
        /// The digest of its succession; nothing if it is of the first logs.
        found: Option<Hash>,
        /// What is pinned.
        pinned: Option<Hash>,
    },
    /// Its succession has faults.
    #[error("its logs succeed no others: {0}")]
    Succession(String),
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
    /// The body that both signed contradicts itself or the terms.
    #[error("the body that both signed does not hold: {0}")]
    Body(#[from] BodyFault),
}

/// What is wrong with one side's part of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SideFault {
    /// No entries, or too many, where the statement's key was enrolled.
    #[error("{0} entries are shown about its key; 1 to {CERTIFICATE_KEY_ENTRIES_MAX} can be")]
    KeyEntries(usize),
    /// What is shown of the key's enrolment does not hold.
    #[error("the entry {position}, about its key: {reason}")]
    KeyEntry {
        /// Where it is said to stand.
        position: Position,
        /// What is wrong with it.
        reason: String,
    },
    /// The statement is no envelope.
    #[error("the statement is no envelope: {0}")]
    Encoding(EnvelopeError),
    /// Its signer may not sign it, or did not.
    #[error(
        "the statement is not signed by a key of the agreement, or one shown to be enrolled: {0}"
    )]
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
    /// Signed before the week was over.
    #[error("signed at {signed_at}, before the end of the body's week at {as_of}")]
    SignedEarly {
        /// The time of the signature, by its author.
        signed_at: Timestamp,
        /// The week's end, by the body.
        as_of: Timestamp,
    },
    /// Received before the week was over.
    #[error("received at {received}, before the end of the body's week at {as_of}")]
    ReceivedEarly {
        /// The time of the cosignature.
        received: Timestamp,
        /// The week's end, by the body.
        as_of: Timestamp,
    },
    /// Received before it was signed, by more than the terms let two clocks differ.
    #[error("received at {received}, more than {bound} seconds before it was signed, {signed_at}")]
    ReceivedBeforeSigned {
        /// The time of the cosignature.
        received: Timestamp,
        /// The time of the signature, by its author.
        signed_at: Timestamp,
        /// By how many seconds two clocks may differ.
        bound: u64,
    },
}

impl SideFault {
    /// Whether it is in what the two sides signed and when: no store can do anything about it.
    #[must_use]
    pub const fn is_of_time(&self) -> bool {
        match self {
            Self::Expired { .. }
            | Self::SignedEarly { .. }
            | Self::ReceivedEarly { .. }
            | Self::ReceivedBeforeSigned { .. } => true,
            Self::KeyEntries(_)
            | Self::KeyEntry { .. }
            | Self::Encoding(_)
            | Self::Signature(_)
            | Self::Record(_)
            | Self::OtherKind(_)
            | Self::Origin(_)
            | Self::BelowCutOff { .. }
            | Self::Checkpoint(_)
            | Self::NotCanonical
            | Self::Inclusion(_)
            | Self::Consistency(_) => false,
        }
    }
}

/// In what a body contradicts itself or the terms: no rules give such a body from any two logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// Bodies are counted from 1.
    #[error("its number is 0, and the first is 1")]
    NumberZero,
    /// The first body has none before it.
    #[error("it is number 1, and names a body before it")]
    FirstWithPrevious,
    /// Every later one has.
    #[error("it is number {number}, and names no body before it")]
    LaterWithoutPrevious {
        /// Its number.
        number: u64,
    },
    /// There is no body for a week in which the agreement was not in force.
    #[error("it is of {week}, and the agreement entered into force in {first}")]
    BeforeForce {
        /// Its week.
        week: Week,
        /// The first week.
        first: Week,
    },
    /// Numbers have no gap, so that each week has one number.
    #[error("it is number {number} of {week}, whose number is {due}")]
    OtherNumber {
        /// Its number.
        number: u64,
        /// Its week.
        week: Week,
        /// The number of this week.
        due: u64,
    },
    /// It is as of another time than its week's end.
    #[error("it is as of {as_of}, and {week} ends at {end}")]
    OtherEnd {
        /// The time.
        as_of: Timestamp,
        /// Its week.
        week: Week,
        /// The end of that.
        end: Timestamp,
    },
    /// Opening and movements do not give the closing.
    #[error(
        "persons {direction}, {figure}: opening {opening} + {counted} - {uncounted} is not \
         closing {closing}"
    )]
    Sum {
        /// Returned or admitted.
        direction: &'static str,
        /// Agreed, or by which side.
        figure: &'static str,
        /// The opening.
        opening: u64,
        /// All that came.
        counted: u128,
        /// All that went.
        uncounted: u128,
        /// The closing.
        closing: u64,
    },
}

/// Which logs, in words.
fn named(succession: Option<&Hash>) -> String {
    succession.map_or_else(
        || "that succeeded none".to_owned(),
        |digest| format!("of the succession {digest}"),
    )
}
