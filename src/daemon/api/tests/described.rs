//! The description says what the code does.

use serde_json::Value;

use super::{
    super::{ProblemType, openapi, openapi::OPERATIONS},
    fits::fits,
    side::{Side, request},
};
use crate::{daemon::metrics::OPENMETRICS, names::Party};

#[test]
fn the_description_in_docs_is_the_one_that_the_code_gives() {
    let written = include_str!("../../../../docs/openapi.json");
    let given = openapi();
    assert!(written == given, "docs/openapi.json should be:\n{given}");
}

#[test]
fn every_problem_type_has_a_slug_of_its_own_and_an_error_status() {
    let mut slugs = std::collections::BTreeSet::new();
    for problem in ProblemType::ALL {
        assert!(slugs.insert(problem.slug()), "{problem}");
        assert!((400..600).contains(&problem.status()), "{problem}");
        let written = serde_json::to_value(problem).unwrap();
        assert_eq!(written, format!("urn:entente:problem:{}", problem.slug()));
        assert_eq!(serde_json::from_value::<ProblemType>(written).unwrap(), *problem);
    }
    for bad in ["about:blank", "urn:entente:problem:", "malformed"] {
        assert!(serde_json::from_value::<ProblemType>(bad.into()).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn every_operation_that_is_described_is_there() {
    let side = Side::of(Party::Gbr).await;
    for operation in &OPERATIONS {
        let path = operation.path.replace("{week}", "2025-W32").replace("{id}", &"ab".repeat(32));
        let path = path.replace("{log}", "GBR").replace("{position}", "9");
        let path = path.replace("{ref}", "GB01-000001");
        let method = operation.method.to_uppercase();
        let sent = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let answer = side.raw(sent).await;
        assert_ne!(answer.status(), 405, "{method} {path}");
        if path == "/metrics" {
            // The one answer that is no JSON.
            assert_eq!(answer.header("content-type"), Some(OPENMETRICS));
            continue;
        }
        let slug = answer.json()["type"].as_str().unwrap_or_default().to_owned();
        assert!(!slug.ends_with("no-such-path"), "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_has_the_fields_that_are_described() {
    let side = Side::of(Party::Gbr).await;
    let description: Value = serde_json::from_str(&openapi()).unwrap();
    let all = &description["components"]["schemas"];
    let body = request("GB01-000001").to_string();
    let logged = side.post("/v1/records", &body).await.json();
    let id = logged["record"].as_str().unwrap();
    let record = format!("/v1/records/{id}");
    let erasure = serde_json::json!({
        "kind": "erasure", "re": [id], "content": { "basis": "withdrawn" },
    });
    assert_eq!(side.post("/v1/records", &erasure.to_string()).await.status(), 201);
    let check = |schema: &str, value: &Value| {
        assert_eq!(fits(&description, &all[schema], value), Ok(()), "{value:#}");
    };
    check("Logged", &logged);
    check("Submission", &request("GB01-000001"));
    for (schema, path) in [
        ("RecordView", record.as_str()),
        ("RecordView", "/v1/entries/GBR/0"),
        ("AwaitingList", "/v1/awaiting"),
        ("CaseView", "/v1/cases/GB01-000001"),
        ("CasesView", "/v1/cases"),
        ("StatusView", "/v1/status"),
        ("WeekView", "/v1/weeks/2025-W32"),
        ("Progress", "/v1/progress"),
        ("Problem", "/v1/nothing"),
    ] {
        check(schema, &side.get(path).await.json());
    }
    assert_eq!(side.get("/v1/awaiting").await.json()["awaiting"].as_array().unwrap().len(), 1);
    // A second request under the same reference is a break, and the reference means both.
    let second = request("GB01-000001").to_string().replace("2025-08-06", "2025-08-05");
    let second = side.post("/v1/records", &second).await.json();
    let both = side.get("/v1/cases/GB01-000001").await.json();
    check("CaseView", &both);
    assert_eq!((both["matches"].as_array().unwrap().len(), &both["story"]), (2, &Value::Null));
    let prefix = second["record"].as_str().unwrap()[..8].to_owned();
    let one = side.get(&format!("/v1/cases/{prefix}")).await.json();
    check("CaseView", &one);
    assert_eq!(one["story"]["breaks"][0]["class"], "duplicate", "{one:#}");
    assert!(fits(&description, &all["Logged"], &request("GB01-000001")).is_err());
    let closed = Side::closed().await;
    let queued = closed.post("/v1/records", &body).await;
    assert_eq!(queued.status(), 202);
    check("Queued", &queued.json());
}
