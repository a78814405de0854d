//! Which key exchange two ends agree on, by the policy of each: over buffers, without sockets.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![cfg(feature = "pq")]

#[path = "tls_edge/pki.rs"]
#[expect(dead_code, reason = "only a part of it is needed here")]
mod pki;

use std::sync::Arc;

use entente::names::Party;
use entente::net::tls::{
    ALPN, PostQuantum, TlsMaterial, client_config, group_name, offered_groups, server_config,
};
use pki::{Authority, NAME, NOW, at};
use rustls::crypto::CryptoProvider;
use rustls::version::TLS13;
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, Error, HandshakeKind, PeerIncompatible,
    ServerConfig, ServerConnection,
};

use PostQuantum::{Off, Prefer, Require};

struct World {
    france: TlsMaterial,
    britain: TlsMaterial,
}

impl World {
    fn new() -> Self {
        let (british, french) = (Authority::new("British CA"), Authority::new("French CA"));
        Self {
            france: french.issue(Party::Fra).pinning(&british),
            britain: british.issue(Party::Gbr).pinning(&french),
        }
    }

    fn server(&mut self, policy: PostQuantum) -> Arc<ServerConfig> {
        self.france.post_quantum = policy;
        server_config(&self.france, Party::Gbr, at(NOW)).unwrap()
    }

    fn client(&mut self, policy: PostQuantum) -> Arc<ClientConfig> {
        self.britain.post_quantum = policy;
        client_config(&self.britain, Party::Fra, at(NOW)).unwrap()
    }
}

/// What was agreed on, as both ends have it.
type Agreed = (&'static str, HandshakeKind);

/// A handshake; or what each end, listener first, holds against it.
fn meet(
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
) -> Result<Agreed, Box<(Error, Error)>> {
    let mut client = ClientConnection::new(client, NAME.try_into().unwrap()).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    let (mut at_server, mut at_client) = (Ok(()), Ok(()));
    while client.wants_write() || server.wants_write() {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        while client.wants_write() {
            client.write_tls(&mut there).unwrap();
        }
        server.read_tls(&mut &there[..]).unwrap();
        at_server = at_server.and(server.process_new_packets().map(drop));
        while server.wants_write() {
            server.write_tls(&mut back).unwrap();
        }
        client.read_tls(&mut &back[..]).unwrap();
        at_client = at_client.and(client.process_new_packets().map(drop));
    }
    if let (Err(server), Err(client)) = (&at_server, &at_client) {
        return Err(Box::new((server.clone(), client.clone())));
    }
    at_server.unwrap();
    at_client.unwrap();
    assert!(!server.is_handshaking() && !client.is_handshaking());
    let group = server.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(client.negotiated_key_exchange_group().unwrap().name(), group);
    assert_eq!(client.handshake_kind(), server.handshake_kind());
    Ok((group_name(group), client.handshake_kind().unwrap()))
}

/// A client that has our groups in another order; none of ours is one.
fn reordered(ours: &ClientConfig, groups: &[&str]) -> Arc<ClientConfig> {
    let mut provider = CryptoProvider::clone(ours.crypto_provider());
    provider.kx_groups = groups
        .iter()
        .map(|name| {
            let mut all = ours.crypto_provider().kx_groups.iter();
            *all.find(|group| group_name(group.name()) == *name).unwrap()
        })
        .collect();
    let mut config = ClientConfig::builder_with_details(Arc::new(provider), at(NOW))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(anybody::Anybody))
        .with_client_cert_resolver(Arc::clone(&ours.client_auth_cert_resolver));
    config.alpn_protocols = vec![ALPN.to_vec()];
    Arc::new(config)
}

/// These tests are about groups: whom the reordered client talks to does not matter.
mod anybody {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{DigitallySignedStruct, Error, SignatureScheme};

    #[derive(Debug)]
    pub(super) struct Anybody;

    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(Error::General("TLS 1.2".to_owned()))
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ECDSA_NISTP256_SHA256]
        }
    }
}

#[test]
fn the_hybrid_group_is_taken_unless_one_end_has_it_off() {
    let mut world = World::new();
    for (listens, dials, group) in [
        (Prefer, Prefer, "X25519MLKEM768"),
        (Prefer, Require, "X25519MLKEM768"),
        (Require, Prefer, "X25519MLKEM768"),
        (Require, Require, "X25519MLKEM768"),
        (Prefer, Off, "X25519"),
        (Off, Prefer, "X25519"),
        (Off, Off, "X25519"),
    ] {
        // In one round trip each: a client that prefers the hybrid sends its X25519 half as well.
        let agreed = meet(world.server(listens), world.client(dials));
        assert_eq!(agreed, Ok((group, HandshakeKind::Full)), "{listens:?} and {dials:?}");
    }
}

#[test]
fn an_end_that_requires_it_meets_none_that_has_it_off() {
    let mut world = World::new();
    for (listens, dials) in [(Require, Off), (Off, Require)] {
        let none = Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon);
        let alert = Error::AlertReceived(AlertDescription::HandshakeFailure);
        let met = meet(world.server(listens), world.client(dials));
        assert_eq!(met, Err(Box::new((none, alert))), "{listens:?} and {dials:?}");
    }
}

#[test]
fn a_client_that_shares_another_group_first_is_asked_again() {
    let mut world = World::new();
    let ours = world.client(Prefer);
    let asked = HandshakeKind::FullWithHelloRetryRequest;
    for (listens, groups, agreed) in [
        (Require, &["X25519", "X25519MLKEM768"][..], ("X25519MLKEM768", asked)),
        (Require, &["secp256r1", "X25519", "X25519MLKEM768"], ("X25519MLKEM768", asked)),
        (Off, &["X25519MLKEM768", "secp256r1"], ("secp256r1", asked)),
        // rustls follows the client's order of groups: only `require` is proof against it.
        (Prefer, &["X25519", "X25519MLKEM768"], ("X25519", HandshakeKind::Full)),
    ] {
        let met = meet(world.server(listens), reordered(&ours, groups));
        assert_eq!(met, Ok(agreed), "{listens:?} and {groups:?}");
    }
}

#[test]
fn what_is_offered_is_what_the_protocol_lists() {
    let mut world = World::new();
    for (policy, groups) in [
        (Prefer, "X25519MLKEM768, X25519, secp256r1"),
        (Require, "X25519MLKEM768"),
        (Off, "X25519, secp256r1"),
    ] {
        let (server, client) = (world.server(policy), world.client(policy));
        for provider in [server.crypto_provider(), client.crypto_provider()] {
            assert_eq!(offered_groups(provider), groups);
            let suites: Vec<_> = provider
                .cipher_suites
                .iter()
                .map(|suite| suite.suite().as_str().expect("a name"))
                .collect();
            let listed = [
                "TLS13_AES_256_GCM_SHA384",
                "TLS13_CHACHA20_POLY1305_SHA256",
                "TLS13_AES_128_GCM_SHA256",
            ];
            assert_eq!(suites, listed);
        }
    }
}
