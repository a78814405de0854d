use proptest::prelude::*;

use super::*;
use crate::envelope::Claims;
use crate::envelope::fixture::{
    UNSAFE_TEST_SEED_GBR_CASEWORKER, claims, envelope, header, keyring, sealed, sign,
};
use crate::names::{Party, Position, SubmissionId, Timestamp};

mod refused;

/// cose-wg/Examples, sign1-tests: protected header, external data and Sig_structure. The payload
/// is "This is the content." in each.
const SIG_STRUCTURES: [(&str, &[u8], &[u8], &str); 3] = [
    ("sign-pass-01", b"", b"", "846a5369676e617475726531404054"),
    (
        "sign-pass-02",
        b"\xa1\x01\x26",
        b"\x11\xaa\x22\xbb\x33\xcc\x44\xdd\x55\x00\x66\x99",
        "846a5369676e61747572653143a101264c11aa22bb33cc44dd5500669954",
    ),
    // RFC 9052 appendix C.2.1 signs the same as this one.
    ("sign-pass-03", b"\xa1\x01\x26", b"", "846a5369676e61747572653143a101264054"),
];

#[test]
fn the_bytes_to_sign_are_those_of_the_published_examples() {
    for (name, protected, external, head) in SIG_STRUCTURES {
        let payload = b"This is the content.";
        let mut want = data_encoding::HEXLOWER.decode(head.as_bytes()).unwrap();
        want.extend(payload);
        assert_eq!(sig_structure(protected, external, payload), want, "{name}");
    }
}

#[test]
fn an_envelope_is_a_tag_and_four_parts() {
    let draft = Draft::new(&header(claims()), vec![7; 39]).unwrap();
    let protected = header(claims()).to_protected();
    let bytes = draft.seal([9; 64]);
    let want = [
        &[0xd2, 0x84, 0x58, u8::try_from(protected.len()).unwrap()],
        protected.as_slice(),
        &[0xa0, 0x58, 39],
        &[7; 39],
        &[0x58, 64],
        &[9; 64],
    ]
    .concat();
    assert_eq!(bytes, want);
}

#[test]
fn what_is_sealed_is_parsed_with_the_same_header_payload_and_identity() {
    for len in [0, 1, 23, 24, 255, 256, 4096] {
        let draft = Draft::new(&header(claims()), vec![7; len]).unwrap();
        let (id, to_sign) = (draft.record_id(), draft.to_sign());
        let signature = sign(&UNSAFE_TEST_SEED_GBR_CASEWORKER, &to_sign);
        let bytes = draft.seal(signature);
        let envelope = Envelope::parse(&bytes).unwrap();
        assert_eq!(envelope.bytes(), bytes);
        assert_eq!(envelope.header(), &header(claims()));
        assert_eq!(envelope.payload(), vec![7; len]);
        assert_eq!(envelope.signature(), &signature);
        assert_eq!(envelope.sig_structure(), to_sign);
        assert_eq!(envelope.record_id(), id);
    }
}

#[test]
fn the_identity_of_a_record_does_not_depend_on_its_signature() {
    let draft = Draft::new(&header(claims()), b"x".to_vec()).unwrap();
    let id = draft.record_id();
    assert_eq!(id.as_bytes(), &sha256(&draft.to_sign()));
    let one = Envelope::parse(&draft.clone().seal([1; 64])).unwrap();
    let two = Envelope::parse(&draft.seal([2; 64])).unwrap();
    assert_ne!(one.bytes(), two.bytes());
    assert_eq!([one.record_id(), two.record_id()], [id, id]);
    assert_ne!(Draft::new(&header(claims()), b"y".to_vec()).unwrap().record_id(), id);
}

#[test]
fn the_longest_record_is_sealed_and_one_byte_more_is_never_drafted() {
    let empty = Draft::new(&header(claims()), Vec::new()).unwrap().seal([0; 64]).len();
    // The head of the payload grows from one byte to three.
    let room = RECORD_BYTES_MAX - empty - 2;
    let longest = Draft::new(&header(claims()), vec![0; room]).unwrap().seal([0; 64]);
    assert_eq!(longest.len(), RECORD_BYTES_MAX);
    assert!(Envelope::parse(&longest).is_ok());
    let refused = Draft::new(&header(claims()), vec![0; room + 1]);
    assert_eq!(refused, Err(EnvelopeError::TooLong { len: RECORD_BYTES_MAX + 1 }));
}

#[test]
fn an_envelope_that_ends_too_early_is_refused_wherever_it_ends() {
    let bytes = sealed(claims(), b"This is the content.");
    for len in 0..bytes.len() {
        let refused = Envelope::parse(&bytes[..len]);
        assert_eq!(refused, Err(EnvelopeError::Truncated { offset: len }), "{len} bytes");
    }
}

#[test]
fn no_changed_bit_gets_past_the_form_and_the_signature() {
    let bytes = envelope().bytes().to_vec();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!passes(&changed), "bit {bit}");
    }
    assert!(passes(&bytes));
}

#[test]
fn neither_an_envelope_nor_a_draft_shows_its_payload() {
    let draft = Draft::new(&header(claims()), b"This is the content.".to_vec()).unwrap();
    for shown in [format!("{draft:?}"), format!("{:?}", envelope())] {
        assert!(!shown.contains("content") && !shown.contains("84, 104, 105"), "{shown}");
        assert!(shown.contains(&draft.record_id().to_string()), "{shown}");
    }
}

fn passes(bytes: &[u8]) -> bool {
    let Ok(envelope) = Envelope::parse(bytes) else { return false };
    keyring().check(envelope, Party::Gbr, Position(0)).is_ok()
}

prop_compose! {
    /// Claims of our issuer and agreement; everything else is arbitrary.
    fn any_claims()(
        sub in "\\PC{1,30}",
        iat in 1_760_000_000_u64..1_790_000_000,
        cti in any::<[u8; 16]>(),
    ) -> Claims {
        Claims { sub, iat: Timestamp::new(iat), cti: SubmissionId::new(cti), ..claims() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_is_refused_in_any_envelope(
        claims in any_claims(),
        payload in proptest::collection::vec(any::<u8>(), 0..600),
        place in any::<prop::sample::Index>(),
        change in 1..=255_u8,
    ) {
        let mut bytes = sealed(claims, &payload);
        prop_assert!(passes(&bytes));
        *place.get_mut(&mut bytes) ^= change;
        prop_assert!(!passes(&bytes));
    }

    #[test]
    fn whatever_is_parsed_is_written_as_it_came(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        keep in 0..300_usize,
    ) {
        // A good beginning, so that the walk gets somewhere, and then anything.
        let good = sealed(claims(), b"This is the content.");
        let mixed = [&good[..keep.min(good.len())], bytes.as_slice()].concat();
        if let Ok(envelope) = Envelope::parse(&mixed) {
            prop_assert_eq!(envelope.bytes(), mixed);
        }
        let longer = Envelope::parse(&[good.as_slice(), &bytes].concat());
        prop_assert_eq!(longer.is_ok(), bytes.is_empty());
    }
}
