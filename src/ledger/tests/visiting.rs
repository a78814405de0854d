//! Families that travel in part, windows of applications, the head start, and visas to their end.

use super::super::fixture::{
    TwoSides, accept, admission, allocation, arrival, at, correction, departure, lapse, notice,
    provisions, request, travel, visa, visa_from, window, withdrawn,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::ledger::{JourneyState, Ledger, Owner, VisaState};
use crate::names::RecordId;
use crate::record::{HeadStartRule, LapseReason, PauseReason, Provisions};

use BreakClass::{
    AllocationExceeded, FamilySplit, HeadStartExceeded, HeadcountMismatch, IllegalTransition,
    TravelledInPart, VisaLapsedButAdmitted, WindowPaused,
};

const DAY: &str = "2025-08-12";
const GBR: Owner = Owner::Party(Gbr);

fn now(sides: &TwoSides) -> Ledger {
    sides.ledger(sides.now)
}

fn breaks(sides: &TwoSides) -> Vec<BreakClass> {
    classes(&now(sides))
}

/// A transport of so many families, announced with the persons given.
fn group(sides: &mut TwoSides, families: &[u16], persons: u16) -> RecordId {
    let mut answers = Vec::new();
    for (number, family) in families.iter().enumerate() {
        let asked = sides.append(Gbr, request(&format!("GB01-{number}"), family - 1));
        answers.push(sides.append(Fra, accept(asked)));
    }
    sides.append(Gbr, notice("GB04-1", &answers, DAY, persons))
}

#[test]
fn a_group_leaves_in_whole_families_or_it_is_named() {
    type Case = (&'static [u16], u16, &'static [(BreakClass, Owner)]);
    let both = Owner::Both;
    let cases: [Case; 6] = [
        (&[1, 3], 4, &[]),
        (&[1, 3], 3, &[(TravelledInPart, GBR)]),
        (&[1, 3], 1, &[(TravelledInPart, GBR)]),
        (&[1, 3], 2, &[(FamilySplit, GBR)]),
        (&[3], 2, &[(FamilySplit, GBR)]),
        (&[1, 3], 5, &[(HeadcountMismatch, GBR)]),
    ];
    for (families, left, found) in cases {
        let mut sides = TwoSides::founded();
        let announced = group(&mut sides, families, families.iter().sum());
        let id = sides.append(Gbr, departure(announced, DAY, left));
        let ledger = now(&sides);
        let of: Vec<_> = ledger.breaks.iter().map(|one| (one.class, one.owner)).collect();
        assert_eq!(of, found, "{left} of {families:?} left");
        let mut evidence = vec![id, announced];
        evidence.sort();
        assert!(ledger.breaks.iter().all(|one| one.evidence == evidence));
    }
    // The same of those who arrived, which both sides have to explain.
    for (came, found) in [
        (4, &[][..]),
        (3, &[(HeadcountMismatch, both)]),
        (2, &[(HeadcountMismatch, both), (FamilySplit, both)]),
        (5, &[(HeadcountMismatch, both)]),
    ] {
        let mut sides = TwoSides::founded();
        let announced = group(&mut sides, &[1, 3], 4);
        let left = sides.append(Gbr, departure(announced, DAY, 4));
        sides.append(Fra, arrival(left, DAY, came));
        let ledger = now(&sides);
        let mut of: Vec<_> = ledger.breaks.iter().map(|one| (one.class, one.owner)).collect();
        of.sort();
        assert_eq!(of, found, "{came} arrived");
    }
}

#[test]
fn a_notice_announces_the_persons_of_its_cases() {
    for (persons, found) in [(4, &[][..]), (3, &[HeadcountMismatch]), (5, &[HeadcountMismatch])] {
        let mut sides = TwoSides::founded();
        let id = group(&mut sides, &[1, 3], persons);
        let ledger = now(&sides);
        assert_eq!(classes(&ledger), found, "{persons}");
        assert!(ledger.breaks.iter().all(|one| one.owner == GBR && one.evidence == [id]));
    }
}

#[test]
fn a_family_that_was_put_off_or_taken_back_does_not_leave() {
    use super::super::fixture::postponed;
    use crate::record::PostponementReason::Absconded;
    for put_off in [true, false] {
        let mut sides = TwoSides::founded();
        let announced = group(&mut sides, &[1, 3], 4);
        let asked = now(&sides).transports[&announced].cases.clone();
        let one = asked.iter().copied().find(|id| now(&sides).cases[id].persons.0 == 1).unwrap();
        let record = if put_off { postponed(&[one], Absconded) } else { withdrawn(one) };
        sides.append(Gbr, record);
        sides.append(Gbr, departure(announced, DAY, 3));
        assert_eq!(breaks(&sides), [], "three of three");
    }
}

#[test]
fn who_stayed_behind_is_recorded_afterwards_and_may_travel_again() {
    use super::super::fixture::postponed;
    use crate::ledger::CaseState::{Accepted, Returned, Withdrawn};
    use crate::record::PostponementReason::Absconded;
    for (put_off, after) in [(true, Accepted), (false, Withdrawn)] {
        for came in [false, true] {
            let mut sides = TwoSides::founded();
            let announced = group(&mut sides, &[1, 3, 1], 5);
            let cases = now(&sides).transports[&announced].cases.clone();
            let of = |it: &TwoSides, persons| {
                let ledger = now(it);
                let fits = |id: &RecordId| ledger.cases[id].persons.0 == persons;
                cases.iter().copied().filter(fits).collect::<Vec<_>>()
            };
            let left = sides.append(Gbr, departure(announced, DAY, 4));
            if came {
                sides.append(Fra, arrival(left, DAY, 4));
            }
            assert_eq!(breaks(&sides), [TravelledInPart]);
            let stays = |id| if put_off { postponed(&[id], Absconded) } else { withdrawn(id) };
            // Without the family of three, two were to leave, and four did.
            let mut wrong = sides.clone();
            wrong.append(Gbr, stays(of(&wrong, 3)[0]));
            assert_eq!(breaks(&wrong), [IllegalTransition, TravelledInPart]);
            let one = of(&sides, 1)[0];
            sides.append(Gbr, stays(one));
            assert_eq!((breaks(&sides), now(&sides).cases[&one].state), (vec![], after));
            // All who left are accounted for: nobody else stayed behind.
            let other = of(&sides, 1)[1];
            sides.append(Gbr, stays(other));
            assert_eq!(breaks(&sides), [IllegalTransition]);
            assert_eq!(now(&sides).cases[&other].state == Returned, came);
        }
    }
}

#[test]
fn a_journey_is_of_whole_families_too() {
    for (persons, found) in
        [(4, &[][..]), (3, &[TravelledInPart]), (2, &[FamilySplit]), (5, &[HeadcountMismatch])]
    {
        let mut sides = TwoSides::founded();
        let one = sides.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
        let three = sides.append(Gbr, visa("GB13-2", 2, 1, "2025-12-31"));
        let id = sides.append(Gbr, travel("GB15-1", &[one, three], DAY, persons));
        let ledger = now(&sides);
        assert_eq!(classes(&ledger), found, "{persons}");
        assert!(ledger.breaks.iter().all(|one| one.owner == GBR && one.evidence == [id]));
    }
}

#[test]
fn a_window_gives_no_more_places_than_it_has() {
    let mut sides = TwoSides::founded();
    let places = sides.append(Gbr, allocation("GB11-1", 5));
    let first = sides.append(Gbr, visa_from(places, "GB13-1", 2, 0, "2025-12-31"));
    sides.append(Gbr, visa_from(places, "GB13-2", 1, 2, "2025-12-31"));
    assert_eq!(breaks(&sides), [], "to the last place");
    let beyond = sides.append(Gbr, visa_from(places, "GB13-3", 1, 0, "2025-12-31"));
    let ledger = now(&sides);
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    let mut evidence = vec![beyond, places];
    evidence.sort();
    assert_eq!((one.class, one.owner, &one.evidence), (AllocationExceeded, GBR, &evidence));

    // Places that are freed, or added, are places.
    let mut freed = sides.clone();
    freed.append(Gbr, withdrawn(first));
    assert_eq!(breaks(&freed), []);
    let mut lapsed = sides.clone();
    lapsed.append(Gbr, lapse(first, LapseReason::GivenUp));
    assert_eq!(breaks(&lapsed), [AllocationExceeded], "a lapsed visa was a place");
    sides.append(Gbr, correction(places, allocation("GB11-1", 6)));
    assert_eq!(breaks(&sides), []);
}

#[test]
fn a_window_that_is_paused_gives_no_visas_until_it_is_opened() {
    let mut sides = TwoSides::founded();
    let places = sides.append(Gbr, allocation("GB11-1", 9));
    sides.append(Gbr, visa_from(places, "GB13-1", 1, 0, "2025-12-31"));
    sides.append(Gbr, window(places, Some(PauseReason::Parity)));
    assert_eq!(breaks(&sides), [], "the visa came before");
    let issued = sides.append(Gbr, visa_from(places, "GB13-2", 1, 0, "2025-12-31"));
    let ledger = now(&sides);
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    assert_eq!((one.class, one.owner), (WindowPaused, GBR));
    assert!(one.evidence.contains(&issued));
    sides.append(Gbr, window(places, None));
    sides.append(Gbr, visa_from(places, "GB13-3", 1, 0, "2025-12-31"));
    assert_eq!(breaks(&sides), [WindowPaused], "the one visa stays a break");
}

#[test]
fn the_head_start_counts_persons_admitted_and_those_who_may_still_come() {
    let rules = [
        (HeadStartRule::Refuse, true),
        (HeadStartRule::Flag, true),
        (HeadStartRule::LetThrough, false),
    ];
    for (head_start_rule, named) in rules {
        let provisions = Provisions { head_start: 4, head_start_rule, ..provisions() };
        let mut sides = TwoSides::under(provisions);
        sides.admitted(1, DAY, 3);
        sides.append(Gbr, visa("GB13-8", 1, 0, "2025-12-31"));
        assert_eq!(breaks(&sides), [], "{head_start_rule}: four are not ahead by more than four");
        let mut fifth = sides.clone();
        fifth.append(Gbr, visa("GB13-9", 1, 0, "2025-12-31"));
        let found = if named { vec![HeadStartExceeded] } else { vec![] };
        assert_eq!(breaks(&fifth), found, "{head_start_rule}: five are");

        // Who has returned makes room for as many.
        sides.returned(1, DAY, 2);
        sides.exchange();
        sides.append(Gbr, visa("GB13-9", 2, 0, "2025-12-31"));
        assert_eq!(breaks(&sides), [], "{head_start_rule}: two have returned");
        sides.append(Gbr, visa("GB13-10", 1, 0, "2025-12-31"));
        assert_eq!(breaks(&sides), found, "{head_start_rule}: and not three");
    }
}

#[test]
fn a_visa_that_can_no_longer_be_used_makes_room() {
    let provisions = Provisions { head_start: 3, ..provisions() };
    type End = fn(&mut TwoSides, RecordId);
    let ends: [(&str, End, &[BreakClass]); 3] = [
        ("it is outstanding", |_, _| (), &[HeadStartExceeded]),
        (
            "it was given up",
            |it, id| {
                it.append(Gbr, lapse(id, LapseReason::GivenUp));
            },
            &[],
        ),
        (
            "it was taken back",
            |it, id| {
                it.append(Gbr, withdrawn(id));
            },
            &[],
        ),
    ];
    for (name, end, found) in ends {
        let mut sides = TwoSides::under(provisions.clone());
        let id = sides.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
        end(&mut sides, id);
        sides.append(Gbr, visa("GB13-2", 3, 0, "2025-12-31"));
        assert_eq!(breaks(&sides), found, "{name}");
    }
}

#[test]
fn a_visa_is_given_up_at_any_time_and_expires_once() {
    let mut sides = TwoSides::founded();
    let id = sides.append(Gbr, visa("GB13-1", 1, 0, "2025-08-20"));
    sides.append(Gbr, lapse(id, LapseReason::GivenUp));
    sides.exchange();
    assert_eq!((now(&sides).visas[&id].state, breaks(&sides)), (VisaState::Lapsed, vec![]));
    sides.go_to(at("2025-08-21T00:00:00Z")).append(Gbr, lapse(id, LapseReason::Expired));
    sides.exchange();
    assert_eq!(breaks(&sides), [IllegalTransition], "it had lapsed");
}

#[test]
fn a_visa_is_used_once() {
    let mut sides = TwoSides::founded();
    let id = sides.append(Gbr, visa("GB13-1", 2, 0, "2025-12-31"));
    let first = sides.append(Gbr, travel("GB15-1", &[id], DAY, 2));
    for (then, state) in [(None, VisaState::Travelling), (Some(first), VisaState::Used)] {
        if let Some(journey) = then {
            sides.append(Gbr, admission(journey, DAY, 2));
        }
        let mut sides = sides.clone();
        let again = sides.append(Gbr, travel("GB15-2", &[id], DAY, 2));
        let ledger = now(&sides);
        assert_eq!((classes(&ledger), ledger.visas[&id].state), (vec![IllegalTransition], state));
        assert!(ledger.journeys[&again].visas.is_empty(), "it is not attached");
    }
}

#[test]
fn who_enters_after_the_last_day_or_on_no_visa_is_named() {
    for (on, lapses, found) in [
        ("2025-08-20", false, vec![]),
        ("2025-08-21", false, vec![VisaLapsedButAdmitted]),
        ("2025-08-20", true, vec![IllegalTransition]),
        ("2025-08-21", true, vec![IllegalTransition, VisaLapsedButAdmitted]),
    ] {
        let mut sides = TwoSides::founded();
        let id = sides.append(Gbr, visa("GB13-1", 2, 0, "2025-08-20"));
        let journey = sides.append(Gbr, travel("GB15-1", &[id], on, 2));
        if lapses {
            sides.append(Gbr, lapse(id, LapseReason::GivenUp));
        }
        sides.append(Gbr, admission(journey, on, 2));
        let ledger = now(&sides);
        assert_eq!((classes(&ledger), ledger.visas[&id].state), (found, VisaState::Used), "{on}");
        assert_eq!(ledger.tally().admitted.agreed, 2, "it counts all the same");
    }
}

#[test]
fn a_journey_that_is_taken_back_frees_its_visas_for_another() {
    let mut sides = TwoSides::founded();
    let id = sides.append(Gbr, visa("GB13-1", 2, 0, "2025-12-31"));
    let first = sides.append(Gbr, travel("GB15-1", &[id], DAY, 2));
    sides.append(Gbr, withdrawn(first));
    let ledger = now(&sides);
    let found = (ledger.visas[&id].state, ledger.journeys[&first].state());
    assert_eq!(found, (VisaState::Issued, JourneyState::Withdrawn));
    let second = sides.append(Gbr, travel("GB15-2", &[id], DAY, 2));
    sides.append(Gbr, admission(second, DAY, 2));
    let ledger = now(&sides);
    assert_eq!((classes(&ledger), ledger.visas[&id].state), (vec![], VisaState::Used));
    sides.append(Gbr, withdrawn(second));
    assert_eq!(breaks(&sides), [IllegalTransition], "who has entered is not taken back");
}
