//! The protected header of a record: who signed what, for whom, when, and with which key.
//!
//! There is one header, with the same six labels in every record (RFC 9052 section 3.1, RFC 9597
//! for the claims, RFC 9596 for the type, RFC 9360 for the thumbprint). It holds nothing that the
//! keyring does not check or the record floor does not use.

use super::algorithm::Algorithm;
use crate::cbor::{CborError, decode, encode};
use crate::limits;
use crate::names::{Hash, KeyId, SubmissionId, Timestamp};

/// The one `typ` of records: it keeps a signature on a record apart from one on anything else.
pub const RECORD_TYPE: &str = "application/entente-record+cose";

/// Labels that a reader must understand: the claims and the type, whose loss would change what the
/// signature says. Labels below 8 are not listed (RFC 9052 section 3.1).
const CRITICAL: [u64; 2] = [15, 16];

/// SHA-256 in the COSE algorithm registry (RFC 9054).
const SHA_256: i64 = -16;

int_map! {
    /// What the signer claims (RFC 8392 section 3.1), under header label 15.
    pub struct Claims {
        /// Issuer: the URI of the signer's party, as its certificate has it; 1 to 255 bytes.
        1 => iss: String,
        /// Subject: the case, or what else the record is about; 1 to 128 bytes.
        2 => sub: String,
        /// Audience: the founding agreement, so that no record fits another; 1 to 255 bytes.
        3 => aud: String,
        /// When the author signed, in UTC seconds.
        6 => iat: Timestamp,
        /// Which submission the record was made from.
        7 => cti: SubmissionId,
    }
}

int_map! {
    /// The header map as it is written, before its values are judged.
    #[expect(unreachable_pub, reason = "the macro makes public structs; this one stays here")]
    pub struct HeaderMap {
        /// alg
        1 => alg: i64,
        /// crit
        2 => crit: Vec<u64>,
        /// kid
        4 => kid: KeyId,
        /// CWT claims
        15 => claims: Claims,
        /// typ
        16 => typ: String,
        /// x5t
        34 => x5t: (i64, Hash),
    }
}

/// Why a protected header was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not deterministic CBOR, or not the map with exactly these labels. Offsets count from the
    /// first byte of the header.
    #[error("protected header: {0}")]
    Structure(#[from] CborError),
    /// An algorithm that has no name here.
    #[error("signature algorithm {0} is not known")]
    UnknownAlgorithm(i64),
    /// Another list of critical labels than [15, 16], in this order.
    #[error("the critical labels are not exactly 15 and 16")]
    Critical,
    /// Another type: whatever was signed, it was not a record.
    #[error("the type is not {RECORD_TYPE}")]
    Type,
    /// A thumbprint by another algorithm than SHA-256.
    #[error("the certificate thumbprint is by algorithm {0}, not SHA-256 (-16)")]
    ThumbprintAlgorithm(i64),
    /// An issuer that is empty or too long.
    #[error("the issuer has {0} bytes; 1 to {max} are allowed", max = limits::ISSUER_BYTES_MAX)]
    Issuer(usize),
    /// A subject that is empty or too long.
    #[error("the subject has {0} bytes; 1 to {max} are allowed", max = limits::SUBJECT_BYTES_MAX)]
    Subject(usize),
    /// An audience that is empty or too long.
    #[error("the audience has {0} bytes; 1 to {max} are allowed", max = limits::AUDIENCE_BYTES_MAX)]
    Audience(usize),
}

/// A protected header whose every value was judged; `crit` and `typ` are constants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    algorithm: Algorithm,
    kid: KeyId,
    claims: Claims,
    thumbprint: Hash,
}

impl Header {
    /// Makes the header of a record that is to be signed with the key `kid`, whose certificate has
    /// the SHA-256 `thumbprint`.
    ///
    /// # Errors
    /// A claim is empty or too long.
    pub fn new(
        algorithm: Algorithm,
        kid: KeyId,
        claims: Claims,
        thumbprint: Hash,
    ) -> Result<Self, HeaderError> {
        let Claims { iss, sub, aud, .. } = &claims;
        if iss.is_empty() || iss.len() > limits::ISSUER_BYTES_MAX {
            return Err(HeaderError::Issuer(iss.len()));
        }
        if sub.is_empty() || sub.len() > limits::SUBJECT_BYTES_MAX {
            return Err(HeaderError::Subject(sub.len()));
        }
        if aud.is_empty() || aud.len() > limits::AUDIENCE_BYTES_MAX {
            return Err(HeaderError::Audience(aud.len()));
        }
        Ok(Self { algorithm, kid, claims, thumbprint })
    }

    /// Reads a header from the content of the protected byte string, along the strict road.
    ///
    /// # Errors
    /// The first reason found.
    pub(super) fn from_protected(bytes: &[u8]) -> Result<Self, HeaderError> {
        let map: HeaderMap = decode(bytes, limits::HEADER_BYTES_MAX)?;
        if map.typ != RECORD_TYPE {
            return Err(HeaderError::Type);
        }
        if map.crit != CRITICAL {
            return Err(HeaderError::Critical);
        }
        let algorithm =
            Algorithm::from_code(map.alg).ok_or(HeaderError::UnknownAlgorithm(map.alg))?;
        let (hash, thumbprint) = map.x5t;
        if hash != SHA_256 {
            return Err(HeaderError::ThumbprintAlgorithm(hash));
        }
        Self::new(algorithm, map.kid, map.claims, thumbprint)
    }

    /// The content of the protected byte string.
    pub(super) fn to_protected(&self) -> Vec<u8> {
        encode(&HeaderMap {
            alg: self.algorithm.code(),
            crit: CRITICAL.to_vec(),
            kid: self.kid,
            claims: self.claims.clone(),
            typ: RECORD_TYPE.to_owned(),
            x5t: (SHA_256, self.thumbprint),
        })
    }

    /// The algorithm that the message names; the keyring decides whether it is the key's.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that the message says it was signed with.
    #[must_use]
    pub const fn kid(&self) -> KeyId {
        self.kid
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// SHA-256 of the signer's certificate in DER (RFC 9360 section 2).
    #[must_use]
    pub const fn thumbprint(&self) -> Hash {
        self.thumbprint
    }
}

#[cfg(test)]
mod tests;
