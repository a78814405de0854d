//! Keys and algorithms in words, and whether they are strong enough.

use x509_parser::{
    oid_registry::{
        OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521,
        OID_PKCS1_RSAENCRYPTION, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA256WITHRSA,
        OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256,
        OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512, OID_SIG_ED25519,
    },
    public_key::PublicKey,
    x509::{AlgorithmIdentifier, SubjectPublicKeyInfo},
};

/// A number of days, in words.
pub(super) fn days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// Algorithm and size of a key.
pub(super) fn key(key: &SubjectPublicKeyInfo<'_>) -> String {
    let algorithm = &key.algorithm.algorithm;
    if *algorithm == OID_SIG_ED25519 {
        return "Ed25519, 256 bits".to_owned();
    }
    if *algorithm == OID_PKCS1_RSAENCRYPTION {
        return match rsa_bits(key) {
            Some(bits) => format!("RSA, {bits} bits"),
            None => "RSA, unreadable".to_owned(),
        };
    }
    if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
        let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
        return match curve {
            Some(curve) if curve == OID_EC_P256 => "P-256, 256 bits".to_owned(),
            Some(curve) if curve == OID_NIST_EC_P384 => "P-384, 384 bits".to_owned(),
            Some(curve) if curve == OID_NIST_EC_P521 => "P-521, 521 bits".to_owned(),
            Some(curve) => format!("elliptic curve {curve}"),
            None => "elliptic curve without a name".to_owned(),
        };
    }
    format!("algorithm {algorithm}")
}

/// The bits of an RSA modulus.
pub(super) fn rsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    match key.parsed().ok()? {
        PublicKey::RSA(key) => Some(key.key_size()),
        PublicKey::EC(_)
        | PublicKey::DSA(_)
        | PublicKey::GostR3410(_)
        | PublicKey::GostR3410_2012(_)
        | PublicKey::Unknown(_) => None,
    }
}

/// The algorithm of a signature.
pub(super) fn signature(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = &algorithm.algorithm;
    STRONG
        .iter()
        .find(|(known, _)| known == oid)
        .map_or_else(|| format!("algorithm {oid}"), |(_, name)| (*name).to_owned())
}

/// Whether an algorithm of signatures has a digest of 256 bits or more.
pub(super) fn is_strong(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    STRONG.iter().any(|(known, _)| *known == algorithm.algorithm)
}

/// What may sign certificates and revocation lists (RFC 5758, RFC 8410, RFC 8017).
const STRONG: [(x509_parser::der_parser::oid::Oid<'static>, &str); 8] = [
    (OID_SIG_ECDSA_WITH_SHA256, "ECDSA with SHA-256"),
    (OID_SIG_ECDSA_WITH_SHA384, "ECDSA with SHA-384"),
    (OID_SIG_ECDSA_WITH_SHA512, "ECDSA with SHA-512"),
    (OID_SIG_ED25519, "Ed25519"),
    (OID_PKCS1_SHA256WITHRSA, "RSA with SHA-256"),
    (OID_PKCS1_SHA384WITHRSA, "RSA with SHA-384"),
    (OID_PKCS1_SHA512WITHRSA, "RSA with SHA-512"),
    (OID_PKCS1_RSASSAPSS, "RSASSA-PSS"),
];
