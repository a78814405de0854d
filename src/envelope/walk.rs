//! The walk over the five heads of an envelope: it borrows the parts and names what is wrong.
//!
//! It neither recurses nor allocates, and lets exactly one written form pass.

use super::error::{EnvelopeError, Part};
use super::sign1::SIGNATURE_BYTES;

/// Tag 18, COSE_Sign1 (RFC 9052 section 2), in its one byte.
pub(super) const TAG: u8 = 0xd2;
/// The head of an array of four.
const ARRAY_OF_FOUR: u8 = 0x84;
/// An empty map: nothing may stand outside the signature.
const EMPTY_MAP: u8 = 0xa0;
/// The null that stands for a detached payload.
const NULL: u8 = 0xf6;

/// The parts of an envelope, borrowed from its bytes.
pub(super) struct Walked<'a> {
    /// The protected header, without its head.
    pub(super) protected: &'a [u8],
    /// Where it begins.
    pub(super) protected_at: usize,
    /// The payload, without its head.
    pub(super) payload: &'a [u8],
    /// The signature.
    pub(super) signature: &'a [u8; SIGNATURE_BYTES],
}

impl<'a> Walked<'a> {
    /// Walks over the bytes of one envelope.
    pub(super) fn over(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        let mut walk = Walk { bytes, rest: bytes };
        if walk.byte()? != TAG {
            return Err(EnvelopeError::Untagged);
        }
        let offset = walk.offset();
        if walk.byte()? != ARRAY_OF_FOUR {
            return Err(EnvelopeError::Array { offset });
        }
        let offset = walk.offset();
        let protected = walk.byte_string(Part::Protected)?;
        if protected.is_empty() {
            return Err(EnvelopeError::ProtectedEmpty { offset });
        }
        let protected_at = walk.offset().saturating_sub(protected.len());
        let offset = walk.offset();
        if walk.byte()? != EMPTY_MAP {
            return Err(EnvelopeError::Unprotected { offset });
        }
        let offset = walk.offset();
        if walk.rest.first() == Some(&NULL) {
            return Err(EnvelopeError::Detached { offset });
        }
        let payload = walk.byte_string(Part::Payload)?;
        let offset = walk.offset();
        let signature = walk.byte_string(Part::Signature)?;
        let signature = signature
            .try_into()
            .map_err(|_| EnvelopeError::SignatureLength { offset, len: signature.len() })?;
        if !walk.rest.is_empty() {
            return Err(EnvelopeError::Trailing { offset: walk.offset() });
        }
        Ok(Self { protected, protected_at, payload, signature })
    }
}

/// A place in the bytes of an envelope.
struct Walk<'a> {
    bytes: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn offset(&self) -> usize {
        self.bytes.len().saturating_sub(self.rest.len())
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], EnvelopeError> {
        let truncated = EnvelopeError::Truncated { offset: self.bytes.len() };
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, EnvelopeError> {
        let truncated = EnvelopeError::Truncated { offset: self.bytes.len() };
        self.take(1)?.first().copied().ok_or(truncated)
    }

    /// Reads a byte string. Lengths of four or eight bytes exceed every record, so they are never
    /// the shortest form here.
    fn byte_string(&mut self, part: Part) -> Result<&'a [u8], EnvelopeError> {
        let offset = self.offset();
        let head = self.byte()?;
        let (len, least) = match head {
            0x40..=0x57 => (usize::from(head & 0x1f), 0),
            0x58 => (usize::from(self.byte()?), 24),
            0x59 => (usize::from(u16::from_be_bytes([self.byte()?, self.byte()?])), 256),
            0x5a..=0x5f => return Err(EnvelopeError::Length { part, offset }),
            _ => return Err(EnvelopeError::NotBytes { part, offset }),
        };
        if len < least {
            return Err(EnvelopeError::Length { part, offset });
        }
        self.take(len)
    }
}
