//! Envelopes that are refused, each for its own reason. None of the cases depends on its signature:
//! all are refused before one is looked at.

use data_encoding::HEXLOWER;

use super::*;
use crate::envelope::error::Part;
use crate::envelope::header::HeaderError;
use crate::envelope::{Algorithm, RECORD_TYPE};

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
    format!("{:02x}{}", 0xa0 + items.len(), items.concat())
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

/// An envelope whose header has one parameter exchanged.
fn with_parameter(place: usize, item: &str) -> Vec<u8> {
    let mut items = good_header();
    items[place] = item.to_owned();
    with_header(&unhex(&map(&items)))
}

/// An envelope whose header has one claim exchanged.
fn with_claim(place: usize, item: &str) -> Vec<u8> {
    let mut items = good_claims();
    items[place] = item.to_owned();
    with_parameter(3, &format!("0f{}", map(&items)))
}

fn refusal_of_header(name: &str, envelope: &[u8]) -> HeaderError {
    match Envelope::parse(envelope) {
        Err(EnvelopeError::Header { offset: 3 | 4 | 5, cause }) => cause,
        other => panic!("{name}: {other:?}"),
    }
}

fn check_structure(name: &str, envelope: &[u8]) {
    let cause = refusal_of_header(name, envelope);
    assert!(matches!(cause, HeaderError::Structure(_)), "{name}: {cause:?}");
}

#[test]
fn the_parts_from_which_the_refused_envelopes_are_made_are_good_ones() {
    let good = with_header(&unhex(&map(&good_header())));
    let envelope = Envelope::parse(&good).unwrap();
    assert_eq!(envelope.header().claims(), &claims());
    assert_eq!(envelope.payload(), b"x");
}

#[test]
fn a_header_with_a_label_missing_repeated_or_out_of_order_is_refused() {
    let good = good_header();
    for place in 0..good.len() {
        let mut missing = good.clone();
        missing.remove(place);
        check_structure("missing", &with_header(&unhex(&map(&missing))));
        let mut repeated = good.clone();
        repeated.insert(place, good[place].clone());
        check_structure("repeated", &with_header(&unhex(&map(&repeated))));
        if place > 0 {
            let mut swapped = good.clone();
            swapped.swap(place, place - 1);
            check_structure("swapped", &with_header(&unhex(&map(&swapped))));
        }
    }
    let good = good_claims();
    for place in 0..good.len() {
        let mut missing = good.clone();
        missing.remove(place);
        check_structure("claim missing", &with_parameter(3, &format!("0f{}", map(&missing))));
        let mut repeated = good.clone();
        repeated.insert(place, good[place].clone());
        check_structure("claim repeated", &with_parameter(3, &format!("0f{}", map(&repeated))));
        if place > 0 {
            let mut swapped = good.clone();
            swapped.swap(place, place - 1);
            check_structure("claim swapped", &with_parameter(3, &format!("0f{}", map(&swapped))));
        }
    }
}

#[test]
fn a_header_with_one_label_more_is_refused() {
    for (name, place, item) in [
        ("content type", 2, "03 00"),
        ("initialisation vector", 3, "05 41 00"),
        ("countersignature", 3, "0b 80"),
        ("certificate chain", 5, "18 21 41 00"),
        ("certificate link", 6, "18 23 61 61"),
        ("payload digest algorithm", 6, "19 0102 2f"),
        ("receipts", 6, "19 018a 80"),
        ("private label", 6, "3a 00010000 00"),
        ("negative label", 6, "20 00"),
        ("text label", 6, "61 61 00"),
        ("label of bytes", 6, "41 61 00"),
    ] {
        let mut items = good_header();
        items.insert(place, item.to_owned());
        check_structure(name, &with_header(&unhex(&map(&items))));
    }
    for (name, place, item) in [("expiry", 3, "04 1a 7fffffff"), ("not before", 3, "05 00")] {
        let mut items = good_claims();
        items.insert(place, item.to_owned());
        check_structure(name, &with_parameter(3, &format!("0f{}", map(&items))));
    }
}

#[test]
fn a_parameter_of_another_form_is_refused() {
    for (name, place, item) in [
        ("alg not in its shortest form", 0, "01 38 12"),
        ("alg as text", 0, "01 67 45643235353139"),
        ("alg as a float", 0, "01 f9 ccc0"),
        ("alg null", 0, "01 f6"),
        ("label not in its shortest form", 0, "18 01 32"),
        ("crit as one number", 1, "02 0f"),
        ("crit as text", 1, "02 82 61 61 61 62"),
        ("crit as a map", 1, "02 a1 0f 10"),
        ("crit of indefinite length", 1, "02 9f 0f 10 ff"),
        ("kid of seven bytes", 2, "04 47 00112233445566"),
        ("kid of nine bytes", 2, "04 49 001122334455667788"),
        ("kid as text", 2, "04 68 6161616161616161"),
        ("kid as an array", 2, "04 88 00 11 01 02 03 04 05 06"),
        ("kid as a number", 2, "04 1b 0011223344556677"),
        ("kid of indefinite length", 2, "04 5f 48 0011223344556677 ff"),
        ("kid tagged", 2, "04 c2 48 0011223344556677"),
        ("claims as an array", 3, "0f 85 61 61 61 61 61 61 00 41 00"),
        ("claims in a byte string", 3, "0f 41 a0"),
        ("claims empty", 3, "0f a0"),
        ("typ as a number", 4, "10 00"),
        ("typ as bytes", 4, "10 41 61"),
        ("thumbprint without algorithm", 5, "18 22 5820"),
    ] {
        let item = if place == 5 { format!("{item}{}", "5a".repeat(32)) } else { item.to_owned() };
        check_structure(name, &with_parameter(place, &item));
    }
    for (name, head, len, tail) in [
        ("thumbprint of 31 bytes", "82 2f 581f", 31, ""),
        ("thumbprint of 20 bytes", "82 2f 54", 20, ""),
        ("thumbprint as text", "82 2f 7820", 32, ""),
        ("thumbprint algorithm as text", "82 61 61 5820", 32, ""),
        ("thumbprint with a third element", "83 2f 5820", 32, "00"),
        ("thumbprint without its bytes", "81 2f", 0, ""),
        ("thumbprint of indefinite length", "9f 2f 5820", 32, "ff"),
    ] {
        check_structure(name, &with_parameter(5, &format!("1822{head}{}{tail}", "5a".repeat(len))));
    }
}

#[test]
fn a_claim_of_another_form_is_refused() {
    for (name, place, item) in [
        ("issuer as bytes", 0, "01 41 61"),
        ("issuer that is not UTF-8", 0, "01 61 ff"),
        ("issuer of indefinite length", 0, "01 7f 61 61 ff"),
        ("subject as a number", 1, "02 00"),
        ("audience as an array", 2, "03 81 61 61"),
        ("time as a float", 3, "06 fb 41da42d7c2000000"),
        ("time tagged", 3, "06 c1 1a 690b5f68"),
        ("time before 1970", 3, "06 20"),
        ("time after the year 9999", 3, "06 1b 0000003afff44180"),
        ("time as text", 3, "06 61 30"),
        ("submission of 15 bytes", 4, "07 4f 303132333435363738396162636465"),
        ("submission of 17 bytes", 4, "07 51 3031323334353637383961626364656667"),
        ("submission as text", 4, "07 70 30313233343536373839616263646566"),
        ("submission null", 4, "07 f6"),
    ] {
        check_structure(name, &with_claim(place, item));
    }
}

#[test]
fn a_value_that_does_not_belong_in_a_header_is_refused_by_its_name() {
    let typ = |value: &str| with_parameter(4, &format!("10{}", text(value)));
    let claim = |place: usize, len: usize| {
        with_claim(place, &format!("{:02x}{}", place + 1, text(&"a".repeat(len))))
    };
    let thumbprint =
        |alg: &str| with_parameter(5, &format!("1822 82 {alg} 5820{}", "5a".repeat(32)));
    for (envelope, want) in [
        (with_parameter(0, "01 27"), HeaderError::UnknownAlgorithm(-8)),
        (with_parameter(0, "01 26"), HeaderError::UnknownAlgorithm(-7)),
        (with_parameter(0, "01 00"), HeaderError::UnknownAlgorithm(0)),
        (with_parameter(0, "01 38 2f"), HeaderError::UnknownAlgorithm(-48)),
        (with_parameter(0, "01 28"), HeaderError::AlgorithmNotBuilt(Algorithm::Esp256)),
        (with_parameter(1, "02 80"), HeaderError::Critical),
        (with_parameter(1, "02 81 0f"), HeaderError::Critical),
        (with_parameter(1, "02 81 10"), HeaderError::Critical),
        (with_parameter(1, "02 82 10 0f"), HeaderError::Critical),
        (with_parameter(1, "02 83 0f 10 10"), HeaderError::Critical),
        (with_parameter(1, "02 83 0f 10 1822"), HeaderError::Critical),
        (with_parameter(1, "02 83 01 0f 10"), HeaderError::Critical),
        (typ(""), HeaderError::Type),
        (typ("application/entente-record"), HeaderError::Type),
        (typ("application/Entente-record+cose"), HeaderError::Type),
        (typ("application/entente-record+cose; v=2"), HeaderError::Type),
        (typ("application/entente-agreement+cose"), HeaderError::Type),
        (typ("application/cose"), HeaderError::Type),
        (thumbprint("2e"), HeaderError::ThumbprintAlgorithm(-15)),
        (thumbprint("05"), HeaderError::ThumbprintAlgorithm(5)),
        (claim(0, 0), HeaderError::Issuer(0)),
        (claim(0, 256), HeaderError::Issuer(256)),
        (claim(1, 0), HeaderError::Subject(0)),
        (claim(1, 129), HeaderError::Subject(129)),
        (claim(2, 0), HeaderError::Audience(0)),
        (claim(2, 256), HeaderError::Audience(256)),
    ] {
        let name = want.to_string();
        assert_eq!(refusal_of_header(&name, &envelope), want);
    }
}

#[test]
fn a_protected_header_that_is_not_one_map_is_refused() {
    let good = map(&good_header());
    for (name, content) in [
        ("empty map", "a0".to_owned()),
        ("map with a longer head", format!("b806{}", &good[2..])),
        ("map of indefinite length", format!("bf{}ff", &good[2..])),
        ("something after the map", format!("{good}00")),
        ("two maps", format!("{good}{good}")),
        ("tagged map", format!("d9d9f7{good}")),
        ("map in an array", format!("81{good}")),
        ("map in a byte string", HEXLOWER.encode(&bytes(&unhex(&good)))),
        ("map cut short", good[..good.len() - 2].to_owned()),
        ("map that promises one more", format!("a7{}", &good[2..])),
        ("map that holds one more", format!("a5{}", &good[2..])),
        ("array", "86 01 02 03 04 05 06".to_owned()),
        ("null", "f6".to_owned()),
        ("number", "00".to_owned()),
        ("arrays, a thousand deep", "81".repeat(1000) + "00"),
        ("longer than any header", "00".repeat(1025)),
        ("a head that promises 2^62 entries", "bb 4000000000000000".to_owned()),
    ] {
        check_structure(name, &with_header(&unhex(&content)));
    }
}

#[test]
fn an_envelope_of_another_form_is_refused_at_the_byte_at_fault() {
    let good = bytes(&unhex(&map(&good_header())));
    let rest = payload_and_signature();
    let end = good.len() + 2;
    let signature = "09".repeat(64);
    let head = |head: &str| envelope_of(head, &good, "a0", &rest);
    let protected = |item: &str| envelope_of("d284", &unhex(item), "a0", &rest);
    let unprotected = |item: &str| envelope_of("d284", &good, item, &rest);
    let payload = |item: &str| envelope_of("d284", &good, "a0", &format!("{item}5840{signature}"));
    let tail = |item: &str| envelope_of("d284", &good, "a0", &format!("4178{item}"));
    let not_bytes = |part, offset| EnvelopeError::NotBytes { part, offset };
    let length = |part, offset| EnvelopeError::Length { part, offset };
    let outside = EnvelopeError::Unprotected { offset: end };
    let detached = EnvelopeError::Detached { offset: end + 1 };
    let signed = |len| EnvelopeError::SignatureLength { offset: end + 3, len };
    use Part::{Payload, Protected, Signature};
    for (name, envelope, want) in [
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
        (
            "byte after it",
            tail(&format!("5840{signature}00")),
            EnvelopeError::Trailing { offset: end + 3 + 66 },
        ),
        (
            "break after it",
            tail(&format!("5840{signature}ff")),
            EnvelopeError::Trailing { offset: end + 3 + 66 },
        ),
        ("nothing", Vec::new(), EnvelopeError::Truncated { offset: 0 }),
        (
            "too long",
            vec![0xd2; RECORD_BYTES_MAX + 1],
            EnvelopeError::TooLong { len: RECORD_BYTES_MAX + 1 },
        ),
    ] {
        assert_eq!(Envelope::parse(&envelope), Err(want), "{name}");
    }
}
