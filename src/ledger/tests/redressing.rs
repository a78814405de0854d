//! Approvals, reversals, erasures, notices of wrong data, and decisions of breaks.

use super::super::fixture::{
    TwoSides, Way, accept, admission, approval, arrival, at, correction, count, departure, erasure,
    not_arrived, officer, rejection, request, resolution, reversal, travel, visa, wrong_data,
};
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::ledger::{CaseState, JourneyState, Ledger, Owner};
use crate::names::{Hash, Party, RecordId};
use crate::record::{Decision, Record, Three, subject};

use BreakClass::{
    ApprovalAwaited, Duplicate, ErasedOneSideOnly, IllegalTransition, ReversalOneSided,
    UnknownReference, WrongDataNotCorrected, WrongSigner,
};

const DAY: &str = "2025-08-12";

fn returned() -> (TwoSides, Way) {
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, DAY, 3);
    sides.exchange();
    (sides, way)
}

fn asked() -> (TwoSides, RecordId) {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    sides.append(Fra, accept(asked));
    sides.exchange();
    (sides, asked)
}

fn breaks(sides: &TwoSides) -> Vec<BreakClass> {
    classes(&sides.ledger(at(LATER)))
}

/// Class, owner and evidence of the one break.
fn only(ledger: &Ledger) -> (BreakClass, Owner, Vec<RecordId>) {
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    (one.class, one.owner, one.evidence.clone())
}

fn ascending<const N: usize>(mut ids: [RecordId; N]) -> Vec<RecordId> {
    ids.sort();
    ids.to_vec()
}

#[test]
fn what_needs_approval_waits_for_it_and_is_its_authors_break() {
    for by in Party::BOTH {
        let (mut sides, way) = returned();
        let id = sides.append(by, reversal(way.came));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(only(&ledger), (ApprovalAwaited, Owner::Party(by), vec![id]));
        assert!(ledger.awaiting.contains_key(&id));
        assert_eq!(ledger.tally().returned, Three::new(3, 3, 3), "nothing has happened");

        let mut rejected = sides.clone();
        let word = rejected.append(by, rejection(id));
        assert_eq!(breaks(&rejected), []);
        assert_eq!(rejected.ledger(at(LATER)).tally().returned, Three::new(3, 3, 3));
        rejected.append(by, approval(id));
        assert_eq!(breaks(&rejected), [IllegalTransition], "after the rejection {word}");
        assert_eq!(rejected.ledger(at(LATER)).tally().returned, Three::new(3, 3, 3));

        sides.append(by, approval(id));
        assert_eq!(breaks(&sides), [ReversalOneSided]);
        sides.append(by, approval(id));
        assert_eq!(breaks(&sides), [IllegalTransition, ReversalOneSided], "a second approval");
        sides.append(by, rejection(id));
        let found = [IllegalTransition, IllegalTransition, ReversalOneSided];
        assert_eq!(breaks(&sides), found, "and a rejection too late");
    }
}

#[test]
fn an_approval_by_the_counterpart_or_of_what_needs_none_has_no_effect() {
    let (mut sides, way) = returned();
    let id = sides.append(Gbr, reversal(way.came));
    sides.append(Fra, approval(id));
    assert_eq!(breaks(&sides), [IllegalTransition, ApprovalAwaited]);
    let (mut sides, way) = returned();
    sides.append(Gbr, approval(way.left));
    assert_eq!(breaks(&sides), [IllegalTransition]);
    let (mut sides, _) = returned();
    sides.append(Gbr, approval(RecordId::new([9; 32])));
    assert_eq!(breaks(&sides), [UnknownReference]);
}

#[test]
fn an_officer_cannot_sign_what_officers_approve() {
    let (mut sides, way) = returned();
    let record = reversal(way.came);
    let sub = subject(record.kind(), None);
    let (id, bytes) = sides.seal_as(&officer(Gbr), Gbr, sub, record.encode());
    sides.append_bytes(Gbr, bytes);
    sides.append(Gbr, approval(id));
    assert_eq!(breaks(&sides), [UnknownReference, WrongSigner]);
}

#[test]
fn an_act_happens_where_it_is_approved() {
    // The correction of the reversed arrival was logged before, and is approved after.
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, DAY, 3);
    let changed = sides.append(Fra, correction(way.came, arrival(way.left, DAY, 2)));
    let back = sides.append(Fra, reversal(way.came));
    sides.append(Fra, approval(back));
    let one = sides.ledger(at(LATER)).tally().returned;
    assert_eq!(one, Three::new(3, 3, 0), "reversed by France alone");
    sides.append(Fra, approval(changed));
    let ledger = sides.ledger(at(LATER));
    assert_eq!(ledger.movements[&way.left].claim(Fra).unwrap().persons.0, 2);
    assert!(ledger.awaiting.is_empty());
}

#[test]
fn a_reversal_counts_once_both_sides_have_signed_it() {
    for by in Party::BOTH {
        let (mut sides, way) = returned();
        let asked = sides.ledger(sides.now).transports[&way.announced].cases[0];
        let id = sides.approved(by, reversal(way.came));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(
            only(&ledger),
            (ReversalOneSided, Owner::Party(by.other()), ascending([id, way.came]))
        );
        let (gbr, fra) = if by == Gbr { (0, 3) } else { (3, 0) };
        assert_eq!(ledger.tally().returned, Three::new(3, gbr, fra));
        assert_eq!(ledger.cases[&asked].state, CaseState::Returned);

        let mut twice = sides.clone();
        twice.approved(by, reversal(way.came));
        assert_eq!(breaks(&twice), [Duplicate, ReversalOneSided]);

        sides.exchange();
        sides.approved(by.other(), reversal(way.came));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(classes(&ledger), []);
        assert_eq!(ledger.tally().returned, Three::ZERO);
        assert_eq!(ledger.cases[&asked].state, CaseState::Reversed);
        sides.approved(by, reversal(way.came));
        assert_eq!(breaks(&sides), [Duplicate], "a third one");
    }
}

#[test]
fn an_admission_is_reversed_likewise_even_if_nobody_announced_it() {
    let announced = || {
        let mut sides = TwoSides::founded();
        let way = sides.admitted(1, DAY, 3);
        (sides, way.came, vec![])
    };
    let alone = || {
        let mut sides = TwoSides::founded();
        let issued = sides.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
        let came = sides.append(Gbr, admission(issued, DAY, 3));
        (sides, came, vec![IllegalTransition])
    };
    for (mut sides, came, before) in [announced(), alone()] {
        sides.exchange();
        assert_eq!(
            (sides.ledger(at(LATER)).tally().admitted.agreed, breaks(&sides)),
            (3, before.clone())
        );
        sides.approved(Gbr, reversal(came));
        assert!(breaks(&sides).contains(&ReversalOneSided));
        assert_eq!(sides.ledger(at(LATER)).tally().admitted.agreed, 3);
        sides.approved(Fra, reversal(came));
        let ledger = sides.ledger(at(LATER));
        assert_eq!((ledger.tally().admitted, classes(&ledger)), (Three::ZERO, before));
        let states: Vec<_> = ledger.journeys.values().map(crate::ledger::Journey::state).collect();
        assert_eq!(states, [JourneyState::Reversed]);
    }
}

#[test]
fn what_does_not_count_cannot_be_reversed() {
    type Tell = fn(&mut TwoSides) -> RecordId;
    let told: [(&str, Tell); 6] = [
        ("a request", |it| it.append(Gbr, request("GB01-1", 0))),
        ("a notice", |it| it.announced(1, DAY, 3)),
        ("a departure", |it| it.returned(1, DAY, 3).left),
        ("the arrival of nobody", |it| {
            let announced = it.announced(1, DAY, 3);
            let left = it.append(Gbr, departure(announced, DAY, 3));
            it.append(Fra, not_arrived(left, DAY))
        }),
        ("a travel notice", |it| it.admitted(1, DAY, 3).announced),
        ("a departure-count", |it| {
            let issued = it.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
            let travels = it.append(Gbr, travel("GB15-1", &[issued], DAY, 3));
            it.append(Fra, count(travels, DAY, 3))
        }),
    ];
    for (name, tell) in told {
        for by in Party::BOTH {
            let mut sides = TwoSides::founded();
            let id = tell(&mut sides);
            sides.exchange();
            let tally = sides.ledger(at(LATER)).tally();
            let before = breaks(&sides).len();
            sides.approved(by, reversal(id));
            let ledger = sides.ledger(at(LATER));
            assert_eq!(ledger.tally(), tally, "{name}");
            assert_eq!(ledger.breaks.len(), before + 1, "{name}");
            assert!(classes(&ledger).contains(&IllegalTransition), "{name}");
        }
    }
}

#[test]
fn both_sides_erase_or_it_is_a_break_of_the_other() {
    for by in Party::BOTH {
        let (mut sides, asked) = asked();
        let id = sides.append(by, erasure(asked));
        assert_eq!(breaks(&sides), [ApprovalAwaited]);
        sides.append(by, approval(id));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(
            only(&ledger),
            (ErasedOneSideOnly, Owner::Party(by.other()), ascending([id, asked]))
        );
        let mut twice = sides.clone();
        twice.approved(by, erasure(asked));
        assert_eq!(breaks(&twice), [Duplicate, ErasedOneSideOnly]);
        sides.approved(by.other(), erasure(asked));
        assert_eq!(breaks(&sides), []);
        let erased = &sides.ledger(at(LATER)).cases[&asked].erased;
        assert!(erased.gbr.is_some() && erased.fra.is_some());
    }
    let (mut sides, way) = returned();
    sides.approved(Gbr, erasure(way.left));
    assert_eq!(breaks(&sides), [IllegalTransition], "a departure holds no personal data");
}

#[test]
fn wrong_data_are_a_break_until_the_united_kingdom_corrects_or_erases_them() {
    for by in Party::BOTH {
        let (mut sides, asked) = asked();
        let id = sides.append(by, wrong_data(asked));
        let ledger = sides.ledger(at(LATER));
        assert_eq!(
            only(&ledger),
            (WrongDataNotCorrected, Owner::Party(Gbr), ascending([id, asked]))
        );
        sides.exchange();

        let mut corrected = sides.clone();
        corrected.append(Gbr, correction(asked, request("GB01-1", 1)));
        assert_eq!(breaks(&corrected), []);
        corrected.exchange();
        corrected.append(by, wrong_data(asked));
        assert_eq!(breaks(&corrected), [WrongDataNotCorrected], "they are wrong again");

        sides.approved(Fra, erasure(asked));
        let french = [ErasedOneSideOnly, WrongDataNotCorrected];
        assert_eq!(breaks(&sides), french, "France's own copy is another matter");
        let waits = sides.append(Gbr, erasure(asked));
        assert!(breaks(&sides).contains(&WrongDataNotCorrected));
        sides.append(Gbr, approval(waits));
        assert_eq!(breaks(&sides), []);
        sides.append(by, wrong_data(asked));
        assert_eq!(breaks(&sides), [], "what is erased is wrong no more");
    }
    let (mut sides, way) = returned();
    sides.append(Fra, wrong_data(way.announced));
    assert_eq!(breaks(&sides), [IllegalTransition]);
}

/// A break of both sides, and its id.
fn broken() -> (TwoSides, Hash) {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, DAY, 3);
    let left = sides.append(Gbr, departure(announced, DAY, 3));
    sides.append(Fra, arrival(left, "2025-08-20", 3));
    let ledger = sides.ledger(at(LATER));
    let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
    (sides.clone(), one.id)
}

#[test]
fn a_break_is_closed_by_the_same_decision_of_both_sides() {
    let decide = |sides: &mut TwoSides, by: Party, id: Hash, decision: Decision| {
        sides.approved(by, resolution(id, decision));
    };
    let first = *Decision::ALL.first().unwrap();
    for decision in Decision::ALL.iter().copied() {
        let (mut sides, id) = broken();
        decide(&mut sides, Fra, id, decision);
        assert_eq!(breaks(&sides), [BreakClass::DateMismatch], "{decision}: by one side");
        let waits = sides.append(Gbr, resolution(id, decision));
        assert_eq!(breaks(&sides), [BreakClass::DateMismatch, ApprovalAwaited], "{decision}");
        sides.append(Gbr, approval(waits));
        let ledger = sides.ledger(at(LATER));
        assert_eq!((classes(&ledger), ledger.resolved.get(&id)), (vec![], Some(&decision)));
        assert_eq!(ledger.tally().returned, Three::new(0, 3, 3), "and no count is changed by it");
    }
    let (mut sides, id) = broken();
    decide(&mut sides, Fra, id, first);
    decide(&mut sides, Gbr, id, *Decision::ALL.last().unwrap());
    let ledger = sides.ledger(at(LATER));
    assert_eq!((classes(&ledger), ledger.resolved.len()), (vec![BreakClass::DateMismatch], 0));
    decide(&mut sides, Gbr, id, first);
    assert_eq!(breaks(&sides), [], "the newest decision of a side holds");
    sides.exchange();
    decide(&mut sides, Gbr, id, *Decision::ALL.last().unwrap());
    assert_eq!(breaks(&sides), [Duplicate], "until both have decided alike");
}

#[test]
fn a_decision_of_a_break_that_is_not_open_resolves_nothing() {
    let (mut sides, _) = returned();
    let id = super::super::fixture::digest("no break");
    for by in Party::BOTH {
        sides.approved(by, resolution(id, Decision::ALL[0]));
    }
    let ledger = sides.ledger(at(LATER));
    assert_eq!((classes(&ledger), ledger.resolved.len()), (vec![], 0));
}

#[test]
fn a_record_that_waits_is_as_old_as_its_receipt() {
    let (mut sides, way) = returned();
    let record: Record = reversal(way.came);
    sides.append(Gbr, record);
    sides.go_to(at("2025-08-20T00:00:00Z")).entangle(Fra);
    let ledger = sides.ledger(at(LATER));
    let began: Vec<_> = ledger.breaks.iter().map(|one| one.began).collect();
    assert_eq!(began, [at("2025-08-20T00:00:00Z")]);
}
