//! What a key-event changes, and why one is not of form.

use crate::{
    envelope::{KeyringError, Role, SignerKey},
    limits::{
        COMPROMISES_PER_LOG_MAX, KEY_EVENTS_OPEN_MAX, KEY_EVENTS_PER_LOG_MAX, KEYS_PER_LOG_MAX,
    },
    names::{KeyId, Party, Position, RecordId, Timestamp},
    record::KeyStep,
    trust::CertificateRefused,
};

/// A change of a party's keys, which an approval brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyChange {
    /// The key-event.
    pub event: RecordId,
    /// Enrolled, retired or compromised.
    pub step: KeyStep,
    /// The key.
    pub key: KeyId,
    /// Since when it is compromised.
    pub since: Option<Timestamp>,
    /// Where the approval stands: the change holds from the position after it on.
    pub at: Position,
}

/// Why a key-event is not of form where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyEventFault {
    /// The certificate is not of the profile.
    #[error("the certificate cannot be enrolled: {0}")]
    Certificate(#[from] CertificateRefused),
    /// The certificate is of another party or role.
    #[error("the certificate is for {named}, not for {role} of {party}")]
    Misplaced {
        /// What the certificate says.
        named: String,
        /// What the key-event says.
        role: Role,
        /// In whose log it stands.
        party: Party,
    },
    /// The certificate had ended before the key-event was signed.
    #[error("the certificate had expired at {0}: its key could sign nothing")]
    Expired(Timestamp),
    /// The key signs checkpoints or cosignatures.
    #[error("key {0} is a log key or mirror key of the agreement; one key has one purpose")]
    Reserved(KeyId),
    /// The keyring does not have it so.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// Nobody could sign in this role any more.
    #[error(
        "key {kid} is the last valid key of this side in the role {role}; enrol its successor first"
    )]
    LastOfRole {
        /// The key.
        kid: KeyId,
        /// Its role.
        role: Role,
    },
    /// A compromise that lies in the future.
    #[error("the key is said to be compromised since {since}, and that was signed at {signed}")]
    SinceLater {
        /// Since when.
        since: Timestamp,
        /// When the author says that it signed.
        signed: Timestamp,
    },
    /// A compromise that says nothing new.
    #[error("key {kid} is compromised since {since} already; only an earlier time says more")]
    CompromisedBefore {
        /// The key.
        kid: KeyId,
        /// Since when.
        since: Timestamp,
    },
    /// Too many keys.
    #[error("a log enrols at most {KEYS_PER_LOG_MAX} keys")]
    TooMany,
    /// Too many key-events, whatever became of them.
    #[error("a log takes at most {KEY_EVENTS_PER_LOG_MAX} key-events")]
    TooManyEvents,
    /// Too many compromises.
    #[error("a log tells of at most {COMPROMISES_PER_LOG_MAX} compromises")]
    TooManyCompromises,
    /// Too many key-events that wait.
    #[error("at most {KEY_EVENTS_OPEN_MAX} key-events wait for approval; approve or reject some")]
    TooManyOpen,
    /// A field is missing; the schema refuses that first.
    #[error("the key-event lacks a field of its step")]
    Incomplete,
}

/// What a key-event comes to.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    /// A key is enrolled.
    Enrol(Box<SignerKey>),
    /// A key may not sign any more.
    Retire(KeyId),
    /// A key that is retired already is compromised, or longer than was known.
    Note(KeyId),
}
