//! Two bodies that differ, and the very record that makes them differ.

use super::newest;
use crate::ledger::fixture::{TwoSides, digest};
use crate::names::Party::{Fra, Gbr};
use crate::names::RecordId;
use crate::reconcile::{Difference, compare};
use crate::record::Body;

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

/// The fields named, and the records with the side for which they count.
fn found(gbr: &Body, fra: &Body) -> (Vec<String>, Vec<(RecordId, crate::names::Party)>) {
    let (mut fields, mut records) = (Vec::new(), Vec::new());
    for difference in compare(gbr, fra) {
        match difference {
            Difference::Field { field } => fields.push(field),
            Difference::Record { record, counts_for } => records.push((record, counts_for)),
        }
    }
    (fields, records)
}

#[test]
fn equal_bodies_have_no_difference() {
    assert_eq!(compare(&body(), &body()), []);
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
                class: crate::record::BreakClass::Duplicate,
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
        assert_eq!(
            found(&body(), &other),
            (vec![field.to_string()], vec![]),
            "{field}: nothing else is named"
        );
        assert_eq!(found(&other, &body()), (vec![field.to_string()], vec![]), "{field}");
        assert_ne!(other.digest(), body().digest(), "{field}");
    }
}

#[test]
fn a_record_that_one_side_alone_comes_to_count_counts_for_it() {
    let mut fra = body();
    fra.counted = Some(vec![id(1), id(3)]);
    assert_eq!(
        found(&body(), &fra),
        (vec!["counted".to_owned()], vec![(id(2), Gbr), (id(3), Fra)])
    );
}

#[test]
fn a_record_that_one_side_alone_ceases_to_count_counts_for_the_other() {
    let mut fra = body();
    fra.uncounted = Some(vec![id(9)]);
    assert_eq!(
        found(&body(), &fra),
        (vec!["uncounted".to_owned()], vec![(id(8), Fra), (id(9), Gbr)])
    );
}

#[test]
fn a_record_is_named_once_though_both_lists_show_it() {
    let mut gbr = body();
    gbr.counted = Some(vec![id(1), id(2), id(5)]);
    let mut fra = body();
    fra.uncounted = Some(vec![id(5), id(8)]);
    assert_eq!(
        found(&gbr, &fra),
        (vec!["counted".to_owned(), "uncounted".to_owned()], vec![(id(5), Gbr)])
    );
}

#[test]
fn a_side_that_names_no_records_accuses_none() {
    let mut fra = body();
    fra.counted = None;
    fra.uncounted = None;
    assert_eq!(found(&body(), &fra), (vec!["counted".to_owned(), "uncounted".to_owned()], vec![]));
}

#[test]
fn equal_totals_over_different_records_are_found() {
    let mut fra = body();
    fra.arrivals = digest("other records");
    fra.counted = Some(vec![id(1), id(3)]);
    assert_eq!(fra.closing, body().closing);
    let (fields, records) = found(&body(), &fra);
    assert_eq!(fields, ["arrivals", "counted"]);
    assert_eq!(records, [(id(2), Gbr), (id(3), Fra)]);
}
