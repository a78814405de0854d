//! What can stand in paths, queries and headers.

use serde_json::{Map, Value, json};

use crate::{ledger::StateName, limits::API_WAIT_SECONDS_MAX};

/// Every parameter by its name.
pub(super) fn all() -> Map<String, Value> {
    let parts = [of_records_and_weeks(), of_cases()];
    parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect()
}

fn of_records_and_weeks() -> Value {
    json!({
        "Idempotency-Key": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Under it a repetition is known again. Without it, and without `key` \
                            in the body, the content itself is the key.",
            "schema": { "type": "string", "pattern": "^[ -~]{1,128}$" },
        },
        "id": {
            "name": "id", "in": "path", "required": true,
            "description": "A record id (64 digits) or a submission id (32 digits).",
            "schema": { "type": "string", "pattern": "^([0-9a-f]{64}|[0-9a-f]{32})$" },
        },
        "log": {
            "name": "log", "in": "path", "required": true,
            "description": "Whose log.",
            "schema": { "$ref": "#/components/schemas/Party" },
        },
        "position": {
            "name": "position", "in": "path", "required": true,
            "description": "Where in it, from 0.",
            "schema": { "$ref": "#/components/schemas/Number" },
        },
        "week": {
            "name": "week", "in": "path", "required": true,
            "description": "An ISO 8601 week, as in 2025-W45.",
            "schema": { "$ref": "#/components/schemas/Week" },
        },
        "wait": {
            "name": "wait", "in": "query", "required": false,
            "description": "How many seconds to wait for a change; without it, none.",
            "schema": { "type": "integer", "minimum": 0, "maximum": API_WAIT_SECONDS_MAX },
        },
        "after": {
            "name": "after", "in": "query", "required": false,
            "description": "The number of commits that the client knows of.",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}

fn of_cases() -> Value {
    json!({
        "ref": {
            "name": "ref", "in": "path", "required": true,
            "description": "A reference that one of its records carries, or the first 8 or more \
                            digits of the id of any of them.",
            "schema": {
                "type": "string",
                "pattern": "^([0-9a-f]{8,64}|(GB|FR)[0-9]{2}P?-[0-9A-Z]{1,20})$",
            },
        },
        "state": {
            "name": "state", "in": "query", "required": false,
            "description": "Cases in this state.",
            "schema": { "enum": StateName::of_cases().collect::<Vec<_>>() },
        },
        "within": {
            "name": "within", "in": "query", "required": false,
            "description": "Cases with a limit that ends within so many days, or was missed and \
                            is still waited for.",
            "schema": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
        },
        "acts": {
            "name": "acts", "in": "query", "required": false,
            "description": "Cases in which this side has to act, alone or with the other.",
            "schema": { "$ref": "#/components/schemas/Party" },
        },
        "leg": {
            "name": "leg", "in": "query", "required": false,
            "description": "Cases of one leg.",
            "schema": { "$ref": "#/components/schemas/Leg" },
        },
        "from": {
            "name": "from", "in": "query", "required": false,
            "description": "The position in the British log from which on to look; `next` of the \
                            answer before.",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}
