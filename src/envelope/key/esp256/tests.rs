use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING},
    signature::{EcdsaKeyPair, KeyPair, UnparsedPublicKey},
};

use super::*;

const VECTORS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/esp256/signatures.txt"));

struct Vector {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
    verdict: &'static str,
    about: &'static str,
}

fn vectors() -> Vec<Vector> {
    let unhex = |text: &str| {
        if text == "-" { Vec::new() } else { HEXLOWER.decode(text.as_bytes()).unwrap() }
    };
    let lines = VECTORS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let vectors = lines.map(|line| {
        let mut columns = line.splitn(5, ' ');
        let mut next = || columns.next().unwrap();
        Vector {
            key: unhex(next()),
            message: unhex(next()),
            signature: unhex(next()),
            verdict: next(),
            about: next(),
        }
    });
    vectors.collect()
}

fn judged(one: &Vector) -> &'static str {
    let key = match Esp256Key::from_bytes(&one.key) {
        Ok(key) => key,
        Err(KeyRefused::PointForm) => return "form",
        Err(KeyRefused::PointRange) => return "range",
        Err(other) => panic!("{}: {other}", one.about),
    };
    match key.verify(&one.message, &one.signature) {
        Ok(()) => "good",
        Err(SignatureRefused::Wrong) => "wrong",
        Err(SignatureRefused::HighS) => "high-s",
        Err(SignatureRefused::Scalar) => "scalar",
    }
}

#[test]
fn every_signature_of_the_vectors_is_judged_as_they_say() {
    let vectors = vectors();
    let refused = vectors.iter().filter(|one| one.verdict != "good").count();
    assert!(vectors.len() > 40 && refused > vectors.len() / 2, "{} {refused}", vectors.len());
    for one in vectors {
        assert_eq!(judged(&one), one.verdict, "{}", one.about);
    }
}

#[test]
fn what_is_refused_for_its_high_s_is_good_to_plain_ecdsa_and_good_here_once_it_is_lowered() {
    for one in vectors().iter().filter(|one| one.verdict == "high-s") {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &one.key)
            .verify(&one.message, &one.signature)
            .unwrap();
        let lowered = low_s(one.signature.as_slice().try_into().unwrap());
        assert_eq!(lowered[..32], one.signature[..32], "{}", one.about);
        let key = Esp256Key::from_bytes(&one.key).unwrap();
        assert_eq!(key.verify(&one.message, &lowered), Ok(()), "{}", one.about);
    }
}

#[test]
fn what_is_not_a_high_s_is_left_as_it_is() {
    for one in vectors().iter().filter(|one| one.verdict != "high-s") {
        let Ok(signature) = <[u8; 64]>::try_from(one.signature.as_slice()) else { continue };
        assert_eq!(low_s(signature), signature, "{}", one.about);
    }
}

#[test]
fn no_signature_verifies_under_a_point_off_the_curve() {
    let off: Vec<_> =
        vectors().into_iter().filter(|one| one.about.ends_with("off the curve")).collect();
    assert!(off.len() >= 3);
    for one in off {
        // It passes the entry, and the library refuses it whatever is signed.
        let key = Esp256Key::from_bytes(&one.key).unwrap();
        for vector in vectors() {
            let refused = key.verify(&vector.message, &vector.signature);
            assert!(refused.is_err(), "{}: {}", one.about, vector.about);
        }
    }
}

#[test]
fn a_signature_that_is_lowered_verifies_and_no_changed_bit_does() {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let key = Esp256Key::from_bytes(pair.public_key().as_ref()).unwrap();
    let mut lowered = 0;
    for _ in 0..64 {
        let made: [u8; 64] = pair.sign(&random, b"x").unwrap().as_ref().try_into().unwrap();
        let signature = low_s(made);
        lowered += usize::from(signature != made);
        assert_eq!(key.verify(b"x", &signature), Ok(()));
        if signature != made {
            assert_eq!(key.verify(b"x", &made), Err(SignatureRefused::HighS));
        }
    }
    // Each is high or low by the toss of a coin.
    assert!((1..64).contains(&lowered), "{lowered}");
    let good = low_s(pair.sign(&random, b"x").unwrap().as_ref().try_into().unwrap());
    for bit in 0..512 {
        let mut changed = good;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(key.verify(b"x", &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn a_key_is_shown_by_its_point() {
    let one = &vectors()[0];
    let key = Esp256Key::from_bytes(&one.key).unwrap();
    assert_eq!(format!("{key:?}"), format!("Esp256Key({})", HEXLOWER.encode(&one.key)));
}
