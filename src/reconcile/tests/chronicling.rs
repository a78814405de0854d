//! What became of a break: where it first and last stood, who decided it, and how it ended.

use super::chain;
use crate::ledger::fixture::{
    TwoSides, approval, arrival, at, departure, officer, rejection, resolution, season, week,
};
use crate::ledger::{Books, Break};
use crate::names::Party::{Fra, Gbr};
use crate::names::{Hash, Position};
use crate::reconcile::{Chain, Chapter, Chronicle, End, Stood, decisions};
use crate::record::{AgeBucket, ApprovalOutcome, BreakClass, Decision};

/// Three have left on 12 August, and France says nothing; the break stands in one body.
fn overdue() -> (TwoSides, Hash) {
    let mut sides = TwoSides::founded();
    sides.close_week();
    let announced = sides.announced(1, "2025-08-12", 3);
    let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
    sides.exchange();
    sides.close_week();
    (sides, Break::id_of(BreakClass::DepartedNotArrived, &[left]))
}

fn chapter(sides: &TwoSides, id: Hash) -> Chapter {
    chain(sides).chronicle().chapter(id).cloned().unwrap()
}

fn stood(number: u64, name: &str, age: AgeBucket) -> Stood {
    Stood { number, week: week(name), age }
}

#[test]
fn a_break_is_told_from_its_first_body_to_its_last() {
    let (mut sides, id) = overdue();
    let first = stood(2, "2025-W33", AgeBucket::Days3To5);
    let one = chapter(&sides, id);
    assert_eq!((one.first, one.last, one.bodies, one.end), (first, first, 1, End::Open));
    sides.close_week();
    let one = chapter(&sides, id);
    let last = stood(3, "2025-W34", AgeBucket::Days6To30);
    assert_eq!((one.first, one.last, one.bodies, one.end), (first, last, 2, End::Open));

    let [left] = one.found.evidence[..] else { panic!("{one:?}") };
    sides.append(Fra, arrival(left, "2025-08-12", 3));
    sides.exchange();
    assert_eq!(chapter(&sides, id).end, End::Open, "no body says otherwise yet");
    sides.close_week();
    sides.close_week();
    let one = chapter(&sides, id);
    assert_eq!((one.last, one.bodies), (last, 2));
    assert_eq!(one.end, End::Cleared { number: 4, week: week("2025-W35") });
    assert_eq!(decisions(&sides.books, id), []);
}

#[test]
fn a_break_that_both_decided_is_told_as_resolved_and_by_whom() {
    let (mut sides, id) = overdue();
    let gbr = sides.approved(Gbr, resolution(id, Decision::Explained));
    sides.approved(Fra, resolution(Hash::new([1; 32]), Decision::Explained));
    sides.close_week();
    assert_eq!(chapter(&sides, id).end, End::Open, "one side alone decides nothing");
    let refused = sides.append(Fra, resolution(id, Decision::Acknowledged));
    sides.append(Fra, rejection(refused));
    let fra = sides.append(Fra, resolution(id, Decision::Explained));
    let approved = sides.append(Fra, approval(fra));
    sides.close_week();
    let end = End::Resolved { number: 4, week: week("2025-W35"), decision: Decision::Explained };
    assert_eq!(chapter(&sides, id).end, end);

    let decided = decisions(&sides.books, id);
    let told: Vec<_> = decided.iter().map(|one| (one.record, one.author, one.decision)).collect();
    assert_eq!(
        told,
        [
            (gbr, Gbr, Decision::Explained),
            (refused, Fra, Decision::Acknowledged),
            (fra, Fra, Decision::Explained),
        ]
    );
    let outcomes =
        [ApprovalOutcome::Approved, ApprovalOutcome::Rejected, ApprovalOutcome::Approved];
    for (one, outcome) in decided.iter().zip(outcomes) {
        let [second] = &one.approvals[..] else { panic!("{one:?}") };
        assert_eq!((second.outcome, second.key), (outcome, officer(one.author).public_key().id()));
        let at = sides.books.find(one.record).unwrap();
        assert_eq!((one.author, one.position), at);
        assert!(one.received.is_some() && second.position > one.position);
    }
    assert_eq!(decided[2].approvals[0].record, approved);
}

#[test]
fn a_break_that_comes_back_keeps_its_beginning() {
    let (mut sides, id) = overdue();
    let [left] = chapter(&sides, id).found.evidence[..] else { panic!("one departure") };
    let mut back = Chronicle::default();
    let with = sides.ledger(at("2025-09-01T00:00:00Z"));
    sides.append(Fra, arrival(left, "2025-08-12", 3));
    sides.exchange();
    let without = sides.ledger(at("2025-09-01T00:00:00Z"));
    for (number, name, ledger) in
        [(1, "2025-W33", &with), (2, "2025-W34", &without), (3, "2025-W35", &with)]
    {
        back.write(number, week(name), ledger);
    }
    let one = back.chapter(id).unwrap();
    assert_eq!((one.first.number, one.last.number, one.bodies), (1, 3, 2));
    assert_eq!(one.end, End::Open);
}

#[test]
fn both_sides_tell_the_same_however_much_more_either_holds() {
    let lots: Vec<(u8, u8)> =
        (0..=80).map(|n: u8| (n.wrapping_mul(7), n.wrapping_mul(13))).collect();
    let mut sides = season(&lots);
    let whole = chain(&sides);
    assert!(whole.chronicle().chapters().count() > 0, "a season without breaks shows nothing");
    // One side holds all; the other lacks what is new in the French log.
    let held_of_fra = sides.books.size(Fra);
    sides.append(Fra, resolution(Hash::new([1; 32]), Decision::Explained));
    sides.exchange();
    let mut books = Books::default();
    for (party, held) in [(Gbr, sides.books.size(Gbr)), (Fra, held_of_fra)] {
        for (position, entry) in sides.books.entries(party, Position(0)) {
            if held.covers(position) {
                books.push(party, entry.clone());
            }
        }
    }
    let mut lacking = Chain::new(&sides.agreement);
    lacking.extend(&sides.agreement, &books, &sides);
    assert_eq!(lacking.bodies(), whole.bodies());
    assert_eq!(lacking.chronicle(), whole.chronicle());
    assert_eq!(chain(&sides).chronicle(), whole.chronicle());
}
