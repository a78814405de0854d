//! Why the keyring does not take a key in, or does not vouch for an envelope.

use crate::envelope::{Algorithm, SignatureRefused};
use crate::names::{KeyId, Party, Position, Timestamp};

/// Why a key could not be enrolled or retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The key has, or had, a place in the keyring: one key, one purpose, for ever.
    #[error("key {0} is already enrolled; a key has one party and one role, for ever")]
    AlreadyEnrolled(KeyId),
    /// The certificate ends before it begins.
    #[error("the certificate of key {0} ends before it begins")]
    Validity(KeyId),
    /// No such key.
    #[error("key {0} is not enrolled")]
    Unknown(KeyId),
    /// The key is retired already, and no later record moves that.
    #[error("key {kid} is already retired at position {at}")]
    AlreadyRetired {
        /// The key.
        kid: KeyId,
        /// Since where.
        at: Position,
    },
    /// A retirement that would reach back before the enrolment.
    #[error("key {kid} is enrolled from position {from}, and cannot be retired before it")]
    RetiredBeforeEnrolled {
        /// The key.
        kid: KeyId,
        /// The first position at which it may sign.
        from: Position,
    },
}

/// Why the keyring does not vouch for an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No key of this id was ever enrolled.
    #[error("key {0} is not enrolled")]
    UnknownKey(KeyId),
    /// The key belongs to the party in whose log the envelope does not stand.
    #[error("key {kid} is a key of {owner}, and this is not the log of {owner}")]
    OtherParty {
        /// The key.
        kid: KeyId,
        /// Whose it is.
        owner: Party,
    },
    /// The envelope stands before the key's enrolment.
    #[error("key {kid} may sign from position {from} on")]
    NotYetEnrolled {
        /// The key.
        kid: KeyId,
        /// The first position at which it may sign.
        from: Position,
    },
    /// The envelope stands at or after the key's retirement.
    #[error("key {kid} is retired since position {at}")]
    Retired {
        /// The key.
        kid: KeyId,
        /// The first position at which it may not sign any more.
        at: Position,
    },
    /// The message names another algorithm than the key's.
    #[error("the message names {named}, and its key is used with {wanted} only")]
    Algorithm {
        /// The message's.
        named: Algorithm,
        /// The key's.
        wanted: Algorithm,
    },
    /// The message names another certificate than the key's.
    #[error("the certificate thumbprint is not that of the key's certificate")]
    Thumbprint,
    /// The message names another issuer than the key's.
    #[error("the issuer is not that of the key")]
    Issuer,
    /// The message was made for another agreement.
    #[error("the audience is not this agreement")]
    Audience,
    /// Signed before the certificate was valid.
    #[error("signed at {signed}, and the certificate is valid from {not_before}")]
    NotYetValid {
        /// When the author says it signed.
        signed: Timestamp,
        /// The first second of validity.
        not_before: Timestamp,
    },
    /// Signed after the certificate had expired.
    #[error("signed at {signed}, and the certificate expired after {not_after}")]
    Expired {
        /// When the author says it signed.
        signed: Timestamp,
        /// The last second of validity.
        not_after: Timestamp,
    },
    /// The signature does not verify under the key.
    #[error("the signature does not verify under its key")]
    Signature,
    /// Of the two signatures that are equally good to ECDSA, the one with the higher s.
    #[error("the signature has a high s; only the lower one of the two is accepted")]
    HighS,
    /// A number in the signature that no signature has.
    #[error("r or s of the signature is zero or not below the group order")]
    Scalar,
}

impl From<SignatureRefused> for Refusal {
    fn from(refused: SignatureRefused) -> Self {
        match refused {
            SignatureRefused::Wrong => Self::Signature,
            SignatureRefused::HighS => Self::HighS,
            SignatureRefused::Scalar => Self::Scalar,
        }
    }
}
