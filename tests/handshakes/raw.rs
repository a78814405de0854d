//! Bytes that no TLS library of ours would send: what our listener says to them, and what not.

use std::sync::Arc;

use entente::names::{Party, Timestamp};
use entente::net::tls::{fixed_time, server_config};
use rustls::ServerConnection;

use crate::meet::ours;
use crate::mint::NOW;
use crate::table::ROOT;

/// What our listener makes of bytes: whether it still waits for more, and what it answers.
fn say(bytes: &[u8]) -> (Result<bool, String>, Vec<u8>) {
    let time = fixed_time(Timestamp::new(NOW));
    let config = server_config(&ours(Arc::clone(&ROOT)), Party::Gbr, time).unwrap();
    let mut end = ServerConnection::new(config).unwrap();
    let mut rest = bytes;
    let mut result = Ok(true);
    while !rest.is_empty() && result.is_ok() {
        end.read_tls(&mut rest).unwrap();
        let processed = end.process_new_packets();
        result = processed.map(|_| end.is_handshaking()).map_err(|error| format!("{error:?}"));
    }
    let mut answer = Vec::new();
    while end.wants_write() {
        end.write_tls(&mut answer).unwrap();
    }
    (result, answer)
}

/// A ClientHello (RFC 8446 section 4.1.2) with these parts.
pub(crate) struct Hello {
    versions: Vec<u16>,
    suites: Vec<u16>,
    groups: Vec<u16>,
    schemes: Vec<u16>,
    compression: Vec<u8>,
    protocols: Vec<&'static str>,
    more: Vec<(u16, Vec<u8>)>,
}

impl Hello {
    pub(crate) fn good() -> Self {
        Self {
            versions: vec![0x0304],
            suites: vec![0x1301],
            groups: vec![0x001d],
            schemes: vec![0x0403],
            compression: vec![0],
            protocols: vec!["entente/1"],
            more: Vec::new(),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let wide = |list: &[u16]| list.iter().flat_map(|it| it.to_be_bytes()).collect::<Vec<_>>();
        let names: Vec<u8> = self
            .protocols
            .iter()
            .flat_map(|it| [&[u8::try_from(it.len()).unwrap()], it.as_bytes()].concat())
            .collect();
        let versions = wide(&self.versions);
        let versions = [&[u8::try_from(versions.len()).unwrap()], &versions[..]].concat();
        let shares: Vec<u8> = self
            .groups
            .iter()
            .flat_map(|it| [&it.to_be_bytes()[..], &sized(&[9; 32])].concat())
            .collect();
        let mut extensions = vec![
            (10, sized(&wide(&self.groups))),
            (13, sized(&wide(&self.schemes))),
            (43, versions),
            (51, sized(&shares)),
        ];
        if !names.is_empty() {
            extensions.push((16, sized(&names)));
        }
        extensions.extend(self.more.clone());
        let extensions: Vec<u8> = extensions
            .iter()
            .flat_map(|(kind, body): &(u16, Vec<u8>)| {
                [&kind.to_be_bytes()[..], &sized(body)].concat()
            })
            .collect();
        let compression =
            [&[u8::try_from(self.compression.len()).unwrap()], &self.compression[..]].concat();
        let body = [
            &[3, 3][..],
            &[0x2a; 32],
            &[0],
            &sized(&wide(&self.suites)),
            &compression,
            &sized(&extensions),
        ]
        .concat();
        record(22, &[&[1, 0][..], &sized(&body)].concat())
    }
}

fn sized(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 1][..], &sized(body)].concat()
}

#[test]
fn a_good_hello_is_answered() {
    let (result, answer) = say(&Hello::good().bytes());
    assert_eq!(result, Ok(true));
    assert_eq!(answer.first(), Some(&22));
}

/// The hello of whoever would negotiate anew what it has under TLS 1.2 (RFC 5746 section 3.5).
fn renegotiation() -> Hello {
    let verify_data = [&[12][..], &[7; 12]].concat();
    Hello::good().with(|it| {
        (it.versions, it.suites) = (vec![0x0303], vec![0xc02b]);
        it.more.push((0xff01, verify_data));
    })
}

/// The numbers of the extensions in a ServerHello that begins these bytes (RFC 8446 section 4.1.3).
fn chosen(answer: &[u8]) -> Vec<u16> {
    let wide = |at: usize| u16::from_be_bytes([answer[at], answer[at + 1]]);
    assert_eq!((answer[0], answer[5]), (22, 2), "a ServerHello: {answer:02x?}");
    // Heads of record and message, version, random; then the session id that the client sent.
    let mut at = 5 + 4 + 2 + 32;
    at += 1 + usize::from(answer[at]) + 2 + 1;
    let end = at + 2 + usize::from(wide(at));
    at += 2;
    let mut numbers = Vec::new();
    while at < end {
        numbers.push(wide(at));
        at += 4 + usize::from(wide(at + 2));
    }
    assert_eq!(at, end);
    numbers
}

#[test]
fn a_pre_shared_key_and_early_data_are_passed_over_for_a_full_handshake() {
    let identity = [&sized(&[5; 32])[..], &[0; 4]].concat();
    let binder = [&[32][..], &[6; 32]].concat();
    let (modes, early_data, pre_shared_key) =
        ((45, vec![1, 1]), (42, Vec::new()), (41, [sized(&identity), sized(&binder)].concat()));
    for more in [
        vec![],
        vec![modes.clone(), pre_shared_key.clone()],
        vec![modes, early_data, pre_shared_key],
    ] {
        let (result, answer) = say(&Hello::good().with(|it| it.more = more).bytes());
        assert_eq!(result, Ok(true));
        // The version and our share, and nothing of a key that was there before.
        let mut numbers = chosen(&answer);
        numbers.sort_unstable();
        assert_eq!(numbers, [43, 51]);
        assert!(answer.len() > SHORT_OF_A_CERTIFICATE, "our certificate goes with it");
    }
}

/// Our hello and an alert stay below this; our certificate would not.
const SHORT_OF_A_CERTIFICATE: usize = 200;

/// Whoever sends anything else than a good ClientHello never sees a certificate of ours.
#[test]
fn nobody_is_greeted_who_does_not_speak_tls_1_3_as_we_do() {
    let hello = Hello::good;
    let mut failures = Vec::new();
    let http = b"GET / HTTP/1.1\r\nHost: exchange.example\r\n\r\n".to_vec();
    let ssl_2 = [&[0x80, 0x2e, 1, 0, 2, 0, 0x15][..], &[0; 39]].concat();
    for (name, bytes, wanted) in [
        ("an HTTP request", http, "InvalidContentType"),
        ("an SSH banner", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "InvalidContentType"),
        ("an SSL 2 hello", ssl_2, "Invalid"),
        ("zeros", vec![0; 64], "InvalidContentType"),
        ("ones", vec![0xff; 64], "InvalidContentType"),
        ("plaintext data first", record(23, &[1; 16]), "InappropriateMessage"),
        ("a change of cipher first", record(20, &[1]), "InappropriateMessage"),
        ("a heartbeat first", record(24, &[1; 16]), "InvalidContentType"),
        ("an empty handshake record", record(22, &[]), "InvalidEmptyPayload"),
        ("a record beyond its bound", [&[22, 3, 1, 0x48, 1][..], &[0; 32]].concat(), "TooLarge"),
        ("a server's hello", record(22, &[2, 0, 0, 0]), "InvalidMessage"),
        ("a finish first", record(22, &[20, 0, 0, 0]), "Inappropriate"),
        ("a hello of nothing", record(22, &[1, 0, 0, 0]), "InvalidMessage"),
        ("TLS 1.2", hello().with(|it| it.versions = vec![0x0303]).bytes(), "Incompatible"),
        ("a renegotiation", renegotiation().bytes(), "Incompatible"),
        ("TLS 1.1", hello().with(|it| it.versions = vec![0x0302]).bytes(), "Incompatible"),
        ("SSL 3", hello().with(|it| it.versions = vec![0x0300]).bytes(), "Incompatible"),
        ("no suite of ours", hello().with(|it| it.suites = vec![0x1304]).bytes(), "NoCipherSuites"),
        ("suites of 1.2", hello().with(|it| it.suites = vec![0xc02b]).bytes(), "NoCipherSuites"),
        ("no group of ours", hello().with(|it| it.groups = vec![0x0019]).bytes(), "NoKxGroups"),
        ("finite fields", hello().with(|it| it.groups = vec![0x0100]).bytes(), "NoKxGroups"),
        ("SHA-1 alone", hello().with(|it| it.schemes = vec![0x0203]).bytes(), "NoSignature"),
        ("RSA with SHA-1", hello().with(|it| it.schemes = vec![0x0201]).bytes(), "NoSignature"),
        ("P-521 alone", hello().with(|it| it.schemes = vec![0x0603]).bytes(), "NoSignature"),
        ("compression", hello().with(|it| it.compression = vec![1]).bytes(), "Compression"),
        ("another protocol", hello().with(|it| it.protocols = vec!["h2"]).bytes(), "NoApplication"),
    ] {
        let (result, answer) = say(&bytes);
        let right = result.as_ref().is_err_and(|refused| refused.contains(wanted));
        // A hello of ours at most, which names no party, and never what would hold a certificate.
        let bare = answer.len() < SHORT_OF_A_CERTIFICATE;
        if !right || !bare {
            failures.push(format!("{name}: {result:?} {answer:02x?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Nothing is said before the whole hello is there.
#[test]
fn a_hello_that_breaks_off_waits_and_says_nothing() {
    let hello = Hello::good().bytes();
    for length in [0, 1, 4, 5, 6, 40, hello.len() - 1] {
        let (result, answer) = say(&hello[..length]);
        assert_eq!(result, Ok(true), "{length}");
        assert_eq!(answer, Vec::<u8>::new(), "{length}");
    }
}
