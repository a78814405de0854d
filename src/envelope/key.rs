//! Ed25519 public keys: refused on entry if weak, then able to check signatures.

/// Why a public key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not 32 bytes.
    #[error("an Ed25519 public key has 32 bytes")]
    Length,
}

/// A signature that does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify under this key")]
pub struct BadSignature;

/// An Ed25519 public key that was checked on entry (RFC 8032 section 5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads a key from its 32 bytes.
    ///
    /// # Errors
    /// If the key is not acceptable.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyRefused> {
        bytes.try_into().map(Self).map_err(|_| KeyRefused::Length)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// If it does not verify.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &self.0)
            .verify(message, signature)
            .map_err(|_| BadSignature)
    }
}
