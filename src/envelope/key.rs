//! Public keys: refused on entry if they are weak or written another way, then able to check
//! signatures.
//!
//! Logs and mirrors sign with Ed25519 alone, as C2SP has it. A record key is of either algorithm,
//! and of the same one for ever: [`PublicKey`] carries it, so that no message can choose.

mod ed25519;
mod esp256;

use crate::names::{KeyId, sha256};

use super::Algorithm;
pub use ed25519::Ed25519Key;
pub use esp256::{Esp256Key, low_s};

/// Why a public key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not 32 bytes.
    #[error("an Ed25519 public key has 32 bytes")]
    Length,
    /// Another way to write a point: y not below the field prime, or a sign where x is 0.
    #[error("this Ed25519 public key is not written in its one canonical form")]
    NonCanonical,
    /// One of the eight points of low order.
    #[error("this Ed25519 public key has low order: anybody can sign under it")]
    LowOrder,
    /// Not 65 bytes that begin with 04: a compressed or hybrid point, or the point at infinity.
    #[error("a P-256 public key is written uncompressed (SEC 1): 04, x, y, 65 bytes in all")]
    PointForm,
    /// A coordinate that is not below the field prime: a second way to write a point.
    #[error("a coordinate of this P-256 public key is not below the field prime")]
    PointRange,
}

/// A signature that does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify under this key")]
pub struct BadSignature;

/// Why the signature of a record is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    /// It does not verify under the key, or has another length.
    #[error("the signature does not verify under its key")]
    Wrong,
    /// ESP256: s lies above half the group order. Whoever sees a signature can make this one of it,
    /// without the key.
    #[error("the signature has a high s; only the lower one of the two is accepted")]
    HighS,
    /// ESP256: r or s is zero, or not below the group order.
    #[error("r or s of the signature is zero or not below the group order")]
    Scalar,
}

impl From<BadSignature> for SignatureRefused {
    fn from(_: BadSignature) -> Self {
        Self::Wrong
    }
}

/// A record key, whose algorithm is part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// EdDSA over edwards25519.
    Ed25519(Ed25519Key),
    /// ECDSA over P-256 with SHA-256.
    Esp256(Esp256Key),
}

impl PublicKey {
    /// The one algorithm that the key is used with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Esp256(_) => Algorithm::Esp256,
        }
    }

    /// The key's bytes: 32 of Ed25519 (RFC 8032 section 5.1.5), or 65 of an uncompressed P-256
    /// point (SEC 1 section 2.3.3).
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.as_bytes(),
            Self::Esp256(key) => key.as_bytes(),
        }
    }

    /// The id under which records name this key: the first 8 bytes of the SHA-256 of its bytes.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, e, f, g, h, ..] = sha256(self.as_bytes());
        KeyId::new([a, b, c, d, e, f, g, h])
    }

    /// Checks a signature of 64 bytes over `message`.
    ///
    /// # Errors
    /// One variant of [`SignatureRefused`] for each reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureRefused> {
        match self {
            Self::Ed25519(key) => Ok(key.verify(message, signature)?),
            Self::Esp256(key) => key.verify(message, signature),
        }
    }
}

impl From<Ed25519Key> for PublicKey {
    fn from(key: Ed25519Key) -> Self {
        Self::Ed25519(key)
    }
}

impl TryFrom<PublicKey> for Ed25519Key {
    type Error = PublicKey;

    /// Gives a key of the other algorithm back.
    fn try_from(key: PublicKey) -> Result<Self, PublicKey> {
        match key {
            PublicKey::Ed25519(key) => Ok(key),
            PublicKey::Esp256(_) => Err(key),
        }
    }
}

impl From<Esp256Key> for PublicKey {
    fn from(key: Esp256Key) -> Self {
        Self::Esp256(key)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ed25519(key) => std::fmt::Debug::fmt(key, f),
            Self::Esp256(key) => std::fmt::Debug::fmt(key, f),
        }
    }
}
