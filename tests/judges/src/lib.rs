//! Two parties with throw-away keys, made by the program's own `keys new`, and one handshake at a
//! time over loopback: what every judge of TLS here needs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente::daemon::keys::NewKeys;
use entente::envelope::Algorithm;
use entente::names::{Party, Timestamp};
use entente::net::tls::{PostQuantum, RevocationFiles, TlsFiles, TlsMaterial, fixed_time};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, StreamOwned};

/// 2025-11-05T14:30:00Z, within the validity of every certificate made here.
pub const NOW: Timestamp = Timestamp::new(1_762_353_000);

/// The name in a party's certificate.
pub fn dns_name(party: Party) -> String {
    format!("{}.entente.example", party.to_string().to_lowercase())
}

/// The clock of both ends.
pub fn clock() -> Arc<dyn TimeProvider> {
    fixed_time(NOW)
}

/// Keys and certificates of both parties, in a folder that goes with it.
pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// Makes them, as an operator would.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for party in Party::BOTH {
            let name = dns_name(party);
            NewKeys {
                party,
                directory: &folder.path().join(party.to_string()),
                not_before: Timestamp::new(1_753_747_200),
                not_after: Timestamp::new(1_816_819_200),
                dns_name: &name,
                origin: &format!("{name}/log"),
                algorithm: Algorithm::Ed25519,
            }
            .create()
            .unwrap();
        }
        Self { folder }
    }

    /// A file of a party.
    pub fn file(&self, party: Party, name: &str) -> PathBuf {
        self.folder.path().join(party.to_string()).join(name)
    }

    /// What the daemon of a party loads.
    pub fn material(&self, party: Party, post_quantum: PostQuantum) -> TlsMaterial {
        TlsFiles {
            certificate: self.file(party, "tls-cert.pem"),
            key: self.file(party, "tls-key.pem"),
            peer_ca: self.file(party.other(), "ca-cert.pem"),
            revocation: RevocationFiles::none(),
            post_quantum,
        }
        .load(NOW)
        .unwrap()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// One private key, for a provider that is not ours.
pub fn key(path: &Path) -> rustls::pki_types::PrivateKeyDer<'static> {
    use rustls::pki_types::pem::PemObject;
    rustls::pki_types::PrivateKeyDer::from_pem_file(path).unwrap()
}

/// What an end says of a conversation of one byte each way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talked {
    /// The key-exchange group.
    pub group: String,
    /// The cipher suite.
    pub suite: String,
    /// How the handshake went.
    pub kind: String,
}

macro_rules! talk {
    ($stream:expr) => {{
        let mut stream = $stream;
        stream.write_all(&[1])?;
        stream.flush()?;
        stream.read_exact(&mut [0])?;
        let session = &stream.conn;
        Ok(Talked {
            group: format!("{:?}", session.negotiated_key_exchange_group().unwrap().name()),
            suite: format!("{:?}", session.negotiated_cipher_suite().unwrap().suite()),
            kind: format!("{:?}", session.handshake_kind().unwrap()),
        })
    }};
}

/// One conversation; what the listener and the dialler say of it.
pub fn meet(
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    name: &str,
) -> (std::io::Result<Talked>, std::io::Result<Talked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let listening = std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        talk!(StreamOwned::new(ServerConnection::new(server).unwrap(), stream))
    });
    let dialled = (|| {
        let name = name.to_owned().try_into().unwrap();
        let stream = TcpStream::connect(address)?;
        talk!(StreamOwned::new(ClientConnection::new(client, name).unwrap(), stream))
    })();
    (listening.join().unwrap(), dialled)
}
