//! Two bodies that differ, and the very record that makes them differ.

use super::newest;
use crate::ledger::fixture::{TwoSides, digest};
use crate::names::RecordId;
use crate::reconcile::{Cause, compare};
use crate::record::{Body, BreakClass};

/// What is changed in one of two equal bodies.
type Change = fn(&mut Body);

fn id(byte: u8) -> RecordId {
    RecordId::new([byte; 32])
}

fn body() -> Body {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.close_week();
    let mut body = newest(&sides);
    body.counted = Some(vec![id(1), id(2)]);
    body.uncounted = Some(vec![id(8)]);
    body
}

/// The fields named, and the records that count in the first and in the second body alone.
fn found(one: &Body, other: &Body) -> (Vec<&'static str>, [Vec<RecordId>; 2]) {
    let found = compare(one, other);
    (found.fields, found.only_in)
}

const NO_RECORDS: [Vec<RecordId>; 2] = [Vec::new(), Vec::new()];

#[test]
fn equal_bodies_have_no_difference() {
    assert!(compare(&body(), &body()).is_empty());
    assert_eq!(compare(&body(), &body()).causes, []);
}

#[test]
fn every_field_that_differs_is_named() {
    let changes: [(&str, Change); 15] = [
        ("number", |it| it.number += 1),
        ("week", |it| it.week = it.week.next()),
        ("gbr", |it| it.gbr.root = digest("another")),
        ("fra", |it| it.fra.size.0 += 1),
        ("as_of", |it| it.as_of = it.as_of.plus(1)),
        ("opening", |it| it.opening.admitted.fra += 1),
        ("movements", |it| it.movements.clear()),
        ("closing", |it| it.closing.returned.gbr += 1),
        ("pipeline", |it| it.pipeline.disputed += 1),
        ("breaks", |it| {
            it.breaks.push(crate::record::BreakCount {
                class: BreakClass::Duplicate,
                age: crate::record::AgeBucket::Over60,
                count: 1,
            });
        }),
        ("arrivals", |it| it.arrivals = digest("another")),
        ("admissions", |it| it.admissions = digest("another")),
        ("previous", |it| it.previous = Some(it.digest())),
        ("counted", |it| it.counted = None),
        ("uncounted", |it| it.uncounted = None),
    ];
    for (field, change) in changes {
        let mut other = body();
        change(&mut other);
        let named = (vec![field], NO_RECORDS);
        assert_eq!(found(&body(), &other), named, "{field}: nothing else is named");
        assert_eq!(found(&other, &body()), named, "{field}");
        assert_ne!(other.digest(), body().digest(), "{field}");
    }
}

#[test]
fn a_record_that_one_side_alone_comes_to_count_counts_for_it() {
    let mut fra = body();
    fra.counted = Some(vec![id(1), id(3)]);
    assert_eq!(found(&body(), &fra), (vec!["counted"], [vec![id(2)], vec![id(3)]]));
    assert_eq!(found(&fra, &body()), (vec!["counted"], [vec![id(3)], vec![id(2)]]));
}

#[test]
fn a_record_that_one_side_alone_ceases_to_count_counts_for_the_other() {
    let mut fra = body();
    fra.uncounted = Some(vec![id(9)]);
    assert_eq!(found(&body(), &fra), (vec!["uncounted"], [vec![id(9)], vec![id(8)]]));
}

#[test]
fn a_record_is_named_once_though_both_lists_show_it() {
    let mut gbr = body();
    gbr.counted = Some(vec![id(1), id(2), id(5)]);
    let mut fra = body();
    fra.uncounted = Some(vec![id(5), id(8)]);
    let fields = vec!["counted", "uncounted"];
    assert_eq!(found(&gbr, &fra), (fields, [vec![id(5)], vec![]]));
}

#[test]
fn a_side_that_names_no_records_accuses_none() {
    let mut fra = body();
    fra.counted = None;
    fra.uncounted = None;
    assert_eq!(found(&body(), &fra), (vec!["counted", "uncounted"], NO_RECORDS));
    assert!(!compare(&body(), &fra).named);
    assert!(compare(&body(), &body()).named);
}

#[test]
fn equal_totals_over_different_records_are_found() {
    let mut fra = body();
    fra.arrivals = digest("other records");
    fra.counted = Some(vec![id(1), id(3)]);
    assert_eq!(fra.closing, body().closing);
    let found = compare(&body(), &fra);
    assert_eq!(found.fields, ["arrivals", "counted"]);
    assert_eq!(found.only_in, [vec![id(2)], vec![id(3)]]);
    assert_eq!(found.class(), BreakClass::TotalMatchRecordsDiffer);
}

#[test]
fn other_totals_and_other_figures_over_the_same_records_are_a_mismatch() {
    let mut fra = body();
    fra.arrivals = digest("other records");
    fra.closing.returned.agreed += 1;
    assert_eq!(compare(&body(), &fra).class(), BreakClass::StatementMismatch);
    let mut fra = body();
    fra.pipeline.disputed += 1;
    assert_eq!(compare(&body(), &fra).class(), BreakClass::StatementMismatch);
}

#[test]
fn what_explains_the_rest_is_named_as_the_cause() {
    let changes: [(&[Cause], Change); 7] = [
        (&[Cause::CutOff], |it| it.gbr.size.0 += 1),
        (&[Cause::CutOff], |it| it.as_of = it.as_of.plus(1)),
        (&[Cause::Previous], |it| it.previous = Some(it.digest())),
        (&[Cause::Arrivals], |it| it.arrivals = digest("another")),
        (&[Cause::Admissions], |it| it.admissions = digest("another")),
        (&[Cause::Arrivals, Cause::Admissions], |it| {
            (it.arrivals, it.admissions) = (digest("a"), digest("b"));
        }),
        (&[Cause::CutOff, Cause::Previous], |it| {
            (it.fra.size.0, it.previous) = (it.fra.size.0 + 1, Some(it.digest()));
        }),
    ];
    for (causes, change) in changes {
        let mut other = body();
        change(&mut other);
        assert_eq!(compare(&body(), &other).causes, causes);
        // Other figures follow from it, and are no cause of their own.
        other.closing.returned.gbr += 1;
        assert_eq!(compare(&other, &body()).causes, causes);
    }
    let mut other = body();
    other.closing.returned.gbr += 1;
    assert_eq!(compare(&body(), &other).causes, [Cause::Figures]);
}

#[test]
fn weeks_of_journeys_with_other_movements_are_named() {
    let mut other = body();
    assert_eq!(compare(&body(), &other).weeks, []);
    let [mut one] = <[_; 1]>::try_from(other.movements.clone()).unwrap();
    other.movements[0].counted.returned.agreed += 1;
    assert_eq!(compare(&body(), &other).weeks, [one.week]);
    let first = one.week;
    one.week = one.week.next();
    other.movements = vec![one.clone()];
    assert_eq!(compare(&body(), &other).weeks, [first, one.week]);
}
