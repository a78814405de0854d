//! COSE_Sign1, tagged, with its payload inline (RFC 9052 section 4.2): the form of every record.
//!
//! An [`Envelope`] is well-formed and no more: nobody has yet asked whether its signer may speak.
//! Only [`Keyring::check`](super::Keyring::check) answers that, with a value of another type.

use std::collections::BTreeMap;

use super::error::EnvelopeError;
use super::header::Header;
use super::walk::{TAG, Walked};
use crate::cbor::{Bytes, Profile, encode, scan};
use crate::limits::RECORD_BYTES_MAX;
use crate::names::{RecordId, sha256};

/// Bytes of an Ed25519 signature, or of an ESP256 one.
pub(super) const SIGNATURE_BYTES: usize = 64;

/// A well-formed COSE_Sign1 whose signature and signer are unchecked.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    bytes: Vec<u8>,
    header: Header,
    protected: Vec<u8>,
    payload: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
}

impl Envelope {
    /// Reads an envelope from outside: at most 16 KiB, exactly one written form.
    ///
    /// The walk over the five heads comes before the scan only so that its refusals have names; it
    /// neither recurses nor allocates. What lies inside the payload is not looked at.
    ///
    /// # Errors
    /// The first reason found, with its byte offset.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > RECORD_BYTES_MAX {
            return Err(EnvelopeError::TooLong { len: bytes.len() });
        }
        let walked = Walked::over(bytes)?;
        scan(bytes, Profile::Envelope)?;
        let header = Header::from_protected(walked.protected)
            .map_err(|cause| EnvelopeError::Header { offset: walked.protected_at, cause })?;
        let again = write(walked.protected, walked.payload, walked.signature);
        if again != bytes {
            let same = again.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
            return Err(EnvelopeError::NotCanonical { offset: same });
        }
        Ok(Self {
            bytes: again,
            header,
            protected: walked.protected.to_vec(),
            payload: walked.payload.to_vec(),
            signature: *walked.signature,
        })
    }

    /// The envelope as it came in, and as it goes into the log.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The protected header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload: the bytes of a record that nobody has read yet.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &[u8; SIGNATURE_BYTES] {
        &self.signature
    }

    /// The bytes that the signature is over, with the protected header as it came in.
    #[must_use]
    pub fn sig_structure(&self) -> Vec<u8> {
        sig_structure(&self.protected, &[], &self.payload)
    }

    /// The record's identity: SHA-256 of what is signed, so that a second signature over the same
    /// statement does not make a second record.
    #[must_use]
    pub fn record_id(&self) -> RecordId {
        RecordId::new(sha256(&self.sig_structure()))
    }
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A payload may hold commitments to personal data: no log line ever shows it.
        write!(f, "Envelope({}, {} B)", self.record_id(), self.bytes.len())
    }
}

/// A record that waits for its signature. It holds no key: whoever does signs [`Self::to_sign`].
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Draft {
    /// Puts a header on a payload.
    ///
    /// # Errors
    /// [`EnvelopeError::TooLong`] if the sealed envelope would be longer than any record may be.
    pub fn new(header: &Header, payload: Vec<u8>) -> Result<Self, EnvelopeError> {
        let draft = Self { protected: header.to_protected(), payload };
        let len = write(&draft.protected, &draft.payload, &[0; SIGNATURE_BYTES]).len();
        if len > RECORD_BYTES_MAX { Err(EnvelopeError::TooLong { len }) } else { Ok(draft) }
    }

    /// The bytes to sign.
    #[must_use]
    pub fn to_sign(&self) -> Vec<u8> {
        sig_structure(&self.protected, &[], &self.payload)
    }

    /// The identity that the record will have, whichever signature it gets.
    #[must_use]
    pub fn record_id(&self) -> RecordId {
        RecordId::new(sha256(&self.to_sign()))
    }

    /// The bytes of the envelope with this signature, which is not checked here.
    #[must_use]
    pub fn seal(self, signature: [u8; SIGNATURE_BYTES]) -> Vec<u8> {
        write(&self.protected, &self.payload, &signature)
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft({})", self.record_id())
    }
}

/// The Sig_structure of a COSE_Sign1 (RFC 9052 section 4.4). Records have no external data: their
/// context is the audience and the type, which the protected header holds.
fn sig_structure(protected: &[u8], external: &[u8], payload: &[u8]) -> Vec<u8> {
    let bytes = |part: &[u8]| Bytes(part.to_vec());
    encode(&("Signature1", bytes(protected), bytes(external), bytes(payload)))
}

/// The one written form of an envelope.
fn write(protected: &[u8], payload: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> Vec<u8> {
    let bytes = |part: &[u8]| Bytes(part.to_vec());
    let unprotected = BTreeMap::<u64, u64>::new();
    let mut out = vec![TAG];
    out.extend(encode(&(bytes(protected), unprotected, bytes(payload), bytes(signature))));
    out
}

#[cfg(test)]
mod tests;
