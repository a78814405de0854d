//! From a checked envelope to a checked record.

use super::{FormFault, Kind, ObjectionReason, Record};
use crate::{
    envelope::{Envelope, Role, Verified},
    names::{CaseRef, Party},
};

/// Why a signed payload is not a record that may stand in this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefused {
    /// The payload is not of form.
    #[error(transparent)]
    Form(#[from] FormFault),
    /// Signed by the wrong party.
    #[error("{a} is never signed by {party}", a = .kind.with_article())]
    Party {
        /// The kind.
        kind: Kind,
        /// Who signed.
        party: Party,
    },
    /// Signed in the wrong role.
    #[error("{a} is signed in the role {wanted}, not {role}", a = .kind.with_article())]
    Role {
        /// The kind.
        kind: Kind,
        /// The role that signs it.
        wanted: Role,
        /// The role of the key that signed.
        role: Role,
    },
    /// The header's subject is another than the payload's.
    #[error("the header's `sub` is not {wanted}")]
    Subject {
        /// What it should be.
        wanted: String,
    },
}

impl RecordRefused {
    /// The code under which a mirror objects to such an entry.
    #[must_use]
    pub const fn reason(&self) -> ObjectionReason {
        match self {
            Self::Form(FormFault::Commitment { .. }) => ObjectionReason::Commitment,
            Self::Form(_) | Self::Subject { .. } => ObjectionReason::Schema,
            Self::Party { .. } | Self::Role { .. } => ObjectionReason::Signer,
        }
    }
}

/// The `sub` claim of a record: its kind, and its reference where it has one.
#[must_use]
pub fn subject(kind: Kind, case: Option<&CaseRef>) -> String {
    case.map_or_else(|| kind.name().to_owned(), |case| format!("{kind}:{case}"))
}

/// Reads the record in a checked envelope: strict payload, form, author, role, subject.
///
/// # Errors
/// The first rule that it breaks.
pub fn read(envelope: Verified<Envelope>) -> Result<Verified<Record>, RecordRefused> {
    let signer = envelope.signer();
    envelope.try_map(|envelope| {
        let record = Record::decode(envelope.payload())?;
        let kind = record.kind();
        let shape = kind.shape();
        if let Some(kind) = record.foreign(signer.party) {
            return Err(RecordRefused::Party { kind, party: signer.party });
        }
        if shape.role != signer.role {
            return Err(RecordRefused::Role { kind, wanted: shape.role, role: signer.role });
        }
        record.check_case(signer.party)?;
        let wanted = subject(kind, record.case.as_ref());
        if envelope.header().claims().sub != wanted {
            return Err(RecordRefused::Subject { wanted });
        }
        Ok(record)
    })
}
