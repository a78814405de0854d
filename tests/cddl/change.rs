//! One thing changed at a time, in every place of an item: in an envelope inside its header and its
//! payload, whose signature then no longer fits, which is no question of form.
#![expect(clippy::wildcard_enum_match_arm, reason = "serde_cbor's values are not all to be named")]

use std::collections::BTreeMap;

use entente::cbor::{Bytes, encode};
use serde_cbor::Value;

/// Every change to these bytes, each with its name.
pub(crate) fn all(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    if bytes.first() != Some(&0xd2) {
        return changes(&read(bytes)).into_iter().map(|(what, one)| (what, write(&one))).collect();
    }
    let Value::Array(parts) = read(&bytes[1..]) else { panic!("not an envelope") };
    let [Value::Bytes(header), Value::Map(_), Value::Bytes(payload), Value::Bytes(signature)] =
        parts.as_slice()
    else {
        panic!("not an envelope");
    };
    let mut changed = Vec::new();
    for (what, one) in changes(&read(header)) {
        changed.push((format!("header {what}"), envelope(&write(&one), payload, signature)));
    }
    for (what, one) in changes(&read(payload)) {
        changed.push((format!("payload {what}"), envelope(header, &write(&one), signature)));
    }
    changed.push(("signature cut".to_owned(), envelope(header, payload, &signature[1..])));
    changed.push(("untagged".to_owned(), bytes[1..].to_vec()));
    changed
}

fn envelope(header: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let bytes = |part: &[u8]| Bytes(part.to_vec());
    let empty = BTreeMap::<u64, u64>::new();
    let body = encode(&(bytes(header), empty, bytes(payload), bytes(signature)));
    [vec![0xd2], body].concat()
}

fn read(bytes: &[u8]) -> Value {
    serde_cbor::from_slice(bytes).unwrap()
}

fn write(value: &Value) -> Vec<u8> {
    serde_cbor::to_vec(value).unwrap()
}

/// Every change to an item and to what lies in it.
fn changes(value: &Value) -> Vec<(String, Value)> {
    let mut all = here(value);
    match value {
        Value::Map(map) => {
            for (key, inner) in map {
                let Value::Integer(number) = key else { panic!("a key that is no integer") };
                for (what, changed) in changes(inner) {
                    let mut map = map.clone();
                    map.insert(key.clone(), changed);
                    all.push((format!(".{number}{what}"), Value::Map(map)));
                }
            }
        }
        Value::Array(items) => {
            // What holds for the first item of a list holds for those after it.
            for (at, inner) in items.iter().enumerate().take(2) {
                for (what, changed) in changes(inner) {
                    let mut items = items.clone();
                    items[at] = changed;
                    all.push((format!("[{at}]{what}"), Value::Array(items)));
                }
            }
        }
        _ => {}
    }
    all
}

/// Every change to an item itself.
fn here(value: &Value) -> Vec<(String, Value)> {
    let mut all = vec![(" null".to_owned(), Value::Null)];
    let mut add = |what: &str, value| all.push((format!(" {what}"), value));
    match value {
        Value::Integer(_) => {
            add("zero", Value::Integer(0));
            add("largest", Value::Integer(u64::MAX.into()));
            add("as text", Value::Text("1".to_owned()));
        }
        Value::Text(_) => {
            add("empty", Value::Text(String::new()));
            add("long", Value::Text("x".repeat(5000)));
        }
        Value::Bytes(bytes) => add("cut", Value::Bytes(bytes[1..].to_vec())),
        Value::Array(items) => {
            add("empty", Value::Array(Vec::new()));
            add("doubled", Value::Array([items.clone(), items.clone()].concat()));
        }
        Value::Map(map) => {
            let mut more = map.clone();
            more.insert(Value::Integer(99), Value::Integer(0));
            add("with key 99", Value::Map(more));
            for key in map.keys() {
                let mut fewer = map.clone();
                fewer.remove(key);
                add(&format!("without {key:?}"), Value::Map(fewer));
            }
        }
        _ => {}
    }
    all
}
