//! How a week stands, and where its bodies differ.

use serde_json::{Value, json};

use super::{boolean, list, maybe, object, of, per_party, text};
use crate::{
    reconcile::Cause,
    record::{AgeBucket, BreakClass, Kind},
    session::ProblemCode,
};

pub(super) fn all() -> [(&'static str, Value); 8] {
    [
        ("WeekView", week()),
        ("Version", version()),
        ("Rules", rules()),
        ("Refusal", refusal()),
        ("Body", body()),
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
        ("software", per_party(maybe(text()))),
        ("verdict", json!({ "enum": ["joint", "awaiting", "disputed"] })),
        ("rules", maybe(per_party(of("Rules")))),
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

/// A version of the agreement at a cut-off.
fn rules() -> Value {
    object([("number", of("Number")), ("proposal", maybe(of("Hash"))), ("provisions", of("Hash"))])
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

fn body() -> Value {
    let three = object(["agreed", "gbr", "fra"].map(|name| (name, of("Number"))));
    let tally = object([("returned", three.clone()), ("admitted", three)]);
    let cut = object([("origin", text()), ("size", of("Number")), ("root", of("Hash"))]);
    let movement =
        object([("week", of("Week")), ("counted", tally.clone()), ("uncounted", tally.clone())]);
    let pipeline = [
        "requested",
        "accepted",
        "notified",
        "in_transit",
        "visas_outstanding",
        "lapsing_soon",
        "disputed",
    ];
    let classes: Vec<&str> = BreakClass::ALL.iter().map(|class| class.name()).collect();
    let ages: Vec<&str> = AgeBucket::ALL.iter().map(|age| age.name()).collect();
    let breaks = object([
        ("class", json!({ "enum": classes })),
        ("age", json!({ "enum": ages })),
        ("count", of("Number")),
    ]);
    let mut body = object([
        ("number", of("Number")),
        ("week", of("Week")),
        ("gbr", cut.clone()),
        ("fra", cut),
        ("as_of", of("Time")),
        ("opening", tally.clone()),
        ("movements", list(movement)),
        ("closing", tally),
        ("pipeline", object(pipeline.map(|name| (name, of("Number"))))),
        ("breaks", list(breaks)),
        ("arrivals", of("Hash")),
        ("admissions", of("Hash")),
        ("previous", of("Hash")),
        ("counted", list(of("Hash"))),
        ("uncounted", list(of("Hash"))),
    ]);
    // The first body continues none, and one that changes too many records names none.
    let may_be_left_out = ["previous", "counted", "uncounted"];
    if let Some(required) = body.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !may_be_left_out.iter().any(|one| name == one));
    }
    body
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
        ("values", list(object([("at", text()), ("values", list(maybe(text())))]))),
        ("since", of("Week")),
        ("weeks", list(of("Week"))),
        ("named", boolean()),
        ("records", list(of("Located"))),
        ("candidates", list(of("Hash"))),
        ("more", of("Number")),
    ])
}

fn located() -> Value {
    object([
        ("record", of("Hash")),
        ("counts_in", source()),
        ("week", of("Week")),
        ("here", maybe(of("Evidence"))),
    ])
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
