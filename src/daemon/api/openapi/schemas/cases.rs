//! Cases and their stories.

use serde_json::{Value, json};

use super::{boolean, list, maybe, object, of, per_party, text};
use crate::{
    ledger::{Deed, JourneyState, Leg, Limit, Mark, StateName, TransportState, What},
    record::{AgeBucket, BreakClass, Kind, WindowState},
};

/// Every schema by its name.
pub(super) fn all() -> [(&'static str, Value); 12] {
    [
        ("CaseView", case()),
        ("CasesView", cases()),
        ("CaseLine", line()),
        ("Glance", glance()),
        ("Story", story()),
        ("Event", event()),
        ("Deadline", deadline()),
        ("Counted", counted()),
        ("Step", object([("party", of("Party")), ("deed", names(Deed::ALL, Deed::name))])),
        ("OpenBreak", open_break()),
        ("Owner", json!({ "enum": ["GBR", "FRA", "both"] })),
        ("Leg", names(Leg::ALL, Leg::name)),
    ]
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Value {
    json!({ "enum": all.iter().map(|one| name(*one)).collect::<Vec<_>>() })
}

fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

fn case() -> Value {
    object([
        ("party", of("Party")),
        ("rehearsal", boolean()),
        ("matches", list(of("Glance"))),
        ("story", maybe(of("Story"))),
    ])
}

fn cases() -> Value {
    object([
        ("party", of("Party")),
        ("rehearsal", boolean()),
        ("as_of", of("Time")),
        ("cases", list(of("CaseLine"))),
        ("next", maybe(of("Number"))),
    ])
}

fn line() -> Value {
    object([
        ("glance", of("Glance")),
        ("leg", of("Leg")),
        ("position", of("Number")),
        ("deadline", maybe(of("Deadline"))),
        ("acts", maybe(of("Owner"))),
        ("transport_counts", transport_counts()),
        ("breaks", of("Number")),
    ])
}

/// Persons of one transport or journey count together, so that this is no number of the case.
fn transport_counts() -> Value {
    json!({
        "type": "integer",
        "minimum": 0,
        "description": "Persons who count by the transport or journey of the case, together with \
                        those of its other cases: the same number in each of them, so no sum.",
    })
}

fn glance() -> Value {
    let transports = TransportState::ALL.iter().map(|state| state.name());
    let journeys = JourneyState::ALL.iter().map(|state| state.name());
    let windows = WindowState::ALL.iter().map(|state| state.name());
    let mut states: Vec<&str> =
        StateName::of_cases().chain(transports).chain(journeys).chain(windows).collect();
    states.sort_unstable();
    states.dedup();
    object([
        ("subject", object([("what", names(What::ALL, What::name)), ("record", of("Hash"))])),
        ("reference", maybe(text())),
        ("persons", of("Number")),
        ("about", text()),
        ("state", json!({ "enum": states })),
    ])
}

fn story() -> Value {
    object([
        ("glance", of("Glance")),
        ("since", maybe(object([("record", of("Hash")), ("day", day())]))),
        ("as_of", of("Time")),
        ("related", list(of("Glance"))),
        ("counted", maybe(of("Counted"))),
        ("acts", maybe(of("Owner"))),
        ("steps", list(of("Step"))),
        ("deadlines", list(of("Deadline"))),
        ("breaks", list(of("OpenBreak"))),
        ("earlier", of("Number")),
        ("timeline", list(of("Event"))),
    ])
}

fn event() -> Value {
    object([
        ("record", of("Hash")),
        ("log", of("Party")),
        ("position", of("Number")),
        ("kind", names(Kind::ALL, Kind::name)),
        ("signed", of("Time")),
        ("received", maybe(of("Time"))),
        ("says", text()),
        ("marks", list(names(Mark::ALL, Mark::name))),
    ])
}

/// How a limit stands is told by `is`: met or missed on a day, running with days left, or moot.
fn deadline() -> Value {
    let standing = json!({
        "type": "object",
        "required": ["is"],
        "properties": {
            "is": { "enum": ["met", "missed", "running", "moot"] },
            "on": maybe(day()),
            "left": { "type": "integer", "minimum": 0, "description": "Days; without a meaning \
                      while `last` is null, because the beginning is in transit." },
        },
        "additionalProperties": false,
    });
    object([
        ("limit", names(Limit::ALL, Limit::name)),
        ("last", maybe(day())),
        ("owner", of("Party")),
        ("standing", standing),
    ])
}

fn counted() -> Value {
    object([
        ("persons", of("Number")),
        ("by", maybe(text())),
        ("week", maybe(of("Week"))),
        ("claimed", per_party(maybe(of("Number")))),
        ("why", list(json!({ "type": "object", "required": ["reason"] }))),
    ])
}

fn open_break() -> Value {
    object([
        ("id", of("Hash")),
        ("class", names(BreakClass::ALL, BreakClass::name)),
        ("owner", of("Owner")),
        ("began", of("Time")),
        ("evidence", list(of("Hash"))),
        ("age", names(AgeBucket::ALL, AgeBucket::name)),
        ("advice", text()),
    ])
}
