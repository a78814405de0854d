//! Submissions that are refused: each with its own answer, and none of them leaves a trace.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use super::{client, refused, refused_as, submit};
use crate::{
    daemon::api::{
        Place, Problem, ProblemType,
        tests::side::{Side, request},
    },
    daemon::scribe::Submitted,
    limits::SUBMISSION_BYTES_MAX,
    names::Party,
};

/// Submits each to one side; afterwards the log is as long as before, and takes the next one.
async fn check(party: Party, cases: &[(String, ProblemType, &str)]) {
    let side = Side::of(party).await;
    for (body, want, words) in cases {
        let problem = refused(client(&side).submit(body.as_bytes(), None).await);
        assert_eq!(problem.problem, *want, "{body}: {problem:?}");
        assert!(problem.detail.contains(words), "{body}: {}", problem.detail);
        assert_eq!(problem.status, want.status());
    }
    let status = client(&side).status().await.unwrap();
    assert_eq!((status.logs.of(party).size.0, status.queued), (1, 0));
    if party == Party::Gbr {
        assert!(submit(&side, &request("GB01-000009")).await.is_ok());
        assert_eq!(side.size().await, 2);
    }
}

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut body = request("GB01-000001");
    change(&mut body);
    body.to_string()
}

/// A record that no log holds.
fn nowhere() -> String {
    "ab".repeat(32)
}

#[tokio::test]
async fn what_is_no_submission_is_refused_with_its_reason() {
    use ProblemType::{Commitment, DaemonsOwn, Form, Malformed, UnknownReference, WrongSide};
    let arrival = json!({ "kind": "arrival", "re": [nowhere()], "at": "2025-08-08",
        "content": { "outcome": "arrived", "place": "FRCDG", "persons": 1 } });
    let departure = json!({ "kind": "departure", "re": [nowhere()], "at": "2025-08-08",
        "content": { "place": "GBLHR", "persons": 1 } });
    let mut committing = departure.clone();
    committing["content"]["commitments"] = json!([nowhere()]);
    let close = json!({ "kind": "week-close", "content": { "week": "2025-W32" } });
    let whole = request("GB01-000001").to_string();
    check(
        Party::Gbr,
        &[
            (String::new(), Malformed, "line 1, column 0"),
            ("{".to_owned(), Malformed, "line 1, column 1"),
            ("[]".to_owned(), Malformed, "a submission"),
            ("\u{fffd}".to_owned(), Malformed, "line 1"),
            (whole.replace(':', " "), Malformed, "expected `:`"),
            (format!("{whole} {whole}"), Malformed, "trailing"),
            (with(|body| body["colour"] = json!(1)), Malformed, "colour"),
            (with(|body| body["content"]["name"] = json!("x")), Malformed, "name"),
            (with(|body| body["content"]["minors"] = json!(-1)), Malformed, "-1"),
            (with(|body| body["content"]["minors"] = json!(1.5)), Malformed, "1.5"),
            (with(|body| body["content"]["scope"] = json!("other")), Malformed, "known are"),
            (with(|body| body["kind"] = json!("letter")), Malformed, "known are"),
            (with(|body| body["case"] = json!("GB01 1")), Malformed, "not a case reference"),
            (with(|body| body["case"] = json!("FR01-000001")), Form, "letters"),
            (with(|body| body["case"] = Value::Null), Form, "needs `case`"),
            (with(|body| body["re"] = json!([nowhere()])), Form, "refers to"),
            (arrival.to_string(), WrongSide, "written by FRA"),
            (close.to_string(), DaemonsOwn, "not submitted"),
            (committing.to_string(), Commitment, "commitment"),
            (departure.to_string(), UnknownReference, &nowhere()),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_french_record_with_a_commitment_is_refused_before_anything_else_of_it_is_read() {
    let answer = json!({ "kind": "answer", "re": [nowhere()],
        "content": { "outcome": "accepted", "commitments": [nowhere()] } });
    let mut odd = answer.clone();
    odd["content"]["outcome"] = json!("perhaps");
    odd["content"]["commitments"] = json!("Jane Roe");
    check(
        Party::Fra,
        &[
            (answer.to_string(), ProblemType::Commitment, "Art. 16(1)"),
            (odd.to_string(), ProblemType::Commitment, "Art. 16(1)"),
            (request("GB01-000001").to_string(), ProblemType::WrongSide, "written by GBR"),
        ],
    )
    .await;
}

#[tokio::test]
async fn malformed_json_is_refused_with_line_and_column() {
    let side = Side::of(Party::Gbr).await;
    let body = b"{\n  \"kind\": \"readmission-request\",\n  \"case\" \"GB01-000001\"\n}";
    let problem = refused(client(&side).submit(body, None).await);
    assert_eq!(problem.problem, ProblemType::Malformed);
    assert_eq!(problem.place, Some(Place { line: 3, column: 10 }));
}

#[tokio::test]
async fn what_was_sent_is_not_shown_again_in_full() {
    let side = Side::of(Party::Gbr).await;
    let body = with(|body| body["content"]["x".repeat(5000)] = json!(1));
    let problem = refused(client(&side).submit(body.as_bytes(), None).await);
    assert!(problem.detail.len() < 500, "{}", problem.detail.len());
}

#[tokio::test]
async fn a_key_that_stands_for_another_submission_is_refused() {
    let side = Side::of(Party::Gbr).await;
    let (one, other) = (request("GB01-000001").to_string(), request("GB01-000002").to_string());
    let first = client(&side).submit(one.as_bytes(), Some("k1")).await.unwrap();
    let again = client(&side).submit(other.as_bytes(), Some("k1")).await;
    assert_eq!(refused(again).status, 409);
    assert_eq!(client(&side).submit(one.as_bytes(), Some("k1")).await.unwrap(), first);
    let second = client(&side).submit(other.as_bytes(), Some("k2")).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(side.size().await, 3);
}

#[tokio::test]
async fn a_queued_submission_holds_its_key_too() {
    let side = Side::closed().await;
    let (one, other) = (request("GB01-000001").to_string(), request("GB01-000002").to_string());
    client(&side).submit(one.as_bytes(), Some("k1")).await.unwrap();
    let again = client(&side).submit(other.as_bytes(), Some("k1")).await;
    refused_as(again, ProblemType::KeyReused);
    assert_eq!(client(&side).status().await.unwrap().queued, 1);
}

#[tokio::test]
async fn unusable_keys_are_refused() {
    let side = Side::of(Party::Gbr).await;
    let body = request("GB01-000001").to_string();
    let long = "k".repeat(129);
    for key in ["", long.as_str()] {
        let answer = client(&side).submit(body.as_bytes(), Some(key)).await;
        refused_as(answer, ProblemType::BadKey);
    }
    let mut keyed = request("GB01-000001");
    keyed["key"] = json!("k1");
    let answer = client(&side).submit(keyed.to_string().as_bytes(), Some("k2")).await;
    refused_as(answer, ProblemType::BadKey);
    for keys in ["Idempotency-Key: a\r\nIdempotency-Key: a", "Idempotency-Key: \u{e9}"] {
        let head = format!("POST /v1/records HTTP/1.1\r\nHost: x\r\n{keys}");
        let sent = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(side.raw(sent).await.problem().problem, ProblemType::BadKey, "{keys}");
    }
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_however_it_is_announced() {
    let side = Side::of(Party::Gbr).await;
    // One byte too long, far too long, and longer than anyone reads.
    for len in [SUBMISSION_BYTES_MAX + 1, 2 * 1024 * 1024, 5 * 1024 * 1024] {
        let body = " ".repeat(len);
        let head = format!("POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: {len}");
        let answer = side.raw(format!("{head}\r\n\r\n{body}")).await;
        assert_eq!(answer.problem().problem, ProblemType::TooLong, "{len}");
    }
    let answer = client(&side).submit(&vec![b' '; 2 * 1024 * 1024], None).await;
    refused_as(answer, ProblemType::TooLong);
    // A client that must send all before it listens is told as well.
    let head = "POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n";
    let mut stream = UnixStream::connect(&side.socket).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; 2 * 1024 * 1024]).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let head = "POST /v1/records HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("8000\r\n{}\r\n", " ".repeat(0x8000));
    let answer = side.raw(format!("{head}{}0\r\n\r\n", chunk.repeat(3))).await;
    assert_eq!(answer.problem().problem, ProblemType::TooLong);
    // The longest that may be sent is read.
    let mut body = request("GB01-000001").to_string();
    body.push_str(&" ".repeat(SUBMISSION_BYTES_MAX - body.len()));
    client(&side).submit(body.as_bytes(), None).await.unwrap();
}

#[tokio::test]
async fn a_full_store_takes_nothing_in_and_takes_it_in_once_there_is_room() {
    let side = Side::of(Party::Gbr).await;
    submit(&side, &request("GB01-000001")).await.unwrap();
    side.room.set(Some(0));
    for _ in 0..3 {
        let problem: Problem = refused(submit(&side, &request("GB01-000002")).await);
        assert_eq!((problem.problem, problem.status), (ProblemType::StoreFull, 507));
    }
    // It still says how it stands, and still knows what it has taken in.
    assert_eq!(side.size().await, 2);
    submit(&side, &request("GB01-000001")).await.unwrap();
    side.room.set(None);
    let answer = submit(&side, &request("GB01-000002")).await.unwrap();
    assert!(matches!(answer, Submitted::Logged { ref logged, .. } if logged.position.0 == 2));
    assert_eq!(side.size().await, 3);
}
