//! Whoever holds a copy of the counterpart's certificate, which is public, and not its key.

use entente::names::{Party, Timestamp};
use entente::net::tls::{PeerRefused, fixed_time, refusal_of, server_config};
use entente::trust::{PathRefused, Pinned, StalePolicy};
use rustls::{Connection, Error, ServerConnection};

use crate::list_cases::pinned;
use crate::meet::{Peer, ours};
use crate::mint::{CA, LEAF, List, NOW, STRANGER, Spec};

/// Records of less than a signature: one of them ends between the certificate and its proof.
const RECORD_BYTES: usize = 64;
/// The head of a record, and what its protection adds (RFC 8446 section 5.2, AES-256-GCM).
const RECORD_OVERHEAD: usize = 5 + 17;
/// A Finished with SHA-384.
const FINISHED: usize = 4 + 48;
/// A CertificateVerify with P-256, at its shortest.
const VERIFY: usize = 4 + 4 + 64;

/// What our listener says to the certificate alone, and what it makes of the proof.
fn copied(pinned: Pinned) -> (Result<Vec<u8>, Error>, Result<(), Error>) {
    let (time, pinned) = (fixed_time(Timestamp::new(NOW)), pinned.into());
    let config = server_config(&ours(pinned), Party::Gbr, time).unwrap();
    let mut own = Connection::Server(ServerConnection::new(config).unwrap());
    let mut peer = Peer::showing(vec![Spec::leaf().der()], LEAF);
    peer.record_bytes = Some(RECORD_BYTES);
    let mut peer = peer.client();
    hear(&mut own, &said(&mut peer)).unwrap();
    hear(&mut peer, &said(&mut own)).unwrap();
    let flight = records(&said(&mut peer));
    let all: usize = flight.iter().map(|one| protected(one)).sum();
    let mut came = 0;
    let cut = flight.iter().position(|one| {
        came += protected(one);
        came >= all - FINISHED - VERIFY
    });
    // The certificate came, and not yet all of the signature.
    assert!(came < all - FINISHED, "{came} of {all}");
    let (shown, proof) = flight.split_at(cut.unwrap() + 1);
    let silent = hear(&mut own, &shown.concat()).map(|()| said(&mut own));
    (silent, hear(&mut own, &proof.concat()))
}

/// How many bytes of messages a record holds, if it holds protected ones.
fn protected(record: &[u8]) -> usize {
    if record[0] == 23 { record.len() - RECORD_OVERHEAD } else { 0 }
}

fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (one, rest) = bytes.split_at(5 + usize::from(bytes[3]) * 256 + usize::from(bytes[4]));
        all.push(one.to_vec());
        bytes = rest;
    }
    all
}

fn said(end: &mut Connection) -> Vec<u8> {
    let mut bytes = Vec::new();
    while end.wants_write() {
        end.write_tls(&mut bytes).unwrap();
    }
    bytes
}

fn hear(end: &mut Connection, mut bytes: &[u8]) -> Result<(), Error> {
    while !bytes.is_empty() {
        end.read_tls(&mut bytes).unwrap();
        end.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn a_copy_of_a_certificate_does_not_tell_whether_it_is_taken() {
    let list = || List::of("British CA", CA, 3);
    let revoking = || list().revoking(&Spec::leaf().serial);
    let by = |list: List| pinned(&[Spec::root()], &[list], StalePolicy::Refuse);
    let unpinned =
        Pinned::new(vec![Spec::authority("Another CA", STRANGER, "Another CA", STRANGER).pinned()]);
    for (pinned, wanted) in [
        (by(list()), None),
        (by(revoking()), Some(PathRefused::Revoked)),
        (unpinned, Some(PathRefused::UnknownAuthority)),
    ] {
        let (silent, proven) = copied(pinned);
        assert_eq!(silent, Ok(Vec::new()), "{wanted:?}");
        // So that nothing is silent for want of a judge.
        let refused = proven.err().and_then(|error| refusal_of(&error));
        assert_eq!(refused, wanted.map(PeerRefused::Path));
    }
}
