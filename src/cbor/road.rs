//! The one road for bytes from outside, and the way back.

use serde::{Serialize, de::DeserializeOwned};

use super::scan::{Profile, Refusal, last_head_before, scan};

/// Bytes of a codec's message that are kept: a few lines of a log.
const REASON_BYTES_MAX: usize = 240;

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
        /// Byte offset of the last head that the codec read before it stopped: for a wrong type or
        /// an unknown field the head at fault, for a missing field the last head of its map.
        offset: usize,
        /// What the codec said, without any text that it quotes from the bytes.
        reason: String,
    },
    /// Decoded, but we write this value otherwise: the codec was lenient where we are not.
    #[error("byte {offset} is not how this value is written")]
    NotCanonical {
        /// Offset of the first byte that differs.
        offset: usize,
    },
}

/// Takes bytes from outside along the strict road: cap, scan, decode, re-encode and compare.
///
/// What comes back is the one value that is written as these bytes, so that equal values have equal
/// bytes and the other way round. `cap` is the greatest length allowed in this place, in bytes.
///
/// # Errors
/// The first reason found, with its byte offset. Nothing is read of bytes beyond `cap`.
pub fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8], cap: usize) -> Result<T, CborError> {
    if bytes.len() > cap {
        return Err(CborError::TooLong { len: bytes.len(), cap });
    }
    scan(bytes, Profile::Payload)?;
    let mut codec = serde_cbor::Deserializer::from_slice(bytes);
    let read = T::deserialize(&mut codec);
    let value = read.map_err(|error| CborError::Structure {
        offset: last_head_before(bytes, codec.byte_offset()),
        reason: without_quotes(&error.to_string()),
    })?;
    // A type that reads what it cannot write is refused like any other lenience, without a panic.
    let again = serde_cbor::to_vec(&value).unwrap_or_default();
    if again == bytes {
        return Ok(value);
    }
    let same = again.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
    Err(CborError::NotCanonical { offset: same })
}

/// Writes a value of ours as CBOR.
///
/// Only for types whose form is within [`Profile::Payload`]: debug builds, and so all tests, check
/// that it is.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let bytes = to_compare(value);
    debug_assert_eq!(scan(&bytes, Profile::Payload), Ok(()), "{}", std::any::type_name::<T>());
    bytes
}

/// Writes a value of ours so that equal values have equal bytes, and others have others: in CBOR of
/// whatever profile. What is written so is compared, and never sent or stored.
#[must_use]
#[expect(clippy::expect_used, reason = "writing to a Vec cannot fail and no type of ours refuses")]
pub fn to_compare<T: Serialize>(value: &T) -> Vec<u8> {
    serde_cbor::to_vec(value).expect("our own types always have a CBOR form")
}

/// A codec's message without what it quotes: that comes from outside, may be a person's name, and
/// would otherwise stand in journals and on the wire.
fn without_quotes(message: &str) -> String {
    let mut kept = String::new();
    let mut quoted = false;
    let mut escaped = false;
    for letter in message.chars() {
        if kept.len() >= REASON_BYTES_MAX {
            break;
        }
        match letter {
            '"' if !escaped => {
                quoted = !quoted;
                kept.push('"');
            }
            _ if !quoted => kept.push(letter),
            _ => {}
        }
        escaped = quoted && letter == '\\' && !escaped;
    }
    kept
}
