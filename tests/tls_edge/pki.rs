//! Throw-away authorities and certificates, and a clock that stands still.

use std::sync::Arc;

use entente::names::Party;
use entente::net::tls::{PostQuantum, TlsMaterial};
use entente::trust::{self, Pinned};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::time_provider::TimeProvider;

/// 2025-11-05T14:30:00Z: within the validity of every certificate made here.
pub(crate) const NOW: u64 = 1_762_353_000;
/// 2025-06-01 and 2027-06-01: before and after it.
pub(crate) const EARLY: u64 = 1_748_736_000;
pub(crate) const LATE: u64 = 1_811_808_000;

/// The DNS name in every leaf.
pub(crate) const NAME: &str = "exchange.example";

#[derive(Debug)]
struct Fixed(u64);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.0)))
    }
}

pub(crate) fn at(seconds: u64) -> Arc<dyn TimeProvider> {
    Arc::new(Fixed(seconds))
}

/// A certificate with its key.
pub(crate) struct Leaf {
    pub(crate) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Leaf {
    /// What an end needs that shows this leaf and pins that authority.
    pub(crate) fn pinning(&self, authority: &Authority) -> TlsMaterial {
        TlsMaterial {
            chain: vec![self.certificate.clone()],
            key: rustls::crypto::ring::sign::any_supported_type(&self.key).unwrap(),
            pinned: Arc::new(Pinned::new(vec![authority.pinned()])),
            post_quantum: PostQuantum::Prefer,
        }
    }
}

pub(crate) struct Authority {
    pub(crate) certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// What its counterpart pins.
    pub(crate) fn pinned(&self) -> trust::Authority {
        trust::Authority::parse(&self.certificate).unwrap()
    }

    /// A TLS end of this party, valid over the years 2025-07 to 2026-12.
    pub(crate) fn issue(&self, party: Party) -> Leaf {
        self.issue_as(&format!("urn:entente:{party}:tls"), &BOTH)
    }

    pub(crate) fn issue_as(&self, uri: &str, purposes: &[ExtendedKeyUsagePurpose]) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf(uri, purposes).signed_by(&key, &self.issuer).unwrap().der().clone();
        Leaf { certificate, key: key.into() }
    }
}

pub(crate) const BOTH: [ExtendedKeyUsagePurpose; 2] =
    [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];

/// A leaf that nobody issued but itself.
pub(crate) fn self_signed(party: Party) -> Leaf {
    let key = KeyPair::generate().unwrap();
    let params = leaf(&format!("urn:entente:{party}:tls"), &BOTH);
    Leaf { certificate: params.self_signed(&key).unwrap().der().clone(), key: key.into() }
}

fn leaf(uri: &str, purposes: &[ExtendedKeyUsagePurpose]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2025, 7, 1);
    params.not_after = date_time_ymd(2026, 12, 31);
    params.subject_alt_names =
        vec![SanType::DnsName(NAME.try_into().unwrap()), SanType::URI(uri.try_into().unwrap())];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = purposes.to_vec();
    params
}
