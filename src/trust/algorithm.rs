//! Which signature algorithms and public keys are allowed in a certificate or revocation list.
//!
//! What is not in these two lists is refused, so that nothing has to be banned by name: no SHA-1,
//! no MD5, no DSA, no curve but P-256 and P-384, no RSA below 3072 bits, no weak Ed25519 key.

use pki_types::SignatureVerificationAlgorithm;
use webpki::ring as algorithms;
use x509_parser::public_key::{PublicKey as ParsedKey, RSAPublicKey};
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::{CertificateRefused, KeyUnfit};
use crate::danger::{Bug, planted};
use crate::envelope::Ed25519Key;
use crate::limits::{RSA_BITS_MAX, RSA_BITS_MIN};

/// What certificates and revocation lists are signed with; webpki looks nowhere else.
pub(super) static ALLOWED: &[&dyn SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
];

/// ecdsa-with-SHA256 and -SHA384 (RFC 5758), Ed25519 (RFC 8410), RSA with SHA-256 and more (RFC
/// 8017).
const ECDSA: [&str; 2] = ["1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3"];
const ED25519: &str = "1.3.101.112";
const RSA: [&str; 3] = ["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13"];

/// Keys (RFC 5480, RFC 8410, RFC 8017) and curves.
const EC_KEY: &str = "1.2.840.10045.2.1";
const RSA_KEY: &str = "1.2.840.113549.1.1.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";

/// The least exponent that is taken (FIPS 186-5 section 5.1), and the bytes that ring verifies.
const RSA_EXPONENT_MIN: u64 = 65_537;
const RSA_EXPONENT_MAX: u64 = (1 << 33) - 1;

/// The kinds of key that are fit for use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    P256,
    P384,
    Ed25519,
    Rsa,
}

/// Says of the algorithm that is signed, and of the one beside the signature, whether they are one,
/// and allowed.
pub(super) fn signature(
    inner: &AlgorithmIdentifier<'_>,
    outer: &AlgorithmIdentifier<'_>,
) -> Result<(), CertificateRefused> {
    let oid = outer.algorithm.to_id_string();
    if inner != outer {
        return Err(CertificateRefused::SignatureAlgorithms);
    }
    let bare = outer.parameters.is_none();
    let null = outer.parameters.as_ref().is_some_and(is_null);
    match oid.as_str() {
        name if RSA.contains(&name) && null => Ok(()),
        name if (ECDSA.contains(&name) || name == ED25519) && bare => Ok(()),
        name if RSA.contains(&name) || ECDSA.contains(&name) || name == ED25519 => {
            Err(CertificateRefused::SignatureParameters)
        }
        _ => Err(CertificateRefused::SignatureAlgorithm { oid }),
    }
}

/// Says whether a public key is fit for use, and of what kind it is.
pub(super) fn key(key: &SubjectPublicKeyInfo<'_>) -> Result<KeyKind, KeyUnfit> {
    let oid = key.algorithm.algorithm.to_id_string();
    let bytes = key.subject_public_key.data.as_ref();
    if key.subject_public_key.unused_bits != 0 {
        return Err(KeyUnfit::Parameters);
    }
    match oid.as_str() {
        ED25519 if key.algorithm.parameters.is_some() => Err(KeyUnfit::Parameters),
        ED25519 if planted(Bug::SkipKeyStrength) => Ok(KeyKind::Ed25519),
        ED25519 => {
            Ed25519Key::from_bytes(bytes)?;
            Ok(KeyKind::Ed25519)
        }
        EC_KEY => {
            let curve = key.algorithm.parameters.as_ref().ok_or(KeyUnfit::Parameters)?;
            // The parser reads any value as numbers; only the tag tells what it is.
            if curve.tag() != x509_parser::asn1_rs::Tag::Oid {
                return Err(KeyUnfit::Parameters);
            }
            let curve = curve.as_oid().map_err(|_| KeyUnfit::Parameters)?.to_id_string();
            match curve.as_str() {
                P256 => point(bytes, 65).map(|()| KeyKind::P256),
                P384 => point(bytes, 97).map(|()| KeyKind::P384),
                _ => Err(KeyUnfit::Curve { oid: curve }),
            }
        }
        RSA_KEY => {
            if !key.algorithm.parameters.as_ref().is_some_and(is_null) {
                return Err(KeyUnfit::Parameters);
            }
            match key.parsed() {
                Ok(ParsedKey::RSA(rsa)) => self::rsa(&rsa).map(|()| KeyKind::Rsa),
                Ok(_) | Err(_) => Err(KeyUnfit::Rsa),
            }
        }
        _ => Err(KeyUnfit::Algorithm { oid }),
    }
}

/// Whether this key has signed these bytes; the algorithm has passed [`signature`].
pub(super) fn verifies(
    algorithm: &AlgorithmIdentifier<'_>,
    key: &SubjectPublicKeyInfo<'_>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Ok(kind) = self::key(key) else { return false };
    let oid = algorithm.algorithm.to_id_string();
    let [ecdsa_256, ecdsa_384] = ECDSA;
    let [rsa_256, rsa_384, rsa_512] = RSA;
    let verifier: &dyn SignatureVerificationAlgorithm = match (kind, oid.as_str()) {
        (KeyKind::P256, name) if name == ecdsa_256 => algorithms::ECDSA_P256_SHA256,
        (KeyKind::P256, name) if name == ecdsa_384 => algorithms::ECDSA_P256_SHA384,
        (KeyKind::P384, name) if name == ecdsa_256 => algorithms::ECDSA_P384_SHA256,
        (KeyKind::P384, name) if name == ecdsa_384 => algorithms::ECDSA_P384_SHA384,
        (KeyKind::Ed25519, ED25519) => algorithms::ED25519,
        (KeyKind::Rsa, name) if name == rsa_256 => algorithms::RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa, name) if name == rsa_384 => algorithms::RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa, name) if name == rsa_512 => algorithms::RSA_PKCS1_2048_8192_SHA512,
        _ => return false,
    };
    verifier.verify_signature(&key.subject_public_key.data, message, signature).is_ok()
}

fn is_null(parameters: &x509_parser::asn1_rs::Any<'_>) -> bool {
    parameters.tag() == x509_parser::asn1_rs::Tag::Null && parameters.data.is_empty()
}

fn point(bytes: &[u8], length: usize) -> Result<(), KeyUnfit> {
    if bytes.len() == length && bytes.first() == Some(&4) { Ok(()) } else { Err(KeyUnfit::Point) }
}

fn rsa(key: &RSAPublicKey<'_>) -> Result<(), KeyUnfit> {
    let negative = |bytes: &[u8]| bytes.first().is_none_or(|first| first & 0x80 != 0);
    if negative(key.modulus) || negative(key.exponent) {
        return Err(KeyUnfit::Rsa);
    }
    let bits = bits(key.modulus);
    if bits < RSA_BITS_MIN && !planted(Bug::SkipKeyStrength) {
        return Err(KeyUnfit::RsaTooShort { bits });
    }
    if bits > RSA_BITS_MAX {
        return Err(KeyUnfit::RsaTooLong { bits });
    }
    if key.modulus.last().is_none_or(|last| last & 1 == 0) {
        return Err(KeyUnfit::RsaModulus);
    }
    let exponent = key.try_exponent().map_err(|_| KeyUnfit::RsaExponent)?;
    if !(RSA_EXPONENT_MIN..=RSA_EXPONENT_MAX).contains(&exponent) || exponent & 1 == 0 {
        return Err(KeyUnfit::RsaExponent);
    }
    Ok(())
}

/// The length of a number in bits, without leading zeros.
fn bits(number: &[u8]) -> usize {
    let mut rest = number;
    while let [0, tail @ ..] = rest {
        rest = tail;
    }
    let Some(first) = rest.first() else { return 0 };
    let leading = usize::try_from(first.leading_zeros()).unwrap_or(0);
    rest.len().saturating_mul(8).saturating_sub(leading)
}
