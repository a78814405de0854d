//! A difference with the evidence of the side that looks.

use super::{chain, newest};
use crate::{
    ledger::{
        Folder, View,
        fixture::{TwoSides, admission, day, digest},
    },
    limits::{BODY_IDS_MAX, CANDIDATES_LISTED_MAX},
    names::{
        Party::{Fra, Gbr},
        RecordId,
    },
    reconcile::{Bodies, Cause, Differing, Known, Source},
    record::{Body, BreakClass, Kind},
};

/// What is located among these bodies of the newest week.
fn located(
    sides: &TwoSides,
    stated: [Option<&Body>; 2],
    computed: Option<&Body>,
) -> Vec<Differing> {
    let chain = chain(sides);
    let newest = chain.bodies().last().unwrap();
    let cut_of = |body: &Body| body.cut(&sides.agreement, &sides.books);
    let before = chain.bodies().iter().rev().nth(1).map_or(View::EMPTY, &cut_of);
    let mut folder = Folder::new(&sides.agreement);
    let before = folder.ledger(&sides.books, before, newest.week.monday().start());
    let ledger = folder.ledger(&sides.books, cut_of(newest), newest.week.end());
    let cut = cut_of(newest);
    let known = Known { books: &sides.books, cut, ledger: &ledger, before: &before };
    Bodies { stated, computed }.locate(&[], known)
}

/// The same body without one of its records.
fn without(body: &Body, record: RecordId) -> Body {
    let mut body = body.clone();
    body.counted.as_mut().unwrap().retain(|id| *id != record);
    body.arrivals = digest("without");
    body
}

#[test]
fn a_record_is_shown_with_what_both_sides_tell_and_what_counts() {
    let mut sides = TwoSides::founded();
    let way = sides.returned(1, "2025-08-07", 3);
    sides.returned(2, "2025-08-08", 2);
    sides.close_week();
    let body = newest(&sides);
    let other = without(&body, way.came);
    let found = located(&sides, [Some(&other), Some(&body)], Some(&body));
    let [found] = <[_; 1]>::try_from(found).unwrap();
    assert_eq!(found.between, [Source::Gbr, Source::Fra]);
    assert_eq!((found.class, found.named), (BreakClass::TotalMatchRecordsDiffer, true));
    assert_eq!((found.causes, found.candidates), (vec![Cause::Arrivals], vec![]));
    let [one] = <[_; 1]>::try_from(found.records).unwrap();
    assert_eq!((one.record, one.counts_in), (way.came, Source::Fra));
    let here = one.here.unwrap();
    assert_eq!(sides.books.find(way.came), Some((here.author, here.position)));
    assert_eq!((here.kind, here.author, here.beyond), (Kind::Arrival, Fra, false));
    let received = sides.books.receipt(Fra, here.position).map(|(_, time)| time);
    assert!(received.is_some());
    assert_eq!(here.received, received);
    let counts = here.counts.unwrap();
    assert_eq!((counts.agreed, counts.gbr, counts.fra), (3, Some(3), Some(3)));
    for (told, record) in [(here.told.gbr, way.left), (here.told.fra, way.came)] {
        let told = told.unwrap();
        assert_eq!((told.record, told.persons.0, told.day), (record, 3, day("2025-08-07")));
    }
    assert_eq!(here.breaks, []);
}

#[test]
fn open_breaks_that_name_the_movement_are_named_beside_it() {
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, "2025-08-07", 3);
    let left = crate::ledger::fixture::departure(announced, "2025-08-07", 3);
    let left = sides.append(Gbr, left);
    sides.exchange();
    let came = sides.append(Fra, crate::ledger::fixture::arrival(left, "2025-08-07", 2));
    sides.exchange();
    sides.close_week();
    let body = newest(&sides);
    let found = located(&sides, [Some(&body), Some(&without(&body, came))], Some(&body));
    let here = found[0].records[0].here.clone().unwrap();
    assert_eq!(found[0].records[0].counts_in, Source::Gbr);
    assert_eq!((here.counts.unwrap().agreed, here.counts.unwrap().gbr), (2, Some(3)));
    let classes: Vec<BreakClass> = here.breaks.iter().map(|one| one.class).collect();
    for class in [BreakClass::HeadcountMismatch, BreakClass::FamilySplit] {
        assert!(classes.contains(&class), "{here:?}");
    }
}

#[test]
fn what_lies_beyond_the_cut_off_or_in_no_log_is_said_to() {
    let mut sides = TwoSides::founded();
    let way = sides.admitted(1, "2025-08-07", 1);
    sides.close_week();
    let late = sides.append(Gbr, admission(way.announced, "2025-08-07", 1));
    let body = newest(&sides);
    let mut stated = body.clone();
    let mut counted = vec![late, RecordId::new([7; 32])];
    counted.extend(body.counted.clone().unwrap());
    stated.counted = Some(counted);
    let found = located(&sides, [None, Some(&stated)], Some(&body));
    let [found] = <[_; 1]>::try_from(found).unwrap();
    assert_eq!(found.between, [Source::Fra, Source::Computed]);
    let of = |id| found.records.iter().find(|one| one.record == id).unwrap().here.clone();
    assert!(of(RecordId::new([7; 32])).is_none());
    let late = of(late).unwrap();
    assert!(late.beyond && late.counts.is_none() && late.received.is_none(), "{late:?}");
    assert_eq!(found.records.len(), 2);
}

#[test]
fn each_pair_that_differs_is_told_once() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.close_week();
    let body = newest(&sides);
    let [mut one, mut other] = [body.clone(), body.clone()];
    one.closing.returned.agreed += 1;
    other.closing.returned.agreed += 2;
    use Source::{Computed, Fra, Gbr};
    let cases: [(_, &[[Source; 2]]); 8] = [
        ([None, None], &[]),
        ([Some(&body), Some(&body)], &[]),
        ([Some(&one), None], &[[Gbr, Computed]]),
        ([None, Some(&one)], &[[Fra, Computed]]),
        ([Some(&one), Some(&body)], &[[Gbr, Fra]]),
        ([Some(&body), Some(&one)], &[[Gbr, Fra]]),
        ([Some(&one), Some(&one)], &[[Gbr, Computed], [Fra, Computed]]),
        ([Some(&one), Some(&other)], &[[Gbr, Fra], [Gbr, Computed], [Fra, Computed]]),
    ];
    for (stated, pairs) in cases {
        let found = located(&sides, stated, Some(&body));
        let between: Vec<_> = found.iter().map(|one| one.between).collect();
        assert_eq!(between, pairs);
        assert_eq!(Bodies { stated, computed: Some(&body) }.differ(), !pairs.is_empty());
        assert!(found.iter().all(|one| one.class == BreakClass::StatementMismatch));
    }
    let found = located(&sides, [Some(&one), Some(&other)], None);
    assert_eq!(found.len(), 1, "before there is a cut-off here, the statements speak alone");
}

#[test]
fn a_week_with_too_many_changes_is_narrowed_down_by_what_counts_here() {
    let many = u32::try_from(BODY_IDS_MAX).unwrap() + 4;
    let mut sides = TwoSides::founded();
    let first = sides.returned(9_000, "2025-08-07", 1);
    sides.close_week();
    let mut ways = Vec::new();
    for reference in 0..many {
        let on = if reference == 0 { "2025-08-08" } else { "2025-08-14" };
        ways.push(sides.returned(reference, on, 1).came);
    }
    sides.close_week();
    let body = newest(&sides);
    assert_eq!(body.counted, None);
    let mut stated = body.clone();
    stated.arrivals = digest("others");
    let found = located(&sides, [None, Some(&stated)], Some(&body)).remove(0);
    assert!(!found.named && found.records.is_empty() && found.weeks.is_empty());
    ways.sort_unstable();
    assert_eq!(found.candidates, ways, "all that came to count in this week, and nothing older");
    assert!(!found.candidates.contains(&first.came));
    assert!(found.candidates.len() < CANDIDATES_LISTED_MAX);
    // The movements say in which week of journeys the difference lies.
    let at = stated.movements.iter_mut().find(|one| one.week.to_string() == "2025-W32").unwrap();
    at.counted.returned.fra += 1;
    let found = located(&sides, [None, Some(&stated)], Some(&body)).remove(0);
    assert_eq!((found.weeks.len(), found.candidates.len()), (1, 1));
    // Where only figures differ, no record is a candidate.
    stated = body.clone();
    stated.pipeline.disputed += 1;
    let found = located(&sides, [None, Some(&stated)], Some(&body)).remove(0);
    assert_eq!((found.causes, found.candidates), (vec![Cause::Figures], vec![]));
}
