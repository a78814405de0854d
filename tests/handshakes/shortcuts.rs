//! Ways around a full handshake: session tickets, resumption, early data, negotiating anew. Our
//! listener gives none of them, even to a peer that has done each with a listener like ours.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use entente::names::{Party, Timestamp};
use entente::net::tls::{fixed_time, server_config};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::pki_types::ServerName;
use rustls::server::ServerSessionMemoryCache;
use rustls::{
    ClientConfig, ClientConnection, Connection, ConnectionTrafficSecrets, HandshakeKind,
    ServerConfig, ServerConnection,
};

use crate::meet::{Peer, carry, ours, shake_hands};
use crate::mint::{LEAF, NAME, NOW, Spec};
use crate::raw::Hello;
use crate::table::ROOT;

fn listener() -> Arc<ServerConfig> {
    let time = fixed_time(Timestamp::new(NOW));
    server_config(&ours(Arc::clone(&ROOT)), Party::Gbr, time).unwrap()
}

/// The same, but for what our own is proof against.
fn generous() -> Arc<ServerConfig> {
    let mut config = ServerConfig::clone(&listener());
    config.session_storage = ServerSessionMemoryCache::new(8);
    (config.send_tls13_tickets, config.max_tls13_tickets) = (2, 2);
    config.max_early_data_size = 64;
    Arc::new(config)
}

/// A good peer that keeps tickets, and would send early data.
fn eager() -> ClientConfig {
    let mut config = Peer::showing(vec![Spec::leaf().der()], LEAF).dialling();
    config.enable_early_data = true;
    config.enable_secret_extraction = true;
    config
}

/// What came of one connection.
#[derive(Debug, PartialEq)]
struct Came {
    kind: HandshakeKind,
    /// Whether the peer had a ticket by which it could send early data, and did.
    early_sent: bool,
    early_taken: bool,
    /// Tickets that the peer was sent.
    tickets: u32,
}

/// One connection of the peer, and a byte each way.
fn dial(peer: &Arc<ClientConfig>, listener: Arc<ServerConfig>) -> Came {
    let name = ServerName::try_from(NAME).unwrap();
    let mut client = ClientConnection::new(Arc::clone(peer), name).unwrap();
    let mut server = ServerConnection::new(listener).unwrap();
    let early_sent = client.early_data().is_some_and(|mut early| early.write_all(b"early").is_ok());
    let mut other = Connection::Client(client);
    let mut heard = Vec::new();
    let mut own = {
        let mut hello = Vec::new();
        while other.wants_write() {
            other.write_tls(&mut hello).unwrap();
        }
        server.read_tls(&mut &hello[..]).unwrap();
        server.process_new_packets().unwrap();
        if let Some(mut early) = server.early_data() {
            early.read_to_end(&mut heard).unwrap();
        }
        Connection::Server(server)
    };
    carry(&mut own, &mut other).unwrap();
    shake_hands(&mut own, &mut other);
    // Early data that was not taken is gone: it is not what arrives first.
    let mut byte = [0];
    let nothing = own.reader().read(&mut byte).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    let mut one_byte = |from: &mut Connection, to: &mut Connection| {
        from.writer().write_all(&[7]).unwrap();
        carry(from, to).unwrap();
        to.reader().read_exact(&mut byte).unwrap();
    };
    one_byte(&mut own, &mut other);
    one_byte(&mut other, &mut own);
    let Connection::Client(client) = other else { unreachable!("it dialled") };
    assert_eq!(client.is_early_data_accepted(), !heard.is_empty());
    Came {
        kind: own.handshake_kind().unwrap(),
        early_sent,
        early_taken: heard == b"early",
        tickets: client.tls13_tickets_received(),
    }
}

#[test]
fn no_ticket_is_sent_no_session_resumed_and_no_early_data_taken() {
    let peer = Arc::new(eager());
    let full =
        |early_sent| Came { kind: HandshakeKind::Full, early_sent, early_taken: false, tickets: 0 };
    for _ in 0..3 {
        assert_eq!(dial(&peer, listener()), full(false));
    }
    // So that the peer is seen to do all of it where it may, and has tickets left.
    let generous = generous();
    assert_eq!(dial(&peer, Arc::clone(&generous)), Came { tickets: 2, ..full(false) });
    let resumed =
        Came { kind: HandshakeKind::Resumed, early_sent: true, early_taken: true, tickets: 2 };
    assert_eq!(dial(&peer, generous), resumed);
    assert_eq!(dial(&peer, listener()), full(true));
}

/// A peer that is let in begins another handshake under the keys of the first.
#[test]
fn nothing_is_negotiated_anew_once_the_handshake_is_over() {
    let name = ServerName::try_from(NAME).unwrap();
    let client = ClientConnection::new(Arc::new(eager()), name).unwrap();
    let mut own = Connection::Server(ServerConnection::new(listener()).unwrap());
    let mut other = Connection::Client(client);
    shake_hands(&mut own, &mut other);
    let (sequence, secrets) = other.dangerous_extract_secrets().unwrap().tx;
    let ConnectionTrafficSecrets::Aes256Gcm { key, iv } = secrets else {
        panic!("our first choice is another suite");
    };
    // The message of a good hello, without the head of its record, as inner plaintext.
    let inner = [&Hello::good().bytes()[5..], &[22]].concat();
    let length = u16::try_from(inner.len() + AES_256_GCM.tag_len()).unwrap();
    let head = [&[23, 3, 3][..], &length.to_be_bytes()].concat();
    let mut nonce: [u8; 12] = iv.as_ref().try_into().unwrap();
    for (byte, count) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= count;
    }
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).unwrap());
    let nonce = Nonce::assume_unique_for_key(nonce);
    let mut sealed = inner;
    key.seal_in_place_append_tag(nonce, Aad::from(&head), &mut sealed).unwrap();
    own.read_tls(&mut &[head, sealed].concat()[..]).unwrap();
    let refused = format!("{:?}", own.process_new_packets().unwrap_err());
    assert!(
        refused.contains("InappropriateHandshakeMessage") && refused.contains("ClientHello"),
        "{refused}"
    );
}
