//! The API's description for other programs: OpenAPI 3.1, written from the same tables that the
//! code uses. `docs/openapi.json` holds it, and a test compares the two.

mod parameters;
pub(crate) mod schemas;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::problem::{PROBLEM_JSON, ProblemType};
use crate::{daemon::metrics::OPENMETRICS, envelope::RECORD_TYPE, limits::API_RETRY_SECONDS};

/// One path and method.
pub(super) struct Operation {
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    /// What it is called, for generated clients.
    id: &'static str,
    summary: &'static str,
    /// Names from the list of parameters.
    parameters: &'static [&'static str],
    /// Schema of the body, if it has one.
    body: Option<&'static str>,
    /// Status, what it means, and the schema of the answer.
    answers: &'static [(u16, &'static str, &'static str)],
    /// What this operation can be refused for, beyond what every one can.
    problems: &'static [ProblemType],
}

/// What every operation can be refused for.
const ALWAYS: [ProblemType; 3] =
    [ProblemType::AnotherUser, ProblemType::Stopped, ProblemType::Internal];

/// Every operation.
pub(super) const OPERATIONS: [Operation; 13] = [
    Operation {
        path: "/v1/records",
        method: "post",
        id: "submit",
        summary: "Hands in one record, to be signed and logged. The same submission again changes \
                  nothing and gets the same answer.",
        parameters: &["Idempotency-Key"],
        body: Some("Submission"),
        answers: &[
            (201, "Signed, logged and durable.", "Logged"),
            (202, "Durable; signed as soon as this side may sign.", "Queued"),
        ],
        problems: &[
            ProblemType::Malformed,
            ProblemType::IncompleteBody,
            ProblemType::SlowBody,
            ProblemType::TooLong,
            ProblemType::BadKey,
            ProblemType::WrongSide,
            ProblemType::DaemonsOwn,
            ProblemType::Commitment,
            ProblemType::Form,
            ProblemType::UnknownReference,
            ProblemType::HeadStart,
            ProblemType::OutsideAgreement,
            ProblemType::LogEnded,
            ProblemType::KeyReused,
            ProblemType::StoreFull,
            ProblemType::NoKey,
        ],
    },
    Operation {
        path: "/v1/records/{id}",
        method: "get",
        id: "record",
        summary: "One record of either log, with its receipt if it has one.",
        parameters: &["id"],
        body: None,
        answers: &[(200, "The record.", "RecordView")],
        problems: &[ProblemType::BadId, ProblemType::NoSuchRecord],
    },
    Operation {
        path: "/v1/entries/{log}/{position}",
        method: "get",
        id: "entry",
        summary: "The record at a place of either log, with its receipt if it has one.",
        parameters: &["log", "position"],
        body: None,
        answers: &[(200, "The record.", "RecordView")],
        problems: &[ProblemType::BadPlace, ProblemType::NoSuchRecord],
    },
    Operation {
        path: "/v1/envelopes",
        method: "post",
        id: "handInEnvelope",
        summary: "Hands in what an officer of this side has signed: an approval or a log-end, as a \
                  finished COSE_Sign1. The same envelope again changes nothing and gets the same \
                  answer.",
        parameters: &[],
        body: Some("Envelope"),
        answers: &[(201, "Logged and durable.", "Logged")],
        problems: &[
            ProblemType::IncompleteBody,
            ProblemType::SlowBody,
            ProblemType::TooLong,
            ProblemType::BadEnvelope,
            ProblemType::NotOfficers,
            ProblemType::NotTimely,
            ProblemType::UnknownReference,
            ProblemType::NotAwaiting,
            ProblemType::LogEnded,
            ProblemType::NotPassed,
            ProblemType::KeysAway,
            ProblemType::StoreFull,
            ProblemType::Form,
        ],
    },
    Operation {
        path: "/v1/awaiting",
        method: "get",
        id: "awaiting",
        summary: "The records of this side that wait for its second signer, oldest first.",
        parameters: &[],
        body: None,
        answers: &[(200, "What waits.", "AwaitingList")],
        problems: &[],
    },
    Operation {
        path: "/v1/cases",
        method: "get",
        id: "cases",
        summary: "The return and admission cases that fit all that is given, in the order of the \
                  British log; with `next`, ask again from there.",
        parameters: &["state", "within", "acts", "leg", "from"],
        body: None,
        answers: &[(200, "The cases.", "CasesView")],
        problems: &[ProblemType::BadQuery],
    },
    Operation {
        path: "/v1/cases/{ref}",
        method: "get",
        id: "case",
        summary: "The story of a case, transport, journey or window: its records from both sides, \
                  limits, what counts and why, who has to act, open breaks. What a reference may \
                  mean besides is listed, and then no story is told.",
        parameters: &["ref"],
        body: None,
        answers: &[(200, "The story, or what may be meant.", "CaseView")],
        problems: &[ProblemType::BadReference, ProblemType::NoSuchCase],
    },
    Operation {
        path: "/v1/status",
        method: "get",
        id: "status",
        summary: "How this side stands: logs, receipts, gate, clock, tally and open breaks.",
        parameters: &[],
        body: None,
        answers: &[(200, "The status.", "StatusView")],
        problems: &[],
    },
    Operation {
        path: "/metrics",
        method: "get",
        id: "metrics",
        summary: "The figures of the status for a monitoring system, in the OpenMetrics text \
                  format: ends of certificates, session, gate, logs, queue, breaks.",
        parameters: &[],
        body: None,
        answers: &[(200, "The metrics.", "Metrics")],
        problems: &[],
    },
    Operation {
        path: "/v1/progress",
        method: "get",
        id: "progress",
        summary: "What changes. Read it, then look at what you wait for, then ask for more than \
                  the commits that you read: no change is missed.",
        parameters: &["after", "wait"],
        body: None,
        answers: &[(200, "The progress.", "Progress")],
        problems: &[ProblemType::BadQuery],
    },
    Operation {
        path: "/v1/weeks/{week}",
        method: "get",
        id: "week",
        summary: "How a week stands: at once, or as soon as that changes.",
        parameters: &["week", "wait"],
        body: None,
        answers: &[(200, "The week.", "WeekView")],
        problems: &[ProblemType::BadWeek, ProblemType::BadQuery],
    },
    Operation {
        path: "/v1/weeks/{week}/close",
        method: "post",
        id: "closeWeek",
        summary: "Logs this side's close of a week, once.",
        parameters: &["week"],
        body: None,
        answers: &[(200, "The week, closed by this side.", "WeekView")],
        problems: &[
            ProblemType::BadWeek,
            ProblemType::WeekOutOfTurn,
            ProblemType::WeekNotEnded,
            ProblemType::NotPassed,
            ProblemType::KeysAway,
            ProblemType::Clock,
            ProblemType::StoreFull,
            ProblemType::Form,
            ProblemType::NoKey,
        ],
    },
    Operation {
        path: "/v1/weeks/{week}/statement",
        method: "post",
        id: "stateWeek",
        summary: "Logs this side's statement of a week, once, if the week has a cut-off; \
                  otherwise the answer says what is missing. Without a body nothing stands \
                  beside it.",
        parameters: &["week"],
        body: Some("Beside"),
        answers: &[(200, "The week; `stated` says whether it is stated.", "WeekView")],
        problems: &[
            ProblemType::BadWeek,
            ProblemType::Malformed,
            ProblemType::IncompleteBody,
            ProblemType::SlowBody,
            ProblemType::TooLong,
            ProblemType::AlreadyStated,
            ProblemType::NotPassed,
            ProblemType::KeysAway,
            ProblemType::StoreFull,
            ProblemType::Form,
            ProblemType::NoKey,
        ],
    },
];

/// The whole description, as indented JSON with a line end.
#[must_use]
pub fn openapi() -> String {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in &OPERATIONS {
        let path = paths.entry(operation.path).or_default();
        path.insert(operation.method.to_owned(), operation.describe());
    }
    let description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entente, local API",
            "version": "1",
            "description": "HTTP/1 over a Unix socket, for processes of the daemon's own user. \
                            Refusals are RFC 9457 problems of stable types, in any operation also \
                            404 no-such-path and 405 wrong-method.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "parameters": parameters::all(),
        },
    });
    format!("{description:#}\n")
}

impl Operation {
    fn describe(&self) -> Value {
        let parameters: Vec<Value> = self
            .parameters
            .iter()
            .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
            .collect();
        let mut described = json!({
            "operationId": self.id,
            "summary": self.summary,
            "parameters": parameters,
            "responses": self.responses(),
        });
        if let (Some(body), Value::Object(fields)) = (self.body, &mut described) {
            let media = if body == "Envelope" { RECORD_TYPE } else { "application/json" };
            // What stands beside a body may be left out.
            let required = body != "Beside";
            let body = json!({ "required": required, "content": content(media, body) });
            fields.insert("requestBody".to_owned(), body);
        }
        described
    }

    fn responses(&self) -> Map<String, Value> {
        let mut responses = Map::new();
        for (status, meaning, schema) in self.answers {
            let media = if *schema == "Metrics" { OPENMETRICS } else { "application/json" };
            let answer = json!({ "description": meaning, "content": content(media, schema) });
            responses.insert(status.to_string(), answer);
        }
        let mut refusals: BTreeMap<u16, Vec<String>> = BTreeMap::new();
        for problem in self.problems.iter().chain(&ALWAYS) {
            let line = format!("`{}`: {}.", problem.slug(), problem.title());
            refusals.entry(problem.status()).or_default().push(line);
        }
        for (status, lines) in refusals {
            let description = lines.join(" ");
            let mut refusal =
                json!({ "description": description, "content": content(PROBLEM_JSON, "Problem") });
            if let (503, Value::Object(fields)) = (status, &mut refusal) {
                let header = json!({ "Retry-After": {
                    "description": "Seconds after which to ask again.",
                    "schema": { "type": "integer", "const": API_RETRY_SECONDS },
                } });
                fields.insert("headers".to_owned(), header);
            }
            responses.insert(status.to_string(), refusal);
        }
        responses
    }
}

fn content(media: &str, schema: &str) -> Value {
    json!({ media: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}
