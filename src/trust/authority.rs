//! The certificate of an authority: one that is pinned, or one on the way to it.

use pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::profile::{self, Validity};
use super::{CertificateRefused, algorithm};
use crate::danger::{Bug, planted};
use crate::names::{Hash, sha256};

/// How many characters of an authority's distinguished name are shown.
const NAME_CHARACTERS_MAX: usize = 128;

/// The certificate of an authority, by the profile of this house.
///
/// webpki takes a pinned certificate for a mere name and key, and passes over the keyUsage of every
/// authority, so that one which is no authority at all, or has expired, would do; hence this check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    der: CertificateDer<'static>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    name: String,
    key: Hash,
    key_info: Vec<u8>,
    validity: Validity,
    path_length: Option<u32>,
    signs_lists: bool,
    purposes: Option<Purposes>,
}

/// What an authority's extended key usage restricts its certificates to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purposes {
    pub(super) server: bool,
    pub(super) client: bool,
}

impl Authority {
    /// Reads exactly one certificate in DER.
    ///
    /// # Errors
    /// If it is not that of an authority which may sign certificates (RFC 5280 sections 4.2.1.3
    /// and 4.2.1.9), or breaks another rule of the profile.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefused> {
        let certificate = profile::read(der)?;
        profile::first(authority(&certificate))?;
        let constraints = certificate.basic_constraints().ok().flatten();
        let usage = certificate.key_usage().ok().flatten();
        let purposes = certificate.extended_key_usage().ok().flatten().map(|usage| Purposes {
            server: usage.value.any || usage.value.server_auth,
            client: usage.value.any || usage.value.client_auth,
        });
        let name = certificate.subject().to_string();
        Ok(Self {
            subject: certificate.subject().as_raw().to_vec(),
            issuer: certificate.issuer().as_raw().to_vec(),
            name: name.chars().filter(|it| !it.is_control()).take(NAME_CHARACTERS_MAX).collect(),
            key: Hash::new(sha256(certificate.public_key().raw)),
            key_info: certificate.public_key().raw.to_vec(),
            validity: Validity::of(&certificate)?,
            path_length: constraints.and_then(|it| it.value.path_len_constraint),
            signs_lists: usage.is_some_and(|usage| usage.value.crl_sign()),
            purposes,
            der: CertificateDer::from(der.to_vec()),
        })
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// Its distinguished name, for people; at most 128 characters of it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its public key (SubjectPublicKeyInfo): which generation of the authority it is,
    /// whatever its name.
    #[must_use]
    pub const fn key(&self) -> Hash {
        self.key
    }

    /// Its DER.
    #[must_use]
    pub const fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    pub(super) fn subject(&self) -> &[u8] {
        &self.subject
    }

    pub(super) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    pub(super) const fn path_length(&self) -> Option<u32> {
        self.path_length
    }

    pub(super) const fn signs_lists(&self) -> bool {
        self.signs_lists
    }

    pub(super) const fn purposes(&self) -> Option<Purposes> {
        self.purposes
    }

    /// Whether its key has signed what an algorithm and a signature stand beside.
    pub(super) fn has_signed(
        &self,
        algorithm: &x509_parser::x509::AlgorithmIdentifier<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let key = SubjectPublicKeyInfo::from_der(&self.key_info);
        key.is_ok_and(|(_, key)| algorithm::verifies(algorithm, &key, message, signature))
    }
}

/// Every rule of the profile that the certificate of an authority breaks, besides those of form.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
pub(super) fn authority(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    use CertificateRefused as Refused;

    let mut broken = Vec::new();
    let usage = certificate.key_usage().ok().flatten();
    let skip = planted(Bug::SkipKeyUsage);
    if usage.is_none() && !skip {
        broken.push(Refused::NoKeyUsage);
    }
    if !certificate.is_ca() {
        broken.push(Refused::NotAnAuthority);
    }
    if usage.is_some_and(|usage| !usage.value.key_cert_sign()) && !skip {
        broken.push(Refused::NoCertSign);
    }
    broken.extend(Validity::of(certificate).err());
    broken.extend(profile::strict(certificate));
    if certificate.subject().iter_rdn().next().is_none() {
        broken.push(Refused::NoSubject);
    }
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(_) if !extension.critical => {
                broken.push(Refused::ConstraintsNotCritical);
            }
            ParsedExtension::NameConstraints(constraints) => {
                let subtrees = constraints.permitted_subtrees.iter().flatten();
                let mut subtrees = subtrees.chain(constraints.excluded_subtrees.iter().flatten());
                let judged = |name: &GeneralName<'_>| {
                    matches!(name, GeneralName::DNSName(_) | GeneralName::IPAddress(_))
                };
                if subtrees.any(|subtree| !judged(&subtree.base)) {
                    broken.push(Refused::NameConstraintForm);
                }
            }
            _ => {}
        }
    }
    broken
}
