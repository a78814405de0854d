use tokio::net::TcpListener;

use super::*;
use crate::net::{LinkError, reach::Way};

/// What a proxy does after it has read the request.
enum Answer {
    /// It says this, and keeps the connection.
    Says(Vec<u8>),
    /// It says this, and closes.
    Closes(Vec<u8>),
    /// It says this again and again.
    Endless(Vec<u8>),
    /// Each byte by itself.
    Slowly(Vec<u8>),
}

const GOOD: &[u8] = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n";

/// A proxy that takes one connection, and what it was asked.
async fn through(answer: Answer, credential: Option<&str>) -> (Result<u8, LinkError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        match answer {
            Answer::Says(bytes) => stream.write_all(&bytes).await.unwrap(),
            Answer::Closes(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                stream.shutdown().await.unwrap();
            }
            Answer::Endless(bytes) => while stream.write_all(&bytes).await.is_ok() {},
            Answer::Slowly(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        }
        // What comes through now is ours, and is sent back.
        if let Ok(byte) = stream.read_u8().await {
            stream.write_all(&[byte]).await.unwrap();
        }
        String::from_utf8(request).unwrap()
    });
    let credential = credential.map(|text| Credential::parse(text).unwrap());
    let there = Proxy::new(address.to_string(), credential);
    let way = Way { peer: "exchange.fra.example:7443", proxy: Some(&there) };
    let got = async {
        let mut stream = way.open(way.addresses().await?[0]).await?;
        stream.write_all(&[7]).await?;
        Ok(stream.read_u8().await?)
    };
    let got = got.await;
    (got, proxy.await.unwrap())
}

#[tokio::test]
async fn a_way_through_is_asked_for_by_name_and_then_carries_bytes() {
    for answer in [Answer::Says(GOOD.into()), Answer::Slowly(GOOD.into())] {
        let (got, request) = through(answer, None).await;
        assert_eq!(got.unwrap(), 7);
        let host = "exchange.fra.example:7443";
        assert_eq!(request, format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    }
    let old = Answer::Says(b"HTTP/1.0 200 OK\r\n\r\n".into());
    let (got, request) = through(old, Some("entente:open sesame\n")).await;
    assert_eq!(got.unwrap(), 7);
    // RFC 7617: base64 of "entente:open sesame".
    let header = "\r\nProxy-Authorization: Basic ZW50ZW50ZTpvcGVuIHNlc2FtZQ==\r\n\r\n";
    assert!(request.ends_with(header), "{request}");
}

#[tokio::test]
async fn every_refusal_of_a_proxy_has_its_reason_and_what_to_do() {
    use Answer::{Closes, Endless, Says, Slowly};
    let says = |text: &str| Says(text.as_bytes().to_vec());
    for (answer, said) in [
        (says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), "link.proxy_credential"),
        (says("HTTP/1.1 403 Forbidden\r\n\r\n<html>no</html>"), "ask its operator to allow it"),
        (says("HTTP/1.1 502 Bad Gateway\r\n\r\n"), "cannot reach the counterpart (502)"),
        (says("HTTP/1.1 504 Gateway Timeout\r\n\r\n"), "cannot reach the counterpart (504)"),
        (says("HTTP/1.1 301 Moved\r\nLocation: x\r\n\r\n"), "answers 301"),
        (says("HTTP/1.1 204 No Content\r\n\r\n"), "answers 204"),
        (says("HTTP/1.1 200 OK\r\n\r\n\x16"), "before we spoke"),
        (says("HTTP/1.1 200OK\r\n\r\n"), "does not answer as an HTTP proxy"),
        (says("HTTP/1.1 +20 OK\r\n\r\n"), "does not answer as an HTTP proxy"),
        (says("HTTP/1.1 20\r\n\r\n"), "does not answer as an HTTP proxy"),
        (says("HTTP/2 200\r\n\r\n"), "does not answer as an HTTP proxy"),
        (says("SSH-2.0-OpenSSH_9.2\r\n"), "does not answer as an HTTP proxy"),
        (Says(vec![22, 3, 3, 0, 2]), "does not answer as an HTTP proxy"),
        (Slowly(b"HTTP/1.1 403 F\r\n\r\n".into()), "forbids"),
        (Closes(Vec::new()), "closed without an answer"),
        (Closes(b"HTTP/1.1 200 OK\r\n".into()), "closed without an answer"),
        (Endless(b"X".into()), "does not answer as an HTTP proxy"),
        (Endless(b"HTTP/1.1 200 OK\r\nX: HTTP/1.1 200 OK\r\n".into()), "head of more than"),
    ] {
        let (got, _) = through(answer, Some("entente:open sesame")).await;
        let refused = got.unwrap_err().to_string();
        assert!(refused.contains(said), "{said}: {refused}");
        assert!(!refused.contains("sesame"), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = Proxy::new(listener.local_addr().unwrap().to_string(), None);
    let way = Way { peer: "exchange.fra.example:7443", proxy: Some(&there) };
    let refused = way.open(listener.local_addr().unwrap()).await.unwrap_err();
    assert!(matches!(refused, LinkError::NoAnswer), "{refused}");
}

#[test]
fn a_credential_is_a_user_and_a_password_and_shows_nowhere() {
    for good in ["entente:open sesame", "u:", "u:p:q", "u:p\n", "u:p\r\n"] {
        let proxy = Proxy::new("proxy.example:3128".into(), Credential::parse(good));
        let shown = format!("{proxy:?}");
        assert!(shown.contains("Credential(..)") && !shown.contains("sesame"), "{shown}");
    }
    let long = format!("u:{}", "p".repeat(PROXY_CREDENTIAL_BYTES_MAX));
    for bad in ["", "user", ":password", "u:p\nX-Header: y", "u:p\n\n", "u:\u{0}", &long] {
        assert!(Credential::parse(bad).is_none(), "{bad:?}");
    }
}
