//! Corrections of what counts: the claim changes at once, the agreed number once both sides are
//! bound by it.

use super::super::fixture::{
    TwoSides, Way, admission, approval, arrival, at, consent, correction, count, departure,
    not_arrived, rejection,
};
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::ledger::{CaseState, Ledger, Owner, TransportState};
use crate::names::{Party, RecordId};
use crate::record::{Record, Three};

use BreakClass::{
    ApprovalAwaited, CorrectionOneSided, DateMismatch, FamilySplit, HeadcountMismatch,
    IllegalTransition, WeekBoundary,
};

const DAY: &str = "2025-08-12";

/// A return of three on which both sides agree.
fn returned() -> (TwoSides, Way) {
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, DAY, 3);
    sides.exchange();
    (sides, way)
}

/// An admission of three on which both sides agree.
fn admitted() -> (TwoSides, Way) {
    let mut sides = TwoSides::founded();
    let way = sides.admitted(1, DAY, 3);
    sides.exchange();
    (sides, way)
}

fn counts(sides: &TwoSides) -> (u64, u64, u64) {
    let tally = sides.ledger(at(LATER)).tally();
    let one = if tally.returned == Three::ZERO { tally.admitted } else { tally.returned };
    (one.agreed, one.gbr, one.fra)
}

fn breaks(sides: &TwoSides) -> Vec<BreakClass> {
    classes(&sides.ledger(at(LATER)))
}

fn owner(ledger: &Ledger, class: BreakClass) -> Owner {
    ledger.breaks.iter().find(|one| one.class == class).unwrap().owner
}

/// Corrects, with approval.
fn correct(sides: &mut TwoSides, by: Party, of: RecordId, record: Record) -> RecordId {
    sides.approved(by, correction(of, record))
}

#[test]
fn a_correction_by_one_side_changes_its_claim_and_holds_what_counted() {
    let (mut sides, way) = returned();
    let id = sides.append(Gbr, correction(way.left, departure(way.announced, DAY, 2)));
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 3), vec![ApprovalAwaited]));
    sides.append(Gbr, approval(id));
    let one_sided = vec![CorrectionOneSided];
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 2, 3), one_sided));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(owner(&ledger, CorrectionOneSided), Owner::Party(Fra));
    let one = ledger.breaks.iter().find(|one| one.class == CorrectionOneSided).unwrap();
    let mut evidence = [id, way.left];
    evidence.sort();
    assert_eq!(one.evidence, evidence);

    // It stays so, whatever else happens.
    sides.close_week();
    sides.returned(2, "2025-08-20", 1);
    assert_eq!(counts(&sides), (4, 3, 4));
}

#[test]
fn the_counterpart_consents_or_says_exactly_the_same() {
    type Answer = fn(&mut TwoSides, Way, RecordId);
    type Case = (&'static str, Answer, (u64, u64, u64), Vec<BreakClass>);
    let split = vec![HeadcountMismatch, FamilySplit];
    let cases: [Case; 6] = [
        (
            "France consents",
            |it, _, id| {
                it.approved(Fra, consent(id));
            },
            (2, 2, 3),
            split.clone(),
        ),
        (
            "France corrects its own to the same",
            |it, way, _| {
                correct(it, Fra, way.came, arrival(way.left, DAY, 2));
            },
            (2, 2, 2),
            vec![FamilySplit],
        ),
        (
            "the United Kingdom takes its correction back",
            |it, way, id| {
                correct(it, Gbr, id, departure(way.announced, DAY, 3));
            },
            (3, 3, 3),
            vec![],
        ),
        (
            "France corrects its own to something else",
            |it, way, _| {
                correct(it, Fra, way.came, arrival(way.left, DAY, 1));
            },
            (3, 2, 1),
            vec![CorrectionOneSided, CorrectionOneSided],
        ),
        (
            "the author's own consent is none",
            |it, _, id| {
                it.approved(Gbr, consent(id));
            },
            (3, 2, 3),
            vec![IllegalTransition, CorrectionOneSided],
        ),
        (
            "nor is one that was rejected",
            |it, _, id| {
                let word = it.append(Fra, consent(id));
                it.append(Fra, rejection(word));
            },
            (3, 2, 3),
            vec![CorrectionOneSided],
        ),
    ];
    for (name, answer, counted, found) in cases {
        let (mut sides, way) = returned();
        let id = correct(&mut sides, Gbr, way.left, departure(way.announced, DAY, 2));
        sides.exchange();
        answer(&mut sides, way, id);
        assert_eq!((counts(&sides), breaks(&sides)), (counted, found), "{name}");
    }
}

#[test]
fn consent_to_nothing_is_out_of_order() {
    let (mut sides, way) = returned();
    sides.approved(Fra, consent(way.left));
    assert_eq!(breaks(&sides), [IllegalTransition], "a departure is no correction");
    let (mut sides, way) = returned();
    let id = correct(&mut sides, Gbr, way.left, departure(way.announced, DAY, 2));
    sides.exchange();
    sides.approved(Fra, consent(id));
    let once = (counts(&sides), breaks(&sides));
    sides.approved(Fra, consent(id));
    assert_eq!((counts(&sides), breaks(&sides)), once, "a second one changes nothing");

    // Of two corrections the newest is consented to.
    let (mut sides, way) = returned();
    let first = correct(&mut sides, Gbr, way.left, departure(way.announced, DAY, 2));
    correct(&mut sides, Gbr, first, departure(way.announced, DAY, 1));
    sides.exchange();
    sides.approved(Fra, consent(first));
    let found = vec![IllegalTransition, CorrectionOneSided];
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 1, 3), found));
}

#[test]
fn what_counted_for_nobody_yet_changes_at_once() {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, DAY, 3);
    let left = sides.append(Gbr, departure(announced, DAY, 2));
    correct(&mut sides, Gbr, left, departure(announced, DAY, 3));
    sides.append(Fra, arrival(left, DAY, 3));
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 3), vec![]));

    // A place or a day that did not match, put right by the side that was wrong.
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, DAY, 3);
    let left = sides.append(Gbr, departure(announced, DAY, 3));
    let came = sides.append(Fra, arrival(left, "2025-08-21", 3));
    assert_eq!((counts(&sides), breaks(&sides)), ((0, 3, 3), vec![DateMismatch]));
    correct(&mut sides, Fra, came, arrival(left, DAY, 3));
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 3), vec![]));
}

#[test]
fn the_week_of_what_counts_changes_by_both_sides_alone() {
    let week = |sides: &TwoSides| {
        let ledger = sides.ledger(at(LATER));
        let one = ledger.contributions.values().next().unwrap();
        (one.week.to_string(), one.agreed)
    };
    let (old, new) = ("2025-W33".to_owned(), "2025-W34".to_owned());
    let mut sides = TwoSides::founded();
    sides.go_to(at("2025-08-14T00:00:00Z"));
    let announced = sides.announced(1, "2025-08-17", 3);
    let left = sides.append(Gbr, departure(announced, "2025-08-17", 3));
    let came = sides.append(Fra, arrival(left, "2025-08-17", 3));
    // A Monday instead of a Sunday is within the tolerance, but in another week.
    let id = correct(&mut sides, Fra, came, arrival(left, "2025-08-18", 3));
    assert_eq!((week(&sides), breaks(&sides)), ((old, 3), vec![CorrectionOneSided]));
    sides.exchange();
    let mut same = sides.clone();
    correct(&mut same, Gbr, left, departure(announced, "2025-08-18", 3));
    sides.approved(Gbr, consent(id));
    // Of the one, the two sides still tell of two weeks, which is no fault.
    for (sides, found) in [(sides, vec![WeekBoundary]), (same, vec![])] {
        assert_eq!((week(&sides), breaks(&sides)), ((new.clone(), 3), found));
    }
}

#[test]
fn consent_comes_after_the_approval_of_what_it_consents_to() {
    let (mut sides, way) = returned();
    let id = correct(&mut sides, Fra, way.came, not_arrived(way.left, DAY));
    // The United Kingdom has seen the correction by the reference, and nothing of its approval.
    sides.approved(Gbr, consent(id));
    let found = vec![IllegalTransition, CorrectionOneSided];
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 0), found));
}

#[test]
fn an_arrival_turns_into_a_non_arrival_once_both_are_bound_by_it() {
    let (mut sides, way) = returned();
    let asked = sides.ledger(sides.now).transports[&way.announced].cases[0];
    let stands = |sides: &TwoSides| {
        let ledger = sides.ledger(at(LATER));
        (ledger.cases[&asked].state, ledger.transports[&way.announced].state)
    };
    let id = correct(&mut sides, Fra, way.came, not_arrived(way.left, DAY));
    assert_eq!(stands(&sides), (CaseState::Returned, TransportState::Arrived));
    assert_eq!(counts(&sides), (3, 3, 0));
    sides.exchange();
    sides.approved(Gbr, consent(id));
    assert_eq!(stands(&sides), (CaseState::Accepted, TransportState::Failed));
    assert_eq!((counts(&sides), breaks(&sides)), ((0, 3, 0), vec![HeadcountMismatch]));

    // And back: nothing counted, so it counts at once.
    correct(&mut sides, Fra, id, arrival(way.left, DAY, 3));
    assert_eq!(stands(&sides), (CaseState::Returned, TransportState::Arrived));
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 3), vec![]));
}

#[test]
fn a_case_that_has_gone_on_does_not_come_back() {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, DAY, 3);
    let left = sides.append(Gbr, departure(announced, DAY, 3));
    let came = sides.append(Fra, not_arrived(left, DAY));
    sides.exchange();
    let asked = sides.ledger(sides.now).transports[&announced].cases[0];
    let answered = sides.ledger(sides.now).cases[&asked].answer.unwrap().word.record;
    let again = super::super::fixture::notice("GB04-2", &[answered], "2025-08-13", 3);
    let second = sides.append(Gbr, again);
    sides.exchange();
    correct(&mut sides, Fra, came, arrival(left, DAY, 3));
    let ledger = sides.ledger(sides.now);
    let case = &ledger.cases[&asked];
    assert_eq!((case.state, case.transport), (CaseState::Travelling, Some(second)));
    assert_eq!(ledger.transports[&announced].state, TransportState::Arrived);
    assert_eq!(counts(&sides), (3, 3, 3), "though they count");
}

#[test]
fn an_admission_changes_by_consent_or_by_a_count_that_says_the_same() {
    let (mut sides, way) = admitted();
    let id = correct(&mut sides, Gbr, way.came, admission(way.announced, DAY, 2));
    let one_sided = vec![CorrectionOneSided];
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 2, 3), one_sided));
    let mut same = sides.clone();
    correct(&mut same, Fra, way.left, count(way.announced, DAY, 2));
    assert_eq!((counts(&same), breaks(&same)), ((2, 2, 2), vec![]));
    sides.approved(Fra, consent(id));
    let mismatch = vec![BreakClass::AdmissionMismatch];
    assert_eq!((counts(&sides), breaks(&sides)), ((2, 2, 3), mismatch));

    for (persons, agreed) in [(2, 2), (3, 3)] {
        let mut sides = TwoSides::founded();
        let issued = super::super::fixture::visa("GB13-1", 3, 0, "2025-12-31");
        let issued = sides.append(Gbr, issued);
        let travel = super::super::fixture::travel("GB15-1", &[issued], DAY, 3);
        let travel = sides.append(Gbr, travel);
        let came = sides.append(Gbr, admission(travel, DAY, 3));
        correct(&mut sides, Gbr, came, admission(travel, DAY, 2));
        assert_eq!(counts(&sides), (3, 2, 0), "France has not spoken");
        sides.append(Fra, count(travel, DAY, persons));
        assert_eq!(counts(&sides), (agreed, 2, u64::from(persons)));
    }
}

#[test]
fn a_correction_of_the_notices_place_is_bound_by_the_same_rule() {
    let (mut sides, way) = returned();
    let ledger = sides.ledger(sides.now);
    let (party, place) = sides.books.find(way.announced).unwrap();
    let mut record = sides.books.entry(party, place).unwrap().sound().unwrap().get().clone();
    let crate::record::Content::TransferNotice(one) = &mut record.content else {
        panic!("a notice")
    };
    one.to = super::super::fixture::place("FRLYS");
    assert_eq!(ledger.tally().returned, Three::new(3, 3, 3));
    let id = sides.approved(Gbr, correction(way.announced, record));
    let found = vec![CorrectionOneSided];
    assert_eq!((counts(&sides), breaks(&sides)), ((3, 3, 3), found));
    sides.exchange();
    sides.approved(Fra, consent(id));
    assert_eq!((counts(&sides), breaks(&sides)), ((0, 3, 3), vec![BreakClass::PlaceMismatch]));
}

#[test]
fn a_consent_binds_the_one_correction_that_it_names() {
    // Both sides correct, each to something else; each consents to the other's alone.
    let (sides, way) = admitted();
    let told = |it: &mut TwoSides| {
        let gbr = correct(it, Gbr, way.came, admission(way.announced, DAY, 9));
        let fra = correct(it, Fra, way.left, count(way.announced, DAY, 2));
        it.exchange();
        (gbr, fra)
    };
    let mut it = sides.clone();
    let (_, fra) = told(&mut it);
    it.approved(Gbr, consent(fra));
    assert_eq!(counts(&it), (3, 9, 2), "nobody but the United Kingdom ever said nine");
    let mut it = sides.clone();
    let (gbr, _) = told(&mut it);
    it.approved(Fra, consent(gbr));
    assert_eq!(counts(&it), (9, 9, 2), "France has agreed to nine");

    let (mut it, way) = returned();
    correct(&mut it, Gbr, way.left, departure(way.announced, DAY, 2));
    let mut moved = arrival(way.left, DAY, 3);
    let crate::record::Content::Arrival(one) = &mut moved.content else { panic!("an arrival") };
    one.place = super::super::fixture::place("FRORY");
    let place = correct(&mut it, Fra, way.came, moved);
    it.exchange();
    it.approved(Gbr, consent(place));
    assert_eq!(counts(&it), (3, 2, 3), "a consent to a place is none to a number");
}

#[test]
fn a_first_count_of_another_day_binds_nobody_to_another_week() {
    let mut sides = TwoSides::founded();
    sides.go_to(at("2025-08-14T00:00:00Z"));
    let issued = super::super::fixture::visa("GB13-1", 2, 0, "2025-12-31");
    let issued = sides.append(Gbr, issued);
    let travel = super::super::fixture::travel("GB15-1", &[issued], "2025-08-17", 2);
    let travel = sides.append(Gbr, travel);
    let came = sides.append(Gbr, admission(travel, "2025-08-17", 2));
    correct(&mut sides, Gbr, came, admission(travel, "2025-08-18", 2));
    for (day, week) in [("2025-08-17", "2025-W33"), ("2025-08-18", "2025-W34")] {
        let mut sides = sides.clone();
        sides.append(Fra, count(travel, day, 2));
        let ledger = sides.ledger(at(LATER));
        let one = ledger.contributions.values().next().unwrap();
        assert_eq!((one.week.to_string(), one.agreed), (week.to_owned(), 2), "{day}");
    }
}
