//! Requests that are none, and what they are answered.

use super::{
    super::{ProblemType, request::Waiting},
    side::{Side, request},
};
use crate::names::Party;

#[tokio::test]
async fn each_wrong_path_method_and_query_has_its_own_answer() {
    use ProblemType::{BadId, BadPlace, BadQuery, BadWeek, NoSuchPath, NoSuchRecord, WrongMethod};
    let side = Side::of(Party::Gbr).await;
    let unknown = format!("GET /v1/records/{}", "ab".repeat(32));
    let unknown_submission = format!("GET /v1/records/{}", "ab".repeat(16));
    let long = format!("GET /v1/records/{}", "ab".repeat(33));
    let capital = format!("GET /v1/records/{}", "AB".repeat(32));
    for (line, want) in [
        ("GET /", NoSuchPath),
        ("GET /v2/status", NoSuchPath),
        ("GET /v1/records/", NoSuchPath),
        ("GET /v1/status/", NoSuchPath),
        ("GET /v1/weeks/2025-W32/open", NoSuchPath),
        ("DELETE /v1/status", WrongMethod),
        ("GET /v1/records", WrongMethod),
        ("PUT /v1/records", WrongMethod),
        ("GET /v1/weeks/2025-W32/close", WrongMethod),
        ("POST /v1/weeks/2025-W32", WrongMethod),
        ("GET /v1/records/1", BadId),
        ("GET /v1/records/%00", BadId),
        (&long, BadId),
        (&capital, BadId),
        (&unknown, NoSuchRecord),
        (&unknown_submission, NoSuchRecord),
        ("GET /v1/entries/GBR", NoSuchPath),
        ("GET /v1/entries/GBR/", NoSuchPath),
        ("POST /v1/entries/GBR/0", WrongMethod),
        ("GET /v1/envelopes", WrongMethod),
        ("POST /v1/awaiting", WrongMethod),
        ("GET /v1/entries/DEU/0", BadPlace),
        ("GET /v1/entries/gbr/0", BadPlace),
        ("GET /v1/entries/GBR/-1", BadPlace),
        ("GET /v1/entries/GBR/+1", BadPlace),
        ("GET /v1/entries/GBR/18446744073709551616", BadPlace),
        ("GET /v1/entries/GBR/1", NoSuchRecord),
        ("GET /v1/entries/FRA/0", NoSuchRecord),
        ("GET /v1/weeks/2025-W54", BadWeek),
        ("GET /v1/weeks/32", BadWeek),
        ("POST /v1/weeks/2025W32/close", BadWeek),
        ("POST /v1/weeks/x/statement", BadWeek),
        ("GET /v1/weeks/2025-W32?wait=26", BadQuery),
        ("GET /v1/weeks/2025-W32?wait=", BadQuery),
        ("GET /v1/weeks/2025-W32?after=1", BadQuery),
        ("GET /v1/progress?wait=1&wait=1", BadQuery),
        ("GET /v1/progress?after=+1", BadQuery),
        ("GET /v1/progress?later=1", BadQuery),
    ] {
        let sent = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let answer = side.raw(sent).await;
        assert_eq!(answer.problem().problem, want, "{line}: {}", answer.0);
        assert_eq!(answer.header("allow").is_some(), want == WrongMethod, "{line}: {}", answer.0);
    }
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn each_question_about_cases_that_cannot_be_answered_is_told_why() {
    use ProblemType::{BadQuery, BadReference, NoSuchCase, NoSuchPath, WrongMethod};
    let side = Side::of(Party::Gbr).await;
    for (line, want) in [
        ("POST /v1/cases", WrongMethod),
        ("GET /v1/cases/", NoSuchPath),
        ("GET /v1/cases/GB01", BadReference),
        ("GET /v1/cases/0123456", BadReference),
        ("GET /v1/cases/0123456A", BadReference),
        ("GET /v1/cases/gb01-000001", BadReference),
        ("GET /v1/cases/GB01-%30", NoSuchCase),
        ("GET /v1/cases/GB01-000001", NoSuchCase),
        ("GET /v1/cases/01234567", NoSuchCase),
        ("GET /v1/cases?state=", BadQuery),
        ("GET /v1/cases?state=open", BadQuery),
        ("GET /v1/cases?state=requested&state=requested", BadQuery),
        ("GET /v1/cases?within=-1", BadQuery),
        ("GET /v1/cases?within=+1", BadQuery),
        ("GET /v1/cases?within=", BadQuery),
        ("GET /v1/cases?within=4294967296", BadQuery),
        ("GET /v1/cases?acts=both", BadQuery),
        ("GET /v1/cases?acts=gbr", BadQuery),
        ("GET /v1/cases?leg=returns", BadQuery),
        ("GET /v1/cases?from=x", BadQuery),
        ("GET /v1/cases?wait=1", BadQuery),
    ] {
        let sent = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let answer = side.raw(sent).await;
        assert_eq!(answer.problem().problem, want, "{line}: {}", answer.0);
        assert_eq!(answer.header("allow").is_some(), want == WrongMethod, "{line}: {}", answer.0);
    }
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let side = Side::of(Party::Gbr).await;
    let body = request("GB01-000001").to_string();
    for (len, sent) in [(body.len() + 1, body.as_str()), (10, ""), (body.len(), &body[..9])] {
        let head = format!("POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: {len}");
        let answer = side.raw(format!("{head}\r\n\r\n{sent}")).await;
        assert_eq!(answer.problem().problem, ProblemType::IncompleteBody, "{len}");
    }
    let head = "POST /v1/records HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for broken in ["5\r\n{\"k", "zz\r\n", "ffffffffffffffffff\r\n"] {
        let answer = side.raw(format!("{head}{broken}")).await;
        assert_eq!(answer.problem().problem, ProblemType::IncompleteBody, "{broken}");
    }
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn what_is_no_http_is_refused_and_the_next_one_is_served() {
    let side = Side::of(Party::Gbr).await;
    let long_header = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "X: x\r\n".repeat(500));
    let length = "Content-Length: ";
    let two_lengths =
        format!("POST /v1/records HTTP/1.1\r\nHost: x\r\n{length}1\r\n{length}2\r\n\r\n{{}}");
    for (bytes, wants) in [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[400][..]),
        (b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(), &[400]),
        (b"hello\r\n\r\n".to_vec(), &[400]),
        (b"GET /v1/status HTTP/9.9\r\n\r\n".to_vec(), &[400, 505]),
        (two_lengths.into_bytes(), &[400]),
        (long_header.into_bytes(), &[431]),
        (many_headers.into_bytes(), &[431]),
    ] {
        let answer = side.raw(&bytes).await;
        assert!(wants.contains(&answer.status()), "{:?}: {}", &bytes[..10], answer.0);
    }
    // Whoever says nothing, or half of something, hears nothing, and harms nobody.
    for bytes in ["", "GET /v1/st"] {
        let _answer = side.raw(bytes).await;
    }
    assert_eq!(side.size().await, 1);
}

#[test]
fn a_query_is_read_whole_or_not_at_all() {
    let known = ["after", "wait"];
    let read = |query| Waiting::read(Some(query), &known);
    assert_eq!(Waiting::read(None, &known), Ok(Waiting::default()));
    assert_eq!(read(""), Ok(Waiting::default()));
    let both = read("wait=25&after=18446744073709551615").unwrap();
    assert_eq!((both.wait.as_secs(), both.after), (25, Some(u64::MAX)));
    for bad in ["wait", "wait=-1", "wait=1s", "WAIT=1", "after=18446744073709551616", "a=b"] {
        assert_eq!(read(bad).unwrap_err().problem, ProblemType::BadQuery, "{bad}");
    }
}
