//! A key that others may have used: what it has signed is suspect, and counts on.

use super::super::fixture::{
    TwoSides, UnsafeKey, allocation, approval, at, key_compromised, key_enrolled, request,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::{
    envelope::Role::Caseworker,
    names::{KeyId, RecordId},
};

const NONE: [BreakClass; 0] = [];

/// The key that was stolen.
fn stolen() -> KeyId {
    UnsafeKey::of(Gbr, Caseworker).kid()
}

/// Two sides of which the British one has enrolled a second caseworker key.
fn enrolled() -> TwoSides {
    let mut sides = TwoSides::founded();
    let later = UnsafeKey::later(Gbr, Caseworker);
    sides.approved(Gbr, key_enrolled(Caseworker, later.certificate()));
    sides.exchange();
    sides
}

/// Two sides of which one has signed three requests, and covered them one by one at these times.
fn three_requests(sides: &mut TwoSides) -> Vec<RecordId> {
    let days = ["2025-08-07T10:00:00Z", "2025-08-08T10:00:00Z", "2025-08-09T10:00:00Z"];
    let mut ids = Vec::new();
    for (day, name) in days.into_iter().zip(["GB01-1", "GB01-2", "GB01-3"]) {
        sides.go_to(at(day));
        ids.push(sides.append(Gbr, request(name, 0)));
        sides.entangle(Fra);
    }
    ids
}

#[test]
fn what_a_compromised_key_may_have_signed_is_suspect_and_counts_on() {
    let cases: [(&str, usize); 5] = [
        ("2025-08-07T10:00:00Z", 3),
        ("2025-08-07T10:01:00Z", 3),
        ("2025-08-07T10:01:01Z", 2),
        ("2025-08-09T10:01:00Z", 1),
        ("2025-08-09T10:01:01Z", 0),
    ];
    for (since, count) in cases {
        let mut sides = enrolled();
        let ids = three_requests(&mut sides);
        let later = UnsafeKey::later(Gbr, Caseworker);
        let old = stolen();
        let event = sides.append_as(&later, Gbr, key_compromised(old, since));
        assert_eq!(classes(&sides.ledger(sides.now)), [BreakClass::ApprovalAwaited], "{since}");
        sides.append(Gbr, approval(event));
        sides.exchange();
        let ledger = sides.ledger(sides.now);
        assert_eq!(ledger.cases.len(), 3, "nothing is undone");
        if count == 0 {
            assert_eq!(classes(&ledger), NONE, "{since}");
            continue;
        }
        assert_eq!(classes(&ledger), [BreakClass::Suspect], "{since}");
        let found = ledger.breaks.iter().next().unwrap();
        let mut wanted = vec![event];
        wanted.extend(&ids[3 - count..]);
        wanted.sort_unstable();
        assert_eq!(found.evidence, wanted, "{since}");
    }
}

/// A thief who dates a record back cannot date its receipt back.
#[test]
fn a_record_that_was_received_since_is_suspect_whatever_it_says() {
    let mut sides = enrolled();
    sides.go_to(at("2025-08-06T09:00:00Z"));
    let back = sides.append(Gbr, request("GB01-1", 0));
    sides.go_to(at("2025-08-20T09:00:00Z")).entangle(Fra);
    let old = stolen();
    let later = UnsafeKey::later(Gbr, Caseworker);
    let event = sides.append_as(&later, Gbr, key_compromised(old, "2025-08-20T00:00:00Z"));
    sides.append(Gbr, approval(event));
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    let found = ledger.breaks.iter().find(|one| one.class == BreakClass::Suspect).unwrap();
    assert!(found.evidence.contains(&back));
}

#[test]
fn every_suspect_record_is_named_by_a_break_that_names_no_more_than_a_record_can() {
    let mut sides = enrolled();
    for one in 0..200 {
        sides.append(Gbr, allocation(&format!("GB13-{one}"), 1));
    }
    let later = UnsafeKey::later(Gbr, Caseworker);
    let old = stolen();
    let event = sides.append_as(&later, Gbr, key_compromised(old, "2025-08-06T08:00:00Z"));
    sides.append(Gbr, approval(event));
    sides.exchange();
    let change = *sides.keys(Gbr).change(event).unwrap();
    // The 200, and the key-event that enrolled the later key.
    let suspect = crate::ledger::suspects(&sides.books, Gbr, &change);
    assert_eq!(suspect.len(), 201);
    let ledger = sides.ledger(sides.now);
    let found = ledger.breaks.iter().filter(|one| one.class == BreakClass::Suspect);
    let (mut named, mut sizes) = (Vec::new(), Vec::new());
    for one in found {
        assert!(one.evidence.contains(&event));
        named.extend(one.evidence.iter().copied().filter(|id| *id != event));
        sizes.push(one.evidence.len());
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [13, 64, 64, 64]);
    named.sort_unstable();
    let mut suspect = suspect;
    suspect.sort_unstable();
    assert_eq!(named, suspect);
}
