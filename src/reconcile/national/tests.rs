#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::ledger::fixture::{
    TwoSides, accept, arrival, at, correction, day, departure, notice, request, reversal,
};
use crate::record::Record;
use proptest::prelude::*;

fn scope() -> Scope {
    Scope { events: LISTED.to_vec(), from: day("2025-08-06"), to: day("2025-12-31") }
}

/// Three returns of 1, 2 and 3 persons, an admission of 2.
fn sides() -> TwoSides {
    let mut sides = TwoSides::founded();
    for n in 1..=3 {
        let on = format!("2025-09-0{n}");
        sides.returned(n, &on, u16::try_from(n).unwrap());
    }
    sides.admitted(9, "2025-10-01", 2);
    sides.exchange();
    sides
}

fn held(sides: &TwoSides, scope: Scope) -> Match {
    Match::new(&sides.ledger(at("2026-01-01T00:00:00Z")), &sides.books, scope)
}

fn listed(line: u64, reference: &str, event: Kind, date: &str, persons: u16) -> Listed {
    let reference = reference.parse().unwrap();
    Listed { line, reference, event, date: day(date), persons: Persons(persons) }
}

/// The list that says what the logs say.
fn whole() -> Vec<Listed> {
    let mut all = Vec::new();
    for (n, on) in [(1, "2025-09-01"), (2, "2025-09-02"), (3, "2025-09-03")] {
        let reference = format!("GB04-00000{n}");
        all.push(listed(0, &reference, Kind::Departure, on, n));
        all.push(listed(0, &reference, Kind::Arrival, on, n));
    }
    all.push(listed(0, "GB15-000009", Kind::Admission, "2025-10-01", 2));
    all.push(listed(0, "GB15-000009", Kind::DepartureCount, "2025-10-01", 2));
    all
}

fn run(sides: &TwoSides, scope: Scope, list: &[Listed]) -> (Matched, Vec<ListDifference>) {
    let mut one = held(sides, scope);
    let numbered = list.iter().cloned().zip(1..);
    let mut found: Vec<_> =
        numbered.filter_map(|(listed, line)| one.hold(Listed { line, ..listed })).collect();
    let matched = one.finish();
    found.extend(matched.differences.clone());
    (matched, found)
}

fn crossings() -> Scope {
    let events = LISTED.iter().copied().filter(|event| *event != Kind::VisaIssued).collect();
    Scope { events, ..scope() }
}

#[test]
fn a_list_that_says_what_the_logs_say_has_no_difference() {
    let sides = sides();
    let (matched, found) = run(&sides, crossings(), &whole());
    assert_eq!(found, []);
    assert_eq!((matched.lines, matched.events, matched.agreeing), (8, 8, 8));
    // Visas were issued, and the list was to have them.
    let (_, found) = run(&sides, scope(), &whole());
    assert!(matches!(&found[..], [ListDifference::MissingInList { logged }]
        if logged.event == Kind::VisaIssued));
}

#[test]
fn a_line_may_name_a_case_and_its_persons_are_added_up() {
    let mut sides = TwoSides::founded();
    let mut accepted = Vec::new();
    for (case, minors) in [("GB01-000001", 0), ("GB01-000002", 2)] {
        let asked = sides.append(Party::Gbr, request(case, minors));
        accepted.push(sides.append(Party::Fra, accept(asked)));
    }
    let on = "2025-09-01";
    let announced = sides.append(Party::Gbr, notice("GB04-000001", &accepted, on, 4));
    let left = sides.append(Party::Gbr, departure(announced, on, 4));
    sides.append(Party::Fra, arrival(left, on, 4));
    sides.exchange();
    let only = Scope { events: vec![Kind::Departure], ..scope() };
    let one = listed(0, "GB01-000001", Kind::Departure, on, 1);
    let family = listed(0, "GB01-000002", Kind::Departure, on, 3);
    assert_eq!(run(&sides, only.clone(), &[one.clone(), family.clone()]).1, []);
    for list in [vec![one.clone()], vec![one.clone(), family.clone(), family]] {
        let (_, found) = run(&sides, only.clone(), &list);
        let [ListDifference::Differing { logged, persons, lines, .. }] = &found[..] else {
            panic!("{found:?}");
        };
        assert_ne!(*persons, u64::from(logged.persons));
        assert_eq!(lines.len(), list.len());
    }
}

#[test]
fn what_was_corrected_is_held_as_corrected_and_what_was_reversed_is_not_awaited() {
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, "2025-09-01", 3);
    let other = sides.returned(2, "2025-09-02", 1);
    sides.exchange();
    let replacement = departure(way.announced, "2025-09-01", 2);
    sides.approved(Party::Gbr, correction(way.left, replacement));
    sides.approved(Party::Gbr, reversal(other.came));
    sides.exchange();
    let only = Scope { events: vec![Kind::Departure], ..scope() };
    let corrected = listed(0, "GB04-000001", Kind::Departure, "2025-09-01", 2);
    assert_eq!(run(&sides, only.clone(), std::slice::from_ref(&corrected)).1, []);
    let reversed = listed(0, "GB04-000002", Kind::Departure, "2025-09-02", 1);
    let (_, found) = run(&sides, only, &[corrected, reversed]);
    assert!(matches!(&found[..], [ListDifference::MissingInLog { .. }]), "{found:?}");
}

#[test]
fn days_outside_of_the_scope_are_nobodys_concern() {
    let sides = sides();
    let first = Scope { to: day("2025-09-01"), ..crossings() };
    let (matched, found) = run(&sides, first.clone(), &whole());
    assert_eq!(found, []);
    assert_eq!((matched.lines, matched.events, matched.agreeing), (2, 2, 2));
    // Nor is what only the list has there, or what it says otherwise there.
    let mut list = whole();
    list.push(listed(0, "GB04-000077", Kind::Departure, "2025-09-02", 1));
    list.push(listed(0, "GB04-000003", Kind::Departure, "2025-09-04", 1));
    assert_eq!(run(&sides, first.clone(), &list).1, []);
    list.push(listed(0, "GB04-000077", Kind::Departure, "2025-09-01", 1));
    let (_, found) = run(&sides, first, &list);
    assert!(matches!(&found[..], [ListDifference::MissingInLog { .. }]), "{found:?}");
}

#[test]
fn an_event_that_list_and_log_date_on_two_sides_of_an_end_differs_and_is_not_missing() {
    let sides = sides();
    // The log has the second return on 2 September, the list on other days.
    for (from, to, listed_on) in [
        ("2025-08-06", "2025-09-02", "2025-09-03"),
        ("2025-08-06", "2025-09-02", "2025-12-24"),
        ("2025-09-02", "2025-12-31", "2025-09-01"),
        ("2025-08-06", "2025-09-01", "2025-08-31"),
        ("2025-09-03", "2025-12-31", "2025-09-04"),
    ] {
        let scope = Scope { from: day(from), to: day(to), ..crossings() };
        let mut list = whole();
        assert_eq!(run(&sides, scope.clone(), &list).1, []);
        list[2].date = day(listed_on);
        let (matched, found) = run(&sides, scope, &list);
        let [ListDifference::Differing { logged, date, .. }] = &found[..] else {
            panic!("{from} to {to}: {found:?}");
        };
        assert_eq!((logged.date, *date), (day("2025-09-02"), day(listed_on)));
        assert_eq!(matched.agreeing + 1, matched.events);
    }
    // Without any line it is missing.
    let scope = Scope { to: day("2025-09-02"), ..crossings() };
    let mut list = whole();
    list.remove(2);
    let (_, found) = run(&sides, scope, &list);
    assert!(matches!(&found[..], [ListDifference::MissingInList { .. }]), "{found:?}");
}

#[test]
fn a_line_of_another_day_is_held_against_the_nearest_event() {
    let mut sides = TwoSides::founded();
    for (number, on) in [(1, "2025-09-01"), (2, "2025-10-01")] {
        let announced = sides.announced(number, on, 1);
        // The author gives both of them a reference of its own.
        let case = Some("GB04-000009".parse().unwrap());
        sides.append(Party::Gbr, Record { case, ..departure(announced, on, 1) });
    }
    sides.exchange();
    let only = Scope { events: vec![Kind::Departure], from: day("2025-10-01"), ..scope() };
    let line = listed(0, "GB04-000009", Kind::Departure, "2025-09-30", 1);
    let (_, found) = run(&sides, only, &[line]);
    assert!(
        matches!(&found[..], [ListDifference::Differing { logged, .. }]
        if logged.date == day("2025-10-01")),
        "{found:?}"
    );
}

#[test]
fn lines_of_another_day_are_kept_no_longer_than_there_are_persons() {
    let sides = sides();
    let mut one = held(&sides, crossings());
    let line = listed(1, "GB04-000003", Kind::Departure, "2025-10-09", 1);
    let at_once = (0..1_000).filter(|_| one.hold(line.clone()).is_some()).count();
    assert_eq!(at_once, 997);
    let found = one.finish().differences;
    let of = |one: &&ListDifference| matches!(one, ListDifference::Differing { .. });
    let [ListDifference::Differing { date, persons, .. }] =
        found.iter().filter(of).collect::<Vec<_>>()[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((*date, *persons), (day("2025-10-09"), 3));
}

/// What is done to one line of a good list, and what has to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Dropped,
    OtherDay,
    MorePersons,
    OtherReference,
}

proptest! {
    #[test]
    fn every_flaw_is_found_and_nothing_else(
        flaws in proptest::collection::btree_map(0_usize..8, 0_u8..4, 0..8),
        reversed in any::<bool>(),
    ) {
        let sides = sides();
        let kinds = [Flaw::Dropped, Flaw::OtherDay, Flaw::MorePersons, Flaw::OtherReference];
        let mut list: Vec<(usize, Option<Flaw>, Listed)> = Vec::new();
        for (at, mut line) in whole().into_iter().enumerate() {
            let flaw = flaws.get(&at).map(|flaw| kinds[usize::from(*flaw)]);
            match flaw {
                Some(Flaw::OtherDay) => line.date = day("2025-11-11"),
                Some(Flaw::MorePersons) => line.persons = Persons(9),
                Some(Flaw::OtherReference) => {
                    line.reference = format!("GB99-{at}").parse().unwrap();
                }
                Some(Flaw::Dropped) => {}
                None => {}
            }
            if flaw != Some(Flaw::Dropped) {
                list.push((at, flaw, line));
            }
        }
        if reversed {
            list.reverse();
        }
        let lines: Vec<Listed> = list.into_iter().map(|(_, _, line)| line).collect();
        let (matched, found) = run(&sides, crossings(), &lines);
        let count = |wanted: &[Flaw]| {
            flaws.values().filter(|flaw| wanted.contains(&kinds[usize::from(**flaw)])).count()
        };
        let of =
            |wanted: fn(&ListDifference) -> bool| found.iter().filter(|one| wanted(one)).count();
        let missing_in_list = of(|one| matches!(one, ListDifference::MissingInList { .. }));
        let missing_in_log = of(|one| matches!(one, ListDifference::MissingInLog { .. }));
        let differing = of(|one| matches!(one, ListDifference::Differing { .. }));
        prop_assert_eq!(missing_in_list, count(&[Flaw::Dropped, Flaw::OtherReference]));
        prop_assert_eq!(missing_in_log, count(&[Flaw::OtherReference]));
        prop_assert_eq!(differing, count(&[Flaw::OtherDay, Flaw::MorePersons]));
        prop_assert_eq!(matched.agreeing, u64::try_from(8 - flaws.len()).unwrap());
    }
}
