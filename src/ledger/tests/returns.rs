//! The return leg: every break that it can raise, planted once and almost planted once.

use super::super::fixture::{
    TwoSides, arrival, at, departure, digest, not_arrived, place, request, visa,
};
use super::{BreakClass, Fra, Gbr, LATER, NOBODY, Pipeline, check_returns, classes, story};
use crate::names::RecordId;
use crate::record::{ArrivalOutcome, Content, Record, Three};

const NONE: &[BreakClass] = &[];

fn unknown() -> RecordId {
    RecordId::new(*digest("nobody wrote this").as_bytes())
}

/// An arrival with another place.
fn at_place(mut record: Record, code: &str) -> Record {
    let Content::Arrival(arrival) = &mut record.content else { panic!("not an arrival") };
    arrival.place = place(code);
    record
}

fn partly(mut record: Record) -> Record {
    let Content::Arrival(arrival) = &mut record.content else { panic!("not an arrival") };
    arrival.outcome = ArrivalOutcome::Partly;
    record
}

/// Three leave on 12 August, and France says this of them; the breaks, and the persons that count.
type Said = (&'static str, fn(RecordId) -> Record, &'static [BreakClass], (u64, u64, u64));

#[test]
fn an_arrival_is_held_against_the_departure_that_it_names() {
    let said: [Said; 9] = [
        ("both agree", |left| arrival(left, "2025-08-12", 3), NONE, (3, 3, 3)),
        (
            "a day late is within the tolerance",
            |left| arrival(left, "2025-08-13", 3),
            NONE,
            (3, 3, 3),
        ),
        ("a day early is within it too", |left| arrival(left, "2025-08-11", 3), NONE, (3, 3, 3)),
        (
            "two days are not",
            |left| arrival(left, "2025-08-14", 3),
            &[BreakClass::DateMismatch],
            (0, 3, 3),
        ),
        (
            "Orly counts as Roissy",
            |left| at_place(arrival(left, "2025-08-12", 3), "FRORY"),
            NONE,
            (3, 3, 3),
        ),
        (
            "Lyon does not",
            |left| at_place(arrival(left, "2025-08-12", 3), "FRLYS"),
            &[BreakClass::PlaceMismatch],
            (0, 3, 3),
        ),
        (
            "of three who left two arrived: two are agreed",
            |left| partly(arrival(left, "2025-08-12", 2)),
            &[BreakClass::HeadcountMismatch, BreakClass::FamilySplit],
            (2, 3, 2),
        ),
        (
            "of three who left four arrived: three are agreed",
            |left| arrival(left, "2025-08-12", 4),
            &[BreakClass::HeadcountMismatch],
            (3, 3, 4),
        ),
        (
            "nobody arrived of three who left; the day and the place of nobody do not matter",
            |left| at_place(not_arrived(left, "2025-08-20"), "FRLYS"),
            &[BreakClass::HeadcountMismatch],
            (0, 3, 0),
        ),
    ];
    for (name, of, breaks, (agreed, gbr, fra)) in said {
        let mut sides = TwoSides::founded();
        let notice = sides.announced(1, "2025-08-12", 3);
        let left = sides.append(Gbr, departure(notice, "2025-08-12", 3));
        sides.append(Fra, of(left));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(classes(&ledger), breaks, "{name}");
        assert_eq!(ledger.tally().returned, Three::new(agreed, gbr, fra), "{name}");
    }
}

#[test]
fn nobody_arrives_twice() {
    check_returns(&[
        story(
            "a second arrival for the same departure",
            |it| {
                let way = it.returned(1, "2025-08-12", 3);
                it.append(Fra, arrival(way.left, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate],
            (3, 3, 3),
        ),
        story(
            "the same bytes twice",
            |it| {
                it.returned(1, "2025-08-12", 3);
                let again = it.bytes(Fra).last().unwrap().clone();
                it.append_bytes(Fra, again);
            },
            &[BreakClass::Replay],
            (3, 3, 3),
        ),
    ]);
}

#[test]
fn nobody_departs_twice() {
    check_returns(&[
        story(
            "a second departure of the same transport, before the arrival",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate],
            (3, 3, 3),
        ),
        story(
            "the arrival may name the second, whose number then counts",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                it.append(Gbr, departure(notice, "2025-08-12", 3));
                let left = it.append(Gbr, departure(notice, "2025-08-12", 2));
                it.append(Fra, arrival(left, "2025-08-12", 2));
            },
            &[BreakClass::Duplicate, BreakClass::FamilySplit],
            (2, 2, 2),
        ),
        story(
            "but two arrivals that name one each count once",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let one = it.append(Gbr, departure(notice, "2025-08-12", 3));
                let two = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(one, "2025-08-12", 3));
                it.append(Fra, arrival(two, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate, BreakClass::Duplicate],
            (3, 3, 3),
        ),
        story(
            "a second departure after the arrival, and an arrival that names it",
            |it| {
                let way = it.returned(1, "2025-08-12", 3);
                let again = it.append(Gbr, departure(way.announced, "2025-08-12", 3));
                it.append(Fra, arrival(again, "2025-08-12", 3));
            },
            &[BreakClass::Duplicate, BreakClass::Duplicate],
            (3, 3, 3),
        ),
        story(
            "two transports on one day are not the same",
            |it| {
                it.returned(1, "2025-08-12", 3);
                it.returned(2, "2025-08-12", 3);
            },
            NONE,
            (6, 6, 6),
        ),
    ]);
}

#[test]
fn one_side_alone_claims_and_does_not_count() {
    check_returns(&[
        story(
            "a departure without arrival",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                it.append(Gbr, departure(notice, "2025-08-12", 3));
            },
            &[BreakClass::DepartedNotArrived],
            (0, 3, 0),
        ),
        story(
            "an arrival that names the notice, and no departure",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                it.append(Fra, arrival(notice, "2025-08-12", 3));
            },
            &[BreakClass::ArrivedNotDeparted],
            (0, 0, 3),
        ),
        story(
            "an arrival that names what nobody wrote",
            |it| {
                it.append(Fra, arrival(unknown(), "2025-08-12", 3));
            },
            &[BreakClass::ArrivedNotDeparted, BreakClass::UnknownReference],
            (0, 0, 3),
        ),
        story(
            "nobody arrived of what nobody wrote",
            |it| {
                it.append(Fra, not_arrived(unknown(), "2025-08-12"));
            },
            &[BreakClass::UnknownReference],
            (0, 0, 0),
        ),
        story(
            "an arrival that names a request",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                it.append(Fra, arrival(asked, "2025-08-12", 1));
            },
            &[BreakClass::IllegalTransition],
            (0, 0, 1),
        ),
    ]);
}

#[test]
fn a_departure_of_what_nobody_announced_is_claimed_and_named() {
    check_returns(&[
        story(
            "a departure of what nobody announced is claimed",
            |it| {
                it.append(Gbr, departure(unknown(), "2025-08-12", 3));
            },
            &[BreakClass::DepartedNotArrived, BreakClass::UnknownReference],
            (0, 3, 0),
        ),
        story(
            "and counts once France confirms it, for people did travel",
            |it| {
                let left = it.append(Gbr, departure(unknown(), "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-12", 3));
            },
            &[BreakClass::UnknownReference],
            (3, 3, 3),
        ),
        story(
            "a departure that names a visa",
            |it| {
                let issued = it.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
                it.append(Gbr, departure(issued, "2025-08-12", 3));
            },
            &[BreakClass::DepartedNotArrived, BreakClass::IllegalTransition],
            (0, 3, 0),
        ),
    ]);
}

#[test]
fn an_arrival_is_awaited_until_the_day_after_the_tolerance() {
    let mut sides = TwoSides::founded();
    let notice = sides.announced(1, "2025-08-12", 3);
    sides.append(Gbr, departure(notice, "2025-08-12", 3));
    for (as_of, breaks) in [
        ("2025-08-12T23:59:59Z", NONE),
        ("2025-08-13T23:59:59Z", NONE),
        ("2025-08-14T00:00:00Z", &[BreakClass::DepartedNotArrived]),
    ] {
        let ledger = sides.ledger(at(as_of));
        assert_eq!(classes(&ledger), breaks, "{as_of}");
        let pipeline = Pipeline { in_transit: 3, ..NOBODY };
        assert_eq!(ledger.pipeline(at(as_of)), pipeline, "{as_of}");
    }
}
