//! From the request to the departure: what is out of order, and where each case stands.

use super::super::fixture::{
    TwoSides, accept, arrival, at, departure, not_arrived, notice, refuse, request, visa,
};
use super::{BreakClass, Fra, Gbr, LATER, NOBODY, Pipeline, check_returns, classes, story, told};
use crate::ledger::{CaseState, TransportState};
use crate::names::Persons;
use crate::record::{Attestation, CodeList, Content};

const NONE: &[BreakClass] = &[];

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
    let transport = &ledger.transports[&first];
    assert_eq!((transport.state, transport.since), (TransportState::Failed, word));
    assert_eq!(ledger.pipeline(at(LATER)), Pipeline { accepted: 2, ..NOBODY });

    sides.exchange();
    let second = sides.append(Gbr, notice("GB04-2", &[accepted], "2025-08-19", 2));
    let left = sides.append(Gbr, departure(second, "2025-08-19", 2));
    sides.append(Fra, arrival(left, "2025-08-19", 2));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(classes(&ledger), NONE);
    let case = &ledger.cases[&asked];
    assert_eq!((case.state, case.transport), (CaseState::Returned, Some(second)));
    assert_eq!(ledger.tally().returned.agreed, 2);

    // The first transport left after all: a break, and its persons count, but the case stays where
    // it has gone.
    let late = sides.append(Gbr, departure(first, "2025-08-20", 2));
    sides.append(Fra, arrival(late, "2025-08-20", 2));
    let ledger = sides.ledger(at(LATER));
    let late = [BreakClass::IllegalTransition, BreakClass::AttestationStale];
    assert_eq!(classes(&ledger), late, "and what was attested for it held a week");
    let case = &ledger.cases[&asked];
    assert_eq!((case.state, case.transport), (CaseState::Returned, Some(second)));
    assert_eq!(ledger.tally().returned.agreed, 4);
}

#[test]
fn a_request_or_an_answer_out_of_order_is_kept_and_named() {
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
    ]);
}

#[test]
fn a_transport_without_an_acceptance_is_named() {
    check_returns(&[
        story(
            "a transport after a refusal",
            |it| {
                let asked = it.append(Gbr, request("GB01-1", 0));
                let refused = it.append(Fra, refuse(asked));
                it.append(Gbr, notice("GB04-1", &[refused], "2025-08-12", 1));
            },
            &[BreakClass::TransferAfterRefusal],
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
    ]);
}

#[test]
fn a_transport_that_was_spoken_of_before_is_named() {
    check_returns(&[
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
