//! Every class of break, planted alone and in company, on either side or both: both sides name
//! exactly what was planted, in the same words.
//!
//! What has to be found is written down where it is planted; nobody asks the code under test.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "tests stop at the first surprise"
)]

#[expect(dead_code, reason = "this test needs a part of it")]
#[path = "season/books.rs"]
mod books;
#[path = "disagreement/edits.rs"]
mod edits;
#[path = "disagreement/expected.rs"]
mod expected;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;
#[path = "disagreement/local.rs"]
mod local;
#[path = "disagreement/run.rs"]
mod run;
#[path = "disagreement/terms.rs"]
mod terms;

use std::collections::BTreeSet;

use entente::names::Party;
use entente::reconcile::LocalClass;
use entente::record::BreakClass;
use entente::season::{Dice, Ending, Season, Size};

use edits::Edit;
use run::{Outcome, Plan};

/// Weeks of a season in which one thing is planted: a story takes fifteen.
const WEEKS: u32 = 30;

fn alone() -> Plan {
    let size = Size { cases: 30, weeks: WEEKS, ending: Ending::YearEnd };
    Plan { size, seed: 1, faults: Vec::new(), edits: Vec::new(), look_every: 1 }
}

/// Nothing but what was planted, and that.
fn check(plan: &Plan) -> Outcome {
    let outcome = plan.run();
    assert!(outcome.surprises.is_empty(), "{plan:?}: {:#?}", outcome.surprises);
    outcome
}

#[test]
fn nothing_is_found_where_nothing_is_planted() {
    assert_eq!(check(&alone()).seen, BTreeSet::new());
}

#[test]
fn every_class_is_found_alone_on_either_side() {
    let mut seen = BTreeSet::new();
    for fault in Season::faults() {
        let outcome = check(&Plan { faults: vec![fault], ..alone() });
        assert!(!outcome.seen.is_empty(), "{fault} was never open");
        seen.extend(outcome.seen);
    }
    for edit in Edit::ALL {
        for author in Party::BOTH {
            let outcome = check(&Plan { edits: vec![(9, edit, author)], ..alone() });
            assert!(!outcome.seen.is_empty(), "{edit:?} of {author} was never open");
            seen.extend(outcome.seen);
        }
    }
    seen.extend(HANG_ON_THE_TERMS);
    assert_eq!(seen, BreakClass::ALL.iter().copied().collect());
}

/// Classes that no season shows, whose terms are wide.
const HANG_ON_THE_TERMS: [BreakClass; 4] = [
    BreakClass::OutsideAgreementWindow,
    BreakClass::HeadStartExceeded,
    BreakClass::Imbalance,
    BreakClass::UnsettledAtTerm,
];

/// Up to twenty at once, drawn by lot, on either side or both.
fn company(seed: u64, cases: u32, look_every: usize) -> Plan {
    let mut dice = Dice::new(seed);
    let faults: Vec<&str> = Season::faults().collect();
    let weeks = 20 + dice.below_u32(25);
    let mut plan = Plan {
        size: Size { cases, weeks, ending: dice.pick(Ending::YearEnd, &[Ending::Open]) },
        seed,
        faults: Vec::new(),
        edits: Vec::new(),
        look_every,
    };
    // Two statements of one week are the first two.
    let mut stated = BTreeSet::new();
    for _ in 0..=dice.below(20) {
        if dice.once_in(2) {
            let which = usize::try_from(dice.below(u64::try_from(faults.len()).unwrap())).unwrap();
            plan.faults.push(faults[which]);
            continue;
        }
        let edit = dice.pick(Edit::NoEnvelope, &Edit::ALL);
        let week = usize::try_from(2 + dice.below_u32(weeks - 4)).unwrap();
        let states = matches!(edit, Edit::OtherRecords | Edit::OtherTotals);
        if !states || stated.insert(week) {
            plan.edits.push((week, edit, dice.pick(Party::Gbr, &[Party::Fra])));
        }
    }
    plan
}

#[test]
fn up_to_twenty_at_once_are_all_found_and_nothing_else() {
    for seed in 0..12 {
        check(&company(seed, 60, 4));
    }
}

#[test]
fn what_hangs_on_the_terms_is_found_and_nothing_else() {
    let seen: BTreeSet<BreakClass> = (0..60).flat_map(terms::lots).collect();
    assert_eq!(seen, HANG_ON_THE_TERMS.into());
}

#[test]
fn what_one_side_alone_sees_is_found_and_nothing_else() {
    let size = Size { cases: 30, weeks: 8, ending: Ending::Open };
    let season = Season::planting(size, 1, &[]).unwrap();
    let sides = books::Played::of(&season, |_, _| {}).sides;
    let mut seen: BTreeSet<LocalClass> =
        (0..200).flat_map(|seed| local::copies(&sides, seed)).collect();
    seen.extend((0..40).flat_map(local::lists));
    seen.extend(Party::BOTH.into_iter().flat_map(local::receipts));
    assert_eq!(seen, LocalClass::ALL.iter().copied().collect());
}

/// `ENTENTE_DISAGREEMENTS=FIRST..END,CASES` plays more of them, of another size.
#[test]
fn as_many_as_are_asked_for_are_all_found() {
    let Some((seeds, cases)) = asked() else { return };
    let mut records = 0;
    for seed in seeds {
        let outcome = check(&company(seed, cases, 8));
        records = records.max(outcome.records);
        println!("seed {seed}: {} records, {:?}", outcome.records, outcome.seen);
    }
    println!("the largest season has {records} records");
}

#[expect(clippy::disallowed_methods, reason = "a long run is asked for by the environment")]
fn asked() -> Option<(std::ops::Range<u64>, u32)> {
    let text = std::env::var("ENTENTE_DISAGREEMENTS").ok()?;
    let read = || {
        let (seeds, cases) = text.split_once(',')?;
        let (first, end) = seeds.split_once("..")?;
        let seeds: std::ops::Range<u64> = first.parse().ok()?..end.parse().ok()?;
        Some((seeds, cases.parse().ok()?)).filter(|(seeds, _)| !seeds.is_empty())
    };
    let wrong = || panic!("ENTENTE_DISAGREEMENTS={text}: give seeds and cases, as in 0..10,20000");
    Some(read().unwrap_or_else(wrong))
}
