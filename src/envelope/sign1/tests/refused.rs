//! Envelopes that are refused, each for its own reason. None of the cases depends on its signature:
//! all are refused before one is looked at.

use data_encoding::HEXLOWER;

use super::*;
use crate::envelope::RECORD_TYPE;
use crate::envelope::error::Part;

mod header;

fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.replace(' ', "").as_bytes()).unwrap()
}

/// A text string with its head.
fn text(value: &str) -> String {
    HEXLOWER.encode(&encode(&value))
}

/// A byte string with its head.
fn bytes(content: &[u8]) -> Vec<u8> {
    encode(&Bytes(content.to_vec()))
}

/// A map of items that are already encoded.
fn map(items: &[String]) -> String {
    format!("{:02x}{}", 0xa0 | items.len(), items.concat())
}

/// The claims, each with its key.
fn good_claims() -> Vec<String> {
    vec![
        format!("01{}", text("https://exchange.uk.example")),
        format!("02{}", text("urn:entente:GB01-000123")),
        format!("03{}", text("urn:sha256:test-agreement")),
        "061a690b5f68".to_owned(),
        "07 50 30313233343536373839616263646566".to_owned(),
    ]
}

/// The header parameters, each with its label.
fn good_header() -> Vec<String> {
    vec![
        "01 32".to_owned(),
        "02 82 0f 10".to_owned(),
        "04 48 0011223344556677".to_owned(),
        format!("0f{}", map(&good_claims())),
        format!("10{}", text(RECORD_TYPE)),
        format!("1822 82 2f 5820{}", "5a".repeat(32)),
    ]
}

/// An envelope of parts that are already encoded.
fn envelope_of(head: &str, protected: &[u8], unprotected: &str, rest: &str) -> Vec<u8> {
    [unhex(head), protected.to_vec(), unhex(unprotected), unhex(rest)].concat()
}

fn payload_and_signature() -> String {
    format!("4178 5840{}", "09".repeat(64))
}

/// An envelope with this content of the protected byte string.
fn with_header(content: &[u8]) -> Vec<u8> {
    envelope_of("d284", &bytes(content), "a0", &payload_and_signature())
}

#[test]
fn the_parts_from_which_the_refused_envelopes_are_made_are_good_ones() {
    let good = with_header(&unhex(&map(&good_header())));
    let envelope = Envelope::parse(&good).unwrap();
    assert_eq!(envelope.header().claims(), &claims());
    assert_eq!(envelope.payload(), b"x");
}

/// The good protected header with its head, and the offset at which the unprotected one begins.
fn good_protected() -> (Vec<u8>, usize) {
    let protected = bytes(&unhex(&map(&good_header())));
    let end = protected.len().saturating_add(2);
    (protected, end)
}

fn check(cases: &[(&str, Vec<u8>, EnvelopeError)]) {
    for (name, envelope, want) in cases {
        assert_eq!(Envelope::parse(envelope).as_ref(), Err(want), "{name}");
    }
}

#[test]
fn a_tag_an_array_or_a_protected_header_of_another_form_is_refused() {
    use Part::Protected;
    let (good, _) = good_protected();
    let rest = payload_and_signature();
    let head = |head: &str| envelope_of(head, &good, "a0", &rest);
    let protected = |item: &str| envelope_of("d284", &unhex(item), "a0", &rest);
    let not_bytes = |part, offset| EnvelopeError::NotBytes { part, offset };
    let length = |part, offset| EnvelopeError::Length { part, offset };
    check(&[
        ("untagged", head("84"), EnvelopeError::Untagged),
        ("tag 17", head("d184"), EnvelopeError::Untagged),
        ("tag 98", head("d86284"), EnvelopeError::Untagged),
        ("tag 18 in two bytes", head("d81284"), EnvelopeError::Untagged),
        ("in a CWT tag", head("d83dd284"), EnvelopeError::Untagged),
        ("self-described", head("d9d9f7d284"), EnvelopeError::Untagged),
        ("in a byte string", bytes(&head("d284")), EnvelopeError::Untagged),
        ("tagged twice", head("d2d284"), EnvelopeError::Array { offset: 1 }),
        ("array of three", head("d283"), EnvelopeError::Array { offset: 1 }),
        ("array of five", head("d285"), EnvelopeError::Array { offset: 1 }),
        ("array with a longer head", head("d29804"), EnvelopeError::Array { offset: 1 }),
        ("array of indefinite length", head("d29f"), EnvelopeError::Array { offset: 1 }),
        ("map", head("d2a4"), EnvelopeError::Array { offset: 1 }),
        ("protected empty", protected("40"), EnvelopeError::ProtectedEmpty { offset: 2 }),
        ("protected empty, longer", protected("5800"), length(Protected, 2)),
        ("protected indefinite", protected("5f41a0ff"), length(Protected, 2)),
        ("protected longer head", protected("590001a0"), length(Protected, 2)),
        ("protected four-byte length", protected("5a00000001a0"), length(Protected, 2)),
        ("protected 2^63 long", protected("5b8000000000000000"), length(Protected, 2)),
        ("protected as a map", protected("a10132"), not_bytes(Protected, 2)),
        ("protected as text", protected("61a0"), not_bytes(Protected, 2)),
        ("protected null", protected("f6"), not_bytes(Protected, 2)),
        ("protected tagged", protected("d81841a0"), not_bytes(Protected, 2)),
    ]);
}

#[test]
fn anything_outside_the_signature_and_a_payload_of_another_form_are_refused() {
    use Part::Payload;
    let (good, end) = good_protected();
    let signature = "09".repeat(64);
    let rest = payload_and_signature();
    let unprotected = |item: &str| envelope_of("d284", &good, item, &rest);
    let payload = |item: &str| envelope_of("d284", &good, "a0", &format!("{item}5840{signature}"));
    let not_bytes = |part, offset| EnvelopeError::NotBytes { part, offset };
    let length = |part, offset| EnvelopeError::Length { part, offset };
    let outside = EnvelopeError::Unprotected { offset: end };
    let detached = EnvelopeError::Detached { offset: end + 1 };
    check(&[
        ("alg in both headers", unprotected("a10132"), outside.clone()),
        ("kid outside", unprotected("a10442 3131"), outside.clone()),
        ("certificate outside", unprotected("a1182141 00"), outside.clone()),
        ("receipt outside", unprotected("a119018a80"), outside.clone()),
        ("unprotected null", unprotected("f6"), outside.clone()),
        ("unprotected as an array", unprotected("80"), outside.clone()),
        ("unprotected as bytes", unprotected("40"), outside.clone()),
        ("unprotected longer head", unprotected("b800"), outside.clone()),
        ("unprotected indefinite", unprotected("bfff"), outside.clone()),
        ("unprotected left out", unprotected(""), outside),
        ("payload null", payload("f6"), detached),
        ("payload undefined", payload("f7"), not_bytes(Payload, end + 1)),
        ("payload as text", payload("6178"), not_bytes(Payload, end + 1)),
        ("payload as a map", payload("a0"), not_bytes(Payload, end + 1)),
        ("payload tagged", payload("d8184178"), not_bytes(Payload, end + 1)),
        ("payload indefinite", payload("5f4178ff"), length(Payload, end + 1)),
        ("payload longer head", payload("580178"), length(Payload, end + 1)),
    ]);
}

#[test]
fn a_signature_of_another_form_and_anything_after_it_are_refused() {
    use Part::Signature;
    let (good, end) = good_protected();
    let signature = "09".repeat(64);
    let tail = |item: &str| envelope_of("d284", &good, "a0", &format!("4178{item}"));
    let not_bytes = |part, offset| EnvelopeError::NotBytes { part, offset };
    let length = |part, offset| EnvelopeError::Length { part, offset };
    let signed = |len| EnvelopeError::SignatureLength { offset: end + 3, len };
    let trailing = EnvelopeError::Trailing { offset: end + 3 + 66 };
    let too_long = EnvelopeError::TooLong { len: RECORD_BYTES_MAX + 1 };
    check(&[
        ("signature empty", tail("40"), signed(0)),
        ("signature of 63 bytes", tail(&format!("583f{}", &signature[2..])), signed(63)),
        ("signature of 65 bytes", tail(&format!("5841{signature}09")), signed(65)),
        ("two signatures", tail(&format!("5880{signature}{signature}")), signed(128)),
        ("signature null", tail("f6"), not_bytes(Signature, end + 3)),
        ("signature as text", tail(&format!("7840{signature}")), not_bytes(Signature, end + 3)),
        (
            "signatures in an array",
            tail(&format!("815840{signature}")),
            not_bytes(Signature, end + 3),
        ),
        ("signature longer head", tail(&format!("590040{signature}")), length(Signature, end + 3)),
        ("byte after it", tail(&format!("5840{signature}00")), trailing.clone()),
        ("break after it", tail(&format!("5840{signature}ff")), trailing),
        ("nothing", Vec::new(), EnvelopeError::Truncated { offset: 0 }),
        ("too long", vec![0xd2; RECORD_BYTES_MAX + 1], too_long),
    ]);
}
