//! What the bodies look like, as JSON Schema. Open where the manual says more: what a record says
//! depends on its kind.

mod cases;
mod edge;
mod weeks;

use serde_json::{Map, Value, json};

use crate::{
    daemon::api::problem::ProblemType,
    envelope::Role,
    ledger::Fate,
    record::{BreakClass, Kind},
};

/// Every schema by its name.
pub(crate) fn all() -> Map<String, Value> {
    let named = [
        ("Submission", submission()),
        ("Logged", logged()),
        ("Queued", queued()),
        ("RecordView", record()),
        ("Receipt", receipt()),
        ("Envelope", json!({ "type": "string", "format": "binary" })),
        ("Beside", beside()),
        ("AwaitingList", awaiting_list()),
        ("AwaitingView", awaiting()),
        ("StatusView", status()),
        ("Metrics", text()),
        ("LogView", log()),
        ("Break", broken()),
        ("Progress", progress()),
        ("Problem", problem()),
        ("Week", json!({ "type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$" })),
        ("Party", json!({ "enum": ["GBR", "FRA"] })),
        ("Hash", json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })),
        ("SubmissionId", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
        ("Time", json!({ "type": "string", "format": "date-time" })),
        ("Number", json!({ "type": "integer", "minimum": 0 })),
    ];
    let named = named.into_iter().chain(cases::all()).chain(edge::all()).chain(weeks::all());
    named.map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// An object with exactly these fields, all of them always there.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

pub(crate) fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(crate) fn maybe(schema: Value) -> Value {
    json!({ "oneOf": [schema, { "type": "null" }] })
}

pub(crate) fn list(schema: Value) -> Value {
    json!({ "type": "array", "items": schema })
}

pub(crate) fn per_party(schema: Value) -> Value {
    object([("gbr", schema.clone()), ("fra", schema)])
}

pub(crate) fn text() -> Value {
    json!({ "type": "string" })
}

pub(crate) fn boolean() -> Value {
    json!({ "type": "boolean" })
}

/// What stands beside the body of a week; all of it may be left out.
fn beside() -> Value {
    let totals = object([("returned", of("Number")), ("admitted", of("Number"))]);
    json!({
        "type": "object",
        "properties": { "national": maybe(totals) },
        "additionalProperties": false,
    })
}

fn submission() -> Value {
    let kinds: Vec<&str> =
        Kind::ALL.iter().filter(|kind| kind.is_submitted()).map(|kind| kind.name()).collect();
    json!({
        "type": "object",
        "required": ["kind", "content"],
        "properties": {
            "kind": { "enum": kinds },
            "case": { "type": ["string", "null"], "description": "The author's own reference." },
            "re": { "type": ["array", "null"], "items": of("Hash") },
            "at": { "type": ["string", "null"], "format": "date" },
            "content": { "type": "object", "description": "By kind; see the manual." },
            "key": { "type": ["string", "null"], "pattern": "^[ -~]{1,128}$" },
        },
        "additionalProperties": false,
    })
}

fn logged() -> Value {
    let state = json!({ "const": "logged" });
    object([
        ("state", state),
        ("record", of("Hash")),
        ("position", of("Number")),
        ("origin", text()),
        ("inherited", boolean()),
    ])
}

fn queued() -> Value {
    object([("state", json!({ "const": "queued" })), ("submission", of("SubmissionId"))])
}

fn record() -> Value {
    object([
        ("state", json!({ "enum": ["logged", "inherited", "queued"] })),
        ("id", maybe(of("Hash"))),
        ("log", of("Party")),
        ("origin", text()),
        ("position", maybe(of("Number"))),
        ("signed_at", maybe(of("Time"))),
        ("record", json!({ "type": "object", "required": ["kind", "content"] })),
        ("receipt", maybe(of("Receipt"))),
        ("approval", maybe(json!({ "enum": Fate::ALL.map(Fate::name) }))),
        ("rehearsal", boolean()),
    ])
}

fn awaiting_list() -> Value {
    object([
        ("rehearsal", boolean()),
        ("awaiting", list(of("AwaitingView"))),
        ("more", of("Number")),
    ])
}

fn awaiting() -> Value {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    object([
        ("id", of("Hash")),
        ("position", of("Number")),
        ("origin", text()),
        ("inherited", boolean()),
        ("signed_at", of("Time")),
        ("role", json!({ "enum": roles })),
        ("key", json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" })),
        ("record", json!({ "type": "object", "required": ["kind", "content"] })),
        ("envelope", json!({ "type": "string", "contentEncoding": "base64" })),
    ])
}

fn receipt() -> Value {
    object([("time", of("Time")), ("size", of("Number")), ("proof", text())])
}

fn status() -> Value {
    object([
        ("party", of("Party")),
        ("rehearsal", boolean()),
        ("agreement", of("Hash")),
        ("clock", of("Time")),
        ("gate", json!({ "enum": ["open", "closed", "fork"] })),
        ("gate_reason", maybe(text())),
        ("clock_fault", maybe(text())),
        ("keys_away", maybe(text())),
        ("connected", boolean()),
        ("refusal", maybe(of("Refusal"))),
        ("logs", per_party(of("LogView"))),
        ("queued", of("Number")),
        ("first_week", of("Week")),
        ("week_due", per_party(of("Week"))),
        ("weeks", of("Number")),
        ("version", of("Version")),
        ("other_version", of("Version")),
        ("edge", of("Edge")),
        ("certificates", list(of("Ending"))),
        ("record_trust", per_party(maybe(of("Trust")))),
        ("enrolments", list(of("Enrolment"))),
        ("tally", json!({ "type": "object" })),
        ("breaks", list(of("Break"))),
    ])
}

fn log() -> Value {
    object([
        ("origin", text()),
        ("size", of("Number")),
        ("root", of("Hash")),
        ("cosigned", of("Number")),
        ("cosigned_at", maybe(of("Time"))),
        ("unreceipted", of("Number")),
        ("contested", of("Number")),
        ("ended", json!({ "type": "boolean" })),
    ])
}

fn broken() -> Value {
    let classes: Vec<&str> = BreakClass::ALL.iter().map(|class| class.name()).collect();
    object([
        ("id", of("Hash")),
        ("class", json!({ "enum": classes })),
        ("owner", json!({ "enum": ["GBR", "FRA", "both"] })),
        ("began", of("Time")),
        ("evidence", list(of("Hash"))),
    ])
}

fn progress() -> Value {
    object([
        ("own", of("Number")),
        ("mirror", of("Number")),
        ("passed", boolean()),
        ("commits", of("Number")),
    ])
}

/// RFC 9457, with what to do about it, and the place of a fault in the body.
fn problem() -> Value {
    let types: Vec<String> = ProblemType::ALL.iter().map(ToString::to_string).collect();
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "advice"],
        "properties": {
            "type": { "enum": types },
            "title": text(),
            "status": of("Number"),
            "detail": text(),
            "advice": text(),
            "line": of("Number"),
            "column": of("Number"),
        },
        "additionalProperties": false,
    })
}
