//! Matches that are offered: the right one first, a near miss not at all, and none applied.

use super::super::fixture::{
    TwoSides, admission, arrival, at, count, departure, digest, place, resolution, reversal,
    travel, visa,
};
use super::{BreakClass, Fra, Gbr, LATER};
use crate::ledger::{Break, Suggestion, suggestions};
use crate::names::RecordId;
use crate::record::{Content, Decision, Record, Three};

fn unknown() -> RecordId {
    RecordId::new(*digest("nobody wrote this").as_bytes())
}

fn at_place(mut record: Record, code: &str) -> Record {
    let Content::Arrival(arrival) = &mut record.content else { panic!("not an arrival") };
    arrival.place = place(code);
    record
}

/// The one break of a class, and what is offered for it. Looking changes nothing.
fn offered(sides: &TwoSides, class: BreakClass) -> (Break, Vec<Suggestion>) {
    let ledger = sides.ledger(at(LATER));
    let before = ledger.bytes();
    let found = ledger.breaks.iter().find(|one| one.class == class).cloned().unwrap();
    let offers = suggestions(&ledger, &sides.books, &found);
    assert_eq!(ledger.bytes(), before, "nothing is applied");
    assert_eq!(suggestions(&ledger, &sides.books, &found), offers, "in one order");
    assert!(offers.len() <= 3);
    assert!(offers.iter().zip(1..).all(|(one, rank)| one.rank == rank));
    (found, offers)
}

fn others(offers: &[Suggestion]) -> Vec<RecordId> {
    offers.iter().map(|one| one.other).collect()
}

/// A departure of three on 12 August, to Roissy, and these arrivals that name its notice alone.
fn lone(arrivals: &[(&str, u16, &str)]) -> (TwoSides, RecordId, Vec<RecordId>) {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, "2025-08-12", 3);
    let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
    let came = arrivals.iter().map(|(on, persons, code)| {
        let record = arrival(announced, on, *persons);
        sides.append(Fra, at_place(record, code))
    });
    let came = came.collect();
    sides.exchange();
    (sides, left, came)
}

#[test]
fn the_arrival_that_fits_best_is_offered_first() {
    let (sides, left, came) = lone(&[
        ("2025-08-13", 2, "FRCDG"),
        ("2025-08-12", 3, "FRORY"),
        ("2025-08-12", 3, "FRCDG"),
        ("2025-08-14", 3, "FRCDG"),
    ]);
    let (_, offers) = offered(&sides, BreakClass::DepartedNotArrived);
    assert_eq!(others(&offers), [came[2], came[1], came[3]], "and the fourth not at all");
    assert!(offers.iter().all(|one| one.record == left));
    let why: Vec<_> = offers.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "same number of persons, same day, same place",
            "same number of persons, same day, places that count as one",
            "same number of persons, 2 days apart, same place",
        ]
    );
    let (found, offers) = offered(&sides, BreakClass::ArrivedNotDeparted);
    let arrived: Vec<_> = offers.iter().map(|one| (one.record, one.other)).collect();
    assert_eq!(arrived, [(found.evidence[0], left)], "the same pair, from the other side");
}

#[test]
fn an_arrival_that_is_too_far_off_is_not_offered() {
    for (name, far) in [
        ("a day too late", ("2025-08-16", 3, "FRCDG")),
        ("a day too early", ("2025-08-08", 3, "FRCDG")),
        ("three persons more", ("2025-08-12", 6, "FRCDG")),
        ("another place", ("2025-08-12", 3, "FRLYS")),
    ] {
        let (sides, _, _) = lone(&[far]);
        assert_eq!(offered(&sides, BreakClass::DepartedNotArrived).1, [], "{name}");
        assert_eq!(offered(&sides, BreakClass::ArrivedNotDeparted).1, [], "{name}");
    }
    let (sides, _, came) = lone(&[("2025-08-15", 5, "FRCDG")]);
    let (_, offers) = offered(&sides, BreakClass::DepartedNotArrived);
    assert_eq!(others(&offers), came, "as far off as may be");
}

#[test]
fn what_a_suggestion_says_settles_the_break() {
    let (mut sides, left, came) = lone(&[("2025-08-12", 3, "FRCDG")]);
    let (alone, offers) = offered(&sides, BreakClass::ArrivedNotDeparted);
    assert!(offers[0].settle.starts_with("France hands in an arrival that names the departure"));
    sides.append(Fra, arrival(left, "2025-08-12", 3));
    for party in [Gbr, Fra] {
        sides.approved(party, reversal(came[0]));
        sides.approved(party, resolution(alone.id, Decision::PutRight));
    }
    sides.exchange();
    let ledger = sides.ledger(at(LATER));
    assert!(ledger.breaks.is_empty(), "{:?}", ledger.breaks);
    assert_eq!(ledger.tally().returned, Three::new(3, 3, 3));
    assert_eq!(ledger.resolved.get(&alone.id), Some(&Decision::PutRight));
}

#[test]
fn a_count_is_matched_with_an_admission_of_another_journey() {
    for (on, persons, fits) in
        [("2025-08-21", 2, true), ("2025-08-25", 2, false), ("2025-08-20", 5, false)]
    {
        let mut sides = TwoSides::founded();
        let journey = |sides: &mut TwoSides, n: u16, on, persons| {
            let visa = sides.append(Gbr, visa(&format!("GB13-{n}"), persons, 0, "2025-12-31"));
            sides.append(Gbr, travel(&format!("GB15-{n}"), &[visa], on, persons))
        };
        let one = journey(&mut sides, 1, "2025-08-20", 2);
        let other = journey(&mut sides, 2, on, persons);
        let counted = sides.append(Fra, count(one, "2025-08-20", 2));
        let entered = sides.append(Gbr, admission(other, on, persons));
        sides.exchange();
        let ledger = sides.ledger(at(LATER));
        let about_count = |one: &&Break| one.evidence.contains(&counted);
        let found = ledger.breaks.iter().find(about_count).unwrap();
        let offers = suggestions(&ledger, &sides.books, found);
        assert_eq!(others(&offers), Vec::from_iter(fits.then_some(entered)), "{on}, {persons}");
    }
}

#[test]
fn a_record_whose_case_fits_is_offered_for_an_unknown_reference() {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, "2025-08-12", 3);
    let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
    let taken = sides.returned(2, "2025-08-12", 3);
    sides.append(Fra, arrival(unknown(), "2025-08-13", 3));
    sides.exchange();
    let (_, offers) = offered(&sides, BreakClass::UnknownReference);
    assert_eq!(others(&offers), [left], "{} is named already", taken.left);
    assert_eq!(offers[0].why, "same number of persons, 1 day apart");
    let wanted = "FRA hands in the arrival again, naming the departure ";
    assert!(offers[0].settle.starts_with(wanted), "{}", offers[0].settle);
}

#[test]
fn a_case_of_the_same_number_needs_nothing_else() {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, "2025-08-12", 3);
    let named = Record {
        case: Some("FR04-000001".parse().unwrap()),
        ..super::super::fixture::confirmed(unknown())
    };
    sides.append(Fra, named.clone());
    sides.exchange();
    let (_, offers) = offered(&sides, BreakClass::UnknownReference);
    assert_eq!(others(&offers), [announced]);
    assert_eq!(offers[0].why, "same number in the case reference");

    let mut sides = TwoSides::founded();
    sides.announced(2, "2025-08-12", 3);
    sides.append(Fra, named);
    sides.exchange();
    assert_eq!(offered(&sides, BreakClass::UnknownReference).1, []);
}

#[test]
fn a_movement_of_the_same_day_makes_up_for_missing_persons() {
    for (on, came, fits) in
        [("2025-08-12", 4, true), ("2025-08-12", 3, false), ("2025-08-13", 4, false)]
    {
        let mut sides = TwoSides::founded();
        let short = sides.announced(1, "2025-08-12", 5);
        let short = sides.append(Gbr, departure(short, "2025-08-12", 5));
        sides.append(Fra, arrival(short, "2025-08-12", 3));
        let other = sides.announced(2, on, 2);
        let left = sides.append(Gbr, departure(other, on, 2));
        let more = sides.append(Fra, arrival(left, on, came));
        sides.exchange();
        let ledger = sides.ledger(at(LATER));
        let about = |one: &&Break| {
            one.class == BreakClass::HeadcountMismatch && one.evidence.contains(&short)
        };
        let found = ledger.breaks.iter().find(about).unwrap();
        let offers = suggestions(&ledger, &sides.books, found);
        assert_eq!(others(&offers), Vec::from_iter(fits.then_some(more)), "{on}, {came}");
        if fits {
            let wanted = "same day; by this record 2 more arrived than left";
            assert!(offers[0].why.starts_with(wanted), "{}", offers[0].why);
        }
    }
}

#[test]
fn breaks_of_other_classes_have_no_suggestion() {
    let (mut sides, left, _) = lone(&[("2025-08-12", 3, "FRCDG")]);
    sides.append(Gbr, departure(left, "2025-08-12", 3));
    sides.exchange();
    let ledger = sides.ledger(at(LATER));
    for found in ledger.breaks.iter() {
        let known =
            matches!(found.class, BreakClass::DepartedNotArrived | BreakClass::ArrivedNotDeparted);
        let offers = suggestions(&ledger, &sides.books, found);
        assert!(known || offers.is_empty(), "{found:?}");
    }
}
