//! How a week stands, and where its bodies differ.

use serde_json::{Value, json};

use super::{boolean, list, maybe, object, of, per_party, text};
use crate::{
    reconcile::Cause,
    record::{BreakClass, Kind},
    session::ProblemCode,
};

pub(super) fn all() -> [(&'static str, Value); 7] {
    [
        ("WeekView", week()),
        ("Version", version()),
        ("Refusal", refusal()),
        ("Body", json!({ "type": "object" })),
        ("Differing", differing()),
        ("Located", located()),
        ("Evidence", evidence()),
    ]
}

fn week() -> Value {
    let party = ["close", "cover", "entries"].map(|name| object([(name, of("Party"))]));
    object([
        ("week", of("Week")),
        ("closed", per_party(boolean())),
        ("missing", list(json!({ "oneOf": party }))),
        ("body", maybe(of("Body"))),
        ("stated", per_party(maybe(of("Hash")))),
        ("verdict", json!({ "enum": ["joint", "awaiting", "disputed"] })),
        ("differences", list(of("Differing"))),
    ])
}

fn version() -> Value {
    object([
        ("number", of("Number")),
        ("proposal", maybe(of("Hash"))),
        ("phase", json!({ "enum": ["before", "in-force", "run-off"] })),
        ("last_day", json!({ "type": "string", "format": "date" })),
    ])
}

/// Why a link is refused.
fn refusal() -> Value {
    let problems: Vec<&str> = ProblemCode::ALL.iter().map(|code| code.name()).collect();
    object([
        ("by", of("Party")),
        ("problem", json!({ "enum": problems })),
        ("values", maybe(object([("ours", text()), ("theirs", text())]))),
    ])
}

fn source() -> Value {
    json!({ "enum": ["GBR", "FRA", "computed"] })
}

fn class(classes: &[BreakClass]) -> Value {
    let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
    json!({ "enum": names })
}

fn differing() -> Value {
    let causes: Vec<&str> = Cause::ALL.iter().map(|cause| cause.name()).collect();
    let classes = [BreakClass::TotalMatchRecordsDiffer, BreakClass::StatementMismatch];
    object([
        ("between", list(source())),
        ("class", class(&classes)),
        ("causes", list(json!({ "enum": causes }))),
        ("fields", list(text())),
        ("weeks", list(of("Week"))),
        ("named", boolean()),
        ("records", list(of("Located"))),
        ("candidates", list(of("Hash"))),
        ("more", of("Number")),
    ])
}

fn located() -> Value {
    object([("record", of("Hash")), ("counts_in", source()), ("here", maybe(of("Evidence")))])
}

fn evidence() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let counts = object([
        ("direction", json!({ "enum": ["returned", "admitted"] })),
        ("week", of("Week")),
        ("agreed", of("Number")),
        ("gbr", maybe(of("Number"))),
        ("fra", maybe(of("Number"))),
    ]);
    let tells = object([
        ("record", of("Hash")),
        ("persons", of("Number")),
        ("day", json!({ "type": "string", "format": "date" })),
        ("place", text()),
    ]);
    let named = object([("id", of("Hash")), ("class", class(BreakClass::ALL))]);
    object([
        ("kind", json!({ "enum": kinds })),
        ("author", of("Party")),
        ("position", of("Number")),
        ("received", maybe(of("Time"))),
        ("beyond", boolean()),
        ("counts", maybe(counts)),
        ("told", per_party(maybe(tells))),
        ("breaks", list(named)),
    ])
}
