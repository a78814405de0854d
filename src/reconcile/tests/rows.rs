//! Weeks in a row on which the two sides differ, and lists of ids that lie.

use super::chain;
use crate::{
    ledger::fixture::{TwoSides, accepted_version, digest, proposed, provisions, statement, week},
    names::{
        Party::{Fra, Gbr},
        Position, RecordId, Week,
    },
    reconcile::{Cause, Chain, Differing, Dispute, Rules, Source, close_of},
    record::{Body, Provisions},
};

/// What a side leaves out of a body that it states.
type Lie = fn(&mut Body, RecordId);

/// France states a week as both logs have it, the United Kingdom states what is given.
fn stated(sides: &mut TwoSides, chain: &Chain, of: Week, lie: Body) {
    let body = chain.body(of).unwrap().clone();
    for (party, body) in [(Gbr, lie), (Fra, body)] {
        let (close, _) = close_of(&sides.books, party, of).unwrap();
        sides.append(party, statement(close, body));
    }
    sides.exchange();
}

fn dispute(sides: &TwoSides, of: &str) -> Dispute {
    Dispute::of(&sides.agreement, &sides.books, &chain(sides), week(of)).unwrap()
}

fn only(dispute: Dispute) -> Differing {
    let [one] = <[_; 1]>::try_from(dispute.differences).unwrap();
    one
}

/// One record in the first week, which the United Kingdom denies there in its own way, and another
/// one in each of two more weeks; it goes on from its first body in the second week and third week.
fn season(lie: Lie) -> (TwoSides, Vec<RecordId>) {
    let mut sides = TwoSides::founded();
    let mut came = Vec::new();
    let mut previous = None;
    for (number, on) in [(1, "2025-08-07"), (2, "2025-08-14"), (3, "2025-08-21")] {
        came.push(sides.returned(number, on, 2).came);
        let of = sides.close_week();
        let chain = chain(&sides);
        let mut body = chain.body(of).unwrap().clone();
        if of == week("2025-W32") {
            lie(&mut body, came[0]);
        }
        body.arrivals = digest(&format!("without the first {number}"));
        body.previous = previous.or(body.previous);
        previous = Some(body.digest());
        stated(&mut sides, &chain, of, body);
    }
    (sides, came)
}

#[test]
fn a_record_of_the_first_disputed_week_is_named_in_every_later_one() {
    let (sides, came) = season(|body, id| {
        body.counted.as_mut().unwrap().retain(|one| *one != id);
    });
    for of in ["2025-W32", "2025-W33", "2025-W34"] {
        let found = only(dispute(&sides, of));
        assert!(found.named && found.causes.contains(&Cause::Arrivals), "{of}: {found:?}");
        assert_eq!(found.since, week("2025-W32"), "{of}");
        assert_eq!(found.candidates, [], "{of}");
        let [one] = <[_; 1]>::try_from(found.records).unwrap();
        assert_eq!((one.record, one.counts_in), (came[0], Source::Fra), "{of}");
        assert_eq!(one.week, week("2025-W32"), "{of}");
        assert_eq!(one.here.unwrap().counts.unwrap().agreed, 2, "{of}");
    }
}

#[test]
fn what_each_week_adds_is_named_with_its_week_and_what_comes_right_is_not() {
    let mut sides = TwoSides::founded();
    let first = sides.returned(1, "2025-08-07", 2).came;
    let of = sides.close_week();
    let mut lie = chain(&sides).body(of).unwrap().clone();
    lie.counted = Some(Vec::new());
    lie.arrivals = digest("without the first");
    let honest = chain(&sides);
    stated(&mut sides, &honest, of, lie);
    let second = sides.returned(2, "2025-08-14", 2).came;
    let third = sides.returned(3, "2025-08-14", 2).came;
    let of = sides.close_week();
    let mut lie = chain(&sides).body(of).unwrap().clone();
    // The first counts there now as well, and the second does not.
    let counted = lie.counted.as_mut().unwrap();
    counted.retain(|one| *one != second);
    assert_eq!(counted, &[third]);
    counted.push(first);
    lie.arrivals = digest("without the second");
    let honest = chain(&sides);
    stated(&mut sides, &honest, of, lie);
    let found = only(dispute(&sides, "2025-W33"));
    let records: Vec<_> =
        found.records.iter().map(|one| (one.record, one.counts_in, one.week)).collect();
    assert_eq!(records, [(second, Source::Fra, of)]);
    assert_eq!(found.since, week("2025-W32"));
}

#[test]
fn a_false_root_without_a_record_is_narrowed_down_by_what_counts_here() {
    let (sides, came) = season(|_, _| {});
    let found = only(dispute(&sides, "2025-W34"));
    assert!(found.named && found.records.is_empty(), "{found:?}");
    // Not what this week alone has changed, but all since the two were the same.
    let mut all = came;
    all.sort_unstable();
    assert_eq!((found.candidates, found.more), (all, 0));
    // In weeks without any change, all that counts in that direction.
    let mut sides = TwoSides::founded();
    let came = sides.returned(1, "2025-08-07", 2).came;
    let admitted = sides.admitted(2, "2025-08-07", 1);
    let of = sides.close_week();
    let (honest, same) = (chain(&sides), chain(&sides).body(of).unwrap().clone());
    stated(&mut sides, &honest, of, same);
    let of = sides.close_week();
    let honest = chain(&sides);
    let mut lie = honest.body(of).unwrap().clone();
    assert_eq!((lie.counted.as_deref(), lie.uncounted.as_deref()), (Some(&[][..]), Some(&[][..])));
    lie.arrivals = digest("others");
    stated(&mut sides, &honest, of, lie);
    let found = only(dispute(&sides, "2025-W33"));
    assert_eq!((found.since, found.records.len()), (of, 0));
    assert_eq!(found.candidates, [came]);
    assert_ne!(admitted.came, came);
}

#[test]
fn both_values_of_every_leaf_are_given_and_of_no_other() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    let of = sides.close_week();
    let honest = chain(&sides);
    let mut lie = honest.body(of).unwrap().clone();
    lie.closing.returned.agreed = 376;
    lie.gbr.size.0 += 1;
    lie.movements.clear();
    lie.pipeline.disputed = 5;
    lie.breaks.push(crate::record::BreakCount {
        class: crate::record::BreakClass::Duplicate,
        age: crate::record::AgeBucket::ALL[0],
        count: 2,
    });
    lie.counted = Some(Vec::new());
    let size = lie.gbr.size.0;
    stated(&mut sides, &honest, of, lie);
    let found = only(dispute(&sides, "2025-W32"));
    let told: Vec<(&str, [Option<&str>; 2])> = found
        .values
        .iter()
        .map(|one| (one.at.as_str(), one.values.each_ref().map(Option::as_deref)))
        .collect();
    let (ours, theirs) = (size.to_string(), (size - 1).to_string());
    let age = crate::record::AgeBucket::ALL[0];
    let duplicate = format!("breaks duplicate {age}");
    let mut wanted = vec![
        ("gbr.size", [Some(ours.as_str()), Some(theirs.as_str())]),
        ("closing.returned.agreed", [Some("376"), Some("3")]),
        ("pipeline.disputed", [Some("5"), Some("0")]),
        (duplicate.as_str(), [Some("2"), None]),
    ];
    let moved: Vec<String> = ["counted", "uncounted"]
        .iter()
        .flat_map(|way| ["returned", "admitted"].map(|to| format!("{way}.{to}")))
        .flat_map(|way| {
            ["agreed", "gbr", "fra"].map(|of| format!("movements {} {way}.{of}", of_week()))
        })
        .collect();
    wanted.extend(moved.iter().map(|at| {
        let three = at.contains(" counted.returned.");
        (at.as_str(), [None, Some(if three { "3" } else { "0" })])
    }));
    assert_eq!(told, wanted);
}

fn of_week() -> Week {
    week("2025-W32")
}

#[test]
fn the_rules_are_those_at_the_cut_off_and_no_later_ones() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    let of = sides.close_week();
    let honest = chain(&sides);
    let mut lie = honest.body(of).unwrap().clone();
    lie.closing.returned.agreed += 1;
    stated(&mut sides, &honest, of, lie);
    let before = dispute(&sides, "2025-W32").rules;
    assert_eq!((before.gbr.number, before.fra.number, before.gbr.proposal), (0, 0, None));
    assert_eq!(before.gbr, before.fra);
    // A version that takes effect after the cut-off says nothing about the week.
    let changed = Provisions { answer_days: provisions().answer_days + 1, ..provisions() };
    let founding = sides.books.entry(Gbr, Position(0)).unwrap().id().unwrap();
    let offer = sides.approved(Gbr, proposed(founding, changed));
    sides.exchange();
    sides.approved(Fra, accepted_version(offer));
    sides.exchange();
    let now = Rules::at(&sides.ledger(sides.now));
    assert_eq!((now.fra.number, now.fra.proposal), (1, Some(offer)));
    assert_ne!(now.fra.provisions, before.fra.provisions);
    assert_eq!(dispute(&sides, "2025-W32").rules, before);
}
