//! Whatever the codec alone would let through, the road refuses, and names the place.

use serde::{Deserialize, Serialize};

use crate::cbor::{Bytes, CborError, Fault, Refusal, decode, encode};
use crate::limits::FRAME_BYTES_MAX;

codes! {
    /// Colours.
    pub enum Colour: "colour" {
        /// Code 1.
        Red = 1 => "red",
        /// Code 2.
        DeepBlue = 2 => "deep-blue",
    }
}

int_map! {
    /// One field of each sort.
    pub struct Sample {
        /// A number.
        1 => count: u16,
        /// Bytes.
        2 => digest: Bytes,
        /// Text.
        3 => label: String,
        /// A code.
        4 => colour: Colour,
    }
    optional {
        /// An optional list.
        24 => list: Vec<u16>,
        /// An optional number.
        25 => more: u64,
    }
}

/// A sample and its bytes: key and value of each field, one after the other.
const SAMPLE: &str = "a4 0107 0242abcd 036161 0402";

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.replace(' ', "");
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn sample() -> Sample {
    let digest = Bytes(vec![0xab, 0xcd]);
    let colour = Colour::DeepBlue;
    Sample { count: 7, digest, label: "a".into(), colour, list: None, more: None }
}

fn read(hex: &str) -> Result<Sample, CborError> {
    decode(&bytes(hex), FRAME_BYTES_MAX)
}

fn refused_by_scan(hex: &str, offset: usize, fault: Fault) {
    assert_eq!(read(hex), Err(CborError::Scan(Refusal { offset, fault })), "{hex}");
}

/// Refused because it is another structure, at this offset and for a reason with these words.
fn another_structure(hex: &str, at: usize, words: &str) {
    match read(hex) {
        Err(CborError::Structure { offset, reason }) => {
            assert_eq!(offset, at, "{hex}: {reason}");
            assert!(reason.contains(words), "{hex}: {reason}");
        }
        other => panic!("{hex}: {other:?}"),
    }
}

#[test]
fn the_sample_goes_there_and_back() {
    assert_eq!(encode(&sample()), bytes(SAMPLE));
    assert_eq!(read(SAMPLE), Ok(sample()));
    let full = Sample { list: Some(vec![1, 500]), more: Some(0), ..sample() };
    let hex = "a6 0107 0242abcd 036161 0402 1818820119 01f4 181900";
    assert_eq!(encode(&full), bytes(hex));
    assert_eq!(read(hex), Ok(full));
}

#[test]
fn more_than_the_cap_is_not_read() {
    let bytes = bytes(SAMPLE);
    let cap = bytes.len() - 1;
    let refusal = CborError::TooLong { len: bytes.len(), cap };
    assert_eq!(decode::<Sample>(&bytes, cap), Err(refusal));
    assert!(decode::<Sample>(&bytes, bytes.len()).is_ok());
}

#[test]
fn what_the_scan_knows_is_refused_at_its_head() {
    let cases: &[(&str, usize, Fault)] = &[
        ("a4 0107 0242abcd 036161 0402 00", 12, Fault::Trailing { count: 1 }),
        ("a5 0107 0107 0242abcd 036161 0402", 3, Fault::KeyTwice { key: 1 }),
        ("a4 0107 036161 0242abcd 0402", 6, Fault::KeyOrder { key: 2, after: 3 }),
        ("a4 011807 0242abcd 036161 0402", 2, Fault::NotShortest { argument: 7 }),
        ("a4 0107 025802abcd 036161 0402", 4, Fault::NotShortest { argument: 2 }),
        ("b804 0107 0242abcd 036161 0402", 0, Fault::NotShortest { argument: 4 }),
        ("bf 0107 0242abcd 036161 0402 ff", 0, Fault::Indefinite),
        ("a4 0107 025f41ab41cdff 036161 0402", 4, Fault::Indefinite),
        ("d9d9f7 a4 0107 0242abcd 036161 0402", 0, Fault::Tag { tag: 55_799 }),
        ("a4 01c107 0242abcd 036161 0402", 2, Fault::Tag { tag: 1 }),
        ("a4 01c24107 0242abcd 036161 0402", 2, Fault::Tag { tag: 2 }),
        ("a4 65636f756e7407 0242abcd 036161 0402", 1, Fault::KeyType),
        ("a4 2007 0242abcd 036161 0402", 1, Fault::KeyType),
        ("a4 01f94700 0242abcd 036161 0402", 2, Fault::Float),
        ("a5 0107 0242abcd 036161 0402 1818f7", 14, Fault::Simple { value: 23 }),
        ("a4 0107 0242abcd 0361ff 0402", 9, Fault::Utf8),
        ("a1 025b7fffffffffffffff", 2, Fault::TooFewLeft { declared: (1 << 63) - 1, left: 0 }),
        ("a1 18189a80000000", 3, Fault::TooFewLeft { declared: 1 << 31, left: 0 }),
    ];
    for (hex, offset, fault) in cases {
        refused_by_scan(hex, *offset, *fault);
    }
}

#[test]
fn a_structure_that_does_not_belong_here_is_refused_at_its_head() {
    let cases: &[(&str, usize, &str)] = &[
        // The struct as an array of its values, and as something else altogether.
        ("84 07 42abcd 6161 02", 0, "sequence"),
        ("07", 0, "integer"),
        ("f6", 0, "null"),
        // A field that is unknown, of the other kind of key, or that another version might have.
        ("a5 0007 0107 0242abcd 036161 0402", 1, "unknown field `0` in Sample"),
        ("a5 0107 0242abcd 036161 0402 0500", 12, "unknown field `5` in Sample"),
        ("a5 0107 0242abcd 036161 0402 1bffffffffffffffff00", 12, "unknown field"),
        // A missing field: the last head of the map that lacks it.
        ("a3 0242abcd 036161 0402", 9, "missing field `count`"),
        ("a3 0107 0242abcd 036161", 8, "missing field `colour`"),
        ("a0", 0, "missing field `count`"),
        // Bytes given as an array or as text.
        ("a4 0107 028218ab18cd 036161 0402", 4, "expected a byte string"),
        ("a4 0107 02626162 036161 0402", 4, "expected a byte string"),
        // Numbers of another sign or size, and other things in their place.
        ("a4 0120 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 013bffffffffffffffff 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 011a00010000 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 016137 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 01f5 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 01f6 0242abcd 036161 0402", 2, "expected u16"),
        ("a4 018107 0242abcd 036161 0402", 2, "expected u16"),
        // A code outside its list, and a code by its name.
        ("a4 0107 0242abcd 036161 0403", 11, "3 is not a colour"),
        ("a4 0107 0242abcd 036161 0463726564", 11, "expected u64"),
        ("a4 0107 0242abcd 036161 04a101f6", 11, "expected u64"),
        // A null for a field that is absent.
        ("a5 0107 0242abcd 036161 0402 1818f6", 14, "null"),
        ("a5 0107 0242abcd 036161 0402 1819f6", 14, "null"),
        // An inner item at fault.
        ("a5 0107 0242abcd 036161 0402 1818820120", 16, "expected u16"),
    ];
    for (hex, offset, words) in cases {
        another_structure(hex, *offset, words);
    }
}

#[test]
fn text_given_as_bytes_is_refused_where_it_is_written_otherwise() {
    let hex = "a4 0107 0242abcd 034161 0402";
    assert_eq!(read(hex), Err(CborError::NotCanonical { offset: 8 }));
}

/// A struct as serde writes it by itself: its keys are text, and so never ours.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Foreign {
    first: u8,
    second: Option<u8>,
}

#[test]
fn a_struct_with_the_codec_s_own_integer_keys_or_as_an_array_is_refused() {
    for (hex, offset) in [("a200010102", 1), ("820102", 0), ("a10001", 0)] {
        let refused = decode::<Foreign>(&bytes(hex), FRAME_BYTES_MAX);
        assert_eq!(refused, Err(CborError::NotCanonical { offset }), "{hex}");
    }
}

#[test]
fn a_null_for_an_absent_member_of_an_array_is_a_value_like_any_other() {
    let pair = (1_u8, None::<u8>);
    assert_eq!(decode::<(u8, Option<u8>)>(&bytes("8201f6"), 3), Ok(pair));
    for hex in ["8101", "830102f6"] {
        let refused = decode::<(u8, Option<u8>)>(&bytes(hex), 9);
        assert!(matches!(refused, Err(CborError::Structure { .. })), "{refused:?}");
    }
}

#[test]
fn a_type_that_reads_what_it_cannot_write_is_refused_without_a_panic() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Mute(u8);
    impl Serialize for Mute {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no form"))
        }
    }
    assert_eq!(decode::<Mute>(&[0], 1), Err(CborError::NotCanonical { offset: 0 }));
}

#[test]
fn no_text_from_outside_stands_in_a_refusal() {
    // {1: "Jo\"e Doe"} and, in the place of a code, text with a backslash at its end.
    for hex in ["a1 01684a6f226520446f65", "a4 0107 0242abcd 036161 04644a6f655c"] {
        let Err(CborError::Structure { reason, .. }) = read(hex) else {
            panic!("accepted");
        };
        assert!(!reason.contains("Jo") && !reason.contains("Doe"), "{reason}");
        assert!(reason.contains("expected u"), "{reason}");
    }
    let long = encode(&"x".repeat(100_000));
    let Err(CborError::Structure { reason, .. }) = decode::<u8>(&long, long.len()) else {
        panic!("accepted");
    };
    assert!(reason.len() < 300, "{}", reason.len());
}

#[test]
fn the_named_form_has_names_and_is_as_strict() {
    let json = r#"{"count":7,"digest":"abcd","label":"a","colour":"deep-blue"}"#;
    assert_eq!(serde_json::to_string(&sample()).unwrap(), json);
    assert_eq!(serde_json::from_str::<Sample>(json).unwrap(), sample());
    let toml = "count = 7\ndigest = \"abcd\"\nlabel = \"a\"\ncolour = \"deep-blue\"\n";
    assert_eq!(toml::from_str::<Sample>(toml).unwrap(), sample());
    let null = json.replace('}', r#","more":null}"#);
    assert_eq!(serde_json::from_str::<Sample>(&null).unwrap(), sample());
    let refused: &[(&str, &str, &str)] = &[
        ("7,", "7,\"count\":7,", "duplicate field `count`"),
        ("\"count\":7,", "", "missing field `count`"),
        ("7", "null", "expected u16"),
        ("count", "Count", "unknown field `Count` in Sample"),
        ("count", "1", "unknown field `1` in Sample"),
        ("7", "-7", "expected u16"),
        ("7", "7.0", "expected u16"),
        ("\"abcd\"", "\"ABCD\"", "hexadecimal"),
        ("\"abcd\"", "\"abc\"", "hexadecimal"),
        ("\"abcd\"", "[171,205]", "expected a string"),
        ("deep-blue", "Deep-Blue", "is not a colour"),
        ("\"deep-blue\"", "2", "expected a string"),
        ("}", ",\"more\":1,\"more\":1}", "duplicate field `more`"),
        ("}", ",\"more\":null,\"more\":1}", "duplicate field `more`"),
        ("}", "} ,", "trailing"),
    ];
    for (old, new, words) in refused {
        let error = serde_json::from_str::<Sample>(&json.replacen(old, new, 1)).unwrap_err();
        assert!(error.to_string().contains(words), "{old} -> {new}: {error}");
    }
    assert!(serde_json::from_str::<Sample>(r#"[7,"abcd","a","deep-blue"]"#).is_err());
}

#[test]
fn keys_of_a_struct_ascend() {
    use crate::cbor::ascending;
    assert!(ascending(&[]) && ascending(&[0]) && ascending(&[0, 1, 24, u64::MAX]));
    for keys in [&[1, 1][..], &[2, 1], &[1, 3, 2], &[1, 2, 2], &[u64::MAX, 0]] {
        assert!(!ascending(keys), "{keys:?}");
    }
}
