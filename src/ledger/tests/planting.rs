//! The breaks that no case shows: entries without effect, clocks, weeks that two sides tell
//! differently, and the balance. Each is planted, and almost planted.

use super::super::fixture::{
    TwoSides, UnsafeKey, accept, admission, approval, arrival, at, count, departure, outage, place,
    provisions, request, resolution, terminated, travel, visa,
};
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::{
    cbor,
    ledger::{Break, Owner},
    names::{Party, Persons, Position, RecordId},
    record::{Arrival, ArrivalOutcome, Decision, Kind, Provisions, Record, subject},
};

const NONE: [BreakClass; 0] = [];

/// A class, whose entry it is, and its bytes.
type Planted = (BreakClass, Party, fn(&mut TwoSides) -> Vec<u8>);

fn under(it: &mut TwoSides, key: &UnsafeKey, party: Party, record: &Record) -> Vec<u8> {
    let sub = subject(record.kind(), record.case.as_ref());
    it.seal_as(key, party, sub, record.encode()).1
}

/// A payload with one more pair at the end of its content: a commitment.
fn with_commitment(record: &Record) -> Vec<u8> {
    let mut payload = record.encode();
    let content = payload.len() - cbor::encode(&record.content).len();
    payload[content] += 1;
    payload.extend(b"\x0f\x81\x58\x20");
    payload.extend([0x5a; 32]);
    payload
}

const ENTRIES: [Planted; 9] = [
    (BreakClass::ContestedEntry, Gbr, |_| b"\xa0".to_vec()),
    (BreakClass::BadSignature, Fra, |it| {
        let mut bytes = it.seal(Fra, &accept(RecordId::new([7; 32]))).1;
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    }),
    (BreakClass::UnknownKey, Gbr, |it| {
        let key = UnsafeKey::log(Gbr);
        under(it, &key, Gbr, &request("GB01-1", 0))
    }),
    (BreakClass::ExpiredKey, Gbr, |it| {
        it.go_to(at("2026-01-02T12:00:00Z"));
        under(it, &UnsafeKey::brief(), Gbr, &request("GB01-1", 0))
    }),
    (BreakClass::WrongSigner, Gbr, |it| it.seal(Fra, &accept(RecordId::new([7; 32]))).1),
    (BreakClass::WrongSigner, Fra, |it| {
        let key = UnsafeKey::of(Fra, crate::envelope::Role::Officer);
        under(it, &key, Fra, &accept(RecordId::new([7; 32])))
    }),
    (BreakClass::Replay, Gbr, |_| {
        let other = Provisions { request_days: 15, ..provisions() };
        TwoSides::under(other).seal(Gbr, &request("GB01-1", 0)).1
    }),
    (BreakClass::SchemaVersion, Gbr, |it| {
        let key = UnsafeKey::of(Gbr, crate::envelope::Role::Caseworker);
        let kind = u8::try_from(Kind::ALL.len()).unwrap();
        let payload = [b"\xa2\x00\x18".as_slice(), &[kind], b"\x05\xa0"].concat();
        it.seal_as(&key, Gbr, "a kind of later rules".to_owned(), payload).1
    }),
    (BreakClass::PersonDataInFrenchRecord, Fra, |it| {
        let key = UnsafeKey::of(Fra, crate::envelope::Role::Caseworker);
        let answer = accept(RecordId::new([7; 32]));
        let payload = with_commitment(&answer);
        it.seal_as(&key, Fra, subject(answer.kind(), None), payload).1
    }),
];

#[test]
fn an_entry_without_effect_is_a_break_by_the_rule_that_it_breaks() {
    for (class, author, bytes) in ENTRIES {
        let mut sides = TwoSides::founded();
        let bytes = bytes(&mut sides);
        sides.append_bytes(author, bytes);
        sides.exchange();
        let ledger = sides.ledger(sides.now);
        let found: Vec<&Break> = ledger.breaks.iter().collect();
        let [one] = found[..] else { panic!("{class}: {found:?}") };
        assert_eq!((one.class, one.owner), (class, Owner::Party(author)));
        let leaf = sides.books.entries(author, Position(0)).find(|(_, one)| one.sound().is_none());
        assert_eq!(one.evidence, [RecordId::new(*leaf.unwrap().1.leaf.as_bytes())], "{class}");
    }
}

/// Each is as near as may be to an entry of the list above, and has effect.
#[test]
fn what_is_almost_without_effect_is_sound() {
    let sound = |name: &str, sides: &TwoSides, party: Party| {
        assert!(sides.newest(party).sound().is_some(), "{name}: {:?}", sides.newest(party));
    };
    let mut sides = TwoSides::founded();
    let id = sides.append(Gbr, request("GB01-1", 0));
    sound("the commitments of a British request", &sides, Gbr);
    sides.append(Fra, accept(id));
    sound("a record of the counterpart that is held and not covered yet", &sides, Fra);
    let ledger = sides.ledger(sides.now);
    assert_eq!(classes(&ledger), NONE);
    // The first and the last second of a certificate, and a second beyond each.
    let brief = || UnsafeKey::brief();
    for (when, found) in [
        ("2025-07-31T23:59:59Z", false),
        ("2025-08-01T00:00:00Z", true),
        ("2025-12-31T00:00:00Z", true),
        ("2025-12-31T00:00:01Z", false),
    ] {
        let mut sides = TwoSides::founded();
        sides.go_to(at(when));
        let bytes = under(&mut sides, &brief(), Gbr, &request("GB01-2", 0));
        sides.append_bytes(Gbr, bytes);
        assert_eq!(sides.newest(Gbr).sound().is_some(), found, "{when}");
    }
    // The same facts signed a second time are another record, and no replay.
    let mut sides = TwoSides::founded();
    let away = outage("2025-08-07T10:00:00Z", None);
    sides.append(Gbr, away.clone());
    sides.append(Gbr, away);
    assert_eq!(classes(&sides.ledger(sides.now)), NONE);
    // The kind with the greatest number that these rules have.
    let last = *Kind::ALL.last().unwrap();
    assert_eq!(usize::from(last.code()) + 1, Kind::ALL.len(), "{last}");
}

/// A copy is a copy, also of what was signed by somebody who has expired since.
#[test]
fn a_copy_of_an_expired_signers_record_is_a_replay() {
    let mut sides = TwoSides::founded();
    let bytes = under(&mut sides, &UnsafeKey::brief(), Gbr, &request("GB01-1", 0));
    sides.append_bytes(Gbr, bytes.clone());
    let id = sides.newest(Gbr).id().unwrap();
    sides.append(Fra, accept(id));
    sides.exchange().go_to(at("2026-01-05T12:00:00Z"));
    sides.append_bytes(Gbr, bytes);
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!((one.class, &one.evidence[..]), (BreakClass::Replay, &[id][..]));
}

/// The same acts, each by whoever may sign it and as it is to be signed, show nothing.
#[test]
fn an_entry_of_form_by_its_own_signer_is_no_break() {
    let mut sides = TwoSides::founded();
    let record = request("GB01-1", 0);
    let bytes = under(&mut sides, &UnsafeKey::brief(), Gbr, &record);
    sides.append_bytes(Gbr, bytes);
    let id = sides.newest(Gbr).id().unwrap();
    sides.append(Fra, accept(id));
    sides.exchange();
    assert_eq!(classes(&sides.ledger(sides.now)), NONE);
}

#[test]
fn a_clock_is_wrong_if_something_is_received_before_it_is_signed() {
    let skew = |seconds: u64| {
        let mut sides = TwoSides::founded();
        let received = sides.now.plus(3600);
        sides.go_to(received.plus(seconds));
        sides.append(Gbr, request("GB01-1", 0));
        sides.go_to(received.plus(seconds));
        sides.append(Gbr, request("GB01-2", 0));
        sides.go_to(received).entangle(Fra);
        sides
    };
    let bound = skew(0).agreement.terms().clock_bound_seconds;
    assert_eq!(classes(&skew(bound).ledger(at("2025-08-07T00:00:00Z"))), NONE);
    let sides = skew(bound + 1);
    let ledger = sides.ledger(at("2025-08-07T00:00:00Z"));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one for both") };
    assert_eq!((one.class, one.owner), (BreakClass::ClockSkew, Owner::Both));
    assert!(one.evidence.contains(&sides.newest(Fra).id().unwrap()), "the entanglement");
}

#[test]
fn a_journey_told_in_two_weeks_is_known_and_counts() {
    // From a Sunday to a Monday, and within one week.
    for (left, came, found) in [
        ("2025-08-17", "2025-08-18", &[BreakClass::WeekBoundary][..]),
        ("2025-08-16", "2025-08-17", &NONE),
        ("2025-08-17", "2025-08-19", &[BreakClass::DateMismatch]),
    ] {
        let mut sides = TwoSides::founded();
        let announced = sides.announced(1, left, 3);
        let departed = sides.append(Gbr, departure(announced, left, 3));
        sides.append(Fra, arrival(departed, came, 3));
        assert_eq!(classes(&sides.ledger(at(LATER))), found, "{left} {came}");

        let mut sides = TwoSides::founded();
        let announced = sides.announced(1, left, 3);
        let departed = sides.append(Gbr, departure(announced, left, 3));
        let elsewhere = Arrival {
            outcome: ArrivalOutcome::Arrived,
            place: place("FRLYS"),
            persons: Persons(3),
        };
        let elsewhere = Record { content: elsewhere.into(), ..arrival(departed, came, 3) };
        sides.append(Fra, elsewhere);
        let classes_there = classes(&sides.ledger(at(LATER)));
        assert!(!classes_there.contains(&BreakClass::WeekBoundary), "what does not count");

        let mut sides = TwoSides::founded();
        let issued = sides.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
        let announced = sides.append(Gbr, travel("GB15-1", &[issued], left, 3));
        sides.append(Fra, count(announced, left, 3));
        sides.append(Gbr, admission(announced, came, 3));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(classes(&ledger), found, "{left} {came}");
        assert_eq!(ledger.tally().admitted.agreed, 3, "an admission counts by itself");
    }
}

#[test]
fn the_balance_is_known_once_it_is_beyond_its_tolerance() {
    let mut sides = TwoSides::under(Provisions { balance_tolerance: 3, ..provisions() });
    sides.returned(1, "2025-08-12", 3);
    assert_eq!(classes(&sides.ledger(at(LATER))), NONE, "as far apart as it may be");
    let way = sides.returned(2, "2025-08-13", 1);
    sides.exchange();
    let ledger = sides.ledger(at(LATER));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!((one.class, one.owner), (BreakClass::Imbalance, Owner::Both));
    assert!(one.evidence.contains(&way.came), "the record that took it beyond");
    let place = sides.books.find(way.came).unwrap().1;
    assert_eq!(Some(one.began), sides.books.receipt(Fra, place).map(|(_, time)| time));
    sides.returned(3, "2025-08-12", 1);
    let further: Vec<_> = sides.ledger(at(LATER)).breaks.iter().map(|one| one.id).collect();
    assert_eq!(further, [one.id], "further apart, it is the same break");
    sides.admitted(4, "2025-09-02", 2);
    assert_eq!(classes(&sides.ledger(at(LATER))), NONE, "within it again");
    sides.admitted(5, "2025-09-03", 7);
    assert_eq!(classes(&sides.ledger(at(LATER))), [BreakClass::Imbalance], "the other way");
}

/// What both sides have decided about the balance holds as long as it stands so, and no longer.
#[test]
fn a_decision_about_one_imbalance_says_nothing_about_the_next() {
    let mut sides = TwoSides::under(Provisions { balance_tolerance: 0, ..provisions() });
    let decide = |sides: &mut TwoSides| {
        sides.exchange();
        let found: Vec<_> = sides.ledger(at(LATER)).breaks.iter().map(|one| one.id).collect();
        let [id] = found[..] else { panic!("{found:?}") };
        for party in [Gbr, Fra] {
            sides.approved(party, resolution(id, Decision::Explained));
        }
        id
    };
    sides.returned(1, "2025-08-12", 3);
    let first = decide(&mut sides);
    assert_eq!(classes(&sides.ledger(at(LATER))), NONE, "decided");
    sides.admitted(2, "2025-08-13", 3);
    assert_eq!(classes(&sides.ledger(at(LATER))), NONE, "balanced");
    sides.returned(3, "2025-08-14", 900);
    let ledger = sides.ledger(at(LATER));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!(one.class, BreakClass::Imbalance);
    assert_ne!(one.id, first);
}

#[test]
fn what_is_not_balanced_at_the_end_is_to_be_settled() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-12", 3);
    sides.admitted(2, "2025-08-13", 2);
    sides.exchange();
    let last = provisions().expires;
    assert_eq!(
        classes(&sides.ledger("2026-06-11T23:59:59Z".parse().unwrap())),
        NONE,
        "the last second"
    );
    let ledger = sides.ledger(last.plus(1).start());
    let found: Vec<_> = ledger.breaks.iter().map(|one| (one.class, one.owner)).collect();
    assert_eq!(found, [(BreakClass::UnsettledAtTerm, Owner::Both)]);
    assert_eq!(ledger.breaks.iter().next().unwrap().began, at("2026-06-12T00:00:00Z"));
    sides.admitted(3, "2025-08-14", 1);
    assert_eq!(classes(&sides.ledger(at("2026-07-01T00:00:00Z"))), NONE, "settled");

    // By a termination it is the day after the notice has run.
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-12", 3);
    let founding = sides.books.entry(Gbr, Position(0)).unwrap().id().unwrap();
    let ends = sides.append(Gbr, terminated(founding));
    sides.append(Gbr, approval(ends));
    sides.exchange();
    let classes_on = |day: &str| classes(&sides.ledger(at(day)));
    assert_eq!(classes_on("2025-09-05T00:00:00Z"), NONE);
    assert_eq!(classes_on("2025-10-01T00:00:00Z"), [BreakClass::UnsettledAtTerm]);
}
