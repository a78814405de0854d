//! Why bytes are no envelope: one variant for each refusal, with the byte at fault.

use super::header::HeaderError;
use crate::cbor::Refusal;
use crate::limits::RECORD_BYTES_MAX;

/// A byte string of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The protected header.
    Protected,
    /// The payload.
    Payload,
    /// The signature.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Protected => "protected header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why bytes are no envelope. Offsets count from the first byte of the envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Longer than any record; nothing of it was read.
    #[error("{len} bytes, and a record has at most {RECORD_BYTES_MAX}")]
    TooLong {
        /// Length in bytes.
        len: usize,
    },
    /// The first byte is not tag 18.
    #[error("byte 0: not tagged as COSE_Sign1 (tag 18)")]
    Untagged,
    /// Not an array of four below the tag.
    #[error("byte {offset}: not an array of four")]
    Array {
        /// Where the array should begin.
        offset: usize,
    },
    /// Something other than a byte string.
    #[error("byte {offset}: the {part} is not a byte string")]
    NotBytes {
        /// Which part.
        part: Part,
        /// Where the byte string should begin.
        offset: usize,
    },
    /// A byte string whose length is indefinite, or not written in its shortest form.
    #[error("byte {offset}: the length of the {part} is not in its shortest definite form")]
    Length {
        /// Which part.
        part: Part,
        /// Where the byte string begins.
        offset: usize,
    },
    /// The bytes end before the envelope does.
    #[error("byte {offset}: the envelope ends too early")]
    Truncated {
        /// How many bytes there are.
        offset: usize,
    },
    /// An empty protected header, which RFC 9052 allows and we do not: it names no algorithm.
    #[error("byte {offset}: the protected header is empty")]
    ProtectedEmpty {
        /// Where the byte string begins.
        offset: usize,
    },
    /// Something in the unprotected header, which no signature covers.
    #[error("byte {offset}: the unprotected header is not an empty map")]
    Unprotected {
        /// Where the map begins.
        offset: usize,
    },
    /// A detached payload: a record carries its own.
    #[error("byte {offset}: the payload is detached (null); a record carries it inline")]
    Detached {
        /// Where the null stands.
        offset: usize,
    },
    /// A signature that is not 64 bytes long.
    #[error("byte {offset}: the signature has {len} bytes, not 64")]
    SignatureLength {
        /// Where the byte string begins.
        offset: usize,
        /// Its length.
        len: usize,
    },
    /// Bytes after the envelope.
    #[error("byte {offset}: something follows the envelope")]
    Trailing {
        /// Where it begins.
        offset: usize,
    },
    /// Not deterministic CBOR of our profile.
    #[error(transparent)]
    Scan(#[from] Refusal),
    /// The protected header was refused; its own offsets count from `offset`.
    #[error("byte {offset}: {cause}")]
    Header {
        /// Where the content of the protected byte string begins.
        offset: usize,
        /// Why.
        cause: HeaderError,
    },
    /// Read without fault, but this envelope is written otherwise.
    #[error("byte {offset} is not how this envelope is written")]
    NotCanonical {
        /// Offset of the first byte that differs.
        offset: usize,
    },
}
