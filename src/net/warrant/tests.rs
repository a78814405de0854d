use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevokedCertParams, SanType, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::{
    names::Party,
    net::tls::{PostQuantum, TlsMaterial, fixed_time},
    trust::{self, PathRefused, Pinned, RevocationList, StalePolicy},
};

/// 2025-11-05T14:30:00Z: within the validity of all that is made here.
const NOW: Timestamp = Timestamp::new(1_762_353_000);
const PEER: u64 = 7;

/// The authority of one party.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pinned: trust::Authority,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pinned = trust::Authority::parse(params.self_signed(&key).unwrap().der()).unwrap();
        Self { issuer: Issuer::new(params, key), pinned }
    }

    /// A TLS end over July 2025 to December 2026, and its key.
    fn issue(
        &self,
        party: Party,
        serial: u64,
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.serial_number = Some(serial.into());
        params.not_before = date_time_ymd(2025, 7, 1);
        params.not_after = date_time_ymd(2026, 12, 31);
        params.subject_alt_names = vec![
            SanType::DnsName("exchange.example".try_into().unwrap()),
            SanType::URI(format!("urn:entente:{party}:tls").try_into().unwrap()),
        ];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        (params.signed_by(&key, &self.issuer).unwrap().der().clone(), key.into())
    }

    fn revoking(&self, serial: u64) -> RevocationList {
        let revoked = RevokedCertParams {
            serial_number: serial.into(),
            revocation_time: date_time_ymd(2025, 10, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 11, 1),
            next_update: date_time_ymd(2025, 12, 1),
            crl_number: 1.into(),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).unwrap();
        RevocationList::load(list.der(), std::slice::from_ref(&self.pinned), NOW).unwrap()
    }
}

/// France, which judges a British peer; what it pins is replaced as by a reload.
struct World {
    british: Authority,
    french: Authority,
    chain: Vec<CertificateDer<'static>>,
    ends: watch::Sender<Arc<Ends>>,
}

impl World {
    fn new() -> Self {
        let (british, french) = (Authority::new("British CA"), Authority::new("French CA"));
        let (peer, _) = british.issue(Party::Gbr, PEER);
        let (ends, _) = watch::channel(ends(&french, pinning(&british)));
        Self { british, french, chain: vec![peer], ends }
    }

    fn warrant(&self) -> Warrant {
        Warrant::new(Some(&self.chain), self.ends.subscribe())
    }

    fn reload(&self, pinned: Pinned) {
        self.ends.send_replace(ends(&self.french, pinned));
    }

    fn revoke(&self, serial: u64) {
        let lists = vec![self.british.revoking(serial)];
        self.reload(pinning(&self.british).with_lists(lists, StalePolicy::Refuse));
    }
}

fn pinning(authority: &Authority) -> Pinned {
    Pinned::new(vec![authority.pinned.clone()])
}

fn ends(own: &Authority, pinned: Pinned) -> Arc<Ends> {
    let (certificate, key) = own.issue(Party::Fra, 1);
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let post_quantum = PostQuantum::Prefer;
    let material =
        TlsMaterial { chain: vec![certificate], key, pinned: Arc::new(pinned), post_quantum };
    Arc::new(Ends::new(&material, Party::Gbr, fixed_time(NOW)).unwrap())
}

/// Looks once whether it has lapsed, and lets the question go, as a conversation does whenever
/// something else happens first.
fn asked_at(warrant: &mut Warrant, now: Timestamp) -> Option<PeerRefused> {
    match pin!(warrant.lapsed(|| now)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(refused) => Some(refused),
        Poll::Pending => None,
    }
}

fn asked(warrant: &mut Warrant) -> Option<PeerRefused> {
    asked_at(warrant, NOW)
}

#[tokio::test(start_paused = true)]
async fn it_lapses_when_the_peers_certificate_is_revoked_and_not_when_anothers_is() {
    let world = World::new();
    let mut warrant = world.warrant();
    assert_eq!(asked(&mut warrant), None);
    world.revoke(PEER + 1);
    assert_eq!(asked(&mut warrant), None);
    world.revoke(PEER);
    assert_eq!(asked(&mut warrant), Some(PeerRefused::Path(PathRefused::Revoked)));
}

#[tokio::test(start_paused = true)]
async fn it_lapses_when_the_authority_is_replaced_and_not_while_the_old_one_stands_beside_the_new()
{
    let world = World::new();
    let mut warrant = world.warrant();
    let new = Authority::new("New British CA");
    world.reload(Pinned::new(vec![new.pinned.clone(), world.british.pinned.clone()]));
    assert_eq!(asked(&mut warrant), None);
    world.reload(pinning(&new));
    assert_eq!(asked(&mut warrant), Some(PeerRefused::Path(PathRefused::UnknownAuthority)));
}

#[tokio::test(start_paused = true)]
async fn it_is_judged_by_the_time_of_the_reload() {
    let world = World::new();
    let mut warrant = world.warrant();
    // Nothing was replaced, and the minute is not over after which it is asked anyway.
    let late = "2027-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(asked_at(&mut warrant, late), None);
    world.reload(pinning(&world.british));
    let refused = asked_at(&mut warrant, late);
    assert!(matches!(refused, Some(PeerRefused::Path(PathRefused::Expired { .. }))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_let_go_loses_nothing_and_the_newest_of_several_reloads_counts() {
    let world = World::new();
    let mut warrant = world.warrant();
    for _ in 0..3 {
        assert_eq!(asked(&mut warrant), None);
    }
    // Taken back before anybody looked.
    world.revoke(PEER);
    world.reload(pinning(&world.british));
    assert_eq!(asked(&mut warrant), None);
    // Between two questions.
    world.revoke(PEER + 1);
    world.revoke(PEER);
    assert_eq!(asked(&mut warrant), Some(PeerRefused::Path(PathRefused::Revoked)));
}

#[tokio::test(start_paused = true)]
async fn a_reload_during_the_handshake_is_not_missed() {
    let world = World::new();
    // The link holds a receiver that has looked for the last time when the handshake began.
    let receiver = world.ends.subscribe();
    world.revoke(PEER);
    let mut warrant = Warrant::new(Some(&world.chain), receiver.clone());
    assert_eq!(asked(&mut warrant), Some(PeerRefused::Path(PathRefused::Revoked)));
    // Who showed nothing has no warrant.
    let mut none = Warrant::new(None, receiver);
    assert_eq!(asked(&mut none), Some(PeerRefused::NoCertificate));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_replaced_any_more_it_never_lapses() {
    let world = World::new();
    let mut warrant = world.warrant();
    drop(world.ends);
    assert_eq!(asked(&mut warrant), None);
    assert_eq!(asked(&mut warrant), None);
}
