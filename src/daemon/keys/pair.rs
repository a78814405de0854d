//! A key pair whose private half this process holds.

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};

use crate::envelope::{Ed25519Key, Esp256Key, KeyRefused, PublicKey, low_s};

/// A private key in the memory of this process. Nothing shows it.
pub(super) enum Pair {
    /// EdDSA over edwards25519.
    Ed25519(Box<Ed25519KeyPair>),
    /// ECDSA over P-256 with SHA-256, and the randomness that each signature takes.
    Esp256(Box<EcdsaKeyPair>, SystemRandom),
}

/// Why bytes are no key pair. It holds nothing of them.
pub(super) enum NotAPair {
    /// Neither Ed25519 nor P-256 in PKCS#8.
    Unknown,
    /// The public half is refused on entry.
    Public(KeyRefused),
}

impl Pair {
    /// Reads a key in PKCS#8 (RFC 5958): its algorithm is the one that it names itself.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<(Self, PublicKey), NotAPair> {
        // "Maybe unchecked": OpenSSL leaves the public half out (PKCS#8 version 1), so that there
        // is nothing to check it against; where it stands there, it is checked.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            let public = Ed25519Key::from_bytes(pair.public_key().as_ref());
            let public = public.map_err(NotAPair::Public)?;
            return Ok((Self::Ed25519(Box::new(pair)), public.into()));
        }
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random);
        let pair = pair.map_err(|_| NotAPair::Unknown)?;
        let public = Esp256Key::from_bytes(pair.public_key().as_ref());
        let public = public.map_err(NotAPair::Public)?;
        Ok((Self::Esp256(Box::new(pair), random), public.into()))
    }

    /// Signs; nothing if the system gives no randomness.
    pub(super) fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        match self {
            Self::Ed25519(pair) => pair.sign(message).as_ref().try_into().ok(),
            Self::Esp256(pair, random) => {
                let signature = pair.sign(random, message).ok()?;
                Some(low_s(signature.as_ref().try_into().ok()?))
            }
        }
    }
}
