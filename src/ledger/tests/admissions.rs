//! The admission leg: the admission counts by itself, and the departure-count is held against it.

use super::super::fixture::{TwoSides, admission, at, count, digest, request, travel, visa};
use super::{BreakClass, Fra, Gbr, LATER, NOBODY, Pipeline, Story, classes, story, told};
use crate::ledger::Owner;
use crate::names::RecordId;

const NONE: &[BreakClass] = &[];

fn unknown() -> RecordId {
    RecordId::new(*digest("nobody wrote this").as_bytes())
}

fn check(stories: &[Story]) {
    for story in stories {
        let ledger = told(story.tell);
        assert_eq!(classes(&ledger), story.breaks, "{}", story.name);
        assert_eq!(ledger.tally().admitted, story.counts, "{}", story.name);
    }
}

/// A journey of three that is announced.
fn announced(it: &mut TwoSides) -> RecordId {
    let issued = it.append(Gbr, visa("GB13-1", 2, 1, "2025-12-31"));
    it.append(Gbr, travel("GB15-1", &[issued], "2025-08-12", 3))
}

#[test]
fn an_admission_is_held_against_the_departure_count() {
    check(&[
        story(
            "both agree",
            |it| {
                it.admitted(1, "2025-08-12", 3);
            },
            NONE,
            (3, 3, 3),
        ),
        story(
            "France did not count",
            |it| {
                let journey = announced(it);
                it.append(Gbr, admission(journey, "2025-08-12", 3));
            },
            &[BreakClass::AdmittedNotDeparted],
            (3, 3, 0),
        ),
        story(
            "France counted another number",
            |it| {
                let journey = announced(it);
                it.append(Fra, count(journey, "2025-08-12", 2));
                it.append(Gbr, admission(journey, "2025-08-12", 3));
            },
            &[BreakClass::AdmissionMismatch],
            (3, 3, 2),
        ),
        story(
            "France counted nobody",
            |it| {
                let journey = announced(it);
                it.append(Gbr, admission(journey, "2025-08-12", 3));
                it.append(Fra, count(journey, "2025-08-12", 0));
            },
            &[BreakClass::AdmissionMismatch],
            (3, 3, 0),
        ),
        story(
            "nobody left, and nobody entered",
            |it| {
                let journey = announced(it);
                it.append(Fra, count(journey, "2025-08-12", 0));
            },
            NONE,
            (0, 0, 0),
        ),
        story(
            "three left, and nobody is said to have entered",
            |it| {
                let journey = announced(it);
                it.append(Fra, count(journey, "2025-08-12", 3));
            },
            &[BreakClass::DepartedNotAdmitted],
            (0, 0, 3),
        ),
    ]);
}

#[test]
fn nobody_is_admitted_or_counted_twice() {
    check(&[
        story(
            "admitted a second time",
            |it| {
                let way = it.admitted(1, "2025-08-12", 3);
                it.append(Gbr, admission(way.announced, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate],
            (3, 3, 3),
        ),
        story(
            "counted a second time",
            |it| {
                let way = it.admitted(1, "2025-08-12", 3);
                it.append(Fra, count(way.announced, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate],
            (3, 3, 3),
        ),
    ]);
}

#[test]
fn a_journey_that_nobody_announced_is_claimed_and_named() {
    check(&[
        story(
            "an admission counts, for it is signed",
            |it| {
                it.append(Gbr, admission(unknown(), "2025-08-12", 3));
            },
            &[BreakClass::UnknownReference],
            (3, 3, 0),
        ),
        story(
            "an admission of a visa",
            |it| {
                let issued = it.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
                it.append(Gbr, admission(issued, "2025-08-12", 3));
            },
            &[BreakClass::IllegalTransition],
            (3, 3, 0),
        ),
        story(
            "a departure-count is claimed",
            |it| {
                it.append(Fra, count(unknown(), "2025-08-12", 3));
            },
            &[BreakClass::UnknownReference],
            (0, 0, 3),
        ),
        story(
            "a journey on what is no visa",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                it.append(Gbr, travel("GB15-1", &[asked], "2025-08-12", 3));
            },
            &[BreakClass::IllegalTransition],
            (0, 0, 0),
        ),
        story(
            "two visas under one reference",
            |it| {
                it.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
                it.append(Gbr, visa("GB13-1", 3, 1, "2025-12-31"));
            },
            &[BreakClass::Duplicate],
            (0, 0, 0),
        ),
    ]);
}

#[test]
fn the_other_sides_word_is_awaited_until_the_day_after_the_tolerance() {
    let say = |author, record: fn(RecordId) -> crate::record::Record| {
        let mut sides = TwoSides::founded();
        let journey = announced(&mut sides);
        sides.append(author, record(journey));
        sides
    };
    for (sides, class, owner) in [
        (say(Fra, |it| count(it, "2025-08-12", 3)), BreakClass::DepartedNotAdmitted, Owner::Both),
        (
            say(Gbr, |it| admission(it, "2025-08-12", 3)),
            BreakClass::AdmittedNotDeparted,
            Owner::Party(Fra),
        ),
    ] {
        assert_eq!(classes(&sides.ledger(at("2025-08-13T23:59:59Z"))), NONE, "{class}");
        let ledger = sides.ledger(at("2025-08-14T00:00:00Z"));
        let found: Vec<_> = ledger.breaks.iter().map(|one| (one.class, one.owner)).collect();
        assert_eq!(found, [(class, owner)]);
    }
}

#[test]
fn a_visa_is_outstanding_until_it_is_used_or_has_expired() {
    let mut sides = TwoSides::founded();
    sides.append(Gbr, visa("GB13-1", 1, 0, "2025-09-28"));
    sides.append(Gbr, visa("GB13-2", 2, 0, "2025-09-29"));
    sides.append(Gbr, visa("GB13-3", 3, 1, "2025-10-13"));
    sides.append(Gbr, visa("GB13-4", 8, 0, "2025-10-14"));
    let used = sides.append(Gbr, visa("GB13-5", 16, 0, "2025-10-14"));
    let unused = sides.append(Gbr, visa("GB13-6", 32, 0, "2025-10-14"));
    let one = sides.append(Gbr, travel("GB15-1", &[used], "2025-08-12", 16));
    sides.append(Gbr, travel("GB15-2", &[unused], "2025-08-12", 32));
    sides.append(Gbr, admission(one, "2025-08-12", 16));
    let expected = Pipeline { visas_outstanding: 2 + 4 + 8 + 32, lapsing_soon: 2 + 4, ..NOBODY };
    assert_eq!(sides.ledger(at(LATER)).pipeline(at(LATER)), expected);
}

#[test]
fn only_what_both_have_spoken_to_is_disputed() {
    let ledger = told(|it| {
        let both = announced(it);
        it.append(Fra, count(both, "2025-08-12", 5));
        it.append(Gbr, admission(both, "2025-08-12", 3));
        let issued = it.append(Gbr, visa("GB13-2", 9, 0, "2025-12-31"));
        let fewer = it.append(Gbr, travel("GB15-2", &[issued], "2025-08-12", 9));
        it.append(Fra, count(fewer, "2025-08-12", 1));
        it.append(Gbr, admission(fewer, "2025-08-12", 9));
        it.append(Fra, count(unknown(), "2025-08-12", 40));
        it.append(Gbr, admission(unknown(), "2025-08-12", 80));
    });
    assert_eq!(ledger.pipeline(at(LATER)).disputed, 2 + 8);
}
