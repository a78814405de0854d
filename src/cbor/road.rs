//! The one road for bytes from outside, and the way back.

use serde::{Serialize, de::DeserializeOwned};

use super::scan::{Profile, Refusal, scan};

/// Why bytes were refused on the strict road.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// Longer than this place allows; nothing of it was read.
    #[error("{len} bytes, and at most {cap} are allowed here")]
    TooLong {
        /// Length in bytes.
        len: usize,
        /// The cap in bytes.
        cap: usize,
    },
    /// Not deterministic CBOR of our profile.
    #[error(transparent)]
    Scan(#[from] Refusal),
    /// Well-formed, but not the structure that belongs here.
    #[error("not the expected structure near byte {offset}: {reason}")]
    Structure {
        /// Byte offset at which the codec stopped.
        offset: u64,
        /// What the codec said.
        reason: String,
    },
    /// Decoded, but the value is written otherwise: the first byte that differs is named.
    #[error("byte {offset} is not how this value is written")]
    NotCanonical {
        /// Offset of the first byte that differs.
        offset: usize,
    },
}

/// Takes bytes from outside along the strict road: cap, scan, decode, re-encode and compare.
///
/// # Errors
/// The first reason found, with its byte offset.
pub fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8], cap: usize) -> Result<T, CborError> {
    if bytes.len() > cap {
        return Err(CborError::TooLong { len: bytes.len(), cap });
    }
    scan(bytes, Profile::Payload)?;
    let value: T = serde_cbor::from_slice(bytes).map_err(|error| CborError::Structure {
        offset: error.offset(),
        reason: error.to_string(),
    })?;
    let again = encode(&value);
    if again == bytes {
        return Ok(value);
    }
    let same = again.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
    Err(CborError::NotCanonical { offset: same })
}

/// Writes a value of ours as CBOR.
#[must_use]
#[expect(clippy::expect_used, reason = "writing to a Vec cannot fail and no type of ours refuses")]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_cbor::to_vec(value).expect("our own types always have a CBOR form")
}
