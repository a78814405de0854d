//! The return leg: every break that it can raise, planted once and almost planted once.

use super::super::fixture::{
    TwoSides, accept, arrival, at, departure, digest, not_arrived, notice, place, refuse, request,
    visa,
};
use super::{BreakClass, Fra, Gbr, LATER, NOBODY, Pipeline, check_returns, classes, story, told};
use crate::ledger::{CaseState, TransportState};
use crate::names::{Persons, RecordId};
use crate::record::{ArrivalOutcome, Attestation, CodeList, Content, Record};

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

#[test]
fn an_arrival_is_held_against_the_departure_that_it_names() {
    check_returns(&[
        story("both agree", |it| drop(it.returned(1, "2025-08-12", 3)), NONE, (3, 3, 3)),
        story(
            "a day late is within the tolerance",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-13", 3));
            },
            NONE,
            (3, 3, 3),
        ),
        story(
            "a day early is within it too",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-11", 3));
            },
            NONE,
            (3, 3, 3),
        ),
        story(
            "two days are not",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-14", 3));
            },
            &[BreakClass::DateMismatch],
            (0, 3, 3),
        ),
        story(
            "Orly counts as Roissy",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, at_place(arrival(left, "2025-08-12", 3), "FRORY"));
            },
            NONE,
            (3, 3, 3),
        ),
        story(
            "Lyon does not",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, at_place(arrival(left, "2025-08-12", 3), "FRLYS"));
            },
            &[BreakClass::PlaceMismatch],
            (0, 3, 3),
        ),
        story(
            "of three who left two arrived: two are agreed",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, partly(arrival(left, "2025-08-12", 2)));
            },
            &[BreakClass::HeadcountMismatch],
            (2, 3, 2),
        ),
        story(
            "of three who left four arrived: three are agreed",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, arrival(left, "2025-08-12", 4));
            },
            &[BreakClass::HeadcountMismatch],
            (3, 3, 4),
        ),
        story(
            "nobody arrived of three who left; the day and the place of nobody do not matter",
            |it| {
                let notice = it.announced(1, "2025-08-12", 3);
                let left = it.append(Gbr, departure(notice, "2025-08-12", 3));
                it.append(Fra, at_place(not_arrived(left, "2025-08-20"), "FRLYS"));
            },
            &[BreakClass::HeadcountMismatch],
            (0, 3, 0),
        ),
    ]);
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
            &[BreakClass::Duplicate],
            (3, 3, 3),
        ),
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
            &[BreakClass::Duplicate],
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
            |it| drop(it.append(Fra, arrival(unknown(), "2025-08-12", 3))),
            &[BreakClass::ArrivedNotDeparted, BreakClass::UnknownReference],
            (0, 0, 3),
        ),
        story(
            "nobody arrived of what nobody wrote",
            |it| drop(it.append(Fra, not_arrived(unknown(), "2025-08-12"))),
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
        story(
            "a departure of what nobody announced is claimed",
            |it| drop(it.append(Gbr, departure(unknown(), "2025-08-12", 3))),
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

#[test]
fn a_transport_that_nobody_boarded_is_no_break_and_its_cases_travel_again() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 1));
    let accepted = sides.append(Fra, accept(asked));
    let first = sides.append(Gbr, notice("GB04-1", &[accepted], "2025-08-12", 2));
    let word = sides.append(Fra, not_arrived(first, "2025-08-12"));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(classes(&ledger), NONE);
    assert_eq!(ledger.cases[&asked].state, CaseState::Accepted);
    assert_eq!(ledger.transports[&first].state, TransportState::Failed(word));
    assert_eq!(ledger.pipeline(at(LATER)), Pipeline { accepted: 2, ..NOBODY });

    sides.exchange();
    let second = sides.append(Gbr, notice("GB04-2", &[accepted], "2025-08-19", 2));
    let left = sides.append(Gbr, departure(second, "2025-08-19", 2));
    sides.append(Fra, arrival(left, "2025-08-19", 2));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(classes(&ledger), NONE);
    assert_eq!(ledger.cases[&asked].state, CaseState::Returned(second));
    assert_eq!(ledger.tally().returned.agreed, 2);

    // The first transport left after all: a break, and its persons count, but the case stays where
    // it has gone.
    let late = sides.append(Gbr, departure(first, "2025-08-20", 2));
    sides.append(Fra, arrival(late, "2025-08-20", 2));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(classes(&ledger), [BreakClass::IllegalTransition]);
    assert_eq!(ledger.cases[&asked].state, CaseState::Returned(second));
    assert_eq!(ledger.tally().returned.agreed, 4);
}

#[test]
fn what_is_out_of_order_is_kept_and_named() {
    check_returns(&[
        story(
            "a second answer",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                it.append(Fra, accept(asked));
                it.append(Fra, refuse(asked));
            },
            &[BreakClass::Duplicate],
            (0, 0, 0),
        ),
        story(
            "an answer to a visa",
            |it| {
                let issued = it.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
                it.append(Fra, accept(issued));
            },
            &[BreakClass::IllegalTransition],
            (0, 0, 0),
        ),
        story(
            "two requests under one reference",
            |it| {
                it.append(Gbr, request("GB01-1", 0));
                it.append(Gbr, request("GB01-1", 1));
            },
            &[BreakClass::Duplicate],
            (0, 0, 0),
        ),
        story(
            "two requests under two references",
            |it| {
                it.append(Gbr, request("GB01-1", 0));
                it.append(Gbr, request("GB01-2", 0));
            },
            NONE,
            (0, 0, 0),
        ),
        story(
            "a transport after a refusal",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                let refused = it.append(Fra, refuse(asked));
                it.append(Gbr, notice("GB04-1", &[refused], "2025-08-12", 1));
            },
            &[BreakClass::TransferWithoutAcceptance],
            (0, 0, 0),
        ),
        story(
            "a transport upon an acceptance that came second to a refusal",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                it.append(Fra, refuse(asked));
                let accepted = it.append(Fra, accept(asked));
                it.append(Gbr, notice("GB04-1", &[accepted], "2025-08-12", 1));
            },
            &[BreakClass::Duplicate, BreakClass::TransferWithoutAcceptance],
            (0, 0, 0),
        ),
        story(
            "a transport upon the request itself",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                it.append(Gbr, notice("GB04-1", &[asked], "2025-08-12", 1));
            },
            &[BreakClass::TransferWithoutAcceptance],
            (0, 0, 0),
        ),
        story(
            "a second notice for a case that travels",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                let accepted = it.append(Fra, accept(asked));
                it.append(Gbr, notice("GB04-1", &[accepted], "2025-08-12", 1));
                it.append(Gbr, notice("GB04-2", &[accepted], "2025-08-13", 1));
            },
            &[BreakClass::IllegalTransition],
            (0, 0, 0),
        ),
        story(
            "nobody came, says France twice",
            |it| {
                let announced = it.announced(1, "2025-08-12", 3);
                it.append(Fra, not_arrived(announced, "2025-08-12"));
                it.append(Fra, not_arrived(announced, "2025-08-12"));
            },
            &[BreakClass::Duplicate],
            (0, 0, 0),
        ),
        story(
            "nobody left, says France of those who did",
            |it| {
                let announced = it.announced(1, "2025-08-12", 3);
                it.append(Gbr, departure(announced, "2025-08-12", 3));
                it.append(Fra, not_arrived(announced, "2025-08-12"));
            },
            &[BreakClass::DepartedNotArrived, BreakClass::IllegalTransition],
            (0, 3, 0),
        ),
    ]);
}

#[test]
fn every_attestation_that_is_missing_is_a_break() {
    for missing in Attestation::ALL {
        let mut sides = TwoSides::founded();
        let asked = sides.append(Gbr, request("GB01-1", 0));
        let accepted = sides.append(Fra, accept(asked));
        let mut record = notice("GB04-1", &[accepted], "2025-08-12", 1);
        let Content::TransferNotice(content) = &mut record.content else { panic!("a notice") };
        let others = Attestation::ALL.iter().copied().filter(|one| one != missing).collect();
        content.attestations = CodeList::new(others).unwrap();
        sides.append(Gbr, record);
        let breaks = classes(&sides.ledger(at(LATER)));
        assert_eq!(breaks, [BreakClass::AttestationMissing], "{missing}");
    }
}

#[test]
fn the_pipeline_shows_every_person_of_the_return_leg_once() {
    let ledger = told(|it| {
        it.append(Gbr, request("GB01-101", 0));
        let refused = it.append(Gbr, request("GB01-102", 1));
        it.append(Fra, refuse(refused));
        let accepted = it.append(Gbr, request("GB01-103", 3));
        it.append(Fra, accept(accepted));
        it.announced(1, "2025-08-12", 5);
        let left = it.announced(2, "2025-08-12", 6);
        it.append(Gbr, departure(left, "2025-08-12", 6));
        it.returned(3, "2025-08-12", 7);
        let fewer = it.announced(4, "2025-08-12", 9);
        let fewer = it.append(Gbr, departure(fewer, "2025-08-12", 9));
        it.append(Fra, arrival(fewer, "2025-08-12", 1));
        let nobody = it.announced(5, "2025-08-12", 20);
        let nobody = it.append(Gbr, departure(nobody, "2025-08-12", 20));
        it.append(Fra, not_arrived(nobody, "2025-08-12"));
    });
    let expected = Pipeline {
        requested: 1,
        accepted: 4 + 20,
        notified: 5,
        in_transit: 6,
        disputed: 8 + 20,
        ..NOBODY
    };
    assert_eq!(ledger.pipeline(at(LATER)), expected);
    assert_eq!(ledger.transports.values().map(|one| one.persons).max(), Some(Persons(20)));
}
