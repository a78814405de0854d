//! A peer that is let in and then asks for new keys without end (RFC 8446 section 4.6.3): on both
//! edges it costs us no memory and no answers, and without a word between it is cut off.

use std::io::{Read, Write};

use rustls::{Connection, Error, PeerMisbehaved};

use crate::meet::{Edge, carry, met};

/// What rustls lets pass between two records of data (`TemperCounters`, as BoringSSL has it).
const UPDATES_IN_A_ROW_MAX: usize = 32;
/// One KeyUpdate and one byte of data, each in a record of its own.
const ANSWER_BYTES_MAX: usize = (5 + 4 + 1 + 1 + 16) + (5 + 1 + 1 + 16);

/// Asks our end for new keys, once.
fn ask(other: &mut Connection, own: &mut Connection) -> Result<(), Error> {
    other.refresh_traffic_keys().unwrap();
    carry(other, own)
}

/// One byte of data, which arrives.
fn one_byte(from: &mut Connection, to: &mut Connection) {
    from.writer().write_all(&[7]).unwrap();
    carry(from, to).unwrap();
    let mut byte = [0];
    to.reader().read_exact(&mut byte).unwrap();
    assert_eq!(byte, [7]);
}

/// How many bytes our end would send.
fn waiting(own: &mut Connection) -> usize {
    own.process_new_packets().unwrap().tls_bytes_to_write()
}

#[test]
fn whoever_asks_for_new_keys_and_says_nothing_else_is_cut_off() {
    for edge in [Edge::Server, Edge::Client] {
        let (mut own, mut other) = met(edge);
        for _ in 0..UPDATES_IN_A_ROW_MAX {
            assert_eq!(ask(&mut other, &mut own), Ok(()));
            assert_eq!(waiting(&mut own), 0, "{edge:?}: no answer of its own");
        }
        let refused = Error::PeerMisbehaved(PeerMisbehaved::TooManyKeyUpdateRequests);
        assert_eq!(ask(&mut other, &mut own), Err(refused.clone()), "{edge:?}");
        // For good: what comes after it is not even read.
        assert_eq!(ask(&mut other, &mut own), Err(refused), "{edge:?}");
    }
}

#[test]
fn thousands_of_new_keys_between_words_wait_as_one_answer() {
    for edge in [Edge::Server, Edge::Client] {
        let (mut own, mut other) = met(edge);
        for _ in 0..200 {
            for _ in 0..UPDATES_IN_A_ROW_MAX {
                ask(&mut other, &mut own).unwrap();
            }
            one_byte(&mut other, &mut own);
            assert_eq!(waiting(&mut own), 0, "{edge:?}: nothing is sent for it, nothing grows");
        }
        // All of them are answered by one update, with the next thing that we have to say.
        own.writer().write_all(&[7]).unwrap();
        let sent = waiting(&mut own);
        assert_eq!(sent, ANSWER_BYTES_MAX, "{edge:?}");
        carry(&mut own, &mut other).unwrap();
        let mut byte = [0];
        other.reader().read_exact(&mut byte).unwrap();
        // And both go on under their new keys.
        one_byte(&mut own, &mut other);
        one_byte(&mut other, &mut own);
    }
}
