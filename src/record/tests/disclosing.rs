//! Disclosures: what opens a commitment, what does not, and that nothing of it is shown.

use data_encoding::HEXLOWER;

use crate::cbor::{Bytes, CborError, encode};
use crate::limits::{DISCLOSURE_BYTES_MAX, NAME_BYTES_MAX};
use crate::names::sha256;
use crate::record::{Datum, Disclosure, DisclosureRefused, SALT_BYTES};

const SALT: [u8; SALT_BYTES] = [0x5a; SALT_BYTES];

fn disclose(datum: Datum, value: &str) -> Result<Disclosure, DisclosureRefused> {
    Disclosure::new(SALT, datum, value.to_owned())
}

/// A good value of each datum.
fn good() -> [(Datum, &'static str); 10] {
    [
        (Datum::FamilyNames, "TESFAY"),
        (Datum::GivenNames, "MEHRET<ABEBA"),
        (Datum::NativeNames, "ምሕረት ተስፋይ"),
        (Datum::DateOfBirth, "1961-02-28"),
        (Datum::Sex, "F"),
        (Datum::Nationality, "ERI"),
        (Datum::DocumentType, "P"),
        (Datum::DocumentNumber, "K0123456"),
        (Datum::DocumentIssuer, "XXA"),
        (Datum::DocumentExpiry, "2030-02-28"),
    ]
}

#[test]
fn every_datum_is_disclosed_and_read_back() {
    assert!(good().iter().map(|(datum, _)| datum).eq(Datum::ALL));
    for (datum, value) in good() {
        let one = disclose(datum, value).unwrap();
        let bytes = one.encode();
        assert_eq!(Disclosure::decode(&bytes).as_ref(), Ok(&one), "{datum}");
        assert_eq!((one.datum(), one.value()), (datum, value));
        assert_eq!(one.commitment().as_bytes(), &sha256(&bytes));
        let resalted = Disclosure::new([1; SALT_BYTES], datum, value.to_owned()).unwrap();
        assert_ne!(resalted.commitment(), one.commitment(), "the salt is committed to");
    }
    let longest = disclose(Datum::NativeNames, &"x".repeat(NAME_BYTES_MAX)).unwrap();
    assert!(longest.encode().len() <= DISCLOSURE_BYTES_MAX);
}

/// The one disclosure that the SD-CWT draft walks through: its hash covers the head of the byte
/// string.
#[test]
fn a_commitment_is_made_as_sd_cwt_makes_it() {
    let salted = b"8350bae611067bb823486797da1ebbb52f836b414243442d3132333435361901f5";
    let salted = HEXLOWER.decode(salted).unwrap();
    let hash = HEXLOWER.encode(&sha256(&encode(&Bytes(salted))));
    assert_eq!(hash, "af375dc3fba1d082448642c00be7b2f7bb05c9d8fb61cfc230ddfdfb4616a693");
    let ours = disclose(Datum::Sex, "F").unwrap().encode();
    assert_eq!(HEXLOWER.encode(&ours), format!("558350{}614605", "5a".repeat(16)));
}

#[test]
fn a_value_that_is_not_one_of_its_datum_is_refused() {
    use Datum::{
        DateOfBirth, DocumentExpiry, DocumentIssuer, DocumentNumber, DocumentType, FamilyNames,
        GivenNames, Nationality, NativeNames, Sex,
    };
    for day in ["1961-02-XX", "1961-XX-XX", "XXXX-XX-XX", "2000-02-29", "1904-02-29"] {
        assert!(disclose(DateOfBirth, day).is_ok(), "{day}");
    }
    let long = "x".repeat(NAME_BYTES_MAX + 1);
    let digits = "1".repeat(33);
    for (datum, value) in [
        (FamilyNames, ""),
        (FamilyNames, &*long),
        (GivenNames, "ABEBA\n"),
        (GivenNames, "\u{1b}[2J"),
        (NativeNames, "a\u{85}b"),
        (NativeNames, "a\0"),
        (DateOfBirth, ""),
        (DateOfBirth, "1961-02-29"),
        (DateOfBirth, "1900-02-29"),
        (DateOfBirth, "1961-13-01"),
        (DateOfBirth, "1961-00-01"),
        (DateOfBirth, "1961-01-00"),
        (DateOfBirth, "1961-04-31"),
        (DateOfBirth, "1961-XX-01"),
        (DateOfBirth, "XXXX-01-01"),
        (DateOfBirth, "XXXX-01-XX"),
        (DateOfBirth, "1961-1-1"),
        (DateOfBirth, "0000-01-01"),
        (DateOfBirth, "+961-01-01"),
        (DateOfBirth, "1961-01-01-01"),
        (DateOfBirth, "610101"),
        (DateOfBirth, "1961-xx-xx"),
        (Sex, ""),
        (Sex, "<"),
        (Sex, "f"),
        (Sex, "FM"),
        (Nationality, "Eritrea"),
        (Nationality, "D"),
        (Nationality, "UTO"),
        (DocumentIssuer, "FR"),
        (DocumentIssuer, "D<<"),
        (DocumentType, ""),
        (DocumentType, "P<"),
        (DocumentType, "PPP"),
        (DocumentType, "1"),
        (DocumentNumber, ""),
        (DocumentNumber, "K-1"),
        (DocumentNumber, "k1"),
        (DocumentNumber, &*digits),
        (DocumentExpiry, "2030-02-30"),
        (DocumentExpiry, "2030-02-XX"),
        (DocumentExpiry, "XXXX-XX-XX"),
    ] {
        let refused = disclose(datum, value).unwrap_err();
        let bytes = encode(&Bytes(encode(&(Bytes(SALT.to_vec()), value, datum))));
        assert_eq!(Disclosure::decode(&bytes), Err(refused.clone()), "{value:?}");
        if value.len() > 6 {
            assert!(!refused.to_string().contains(value), "{refused}: a value is not repeated");
        }
    }
}

#[test]
fn bytes_that_are_no_disclosure_are_refused() {
    let salt = || Bytes(SALT.to_vec());
    let wrapped = |inner: Vec<u8>| encode(&Bytes(inner));
    let whole = disclose(Datum::Sex, "F").unwrap().encode();
    let refused: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("the array without its byte string", encode(&(salt(), "F", Datum::Sex))),
        ("a byte string of nothing", wrapped(Vec::new())),
        ("a byte string twice", wrapped(whole.clone())),
        ("a byte too many", [whole.clone(), vec![0]].concat()),
        ("a byte too few", whole[..whole.len() - 1].to_vec()),
        ("a byte too many within", wrapped([&whole[1..], b"\0"].concat())),
        ("a salt alone, which is a decoy", wrapped(encode(&(salt(),)))),
        ("no datum", wrapped(encode(&(salt(), "F")))),
        ("a fourth item", wrapped(encode(&(salt(), "F", Datum::Sex, 0_u8)))),
        ("a short salt", wrapped(encode(&(Bytes(vec![1; 15]), "F", Datum::Sex)))),
        ("a long salt", wrapped(encode(&(Bytes(vec![1; 17]), "F", Datum::Sex)))),
        ("a salt as text", wrapped(encode(&("0123456789abcdef", "F", Datum::Sex)))),
        ("a number for a value", wrapped(encode(&(salt(), 7_u8, Datum::Sex)))),
        ("bytes for a value", wrapped(encode(&(salt(), Bytes(vec![b'F']), Datum::Sex)))),
        ("null for a value", wrapped(encode(&(salt(), (), Datum::Sex)))),
        ("a datum by its name", wrapped(encode(&(salt(), "F", "sex")))),
        ("a datum that is none", wrapped(encode(&(salt(), "F", 11_u8)))),
        ("datum and value exchanged", wrapped(encode(&(salt(), Datum::Sex, "F")))),
        ("a byte string in another length", [b"\x58\x16", &whole[1..]].concat()),
    ];
    for (what, bytes) in refused {
        assert!(Disclosure::decode(&bytes).is_err(), "{what}");
    }
    let len = DISCLOSURE_BYTES_MAX + 1;
    let too_long = CborError::TooLong { len, cap: DISCLOSURE_BYTES_MAX };
    let said = Disclosure::decode(&vec![0xff; len]);
    assert_eq!(said, Err(DisclosureRefused::Cbor(too_long)));
}

#[test]
fn a_disclosure_shows_nothing_of_itself() {
    let one = disclose(Datum::FamilyNames, "TESFAY").unwrap();
    assert_eq!(format!("{one:?}"), "Disclosure(family-names)");
    assert_eq!(format!("{one:#?}"), "Disclosure(family-names)");
}
