//! Who signs: the scribe asks, and never sees a key.

use crate::{
    daemon::keys::{Keys, RecordRole},
    envelope::{PublicKey, Role},
};

/// The signing keys of one side. Only the scribe holds one.
pub trait Signatures: Send {
    /// The public key with which records of a role are signed; `None` for roles that the daemon
    /// does not sign for.
    fn record_key(&self, role: Role) -> Option<PublicKey>;

    /// Signs a record's Sig_structure.
    fn sign_record(&self, role: Role, message: &[u8]) -> Option<[u8; 64]>;

    /// Signs the text of a checkpoint of our own log.
    fn sign_checkpoint(&self, message: &[u8]) -> [u8; 64];

    /// Signs the message of a cosignature of the counterpart's log.
    fn sign_cosignature(&self, message: &[u8]) -> [u8; 64];
}

impl Signatures for Keys {
    fn record_key(&self, role: Role) -> Option<PublicKey> {
        record_role(role).map(|role| Self::record_key(self, role))
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Option<[u8; 64]> {
        record_role(role).map(|role| Self::sign_record(self, role, message))
    }

    fn sign_checkpoint(&self, message: &[u8]) -> [u8; 64] {
        Self::sign_checkpoint(self, message)
    }

    fn sign_cosignature(&self, message: &[u8]) -> [u8; 64] {
        Self::sign_cosignature(self, message)
    }
}

/// An officer's key is never in the daemon's hands.
const fn record_role(role: Role) -> Option<RecordRole> {
    match role {
        Role::Caseworker => Some(RecordRole::Caseworker),
        Role::Ledger => Some(RecordRole::Ledger),
        Role::Officer => None,
    }
}
