//! Payloads as data files: what is a record of form, and what is not by which rule.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;

use crate::cbor::CborError;
use crate::ledger::fixture::{arrival, at, count, day, departure, digest, request, visa};
use crate::limits::{RECORD_BYTES_MAX, REFERENCES_MAX};
use crate::names::{Persons, RecordId};
use crate::record::{At, Content, Entanglement, FormFault, Kind, Record};

const ACCEPTED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/record/accepted.txt"));
const REFUSED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/record/refused.txt"));

fn lines(file: &'static str) -> impl Iterator<Item = (Vec<u8>, &'static str)> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (hex, rest) = line.split_once(' ').unwrap();
        (HEXLOWER.decode(hex.trim_matches('-').as_bytes()).unwrap(), rest)
    })
}

/// What is changed in a record that is otherwise good.
type Change = fn(&mut Record);

/// A refusal in the words of the files.
fn rule(fault: &FormFault) -> String {
    let words = if let FormFault::Cbor(refusal) = fault {
        format!("{refusal:?}")
    } else {
        format!("{fault:?}")
    };
    words.split([' ', '(']).next().unwrap().to_owned()
}

fn kind_of(payload: &[u8]) -> Option<Kind> {
    let code = match payload {
        [0xa1..=0xbf, 0, code @ 0..0x18, ..] | [0xa1..=0xbf, 0, 0x18, code, ..] => *code,
        _ => return None,
    };
    Kind::from_code(code.into())
}

#[test]
fn every_accepted_vector_is_read_and_written_as_it_stands() {
    let mut seen = BTreeMap::new();
    for (payload, name) in lines(ACCEPTED) {
        let record = Record::decode(&payload).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(record.encode(), payload, "{name}");
        assert_eq!(Some(record.kind()), kind_of(&payload), "{name}");
        *seen.entry(record.kind()).or_insert(0) += 1;
    }
    assert!(Kind::ALL.iter().copied().eq(seen.into_keys()), "each kind has a vector");
}

#[test]
fn every_refused_vector_is_refused_by_its_rule() {
    let mut seen: BTreeMap<Kind, u32> = BTreeMap::new();
    for (payload, rest) in lines(REFUSED) {
        let (wanted, name) = rest.split_once(' ').unwrap();
        let kind = kind_of(&payload);
        let said = Record::decode(&payload).err().map(|fault| rule(&fault));
        assert_eq!(said.as_deref(), Some(wanted), "{name} of {kind:?}");
        if let Some(kind) = kind {
            *seen.entry(kind).or_default() += 1;
        }
    }
    for kind in Kind::ALL {
        assert!(seen.get(kind) >= Some(&9), "{kind} has {:?}", seen.get(kind));
    }
}

#[test]
fn every_kind_that_may_not_hold_a_commitment_is_refused_with_one() {
    for (payload, name) in lines(ACCEPTED) {
        let kind = kind_of(&payload).unwrap();
        if kind == Kind::ReadmissionRequest {
            continue;
        }
        // One more pair at the end of the content, which is the end of the payload: 15 is the
        // greatest key that any content has, and only an optional field of a body lies below it.
        let content = payload.len() - content_len(&payload);
        let mut longer = payload.clone();
        longer[content] += 1;
        longer.extend(b"\x0f\x81\x58\x20");
        longer.extend([0x5a; 32]);
        let said = Record::decode(&longer);
        assert_eq!(said, Err(FormFault::Commitment { kind }), "{name}");
    }
}

/// Bytes of the content, the last value of a payload.
fn content_len(payload: &[u8]) -> usize {
    let record = Record::decode(payload).unwrap();
    crate::cbor::encode(&record.content).len()
}

#[test]
fn a_payload_longer_than_a_record_is_not_even_looked_at() {
    let cap = RECORD_BYTES_MAX;
    let payload = vec![0xff; cap + 1];
    let refusal = CborError::TooLong { len: cap + 1, cap };
    assert_eq!(Record::decode(&payload), Err(FormFault::Cbor(refusal)));
    let fault = Record::decode(&payload[1..]).unwrap_err();
    assert!(matches!(fault, FormFault::Cbor(CborError::Scan(_))), "{fault}");
}

#[test]
fn the_unit_of_a_time_is_that_of_its_kind() {
    let second = Some(At::Second(at("2025-08-12T00:00:00Z")));
    let moved = Record { at: second, ..departure(RecordId::new([1; 32]), "2025-08-12", 1) };
    assert_eq!(moved.check_form(), Err(FormFault::Unit { kind: Kind::Departure }));
    assert_eq!(moved.day(), None);
    let one = Entanglement {
        origin: "log.fr.example/2025".to_owned(),
        size: crate::names::Size(1),
        root: digest("root"),
    };
    let covered = Record { at: Some(At::Day(day("2025-08-12"))), ..Record::bare(one) };
    assert_eq!(covered.check_form(), Err(FormFault::Unit { kind: Kind::Entanglement }));
}

#[test]
fn a_record_made_here_is_held_to_the_same_form() {
    let id = RecordId::new([1; 32]);
    let changed = |mut record: Record, change: fn(&mut Record)| {
        change(&mut record);
        record.check_form()
    };
    assert_eq!(changed(request("GB01-1", 0), |_| {}), Ok(()));
    let refused: [(Record, Change); 8] = [
        (request("GB01-1", 0), |it| it.case = None),
        (request("GB01-1", 0), |it| it.re.push(RecordId::new([2; 32]))),
        (request("FR01-1", 0), |_| {}),
        (visa("GB13-1", 1, 0, "2025-12-31"), |it| it.at = None),
        (count(id, "2025-08-12", 1), |it| it.re.clear()),
        (arrival(id, "2025-08-12", 1), |it| it.re.push(RecordId::new([0; 32]))),
        (arrival(id, "2025-08-12", 0), |_| {}),
        (departure(id, "2025-08-12", 0), |_| {}),
    ];
    for (record, change) in refused {
        assert!(changed(record.clone(), change).is_err(), "{record:?}");
    }
    let travel =
        |re| Record { re, ..crate::ledger::fixture::travel("GB15-1", &[id], "2025-08-12", 1) };
    let ids = |count: usize| (0..count).map(|n| RecordId::new([u8::try_from(n).unwrap(); 32]));
    assert_eq!(travel(ids(REFERENCES_MAX).collect()).check_form(), Ok(()));
    assert!(travel(ids(REFERENCES_MAX + 1).collect()).check_form().is_err());
}

#[test]
fn persons_are_added_up_without_loss() {
    let Content::ReadmissionRequest(asked) = request("GB01-1", u16::MAX - 1).content else {
        panic!("a request")
    };
    assert_eq!(asked.persons(), Persons(u16::MAX));
    let Content::VisaIssued(issued) = visa("GB13-1", u16::MAX - 2, 2, "2025-12-31").content else {
        panic!("visas")
    };
    assert_eq!(issued.persons(), Persons(u16::MAX));
    assert!(visa("GB13-1", u16::MAX, 1, "2025-12-31").check_form().is_err());
    assert!(request("GB01-1", u16::MAX).check_form().is_err());
}
