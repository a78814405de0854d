//! Another implementation of COSE as the judge: it reads what we write and finds the same in it,
//! and what it writes with our header, we read and verify.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use coset::cbor::value::Value;
use coset::iana::{self, EnumI64};
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, Label,
    RegisteredLabelWithPrivate, TaggedCborSerializable,
};
use entente::envelope::{
    Algorithm, Claims, Draft, Ed25519Key, Envelope, Header, Keyring, PublicKey, RECORD_TYPE, Role,
    SignerKey,
};
use entente::names::{Hash, KeyId, Party, Position, SubmissionId, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// Published here, so it protects nothing.
const UNSAFE_TEST_SEED: [u8; 32] = [0x31; 32];
const THUMBPRINT: [u8; 32] = [0x5a; 32];
const PAYLOADS: [&[u8]; 4] = [b"", b"This is the content.", &[0xa0], &[7; 4096]];

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&UNSAFE_TEST_SEED).unwrap()
}

fn public() -> PublicKey {
    Ed25519Key::from_bytes(pair().public_key().as_ref()).unwrap().into()
}

fn sign(message: &[u8]) -> Vec<u8> {
    pair().sign(message).as_ref().to_vec()
}

fn claims() -> Claims {
    Claims {
        iss: "https://exchange.uk.example".to_owned(),
        sub: "urn:entente:GB01-000123".to_owned(),
        aud: "urn:sha256:test-agreement".to_owned(),
        iat: Timestamp::new(1_762_353_000),
        cti: SubmissionId::new([0xcc; 16]),
    }
}

fn header() -> Header {
    Header::new(Algorithm::Ed25519, public().id(), claims(), Hash::new(THUMBPRINT)).unwrap()
}

fn keyring() -> Keyring {
    let mut keyring = Keyring::new(claims().aud);
    let key = SignerKey {
        party: Party::Gbr,
        role: Role::Caseworker,
        key: public(),
        thumbprint: Hash::new(THUMBPRINT),
        not_before: Timestamp::new(1_760_000_000),
        not_after: Timestamp::new(1_790_000_000),
        issuer: claims().iss,
    };
    keyring.enrol(key, Position(0)).unwrap();
    keyring
}

/// The claims as the judge's values.
fn their_claims() -> Value {
    Value::Map(vec![
        (1.into(), claims().iss.into()),
        (2.into(), claims().sub.into()),
        (3.into(), claims().aud.into()),
        (6.into(), claims().iat.seconds().into()),
        (7.into(), Value::Bytes(vec![0xcc; 16])),
    ])
}

fn their_thumbprint() -> Value {
    Value::Array(vec![(-16).into(), Value::Bytes(THUMBPRINT.to_vec())])
}

/// The header of our records, as the judge builds it.
fn their_header() -> HeaderBuilder {
    HeaderBuilder::new()
        .algorithm(iana::Algorithm::Ed25519)
        .add_critical(iana::HeaderParameter::CwtClaims)
        .add_critical_label(RegisteredLabelWithPrivate::Assigned(
            iana::HeaderParameter::from_i64(16).unwrap(),
        ))
        .key_id(public().id().as_bytes().to_vec())
        .value(15, their_claims())
        .value(16, RECORD_TYPE.into())
        .value(34, their_thumbprint())
}

fn their_envelope(header: HeaderBuilder, payload: &[u8]) -> Vec<u8> {
    CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload.to_vec())
        .create_signature(b"", sign)
        .build()
        .to_tagged_vec()
        .unwrap()
}

#[test]
fn the_judge_reads_in_our_envelope_what_we_wrote() {
    for payload in PAYLOADS {
        let draft = Draft::new(&header(), payload.to_vec()).unwrap();
        let to_sign = draft.to_sign();
        let bytes = draft.seal(sign(&to_sign).try_into().unwrap());

        let judged = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(judged.tbs_data(b""), to_sign);
        assert_eq!(judged.payload.as_deref(), Some(payload));
        assert!(judged.unprotected.is_empty());
        judged
            .verify_signature(b"", |signature, signed| public().verify(signed, signature))
            .unwrap();

        let header = &judged.protected.header;
        let algorithm = RegisteredLabelWithPrivate::Assigned(iana::Algorithm::Ed25519);
        assert_eq!(header.alg, Some(algorithm));
        assert_eq!(header.key_id, public().id().as_bytes());
        let critical: Vec<_> =
            header.crit.iter().cloned().map(|one| one.to_vec().unwrap()).collect();
        assert_eq!(critical, [[15], [16]]);
        assert_eq!(
            header.rest,
            [
                (Label::Int(15), their_claims()),
                (Label::Int(16), RECORD_TYPE.into()),
                (Label::Int(34), their_thumbprint()),
            ]
        );
        assert_eq!(judged.to_tagged_vec().unwrap(), bytes);
    }
}

#[test]
fn we_read_and_verify_what_the_judge_wrote() {
    for payload in PAYLOADS {
        let bytes = their_envelope(their_header(), payload);
        let envelope = Envelope::parse(&bytes).unwrap();
        assert_eq!(envelope.header(), &header());
        assert_eq!(envelope.payload(), payload);
        let judged = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(envelope.sig_structure(), judged.tbs_data(b""));
        let draft = Draft::new(&header(), payload.to_vec()).unwrap();
        assert_eq!(envelope.record_id(), draft.record_id());
        assert!(keyring().check(envelope, Party::Gbr, Position(0)).is_ok());
    }
}

#[test]
fn what_the_judge_takes_and_we_do_not_is_refused() {
    let good = CoseSign1::from_tagged_slice(&their_envelope(their_header(), b"x")).unwrap();
    let mut both = good.clone();
    both.unprotected = HeaderBuilder::new().algorithm(iana::Algorithm::Ed25519).build();
    let mut outside = good.clone();
    outside.unprotected = HeaderBuilder::new().key_id(vec![1]).build();
    let mut detached = good.clone();
    detached.payload = None;
    for (name, bytes) in [
        ("untagged", good.to_vec().unwrap()),
        ("algorithm in both headers", both.to_tagged_vec().unwrap()),
        ("key id outside", outside.to_tagged_vec().unwrap()),
        ("detached payload", detached.to_tagged_vec().unwrap()),
        ("content type", their_envelope(their_header().content_type("x/y".to_owned()), b"x")),
        (
            "EdDSA by its old number",
            their_envelope(their_header().algorithm(iana::Algorithm::EdDSA), b"x"),
        ),
        (
            "a third critical label",
            their_envelope(their_header().add_critical(iana::HeaderParameter::X5T), b"x"),
        ),
        ("one label more", their_envelope(their_header().value(394, Value::Array(vec![])), b"x")),
    ] {
        let taken = CoseSign1::from_tagged_slice(&bytes).or_else(|_| CoseSign1::from_slice(&bytes));
        assert!(taken.is_ok(), "{name}: the judge takes it");
        assert!(Envelope::parse(&bytes).is_err(), "{name}");
    }
}

#[test]
fn the_judge_agrees_that_no_other_key_signed() {
    let bytes = their_envelope(their_header().key_id(vec![0; 8]), b"x");
    let envelope = Envelope::parse(&bytes).unwrap();
    assert_eq!(envelope.header().kid(), KeyId::new([0; 8]));
    assert!(keyring().check(envelope, Party::Gbr, Position(0)).is_err());
}
