//! Who signs: the scribe asks, and never sees a key.

use crate::{
    daemon::keys::{Keys, NotSigned, QuantumKeys, RecordRole},
    envelope::{PublicKey, Role},
};

/// The signing keys of one side. Only the scribe holds one.
pub trait Signatures: Send {
    /// Why nothing can be signed now, in words, if what holds the keys is away. It costs nothing to
    /// ask, and does not ask the module.
    fn away(&self) -> Option<String> {
        None
    }

    /// The public key with which records of a role are signed; `None` for roles that the daemon
    /// does not sign for.
    fn record_key(&self, role: Role) -> Option<PublicKey>;

    /// Signs a record's Sig_structure.
    ///
    /// # Errors
    /// No key is held for the role, or what holds it is away.
    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned>;

    /// Signs the text of a checkpoint of our own log.
    ///
    /// # Errors
    /// What holds the key is away.
    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned>;

    /// Signs the message of a cosignature of the counterpart's log.
    ///
    /// # Errors
    /// What holds the key is away.
    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned>;

    /// The post-quantum keys of both mirrors, if there are any.
    fn quantum(&self) -> Option<&QuantumKeys>;
}

impl Signatures for Keys {
    fn away(&self) -> Option<String> {
        Self::away(self)
    }

    fn record_key(&self, role: Role) -> Option<PublicKey> {
        record_role(role).map(|role| Self::record_key(self, role))
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        let role = record_role(role).ok_or(NotSigned::NoKey)?;
        Self::sign_record(self, role, message)
    }

    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Self::sign_checkpoint(self, message)
    }

    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Self::sign_cosignature(self, message)
    }

    fn quantum(&self) -> Option<&QuantumKeys> {
        Some(Self::quantum(self))
    }
}

/// The keys that the scribe signs with: those it began with, or the newest that took their place.
pub(super) enum Signer<K> {
    First(K),
    Newer(Box<dyn Signatures>),
}

impl<K: Signatures> Signer<K> {
    fn keys(&self) -> &dyn Signatures {
        match self {
            Self::First(keys) => keys,
            Self::Newer(keys) => keys.as_ref(),
        }
    }
}

impl<K: Signatures> Signatures for Signer<K> {
    fn away(&self) -> Option<String> {
        self.keys().away()
    }

    fn record_key(&self, role: Role) -> Option<PublicKey> {
        self.keys().record_key(role)
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.keys().sign_record(role, message)
    }

    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.keys().sign_checkpoint(message)
    }

    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.keys().sign_cosignature(message)
    }

    fn quantum(&self) -> Option<&QuantumKeys> {
        self.keys().quantum()
    }
}

/// Keys that are to take the place of others.
pub struct Successors(pub Box<dyn Signatures>);

impl std::fmt::Debug for Successors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Successors").finish_non_exhaustive()
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
