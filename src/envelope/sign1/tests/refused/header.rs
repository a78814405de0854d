//! Protected headers that are refused: every label, every value, and the map itself.

use super::*;
use crate::envelope::header::HeaderError;

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
        Err(EnvelopeError::Header { offset: 3..=5, cause }) => cause,
        other => panic!("{name}: {other:?}"),
    }
}

fn check_structure(name: &str, envelope: &[u8]) {
    let cause = refusal_of_header(name, envelope);
    assert!(matches!(cause, HeaderError::Structure(_)), "{name}: {cause:?}");
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
        (with_parameter(0, "01 38 22"), HeaderError::UnknownAlgorithm(-35)),
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
