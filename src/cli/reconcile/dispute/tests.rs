//! What a person reads about a week that is disputed.

use super::*;
use crate::{
    cli::tests::Kept,
    ledger::fixture::{digest, week},
    reconcile::Verdict,
    record::BreakClass,
};

fn rules(number: usize, provisions: &str) -> Rules {
    Rules { number, proposal: None, provisions: digest(provisions) }
}

fn view() -> WeekView {
    let software = |name: &str| Some(name.parse().unwrap());
    WeekView {
        week: week("2025-W33"),
        closed: PerParty { gbr: true, fra: true },
        missing: Vec::new(),
        body: None,
        stated: PerParty { gbr: None, fra: None },
        software: PerParty { gbr: software("entente-0.1.0"), fra: software("entente-0.2.0") },
        verdict: Verdict::Disputed,
        rules: Some(PerParty { gbr: rules(1, "one"), fra: rules(0, "none") }),
        differences: vec![Differing {
            between: [Source::Gbr, Source::Fra],
            class: BreakClass::StatementMismatch,
            causes: vec![Cause::Arrivals],
            fields: vec!["closing".to_owned(), "arrivals".to_owned()],
            values: vec![
                TwoValues {
                    at: "closing.returned.agreed".to_owned(),
                    values: [Some("377".to_owned()), Some("376".to_owned())],
                },
                TwoValues {
                    at: "breaks duplicate 0-2".to_owned(),
                    values: [None, Some("2".to_owned())],
                },
            ],
            since: week("2025-W32"),
            weeks: Vec::new(),
            named: true,
            records: Vec::new(),
            candidates: vec![crate::names::RecordId::new([7; 32])],
            more: 2,
        }],
    }
}

fn told(view: &WeekView) -> String {
    let (out, err) = (Kept::default(), Kept::default());
    tell(&mut Output::captured(out.clone(), err), view);
    out.text()
}

#[test]
fn releases_rules_and_both_values_are_told() {
    let said = told(&view());
    for wanted in [
        "different releases computed the two statements, entente-0.1.0 and entente-0.2.0: that may",
        "version 1 at the cut-off of GBR",
        "version 0 at the cut-off of FRA",
        &digest("one").to_string(),
        &digest("none").to_string(),
        "the two logs are under different versions of the agreement",
        "the two differ since week 2025-W32: begin there",
        "    closing.returned.agreed: 377 | 376\n",
        "    breaks duplicate 0-2: none | 2\n",
        "the bodies name no record that would give these roots",
        "3 records may be among them, by both logs here: --json lists 1",
        "`entente statement ids 2025-W33 > FILE`: `entente reconcile --against FILE` here",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn what_does_not_differ_is_not_held_to_be_the_cause() {
    let mut same = view();
    same.software.fra = same.software.gbr.clone();
    same.rules = Some(PerParty { gbr: rules(0, "none"), fra: rules(0, "none") });
    same.differences[0].since = same.week;
    same.differences[0].candidates.clear();
    same.differences[0].causes = vec![Cause::Figures];
    let said = told(&same);
    for unwanted in ["different releases", "different versions", "begin there", "--against"] {
        assert!(!said.contains(unwanted), "{unwanted}: {said}");
    }
}
