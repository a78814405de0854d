//! The body of a week: its figures, its chain, and what it names.

use super::{chain, newest, tally};
use crate::ledger::fixture::{
    TwoSides, accept, arrival, at, departure, not_arrived, request, statement, visa, week,
};
use crate::limits::{BODY_IDS_MAX, BODY_WEEKS_MAX, RECORD_BYTES_MAX};
use crate::names::Party::{Fra, Gbr};
use crate::names::{RecordId, Size, Week};
use crate::reconcile::{Chain, Roots, Verdict, statements, verdict};
use crate::record::{AgeBucket, Body, BreakClass, Content, NationalTotals, Tally};
use crate::tlog::{EMPTY_ROOT, leaf_hash};

#[test]
fn an_empty_week_has_a_body_of_noughts() {
    let mut sides = TwoSides::founded();
    sides.close_week();
    let body = newest(&sides);
    assert_eq!((body.number, body.week), (1, week("2025-W32")));
    assert_eq!(body.as_of, at("2025-08-11T00:00:00Z"));
    assert_eq!((body.previous, &body.opening, &body.closing), (None, &Tally::ZERO, &Tally::ZERO));
    assert_eq!((body.movements.len(), body.breaks.len()), (0, 0));
    assert_eq!((body.arrivals, body.admissions), (EMPTY_ROOT, EMPTY_ROOT));
    assert_eq!((body.counted, body.uncounted), (Some(vec![]), Some(vec![])));
    assert_eq!((body.gbr.size, body.fra.size), (Size(4), Size(3)));
    assert_eq!(Some(body.gbr.root), sides.root(Gbr, Size(4)));
    assert_eq!(body.fra.origin, sides.agreement.origin(Fra).to_string());
}

#[test]
fn weeks_are_chained_without_a_gap() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.close_week();
    sides.close_week();
    sides.admitted(2, "2025-08-20", 2);
    sides.close_week();
    let chain = chain(&sides);
    let bodies = chain.bodies();
    let weeks: Vec<_> = bodies.iter().map(|body| (body.number, body.week.to_string())).collect();
    let named = |number, name: &str| (number, name.to_owned());
    assert_eq!(weeks, [named(1, "2025-W32"), named(2, "2025-W33"), named(3, "2025-W34")]);
    for (body, next) in bodies.iter().zip(bodies.iter().skip(1)) {
        assert_eq!(next.previous, Some(body.digest()));
        assert_eq!(next.opening, body.closing);
    }
    assert_eq!(bodies[1].closing, tally((3, 3, 3), (0, 0, 0)), "the empty week keeps its sum");
    assert!(bodies[1].movements.is_empty());
    assert_eq!(bodies[2].closing, tally((3, 3, 3), (2, 2, 2)));
    assert_eq!(chain.body(week("2025-W33")), Some(&bodies[1]));
    assert_eq!(chain.body(week("2025-W35")), None);
}

#[test]
fn a_body_names_what_counts_and_what_is_only_claimed() {
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, "2025-08-07", 3);
    let other = sides.admitted(2, "2025-08-08", 2);
    let alone = sides.announced(3, "2025-08-10", 5);
    let left = sides.append(Gbr, departure(alone, "2025-08-10", 5));
    sides.exchange();
    sides.close_week();
    let body = newest(&sides);
    let mut counted = vec![way.came, other.came];
    counted.sort_unstable();
    assert_eq!(body.counted, Some(counted));
    assert_eq!(body.closing, tally((3, 8, 3), (2, 2, 2)));
    assert_eq!(body.arrivals, leaf_hash(way.came.as_bytes()), "a tree of one leaf");
    assert_eq!(body.admissions, leaf_hash(other.came.as_bytes()));
    assert_eq!(body.pipeline.in_transit, 5);
    assert!(body.breaks.is_empty(), "not overdue: the 10th, a day of tolerance, then the 12th");

    // The claim becomes an arrival in the next week: it moves from one week to the other.
    sides.append(Fra, arrival(left, "2025-08-10", 4));
    sides.close_week();
    let body = newest(&sides);
    assert_eq!(body.closing, tally((7, 8, 7), (2, 2, 2)));
    let [movement] = &body.movements[..] else { panic!("{:?}", body.movements) };
    assert_eq!(movement.week, week("2025-W32"), "by its own day, not by that of the statement");
    assert_eq!(movement.counted, tally((4, 5, 4), (0, 0, 0)));
    assert_eq!(movement.uncounted, tally((0, 5, 0), (0, 0, 0)));
    let breaks: Vec<_> = body.breaks.iter().map(|one| (one.class, one.age, one.count)).collect();
    // The arrival was received after the second week's end.
    let young = AgeBucket::Days0To2;
    assert_eq!(
        breaks,
        [(BreakClass::HeadcountMismatch, young, 1), (BreakClass::FamilySplit, young, 1)]
    );
    assert_eq!(body.pipeline.disputed, 1);
}

#[test]
fn what_happens_after_the_week_but_below_the_cut_off_is_counted_in_its_own_week() {
    let mut sides = TwoSides::founded();
    sides.go_to(at("2025-08-11T06:00:00Z"));
    sides.returned(1, "2025-08-11", 3);
    sides.close_week();
    let body = newest(&sides);
    assert_eq!(body.week, week("2025-W32"));
    assert_eq!(body.movements[0].week, week("2025-W33"));
    assert_eq!(body.closing, tally((3, 3, 3), (0, 0, 0)), "the cut-off decides, not the week");
}

#[test]
fn the_figures_of_a_body_are_those_at_the_end_of_its_week() {
    let mut sides = TwoSides::founded();
    let overdue = sides.announced(1, "2025-08-08", 1);
    sides.append(Gbr, departure(overdue, "2025-08-08", 1));
    sides.append(Gbr, visa("GB13-1", 2, 0, "2025-08-10"));
    sides.append(Gbr, visa("GB13-2", 4, 0, "2025-08-11"));
    sides.append(Gbr, request("GB01-77", 7));
    sides.exchange();
    // Closed three weeks late, and nothing in it is older for that.
    sides.go_to(at("2025-09-01T00:00:00Z")).close_week();
    let body = newest(&sides);
    let breaks: Vec<_> = body.breaks.iter().map(|one| (one.class, one.age, one.count)).collect();
    assert_eq!(breaks, [(BreakClass::DepartedNotArrived, AgeBucket::Days0To2, 1)]);
    assert_eq!((body.pipeline.visas_outstanding, body.pipeline.lapsing_soon), (4, 4));
    assert_eq!((body.pipeline.requested, body.pipeline.in_transit), (8, 1));
}

/// A side that holds the entries and has lost the French tree.
struct NoFrenchTree<'a>(&'a TwoSides);

impl Roots for NoFrenchTree<'_> {
    fn root(&self, party: crate::names::Party, size: Size) -> Option<crate::names::Hash> {
        if party == Fra { None } else { self.0.root(party, size) }
    }
}

#[test]
fn a_chain_goes_on_only_with_roots_and_from_where_it_was() {
    let mut sides = TwoSides::founded();
    sides.close_week();
    let mut step = Chain::new(&sides.agreement);
    step.extend(&sides.agreement, &sides.books, &NoFrenchTree(&sides));
    assert!(step.bodies().is_empty());
    step.extend(&sides.agreement, &sides.books, &sides);
    assert_eq!(step.bodies().len(), 1);
    sides.returned(1, "2025-08-12", 3);
    step.extend(&sides.agreement, &sides.books, &sides);
    assert_eq!(step.bodies().len(), 1, "the second week is not closed");
    sides.close_week();
    sides.close_week();
    step.extend(&sides.agreement, &sides.books, &sides);
    assert_eq!(step.bodies(), chain(&sides).bodies(), "week by week or all at once");
    assert_eq!(step.bodies().len(), 3);
}

#[test]
fn a_body_with_too_many_movements_names_none_and_still_fits_a_record() {
    let with = |count: usize| {
        let mut sides = TwoSides::founded();
        for n in 0..count {
            // Arrivals of what nobody announced count, and dates may be as wrong as they like.
            let unknown = RecordId::new([7; 32]);
            let on = format!("{}-08-07", 2025 + n);
            let left = sides.append(Gbr, departure(unknown, &on, 1));
            sides.append(Fra, arrival(left, &on, 1));
        }
        sides.close_week();
        newest(&sides)
    };
    let few = with(BODY_WEEKS_MAX);
    assert_eq!(few.movements.len(), BODY_WEEKS_MAX);
    assert_eq!(few.movements[0].week, week("2025-W32"));
    let ids = u64::try_from(BODY_IDS_MAX).unwrap();
    let named = with(BODY_IDS_MAX);
    assert_eq!(named.counted.as_ref().map(Vec::len), Some(BODY_IDS_MAX));
    assert_eq!(named.movements.len(), BODY_WEEKS_MAX);
    let unnamed = with(BODY_IDS_MAX + 1);
    assert_eq!((&unnamed.counted, &unnamed.uncounted), (&None, &None));
    for (body, persons) in [(&named, ids), (&unnamed, ids + 1)] {
        let sum = body.movements.iter().fold(Tally::ZERO, |sum, one| sum.plus(&one.counted));
        assert_eq!(sum, body.closing, "the oldest weeks are joined, and nobody is lost");
        assert_eq!(body.closing.returned.agreed, persons);
    }
    let years = |body: &Body| -> Vec<Week> { body.movements.iter().map(|one| one.week).collect() };
    assert!(years(&named).is_sorted());
    // The longest that may stand beside it, too.
    let mut record = statement(RecordId::new([1; 32]), named);
    if let Content::WeeklyStatement(one) = &mut record.content {
        one.software = "x".repeat(32).parse().unwrap();
        one.national = Some(NationalTotals { returned: u64::MAX, admitted: u64::MAX });
    }
    let mut sides = TwoSides::founded();
    let (_, bytes) = sides.seal(Gbr, &record);
    assert!(bytes.len() <= RECORD_BYTES_MAX, "{}", bytes.len());
}

#[test]
fn two_equal_statements_are_a_joint_statement_and_nothing_else_is() {
    let state = |sides: &mut TwoSides, party, body: &Body| {
        sides.append(party, statement(RecordId::new([1; 32]), body.clone()));
    };
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.close_week();
    let body = newest(&sides);
    let mut wrong = body.clone();
    wrong.closing.returned.agreed += 1;
    for (gbr, fra, expected) in [
        (None, None, Verdict::Awaiting),
        (Some(&body), None, Verdict::Awaiting),
        (None, Some(&body), Verdict::Awaiting),
        (Some(&body), Some(&body), Verdict::Joint),
        (Some(&wrong), None, Verdict::Disputed),
        (None, Some(&wrong), Verdict::Disputed),
        (Some(&body), Some(&wrong), Verdict::Disputed),
        (Some(&wrong), Some(&body), Verdict::Disputed),
        (Some(&wrong), Some(&wrong), Verdict::Disputed),
    ] {
        let mut sides = sides.clone();
        gbr.into_iter().for_each(|body| state(&mut sides, Gbr, body));
        fra.into_iter().for_each(|body| state(&mut sides, Fra, body));
        assert_eq!(verdict(&sides.books, &body), expected);
        let found = statements(&sides.books, body.week).map(|one| one.map(|one| &one.body));
        assert_eq!(found, [gbr, fra]);
    }
    state(&mut sides, Gbr, &body);
    state(&mut sides, Gbr, &wrong);
    state(&mut sides, Fra, &body);
    assert_eq!(verdict(&sides.books, &body), Verdict::Joint, "the first word counts");
    assert_eq!(statements(&sides.books, week("2025-W33")), [None, None]);
}

#[test]
fn a_case_that_travels_on_is_in_the_pipeline_of_its_week() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    sides.append(Fra, accept(asked));
    let announced = sides.announced(2, "2025-08-08", 3);
    sides.append(Fra, not_arrived(announced, "2025-08-08"));
    sides.exchange();
    sides.close_week();
    let body = newest(&sides);
    assert_eq!((body.pipeline.accepted, body.pipeline.notified), (1 + 3, 0));
    assert!(body.breaks.is_empty());
}
