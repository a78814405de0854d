//! Keys, a keyring and envelopes for tests. The seeds are published here, so they protect nothing.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::{
    Algorithm, Claims, Draft, Ed25519Key, Envelope, Esp256Key, Header, Keyring, PublicKey, Role,
    SignerKey,
};
use crate::names::{Hash, Party, Position, SubmissionId, Timestamp};

/// The seed of the British caseworker key.
pub(crate) const UNSAFE_TEST_SEED_GBR_CASEWORKER: [u8; 32] = [0x11; 32];
/// The seed of the British officer key.
pub(crate) const UNSAFE_TEST_SEED_GBR_OFFICER: [u8; 32] = [0x13; 32];
/// The seed of the French caseworker key.
pub(crate) const UNSAFE_TEST_SEED_FRA_CASEWORKER: [u8; 32] = [0x21; 32];

/// The audience of every test record.
pub(crate) const AUDIENCE: &str = "urn:sha256:test-agreement";
/// The issuer of every British test record.
pub(crate) const ISSUER: &str = "https://exchange.uk.example";
/// When test records are signed: 5 November 2025.
pub(crate) const SIGNED: Timestamp = Timestamp::new(1_762_353_000);
/// The first second of every test certificate.
pub(crate) const NOT_BEFORE: Timestamp = Timestamp::new(1_760_000_000);
/// The last second of every test certificate.
pub(crate) const NOT_AFTER: Timestamp = Timestamp::new(1_790_000_000);
/// The thumbprint of the British test certificate.
pub(crate) const THUMBPRINT: Hash = Hash::new([0x5a; 32]);

pub(crate) fn pair(seed: &[u8; 32]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).unwrap()
}

pub(crate) fn public(seed: &[u8; 32]) -> PublicKey {
    Ed25519Key::from_bytes(pair(seed).public_key().as_ref()).unwrap().into()
}

pub(crate) fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    pair(seed).sign(message).as_ref().try_into().unwrap()
}

/// A British key in the given role, as it would be enrolled.
pub(crate) fn british(seed: &[u8; 32], role: Role) -> SignerKey {
    SignerKey {
        party: Party::Gbr,
        role,
        key: public(seed),
        thumbprint: THUMBPRINT,
        not_before: NOT_BEFORE,
        not_after: NOT_AFTER,
        issuer: ISSUER.to_owned(),
    }
}

/// A keyring with one British caseworker key, from the first entry on.
pub(crate) fn keyring() -> Keyring {
    let mut keyring = Keyring::new(AUDIENCE.to_owned());
    let key = british(&UNSAFE_TEST_SEED_GBR_CASEWORKER, Role::Caseworker);
    keyring.enrol(key, Position(0)).unwrap();
    keyring
}

pub(crate) fn claims() -> Claims {
    Claims {
        iss: ISSUER.to_owned(),
        sub: "urn:entente:GB01-000123".to_owned(),
        aud: AUDIENCE.to_owned(),
        iat: SIGNED,
        cti: SubmissionId::new(*b"0123456789abcdef"),
    }
}

/// The header of a British caseworker's record.
pub(crate) fn header(claims: Claims) -> Header {
    let kid = public(&UNSAFE_TEST_SEED_GBR_CASEWORKER).id();
    Header::new(Algorithm::Ed25519, kid, claims, THUMBPRINT).unwrap()
}

/// The bytes of a good British envelope.
pub(crate) fn sealed(claims: Claims, payload: &[u8]) -> Vec<u8> {
    let draft = Draft::new(&header(claims), payload.to_vec()).unwrap();
    let signature = sign(&UNSAFE_TEST_SEED_GBR_CASEWORKER, &draft.to_sign());
    draft.seal(signature)
}

/// A good British envelope.
pub(crate) fn envelope() -> Envelope {
    Envelope::parse(&sealed(claims(), b"This is the content.")).unwrap()
}

/// The P-256 key of RFC 6979 appendix A.2.5, which is published there.
pub(crate) fn unsafe_p256() -> EcdsaKeyPair {
    let unhex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    let private = unhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let public = unhex(
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
         7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
    );
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, &private, &public, &random).unwrap()
}

/// The same as a British caseworker's, as it would be enrolled.
pub(crate) fn british_p256() -> SignerKey {
    let key = Esp256Key::from_bytes(unsafe_p256().public_key().as_ref()).unwrap();
    SignerKey { key: key.into(), ..british(&UNSAFE_TEST_SEED_GBR_CASEWORKER, Role::Caseworker) }
}
