//! Key-events: who may sign where, what is no key-event of form, and what is suspect.

use super::super::fixture::{
    TwoSides, UnsafeKey, accept, approval, at, key_compromised, key_enrolled, key_retired, log_end,
    rejection, request,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::{
    envelope::Role::{self, Caseworker, Ledger, Officer},
    ledger::{Folder, Keybook, LogReader, examine, fold},
    names::{KeyId, Party, Position, RecordId},
    record::{ObjectionReason, Record},
    tlog::root_at,
};

const NONE: [BreakClass; 0] = [];

fn kid(party: Party, role: Role) -> KeyId {
    UnsafeKey::of(party, role).kid()
}

fn enrolment(party: Party, role: Role) -> Record {
    key_enrolled(role, UnsafeKey::later(party, role).certificate())
}

/// Two sides of which one has enrolled a later key in a role.
fn enrolled(party: Party, role: Role) -> TwoSides {
    let mut sides = TwoSides::founded();
    sides.approved(party, enrolment(party, role));
    sides
}

/// What becomes of a request that a key signs as the next entry.
fn tried(sides: &TwoSides, key: &UnsafeKey) -> Option<ObjectionReason> {
    let mut sides = sides.clone();
    sides.append_as(key, Gbr, request("GB01-1", 0));
    sides.newest(Gbr).objection()
}

#[test]
fn an_enrolled_key_signs_from_the_position_after_its_approval_on() {
    let later = UnsafeKey::later(Gbr, Caseworker);
    let mut sides = TwoSides::founded();
    assert_eq!(tried(&sides, &later), Some(ObjectionReason::UnknownKey));
    let event = sides.append(Gbr, enrolment(Gbr, Caseworker));
    assert_eq!(sides.newest(Gbr).objection(), None);
    assert_eq!(tried(&sides, &later), Some(ObjectionReason::UnknownKey), "not approved yet");
    sides.append(Gbr, approval(event));
    assert_eq!(tried(&sides, &later), None);
    assert_eq!(tried(&sides, &UnsafeKey::of(Gbr, Caseworker)), None, "the old one still may");
    // What the new key is for, and nothing else.
    let mut other = sides.clone();
    other.append_as(&later, Gbr, approval(event));
    assert_eq!(other.newest(Gbr).objection(), Some(ObjectionReason::Signer));
    let place = sides.keys(Gbr).places().into_iter().find(|one| one.key.key.id() == later.kid());
    let size = sides.books.size(Gbr).0;
    assert_eq!(place.unwrap().from, Position(size));
}

#[test]
fn a_retired_or_compromised_key_signs_up_to_the_approval() {
    let old = UnsafeKey::of(Gbr, Caseworker);
    for record in [key_retired(old.kid()), key_compromised(old.kid(), "2025-08-06T08:00:00Z")] {
        let mut sides = enrolled(Gbr, Caseworker);
        let event = sides.append(Gbr, record);
        assert_eq!(tried(&sides, &old), None, "not approved yet");
        sides.append(Gbr, approval(event));
        assert_eq!(tried(&sides, &old), Some(ObjectionReason::RetiredKey));
        let places = sides.keys(Gbr).places();
        let place = places.iter().find(|one| one.key.key.id() == old.kid()).unwrap();
        assert_eq!(place.until, Some(Position(sides.books.size(Gbr).0)));
    }
}

#[test]
fn what_a_retired_key_signs_is_contested_and_a_break() {
    let mut sides = enrolled(Gbr, Caseworker);
    sides.approved(Gbr, key_retired(kid(Gbr, Caseworker)));
    sides.append(Gbr, request("GB01-1", 0));
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    assert_eq!(classes(&ledger), [BreakClass::RetiredKey]);
    assert!(ledger.cases.is_empty(), "it counts nowhere");
}

#[test]
fn an_event_without_effect_changes_no_key() {
    type Tell = fn(&mut TwoSides, RecordId);
    let stories: [(&str, Tell); 6] = [
        ("nobody approves it", |_, _| {}),
        ("it is rejected", |it, event| {
            it.append(Gbr, rejection(event));
        }),
        ("it is rejected, and then approved", |it, event| {
            it.append(Gbr, rejection(event));
            it.append(Gbr, approval(event));
        }),
        ("the counterpart's officer approves it", |it, event| {
            it.append(Fra, approval(event));
        }),
        ("a caseworker approves it", |it, event| {
            it.append_as(&UnsafeKey::of(Gbr, Caseworker), Gbr, approval(event));
        }),
        ("it is approved after the log's end", |it, event| {
            it.append(Gbr, log_end());
            it.append(Gbr, approval(event));
        }),
    ];
    for (name, tell) in stories {
        let mut sides = TwoSides::founded();
        let before = sides.keys(Gbr).version();
        let event = sides.append(Gbr, enrolment(Gbr, Caseworker));
        tell(&mut sides, event);
        assert_eq!(sides.keys(Gbr).version(), before, "{name}");
    }
}

#[test]
fn an_approval_before_its_event_is_none() {
    let mut sides = TwoSides::founded();
    // The id of what will be signed next is known before it is logged.
    let (event, bytes) = sides.seal(Gbr, &enrolment(Gbr, Caseworker));
    sides.append(Gbr, approval(event));
    sides.append_bytes(Gbr, bytes);
    assert_eq!(sides.keys(Gbr).version(), 0);
    sides.append(Gbr, approval(event));
    assert_eq!(sides.keys(Gbr).version(), 1, "one that follows it is");
}

#[test]
fn nobody_decides_about_their_own_key() {
    let mut sides = enrolled(Gbr, Officer);
    let (old, new) = (UnsafeKey::of(Gbr, Officer), UnsafeKey::later(Gbr, Officer));
    let event = sides.append(Gbr, key_compromised(old.kid(), "2025-08-06T08:00:00Z"));
    for own in [approval(event), rejection(event)] {
        sides.append_as(&old, Gbr, own);
        assert_eq!(sides.newest(Gbr).objection(), None, "a record of form, without effect");
    }
    assert_eq!(sides.keys(Gbr).version(), 1, "neither approved nor rejected");
    sides.append_as(&new, Gbr, approval(event));
    assert_eq!(sides.keys(Gbr).version(), 2);
    sides.exchange();
    let found = classes(&sides.ledger(sides.now));
    assert_eq!(found.iter().filter(|one| **one == BreakClass::IllegalTransition).count(), 2);
}

#[test]
fn a_key_event_that_the_keys_do_not_allow_is_contested() {
    let certificate = |party, role| UnsafeKey::later(party, role).certificate().to_vec();
    let (gbr, fra) = (certificate(Gbr, Caseworker), certificate(Fra, Caseworker));
    let founding = UnsafeKey::of(Gbr, Ledger).certificate().to_vec();
    let expired = super::super::fixture::certificate(Gbr, "caseworker", 0x77, 2025);
    let log_key = super::super::fixture::certificate(Gbr, "caseworker", 0x1e, 2027);
    let their_mirror = super::super::fixture::certificate(Gbr, "caseworker", 0x2f, 2027);
    let cases: Vec<(&str, Record)> = vec![
        ("no certificate", key_enrolled(Caseworker, b"0")),
        ("another party's", key_enrolled(Caseworker, &fra)),
        ("another role's", key_enrolled(Officer, &gbr)),
        ("enrolled already", key_enrolled(Ledger, &founding)),
        ("our own log key", key_enrolled(Caseworker, &log_key)),
        ("their mirror key", key_enrolled(Caseworker, &their_mirror)),
        ("nobody's key", key_retired(KeyId::new([7; 8]))),
        ("the counterpart's key", key_retired(kid(Fra, Caseworker))),
        ("the last ledger key", key_retired(kid(Gbr, Ledger))),
        ("the last officer key", key_retired(kid(Gbr, Officer))),
        ("the last one, compromised", key_compromised(kid(Gbr, Ledger), "2025-08-06T08:00:00Z")),
        ("in the future", key_compromised(kid(Gbr, Caseworker), "2025-08-07T08:00:00Z")),
    ];
    for (name, record) in cases {
        let mut sides = TwoSides::founded();
        sides.append(Gbr, record);
        assert_eq!(sides.newest(Gbr).objection(), Some(ObjectionReason::KeyEvent), "{name}");
        sides.exchange();
        assert_eq!(classes(&sides.ledger(sides.now)), [BreakClass::ContestedEntry], "{name}");
    }
    let mut sides = TwoSides::founded();
    sides.go_to(at("2026-01-01T00:00:00Z"));
    sides.append(Gbr, key_enrolled(Caseworker, &expired));
    assert_eq!(sides.newest(Gbr).objection(), Some(ObjectionReason::KeyEvent), "expired");
}

#[test]
fn a_key_goes_once_and_never_comes_back() {
    let old = kid(Gbr, Caseworker);
    let mut sides = enrolled(Gbr, Caseworker);
    sides.approved(Gbr, key_retired(old));
    let contested = |sides: &TwoSides, record: Record| {
        let mut sides = sides.clone();
        let later = UnsafeKey::later(Gbr, Caseworker);
        sides.append_as(&later, Gbr, record);
        sides.newest(Gbr).objection()
    };
    let again = key_enrolled(Caseworker, UnsafeKey::of(Gbr, Caseworker).certificate());
    let refused = Some(ObjectionReason::KeyEvent);
    assert_eq!(contested(&sides, again), refused);
    assert_eq!(contested(&sides, key_retired(old)), refused);
    // That it was compromised before may come out later, and that it was so for longer.
    let compromised = |since| key_compromised(old, since);
    assert_eq!(contested(&sides, compromised("2025-08-06T08:02:00Z")), None);
    let later = UnsafeKey::later(Gbr, Caseworker);
    let event = sides.append_as(&later, Gbr, compromised("2025-08-06T08:02:00Z"));
    sides.append(Gbr, approval(event));
    assert_eq!(contested(&sides, compromised("2025-08-06T08:02:00Z")), refused);
    assert_eq!(contested(&sides, compromised("2025-08-06T08:01:59Z")), None);
}

/// Both may be logged; only the first can take effect.
#[test]
fn two_retirements_cannot_take_the_last_key_of_a_role() {
    let mut sides = enrolled(Fra, Caseworker);
    let (old, new) = (UnsafeKey::of(Fra, Caseworker), UnsafeKey::later(Fra, Caseworker));
    let one = sides.append(Fra, key_retired(old.kid()));
    let other = sides.append(Fra, key_retired(new.kid()));
    sides.append(Fra, approval(one));
    sides.append(Fra, approval(other));
    sides.append_as(&new, Fra, accept(RecordId::new([7; 32])));
    assert_eq!(sides.newest(Fra).objection(), None, "the last one stays");
    sides.exchange();
    let found = classes(&sides.ledger(sides.now));
    assert!(found.contains(&BreakClass::IllegalTransition), "{found:?}");
    assert!(sides.ledger(sides.now).awaiting.is_empty(), "nothing waits any more");
}

/// A brief key that has run out is no key to go on with.
#[test]
fn an_expired_key_does_not_remain() {
    for (when, refused) in [("2025-12-01T00:00:00Z", None), ("2026-01-01T00:00:00Z", Some(()))] {
        let mut sides = TwoSides::founded();
        sides.go_to(at(when));
        sides.append(Gbr, key_retired(kid(Gbr, Caseworker)));
        assert_eq!(sides.newest(Gbr).objection().map(|_| ()), refused, "{when}");
    }
}

#[test]
fn a_copy_of_a_key_event_changes_nothing() {
    let mut sides = TwoSides::founded();
    let (event, bytes) = sides.seal(Gbr, &key_retired(UnsafeKey::brief().kid()));
    sides.append_bytes(Gbr, bytes.clone());
    sides.append(Gbr, rejection(event));
    sides.append_bytes(Gbr, bytes);
    sides.append(Gbr, approval(event));
    assert_eq!(sides.keys(Gbr).version(), 0);
    sides.exchange();
    assert!(classes(&sides.ledger(sides.now)).contains(&BreakClass::Replay));
}

#[test]
fn one_key_of_both_parties_is_one_too_many() {
    let mut sides = TwoSides::founded();
    // No log can know what the other one enrols; the certificates are different, the key is one.
    for party in Party::BOTH {
        let own = UnsafeKey::from_seed(party, Caseworker, 0x66);
        sides.approved(party, key_enrolled(Caseworker, own.certificate()));
    }
    sides.exchange();
    assert_eq!(classes(&sides.ledger(sides.now)), [BreakClass::IllegalTransition]);
}

/// A log whose caseworker, ledger and officer keys are all exchanged for others.
fn all_exchanged() -> TwoSides {
    let mut sides = TwoSides::founded();
    for role in [Caseworker, Ledger, Officer] {
        sides.approved(Gbr, enrolment(Gbr, role));
    }
    let [worker, officer] = [Caseworker, Officer].map(|role| UnsafeKey::later(Gbr, role));
    sides.approved(Gbr, key_retired(UnsafeKey::brief().kid()));
    for role in [Officer, Caseworker, Ledger] {
        let event = sides.append_as(&worker, Gbr, key_retired(kid(Gbr, role)));
        sides.append_as(&officer, Gbr, approval(event));
        sides.append_as(&worker, Gbr, request(&format!("GB01-{}", role.code()), 0));
    }
    let one = sides.entanglement(Gbr);
    let time = sides.now;
    let record = crate::record::At::Second(time);
    let record = Record { at: Some(record), ..Record::bare(one) };
    sides.append_as(&UnsafeKey::later(Gbr, Ledger), Gbr, record);
    sides.entangle(Fra);
    sides
}

#[test]
fn whoever_reads_the_log_later_agrees_on_who_was_valid_where() {
    let sides = all_exchanged();
    assert_eq!(classes(&sides.ledger(sides.now)), NONE);
    // Looked at with the founding keys alone, as in one batch: the reader looks again.
    for stale in [true, false] {
        let mut reader = LogReader::new(&sides.agreement, Gbr);
        let founding = reader.keys().clone();
        for (position, bytes) in (0..).map(Position).zip(sides.bytes(Gbr)) {
            let keys = if stale { &founding } else { reader.keys() };
            let examined = examine(keys, position, bytes.clone());
            let root = |size| root_at(sides.nodes(Fra), size).ok();
            let entry = reader.admit(&sides.agreement, examined, root).unwrap();
            assert_eq!(entry.objection(), None, "{position}");
        }
        assert_eq!(reader.keys().changes(), sides.keys(Gbr).changes());
    }
}

#[test]
fn a_fold_that_begins_anew_begins_with_the_founding_keys() {
    let sides = all_exchanged();
    let mut folder = Folder::new(&sides.agreement);
    let all = sides.books.all();
    let whole = folder.ledger(&sides.books, all, sides.now);
    let mut less = all;
    less.gbr = crate::names::Size(4);
    assert_ne!(folder.ledger(&sides.books, less, sides.now), whole);
    let ledger = folder.ledger(&sides.books, all, sides.now);
    assert_eq!(ledger, fold(&sides.agreement, &sides.books, all, sides.now));
}

#[test]
fn a_log_has_so_many_key_events_that_wait_and_no_more() {
    let mut sides = TwoSides::founded();
    let max = crate::limits::KEY_EVENTS_OPEN_MAX;
    let mut last = None;
    for one in 0..=max {
        assert_eq!(sides.newest(Gbr).objection(), None, "{one}");
        last = Some(sides.append(Gbr, key_retired(UnsafeKey::brief().kid())));
    }
    assert_eq!(sides.newest(Gbr).objection(), Some(ObjectionReason::KeyEvent));
    assert!(last.is_some());
    let waiting = sides.ledger(sides.now).awaiting;
    sides.append(Gbr, rejection(*waiting.keys().next().unwrap()));
    sides.append(Gbr, key_retired(UnsafeKey::brief().kid()));
    assert_eq!(sides.newest(Gbr).objection(), None, "one was decided");
}

#[test]
fn a_party_has_the_keys_of_its_own_log_alone() {
    let sides = all_exchanged();
    assert_eq!(sides.keys(Fra).version(), 0);
    let fra = Keybook::new(&sides.agreement, Fra);
    assert!(fra.get(kid(Gbr, Officer)).is_none());
    assert!(fra.get(kid(Fra, Officer)).is_some());
}
