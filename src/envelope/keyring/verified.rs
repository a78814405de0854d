//! The proof that a keyring vouched for an envelope, carried along with what was in it.

use super::{Role, SignerKey};
use crate::envelope::Envelope;
use crate::names::{KeyId, Party, RecordId, SubmissionId, Timestamp};

/// Who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signer {
    /// The party.
    pub party: Party,
    /// In which role.
    pub role: Role,
    /// With which key.
    pub kid: KeyId,
}

/// A value that came out of an envelope with a good signature by a signer who could give it.
///
/// Nothing but [`Keyring::check`](super::Keyring::check) makes one out of nothing, so a function
/// that takes a `Verified` need not ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    inner: T,
    signer: Signer,
    id: RecordId,
    signed_at: Timestamp,
    submission: SubmissionId,
    not_after: Timestamp,
}

impl Verified<Envelope> {
    /// Vouches for an envelope. Visible to the keyring alone.
    pub(super) fn by(envelope: Envelope, kid: KeyId, key: &SignerKey) -> Self {
        let claims = envelope.header().claims();
        let (signed_at, submission) = (claims.iat, claims.cti);
        Self {
            signer: Signer { party: key.party, role: key.role, kid },
            id: envelope.record_id(),
            signed_at,
            submission,
            not_after: key.not_after,
            inner: envelope,
        }
    }
}

impl<T> Verified<T> {
    /// What was verified.
    pub const fn get(&self) -> &T {
        &self.inner
    }

    /// Gives up the proof and keeps the value.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Who signed it.
    #[must_use]
    pub const fn signer(&self) -> Signer {
        self.signer
    }

    /// The identity of the record.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// When its author says it was signed (the `iat` claim), in UTC seconds.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The submission that it was made from (the `cti` claim).
    #[must_use]
    pub const fn submission(&self) -> SubmissionId {
        self.submission
    }

    /// The last second at which its signer's certificate is valid. The ledger holds the time of
    /// receipt against it: a record that arrives later is not from a valid signer.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Reads what was verified as something better, and keeps the proof. For the record floor: `f`
    /// must derive its result from its argument and from nothing else.
    pub(crate) fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Verified<U>, E> {
        let Self { inner, signer, id, signed_at, submission, not_after } = self;
        Ok(Verified { inner: f(inner)?, signer, id, signed_at, submission, not_after })
    }
}
