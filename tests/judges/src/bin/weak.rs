//! A listener like the daemon's, with one thing weakened: what the search with public TLS tools
//! (tests/system/tls-tools.sh) must find. `weak FOLDER PARTY WEAKNESS` prints two ports and serves
//! until its standard input closes. Never for anything else.
//!
//! The first port has a door like the daemon's: whoever does not ask for `entente/1` is closed upon
//! without a word. The second has none, for tools that cannot ask: they meet the same TLS ends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use entente::names::{Party, Timestamp};
use entente::net::tls::{
    ALPN, PostQuantum, RevocationFiles, TlsFiles, authenticate, certificates, server_config,
};
use entente_judges::key;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{Accepted, Acceptor, ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, StreamOwned};

/// What can be weakened, one at a time; `none` is the control, in which nothing is to be found.
const WEAKNESSES: [&str; 8] = [
    "none",
    "tls12",
    "tickets",
    "early-data",
    "anybody",
    "any-authority",
    "any-protocol",
    "groups",
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a demo's folder"));
    let party: Party = arguments.next().expect("a party").parse().expect("GBR or FRA");
    let weakness = arguments.next().expect("a weakness");
    assert!(WEAKNESSES.contains(&weakness.as_str()), "one of {WEAKNESSES:?}");
    let home = |party: Party| folder.join(party.to_string().to_lowercase()).join("keys");
    let files = TlsFiles {
        certificate: home(party).join("tls-cert.pem"),
        key: home(party).join("tls-key.pem"),
        peer_ca: home(party.other()).join("ca-cert.pem"),
        revocation: RevocationFiles::none(),
        post_quantum: PostQuantum::Prefer,
    };
    let config = weakened(&files, party, &weakness);
    let listeners = [true, false].map(|door| {
        let door = door && weakness != "any-protocol";
        (TcpListener::bind("127.0.0.1:0").unwrap(), door)
    });
    let ports = listeners.each_ref().map(|(listener, _)| listener.local_addr().unwrap().port());
    println!("{} {}", ports[0], ports[1]);
    for (listener, door) in listeners {
        let end = End { config: Arc::clone(&config), party, door, anybody: weakness == "anybody" };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let end = end.clone();
                std::thread::spawn(move || end.serve(stream));
            }
        });
    }
    let _end = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
}

/// One of the two ports.
#[derive(Clone)]
struct End {
    config: Arc<ServerConfig>,
    party: Party,
    /// Whether a hello must ask for our protocol.
    door: bool,
    /// Whether everybody is let in.
    anybody: bool,
}

impl End {
    /// What the daemon does, without its conversation: it lets in or closes, and reads one byte.
    fn serve(&self, mut stream: TcpStream) {
        let _bounded = stream.set_read_timeout(Some(Duration::from_secs(10)));
        // A connection that is closed upon is reset, without a word.
        let linger = |stream: &TcpStream, seconds: Option<Duration>| {
            let _gone = rustix::net::sockopt::set_socket_linger(stream, seconds);
        };
        linger(&stream, Some(Duration::ZERO));
        let Some(accepted) = hello(&mut stream, self.door) else { return };
        linger(&stream, None);
        let mut session = match accepted.into_connection(Arc::clone(&self.config)) {
            Ok(session) => session,
            Err((_, mut alert)) => {
                let _said = alert.write_all(&mut stream);
                return;
            }
        };
        while session.is_handshaking() {
            if session.complete_io(&mut stream).is_err() {
                let _alert = session.complete_io(&mut stream);
                return;
            }
        }
        let protocol = session.alpn_protocol().or((!self.door).then_some(ALPN));
        let judged = authenticate(session.peer_certificates(), protocol, self.party.other());
        if judged.is_err() && !self.anybody {
            return;
        }
        // The daemon says hello first.
        let mut stream = StreamOwned::new(session, stream);
        let _said = stream.write_all(&[0, 0, 0, 1, 0]).and_then(|()| stream.flush());
        let _heard = stream.read(&mut [0; 64]);
    }
}

/// Reads a ClientHello as the daemon's door does.
fn hello(stream: &mut TcpStream, door: bool) -> Option<Accepted> {
    let mut acceptor = Acceptor::default();
    let accepted = loop {
        if acceptor.read_tls(stream).ok()? == 0 {
            return None;
        }
        if let Some(accepted) = acceptor.accept().ok()? {
            break accepted;
        }
    };
    let asked = accepted.client_hello().alpn().is_some_and(|mut all| all.any(|one| one == ALPN));
    (asked || !door).then_some(accepted)
}

fn weakened(files: &TlsFiles, party: Party, weakness: &str) -> Arc<ServerConfig> {
    let time: Arc<dyn TimeProvider> = Arc::new(DefaultTimeProvider);
    let now = Timestamp::new(time.current_time().unwrap().as_secs());
    let material = files.load(now).unwrap();
    let ours = server_config(&material, party.other(), Arc::clone(&time)).unwrap();
    let chain = certificates(&files.certificate).unwrap();
    let anchors = |authorities: &[&PathBuf]| {
        let mut anchors = RootCertStore::empty();
        for path in authorities {
            for authority in certificates(path).unwrap() {
                anchors.add(authority).unwrap();
            }
        }
        Arc::new(anchors)
    };
    let built = |provider: CryptoProvider, versions: &[_], authorities: Option<&[&PathBuf]>| {
        let provider = Arc::new(provider);
        let builder = ServerConfig::builder_with_details(Arc::clone(&provider), Arc::clone(&time))
            .with_protocol_versions(versions)
            .unwrap();
        let builder = match authorities {
            Some(authorities) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(anchors(authorities), provider)
                    .build()
                    .unwrap(),
            ),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain.clone(), key(&files.key)).unwrap();
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.send_tls13_tickets = 0;
        config
    };
    let peer_ca = [&files.peer_ca];
    let own_ca = files.certificate.with_file_name("ca-cert.pem");
    let mut same = ServerConfig::clone(&ours);
    Arc::new(match weakness {
        "tls12" => built(ring::default_provider(), &[&TLS12, &TLS13], Some(&peer_ca)),
        "tickets" | "early-data" => {
            same.session_storage = ServerSessionMemoryCache::new(256);
            same.send_tls13_tickets = 2;
            same.max_tls13_tickets = 2;
            same.max_early_data_size = if weakness == "early-data" { 16_384 } else { 0 };
            same
        }
        "anybody" => built(CryptoProvider::clone(ours.crypto_provider()), &[&TLS13], None),
        "any-authority" => {
            let provider = CryptoProvider::clone(ours.crypto_provider());
            built(provider, &[&TLS13], Some(&[&files.peer_ca, &own_ca]))
        }
        "any-protocol" => {
            same.alpn_protocols.clear();
            same
        }
        "groups" => built(ring::default_provider(), &[&TLS13], Some(&peer_ca)),
        _ => same,
    })
}
