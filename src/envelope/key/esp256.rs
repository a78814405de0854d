//! ESP256 public keys: ECDSA over P-256 with SHA-256 (RFC 9864, RFC 9053 section 2.1), with the
//! lower one of the two values that s can have.
//!
//! (r, s) and (r, n - s) are equally good to ECDSA, so that whoever sees one signature can make the
//! other without the key: two entries for one statement, with two leaf hashes. Only the lower s is
//! a signature here, and the refusal of the other has a name of its own.

use std::cmp::Ordering;

use data_encoding::HEXLOWER;

use super::{KeyRefused, SignatureRefused};

/// Bytes of a coordinate, and of a scalar.
const SCALAR: usize = 32;

/// The first byte of an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 0x04;

/// The field prime p of P-256, big-endian (FIPS 186-5 and SP 800-186 section 3.2.1.3).
const FIELD: [u8; SCALAR] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// The order n of the group, from the same place.
const ORDER: [u8; SCALAR] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// (n - 1) / 2: the greatest s that is low.
const HALF: [u8; SCALAR] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde,
    0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// A P-256 public key that was checked on entry, for signatures of records.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Esp256Key([u8; Self::LEN]);

impl Esp256Key {
    /// Bytes of an uncompressed point.
    pub const LEN: usize = 65;

    /// Reads a key from its uncompressed point: 04, x, y, both coordinates big-endian.
    ///
    /// The compressed and the hybrid forms write the same point otherwise, and would give one key
    /// several ids. That the point lies on the curve is not computed here: the library decodes it
    /// before each verification, and no signature verifies under one that does not.
    ///
    /// # Errors
    /// The key has another form, or a coordinate out of its range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyRefused> {
        let key: [u8; Self::LEN] = bytes.try_into().map_err(|_| KeyRefused::PointForm)?;
        let [form, coordinates @ ..] = &key;
        if *form != UNCOMPRESSED {
            return Err(KeyRefused::PointForm);
        }
        if coordinates.chunks_exact(SCALAR).any(|coordinate| coordinate >= FIELD.as_slice()) {
            return Err(KeyRefused::PointRange);
        }
        Ok(Self(key))
    }

    /// The 65 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Checks a signature r, s of twice 32 bytes (RFC 9053 section 2.1) over `message`.
    ///
    /// # Errors
    /// It does not verify, has another length, a scalar out of its range, or a high s.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureRefused> {
        if let Some(good) = crate::danger::quickly_verified(&self.0, message, signature) {
            return if good { Ok(()) } else { Err(SignatureRefused::Wrong) };
        }
        let (r, s) = signature.split_at_checked(SCALAR).ok_or(SignatureRefused::Wrong)?;
        if s.len() != SCALAR {
            return Err(SignatureRefused::Wrong);
        }
        if !is_scalar(r) || !is_scalar(s) {
            return Err(SignatureRefused::Scalar);
        }
        if s > HALF.as_slice() {
            return Err(SignatureRefused::HighS);
        }
        ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .map_err(|_| SignatureRefused::Wrong)
    }
}

impl std::fmt::Debug for Esp256Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Esp256Key({})", HEXLOWER.encode(&self.0))
    }
}

/// The signature r, s of twice 32 bytes with the lower one of the two values of s, which is the one
/// that [`Esp256Key::verify`] takes. What is no signature at all stays as it is.
#[must_use]
pub fn low_s(mut signature: [u8; 64]) -> [u8; 64] {
    let (_, s) = signature.split_at_mut(SCALAR);
    if s.iter().cmp(HALF.iter()) == Ordering::Greater && is_scalar(s) {
        let mut borrow = false;
        for (byte, order) in s.iter_mut().zip(ORDER).rev() {
            let (less, first) = order.overflowing_sub(*byte);
            let (less, second) = less.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            *byte = less;
        }
    }
    signature
}

/// Whether a big-endian number lies above zero and below the group order.
fn is_scalar(number: &[u8]) -> bool {
    number.iter().any(|byte| *byte != 0) && number < ORDER.as_slice()
}

#[cfg(test)]
mod tests;
