//! The certificate of a party's TLS end.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};

use super::CertificateRefused;
use super::profile::{self, TLS_ROLE, Validity};
use crate::danger::{Bug, planted};
use crate::names::Party;

/// The certificate of a party's TLS end, by the profile of this house.
///
/// The path to the pinned authority is judged by [`super::Pinned`]; here it is whose it is, and
/// what path checks pass over: a missing extended key usage, a keyUsage that does not fit, a weak
/// key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerCertificate {
    party: Party,
    validity: Validity,
}

impl PeerCertificate {
    /// Reads exactly one certificate in DER.
    ///
    /// # Errors
    /// One variant of [`CertificateRefused`] for each rule of the profile.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefused> {
        let certificate = profile::read(der)?;
        profile::first(tls_end(&certificate))?;
        let name = profile::name(&certificate)?;
        Ok(Self { party: name.party, validity: Validity::of(&certificate)? })
    }

    /// Whose end it is.
    #[must_use]
    pub const fn party(&self) -> Party {
        self.party
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }
}

/// Every rule of the profile that the certificate of a TLS end breaks, besides those of form.
pub(super) fn tls_end(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    let mut broken = profile::end_entity(certificate);
    match profile::name(certificate) {
        Ok(name) if name.role != TLS_ROLE => {
            broken.push(CertificateRefused::NotForTls { role: name.role });
        }
        Ok(_) => {}
        Err(refused) => broken.push(refused),
    }
    broken.extend(purposes(certificate));
    broken.extend(Validity::of(certificate).err());
    broken.extend(profile::strict(certificate));
    broken.extend(profile::end_names(certificate));
    if !has_dns_name(certificate) {
        broken.push(CertificateRefused::NoDnsName);
    }
    broken
}

/// Every rule about the extended key usage that is broken: it names a purpose of TLS, and no other.
/// Which of the two is wanted depends on the end, and is for the path to say.
fn purposes(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    let mut broken = Vec::new();
    if planted(Bug::SkipPurpose) {
        return broken;
    }
    let Some(usage) = certificate.extended_key_usage().ok().flatten() else {
        broken.push(CertificateRefused::NoExtendedKeyUsage);
        return broken;
    };
    let usage = usage.value;
    if usage.any {
        broken.push(CertificateRefused::AnyPurpose);
    }
    for (named, oid) in [
        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
        (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
        (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
    ] {
        if named {
            broken.push(CertificateRefused::ForeignPurpose { oid: oid.to_owned() });
        }
    }
    if let Some(other) = usage.other.first() {
        broken.push(CertificateRefused::ForeignPurpose { oid: other.to_id_string() });
    }
    broken
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
fn has_dns_name(certificate: &X509Certificate<'_>) -> bool {
    certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) => {
            names.general_names.iter().any(|name| matches!(name, GeneralName::DNSName(_)))
        }
        _ => false,
    })
}

/// The party whose TLS end this leaf certificate belongs to.
///
/// # Errors
/// As [`PeerCertificate::parse`].
pub fn peer_party(leaf: &[u8]) -> Result<Party, CertificateRefused> {
    PeerCertificate::parse(leaf).map(|certificate| certificate.party)
}
