//! Ed25519 public keys: refused on entry if weak, then able to check signatures.
//!
//! Both parties and every auditor must agree on which signatures are good, so one rule is fixed:
//! the cofactorless equation, R compared as bytes, and S below the group order (RFC 8032 section
//! 5.1.7). The tests pin it with the published cases on which verifiers differ.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{BadSignature, KeyRefused};
use crate::cbor::Bytes;
use crate::names::{KeyId, sha256};

/// The field prime p = 2^255 - 19. Coordinates are little-endian here, as keys are.
const FIELD: [u8; 32] = ends(0xed, 0xff, 0x7f);

/// The y coordinates at which x is 0, so that these two points have no sign: 1 and p - 1.
const WITHOUT_SIGN: [[u8; 32]; 2] = [ends(1, 0, 0), ends(0xec, 0xff, 0x7f)];

/// The other y coordinates of points whose order divides the cofactor 8: 0 (order 4), and the two
/// of order 8, which are each other's negative.
const LOW_ORDER: [[u8; 32]; 3] = [
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// An Ed25519 public key that was checked on entry (RFC 8032 section 5.1.3).
///
/// In CBOR a byte string of 32 bytes, in JSON and TOML hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ed25519Key([u8; 32]);

impl Ed25519Key {
    /// Reads a key from its 32 bytes.
    ///
    /// The library verifies under whatever point it can decode. Under a point of low order one
    /// signature fits many messages and needs no private key, and a point with two written forms
    /// would be one key with two ids; RFC 8032 section 5.1.3 forbids the second but not the first,
    /// and verifiers differ on both. The bytes of y alone tell, so no curve arithmetic is done: a
    /// string that is no point at all passes here, and no signature verifies under it.
    ///
    /// # Errors
    /// The key has another length, another than its canonical form, or low order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyRefused> {
        let key: [u8; 32] = bytes.try_into().map_err(|_| KeyRefused::Length)?;
        let (y, sign) = split_sign(key);
        if y.iter().rev().ge(FIELD.iter().rev()) || (sign && WITHOUT_SIGN.contains(&y)) {
            return Err(KeyRefused::NonCanonical);
        }
        if WITHOUT_SIGN.contains(&y) || LOW_ORDER.contains(&y) {
            return Err(KeyRefused::LowOrder);
        }
        Ok(Self(key))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The id under which records name this key: the first 8 bytes of its SHA-256.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, e, f, g, h, ..] = sha256(&self.0);
        KeyId::new([a, b, c, d, e, f, g, h])
    }

    /// Checks an Ed25519 signature of 64 bytes over `message` (RFC 8032 section 5.1.7).
    ///
    /// # Errors
    /// It does not verify, or has another length.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if let Some(good) = crate::danger::quickly_verified(&self.0, message, signature) {
            return if good { Ok(()) } else { Err(BadSignature) };
        }
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &self.0)
            .verify(message, signature)
            .map_err(|_| BadSignature)
    }
}

impl std::fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ed25519Key({})", HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Ed25519Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Bytes(self.0.to_vec()).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Ed25519Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(from)?;
        Self::from_bytes(&bytes).map_err(D::Error::custom)
    }
}

/// The y coordinate of an encoded point, and whether the sign bit of x is set.
const fn split_sign(mut key: [u8; 32]) -> ([u8; 32], bool) {
    let sign = key[31] & 0x80 != 0;
    key[31] &= 0x7f;
    (key, sign)
}

/// Thirty-two bytes that are all `middle` but for the first and the last.
const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

#[cfg(test)]
mod tests;
