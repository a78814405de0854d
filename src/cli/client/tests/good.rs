//! What is taken in, and what comes out again.

use serde_json::json;

use super::{client, refused_as, submit};
use crate::{
    daemon::api::tests::side::{Side, request},
    daemon::{
        api::ProblemType,
        scribe::{RecordKey, Submitted},
    },
    names::{Party, Position},
};

fn logged(answer: Submitted) -> (crate::names::RecordId, Position) {
    match answer {
        Submitted::Logged { record, logged } => (record, logged.position),
        Submitted::Queued { .. } => panic!("queued"),
    }
}

#[tokio::test]
async fn a_submission_is_logged_and_can_be_asked_for() {
    let side = Side::of(Party::Gbr).await;
    let (record, position) = logged(submit(&side, &request("GB01-000001")).await.unwrap());
    assert_eq!(position, Position(1));
    let shown = client(&side).record(RecordKey::Id(record)).await.unwrap();
    assert_eq!((shown.state.as_str(), shown.id, shown.log), ("logged", Some(record), Party::Gbr));
    assert_eq!(shown.position, Some(position));
    assert_eq!(shown.record["content"]["scope"], "protection-claim");
    assert_eq!(shown.record["content"]["commitments"].as_array().unwrap().len(), 10);
    assert_eq!(shown.receipt, None);
    assert!(shown.rehearsal);
}

#[tokio::test]
async fn the_answer_says_where_the_record_is() {
    let side = Side::of(Party::Gbr).await;
    let body = request("GB01-000001").to_string();
    let head = format!("POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: {}", body.len());
    let answer = side.raw(format!("{head}\r\n\r\n{body}")).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json()["state"], "logged");
    let place = format!("/v1/records/{}", answer.json()["record"].as_str().unwrap());
    assert_eq!(answer.header("location"), Some(place.as_str()));
}

#[tokio::test]
async fn the_decoys_of_two_requests_differ() {
    let side = Side::of(Party::Gbr).await;
    let mut seen = std::collections::BTreeSet::new();
    for case in ["GB01-000001", "GB01-000002"] {
        let (record, _) = logged(submit(&side, &request(case)).await.unwrap());
        let shown = client(&side).record(RecordKey::Id(record)).await.unwrap();
        for decoy in shown.record["content"]["commitments"].as_array().unwrap() {
            seen.insert(decoy.as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen.len(), 20);
}

#[tokio::test]
async fn a_repetition_gets_the_same_answer_and_logs_nothing() {
    let side = Side::of(Party::Gbr).await;
    let body = request("GB01-000001").to_string();
    for key in [None, Some("case system 7/1")] {
        let first = client(&side).submit(body.as_bytes(), key).await.unwrap();
        let size = side.size().await;
        for _ in 0..3 {
            assert_eq!(client(&side).submit(body.as_bytes(), key).await.unwrap(), first);
        }
        assert_eq!(side.size().await, size);
    }
}

#[tokio::test]
async fn a_key_may_stand_in_the_body_instead() {
    let side = Side::of(Party::Gbr).await;
    let mut body = request("GB01-000001");
    let first = client(&side).submit(body.to_string().as_bytes(), Some("k1")).await.unwrap();
    body["key"] = json!("k1");
    assert_eq!(submit(&side, &body).await.unwrap(), first);
}

#[tokio::test]
async fn a_side_that_may_not_sign_queues_and_says_so() {
    let side = Side::closed().await;
    let answer = submit(&side, &request("GB01-000001")).await.unwrap();
    let Submitted::Queued { submission } = answer else { panic!("{answer:?}") };
    assert_eq!(submit(&side, &request("GB01-000001")).await.unwrap(), answer);
    let shown = client(&side).record(RecordKey::Submission(submission)).await.unwrap();
    assert_eq!((shown.state.as_str(), shown.id, shown.position), ("queued", None, None));
    let status = client(&side).status().await.unwrap();
    assert_eq!((status.queued, status.gate.as_str()), (1, "closed"));
    assert!(status.gate_reason.is_some());
    assert!(!client(&side).progress(None, 0).await.unwrap().passed);
    refused_as(client(&side).close_week(status.week_due.gbr).await, ProblemType::NotPassed);
}

#[tokio::test]
async fn many_clients_at_once_lose_nothing() {
    let side = Side::of(Party::Gbr).await;
    let mut clients = tokio::task::JoinSet::new();
    for case in 0..300 {
        let client = client(&side);
        let body = request(&format!("GB01-{case:06}")).to_string();
        clients.spawn(async move { client.submit(body.as_bytes(), None).await.unwrap() });
    }
    let answers = clients.join_all().await;
    let positions: std::collections::BTreeSet<_> =
        answers.into_iter().map(|answer| logged(answer).1).collect();
    assert_eq!(positions.len(), 300);
    assert_eq!(side.size().await, 301);
}

#[tokio::test]
async fn one_connection_answers_several_requests() {
    let side = Side::of(Party::Gbr).await;
    let one = "GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = side.raw(one.repeat(3)).await;
    assert_eq!(answer.0.matches("HTTP/1.1 200 OK").count(), 3);
}
