//! Corrections: of every kind that can be superseded, in a chain, and those that have no effect.

mod amendments;

use std::collections::BTreeSet;

use super::super::fixture::{
    TwoSides, accept, arrival, at, confirmed, correction, counter_proposed, departure, lapse,
    notice, refuse, request, visa,
};
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::names::{Party, RecordId};
use crate::record::{Kind, LapseReason, Record};
use amendments::{amendments, announced, asked};

const DAY: &str = "2025-08-12";

/// Signs a correction, and its approval where it needs one.
fn correct(it: &mut TwoSides, author: Party, of: RecordId, replacement: Record) -> RecordId {
    let record = correction(of, replacement);
    if record.content.needs_approval() {
        it.approved(author, record)
    } else {
        it.append(author, record)
    }
}

fn is_out_of_order(class: BreakClass) -> bool {
    use BreakClass::{Duplicate, IllegalTransition, UnknownReference, WrongSigner};
    matches!(class, Duplicate | IllegalTransition | UnknownReference | WrongSigner)
}

fn out_of_order(sides: &TwoSides) -> Vec<BreakClass> {
    let ledger = sides.ledger(sides.now);
    classes(&ledger).into_iter().filter(|class| is_out_of_order(*class)).collect()
}

#[test]
fn every_kind_that_can_be_superseded_is_superseded_in_a_chain() {
    let mut kinds = BTreeSet::new();
    for one in amendments() {
        let mut sides = TwoSides::founded();
        let before = (one.before)(&mut sides);
        let [was, should, after_all] = one.records.map(|record| record(before));
        let kind = was.kind();
        kinds.insert(kind);
        let mut shown = Vec::new();
        let mut show = |sides: &TwoSides| shown.push((one.shows)(&sides.ledger(sides.now)));
        let first = sides.append(one.author, was);
        show(&sides);
        let second = correct(&mut sides, one.author, first, should.clone());
        show(&sides);
        let third = correct(&mut sides, one.author, second, after_all);
        show(&sides);
        assert_eq!(shown, one.wanted, "{kind}");
        assert_eq!(out_of_order(&sides), [], "{kind}");
        let ledger = sides.ledger(sides.now);
        assert_eq!(ledger.corrected.get(&first), Some(&third), "{kind}: the newest, by the first");

        // Each is superseded once.
        for superseded in [first, second] {
            let mut sides = sides.clone();
            correct(&mut sides, one.author, superseded, should.clone());
            assert_eq!(out_of_order(&sides), [BreakClass::Duplicate], "{kind}");
            assert_eq!((one.shows)(&sides.ledger(sides.now)), one.wanted[2], "{kind}");
        }
        // The other side supersedes nothing of it; most kinds it cannot even sign.
        correct(&mut sides, one.author.other(), third, should);
        let found = out_of_order(&sides);
        let either = kind == Kind::OutageNotice;
        let refused = if either { BreakClass::IllegalTransition } else { BreakClass::WrongSigner };
        assert!(found.contains(&refused), "{kind}: {found:?}");
        assert_eq!((one.shows)(&sides.ledger(sides.now)), one.wanted[2], "{kind}");
    }
    let all: BTreeSet<_> = Kind::ALL.iter().copied().filter(|kind| kind.is_correctable()).collect();
    assert_eq!(kinds, all);
}

#[test]
fn a_replacement_of_another_kind_case_or_reference_has_no_effect() {
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    let other = sides.append(Gbr, request("GB01-2", 0));
    let issued = sides.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
    let taken_back = sides.append(Gbr, lapse(issued, LapseReason::GivenUp));
    let answered = sides.append(Fra, accept(asked));
    for (name, author, of, replacement) in [
        ("another case", Gbr, asked, request("GB01-3", 1)),
        ("another kind", Gbr, asked, visa("GB01-1", 1, 0, "2025-12-31")),
        ("another reference", Fra, answered, accept(other)),
        ("what cannot be superseded", Gbr, taken_back, request("GB01-3", 1)),
    ] {
        let mut sides = sides.clone();
        let before = sides.ledger(at(LATER));
        let id = sides.append(author, correction(of, replacement));
        let after = sides.ledger(at(LATER));
        let new: Vec<_> = after.breaks.iter().filter(|it| it.evidence.contains(&id)).collect();
        let [one] = &new[..] else { panic!("{name}: {new:?}") };
        assert_eq!(
            (one.class, one.owner),
            (BreakClass::IllegalTransition, crate::ledger::Owner::Party(author),),
            "{name}"
        );
        assert_eq!((&before.cases, &before.visas), (&after.cases, &after.visas), "{name}");
        assert!(after.corrected.is_empty(), "{name}");
    }
}

#[test]
fn a_correction_of_what_nobody_wrote_is_an_unknown_reference_and_no_more() {
    let mut sides = TwoSides::founded();
    sides.append(Gbr, correction(RecordId::new([7; 32]), request("GB01-1", 0)));
    assert_eq!(classes(&sides.ledger(at(LATER))), [BreakClass::UnknownReference]);
}

#[test]
fn an_answer_turns_only_while_nothing_was_built_on_it() {
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    let answered = sides.append(Fra, accept(asked));
    let announced = sides.append(Gbr, notice("GB04-1", &[answered], DAY, 1));
    sides.exchange();
    sides.append(Fra, correction(answered, refuse(asked)));
    let ledger = sides.ledger(at("2025-08-12T00:00:00Z"));
    assert_eq!(classes(&ledger), [BreakClass::IllegalTransition]);
    assert_eq!(ledger.transports[&announced].cases, [asked]);

    // A second answer never was the case's own.
    let mut sides = TwoSides::founded();
    let asked = self::asked(&mut sides);
    sides.append(Fra, accept(asked));
    let second = sides.append(Fra, refuse(asked));
    sides.append(Fra, correction(second, accept(asked)));
    let found = [BreakClass::Duplicate, BreakClass::IllegalTransition];
    assert_eq!(classes(&sides.ledger(at(LATER))), found);
}

#[test]
fn an_answer_that_was_corrected_to_acceptance_carries_a_notice() {
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    let answered = sides.append(Fra, refuse(asked));
    sides.append(Fra, correction(answered, accept(asked)));
    sides.exchange();
    sides.append(Gbr, notice("GB04-1", &[answered], DAY, 1));
    assert_eq!(classes(&sides.ledger(at("2025-08-12T00:00:00Z"))), []);
}

#[test]
fn a_reply_that_is_not_the_newest_word_changes_no_state() {
    let mut sides = TwoSides::founded();
    let announced = announced(&mut sides);
    let reply = sides.append(Fra, confirmed(announced));
    sides.exchange();
    let left = sides.append(Gbr, departure(announced, DAY, 3));
    sides.exchange();
    sides.append(Fra, correction(reply, counter_proposed(announced, Some(DAY), None)));
    let ledger = sides.ledger(sides.now);
    assert_eq!((classes(&ledger), ledger.transports[&announced].since), (vec![], left));
}

#[test]
fn a_second_departure_is_corrected_before_or_after_an_arrival_names_it() {
    for before in [true, false] {
        let mut sides = TwoSides::founded();
        let notice = announced(&mut sides);
        sides.append(Gbr, departure(notice, DAY, 3));
        let second = sides.append(Gbr, departure(notice, DAY, 2));
        let mut steps = [correction(second, departure(notice, DAY, 1)), arrival(second, DAY, 1)];
        if !before {
            steps.reverse();
        }
        for record in steps {
            if record.kind() == Kind::Correction {
                sides.approved(Gbr, record);
            } else {
                sides.append(Fra, record);
            }
        }
        let ledger = sides.ledger(sides.now);
        assert_eq!(ledger.tally().returned, crate::record::Three::new(1, 1, 1), "{before}");
        let found = [BreakClass::Duplicate, BreakClass::FamilySplit];
        assert_eq!(classes(&ledger), found, "{before}");
    }
}
