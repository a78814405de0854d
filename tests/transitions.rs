//! `docs/TRANSITIONS.md` is written from the tables of the source, and every line of it is driven
//! through the fold: each event from each state, and each pair of concurrent events.
//!
//! `WRITE_TRANSITIONS=1` writes the page anew instead of comparing it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop at the first surprise"
)]

use std::fmt::{Debug, Display};

use entente::ledger::{
    CaseEvent, CaseState, JourneyEvent, JourneyState, TransportEvent, TransportState, VisaEvent,
    VisaState,
};
use entente::record::BreakClass;

#[path = "transitions/document.rs"]
mod document;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;
#[path = "transitions/machine.rs"]
mod machine;
#[path = "transitions/stage.rs"]
mod stage;

use machine::{CASES, JOURNEYS, Machine, TRANSPORTS, VISAS};
use stage::{By, Stage};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/TRANSITIONS.md");

#[test]
fn the_page_is_what_the_tables_say() {
    #[expect(clippy::disallowed_methods, reason = "a test that writes only when it is told to")]
    let write = std::env::var_os("WRITE_TRANSITIONS").is_some();
    if write {
        std::fs::write(PAGE, document::written()).unwrap();
    }
    let page = std::fs::read_to_string(PAGE).unwrap();
    assert!(
        page == document::written(),
        "docs/TRANSITIONS.md is not what the tables say: write it anew with \
         WRITE_TRANSITIONS=1 cargo test --test transitions"
    );
}

/// How a machine's things are set up, moved and looked at.
struct Driver<S, E> {
    stage: fn(S, E) -> Stage,
    deed: fn(&mut Stage, E, By),
    state: fn(&Stage) -> S,
}

const CASE: Driver<CaseState, CaseEvent> =
    Driver { stage: stage::case_in, deed: stage::case_deed, state: stage::case_state };
const TRANSPORT: Driver<TransportState, TransportEvent> = Driver {
    stage: stage::transport_in,
    deed: stage::transport_deed,
    state: stage::transport_state,
};
const VISA: Driver<VisaState, VisaEvent> =
    Driver { stage: stage::visa_in, deed: stage::visa_deed, state: stage::visa_state };
const JOURNEY: Driver<JourneyState, JourneyEvent> =
    Driver { stage: stage::journey_in, deed: stage::journey_deed, state: stage::journey_state };

/// Brings about every event in every state but those that `leaves_out`, after all was seen.
fn check_each<S, E>(machine: &Machine<S, E>, drive: &Driver<S, E>, leaves_out: fn(S, E) -> bool)
where
    S: Copy + PartialEq + Display + Debug,
    E: Copy + PartialEq + Display,
{
    for state in machine.states {
        for event in machine.events.iter().filter(|event| !leaves_out(*state, **event)) {
            let mut it = (drive.stage)(*state, *event);
            let before = it.breaks();
            (drive.deed)(&mut it, *event, By::Both);
            it.sides.exchange();
            let (after, class) = machine.after(*state, *event);
            let said = format!("{}: {event} from {state}", machine.name);
            assert_eq!((drive.state)(&it), after, "{said}");
            assert_eq!(it.new_breaks(&before), Vec::from_iter(class), "{said}");
        }
    }
}

#[test]
fn every_event_in_every_state_of_a_case_does_what_the_page_says() {
    // A case that does not travel is not reached through a transport.
    check_each(&CASES, &CASE, |state, event| {
        event.is_of_transport() && CASES.next(state, event).is_none()
    });
}

#[test]
fn every_event_in_every_state_of_a_transport_does_what_the_page_says() {
    check_each(&TRANSPORTS, &TRANSPORT, |_, _| false);
}

#[test]
fn every_event_in_every_state_of_visas_does_what_the_page_says() {
    // Through a journey that was not announced, or that is over, nothing reaches visas: the
    // journey's own break is all.
    check_each(&VISAS, &VISA, |state, event| match event {
        VisaEvent::JourneyWithdrawal => matches!(state, VisaState::Issued | VisaState::Used),
        VisaEvent::Admission => state == VisaState::Used,
        VisaEvent::Travel | VisaEvent::Lapse | VisaEvent::Withdrawal => false,
    });
}

#[test]
fn every_event_in_every_state_of_a_journey_does_what_the_page_says() {
    check_each(&JOURNEYS, &JOURNEY, |_, _| false);
}

/// Brings about every pair, whichever of the two is logged first, and says how many there are.
fn check_pairs<S, E>(machine: &Machine<S, E>, drive: &Driver<S, E>) -> usize
where
    S: Copy + PartialEq + Display + Debug,
    E: Copy + PartialEq + Display,
{
    for pair in machine.pairs() {
        for order in [[By::Gbr, By::Fra], [By::Fra, By::Gbr]] {
            let mut it = (drive.stage)(pair.state, pair.gbr);
            let before = it.breaks();
            for by in order {
                let event = if by == By::Gbr { pair.gbr } else { pair.fra };
                (drive.deed)(&mut it, event, by);
            }
            it.sides.exchange();
            let (after, class) = pair.after;
            let (name, state, gbr, fra) = (machine.name, pair.state, pair.gbr, pair.fra);
            let said = format!("{name}: {gbr} and {fra} from {state}, {order:?}");
            assert_eq!((drive.state)(&it), after, "{said}");
            assert_eq!(it.new_breaks(&before), Vec::from_iter(class), "{said}");
        }
    }
    machine.pairs().len()
}

#[test]
fn every_pair_of_concurrent_events_ends_as_the_page_says() {
    let pairs = [
        check_pairs(&CASES, &CASE),
        check_pairs(&TRANSPORTS, &TRANSPORT),
        check_pairs(&VISAS, &VISA),
        check_pairs(&JOURNEYS, &JOURNEY),
    ];
    assert_eq!(pairs, [14, 14, 0, 3], "as many pairs as are possible");
}

#[test]
fn a_requirement_that_does_not_hold_is_the_break_that_it_names() {
    // The stage of another event leaves out what a notice requires.
    for (state, class) in [
        (CaseState::Requested, BreakClass::TransferWithoutAcceptance),
        (CaseState::Extended, BreakClass::TransferWithoutAcceptance),
        (CaseState::Travelling, BreakClass::IllegalTransition),
    ] {
        let mut it = stage::case_in(state, CaseEvent::Withdrawal);
        let before = it.breaks();
        stage::case_deed(&mut it, CaseEvent::Notice, By::Both);
        it.sides.exchange();
        assert_eq!((stage::case_state(&it), it.new_breaks(&before)), (state, vec![class]));
    }
    for event in [CaseEvent::Postponement, CaseEvent::Withdrawal] {
        let mut it = stage::transport_in(TransportState::Departed, TransportEvent::Arrival);
        let before = it.breaks();
        stage::case_deed(&mut it, event, By::Both);
        let found = (stage::case_state(&it), it.new_breaks(&before));
        assert_eq!(found, (CaseState::Travelling, vec![BreakClass::IllegalTransition]), "{event}");
    }
}

#[test]
fn a_case_that_does_not_travel_is_not_concerned_by_what_its_transport_does() {
    for (first, state) in [
        (CaseEvent::Postponement, CaseState::Accepted),
        (CaseEvent::Withdrawal, CaseState::Withdrawn),
    ] {
        for then in [CaseEvent::NonArrival, CaseEvent::Arrival] {
            let mut it = stage::case_in(CaseState::Travelling, first);
            stage::case_deed(&mut it, first, By::Both);
            it.sides.exchange();
            stage::case_deed(&mut it, then, By::Both);
            assert_eq!(stage::case_state(&it), state, "{first}, then {then}");
        }
    }
}
