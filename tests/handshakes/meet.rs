//! Our end and a peer that shows what it likes, over bytes in memory.

use std::sync::Arc;

use entente::names::{Party, Timestamp};
use entente::net::tls::{
    ALPN, PeerRefused, PostQuantum, TlsMaterial, authenticate, client_config, fixed_time,
    refusal_of, server_config,
};
use entente::trust::Pinned;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, Connection, DigitallySignedStruct,
    DistinguishedName, Error, ServerConfig, ServerConnection, SignatureScheme,
};

use crate::mint::{LEAF, NAME, NOW, OURS, Spec, p256, signing, uri};

/// On which of our edges a case is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Server,
    Client,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// Our reason, if it is one for who the peer is; otherwise what TLS says.
    pub(crate) ours: Result<(), Result<PeerRefused, String>>,
    /// The alert that the peer saw.
    pub(crate) theirs: Option<AlertDescription>,
}

/// A peer that takes everybody.
#[derive(Debug)]
struct Credulous;

macro_rules! credulous {
    () => {
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
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
    };
}

impl ServerCertVerifier for Credulous {
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
    credulous!();
}

impl ClientCertVerifier for Credulous {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }
    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }
    credulous!();
}

/// The other end: what it shows and says.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Arc<dyn SigningKey>,
    pub(crate) protocols: Vec<Vec<u8>>,
    /// The longest record that it sends, if not the longest that there is.
    pub(crate) record_bytes: Option<usize>,
}

impl Peer {
    pub(crate) fn showing(chain: Vec<CertificateDer<'static>>, key: usize) -> Self {
        let protocols = vec![ALPN.to_vec()];
        Self { chain, key: signing(key), protocols, record_bytes: None }
    }

    fn certified(&self) -> Arc<SingleCertAndKey> {
        let certified = CertifiedKey::new(self.chain.clone(), Arc::clone(&self.key));
        Arc::new(SingleCertAndKey::from(certified))
    }

    /// As one that dials.
    pub(crate) fn dialling(&self) -> ClientConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Credulous));
        let mut config = if self.chain.is_empty() {
            config.with_no_client_auth()
        } else {
            config.with_client_cert_resolver(self.certified())
        };
        config.alpn_protocols.clone_from(&self.protocols);
        config.max_fragment_size = self.record_bytes;
        config
    }

    pub(crate) fn client(&self) -> Connection {
        let name = ServerName::try_from(NAME).unwrap();
        Connection::Client(ClientConnection::new(Arc::new(self.dialling()), name).unwrap())
    }

    fn server(&self) -> Connection {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_client_cert_verifier(Arc::new(Credulous))
            .with_cert_resolver(self.certified());
        config.alpn_protocols.clone_from(&self.protocols);
        Connection::Server(ServerConnection::new(Arc::new(config)).unwrap())
    }
}

/// What our end is made from.
pub(crate) fn ours(pinned: Arc<Pinned>) -> TlsMaterial {
    let own = Spec::leaf().with(|it| {
        it.key = p256(OURS);
        it.names(&[crate::mint::dns(NAME), uri("urn:entente:FRA:tls")]);
    });
    let post_quantum = PostQuantum::Prefer;
    TlsMaterial { chain: vec![own.der()], key: signing(OURS), pinned, post_quantum }
}

/// Lets the two meet at a time, on one of our edges.
pub(crate) fn meet(peer: &Peer, pinned: &Arc<Pinned>, edge: Edge, at: u64) -> Outcome {
    meet_named(peer, pinned, edge, at, NAME)
}

pub(crate) fn meet_named(
    peer: &Peer,
    pinned: &Arc<Pinned>,
    edge: Edge,
    at: u64,
    name: &'static str,
) -> Outcome {
    let (mut own, mut other) = ends(peer, pinned, edge, at, name);
    let mut ours = Ok(());
    let mut theirs = None;
    for _ in 0..8 {
        if let Err(error) = carry(&mut other, &mut own) {
            ours = ours.and(Err(refusal_of(&error).ok_or_else(|| format!("{error:?}"))));
        }
        if let Err(Error::AlertReceived(alert)) = carry(&mut own, &mut other) {
            theirs = theirs.or(Some(alert));
        }
    }
    if ours.is_ok() {
        let (shown, protocol) = (own.peer_certificates(), own.alpn_protocol());
        ours = authenticate(shown, protocol, Party::Gbr).map_err(Ok);
    }
    Outcome { ours, theirs }
}

/// Our end and the peer's, which have said nothing yet.
fn ends(
    peer: &Peer,
    pinned: &Arc<Pinned>,
    edge: Edge,
    at: u64,
    name: &'static str,
) -> (Connection, Connection) {
    let (material, time) = (ours(Arc::clone(pinned)), fixed_time(Timestamp::new(at)));
    match edge {
        Edge::Server => {
            let config = server_config(&material, Party::Gbr, time).unwrap();
            (Connection::Server(ServerConnection::new(config).unwrap()), peer.client())
        }
        Edge::Client => {
            let config = client_config(&material, Party::Gbr, time).unwrap();
            let name = ServerName::try_from(name).unwrap();
            (Connection::Client(ClientConnection::new(config, name).unwrap()), peer.server())
        }
    }
}

/// Our end and that of a good peer, whose handshake is over.
pub(crate) fn met(edge: Edge) -> (Connection, Connection) {
    let peer = Peer::showing(vec![Spec::leaf().der()], LEAF);
    let (mut own, mut other) = ends(&peer, &crate::table::ROOT, edge, NOW, NAME);
    shake_hands(&mut own, &mut other);
    (own, other)
}

/// Lets two ends finish their handshake, and read whatever is said right after it.
pub(crate) fn shake_hands(own: &mut Connection, other: &mut Connection) {
    for _ in 0..4 {
        carry(other, own).unwrap();
        carry(own, other).unwrap();
    }
    assert!(!own.is_handshaking() && !other.is_handshaking());
}

/// Carries what one end has to say to the other, which reads it.
pub(crate) fn carry(from: &mut Connection, to: &mut Connection) -> Result<(), Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}
