//! What one log may hold of keys and key-events, what its successor may, and what that remembers.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;
use crate::{
    envelope::Ed25519Key,
    ledger::fixture::{
        TwoSides, UnsafeKey, approval, key_compromised, key_enrolled, key_retired, rejection,
    },
    limits::{COMPROMISES_PER_LOG_MAX, KEY_EVENTS_PER_LOG_MAX, KEYS_PER_LOG_MAX},
};
use Party::Gbr;

/// Where a successor's log begins in the row.
const LATER: Position = Position(1_000_000);

/// Adds so many of what is counted; each salt gives others.
type Fill = fn(&mut Keybook, u8, usize);

fn numbered(salt: u8, number: usize) -> [u8; 32] {
    let mut bytes = [salt; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn keys(book: &mut Keybook, salt: u8, many: usize) {
    let like = book.get(UnsafeKey::brief().kid()).unwrap().clone();
    let keyring = Arc::make_mut(&mut book.keyring);
    for number in 0..many {
        let pair = Ed25519KeyPair::from_seed_unchecked(&numbered(salt, number)).unwrap();
        let key = Ed25519Key::from_bytes(pair.public_key().as_ref()).unwrap().into();
        keyring.enrol(SignerKey { key, ..like.clone() }, Position(0)).unwrap();
    }
}

fn events(book: &mut Keybook, salt: u8, many: usize) {
    let all = Arc::make_mut(&mut book.events);
    all.extend((0..many).map(|number| (RecordId::new(numbered(salt, number)), None)));
}

fn compromises(book: &mut Keybook, salt: u8, many: usize) {
    let key = UnsafeKey::later(Gbr, Role::Officer).kid();
    let told = (0..many).map(|number| KeyChange {
        event: RecordId::new(numbered(salt, number)),
        step: KeyStep::CompromisedSince,
        key,
        since: Some(Timestamp::new(1)),
        at: Position(1),
    });
    Arc::make_mut(&mut book.changes).extend(told);
}

/// The book of a founded log, a key-event that may come next in it, and an entry 0.
fn founded(record: Record) -> (Keybook, Verified<Record>, Verified<Record>) {
    let mut sides = TwoSides::founded();
    let book = sides.keys(Gbr).clone();
    sides.append(Gbr, record);
    let event = sides.newest(Gbr).sound().unwrap().clone();
    let first = sides.books.entry(Gbr, Position(0)).unwrap().sound().unwrap().clone();
    (book, event, first)
}

#[test]
fn each_log_is_counted_by_itself() {
    let brief = UnsafeKey::brief().kid();
    let later = UnsafeKey::later(Gbr, Role::Caseworker);
    let cases: [(Fill, usize, Record, KeyEventFault); 3] = [
        // The founding keys of both parties are among those of the first log.
        (
            keys,
            KEYS_PER_LOG_MAX - 7,
            key_enrolled(Role::Caseworker, later.certificate()),
            KeyEventFault::TooMany,
        ),
        (events, KEY_EVENTS_PER_LOG_MAX, key_retired(brief), KeyEventFault::TooManyEvents),
        (
            compromises,
            COMPROMISES_PER_LOG_MAX,
            key_compromised(brief, "2025-08-02T00:00:00Z"),
            KeyEventFault::TooManyCompromises,
        ),
    ];
    let maxima = [KEYS_PER_LOG_MAX, KEY_EVENTS_PER_LOG_MAX, COMPROMISES_PER_LOG_MAX];
    for ((fill, many, record, fault), whole) in cases.into_iter().zip(maxima) {
        let (book, event, first) = founded(record);
        let mut nearly = book.clone();
        fill(&mut nearly, 1, many - 1);
        assert_eq!(nearly.take(Position(9), &event), Ok(None), "{fault}");
        let mut full = book;
        fill(&mut full, 1, many);
        assert_eq!(full.take(Position(9), &event), Err(fault.clone()));
        let of = |book: &Keybook| (book.places().len(), book.events.len(), book.changes.len());
        let before = of(&full);

        // The successor has room, and all that was there still is.
        assert_eq!(full.take(LATER, &first), Ok(None));
        assert_eq!(of(&full), before, "{fault}");
        assert_eq!(full.clone().take(LATER, &event), Ok(None), "{fault}");
        let mut nearly = full.clone();
        fill(&mut nearly, 2, whole - 1);
        assert_eq!(nearly.take(LATER, &event), Ok(None), "{fault}");
        fill(&mut full, 2, whole);
        assert_eq!(full.take(LATER, &event), Err(fault.clone()), "it is full in its turn");
        assert_eq!(full.take(LATER, &first), Ok(None));
        assert_eq!(full.take(LATER, &event), Ok(None), "{fault}");
    }
}

#[test]
fn what_waits_counts_across_the_end_of_a_log() {
    let (mut book, event, first) = founded(key_retired(UnsafeKey::brief().kid()));
    book.open = KEY_EVENTS_OPEN_MAX;
    for _generation in 0..2 {
        assert_eq!(book.take(LATER, &event), Err(KeyEventFault::TooManyOpen));
        assert_eq!(book.take(LATER, &first), Ok(None));
    }
    book.open = KEY_EVENTS_OPEN_MAX - 1;
    assert_eq!(book.take(LATER, &event), Ok(None));
}

#[test]
fn a_copy_of_a_key_event_of_an_earlier_log_is_none_in_a_later_one() {
    let (mut book, event, first) = founded(key_retired(UnsafeKey::brief().kid()));
    let mut sides = TwoSides::founded();
    let decide = |sides: &mut TwoSides, record| {
        sides.append(Gbr, record);
        sides.newest(Gbr).sound().unwrap().clone()
    };
    let [rejected, approved] =
        [rejection(event.id()), approval(event.id())].map(|one| decide(&mut sides, one));
    assert_eq!(book.take(Position(1), &event), Ok(None));
    assert_eq!(book.take(Position(2), &rejected), Ok(None));
    for position in 0..3 {
        let position = Position(LATER.0 + 3 * position);
        assert_eq!(book.take(position, &first), Ok(None));
        assert_eq!(book.take(Position(position.0 + 1), &event), Ok(None));
        assert!(!book.waits(event.id()));
        assert_eq!(book.take(Position(position.0 + 2), &approved), Ok(None));
    }
    assert_eq!(book.changes(), []);
}
