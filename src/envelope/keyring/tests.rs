use super::*;
use crate::envelope::fixture::{
    AUDIENCE, NOT_AFTER, NOT_BEFORE, SIGNED, UNSAFE_TEST_SEED_FRA_CASEWORKER,
    UNSAFE_TEST_SEED_GBR_CASEWORKER, UNSAFE_TEST_SEED_GBR_OFFICER, british, british_p256, claims,
    envelope, header, keyring, public, sealed, sign, unsafe_p256,
};
use crate::envelope::{Algorithm, Claims, Draft, Header, low_s};
use crate::names::SubmissionId;

fn caseworker() -> SignerKey {
    british(&UNSAFE_TEST_SEED_GBR_CASEWORKER, Role::Caseworker)
}

/// An envelope whose claims are changed before it is signed.
fn signed_with(change: impl FnOnce(&mut Claims)) -> Envelope {
    let mut claims = claims();
    change(&mut claims);
    Envelope::parse(&sealed(claims, b"x")).unwrap()
}

/// The judgement on a good envelope by a keyring whose one key is changed before enrolment.
fn judged_by(change: impl FnOnce(&mut SignerKey)) -> Result<Verified<Envelope>, Refusal> {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let mut key = caseworker();
    change(&mut key);
    keyring.enrol(key, Position(0)).unwrap();
    keyring.check(envelope(), Party::Gbr, Position(0))
}

#[test]
fn what_a_keyring_vouches_for_says_who_when_and_what() {
    let verified = keyring().check(envelope(), Party::Gbr, Position(7)).unwrap();
    let kid = public(&UNSAFE_TEST_SEED_GBR_CASEWORKER).id();
    assert_eq!(verified.signer(), Signer { party: Party::Gbr, role: Role::Caseworker, kid });
    assert_eq!(verified.id(), envelope().record_id());
    assert_eq!(verified.signed_at(), SIGNED);
    assert_eq!(verified.submission(), SubmissionId::new(*b"0123456789abcdef"));
    assert_eq!(verified.not_after(), NOT_AFTER);
    assert_eq!(verified.get(), &envelope());
    assert_eq!(verified.into_inner(), envelope());
}

#[test]
fn the_proof_follows_the_value_through_a_change_of_type() {
    let verified = keyring().check(envelope(), Party::Gbr, Position(0)).unwrap();
    let read = verified.clone().try_map(|it| Ok::<_, ()>(it.payload().len())).unwrap();
    assert_eq!(read.get(), &20);
    assert_eq!(read.signer(), verified.signer());
    assert_eq!(read.id(), verified.id());
    assert_eq!(read.signed_at(), verified.signed_at());
    assert_eq!(read.submission(), verified.submission());
    assert_eq!(read.not_after(), verified.not_after());
    assert_eq!(verified.try_map(|_| Err::<(), _>("unreadable")), Err("unreadable"));
}

#[test]
fn a_key_that_nobody_enrolled_is_refused() {
    let empty = Keyring::new(AUDIENCE.to_owned());
    let kid = envelope().header().kid();
    let refused = empty.check(envelope(), Party::Gbr, Position(0));
    assert_eq!(refused, Err(Refusal::UnknownKey(kid)));
}

#[test]
fn a_record_in_the_log_of_the_other_party_is_refused() {
    let kid = envelope().header().kid();
    let refused = keyring().check(envelope(), Party::Fra, Position(0));
    assert_eq!(refused, Err(Refusal::OtherParty { kid, owner: Party::Gbr }));
}

#[test]
fn a_key_signs_from_its_enrolment_until_before_its_retirement() {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let kid = keyring.enrol(caseworker(), Position(5)).unwrap();
    keyring.retire(kid, Position(9)).unwrap();
    let early = Err(Refusal::NotYetEnrolled { kid, from: Position(5) });
    let late = Err(Refusal::Retired { kid, at: Position(9) });
    for (position, want) in
        [(0, early), (4, early), (5, Ok(())), (8, Ok(())), (9, late), (10, late), (u64::MAX, late)]
    {
        let position = Position(position);
        let judged = keyring.check(envelope(), Party::Gbr, position).map(|_| ());
        assert_eq!(judged, want, "position {position}");
        let listed = keyring.at(Party::Gbr, position).count();
        assert_eq!(listed, usize::from(want.is_ok()), "position {position}");
        assert_eq!(keyring.at(Party::Fra, position).count(), 0);
    }
    assert_eq!(keyring.get(kid), Some(&caseworker()));
}

#[test]
fn a_message_that_disagrees_with_its_key_is_refused() {
    let other = Hash::new([0; 32]);
    assert_eq!(judged_by(|key| key.thumbprint = other), Err(Refusal::Thumbprint));
    for issuer in ["https://exchange.fr.example", "https://exchange.uk.example/", ""] {
        let refused = judged_by(|key| key.issuer = issuer.to_owned());
        assert_eq!(refused, Err(Refusal::Issuer), "{issuer}");
    }
    let refused = [
        signed_with(|claims| claims.iss.push('/')),
        signed_with(|claims| claims.iss = claims.iss.to_uppercase()),
    ];
    for envelope in refused {
        let refused = keyring().check(envelope, Party::Gbr, Position(0));
        assert_eq!(refused, Err(Refusal::Issuer));
    }
    assert!(judged_by(|_| ()).is_ok());
}

#[test]
fn a_record_for_another_agreement_is_refused() {
    for audience in
        ["urn:sha256:another", "urn:sha256:test-agreement ", "URN:SHA256:TEST-AGREEMENT"]
    {
        let envelope = signed_with(|claims| claims.aud = audience.to_owned());
        let refused = keyring().check(envelope, Party::Gbr, Position(0));
        assert_eq!(refused, Err(Refusal::Audience), "{audience}");
    }
}

#[test]
fn the_algorithm_comes_from_the_key_and_never_from_the_message() {
    let mut keyring = keyring();
    let p256 = keyring.enrol(british_p256(), Position(0)).unwrap();
    let ed25519 = caseworker().key.id();
    for (kid, named, wanted) in [
        (ed25519, Algorithm::Esp256, Algorithm::Ed25519),
        (p256, Algorithm::Ed25519, Algorithm::Esp256),
    ] {
        // Signed well by both keys in turn, so that it is the name alone that is refused.
        let draft = draft(kid, named);
        let ed25519 = sign(&UNSAFE_TEST_SEED_GBR_CASEWORKER, &draft.to_sign());
        for signature in [ed25519, low_s(by_p256(&draft))] {
            let envelope = Envelope::parse(&draft.clone().seal(signature)).unwrap();
            let refused = keyring.check(envelope, Party::Gbr, Position(0));
            assert_eq!(refused, Err(Refusal::Algorithm { named, wanted }));
        }
    }
}

/// A record in the name of a key, by an algorithm.
fn draft(kid: KeyId, algorithm: Algorithm) -> Draft {
    let header = Header::new(algorithm, kid, claims(), header(claims()).thumbprint()).unwrap();
    Draft::new(&header, b"x".to_vec()).unwrap()
}

/// As the library signs: s is high or low by the toss of a coin.
fn by_p256(draft: &Draft) -> [u8; 64] {
    let random = ring::rand::SystemRandom::new();
    unsafe_p256().sign(&random, &draft.to_sign()).unwrap().as_ref().try_into().unwrap()
}

#[test]
fn esp256_is_accepted_with_a_low_s_and_refused_with_a_high_one_by_its_own_reason() {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let kid = keyring.enrol(british_p256(), Position(0)).unwrap();
    let draft = draft(kid, Algorithm::Esp256);
    let check = |signature: [u8; 64]| {
        let envelope = Envelope::parse(&draft.clone().seal(signature)).unwrap();
        keyring.check(envelope, Party::Gbr, Position(0)).map(|verified| verified.signer().kid)
    };
    // Until the coin has shown its other side, which it does not do a thousand times in a row only
    // once in 10^301 runs.
    let high = (0..1000).map(|_| by_p256(&draft)).find(|made| low_s(*made) != *made).unwrap();
    assert_eq!(check(high), Err(Refusal::HighS));
    assert_eq!(check(low_s(high)), Ok(kid));
    let (mut no_r, mut no_s, mut changed) = (low_s(high), low_s(high), low_s(high));
    no_r[..32].fill(0);
    no_s[32..].fill(0);
    changed[31] ^= 1;
    assert_eq!(check(no_r), Err(Refusal::Scalar));
    assert_eq!(check(no_s), Err(Refusal::Scalar));
    assert_eq!(check([0xff; 64]), Err(Refusal::Scalar));
    assert_eq!(check(changed), Err(Refusal::Signature));
    assert_eq!(check(sign(&UNSAFE_TEST_SEED_GBR_CASEWORKER, &draft.to_sign())), {
        // Sixty-four bytes of another algorithm are some r and s.
        let other = sign(&UNSAFE_TEST_SEED_GBR_CASEWORKER, &draft.to_sign());
        Err(british_p256().key.verify(&draft.to_sign(), &other).unwrap_err().into())
    });
}

#[test]
fn a_record_signed_outside_the_validity_of_the_certificate_is_refused() {
    let before = Timestamp::new(NOT_BEFORE.seconds() - 1);
    let after = NOT_AFTER.plus(1);
    let early = Err(Refusal::NotYetValid { signed: before, not_before: NOT_BEFORE });
    let late = Err(Refusal::Expired { signed: after, not_after: NOT_AFTER });
    for (signed, want) in
        [(before, early), (NOT_BEFORE, Ok(())), (NOT_AFTER, Ok(())), (after, late)]
    {
        let envelope = signed_with(|claims| claims.iat = signed);
        let judged = keyring().check(envelope, Party::Gbr, Position(0)).map(|_| ());
        assert_eq!(judged, want, "{signed}");
    }
}

#[test]
fn a_signature_by_another_key_or_over_other_bytes_is_refused() {
    let draft = Draft::new(&header(claims()), b"x".to_vec()).unwrap();
    let to_sign = draft.to_sign();
    let caseworker = &UNSAFE_TEST_SEED_GBR_CASEWORKER;
    for (name, signature) in [
        ("another key", sign(&UNSAFE_TEST_SEED_GBR_OFFICER, &to_sign)),
        ("the counterpart's key", sign(&UNSAFE_TEST_SEED_FRA_CASEWORKER, &to_sign)),
        ("the payload alone", sign(caseworker, b"x")),
        ("the digest", sign(caseworker, draft.record_id().as_bytes())),
        ("another record", *envelope().signature()),
        ("nothing", [0; 64]),
    ] {
        let envelope = Envelope::parse(&draft.clone().seal(signature)).unwrap();
        let refused = keyring().check(envelope, Party::Gbr, Position(0));
        assert_eq!(refused, Err(Refusal::Signature), "{name}");
    }
    let good = Envelope::parse(&draft.seal(sign(caseworker, &to_sign))).unwrap();
    assert!(keyring().check(good, Party::Gbr, Position(0)).is_ok());
}

#[test]
fn a_record_that_names_the_key_of_another_signer_is_refused() {
    // Both are enrolled; the officer signs, and says it was the caseworker.
    let mut keyring = keyring();
    let officer = british(&UNSAFE_TEST_SEED_GBR_OFFICER, Role::Officer);
    let officer = keyring.enrol(officer, Position(0)).unwrap();
    let seal = |kid: KeyId| {
        let named = header(claims());
        let header = Header::new(named.algorithm(), kid, claims(), named.thumbprint()).unwrap();
        let draft = Draft::new(&header, b"x".to_vec()).unwrap();
        let signature = sign(&UNSAFE_TEST_SEED_GBR_OFFICER, &draft.to_sign());
        Envelope::parse(&draft.seal(signature)).unwrap()
    };
    let caseworker = header(claims()).kid();
    let refused = keyring.check(seal(caseworker), Party::Gbr, Position(0));
    assert_eq!(refused, Err(Refusal::Signature));
    let verified = keyring.check(seal(officer), Party::Gbr, Position(0)).unwrap();
    assert_eq!(verified.signer().role, Role::Officer);
}

#[test]
fn a_key_has_one_purpose_for_ever() {
    let mut keyring = keyring();
    let kid = caseworker().key.id();
    keyring.retire(kid, Position(3)).unwrap();
    let before = keyring.clone();
    for (party, role) in [
        (Party::Gbr, Role::Caseworker),
        (Party::Gbr, Role::Ledger),
        (Party::Gbr, Role::Officer),
        (Party::Fra, Role::Caseworker),
    ] {
        let again = SignerKey { party, role, ..caseworker() };
        let refused = keyring.enrol(again, Position(9));
        assert_eq!(refused, Err(KeyringError::AlreadyEnrolled(kid)), "{party} {role}");
    }
    assert_eq!(keyring, before);
}

#[test]
fn a_key_that_could_never_sign_is_not_enrolled() {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let kid = caseworker().key.id();
    let never = SignerKey { not_before: NOT_AFTER, not_after: NOT_BEFORE, ..caseworker() };
    assert_eq!(keyring.enrol(never, Position(0)), Err(KeyringError::Validity(kid)));
    assert_eq!(keyring.get(kid), None);
}

#[test]
fn a_retirement_is_written_once_and_never_reaches_back_before_the_enrolment() {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let kid = caseworker().key.id();
    assert_eq!(keyring.retire(kid, Position(0)), Err(KeyringError::Unknown(kid)));
    keyring.enrol(caseworker(), Position(5)).unwrap();
    let early = KeyringError::RetiredBeforeEnrolled { kid, from: Position(5) };
    assert_eq!(keyring.retire(kid, Position(4)), Err(early));
    keyring.retire(kid, Position(6)).unwrap();
    for at in [5, 6, 7] {
        let again = KeyringError::AlreadyRetired { kid, at: Position(6) };
        assert_eq!(keyring.retire(kid, Position(at)), Err(again));
    }
}
