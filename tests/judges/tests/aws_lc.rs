//! X25519MLKEM768 against aws-lc-rs, which has ML-KEM and X25519 of its own: both directions, our
//! own configurations, and real client certificates.

use std::sync::Arc;

use entente::names::Party;
use entente::net::tls::{ALPN, PostQuantum, certificates, client_config, server_config};
use entente_judges::{Talked, World, clock, dns_name, key, meet};
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::WebPkiClientVerifier;
use rustls::version::TLS13;
use rustls::{ClientConfig, NamedGroup, RootCertStore, ServerConfig};

type Groups<'a> = &'a [&'static dyn SupportedKxGroup];

fn provider(groups: Groups<'_>) -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider { kx_groups: groups.to_vec(), ..aws_lc_rs::default_provider() })
}

fn anchors(world: &World, party: Party) -> Arc<RootCertStore> {
    let mut anchors = RootCertStore::empty();
    for authority in certificates(&world.file(party, "ca-cert.pem")).unwrap() {
        anchors.add(authority).unwrap();
    }
    Arc::new(anchors)
}

/// The United Kingdom, by aws-lc-rs.
fn dialler(world: &World, groups: Groups<'_>) -> Arc<ClientConfig> {
    let chain = certificates(&world.file(Party::Gbr, "tls-cert.pem")).unwrap();
    let mut config = ClientConfig::builder_with_details(provider(groups), clock())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(anchors(world, Party::Fra))
        .with_client_auth_cert(chain, key(&world.file(Party::Gbr, "tls-key.pem")))
        .unwrap();
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::in_memory_sessions(8);
    Arc::new(config)
}

/// France, by aws-lc-rs.
fn listener(world: &World, groups: Groups<'_>) -> Arc<ServerConfig> {
    let chain = certificates(&world.file(Party::Fra, "tls-cert.pem")).unwrap();
    let provider = provider(groups);
    let anchors = anchors(world, Party::Gbr);
    let verifier = WebPkiClientVerifier::builder_with_provider(anchors, Arc::clone(&provider));
    let mut config = ServerConfig::builder_with_details(provider, clock())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain, key(&world.file(Party::Fra, "tls-key.pem")))
        .unwrap();
    config.alpn_protocols = vec![ALPN.to_vec()];
    Arc::new(config)
}

#[track_caller]
fn agreed((listener, dialler): (std::io::Result<Talked>, std::io::Result<Talked>)) -> Talked {
    let (listener, dialler) = (listener.unwrap(), dialler.unwrap());
    assert_eq!(listener, dialler);
    dialler
}

const POLICIES: [PostQuantum; 2] = [PostQuantum::Prefer, PostQuantum::Require];

#[test]
fn it_dials_us() {
    let world = World::new();
    for policy in POLICIES {
        let ours = server_config(&world.material(Party::Fra, policy), Party::Gbr, clock()).unwrap();
        let theirs = dialler(&world, &[kx_group::X25519MLKEM768]);
        for _ in 0..8 {
            let met = meet(Arc::clone(&ours), Arc::clone(&theirs), &dns_name(Party::Fra));
            let talked = agreed(met);
            assert_eq!(talked.group, "X25519MLKEM768");
            assert_eq!(talked.suite, "TLS13_AES_256_GCM_SHA384");
            // It would resume; we never let it.
            assert_eq!(talked.kind, "Full");
        }
    }
}

#[test]
fn we_dial_it() {
    let world = World::new();
    for policy in POLICIES {
        let ours = client_config(&world.material(Party::Gbr, policy), Party::Fra, clock()).unwrap();
        let theirs = listener(&world, &[kx_group::X25519MLKEM768]);
        for _ in 0..8 {
            let met = meet(Arc::clone(&theirs), Arc::clone(&ours), &dns_name(Party::Fra));
            let talked = agreed(met);
            assert_eq!((talked.group.as_str(), talked.kind.as_str()), ("X25519MLKEM768", "Full"));
        }
    }
}

#[test]
fn either_is_asked_again_if_its_first_share_is_another() {
    let world = World::new();
    let required = PostQuantum::Require;
    let ours = server_config(&world.material(Party::Fra, required), Party::Gbr, clock()).unwrap();
    let theirs = dialler(&world, &[kx_group::X25519, kx_group::X25519MLKEM768]);
    let talked = agreed(meet(ours, theirs, &dns_name(Party::Fra)));
    assert_eq!(talked.group, "X25519MLKEM768");
    assert_eq!(talked.kind, "FullWithHelloRetryRequest");

    let ours = client_config(&world.material(Party::Gbr, PostQuantum::Prefer), Party::Fra, clock())
        .unwrap();
    let theirs = listener(&world, &[kx_group::SECP256R1]);
    let talked = agreed(meet(theirs, ours, &dns_name(Party::Fra)));
    assert_eq!(talked.group, "secp256r1");
    assert_eq!(talked.kind, "FullWithHelloRetryRequest");
}

#[test]
fn its_classical_ends_meet_our_classical_half_and_no_end_that_requires_more() {
    let world = World::new();
    let classical = &[kx_group::X25519];
    let material = |party, policy| world.material(party, policy);
    for policy in [PostQuantum::Prefer, PostQuantum::Off] {
        let ours = client_config(&material(Party::Gbr, policy), Party::Fra, clock()).unwrap();
        let talked = agreed(meet(listener(&world, classical), ours, &dns_name(Party::Fra)));
        assert_eq!((talked.group.as_str(), talked.kind.as_str()), ("X25519", "Full"));
        let ours = server_config(&material(Party::Fra, policy), Party::Gbr, clock()).unwrap();
        let talked = agreed(meet(ours, dialler(&world, classical), &dns_name(Party::Fra)));
        assert_eq!((talked.group.as_str(), talked.kind.as_str()), ("X25519", "Full"));
    }
    let ours =
        client_config(&material(Party::Gbr, PostQuantum::Require), Party::Fra, clock()).unwrap();
    let (there, here) = meet(listener(&world, classical), ours, &dns_name(Party::Fra));
    assert!(there.is_err() && here.is_err());
    let ours =
        server_config(&material(Party::Fra, PostQuantum::Require), Party::Gbr, clock()).unwrap();
    let (here, there) = meet(ours, dialler(&world, classical), &dns_name(Party::Fra));
    assert!(there.is_err() && here.is_err());
}

/// Our group, through a provider, as rustls has it.
fn ours(world: &World) -> &'static dyn SupportedKxGroup {
    let material = world.material(Party::Gbr, PostQuantum::Require);
    client_config(&material, Party::Fra, clock()).unwrap().crypto_provider().kx_groups[0]
}

#[test]
fn both_make_one_secret_of_the_same_shares_and_refuse_the_same_shares() {
    let world = World::new();
    let (ours, theirs) = (ours(&world), kx_group::X25519MLKEM768);
    assert_eq!(ours.name(), NamedGroup::X25519MLKEM768);
    for _ in 0..64 {
        for (client, server) in [(ours, theirs), (theirs, ours)] {
            let started = client.start().unwrap();
            let answered = server.start_and_complete(started.pub_key()).unwrap();
            let secret = started.complete(&answered.pub_key).unwrap();
            assert_eq!(secret.secret_bytes(), answered.secret.secret_bytes());
        }
    }
    let share = theirs.start().unwrap().pub_key().to_vec();
    for at in 0..share.len() / 3 {
        // Every third byte is the whole of a coefficient's high part: 4095 or more than 3328.
        let mut wrong = share.clone();
        if let Some(byte) = wrong.get_mut(at * 3 + 2) {
            *byte = 0xff;
        }
        for group in [ours, theirs] {
            assert_eq!(
                group.start_and_complete(&wrong).is_err(),
                at * 3 + 2 < 1152,
                "{group:?} at {at}"
            );
        }
    }
    for length in [0, 32, 1184, 1215, 1217] {
        let mut wrong = share.clone();
        wrong.resize(length, 0);
        for group in [ours, theirs] {
            assert!(group.start_and_complete(&wrong).is_err(), "{group:?}: {length}");
        }
    }
}
