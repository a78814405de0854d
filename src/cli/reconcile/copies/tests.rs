//! Two stores of a season that was disputed: the logs are the same, and the statements are not.

use super::hold;
use crate::{
    cli::{Exit, output::Output, reconcile::schema_tests::assert_fits, tests::Kept},
    daemon::{audit::tests::store_of, copies::StoreCopies},
    ledger::fixture::{TwoSides, digest, statement},
    names::{Party, PerParty, RecordId},
    reconcile::{Chain, close_of},
    record::Body,
};

/// What is said of two stores, as text and as JSON, with the same exit.
fn said(copies: &PerParty<TwoSides>) -> (Exit, String, serde_json::Value) {
    let copies =
        PerParty::from_fn(|party| StoreCopies::load(store_of(copies.of(party), party)).unwrap());
    let [text, json] = [false, true].map(|json| {
        let (out, err) = (Kept::default(), Kept::default());
        let mut output = Output::captured(out.clone(), err.clone());
        let exit = hold(&copies, json, &mut output);
        assert!(exit.is_ok());
        let exit = exit.unwrap_or(Exit::Usage);
        (exit, out.text())
    });
    assert_eq!(text.0, json.0);
    assert_fits(&json.1);
    (text.0, text.1, serde_json::from_str(&json.1).unwrap())
}

/// A week with one arrival, which a lie leaves out of the British statement of it.
fn week(sides: &mut TwoSides, number: u32, on: &str, lie: bool) -> RecordId {
    let came = sides.returned(number, on, 1).came;
    let of = sides.close_week();
    let mut chain = Chain::new(&sides.agreement);
    chain.extend(&sides.agreement, &sides.books, sides);
    let honest = chain.body(of).unwrap().clone();
    let mut gbr = honest.clone();
    if lie {
        gbr.counted.as_mut().unwrap().retain(|id| *id != came);
        gbr.arrivals = digest("without");
    }
    let says = |sides: &mut TwoSides, party, body: Body| {
        let (close, _) = close_of(&sides.books, party, of).unwrap();
        sides.append(party, statement(close, body));
    };
    says(sides, Party::Gbr, gbr);
    says(sides, Party::Fra, honest);
    sides.exchange();
    came
}

/// The same season twice, as two copies of it.
fn twice(play: impl Fn(&mut TwoSides)) -> PerParty<TwoSides> {
    PerParty::from_fn(|_| {
        let mut sides = TwoSides::founded();
        play(&mut sides);
        sides
    })
}

#[test]
fn a_disputed_week_in_two_equal_copies_is_a_finding_that_names_the_record() {
    let copies = twice(|sides| {
        week(sides, 1, "2025-08-07", false);
        week(sides, 2, "2025-08-14", true);
        week(sides, 3, "2025-08-21", false);
    });
    let mut sides = TwoSides::founded();
    week(&mut sides, 1, "2025-08-07", false);
    let came = week(&mut sides, 2, "2025-08-14", true);
    let (exit, text, json) = said(&copies);
    assert_eq!((exit, json["outcome"].as_str()), (Exit::Findings, Some("disputed")), "{text}");
    for wanted in [
        "Disputed: week 2025-W33\n",
        &format!("record {came} counts in the statement of FRA only"),
        "Both sides hold the same two logs.",
        "Disputed by the statements in them: 2025-W33\n",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let disputed = json["disputed"].as_array().unwrap();
    let [one] = disputed.as_slice() else { panic!("{json}") };
    assert_eq!(one["at"], serde_json::json!(["GBR", "FRA"]));
    assert_eq!(one["differences"][0]["records"][0]["record"], came.to_string());
    assert_eq!(json["differences"], serde_json::json!([]));
}

#[test]
fn every_disputed_week_is_named_and_two_copies_without_one_are_the_same() {
    let copies = twice(|sides| {
        week(sides, 1, "2025-08-07", true);
        week(sides, 2, "2025-08-14", true);
    });
    let (exit, text, json) = said(&copies);
    assert_eq!((exit, json["disputed"].as_array().unwrap().len()), (Exit::Findings, 2));
    assert!(text.contains("Disputed by the statements in them: 2025-W32, 2025-W33"), "{text}");
    let copies = twice(|sides| {
        week(sides, 1, "2025-08-07", false);
    });
    let (exit, text, json) = said(&copies);
    assert_eq!((exit, json["outcome"].as_str()), (Exit::Good, Some("same")), "{text}");
    assert!(!text.contains("Disputed"), "{text}");
}

#[test]
fn a_dispute_is_graver_than_a_copy_that_is_behind() {
    let lies = |sides: &mut TwoSides| {
        week(sides, 1, "2025-08-07", true);
    };
    let mut copies = twice(lies);
    copies.gbr.returned(2, "2025-08-12", 1);
    copies.gbr.exchange();
    let (exit, text, json) = said(&copies);
    assert_eq!((exit, json["outcome"].as_str()), (Exit::Findings, Some("disputed")), "{text}");
    assert!(text.contains("missing-at-fra: "), "{text}");
    let honest = |sides: &mut TwoSides| {
        week(sides, 1, "2025-08-07", false);
    };
    let mut copies = twice(honest);
    copies.gbr.returned(2, "2025-08-12", 1);
    copies.gbr.exchange();
    let (exit, _, json) = said(&copies);
    assert_eq!((exit, json["outcome"].as_str()), (Exit::NotYet, Some("missing")));
}
