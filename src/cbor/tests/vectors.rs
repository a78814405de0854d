//! Named vectors: RFC 8949 appendix A, and our own, most of them refused.

use data_encoding::HEXLOWER;

use crate::cbor::{CborError, Fault, Profile, Refusal, decode, scan};

const APPENDIX_A: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/cbor/appendix_a.txt"));
const PAYLOAD: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/cbor/payload.txt"));
const ENVELOPE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/cbor/envelope.txt"));

struct Case {
    bytes: Vec<u8>,
    verdict: &'static str,
    name: &'static str,
}

/// Reads lines of hexadecimal, verdict and name.
fn cases(file: &'static str) -> Vec<Case> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let case = |line: &'static str| {
        let (hex, rest) = line.split_once(' ').unwrap();
        let (verdict, name) = rest.trim_start().split_once(' ').unwrap();
        let hex = hex.trim_matches('-').as_bytes();
        Case { bytes: HEXLOWER.decode(hex).unwrap(), verdict, name: name.trim() }
    };
    lines.map(case).collect()
}

/// A verdict in the words of the files: the fault's name without its data, and the offset.
fn verdict(result: Result<(), Refusal>) -> String {
    match result {
        Ok(()) => "accept".to_owned(),
        Err(Refusal { offset, fault }) => {
            let fault = format!("{fault:?}");
            format!("{}@{offset}", fault.split(' ').next().unwrap())
        }
    }
}

fn check(file: &'static str, profile: Profile) {
    let cases = cases(file);
    let found = |case: &Case| verdict(scan(&case.bytes, profile));
    let wrong = cases.iter().filter(|case| found(case) != case.verdict);
    let wrong: Vec<_> = wrong.map(|case| (case.name, case.verdict, found(case))).collect();
    assert_eq!(wrong, [], "name, verdict in the file, verdict found");
    let (accepted, refused): (Vec<_>, Vec<_>) =
        cases.iter().partition(|case| case.verdict == "accept");
    assert!(refused.len() > accepted.len(), "most cases are refusals");
}

/// Every accepted case, as the payload or envelope that it is.
fn accepted() -> Vec<(Vec<u8>, Profile)> {
    let payloads = cases(APPENDIX_A).into_iter().chain(cases(PAYLOAD));
    let payloads = payloads.map(|case| (case, Profile::Payload));
    let envelopes = cases(ENVELOPE).into_iter().map(|case| (case, Profile::Envelope));
    let all = payloads.chain(envelopes).filter(|(case, _)| case.verdict == "accept");
    all.map(|(case, profile)| (case.bytes, profile)).collect()
}

#[test]
fn every_row_of_rfc_8949_appendix_a_has_its_verdict() {
    assert_eq!(cases(APPENDIX_A).len(), 81);
    check(APPENDIX_A, Profile::Payload);
}

#[test]
fn every_case_of_the_payload_profile_has_its_verdict() {
    check(PAYLOAD, Profile::Payload);
}

#[test]
fn every_case_of_the_envelope_profile_has_its_verdict() {
    check(ENVELOPE, Profile::Envelope);
}

#[test]
fn the_codec_reads_and_rewrites_what_the_scan_accepts() {
    for (bytes, _) in accepted().iter().filter(|(_, profile)| *profile == Profile::Payload) {
        assert!(decode::<serde_cbor::Value>(bytes, bytes.len()).is_ok(), "{bytes:02x?}");
    }
}

#[test]
fn every_accepted_case_is_refused_with_a_byte_less() {
    for (bytes, profile) in accepted() {
        for end in 0..bytes.len() {
            assert!(scan(&bytes[..end], profile).is_err(), "{end} bytes of {bytes:02x?}");
        }
    }
}

#[test]
fn every_accepted_case_is_refused_with_a_byte_more() {
    for (bytes, profile) in accepted() {
        for byte in 0..=u8::MAX {
            let longer = [bytes.as_slice(), &[byte]].concat();
            let fault = Fault::Trailing { count: 1 };
            assert_eq!(scan(&longer, profile), Err(Refusal { offset: bytes.len(), fault }));
        }
    }
}

#[test]
fn an_envelope_is_no_payload_and_a_payload_no_envelope() {
    for (bytes, profile) in accepted() {
        let (other, fault) = match profile {
            Profile::Payload => (Profile::Envelope, Fault::Untagged),
            Profile::Envelope => (Profile::Payload, Fault::Tag { tag: 18 }),
        };
        assert_eq!(scan(&bytes, other), Err(Refusal { offset: 0, fault }), "{bytes:02x?}");
    }
}

#[test]
fn faults_carry_what_they_speak_of() {
    let cases: &[(&[u8], Fault)] = &[
        (&[0x5b, 0, 0, 0, 1, 0, 0, 0, 0, 0xff], Fault::TooFewLeft { declared: 1 << 32, left: 1 }),
        (&[0x82, 0x01], Fault::TooFewLeft { declared: 2, left: 1 }),
        (&[0xa1, 0x01], Fault::TooFewLeft { declared: 1, left: 1 }),
        (&[0x19, 0x00, 0x2a], Fault::NotShortest { argument: 42 }),
        (&[0xd8, 0x62, 0x80], Fault::Tag { tag: 98 }),
        (&[0xf8, 0x63], Fault::Simple { value: 99 }),
        (&[0xfc], Fault::Reserved { initial: 0xfc }),
        (&[0xa2, 0x05, 0, 0x03, 0], Fault::KeyOrder { key: 3, after: 5 }),
        (&[0xa2, 0x05, 0, 0x05, 0], Fault::KeyTwice { key: 5 }),
        (&[0x00, 0x01, 0x02], Fault::Trailing { count: 2 }),
    ];
    for (bytes, fault) in cases {
        assert_eq!(scan(bytes, Profile::Payload).unwrap_err().fault, *fault, "{bytes:02x?}");
    }
}

#[test]
fn deep_nesting_of_any_kind_is_refused_at_depth_17_without_a_deep_stack() {
    const COUNT: usize = 200_000;
    let kinds: &[(&[u8], usize, Fault)] = &[
        (&[0x81], 16, Fault::Depth),
        (&[0xa1, 0x00], 32, Fault::Depth),
        (&[0x82, 0x00], 32, Fault::Depth),
        (&[0xc1], 0, Fault::Tag { tag: 1 }),
        (&[0x9f], 0, Fault::Indefinite),
    ];
    for (unit, offset, fault) in kinds {
        let bytes = unit.repeat(COUNT);
        let refusal = Refusal { offset: *offset, fault: *fault };
        assert_eq!(scan(&bytes, Profile::Payload), Err(refusal));
        let refusal = CborError::Scan(refusal);
        assert_eq!(decode::<serde_cbor::Value>(&bytes, bytes.len()), Err(refusal));
    }
}

#[test]
fn a_long_array_and_a_long_map_of_full_depth_are_read_in_one_pass() {
    let mut bytes = vec![0x9a, 0x00, 0x01, 0x00, 0x00];
    bytes.extend([0xa2, 0x00, 0x00, 0x18, 0x18, 0x00].repeat(65_536));
    assert_eq!(scan(&bytes, Profile::Payload), Ok(()));
    let key = bytes.len() - 3;
    bytes[key] = 0x00;
    assert_eq!(
        scan(&bytes, Profile::Payload),
        Err(Refusal { offset: key, fault: Fault::KeyTwice { key: 0 } })
    );
}
