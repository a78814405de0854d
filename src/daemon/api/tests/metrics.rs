//! What a monitoring system reads.

use super::side::Side;
use crate::{daemon::metrics::OPENMETRICS, names::Party};

/// The value of the one line that begins so.
fn value(text: &str, begins: &str) -> i64 {
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(begins)).collect();
    let [line] = lines[..] else { panic!("{begins}: {lines:?} in:\n{text}") };
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn the_metrics_are_open_metrics_and_say_what_the_status_says() {
    let side = Side::of(Party::Gbr).await;
    let answer = side.get("/metrics").await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some(OPENMETRICS)));
    let text = answer.0.split_once("\r\n\r\n").unwrap().1;
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(text.contains("# UNIT entente_certificate_expiry_seconds seconds\n"), "{text}");
    assert_eq!(value(text, "entente_session_up "), 0);
    assert_eq!(value(text, "entente_gate_open "), 1);
    assert_eq!(value(text, "entente_open_breaks "), 0);
    assert_eq!(value(text, "entente_log_entries{log=\"GBR\"} "), 1);
    assert_eq!(value(text, "entente_log_entries{log=\"FRA\"} "), 0);
}

#[tokio::test]
async fn every_certificate_is_there_with_the_time_that_is_left() {
    let side = Side::of(Party::Gbr).await;
    let status = side.get("/v1/status").await.json();
    let all = status["certificates"].as_array().unwrap();
    assert_eq!(all.len(), 7, "the record keys of both sides: {all:#?}");
    let answer = side.get("/metrics").await;
    for one in all {
        let line = format!(
            "entente_certificate_expiry_seconds{{party=\"{}\",purpose=\"{}\",fingerprint=\"{}\"}} ",
            one["party"].as_str().unwrap(),
            one["purpose"].as_str().unwrap(),
            one["fingerprint"].as_str().unwrap(),
        );
        let days = one["days_left"].as_i64().unwrap();
        assert_eq!(value(&answer.0, &line).div_euclid(86_400), days, "{one}");
        assert_eq!(one["stage"] == "good", days >= 60, "{one}");
    }
}
