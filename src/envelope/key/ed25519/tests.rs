use data_encoding::HEXLOWER;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::*;

fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

/// The first three test vectors of RFC 8032 section 7.1: public key, message, signature.
const RFC_8032: [[&str; 3]; 3] = [
    [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c\
         f9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0\
         f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098\
         4dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn the_signatures_of_rfc_8032_verify_and_no_changed_bit_does() {
    for [key, message, signature] in RFC_8032 {
        let key = Ed25519Key::from_bytes(&unhex(key)).unwrap();
        let (message, signature) = (unhex(message), unhex(signature));
        assert_eq!(key.verify(&message, &signature), Ok(()));
        for bit in 0..512 {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.verify(&message, &changed), Err(BadSignature), "bit {bit}");
        }
        assert_eq!(key.verify(b"another message", &signature), Err(BadSignature));
        assert_eq!(key.verify(&message, &signature[..63]), Err(BadSignature));
        assert_eq!(key.verify(&message, &[signature.as_slice(), &[0]].concat()), Err(BadSignature));
    }
}

#[test]
fn a_signature_with_the_group_order_added_to_s_is_refused() {
    // The first signature of RFC 8032, whose S is 5fb882..100b, with S + L in its place.
    let [key, message, signature] = RFC_8032[0];
    let mut signature = unhex(signature);
    let added = unhex("4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b");
    signature[32..].copy_from_slice(&added);
    let key = Ed25519Key::from_bytes(&unhex(key)).unwrap();
    assert_eq!(key.verify(&unhex(message), &signature), Err(BadSignature));
}

/// Every encoding of the eight points of low order, and why it is refused.
const LOW_ORDER_ENCODINGS: [(&str, KeyRefused); 14] = [
    ("0000000000000000000000000000000000000000000000000000000000000000", KeyRefused::LowOrder),
    ("0000000000000000000000000000000000000000000000000000000000000080", KeyRefused::LowOrder),
    ("0100000000000000000000000000000000000000000000000000000000000000", KeyRefused::LowOrder),
    ("0100000000000000000000000000000000000000000000000000000000000080", KeyRefused::NonCanonical),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", KeyRefused::LowOrder),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", KeyRefused::LowOrder),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", KeyRefused::LowOrder),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", KeyRefused::LowOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyRefused::LowOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyRefused::NonCanonical),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyRefused::NonCanonical),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyRefused::NonCanonical),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyRefused::NonCanonical),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyRefused::NonCanonical),
];

#[test]
fn a_key_of_low_order_is_refused_in_every_encoding() {
    for (text, why) in LOW_ORDER_ENCODINGS {
        assert_eq!(Ed25519Key::from_bytes(&unhex(text)), Err(why), "{text}");
    }
}

#[test]
fn a_coordinate_not_below_the_field_prime_is_refused_with_either_sign() {
    for low in 0xed..=0xff {
        for top in [0x7f, 0xff] {
            let key = ends(low, 0xff, top);
            assert_eq!(Ed25519Key::from_bytes(&key), Err(KeyRefused::NonCanonical), "{low:02x}");
        }
    }
    // One less in any byte is below p again, and none of these is a point of low order.
    for place in 0..31 {
        let mut key = ends(0xff, 0xff, 0x7f);
        key[place] = if place == 0 { 0xeb } else { 0xfe };
        assert!(Ed25519Key::from_bytes(&key).is_ok(), "byte {place}");
    }
    assert!(Ed25519Key::from_bytes(&ends(0xff, 0xff, 0x7e)).is_ok());
}

#[test]
fn a_key_of_another_length_is_refused() {
    for len in [0, 31, 33, 64] {
        assert_eq!(Ed25519Key::from_bytes(&vec![9; len]), Err(KeyRefused::Length));
    }
}

/// What we make of a published case.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// The key is refused on entry; the flag says whether the library alone takes the signature.
    KeyRefused {
        library_accepts: bool,
    },
    Accepted,
    Refused,
}
use Verdict::{Accepted, KeyRefused as Key, Refused};

/// Cases on which verifiers differ: what it is, public key, message in hexadecimal, signature.
/// From "Taming the many EdDSAs" (2020), table 6, and from C2SP/CCTV/ed25519, by their numbers.
const EDGES: [(&str, &str, &str, &str, Verdict); 19] = [
    (
        "taming 0: S = 0, A and R of low order",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a00000000000000000000000000\
         00000000000000000000000000000000000000",
        Key { library_accepts: true },
    ),
    (
        "taming 1: A of low order, R of mixed order",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3\
         f89b03984d8068dcf1bb7dfc6637b45450ac04",
        Key { library_accepts: true },
    ),
    (
        "taming 2: A of mixed order, R of low order",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10a\
         c27ac8751a7dfe1baff8b953ec9f5833ca260e",
        Accepted,
    ),
    (
        "taming 3: A and R of mixed order",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d\
         3ad7802db02eb2e688b6c52fcd6648a98bd009",
        Accepted,
    ),
    (
        "taming 4: good with the cofactor only",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540\
         911a9a6a58921d6925e434ab10aa7940551a09",
        Refused,
    ),
    (
        "taming 5: good with the cofactor multiplied in before the hash is reduced",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a5\
         3f9c03c1ceeeddb658d0030494ace586687405",
        Refused,
    ),
    (
        "taming 6: S above the group order",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc34\
         90dc19b3b3052f7ff0538cb68afb369ba3a514",
        Refused,
    ),
    (
        "taming 7: S far above the group order",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c\
         20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        Refused,
    ),
    (
        "taming 8: R not canonical, hashed reduced",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d5\
         13eafeb5b0697390c1e505a0d4ddc71f566607",
        Refused,
    ),
    (
        "taming 9: R not canonical, hashed as it is",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd50269\
         16996984eeec87ddf1d3be329006ace1b37b09",
        Refused,
    ),
    (
        "cctv 0: A and R of low order, good with the cofactor only",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "65643235353139766563746f72732033",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
         00000000000000000000000000000000000000",
        Key { library_accepts: false },
    ),
    (
        "cctv 1: A and R of low order",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "65643235353139766563746f7273203131",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
         00000000000000000000000000000000000000",
        Key { library_accepts: true },
    ),
    (
        "cctv 9: A of low order and not canonical",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "65643235353139766563746f72732036",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
         00000000000000000000000000000000000000",
        Key { library_accepts: true },
    ),
    (
        "cctv 4: R of low order, good with the cofactor only",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f72732037",
        "00000000000000000000000000000000000000000000000000000000000000005e176f12cfb0d4e6eb6929b19a\
         e4c998ef05c1c2cf628a9b1fa1c21312627108",
        Refused,
    ),
    (
        "cctv 5: R of low order",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f72732033",
        "00000000000000000000000000000000000000000000000000000000000000009472a69cd9a701a50d130ed521\
         89e2455b23767db52cacb8716fb896ffeeac09",
        Accepted,
    ),
    (
        "cctv 6: A and R of mixed order, good with the cofactor only",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f7273203130",
        "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bc02e2b9e63e385c058bf62b14b\
         3a2b29ccefe8e38ddb536bc3f9865320a3d801",
        Refused,
    ),
    (
        "cctv 7: A and R of mixed order",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f7273",
        "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bbbfd00bd9c259d8d222d15e67a\
         3d8228585050dbb9b9585be20d8fadc721da03",
        Accepted,
    ),
    (
        "cctv 17: R not canonical",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f72732033",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fad7a355469b5c87e550469f6b2\
         de409ee723acd584bf35f86b80c384e8ceb702",
        Refused,
    ),
    (
        "cctv 19: R not canonical, hashed in its canonical form",
        "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
        "65643235353139766563746f72732033",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f9472a69cd9a701a50d130ed521\
         89e2455b23767db52cacb8716fb896ffeeac09",
        Refused,
    ),
];

#[test]
fn one_rule_decides_the_cases_on_which_verifiers_differ() {
    for (name, key, message, signature, want) in EDGES {
        let (key, message, signature) = (unhex(key), unhex(message), unhex(signature));
        let library = UnparsedPublicKey::new(&ED25519, &key).verify(&message, &signature).is_ok();
        let verdict = match Ed25519Key::from_bytes(&key) {
            Err(_) => Key { library_accepts: library },
            Ok(key) if key.verify(&message, &signature).is_ok() => Accepted,
            Ok(_) => Refused,
        };
        assert_eq!(verdict, want, "{name}");
    }
}

#[test]
fn a_string_that_is_no_point_verifies_nothing() {
    // There is no x for y = 2.
    let key = Ed25519Key::from_bytes(&ends(2, 0, 0)).unwrap();
    for signature in [[0; 64], [1; 64]] {
        assert_eq!(key.verify(b"", &signature), Err(BadSignature));
    }
}

#[test]
fn the_id_is_the_first_eight_bytes_of_the_digest_of_the_key() {
    let key = Ed25519Key::from_bytes(&unhex(RFC_8032[0][0])).unwrap();
    assert_eq!(key.id().to_string(), "21fe31dfa154a261");
    assert_eq!(key.id().as_bytes(), &sha256(key.as_bytes())[..8]);
}

#[test]
fn a_key_is_judged_wherever_it_is_read() {
    let good = Ed25519Key::from_bytes(&unhex(RFC_8032[0][0])).unwrap();
    let written = crate::cbor::encode(&good);
    assert_eq!(written.len(), 34);
    assert_eq!(crate::cbor::decode::<Ed25519Key>(&written, 64).unwrap(), good);
    let json = serde_json::to_string(&good).unwrap();
    assert_eq!(serde_json::from_str::<Ed25519Key>(&json).unwrap(), good);
    for (text, _) in LOW_ORDER_ENCODINGS {
        let written = crate::cbor::encode(&Bytes(unhex(text)));
        assert!(crate::cbor::decode::<Ed25519Key>(&written, 64).is_err(), "{text}");
        assert!(serde_json::from_str::<Ed25519Key>(&format!("{text:?}")).is_err(), "{text}");
    }
}

#[test]
fn a_quick_signature_is_one_only_while_the_thread_signs_quickly() {
    let [key, _, real] = RFC_8032[0];
    let (key, real) = (Ed25519Key::from_bytes(&unhex(key)).unwrap(), unhex(real));
    let quick = crate::danger::quick_signature(key.as_bytes(), b"");
    let check = |good: &[u8], bad: &[u8]| {
        assert_eq!(key.verify(b"", good), Ok(()));
        assert_eq!(key.verify(b"", bad), Err(BadSignature));
        assert_eq!(key.verify(b"another message", good), Err(BadSignature));
        assert_eq!(key.verify(b"", &good[..63]), Err(BadSignature));
    };
    check(&real, &quick);
    crate::danger::sign_quickly(true);
    check(&quick, &real);
    crate::danger::sign_quickly(false);
    check(&real, &quick);
}
