//! What every certificate must keep to, whatever it is for.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, KeyUsage, ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use super::{CertificateRefused, algorithm};
use crate::danger::{Bug, planted};
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::names::{Party, Timestamp};

/// The role in the name of a certificate that speaks TLS; no record is ever signed under it.
pub(super) const TLS_ROLE: &str = "tls";

/// The longest name of a role, in bytes: more than any that an agreement would give.
const ROLE_BYTES_MAX: usize = 32;

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
        let unknown = extension.parsed_extension().unsupported();
        if extension.critical && unknown && !planted(Bug::SkipUnknownCritical) {
            broken.push(Refused::UnknownCritical { oid: oid() });
        }
        if !seen.insert(oid()) {
            broken.push(Refused::RepeatedExtension { oid: oid() });
        }
    }
    broken
}

/// Every rule of RFC 5280 that is broken, and that path checks pass over: what no certificate of a
/// TLS end, of an authority or of whatever leads from one to the other may do.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
pub(super) fn strict(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    use CertificateRefused as Refused;

    let mut broken = Vec::new();
    let serial = certificate.tbs_certificate.raw_serial();
    let negative = serial.first().is_none_or(|first| first & 0x80 != 0);
    // A zero byte that is no sign (X.690 section 8.3.2): lists would name it by other bytes.
    let padded = matches!(serial, [0, second, ..] if second & 0x80 == 0);
    let fits = !negative && !padded && serial.len() <= SERIAL_BYTES_MAX;
    if !fits || serial.iter().all(|byte| *byte == 0) {
        broken.push(Refused::SerialNumber);
    }
    let tbs = &certificate.tbs_certificate;
    broken.extend(algorithm::signature(&tbs.signature, &certificate.signature_algorithm).err());
    broken.extend(algorithm::key(certificate.public_key()).err().map(Refused::Unfit));
    if tbs.issuer_uid.is_some() || tbs.subject_uid.is_some() {
        broken.push(Refused::UniqueIdentifier);
    }
    if tbs.issuer.iter_rdn().next().is_none() {
        broken.push(Refused::NoIssuer);
    }
    for extension in certificate.extensions() {
        let oid = || extension.oid.to_id_string();
        match extension.parsed_extension() {
            ParsedExtension::CertificatePolicies(_) if extension.critical => {
                broken.push(Refused::CriticalPolicies);
            }
            ParsedExtension::PolicyMappings(_)
            | ParsedExtension::PolicyConstraints(_)
            | ParsedExtension::InhibitAnyPolicy(_) => {
                broken.push(Refused::PolicyRules { oid: oid() });
            }
            _ => {}
        }
    }
    broken
}

/// The longest serial number, in bytes of its encoding (RFC 5280 section 4.1.2.2).
const SERIAL_BYTES_MAX: usize = 20;

/// Every rule about names that is broken by what is to be an end: what it restricts, and names that
/// stand for many or that cannot be read.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
pub(super) fn end_names(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    use CertificateRefused as Refused;

    let mut broken = Vec::new();
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::NameConstraints(_) => broken.push(Refused::NameConstraintsOfEnd),
            ParsedExtension::BasicConstraints(constraints)
                if constraints.path_len_constraint.is_some() && !constraints.ca =>
            {
                broken.push(Refused::PathLengthOfEnd);
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                for name in &names.general_names {
                    match name {
                        GeneralName::Invalid(_, _) => broken.push(Refused::MalformedName),
                        GeneralName::DNSName(dns) if dns.contains('*') => {
                            broken.push(Refused::Wildcard);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
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
    if planted(Bug::SkipKeyUsage) {
        return Vec::new();
    }
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
