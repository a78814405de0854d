//! Breaks by themselves: contested entries, signers that were no longer valid, identity and age.

use super::super::fixture::{
    TwoSides, UnsafeKey, accept, arrival, at, departure, digest, notice, request,
};
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::ledger::{Breaks, CaseState, Owner, fold};
use crate::names::{Position, RecordId};
use crate::record::{AgeBucket, Record, subject};

#[test]
fn a_contested_entry_is_a_break_of_its_author_and_moves_nothing() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let mut bytes = sides.seal(Fra, &accept(asked)).1;
    *bytes.last_mut().unwrap() ^= 1;
    let place = sides.append_bytes(Fra, bytes);
    let ledger = sides.ledger(at(LATER));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!((one.class, one.owner), (BreakClass::BadSignature, Owner::Party(Fra)));
    assert_eq!(one.evidence, [RecordId::new(*sides.newest(Fra).leaf.as_bytes())]);
    assert_eq!(one.began, at(LATER), "not received yet, so it begins now");
    assert_eq!(ledger.cases[&asked].state, CaseState::Requested);

    sides.exchange();
    let received = sides.books.receipt(Fra, place).unwrap().1;
    let ledger = sides.ledger(at("2025-08-20T23:59:59Z"));
    let began: Vec<_> = ledger.breaks.iter().map(|one| (one.id, one.began)).collect();
    assert_eq!(began, [(one.id, received)], "the same break, as old as its receipt");
}

#[test]
fn an_entanglement_without_effect_is_a_break_of_its_author() {
    let mut sides = TwoSides::founded();
    let root = digest("another root");
    let one = crate::record::Entanglement { root, ..sides.entanglement(Fra) };
    let time = crate::record::At::Second(sides.now);
    let id = sides.append(Fra, Record { at: Some(time), ..Record::bare(one) });
    let ledger = sides.ledger(at(LATER));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!((one.class, one.owner), (BreakClass::ContestedEntry, Owner::Party(Fra)));
    assert_eq!(one.evidence, [id]);
}

#[test]
fn a_signer_who_had_expired_at_receipt_has_said_nothing() {
    let signed_in_time = |received: &str| {
        let mut sides = TwoSides::founded();
        sides.go_to(at("2025-12-30T12:00:00Z"));
        let record = request("GB01-1", 0);
        let subject = subject(record.kind(), record.case.as_ref());
        let bytes = sides.seal_as(&UnsafeKey::brief(), Gbr, subject, record.encode()).1;
        sides.append_bytes(Gbr, bytes);
        let in_transit = sides.ledger(at(LATER));
        assert_eq!((classes(&in_transit), in_transit.cases.len()), (vec![], 1), "in transit");
        sides.go_to(at(received)).entangle(Fra);
        let ledger = sides.ledger(at(LATER));
        (classes(&ledger), ledger.cases.len())
    };
    let late = (vec![BreakClass::LateRequest], 1);
    assert_eq!(signed_in_time("2025-12-31T00:00:00Z"), late, "the last second");
    let expired = (vec![BreakClass::ExpiredKey], 0);
    assert_eq!(signed_in_time("2025-12-31T00:00:01Z"), expired, "one later");
    assert_eq!(signed_in_time("2026-03-01T00:00:00Z"), expired, "two months later");
}

#[test]
fn a_break_is_the_same_on_both_sides_from_run_to_run() {
    let tell = |fra_first: bool| {
        let mut sides = TwoSides::founded();
        let announced = sides.announced(1, "2025-08-12", 3);
        let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
        sides.append(Fra, arrival(left, "2025-08-20", 2));
        if fra_first {
            sides.entangle(Fra);
        }
        sides.exchange();
        sides.ledger(at(LATER)).breaks.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let (one, other) = (tell(false), tell(true));
    assert_eq!(one.len(), 3);
    assert_eq!(one, other);
}

#[test]
fn class_and_evidence_make_the_identity_of_a_break_and_nothing_else() {
    let (one, two) = (RecordId::new([1; 32]), RecordId::new([2; 32]));
    let day = at("2025-08-12T00:00:00Z");
    let mut breaks = Breaks::default();
    assert!(breaks.is_empty());
    breaks.note(BreakClass::Duplicate, Owner::Both, day, vec![one, two]);
    breaks.note(BreakClass::Duplicate, Owner::Party(Gbr), at(LATER), vec![two, one, two]);
    assert_eq!(breaks.len(), 1, "the same again keeps its beginning");
    assert_eq!(breaks.iter().map(|it| it.began).collect::<Vec<_>>(), [day]);
    breaks.note(BreakClass::DateMismatch, Owner::Both, day, vec![one, two]);
    breaks.note(BreakClass::Duplicate, Owner::Both, day, vec![one]);
    assert_eq!(breaks.len(), 3);
}

#[test]
fn a_break_ages_by_whole_days() {
    let mut breaks = Breaks::default();
    breaks.note(BreakClass::Duplicate, Owner::Both, at("2025-08-01T12:00:00Z"), vec![]);
    for (as_of, age) in [
        ("2025-07-01T00:00:00Z", AgeBucket::Days0To2),
        ("2025-08-01T12:00:00Z", AgeBucket::Days0To2),
        ("2025-08-04T11:59:59Z", AgeBucket::Days0To2),
        ("2025-08-04T12:00:00Z", AgeBucket::Days3To5),
        ("2025-08-07T11:59:59Z", AgeBucket::Days3To5),
        ("2025-08-07T12:00:00Z", AgeBucket::Days6To30),
        ("2025-09-01T11:59:59Z", AgeBucket::Days6To30),
        ("2025-09-01T12:00:00Z", AgeBucket::Days31To60),
        ("2025-10-01T11:59:59Z", AgeBucket::Days31To60),
        ("2025-10-01T12:00:00Z", AgeBucket::Over60),
    ] {
        let counts = breaks.counts(at(as_of));
        let found: Vec<_> = counts.iter().map(|it| (it.class, it.age, it.count)).collect();
        assert_eq!(found, [(BreakClass::Duplicate, age, 1)], "{as_of}");
    }
}

#[test]
fn an_entanglement_is_what_the_mirror_cosigned() {
    let mut sides = TwoSides::founded();
    sides.append(Gbr, request("GB01-1", 0));
    let (cosigned, covered) = (sides.cosigned(Gbr), sides.entanglement(Fra));
    let checkpoint = cosigned.checkpoint();
    assert_eq!(checkpoint.origin().to_string(), covered.origin);
    assert_eq!((checkpoint.size(), checkpoint.root()), (covered.size, covered.root));
    let now = sides.now;
    sides.entangle(Fra);
    assert_eq!(cosigned.time(), now);
    assert_eq!(sides.books.receipt(Gbr, Position(2)), Some((covered.size, now)));
}

#[test]
fn a_view_shows_nothing_of_what_lies_beyond_it() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let before = sides.books.all();
    let as_of = at(LATER);
    let earlier = fold(&sides.agreement, &sides.books, before, as_of);
    let accepted = sides.append(Fra, accept(asked));
    sides.append(Gbr, notice("GB04-1", &[accepted], "2025-08-12", 1));
    assert_eq!(fold(&sides.agreement, &sides.books, before, as_of), earlier);
    assert_ne!(sides.ledger(as_of), earlier);
    assert_eq!(sides.books.find(accepted), Some((Fra, Position(2))));
    assert_eq!(sides.books.find(RecordId::new([9; 32])), None);
}
