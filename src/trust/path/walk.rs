//! A chain as it was sent, each certificate within its profile and in its place.

use pki_types::{CertificateDer, ServerName};
use webpki::{EndEntityCert, Error};

use super::{Link, PathRefused, Pinned, Purpose};
use crate::danger::{Bug, planted};
use crate::limits::INTERMEDIATES_MAX;
use crate::names::{Party, Timestamp};
use crate::trust::{Authority, CertificateRefused, Validity, peer, profile, signer};
use x509_parser::certificate::X509Certificate;

/// A chain in which every certificate is named as the issuer of the one before it.
pub(super) struct Walked<'a> {
    pub(super) leaf: &'a CertificateDer<'a>,
    pub(super) above: &'a [CertificateDer<'a>],
    certificate: X509Certificate<'a>,
    pub(super) intermediates: Vec<Authority>,
    pub(super) party: Party,
    pub(super) role: String,
    pub(super) validity: Validity,
}

impl<'a> Walked<'a> {
    /// Reads a chain, each certificate by its profile, and says whether they follow each other.
    pub(super) fn of(
        pinned: &Pinned,
        chain: &'a [CertificateDer<'a>],
        purpose: Purpose<'_>,
    ) -> Result<Self, PathRefused> {
        let (leaf, above) = chain.split_first().ok_or(PathRefused::NoCertificate)?;
        let above = match above.split_last() {
            // The pinned authority may come along; it is the pinned one that counts.
            Some((last, rest)) if is_pinned(pinned, last) => rest,
            Some(_) | None => above,
        };
        if above.len() > INTERMEDIATES_MAX {
            return Err(PathRefused::TooManyIntermediates { intermediates: above.len() });
        }
        let certificate = profile::read(leaf)?;
        profile::first(end(&certificate, purpose))?;
        let name = profile::name(&certificate)?;
        let validity = Validity::of(&certificate)?;
        let mut intermediates = Vec::new();
        for (number, der) in (1..).zip(above) {
            let intermediate = Authority::parse(der)
                .map_err(|source| PathRefused::Intermediate { number, source })?;
            intermediates.push(intermediate);
        }
        let (party, role) = (name.party, name.role);
        let walked = Self { leaf, above, certificate, intermediates, party, role, validity };
        walked.in_order()?;
        Ok(walked)
    }

    /// Each is named as the issuer of the one before it, and no name comes twice: webpki would have
    /// to choose between two, and goes by names.
    fn in_order(&self) -> Result<(), PathRefused> {
        let mut issuer = self.certificate.issuer().as_raw();
        let mut names = Vec::new();
        for (link, intermediate) in self.links() {
            if intermediate.subject() != issuer {
                return Err(PathRefused::OutOfOrder(link));
            }
            if names.contains(&intermediate.subject()) {
                return Err(PathRefused::RepeatedName(link));
            }
            names.push(intermediate.subject());
            issuer = intermediate.issuer();
        }
        if names.contains(&issuer) {
            return Err(PathRefused::RepeatedName(self.top()));
        }
        Ok(())
    }

    /// The intermediates, with their places, from the leaf upwards.
    fn links(&self) -> impl Iterator<Item = (Link, &Authority)> {
        (1..).map(Link::Intermediate).zip(&self.intermediates)
    }

    /// The last one that came: what a pinned authority must have issued.
    pub(super) const fn top(&self) -> Link {
        match self.intermediates.len() {
            0 => Link::Leaf,
            number => Link::Intermediate(number),
        }
    }

    /// The name of the pinned authority that must have issued the top.
    pub(super) fn top_issuer(&self) -> &[u8] {
        match self.intermediates.last() {
            Some(top) => top.issuer(),
            None => self.certificate.issuer().as_raw(),
        }
    }

    /// Whether this authority's key has signed the top.
    pub(super) fn top_is_signed_by(&self, authority: &Authority) -> bool {
        let signed = |certificate: &X509Certificate<'_>| {
            authority.has_signed(
                &certificate.signature_algorithm,
                certificate.tbs_certificate.as_ref(),
                &certificate.signature_value.data,
            )
        };
        match self.above.last() {
            Some(top) => profile::open(top).is_ok_and(|top| signed(&top)),
            None => signed(&self.certificate),
        }
    }

    /// Whether all that came is valid at a time.
    pub(super) fn valid_at(&self, at: Timestamp) -> Result<(), PathRefused> {
        valid(Link::Leaf, self.validity, at)?;
        self.links().try_for_each(|(link, one)| valid(link, one.validity(), at))
    }

    /// Whether the pinned authority is valid at a time, and whether all authorities allow such a
    /// path for such a purpose. webpki knows neither of the pinned one.
    pub(super) fn under(
        &self,
        authority: &Authority,
        purpose: Purpose<'_>,
        at: Timestamp,
    ) -> Result<(), PathRefused> {
        if !planted(Bug::SkipAuthorityValidity) {
            valid(Link::Authority, authority.validity(), at)?;
        }
        let links = self.links().chain([(Link::Authority, authority)]);
        for (below, (link, issuer)) in (0_u32..).zip(links) {
            let short = issuer.path_length().is_some_and(|allowed| below > allowed);
            if short && !planted(Bug::SkipPathLength) {
                return Err(PathRefused::PathLength(link));
            }
            let allowed = issuer.purposes().is_none_or(|allowed| match purpose {
                Purpose::TlsServer(_) => allowed.server,
                Purpose::TlsClient => allowed.client,
                Purpose::TlsEnd => allowed.server || allowed.client,
                Purpose::RecordSigner => true,
            });
            if !allowed && !planted(Bug::SkipPurpose) {
                return Err(PathRefused::Purpose(link));
            }
        }
        Ok(())
    }

    /// Whether the leaf is for this name.
    pub(super) fn is_named(&self, name: &ServerName<'_>) -> Result<(), PathRefused> {
        if planted(Bug::SkipServerName) {
            return Ok(());
        }
        EndEntityCert::try_from(self.leaf)
            .and_then(|leaf| leaf.verify_is_valid_for_subject_name(name))
            .map_err(|_| PathRefused::OtherName)
    }

    /// What the second judge says, in our own words where it is a reason of its own.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library's list grows with its releases"
    )]
    pub(super) fn second(&self, error: Error) -> PathRefused {
        match error {
            Error::NameConstraintViolation => PathRefused::NameConstraints,
            Error::CertRevoked => PathRefused::Revoked,
            // The top was verified by our own judge: it is one below.
            Error::InvalidSignatureForPublicKey
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                PathRefused::Signature(self.unsigned())
            }
            other => PathRefused::Second(other.to_string()),
        }
    }

    /// The first one that the next one has not signed.
    fn unsigned(&self) -> Link {
        let ders = std::iter::once(self.leaf).chain(self.above);
        for ((link, issuer), der) in self.links().zip(ders) {
            let signed = profile::open(der).is_ok_and(|it| {
                let message = it.tbs_certificate.as_ref();
                issuer.has_signed(&it.signature_algorithm, message, &it.signature_value.data)
            });
            if !signed {
                return match link {
                    Link::Intermediate(number) if number > 1 => {
                        Link::Intermediate(number.saturating_sub(1))
                    }
                    Link::Leaf | Link::Intermediate(_) | Link::Authority => Link::Leaf,
                };
            }
        }
        self.top()
    }
}

/// Whether this is the name and key of a pinned authority, in this certificate or another.
fn is_pinned(pinned: &Pinned, der: &[u8]) -> bool {
    Authority::parse(der).is_ok_and(|one| {
        let same = |it: &Authority| it.key() == one.key() && it.subject() == one.subject();
        pinned.authorities().iter().any(same)
    })
}

/// Every rule that the leaf breaks, for a purpose.
fn end(certificate: &X509Certificate<'_>, purpose: Purpose<'_>) -> Vec<CertificateRefused> {
    let usage = certificate.extended_key_usage().ok().flatten().map(|usage| usage.value);
    let names = |server: bool| {
        let named = usage.is_some_and(|it| if server { it.server_auth } else { it.client_auth });
        named || planted(Bug::SkipPurpose)
    };
    let mut broken = match purpose {
        Purpose::TlsServer(_) | Purpose::TlsClient | Purpose::TlsEnd => peer::tls_end(certificate),
        Purpose::RecordSigner => {
            let mut broken = signer::signer(certificate);
            broken.extend(profile::strict(certificate));
            broken.extend(profile::end_names(certificate));
            broken
        }
    };
    match purpose {
        Purpose::TlsServer(_) if !names(true) => broken.push(CertificateRefused::NotForServers),
        Purpose::TlsClient if !names(false) => broken.push(CertificateRefused::NotForClients),
        Purpose::TlsEnd if !names(true) && !names(false) => {
            broken.push(CertificateRefused::NotForClients);
        }
        Purpose::RecordSigner
            if usage.is_some_and(|it| it.any || it.server_auth || it.client_auth) =>
        {
            broken.push(CertificateRefused::SignerForTls);
        }
        Purpose::TlsServer(_) | Purpose::TlsClient | Purpose::TlsEnd | Purpose::RecordSigner => {}
    }
    broken
}

fn valid(link: Link, validity: Validity, at: Timestamp) -> Result<(), PathRefused> {
    if at < validity.not_before {
        Err(PathRefused::NotYetValid { link, at: validity.not_before })
    } else if validity.not_after < at {
        Err(PathRefused::Expired { link, at: validity.not_after })
    } else {
        Ok(())
    }
}
