//! Properties of the strict road, with another codec as judge.
//!
//! The judge and the promises are those of the fuzz target: the scan accepts exactly what the other
//! codec reads, writes again as the same bytes, and finds within the rules.

use std::collections::BTreeMap;

use entente::cbor::{Profile, decode, encode, scan};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_cbor::Value;

/// The fuzz target, which panics where a promise is broken.
#[path = "../fuzz/targets/cbor.rs"]
#[expect(clippy::arithmetic_side_effects, unreachable_pub, reason = "code of tests")]
mod target;

/// Numbers around every change of the head's length.
fn number() -> impl Strategy<Value = u64> {
    let edges = [0, 23, 24, 255, 256, 65_535, 65_536, u64::from(u32::MAX), 1 << 32, u64::MAX];
    prop_oneof![proptest::sample::select(edges.to_vec()), 0..300_u64, any::<u64>()]
}

/// Values of the payload profile, of at most 12 levels.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(|number| Value::Integer(number.into())),
        number().prop_map(|number| Value::Integer(!i128::from(number))),
        vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        vec(any::<char>(), 0..40).prop_map(|text| Value::Text(text.into_iter().collect())),
    ];
    leaf.prop_recursive(12, 64, 30, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..30).prop_map(Value::Array),
            btree_map(number(), inner, 0..30).prop_map(|map| {
                let pairs = map.into_iter();
                Value::Map(pairs.map(|(key, one)| (Value::Integer(key.into()), one)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_of_the_profile_is_accepted_and_read_back(value in value()) {
        let bytes = encode(&value);
        prop_assert_eq!(scan(&bytes, Profile::Payload), Ok(()));
        prop_assert_eq!(decode::<Value>(&bytes, bytes.len()).unwrap(), value);
        target::run(&bytes);
    }

    #[test]
    fn an_envelope_is_its_tag_before_one_such_value(value in value()) {
        let bytes = [&[0xd2], encode(&value).as_slice()].concat();
        prop_assert_eq!(scan(&bytes, Profile::Envelope), Ok(()));
        prop_assert!(scan(&bytes, Profile::Payload).is_err());
        target::run(&bytes);
    }

    #[test]
    fn one_changed_byte_is_refused_or_is_another_value(
        value in value(),
        place in any::<proptest::sample::Index>(),
        change in 1..=u8::MAX,
    ) {
        let mut bytes = encode(&value);
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        target::run(&bytes);
        if let Ok(other) = decode::<Value>(&bytes, bytes.len()) {
            prop_assert_ne!(other, value);
        }
    }

    #[test]
    fn bytes_that_are_put_in_or_taken_out_keep_the_verdicts_equal(
        value in value(),
        place in any::<proptest::sample::Index>(),
        cut in 0..4_usize,
        put in vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = encode(&value);
        let place = place.index(bytes.len());
        let end = bytes.len().min(place.saturating_add(cut));
        bytes.splice(place..end, put);
        target::run(&bytes);
    }

    #[test]
    fn any_bytes_get_one_verdict(bytes in vec(any::<u8>(), 0..64)) {
        target::run(&bytes);
    }
}

#[test]
fn every_change_of_every_byte_of_a_small_value_is_refused_or_another_value() {
    let inner = BTreeMap::from([(1, vec![5, 500]), (24, vec![]), (1000, vec![70_000, 0])]);
    let value = (inner, "é".to_owned(), Some(true), -25_i64);
    let bytes = encode(&value);
    for place in 0..bytes.len() {
        for byte in (0..=u8::MAX).filter(|byte| *byte != bytes[place]) {
            let mut changed = bytes.clone();
            changed[place] = byte;
            target::run(&changed);
            if let Ok(other) = decode::<(BTreeMap<u64, Vec<u32>>, String, Option<bool>, i64)>(
                &changed,
                changed.len(),
            ) {
                assert_ne!(other, value, "byte {place} changed to {byte:#04x}");
            }
        }
    }
}

#[test]
fn the_judge_agrees_on_every_named_vector() {
    let files = [
        include_str!("vectors/cbor/appendix_a.txt"),
        include_str!("vectors/cbor/payload.txt"),
        include_str!("vectors/cbor/envelope.txt"),
    ];
    let lines = files.iter().flat_map(|file| file.lines());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let hex = line.split(' ').next().unwrap().trim_matches('-');
        target::run(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
    }
}
