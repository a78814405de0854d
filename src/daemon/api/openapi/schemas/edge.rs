//! The edge towards the counterpart.

use serde_json::{Value, json};

use super::{boolean, maybe, object, of, text};
use crate::daemon::scribe::Belief;
use crate::envelope::Role;
use crate::trust::{EndingUse, Stage};

/// Every schema by its name.
pub(super) fn all() -> [(&'static str, Value); 12] {
    [
        ("Edge", edge()),
        ("Session", session()),
        ("Connection", connection()),
        ("Certificate", certificate()),
        ("Ending", ending()),
        ("Enrolment", enrolment()),
        ("ConnectionCounts", counts()),
        ("Sandbox", sandbox()),
        ("Reload", reload()),
        ("Trust", trust()),
        ("PinnedAuthority", authority()),
        ("RevocationList", revocation_list()),
    ]
}

fn edge() -> Value {
    object([
        ("session", maybe(of("Session"))),
        ("connections", of("ConnectionCounts")),
        ("sandbox", maybe(of("Sandbox"))),
        ("reload", maybe(of("Reload"))),
        ("trust", maybe(of("Trust"))),
    ])
}

/// What the counterpart's certificates are judged by.
fn trust() -> Value {
    object([
        ("revocation", text()),
        ("authorities", super::list(of("PinnedAuthority"))),
        ("lists", super::list(of("RevocationList"))),
    ])
}

fn authority() -> Value {
    object([
        ("name", text()),
        ("key", of("Hash")),
        ("not_before", of("Time")),
        ("not_after", of("Time")),
        ("state", json!({ "enum": ["valid", "expired", "not-yet-valid"] })),
        ("lacks_list", json!({ "type": "boolean" })),
    ])
}

fn revocation_list() -> Value {
    object([
        ("issuer", text()),
        ("key", of("Hash")),
        ("number", json!({ "type": "string", "pattern": "^[0-9]{1,49}$" })),
        ("this_update", of("Time")),
        ("next_update", of("Time")),
        ("revoked", of("Number")),
        ("used_until", of("Time")),
        ("state", json!({ "enum": ["fresh", "running-on", "stale", "from-future"] })),
    ])
}

fn session() -> Value {
    object([
        ("dialler", of("Party")),
        ("since", of("Time")),
        ("connection", maybe(of("Connection"))),
    ])
}

fn connection() -> Value {
    object([
        ("address", text()),
        ("protocol", text()),
        ("suite", text()),
        ("group", text()),
        ("certificate", maybe(of("Certificate"))),
    ])
}

fn certificate() -> Value {
    let serial = json!({ "type": "string", "pattern": "^[0-9a-f]+$" });
    object([("subject", text()), ("serial", serial), ("not_after", of("Time"))])
}

/// A certificate or revocation list that is in use, and how near its end is.
fn ending() -> Value {
    let uses = EndingUse::ALL.map(EndingUse::name);
    object([
        ("party", of("Party")),
        ("purpose", json!({ "enum": uses })),
        ("fingerprint", of("Hash")),
        ("not_after", of("Time")),
        ("days_left", json!({ "type": "integer" })),
        ("stage", json!({ "enum": Stage::ALL })),
    ])
}

/// A record key that may sign or waits for it, and whether its certificate is believed.
fn enrolment() -> Value {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    object([
        ("party", of("Party")),
        ("position", of("Number")),
        ("role", json!({ "enum": roles })),
        ("key", json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" })),
        ("certificate", of("Hash")),
        ("approved", boolean()),
        ("state", json!({ "enum": Belief::ALL })),
        ("reason", maybe(text())),
    ])
}

/// Connections that came in since the daemon started.
fn counts() -> Value {
    object([
        ("accepted", of("Number")),
        ("greeted", of("Number")),
        ("waiting", of("Number")),
        ("not_allowed", of("Number")),
        ("crowded", of("Number")),
        ("slow", of("Number")),
        ("not_tls", of("Number")),
        ("stranger", of("Number")),
        ("gone", of("Number")),
    ])
}

fn sandbox() -> Value {
    object([
        ("mode", json!({ "enum": ["require", "best-effort", "off"] })),
        ("enforced", json!({ "enum": ["fully", "partly", "not"] })),
        ("core_dumps_off", boolean()),
    ])
}

fn reload() -> Value {
    object([
        ("at", of("Time")),
        ("outcome", json!({ "enum": ["taken", "refused"] })),
        ("fault", maybe(text())),
    ])
}
