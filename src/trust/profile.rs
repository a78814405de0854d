//! What every certificate must keep to, whatever it is for; and every reason to refuse one.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, KeyUsage, ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use crate::envelope::KeyRefused;
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::names::{Party, Timestamp};

/// The role in the name of a certificate that speaks TLS; no record is ever signed under it.
pub(super) const TLS_ROLE: &str = "tls";

/// The longest name of a role, in bytes: more than any that an agreement would give.
const ROLE_BYTES_MAX: usize = 32;

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
    /// A public key of another algorithm, or Ed25519 with parameters (RFC 8410 section 3).
    #[error("the public key is not Ed25519 (RFC 8410)")]
    NotEd25519,
    /// A public key that is refused on entry.
    #[error("the public key is refused: {0}")]
    Key(#[from] KeyRefused),
    /// A validity that begins before 1970.
    #[error("the validity begins before 1970")]
    BeforeEpoch,
    /// A validity that ends before it begins.
    #[error("the validity ends before it begins")]
    NeverValid,
}

/// From when to when a certificate is valid, both ends included (RFC 5280 section 4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: Timestamp,
    /// The last second.
    pub not_after: Timestamp,
}

impl Validity {
    /// Whether this second lies within.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    pub(super) fn of(certificate: &X509Certificate<'_>) -> Result<Self, CertificateRefused> {
        let validity = Self {
            not_before: second(certificate.validity().not_before)?,
            not_after: second(certificate.validity().not_after)?,
        };
        if validity.not_before <= validity.not_after {
            Ok(validity)
        } else {
            Err(CertificateRefused::NeverValid)
        }
    }
}

/// Whose certificate it is and what for: the URI of its subjectAltName, taken apart.
pub(super) struct Name {
    pub(super) party: Party,
    pub(super) role: String,
}

/// Reads one certificate and refuses what no profile allows.
pub(super) fn read(der: &[u8]) -> Result<X509Certificate<'_>, CertificateRefused> {
    let certificate = open(der)?;
    first(form(&certificate))?;
    Ok(certificate)
}

/// Reads exactly one certificate, whatever it says.
pub(super) fn open(der: &[u8]) -> Result<X509Certificate<'_>, CertificateRefused> {
    use CertificateRefused as Refused;

    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(Refused::TooLong { bytes: der.len() });
    }
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_| Refused::NotACertificate)?;
    if !rest.is_empty() {
        return Err(Refused::TrailingBytes { bytes: rest.len() });
    }
    Ok(certificate)
}

/// Refuses with the first rule that is broken, if one is. Whoever inspects takes the whole list.
pub(super) fn first(broken: Vec<CertificateRefused>) -> Result<(), CertificateRefused> {
    broken.into_iter().next().map_or(Ok(()), Err)
}

/// Every rule of form that a certificate breaks, whatever it is for.
pub(super) fn form(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    use CertificateRefused as Refused;

    let mut broken = Vec::new();
    if certificate.version() != X509Version::V3 {
        broken.push(Refused::Version);
    }
    // The accessors of x509-parser answer "none" for some extensions that they cannot read (a
    // basicConstraints that is garbage is "not a CA"), so every one is looked at here first.
    let mut seen = std::collections::BTreeSet::new();
    for extension in certificate.extensions() {
        let oid = || extension.oid.to_id_string();
        if extension.parsed_extension().error().is_some() {
            broken.push(Refused::MalformedExtension { oid: oid() });
        }
        if extension.critical && extension.parsed_extension().unsupported() {
            broken.push(Refused::UnknownCritical { oid: oid() });
        }
        if !seen.insert(oid()) {
            broken.push(Refused::RepeatedExtension { oid: oid() });
        }
    }
    broken
}

/// Every rule that is broken by a certificate which is to be an end entity's, whose key signs, and
/// signs no certificates.
pub(super) fn end_entity(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    let mut broken = Vec::new();
    if certificate.is_ca() {
        broken.push(CertificateRefused::IsAuthority);
    }
    broken.extend(signing(certificate.key_usage().ok().flatten().map(|usage| usage.value)));
    broken
}

/// Every rule that the keyUsage of a key which signs, and signs no certificates, breaks.
pub(super) fn signing(usage: Option<&KeyUsage>) -> Vec<CertificateRefused> {
    let Some(usage) = usage else { return vec![CertificateRefused::NoKeyUsage] };
    let mut broken = Vec::new();
    if !usage.digital_signature() {
        broken.push(CertificateRefused::NotForSigning);
    }
    if usage.key_cert_sign() || usage.crl_sign() {
        broken.push(CertificateRefused::SignsCertificates);
    }
    broken
}

/// The one URI of the subjectAltName; DNS and other names may stand beside it.
pub(super) fn name(certificate: &X509Certificate<'_>) -> Result<Name, CertificateRefused> {
    name_among(certificate.extensions().iter().map(X509Extension::parsed_extension))
}

/// The same, of extensions that are certified or only asked for.
pub(super) fn name_among<'e>(
    extensions: impl Iterator<Item = &'e ParsedExtension<'e>>,
) -> Result<Name, CertificateRefused> {
    let mut uris = Vec::new();
    for extension in extensions {
        let ParsedExtension::SubjectAlternativeName(names) = extension else { continue };
        for name in &names.general_names {
            if let GeneralName::URI(uri) = name {
                uris.push(*uri);
            }
        }
    }
    match uris.as_slice() {
        [] => Err(CertificateRefused::NoName),
        [uri] => parse_uri(uri)
            .ok_or_else(|| CertificateRefused::BadName { uri: uri.chars().take(80).collect() }),
        _ => Err(CertificateRefused::SeveralNames),
    }
}

fn parse_uri(uri: &str) -> Option<Name> {
    let (party, role) = uri.strip_prefix("urn:entente:")?.split_once(':')?;
    let role_ok = (1..=ROLE_BYTES_MAX).contains(&role.len())
        && role.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    role_ok.then_some(Name { party: party.parse().ok()?, role: role.to_owned() })
}

fn second(time: ASN1Time) -> Result<Timestamp, CertificateRefused> {
    u64::try_from(time.timestamp()).map(Timestamp::new).map_err(|_| CertificateRefused::BeforeEpoch)
}
