//! Breaks of one side's own: each class planted once, and almost planted once. Those of copies are
//! planted beside the comparison of copies.

use std::collections::BTreeSet;

use crate::ledger::fixture::{TwoSides, at, day, request};
use crate::ledger::{Owner, Severity};
use crate::limits::NO_RECEIPT_SECONDS;
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Persons as Number, Position, Timestamp};
use crate::reconcile::{
    LISTED, ListDifference, Listed, LocalBreak, LocalClass, Match, PersonMark, Persons, Scope,
    unreceipted,
};
use crate::record::{AgeBucket, Kind};

fn line(number: u64, reference: &str, event: Kind, on: &str, persons: u16) -> Listed {
    let (reference, date) = (reference.parse().unwrap(), day(on));
    Listed { line: number, reference, event, date, persons: Number(persons) }
}

/// What a British list of departures shows against one departure of three.
fn listed(lines: &[Listed]) -> Vec<LocalBreak> {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-09-01", 3);
    sides.exchange();
    let scope = Scope {
        events: LISTED.iter().copied().filter(|event| *event == Kind::Departure).collect(),
        from: day("2025-08-06"),
        to: day("2025-12-31"),
    };
    let ledger = sides.ledger(at("2026-01-01T00:00:00Z"));
    let mut one = Match::new(&ledger, &sides.books, scope);
    let mut found: Vec<ListDifference> =
        lines.iter().filter_map(|line| one.hold(line.clone())).collect();
    found.extend(one.finish().differences);
    found.iter().map(|one| LocalBreak::of_list(one, Gbr)).collect()
}

#[test]
fn a_list_that_differs_is_a_break_of_the_side_whose_list_it_is() {
    let good = line(2, "GB04-000001", Kind::Departure, "2025-09-01", 3);
    let unknown = line(3, "GB04-000009", Kind::Departure, "2025-09-01", 3);
    let other = Listed { persons: Number(2), ..good.clone() };
    let check = |lines: &[Listed], class: Option<LocalClass>| {
        let found = listed(lines);
        let classes: Vec<LocalClass> = found.iter().map(|one| one.class).collect();
        assert_eq!(classes, Vec::from_iter(class));
        assert!(found.iter().all(|one| one.owner == Owner::Party(Gbr)));
        assert!(found.iter().all(|one| one.began == at("2025-09-01T00:00:00Z")));
        assert_eq!(listed(lines), found, "from run to run");
        found
    };
    check(std::slice::from_ref(&good), None);
    let missing = check(&[good.clone(), unknown.clone()], Some(LocalClass::MissingInLog));
    // Another line of the file is no other break.
    let moved = Listed { line: 77, ..unknown.clone() };
    assert_eq!(check(&[good.clone(), moved], Some(LocalClass::MissingInLog)), missing);
    // Other persons are another line.
    let fewer = Listed { persons: Number(2), ..unknown };
    assert_ne!(check(&[good, fewer], Some(LocalClass::MissingInLog))[0].id, missing[0].id);
    let differs = check(&[other], Some(LocalClass::DiffersFromList));
    let lacks = check(&[], Some(LocalClass::MissingInList));
    assert_eq!(differs[0].evidence, lacks[0].evidence, "one record");
    assert_ne!(differs[0].id, lacks[0].id);
}

/// What is said of two lines about a person.
fn twice(one: (&str, Kind, &str), other: (&str, Kind, &str), same: bool) -> Vec<LocalBreak> {
    let mut persons = Persons::default();
    let lines = [(2, one, "ALIEN 1"), (3, other, if same { "ALIEN 1" } else { "ALIEN 2" })];
    let found = lines.into_iter().filter_map(|(number, (reference, event, on), person)| {
        persons.look(&line(number, reference, event, on, 1), PersonMark::of(person))
    });
    found.map(|one| LocalBreak::of_list(&one, Gbr)).collect()
}

#[test]
fn a_person_who_travels_twice_is_told_of_as_information() {
    use Kind::{Arrival, Departure, VisaIssued};
    let first = ("GB04-1", Departure, "2025-09-01");
    let second = ("GB04-2", Departure, "2025-10-01");
    let found = twice(first, second, true);
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!((one.class, one.owner), (LocalClass::RepeatPerson, Owner::Party(Gbr)));
    assert_eq!(one.class.guide().severity, Severity::Information);
    assert!(!one.class.guide().is_finding());
    for (name, other, same) in [
        ("somebody else", second, false),
        ("the same journey, under the case", ("GB01-1", Departure, "2025-09-01"), true),
        ("the arrival of a departure", ("GB04-1", Arrival, "2025-09-02"), true),
        ("a visa", ("GB13-1", VisaIssued, "2025-10-01"), true),
    ] {
        assert_eq!(twice(first, other, same), [], "{name}");
    }
}

#[test]
fn an_entry_that_waits_for_a_day_is_one_break_of_the_log() {
    let mut sides = TwoSides::founded();
    sides.exchange();
    let signed = sides.now;
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let due = signed.plus(NO_RECEIPT_SECONDS);
    let found =
        |sides: &TwoSides, party: Party, now: Timestamp| unreceipted(&sides.books, party, now);
    let just_before = Timestamp::new(due.seconds().checked_sub(1).unwrap());
    assert_eq!(found(&sides, Gbr, just_before), None);
    let one = found(&sides, Gbr, due).unwrap();
    assert_eq!((one.found.class, one.found.owner), (LocalClass::NoReceipt, Owner::Party(Fra)));
    assert_eq!((one.waiting, one.found.began), (1, due));
    assert_eq!(one.found.evidence[0].as_bytes(), asked.as_bytes());
    assert_eq!(sides.books.find(asked), Some((Gbr, one.position)));
    assert_eq!(found(&sides, Fra, due.plus(NO_RECEIPT_SECONDS)), None, "entanglements wait not");

    sides.append(Gbr, request("GB01-2", 0));
    let more = found(&sides, Gbr, due).unwrap();
    assert_eq!((&more.found, more.waiting), (&one.found, 2), "one break, and more that waits");
    assert_eq!(more.found.age(due.plus(3 * 86_400)), AgeBucket::Days3To5);
    sides.entangle(Fra);
    assert_eq!(found(&sides, Gbr, due.plus(NO_RECEIPT_SECONDS)), None);
}

#[test]
fn a_log_that_nobody_has_ever_covered_waits_from_its_first_entry() {
    let mut sides = TwoSides::empty(crate::ledger::fixture::terms());
    let terms = sides.agreement.terms().clone();
    let first = sides.now;
    sides.append(
        Gbr,
        crate::record::Record::bare(crate::record::Agreement { terms, succession: None }),
    );
    let one = unreceipted(&sides.books, Gbr, first.plus(NO_RECEIPT_SECONDS)).unwrap();
    assert_eq!((one.position, one.waiting), (Position(0), 1));
}

#[test]
fn every_class_says_what_it_is_and_what_to_do() {
    let mut said = BTreeSet::new();
    for class in LocalClass::ALL {
        let guide = class.guide();
        for text in [guide.acts, guide.found, guide.advice, guide.source] {
            assert!(!text.is_empty(), "{class}");
        }
        assert!(guide.found.ends_with('.') && guide.advice.ends_with('.'), "{class}");
        said.insert(guide.found);
    }
    assert_eq!(said.len() + 1, LocalClass::ALL.len(), "missing-at is one for two classes");
}
