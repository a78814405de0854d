//! The edge towards the counterpart, over real loopback connections: who gets in, and for what
//! reason everybody else does not.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests stop at the first surprise")]

#[path = "tls_edge/pki.rs"]
mod pki;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use entente::names::Party;
use entente::net::tls::{
    ALPN, PeerRefused, TlsMaterial, authenticate, client_config, refusal, server_config,
};
use entente::trust::{CertificateRefused, Link, PathRefused};
use pki::{Authority, BOTH, EARLY, LATE, NAME, NOW, at, self_signed};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::server::ServerSessionMemoryCache;
use rustls::{
    AlertDescription, ClientConfig, Error, HandshakeKind, InvalidMessage, PeerIncompatible,
    ServerConfig,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What one end saw.
#[derive(Debug)]
enum Saw {
    /// A byte each way.
    Talk(HandshakeKind),
    /// A refusal by TLS: its own, or an alert from the other end.
    Tls(Error),
    /// A refusal of who the peer is.
    Peer(PeerRefused),
    /// The connection went away.
    Gone(ErrorKind),
}

impl From<std::io::Error> for Saw {
    fn from(error: std::io::Error) -> Self {
        if let Some(refused) = refusal(&error) {
            return Self::Peer(refused);
        }
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(tls) => Self::Tls(tls.clone()),
            None => Self::Gone(error.kind()),
        }
    }
}

/// One byte each way; only here does a client of TLS 1.3 learn that its certificate was refused.
async fn one_byte_each_way(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(), Saw> {
    stream.write_all(&[1]).await?;
    stream.flush().await?;
    stream.read_u8().await?;
    Ok(())
}

async fn listen(listener: TcpListener, config: Arc<ServerConfig>, expected: Party) -> Saw {
    let end = async {
        let (stream, _) = listener.accept().await?;
        let mut stream = TlsAcceptor::from(config).accept(stream).await?;
        let session = stream.get_ref().1;
        authenticate(session.peer_certificates(), session.alpn_protocol(), expected)
            .map_err(Saw::Peer)?;
        let kind = session.handshake_kind().expect("the handshake is over");
        one_byte_each_way(&mut stream).await?;
        Ok(Saw::Talk(kind))
    };
    end.await.unwrap_or_else(|saw| saw)
}

async fn dial(stream: TcpStream, config: Arc<ClientConfig>, name: &str, expected: Party) -> Saw {
    let end = async {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut stream = TlsConnector::from(config).connect(name, stream).await?;
        let session = stream.get_ref().1;
        authenticate(session.peer_certificates(), session.alpn_protocol(), expected)
            .map_err(Saw::Peer)?;
        let kind = session.handshake_kind().expect("the handshake is over");
        one_byte_each_way(&mut stream).await?;
        Ok(Saw::Talk(kind))
    };
    end.await.unwrap_or_else(|saw| saw)
}

async fn in_time<T>(end: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), end).await.expect("neither end hangs")
}

/// France listens, the United Kingdom dials.
struct Meeting {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    name: &'static str,
}

impl Meeting {
    fn of(france: &TlsMaterial, britain: &TlsMaterial) -> Self {
        Self {
            server: server_config(france, Party::Gbr, at(NOW)).unwrap(),
            client: client_config(britain, Party::Fra, at(NOW)).unwrap(),
            name: NAME,
        }
    }

    /// What the listener and the dialler see.
    async fn hold(&self) -> (Saw, Saw) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let listener = listen(listener, Arc::clone(&self.server), Party::Gbr);
        let dialler = dial(stream, Arc::clone(&self.client), self.name, Party::Fra);
        in_time(async { tokio::join!(listener, dialler) }).await
    }
}

struct World {
    british: Authority,
    french: Authority,
}

impl World {
    fn new() -> Self {
        Self { british: Authority::new("British CA"), french: Authority::new("French CA") }
    }

    fn france(&self) -> TlsMaterial {
        self.french.issue(Party::Fra).pinning(&self.british)
    }

    fn britain(&self) -> TlsMaterial {
        self.british.issue(Party::Gbr).pinning(&self.french)
    }

    fn meeting(&self) -> Meeting {
        Meeting::of(&self.france(), &self.britain())
    }
}

/// Whether it is this alert, sent by the other end.
fn alert(saw: &Saw, description: AlertDescription) -> bool {
    matches!(saw, Saw::Tls(Error::AlertReceived(alert)) if *alert == description)
}

/// Whether it is this refusal of the way to a pinned authority.
fn refused(saw: &Saw, reason: &PathRefused) -> bool {
    matches!(saw, Saw::Peer(PeerRefused::Path(refused)) if refused == reason)
}

#[tokio::test]
async fn both_parties_meet_and_neither_end_resumes_even_if_the_other_would() {
    let ours = World::new().meeting();
    let mut listener = ServerConfig::clone(&ours.server);
    listener.session_storage = ServerSessionMemoryCache::new(32);
    listener.send_tls13_tickets = 2;
    listener.max_tls13_tickets = 2;
    let mut dialler = ClientConfig::clone(&ours.client);
    dialler.resumption = Resumption::in_memory_sessions(32);
    let (listener, dialler) = (Arc::new(listener), Arc::new(dialler));
    for (server, client, second) in [
        (&ours.server, &ours.client, HandshakeKind::Full),
        (&listener, &ours.client, HandshakeKind::Full),
        (&ours.server, &dialler, HandshakeKind::Full),
        // So that the rows above cannot pass for want of an end that would.
        (&listener, &dialler, HandshakeKind::Resumed),
    ] {
        let meeting =
            Meeting { server: Arc::clone(server), client: Arc::clone(client), name: NAME };
        for kind in [HandshakeKind::Full, second] {
            let (listener, dialler) = meeting.hold().await;
            assert!(matches!(&listener, Saw::Talk(it) if *it == kind), "{listener:?}");
            assert!(matches!(&dialler, Saw::Talk(it) if *it == kind), "{dialler:?}");
        }
    }
}

#[tokio::test]
async fn a_dialler_without_a_certificate_is_refused() {
    let world = World::new();
    let mut meeting = world.meeting();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut anchors = rustls::RootCertStore::empty();
    anchors.add(world.french.certificate.clone()).unwrap();
    let mut client = ClientConfig::builder_with_details(provider, at(NOW))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(anchors)
        .with_no_client_auth();
    client.alpn_protocols = vec![ALPN.to_vec()];
    meeting.client = Arc::new(client);
    let (listener, dialler) = meeting.hold().await;
    assert!(matches!(listener, Saw::Peer(PeerRefused::NoCertificate)), "{listener:?}");
    assert!(alert(&dialler, AlertDescription::CertificateRequired), "{dialler:?}");
}

#[tokio::test]
async fn a_certificate_that_the_pinned_authority_did_not_issue_is_refused() {
    let world = World::new();
    // Of the same distinguished name, but with another key: a name alone is no authority.
    let impostor = Authority::new("British CA");
    for leaf in [
        world.french.issue(Party::Gbr),
        Authority::new("Another CA").issue(Party::Gbr),
        self_signed(Party::Gbr),
    ] {
        let meeting = Meeting::of(&world.france(), &leaf.pinning(&world.french));
        let (listener, dialler) = meeting.hold().await;
        assert!(refused(&listener, &PathRefused::UnknownAuthority), "{listener:?}");
        assert!(alert(&dialler, AlertDescription::CertificateUnknown), "{dialler:?}");
    }
    let leaf = impostor.issue(Party::Gbr);
    let meeting = Meeting::of(&world.france(), &leaf.pinning(&world.french));
    let (listener, dialler) = meeting.hold().await;
    assert!(refused(&listener, &PathRefused::Signature(Link::Leaf)), "{listener:?}");
    assert!(alert(&dialler, AlertDescription::CertificateUnknown), "{dialler:?}");
}

#[tokio::test]
async fn a_listener_that_the_pinned_authority_did_not_issue_is_refused() {
    let world = World::new();
    for leaf in [Authority::new("Another CA").issue(Party::Fra), self_signed(Party::Fra)] {
        let meeting = Meeting::of(&leaf.pinning(&world.british), &world.britain());
        let (listener, dialler) = meeting.hold().await;
        assert!(refused(&dialler, &PathRefused::UnknownAuthority), "{dialler:?}");
        assert!(alert(&listener, AlertDescription::CertificateUnknown), "{listener:?}");
    }
}

#[tokio::test]
async fn a_certificate_is_judged_at_the_injected_time() {
    let world = World::new();
    for (time, expired) in [(LATE, true), (EARLY, false)] {
        let mut meeting = world.meeting();
        meeting.server = server_config(&world.france(), Party::Gbr, at(time)).unwrap();
        let (listener, dialler) = meeting.hold().await;
        let right = match &listener {
            Saw::Peer(PeerRefused::Path(PathRefused::Expired { .. })) => expired,
            Saw::Peer(PeerRefused::Path(PathRefused::NotYetValid { .. })) => !expired,
            Saw::Talk(_) | Saw::Tls(_) | Saw::Peer(_) | Saw::Gone(_) => false,
        };
        assert!(right, "{time}: {listener:?}");
        assert!(matches!(dialler, Saw::Tls(Error::AlertReceived(_))), "{dialler:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_party_or_purpose_is_refused() {
    let world = World::new();
    let other = PeerRefused::OtherParty { expected: Party::Gbr, presented: Party::Fra };
    let signer = CertificateRefused::NotForTls { role: "caseworker".to_owned() };
    let aimless = CertificateRefused::NoExtendedKeyUsage;
    let server_only = CertificateRefused::NotForClients;
    for (leaf, refused) in [
        (world.british.issue(Party::Fra), other),
        (world.british.issue_as("urn:entente:GBR:caseworker", &BOTH), signer.into()),
        (world.british.issue_as("urn:entente:GBR:tls", &[]), aimless.into()),
        (world.british.issue_as("urn:entente:GBR:tls", &BOTH[..1]), server_only.into()),
    ] {
        let meeting = Meeting::of(&world.france(), &leaf.pinning(&world.french));
        let (listener, dialler) = meeting.hold().await;
        assert!(matches!(&listener, Saw::Peer(reason) if *reason == refused), "{listener:?}");
        assert!(alert(&dialler, AlertDescription::CertificateUnknown), "{dialler:?}");
    }
}

#[tokio::test]
async fn a_listener_that_is_our_own_party_is_refused() {
    let world = World::new();
    let own = world.french.issue(Party::Gbr);
    let meeting = Meeting::of(&own.pinning(&world.british), &world.britain());
    let (_, dialler) = meeting.hold().await;
    let refused = PeerRefused::OtherParty { expected: Party::Fra, presented: Party::Gbr };
    assert!(matches!(&dialler, Saw::Peer(reason) if *reason == refused), "{dialler:?}");
}

#[tokio::test]
async fn another_application_protocol_is_refused_and_so_is_none() {
    let world = World::new();
    for other in ["entente/2", "ENTENTE/1", "h2"] {
        let mut meeting = world.meeting();
        let mut client = ClientConfig::clone(&meeting.client);
        client.alpn_protocols = vec![other.into()];
        meeting.client = Arc::new(client);
        let (listener, dialler) = meeting.hold().await;
        assert!(matches!(listener, Saw::Peer(PeerRefused::Protocol)), "{listener:?}");
        assert!(alert(&dialler, AlertDescription::NoApplicationProtocol), "{dialler:?}");
    }
    let mut meeting = world.meeting();
    let mut client = ClientConfig::clone(&meeting.client);
    client.alpn_protocols.clear();
    meeting.client = Arc::new(client);
    let (listener, dialler) = meeting.hold().await;
    assert!(matches!(listener, Saw::Peer(PeerRefused::Protocol)), "{listener:?}");
    assert!(matches!(dialler, Saw::Peer(PeerRefused::Protocol)), "{dialler:?}");
}

#[tokio::test]
async fn a_listener_of_another_name_is_refused() {
    let mut meeting = World::new().meeting();
    meeting.name = "exchange.fra.example";
    let (listener, dialler) = meeting.hold().await;
    assert!(refused(&dialler, &PathRefused::OtherName), "{dialler:?}");
    assert!(alert(&listener, AlertDescription::CertificateUnknown), "{listener:?}");
}

/// What the listener sees of bytes that no TLS library of ours would send, and what it answers.
async fn raw(bytes: &[u8]) -> (Saw, Vec<u8>) {
    let server = World::new().meeting().server;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let stranger = async {
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A reset after the alert is an end as well.
        let _ = stream.read_to_end(&mut answer).await;
        answer
    };
    in_time(async { tokio::join!(listen(listener, server, Party::Gbr), stranger) }).await
}

/// A ClientHello as a client makes it that knows TLS 1.2 and nothing newer (RFC 5246 section
/// 7.4.1.2): ECDHE-ECDSA-AES128-GCM, P-256, no supported_versions.
fn hello_of_tls_1_2() -> Vec<u8> {
    let extensions = [
        &[0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17][..],
        &[0x00, 0x0d, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03][..],
    ]
    .concat();
    let mut body = vec![0x03, 0x03];
    body.extend([0x2a; 32]);
    body.extend([0x00, 0x00, 0x02, 0xc0, 0x2b, 0x01, 0x00]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let mut message = vec![0x01, 0x00];
    message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    message.extend(body);
    let mut record = vec![0x16, 0x03, 0x01];
    record.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    record.extend(message);
    record
}

#[tokio::test]
async fn a_dialler_that_knows_only_tls_1_2_is_refused() {
    let (listener, answer) = raw(&hello_of_tls_1_2()).await;
    let refused = matches!(
        &listener,
        Saw::Tls(Error::PeerIncompatible(PeerIncompatible::SupportedVersionsExtensionRequired))
    );
    assert!(refused, "{listener:?}");
    // A fatal alert, protocol_version (RFC 8446 section 6.2).
    assert_eq!(answer.last_chunk(), Some(&[2, 70]), "{answer:02x?}");
}

#[tokio::test]
async fn what_is_not_tls_is_refused() {
    for text in [&b"GET / HTTP/1.1\r\nHost: exchange.example\r\n\r\n"[..], &[0; 64], &[0xff; 64]] {
        let (listener, _) = raw(text).await;
        let invalid = matches!(
            &listener,
            Saw::Tls(Error::InvalidMessage(InvalidMessage::InvalidContentType))
        );
        assert!(invalid, "{listener:?}");
    }
}

#[tokio::test]
async fn a_hello_that_breaks_off_is_an_end_and_no_handshake() {
    let hello = hello_of_tls_1_2();
    for length in [0, 1, 4, 5, 6, hello.len() - 1] {
        let (listener, _) = raw(&hello[..length]).await;
        let ended = matches!(listener, Saw::Gone(ErrorKind::UnexpectedEof));
        assert!(ended, "{length}: {listener:?}");
    }
}
