//! The certificate of a party's TLS end, and the authority that issues it.

use x509_parser::certificate::X509Certificate;

use super::profile::{self, CertificateRefused, TLS_ROLE, Validity};
use crate::names::Party;

/// The certificate of a party's TLS end, by the profile of this house.
///
/// The path to the pinned authority, the purpose and the DNS name are checked by rustls; this adds
/// whose it is, and what path checks pass over: a missing extended key usage and a keyUsage that
/// does not fit.
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
    if certificate.extended_key_usage().ok().flatten().is_none() {
        broken.push(CertificateRefused::NoExtendedKeyUsage);
    }
    broken.extend(Validity::of(certificate).err());
    broken
}

/// The party whose TLS end this leaf certificate belongs to.
///
/// # Errors
/// As [`PeerCertificate::parse`].
pub fn peer_party(leaf: &[u8]) -> Result<Party, CertificateRefused> {
    PeerCertificate::parse(leaf).map(|certificate| certificate.party)
}

/// The certificate of an authority that is pinned as the only issuer of a counterpart's TLS ends.
///
/// webpki takes a pinned certificate for a mere name and key, so that one which is no authority
/// at all, or has expired, would do; hence this check when it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority {
    validity: Validity,
}

impl Authority {
    /// Reads exactly one certificate in DER.
    ///
    /// # Errors
    /// If it is not that of an authority which may sign certificates (RFC 5280 sections 4.2.1.3
    /// and 4.2.1.9).
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefused> {
        let certificate = profile::read(der)?;
        profile::first(authority(&certificate))?;
        Ok(Self { validity: Validity::of(&certificate)? })
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }
}

/// Every rule of the profile that the certificate of an authority breaks, besides those of form.
pub(super) fn authority(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    let mut broken = Vec::new();
    let usage = certificate.key_usage().ok().flatten();
    if usage.is_none() {
        broken.push(CertificateRefused::NoKeyUsage);
    }
    if !certificate.is_ca() || usage.is_some_and(|usage| !usage.value.key_cert_sign()) {
        broken.push(CertificateRefused::NotAnAuthority);
    }
    broken.extend(Validity::of(certificate).err());
    broken
}
