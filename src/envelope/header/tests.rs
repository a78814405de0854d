use data_encoding::HEXLOWER;

use super::*;
use crate::envelope::fixture::{THUMBPRINT, UNSAFE_TEST_SEED_GBR_CASEWORKER, claims, public};

fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.replace(' ', "").as_bytes()).unwrap()
}

fn header_with(change: impl FnOnce(&mut Claims)) -> Result<Header, HeaderError> {
    let mut claims = claims();
    change(&mut claims);
    let kid = public(&UNSAFE_TEST_SEED_GBR_CASEWORKER).id();
    Header::new(Algorithm::Ed25519, kid, claims, THUMBPRINT)
}

#[test]
fn the_bytes_of_a_header_are_these() {
    let header = Header::new(
        Algorithm::Ed25519,
        KeyId::new([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]),
        Claims {
            iss: "https://exchange.uk.example".to_owned(),
            sub: "urn:entente:GB01-000123".to_owned(),
            aud: "urn:sha256:00".to_owned(),
            iat: Timestamp::new(0x6b02_3080),
            cti: SubmissionId::new([0xcc; 16]),
        },
        Hash::new([0xdd; 32]),
    );
    let bytes = [
        unhex("a6 01 32 02 82 0f 10 04 48 0011223344556677 0f a5 01 78 1b"),
        b"https://exchange.uk.example".to_vec(),
        unhex("02 77"),
        b"urn:entente:GB01-000123".to_vec(),
        unhex("03 6d"),
        b"urn:sha256:00".to_vec(),
        unhex("06 1a 6b023080 07 50 cccccccccccccccccccccccccccccccc 10 78 1f"),
        b"application/entente-record+cose".to_vec(),
        unhex("18 22 82 2f 58 20"),
        vec![0xdd; 32],
    ]
    .concat();
    let header = header.unwrap();
    assert_eq!(header.to_protected(), bytes);
    assert_eq!(Header::from_protected(&bytes), Ok(header));
}

#[test]
fn the_header_of_another_exchange_is_refused_although_its_form_is_ours() {
    // The same six labels, 167 bytes, but another type and no audience.
    let another = |typ: &str, audience: &[u8], claims: u8| {
        [
            unhex("a6 01 32 02 82 0f 10 04 48 0011223344556677 0f").as_slice(),
            &[claims],
            &unhex("01 78 1b"),
            b"https://exchange.uk.example",
            &unhex("02 77"),
            b"urn:oioo:UK-2026-000123",
            audience,
            &unhex("06 1a 6b023080 07 50 cccccccccccccccccccccccccccccccc 10 78"),
            &[u8::try_from(typ.len()).unwrap()],
            typ.as_bytes(),
            &unhex("18 22 82 2f 58 20"),
            &[0xdd; 32],
        ]
        .concat()
    };
    let theirs = another("application/oioo-record+cose", b"", 0xa4);
    assert_eq!(theirs.len(), 167);
    assert!(matches!(Header::from_protected(&theirs), Err(HeaderError::Structure(_))));
    let audience = b"\x03\x61A";
    let theirs = another("application/oioo-record+cose", audience, 0xa5);
    assert_eq!(Header::from_protected(&theirs), Err(HeaderError::Type));
    assert!(Header::from_protected(&another(RECORD_TYPE, audience, 0xa5)).is_ok());
}

#[test]
fn the_longest_claims_fit_a_header_and_one_byte_more_is_refused() {
    let longest = header_with(|claims| {
        claims.iss = "i".repeat(255);
        claims.sub = "s".repeat(128);
        claims.aud = "a".repeat(255);
        claims.iat = Timestamp::new(u64::MAX);
    });
    let bytes = longest.as_ref().unwrap().to_protected();
    assert!(bytes.len() <= limits::HEADER_BYTES_MAX);
    assert_eq!(Header::from_protected(&bytes), longest);

    assert_eq!(header_with(|it| it.iss = "i".repeat(256)), Err(HeaderError::Issuer(256)));
    assert_eq!(header_with(|it| it.sub = "s".repeat(129)), Err(HeaderError::Subject(129)));
    assert_eq!(header_with(|it| it.aud = "a".repeat(256)), Err(HeaderError::Audience(256)));
    // The bound is bytes, not characters.
    assert_eq!(header_with(|it| it.sub = "é".repeat(65)), Err(HeaderError::Subject(130)));
}

#[test]
fn an_empty_claim_is_refused() {
    assert_eq!(header_with(|it| it.iss.clear()), Err(HeaderError::Issuer(0)));
    assert_eq!(header_with(|it| it.sub.clear()), Err(HeaderError::Subject(0)));
    assert_eq!(header_with(|it| it.aud.clear()), Err(HeaderError::Audience(0)));
}

#[test]
fn an_algorithm_has_one_number_and_one_name() {
    for (algorithm, code, name) in
        [(Algorithm::Ed25519, -19, "\"Ed25519\""), (Algorithm::Esp256, -9, "\"ESP256\"")]
    {
        assert_eq!(Algorithm::from_code(code), Some(algorithm));
        assert_eq!(decode::<Algorithm>(&encode(&code), 8).unwrap(), algorithm);
        assert_eq!(serde_json::to_string(&algorithm).unwrap(), name);
        assert_eq!(serde_json::from_str::<Algorithm>(name).unwrap(), algorithm);
    }
    // The polymorphic numbers of RFC 9053, and none at all.
    for code in [-8_i64, -7, -35, -36, -51, -52, 0, 19, 9] {
        assert_eq!(Algorithm::from_code(code), None, "{code}");
        assert!(decode::<Algorithm>(&encode(&code), 8).is_err(), "{code}");
    }
    for name in ["\"EdDSA\"", "\"ed25519\"", "\"\"", "-19"] {
        assert!(serde_json::from_str::<Algorithm>(name).is_err(), "{name}");
    }
}
