//! The strict road: no panic whatever comes, the same verdict as a judge that works in another way,
//! and one byte string for one value.

use coset::cbor::Value as Judged;
use entente::cbor::{Bytes, Profile, decode, encode, scan};
use entente::limits::CBOR_DEPTH_MAX;
use entente::names::{CaseRef, Date, Party, Persons, RecordId, Size, Timestamp, Week};
use serde::{Serialize, de::DeserializeOwned};

/// The initial byte of tag 18, which begins an envelope.
const ENVELOPE_TAG: u8 = 0xd2;

/// Gives the bytes to the scan, to its judge and to the codec.
pub fn run(bytes: &[u8]) {
    let accepted = scan(bytes, Profile::Payload);
    assert_eq!(accepted.is_ok(), judge(bytes), "the scan says {accepted:?}");
    if let Err(refusal) = accepted {
        assert!(refusal.offset <= bytes.len(), "{refusal}");
    }
    let below = bytes.strip_prefix(&[ENVELOPE_TAG]);
    let envelope = below.is_some_and(|below| scan(below, Profile::Payload).is_ok());
    assert_eq!(scan(bytes, Profile::Envelope).is_ok(), envelope);

    assert_eq!(road::<serde_cbor::Value>(bytes), accepted.is_ok(), "the codec reads every payload");
    road::<Bytes>(bytes);
    road::<Vec<Bytes>>(bytes);
    road::<String>(bytes);
    road::<(u64, Option<i64>)>(bytes);
    road::<std::collections::BTreeMap<u64, Vec<u16>>>(bytes);
    road::<RecordId>(bytes);
    road::<CaseRef>(bytes);
    road::<Party>(bytes);
    road::<(Timestamp, Date, Week)>(bytes);
    road::<(Size, Persons)>(bytes);
}

/// Whether the road leads to a value of this type; if it does, it leads back to the same bytes.
fn road<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> bool {
    match decode::<T>(bytes, bytes.len()) {
        Ok(value) => {
            assert_eq!(encode(&value), bytes, "written otherwise");
            true
        }
        Err(_) => false,
    }
}

/// The judge: another codec reads the bytes into a tree, writes them again, and a walk over the
/// tree applies the rules that say what may stand in it.
fn judge(bytes: &[u8]) -> bool {
    let Ok(tree) = coset::cbor::from_reader::<Judged, _>(bytes) else {
        return false;
    };
    let mut again = Vec::new();
    coset::cbor::into_writer(&tree, &mut again).is_ok() && again == bytes && allowed(&tree, 0)
}

fn allowed(tree: &Judged, depth: usize) -> bool {
    match tree {
        Judged::Integer(_) | Judged::Bytes(_) | Judged::Text(_) => true,
        Judged::Bool(_) | Judged::Null => true,
        Judged::Array(items) => {
            depth < CBOR_DEPTH_MAX && items.iter().all(|item| allowed(item, depth + 1))
        }
        Judged::Map(pairs) => {
            let keys: Option<Vec<u64>> = pairs.iter().map(|(key, _)| number(key)).collect();
            depth < CBOR_DEPTH_MAX
                && keys.is_some_and(|keys| keys.is_sorted_by(|one, next| one < next))
                && pairs.iter().all(|(_, value)| allowed(value, depth + 1))
        }
        Judged::Float(_) | Judged::Tag(..) => false,
        _ => false,
    }
}

fn number(key: &Judged) -> Option<u64> {
    key.as_integer().and_then(|key| u64::try_from(key).ok())
}
