//! Every reason to refuse one certificate for what it says, whoever issued it.

use crate::envelope::KeyRefused;
use crate::limits::{CERTIFICATE_BYTES_MAX, RSA_BITS_MAX, RSA_BITS_MIN};

/// Why a certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefused {
    /// More bytes than the bound.
    #[error("a certificate has at most {CERTIFICATE_BYTES_MAX} bytes; this has {bytes}")]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// Not the DER of an X.509 certificate.
    #[error("this is no X.509 certificate in DER")]
    NotACertificate,
    /// Bytes follow the certificate.
    #[error("{bytes} bytes follow the certificate")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// A version before 3, which knows no extensions (RFC 5280 section 4.1.2.1).
    #[error("the certificate is not of X.509 version 3")]
    Version,
    /// An extension that cannot be read; skipping it would hide what it restricts.
    #[error("extension {oid} is malformed")]
    MalformedExtension {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// An extension that stands there twice (RFC 5280 section 4.2).
    #[error("extension {oid} stands there twice")]
    RepeatedExtension {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// A critical extension that this profile does not know (RFC 5280 section 4.2).
    #[error("critical extension {oid} is not known here")]
    UnknownCritical {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// A certificate that may issue others, where one that may not is wanted.
    #[error("this is the certificate of a certification authority")]
    IsAuthority,
    /// The opposite: a certificate that may not issue others, where an authority is wanted.
    #[error("this is not the certificate of a certification authority")]
    NotAnAuthority,
    /// No keyUsage, so that its key might be for anything.
    #[error("the certificate has no keyUsage")]
    NoKeyUsage,
    /// A keyUsage without digitalSignature.
    #[error("keyUsage lacks digitalSignature")]
    NotForSigning,
    /// A keyUsage with keyCertSign or cRLSign.
    #[error("keyUsage allows the signing of certificates or of revocation lists")]
    SignsCertificates,
    /// No URI among the names.
    #[error("subjectAltName holds no URI urn:entente:<party>:<role>")]
    NoName,
    /// More than one URI, so that it could pass for two.
    #[error("subjectAltName holds more than one URI")]
    SeveralNames,
    /// A URI of another form.
    #[error("{uri:?} is not urn:entente:<party>:<role>")]
    BadName {
        /// What it is; at most 80 characters of it.
        uri: String,
    },
    /// A certificate of the TLS role, where that of a signer is wanted.
    #[error("this certificate is for TLS and signs no records")]
    NotForRecords,
    /// A certificate of another role, where that of TLS is wanted.
    #[error("this certificate is for {role} and not for TLS")]
    NotForTls {
        /// The role that it names.
        role: String,
    },
    /// No extended key usage, which path checks take for "any".
    #[error("the certificate has no extended key usage")]
    NoExtendedKeyUsage,
    /// A public key of another algorithm, Ed25519 with parameters (RFC 8410 section 3), or another
    /// curve than P-256 by its name (RFC 5480 section 2.1.1).
    #[error("the public key is neither Ed25519 (RFC 8410) nor on P-256 by name (RFC 5480)")]
    NotARecordKey,
    /// A public key that is refused on entry.
    #[error("the public key is refused: {0}")]
    Key(#[from] KeyRefused),
    /// A validity that begins before 1970.
    #[error("the validity begins before 1970")]
    BeforeEpoch,
    /// A validity that ends before it begins.
    #[error("the validity ends before it begins")]
    NeverValid,
    /// A serial number that is not positive, or longer than 20 bytes (RFC 5280 section 4.1.2.2):
    /// revocation goes by it.
    #[error("the serial number is not a positive number of at most 20 bytes")]
    SerialNumber,
    /// A signature by an algorithm that is not allowed here: SHA-1, MD5, DSA, RSA-PSS and others.
    #[error("the certificate is signed by {oid}, which is not allowed")]
    SignatureAlgorithm {
        /// Which algorithm, as dotted numbers.
        oid: String,
    },
    /// Parameters beside a signature algorithm that has none.
    #[error("the algorithm of the signature carries parameters that it must not have")]
    SignatureParameters,
    /// The algorithm that is signed is another than the one beside the signature (RFC 5280 section
    /// 4.1.1.2).
    #[error("the certificate names two different signature algorithms")]
    SignatureAlgorithms,
    /// A unique identifier, which no certificate may have (RFC 5280 section 4.1.2.8).
    #[error("the certificate has a unique identifier of its issuer or subject")]
    UniqueIdentifier,
    /// No issuer's name (RFC 5280 section 4.1.2.4).
    #[error("the certificate does not name its issuer")]
    NoIssuer,
    /// An authority without a name (RFC 5280 section 4.1.2.6): nothing could be issued under it.
    #[error("the authority has no distinguished name")]
    NoSubject,
    /// A public key that is not fit for use here.
    #[error("the public key is refused: {0}")]
    Unfit(#[from] KeyUnfit),
    /// basicConstraints with a path length where no path can follow (RFC 5280 section 4.2.1.9).
    #[error("basicConstraints gives a path length to what is no authority")]
    PathLengthOfEnd,
    /// An authority whose basicConstraints is not critical (RFC 5280 section 4.2.1.9).
    #[error("basicConstraints of the authority is not critical")]
    ConstraintsNotCritical,
    /// An authority whose key may not sign certificates; path checks pass over it.
    #[error("keyUsage of the authority lacks keyCertSign")]
    NoCertSign,
    /// Name constraints in what is no authority (RFC 5280 section 4.2.1.10).
    #[error("nameConstraints stands in the certificate of what is no authority")]
    NameConstraintsOfEnd,
    /// Name constraints of a form that is not judged here, so that nothing would pass them.
    #[error("nameConstraints restricts other names than DNS names and IP addresses")]
    NameConstraintForm,
    /// Policies that are marked critical: policies are not processed here (RFC 5280 section 6.1).
    #[error("certificatePolicies is critical; policies are not judged here")]
    CriticalPolicies,
    /// Rules about policies, which are not processed here, critical or not.
    #[error("extension {oid} sets rules for policies, which are not judged here")]
    PolicyRules {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// A key purpose that would be any purpose.
    #[error("the extended key usage allows any purpose")]
    AnyPurpose,
    /// A key purpose beside those of a TLS end: its key could be used for something else.
    #[error("the extended key usage names {oid}, which a TLS end has no use for")]
    ForeignPurpose {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// No serverAuth where a server is wanted.
    #[error("the extended key usage lacks serverAuth")]
    NotForServers,
    /// No clientAuth where a client is wanted.
    #[error("the extended key usage lacks clientAuth")]
    NotForClients,
    /// A record signer's certificate with a purpose of TLS.
    #[error("the certificate of a record signer is for TLS as well")]
    SignerForTls,
    /// A TLS end without a DNS name.
    #[error("subjectAltName holds no DNS name")]
    NoDnsName,
    /// A DNS name that stands for many.
    #[error("subjectAltName holds a DNS name with an asterisk")]
    Wildcard,
    /// A name that cannot be read.
    #[error("subjectAltName holds a name that cannot be read")]
    MalformedName,
}

/// Why a public key is not fit for use here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyUnfit {
    /// Another algorithm than ECDSA, Ed25519 and RSA.
    #[error("keys of the algorithm {oid} are not allowed")]
    Algorithm {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// Parameters that the algorithm does not have, or none where it has some.
    #[error("its algorithm carries the wrong parameters")]
    Parameters,
    /// Another curve than P-256 and P-384.
    #[error("the curve {oid} is not allowed; P-256 and P-384 are")]
    Curve {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// A point that is not written in its one uncompressed form (RFC 5480 section 2.2).
    #[error("its point is not written uncompressed, in full length")]
    Point,
    /// An Ed25519 key that is refused on entry.
    #[error(transparent)]
    Ed25519(#[from] KeyRefused),
    /// An RSA key that cannot be read.
    #[error("the RSA key cannot be read")]
    Rsa,
    /// An RSA key with a short modulus.
    #[error("the RSA key has {bits} bits; at least {RSA_BITS_MIN} are wanted")]
    RsaTooShort {
        /// How many it has.
        bits: usize,
    },
    /// An RSA key with a modulus beyond what is verified here.
    #[error("the RSA key has {bits} bits; at most {RSA_BITS_MAX} are verified")]
    RsaTooLong {
        /// How many it has.
        bits: usize,
    },
    /// An RSA modulus that is even, and no product of two odd primes.
    #[error("the RSA modulus is even")]
    RsaModulus,
    /// An RSA exponent that is even, below 65537, or beyond 33 bits.
    #[error("the RSA exponent is not an odd number from 65537 to 33 bits")]
    RsaExponent,
}
