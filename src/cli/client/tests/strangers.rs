//! The client before a daemon that is none, or of another version.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
};

use std::path::Path;

use super::super::{Client, ClientError};
use crate::{daemon::api::PROBLEM_JSON, limits::API_ANSWER_BYTES_MAX};

/// Asks for the status of somebody who answers every request with these bytes.
async fn check(answer: &str) -> ClientError {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("api.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let answer = answer.to_owned();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _read = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let error = Client::new(&socket).status().await.unwrap_err();
    assert!(error.advice().ends_with('.'), "{error}");
    error
}

fn http(status: &str, media: &str, body: &str) -> String {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: ");
    format!("{head}{}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn an_answer_of_another_shape_is_named() {
    let strange = r#"{"type":"urn:entente:problem:strange","title":"","status":400,"detail":"",
        "advice":""}"#;
    for answer in [
        http("200 OK", "application/json", "{}"),
        http("200 OK", "application/json", "<html>"),
        http("200 OK", "application/json", ""),
        http("404 Not Found", "text/html", "<html>"),
        http("302 Found", "application/json", "{}"),
        http("400 Bad Request", PROBLEM_JSON, "{}"),
        http("400 Bad Request", PROBLEM_JSON, strange),
    ] {
        let error = check(&answer).await;
        assert!(matches!(error, ClientError::BadAnswer { .. }), "{answer}: {error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_the_outcome_open() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{",
        "SSH-2.0-x\r\n",
    ] {
        let error = check(answer).await;
        assert!(matches!(error, ClientError::BrokenOff(_)), "{answer}: {error:?}");
        assert!(error.advice().contains("a repetition changes nothing"));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let endless = http("200 OK", "application/json", &" ".repeat(API_ANSWER_BYTES_MAX + 1));
    let error = check(&endless).await;
    assert!(matches!(error, ClientError::BrokenOff(_)), "{error:?}");
}

#[tokio::test]
async fn nobody_on_the_socket_is_said_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("nobody.sock");
    for there in [false, true] {
        if there {
            drop(UnixListener::bind(&socket).unwrap());
        }
        let error = Client::new(&socket).status().await.unwrap_err();
        assert!(matches!(error, ClientError::Unreachable { .. }), "{error:?}");
        assert!(error.to_string().contains("nobody.sock: no daemon answers"), "{error}");
        assert!(error.advice().starts_with("Start the daemon"));
    }
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    let client = Client::new(Path::new("/nobody"));
    for key in ["a\nb", "a\r\nIdempotency-Key: b", "\u{0}", "\u{7f}"] {
        let error = client.submit(b"{}", Some(key)).await.unwrap_err();
        assert!(matches!(error, ClientError::Key), "{key:?}: {error:?}");
    }
}
