//! What `entente reconcile --json` prints, as JSON Schema (2020-12), for programs that read it.
//! `docs/reconcile.schema.json` holds it, and a test compares the two.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{
    daemon::api::schemas::{self, boolean, list, maybe, object, of, per_party, text},
    ledger::Severity,
    reconcile::{LISTED, LocalClass},
    record::BreakClass,
};

/// Where definitions stand in an OpenAPI document, and where in a schema by itself.
const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";

/// The whole schema, as indented JSON with a line end.
#[must_use]
pub fn schema() -> String {
    let mut all = schemas::all();
    all.extend(weekly(&all));
    all.insert("LocalBreak".to_owned(), local());
    all.insert("Against".to_owned(), against());
    all.extend(copies().into_iter().chain(national()).map(|(name, one)| (name.to_owned(), one)));
    let forms = ["Weekly", "Copies", "ListDifference", "National", "Against"];
    let mut wanted: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
    let mut kept = Map::new();
    while let Some(name) = wanted.pop() {
        if let (false, Some(one)) = (kept.contains_key(&name), all.get(&name)) {
            let mut one = one.clone();
            wanted.extend(moved(&mut one));
            kept.insert(name, one);
        }
    }
    let forms: Vec<Value> =
        forms.iter().map(|form| json!({ "$ref": format!("{DEFINITIONS}{form}") })).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:entente:schema:reconcile:1",
        "title": "entente reconcile --json",
        "description": "One line of JSON. Without further options it is a Weekly; with --ours and \
                        --theirs a Copies; with --national a ListDifference for each difference, \
                        and a National at the end; with --against an Against.",
        "oneOf": forms,
        "$defs": kept,
    });
    format!("{schema:#}\n")
}

/// Turns the references in a schema to where the definitions stand here, and gives their names.
fn moved(schema: &mut Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match schema {
        Value::Object(fields) => {
            for (word, value) in fields {
                match (word.as_str(), value.as_str().and_then(|path| path.strip_prefix(COMPONENTS)))
                {
                    ("$ref", Some(name)) => {
                        names.insert(name.to_owned());
                        let there = format!("{DEFINITIONS}{name}");
                        *value = Value::String(there);
                    }
                    _ => names.extend(moved(value)),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| names.extend(moved(one))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    names
}

/// A week: how it stands, with what came of the run beside it.
fn weekly(all: &Map<String, Value>) -> Option<(String, Value)> {
    let awaited = object([
        ("awaited", json!({ "enum": ["close", "cover", "entries", "statement"] })),
        ("of", of("Party")),
    ]);
    let link = object([
        ("connected", boolean()),
        ("refusal", maybe(of("Refusal"))),
        ("clock_fault", maybe(text())),
        ("gate", json!({ "enum": ["open", "closed", "fork"] })),
    ]);
    let unsettled =
        object([("week", of("Week")), ("outcome", json!({ "enum": ["disputed", "waiting"] }))]);
    let beside = object([
        ("outcome", json!({ "enum": ["joint", "disputed", "waiting"] })),
        ("awaited", list(awaited)),
        ("rehearsal", boolean()),
        ("link", link),
        ("versions", per_party(of("Version"))),
        ("unsettled", list(unsettled)),
    ]);
    let mut weekly = all.get("WeekView")?.clone();
    for (word, says) in beside.as_object()? {
        match (weekly.get_mut(word), says) {
            (Some(Value::Object(into)), Value::Object(more)) => into.extend(more.clone()),
            (Some(Value::Array(into)), Value::Array(more)) => into.extend(more.iter().cloned()),
            _ => {}
        }
    }
    Some(("Weekly".to_owned(), weekly))
}

/// A break that the two logs alone do not decide, with its guide.
fn local() -> Value {
    let names = |all: Vec<&str>| json!({ "enum": all });
    let classes = LocalClass::ALL.iter().map(|one| one.name()).collect();
    let severities = Severity::ALL.iter().map(|one| one.name()).collect();
    object([
        ("id", of("Hash")),
        ("class", names(classes)),
        ("owner", names(vec!["GBR", "FRA", "both"])),
        ("began", of("Time")),
        ("evidence", list(of("Hash"))),
        ("severity", names(severities)),
        ("acts", text()),
        ("found", text()),
        ("advice", text()),
        ("source", text()),
    ])
}

fn copies() -> [(&'static str, Value); 2] {
    let leaf = object([("position", of("Number")), ("leaf", of("Hash"))]);
    let forked = object([("size", of("Number")), ("root", of("Hash")), ("note", text())]);
    let missing = object([
        ("difference", json!({ "const": "missing" })),
        ("at", of("Party")),
        ("log", of("Party")),
        ("held", of("Number")),
        ("of", of("Number")),
        ("next", of("Hash")),
        ("break", of("LocalBreak")),
    ]);
    let divergent = object([
        ("difference", json!({ "const": "divergent" })),
        ("log", of("Party")),
        ("first", of("Number")),
        ("leaves", per_party(of("Hash"))),
        ("break", of("LocalBreak")),
        ("only_at", per_party(list(leaf))),
        ("fork", maybe(per_party(forked))),
    ]);
    let classes = [BreakClass::TotalMatchRecordsDiffer, BreakClass::StatementMismatch];
    let counted = object([
        ("week", of("Week")),
        ("bodies", per_party(of("Hash"))),
        ("class", maybe(json!({ "enum": classes.map(BreakClass::name) }))),
        ("only_at", per_party(list(of("Hash")))),
    ]);
    let disputed = object([
        ("week", of("Week")),
        ("at", list(of("Party"))),
        ("rules", per_party(of("Rules"))),
        ("differences", list(of("Differing"))),
    ]);
    let outcomes = ["same", "missing", "disputed", "divergent-copy", "fork"];
    let copies = object([
        ("outcome", json!({ "enum": outcomes })),
        ("rehearsal", boolean()),
        ("agreement", of("Hash")),
        ("differences", list(of("CopyDifference"))),
        ("disputed", list(disputed)),
        ("counted", maybe(counted)),
    ]);
    [("CopyDifference", json!({ "oneOf": [missing, divergent] })), ("Copies", copies)]
}

/// The other side's list of ids held against our own.
fn against() -> Value {
    let only = object(["returned", "admitted"].map(|name| (name, list(of("Hash")))));
    object([
        ("outcome", json!({ "enum": ["same", "differing"] })),
        ("rehearsal", boolean()),
        ("week", of("Week")),
        ("number", of("Number")),
        ("only_at", per_party(only)),
    ])
}

fn national() -> [(&'static str, Value); 2] {
    let day = || json!({ "type": "string", "format": "date" });
    let events: Vec<&str> = LISTED.iter().map(|kind| kind.name()).collect();
    let event = || json!({ "enum": events });
    let listed = object([
        ("line", of("Number")),
        ("reference", text()),
        ("event", event()),
        ("date", day()),
        ("persons", of("Number")),
    ]);
    let logged = object([
        ("reference", maybe(text())),
        ("event", event()),
        ("date", day()),
        ("persons", of("Number")),
        ("record", of("Hash")),
    ]);
    let is = |name: &str| ("difference", json!({ "const": name }));
    let found = || ("break", of("LocalBreak"));
    let times = || ("times", of("Number"));
    let kinds = [
        object([is("missing-in-log"), found(), ("listed", listed.clone()), times()]),
        object([is("missing-in-list"), found(), ("logged", logged.clone())]),
        object([
            is("repeat-person"),
            found(),
            ("listed", listed),
            ("first", of("Number")),
            times(),
        ]),
        object([
            found(),
            is("differs-from-list"),
            ("logged", logged),
            ("date", day()),
            ("persons", of("Number")),
            ("lines", list(of("Number"))),
        ]),
    ];
    let end = object([
        ("outcome", json!({ "enum": ["same", "differing"] })),
        ("rehearsal", boolean()),
        ("party", of("Party")),
        ("lines", of("Number")),
        ("events", of("Number")),
        ("agreeing", of("Number")),
        ("differences", of("Number")),
        ("repeat_persons", of("Number")),
        ("persons_not_looked_at", of("Number")),
    ]);
    [("ListDifference", json!({ "oneOf": kinds })), ("National", end)]
}

#[cfg(test)]
pub(in crate::cli) mod tests {
    use super::*;
    use crate::{
        cli::breaks::LocalView,
        daemon::api::tests::fits::fits,
        ledger::fixture::digest,
        names::{Party, PerParty, Position, Size, Timestamp},
        reconcile::{CopyDifference, ForkedAt, Leaf, LocalBreak},
    };

    /// Holds one line that was printed against the schema.
    pub(in crate::cli) fn assert_fits(line: &str) {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let value: Value = serde_json::from_str(line).unwrap();
        fits(&schema, &schema, &value).unwrap_or_else(|why| panic!("{why}: {line}"));
    }

    #[test]
    fn the_schema_in_docs_is_the_one_that_the_code_gives() {
        let written = include_str!("../../../docs/reconcile.schema.json");
        let given = schema();
        assert!(written == given, "docs/reconcile.schema.json should be:\n{given}");
    }

    #[test]
    fn a_divergent_copy_fits_with_and_without_the_two_checkpoints() {
        let (log, leaf) = (Party::Gbr, Leaf { position: Position(7), leaf: digest("a") });
        let forked = |root| ForkedAt { size: Size(9), root: digest(root), note: "x".to_owned() };
        for fork in [None, Some(Box::new(PerParty { gbr: forked("b"), fra: forked("c") }))] {
            let only_at = PerParty { gbr: vec![leaf], fra: Vec::new() };
            let leaves = PerParty { gbr: digest("a"), fra: digest("d") };
            let first = Position(7);
            let one = CopyDifference::Divergent { log, first, leaves, only_at, fork };
            let found: LocalView = LocalBreak::of_copies(&one, Timestamp::default()).into();
            let mut shown = serde_json::to_value(&one).unwrap();
            shown["break"] = serde_json::to_value(&found).unwrap();
            let line = json!({
                "outcome": "divergent-copy", "rehearsal": true, "agreement": "ab".repeat(32),
                "differences": [shown], "disputed": [], "counted": null,
            });
            assert_fits(&line.to_string());
        }
    }

    #[test]
    fn what_is_a_little_wrong_does_not_fit() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let good = json!({
            "outcome": "same", "rehearsal": true, "party": "GBR", "lines": 1, "events": 1,
            "agreeing": 1, "differences": 0, "repeat_persons": 0,
            "persons_not_looked_at": 0,
        });
        assert_eq!(fits(&schema, &schema, &good), Ok(()));
        let changes: [(&str, Option<Value>); 8] = [
            ("outcome", Some("equal".into())),
            ("rehearsal", Some("true".into())),
            ("party", Some("gbr".into())),
            ("lines", Some((-1).into())),
            ("agreeing", Some(Value::Null)),
            ("differences", None),
            ("persons_not_looked_at", None),
            ("more", Some(1.into())),
        ];
        for (name, value) in changes {
            let mut wrong = good.clone();
            let fields = wrong.as_object_mut().unwrap();
            match value {
                Some(value) => drop(fields.insert(name.to_owned(), value)),
                None => drop(fields.remove(name)),
            }
            assert!(fits(&schema, &schema, &wrong).is_err(), "{name}");
        }
        let hash = json!({ "$ref": "#/$defs/Hash" });
        for (text, good) in
            [("ab".repeat(32), true), ("ab".repeat(31), false), ("AB".repeat(32), false)]
        {
            assert_eq!(fits(&schema, &hash, &text.into()).is_ok(), good);
        }
        assert!(fits(&schema, &json!({ "maximum": 1 }), &1.into()).is_err(), "an unknown word");
    }
}
