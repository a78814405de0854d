//! What lapses by itself, and what by a policy that was replaced.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::{PrivateKeyDer, ServerName};

use super::*;
use crate::{
    names::Party,
    net::tls::{PostQuantum, TlsMaterial, fixed_time},
    trust::{Authority, PathRefused, Pinned},
};

/// 2025-11-01 and 2026-06-01; the leaf ends in between, with the year.
const NOW: u64 = 1_761_955_200;
const LATE: u64 = 1_780_272_000;
const NAME: &str = "exchange.example";

fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2026, 1, 1);
    params
}

/// What both ends are made from: each has the other's chain.
fn material(post_quantum: PostQuantum) -> TlsMaterial {
    let (root, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = params();
    authority.distinguished_name.push(DnType::CommonName, "An authority");
    authority.not_after = date_time_ymd(2030, 1, 1);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let pinned = authority.self_signed(&root).unwrap();
    let mut leaf = params();
    leaf.subject_alt_names = vec![
        SanType::DnsName(NAME.try_into().unwrap()),
        SanType::URI("urn:entente:FRA:tls".try_into().unwrap()),
    ];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    leaf.use_authority_key_identifier_extension = true;
    let issuer = Issuer::from_params(&authority, &root);
    let chain = vec![leaf.signed_by(&key, &issuer).unwrap().der().clone()];
    let der = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let pinned = Pinned::new(vec![Authority::parse(pinned.der()).unwrap()]);
    TlsMaterial {
        chain,
        key: rustls::crypto::ring::sign::any_supported_type(&der).unwrap(),
        pinned: Arc::new(pinned),
        post_quantum,
    }
}

fn ends(material: &TlsMaterial) -> Arc<Ends> {
    Arc::new(Ends::new(material, Party::Fra, fixed_time(Timestamp::new(NOW))).unwrap())
}

fn towards(name: &'static str) -> Arc<Towards> {
    let peer_name = ServerName::try_from(name).unwrap();
    Arc::new(Towards { peers: Vec::new(), proxy: None, peer_name })
}

/// A session that was let in, with what can be replaced under it.
struct Stage {
    material: TlsMaterial,
    ends: watch::Sender<Arc<Ends>>,
    towards: watch::Sender<Arc<Towards>>,
    warrant: Warrant,
}

fn stage() -> Stage {
    let material = material(PostQuantum::Prefer);
    let (ends, seen) = watch::channel(ends(&material));
    let (towards, dialled) = watch::channel(towards(NAME));
    let warrant = Warrant {
        chain: material.chain.clone(),
        group: Some(NamedGroup::X25519),
        ends: seen,
        towards: Some(dialled),
        minute: Warrant::minute(),
    };
    Stage { material, ends, towards, warrant }
}

/// What is said of it within so many seconds.
async fn within(seconds: u64, warrant: &mut Warrant, wall: u64) -> Option<PeerRefused> {
    let lapsed = warrant.lapsed(|| Timestamp::new(wall));
    tokio::time::timeout(Duration::from_secs(seconds), lapsed).await.ok()
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_ends_under_a_session_ends_it_within_a_minute() {
    let mut stage = stage();
    assert_eq!(within(10 * WARRANT_SECONDS, &mut stage.warrant, NOW).await, None);
    // Whatever interrupts it, as every message does.
    for _ in 1..WARRANT_SECONDS {
        assert_eq!(within(1, &mut stage.warrant, LATE).await, None);
    }
    let expired = within(2, &mut stage.warrant, LATE).await;
    assert!(matches!(expired, Some(PeerRefused::Path(PathRefused::Expired { .. }))), "{expired:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_has_to_be_left_who_could_replace_anything() {
    let Stage { ends, towards, mut warrant, .. } = stage();
    drop((ends, towards));
    let expired = within(WARRANT_SECONDS + 1, &mut warrant, LATE).await;
    assert!(expired.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_the_session_no_longer_fits_ends_it_at_once() {
    let mut stage = stage();
    stage.ends.send_replace(ends(&stage.material));
    stage.towards.send_replace(towards(NAME));
    assert_eq!(within(1, &mut stage.warrant, NOW).await, None, "the same again");

    stage.towards.send_replace(towards("another.example"));
    let other = within(1, &mut stage.warrant, NOW).await;
    assert_eq!(other, Some(PeerRefused::Path(PathRefused::OtherName)));
    stage.towards.send_replace(towards(NAME));

    if cfg!(feature = "pq") {
        let strict = TlsMaterial { post_quantum: PostQuantum::Require, ..stage.material };
        stage.ends.send_replace(ends(&strict));
        let classical = within(1, &mut stage.warrant, NOW).await;
        assert_eq!(classical, Some(PeerRefused::KeyExchange { group: "X25519" }));
    }
}
