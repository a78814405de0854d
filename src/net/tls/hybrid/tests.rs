use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

use super::*;
use crate::names::sha256;

/// Made by OpenSSL 3.5.8: the key pair of the seed 00 01 .. 3f, and one encapsulation to it.
const KEY_SHA256: &str = "0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9";
const CIPHERTEXT: &str = include_str!("ciphertext.hex");
const SECRET: &str = "c01c95b29509d1c6c26b9b1dd1bfa5bcbfb047f96dd17d8d8472414364ca256e";
/// What OpenSSL makes of the same ciphertext with the lowest bit of its first byte turned.
const REJECTED: &str = "abd8397f65af9a7c5b34f42e06085de4431897ea7e3a1049fc988fc2dadba338";

fn known() -> (DecapsulationKey, MlKem768PublicKey) {
    key_pair(&std::array::from_fn(|i| u8::try_from(i).unwrap()))
}

fn ciphertext() -> [u8; CIPHERTEXT_BYTES] {
    let digits: String = CIPHERTEXT.split_whitespace().collect();
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).unwrap().try_into().unwrap()
}

#[test]
fn another_implementation_makes_the_same_keys_and_secrets() {
    let (private, public) = known();
    assert_eq!(HEXLOWER.encode(&sha256(public.as_ref())), KEY_SHA256);
    let mut ciphertext = ciphertext();
    assert_eq!(HEXLOWER.encode(&private.decapsulate(&ciphertext)[..]), SECRET);
    ciphertext[0] ^= 1;
    assert_eq!(HEXLOWER.encode(&private.decapsulate(&ciphertext)[..]), REJECTED);
}

#[test]
fn what_is_encapsulated_is_decapsulated() {
    let (private, public) = known();
    let (ciphertext, secret) = encapsulate(public.as_slice(), &[7; 32]).unwrap();
    assert_eq!(private.decapsulate(ciphertext.as_slice()), secret);
}

/// One exchange: the client's share and state, the server's share, the secret of both.
fn exchange() -> (Vec<u8>, CompletedKeyExchange, SharedSecret) {
    let client = X25519MLKEM768.start().unwrap();
    let share = client.pub_key().to_vec();
    let server = X25519MLKEM768.start_and_complete(&share).unwrap();
    let secret = client.complete(&server.pub_key).unwrap();
    (share, server, secret)
}

#[test]
fn both_ends_have_one_secret_of_sixty_four_bytes_and_never_the_same_twice() {
    let (share, server, secret) = exchange();
    assert_eq!((share.len(), server.pub_key.len()), (1216, 1120));
    assert_eq!(server.group, NamedGroup::X25519MLKEM768);
    assert_eq!(secret.secret_bytes(), server.secret.secret_bytes());
    assert_eq!(secret.secret_bytes().len(), 64);
    let (again, _, other) = exchange();
    assert!(share[..1184] != again[..1184] && share[1184..] != again[1184..]);
    assert!(secret.secret_bytes()[..32] != other.secret_bytes()[..32]);
    assert!(secret.secret_bytes()[32..] != other.secret_bytes()[32..]);
}

#[test]
fn the_secret_is_that_of_ml_kem_and_then_that_of_x25519() {
    let started = |seed: [u8; 64]| {
        let (decapsulation_key, public) = key_pair(&seed);
        let classical = X25519.start().unwrap();
        let share = [public.as_ref(), classical.pub_key()].concat();
        Box::new(Started { classical, decapsulation_key, share })
    };
    let client = started(std::array::from_fn(|i| u8::try_from(i).unwrap()));
    let classical = X25519.start_and_complete(client.hybrid_component().unwrap().1).unwrap();
    let answer = [&ciphertext()[..], &classical.pub_key].concat();
    let secret = client.complete(&answer).unwrap();
    let (first, last) = secret.secret_bytes().split_at(32);
    assert_eq!(HEXLOWER.encode(first), SECRET);
    assert_eq!(last, classical.secret.secret_bytes());
}

#[test]
fn the_classical_half_serves_alone() {
    let client = X25519MLKEM768.start().unwrap();
    let (group, half) = client.hybrid_component().unwrap();
    assert_eq!(group, NamedGroup::X25519);
    assert_eq!(half, &client.pub_key()[1184..]);
    let server = X25519.start_and_complete(half).unwrap();
    let secret = client.complete_hybrid_component(&server.pub_key).unwrap();
    assert_eq!(secret.secret_bytes(), server.secret.secret_bytes());
}

#[test]
fn a_share_of_another_length_is_refused() {
    let (share, server, _) = exchange();
    for length in [0, 1, 31, 32, 1088, 1120, 1184, 1215, 1217, 1248, 2432] {
        let mut wrong = share.clone();
        wrong.resize(length, 0);
        assert_eq!(refused(&wrong), INVALID_KEY_SHARE, "client's of {length}");
    }
    for length in [0, 1, 32, 1088, 1119, 1121, 1152, 1184, 1216, 2240] {
        let mut wrong = server.pub_key.clone();
        wrong.resize(length, 0);
        let client = X25519MLKEM768.start().unwrap();
        assert_eq!(client.complete(&wrong).err(), Some(INVALID_KEY_SHARE), "server's of {length}");
    }
}

fn refused(client_share: &[u8]) -> Error {
    X25519MLKEM768.start_and_complete(client_share).err().expect("it is refused")
}

#[test]
fn an_encapsulation_key_with_a_coefficient_that_is_not_reduced_is_refused() {
    let (share, ..) = exchange();
    // Twelve bits each, little-endian: 3329, the modulus itself, and 4095; the first coefficient,
    // one in the middle, and the last.
    for at in [0, 576, 1149] {
        for (low, high) in [(0x01, 0x0d), (0xff, 0x0f)] {
            let mut wrong = share.clone();
            wrong[at] = low;
            wrong[at + 1] = (wrong[at + 1] & 0xf0) | high;
            assert_eq!(refused(&wrong), INVALID_KEY_SHARE, "{at}");
        }
        let mut greatest = share.clone();
        greatest[at] = 0x00;
        greatest[at + 1] = (greatest[at + 1] & 0xf0) | 0x0d;
        assert!(X25519MLKEM768.start_and_complete(&greatest).is_ok(), "3328 is reduced");
    }
    let mut wrong = share;
    wrong[..1184].fill(0xff);
    assert_eq!(refused(&wrong), INVALID_KEY_SHARE);
}

#[test]
fn a_point_that_makes_the_classical_secret_zero_is_refused() {
    // Points of small order (RFC 7748 section 6.1): the secret would be known to everybody.
    let zero = [0; 32];
    let mut one = zero;
    one[0] = 1;
    // p - 1, which has order 4.
    let mut minus_one = [0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    for point in [zero, one, minus_one] {
        let (mut share, mut server, _) = exchange();
        share[1184..].copy_from_slice(&point);
        assert_eq!(refused(&share), INVALID_KEY_SHARE);
        server.pub_key[1088..].copy_from_slice(&point);
        let client = X25519MLKEM768.start().unwrap();
        assert_eq!(client.complete(&server.pub_key).err(), Some(INVALID_KEY_SHARE));
    }
}

#[test]
fn a_changed_ciphertext_gives_another_secret_and_no_error() {
    let client = X25519MLKEM768.start().unwrap();
    let mut server = X25519MLKEM768.start_and_complete(client.pub_key()).unwrap();
    server.pub_key[1087] ^= 0x80;
    let secret = client.complete(&server.pub_key).unwrap();
    assert_ne!(secret.secret_bytes()[..32], server.secret.secret_bytes()[..32]);
    assert_eq!(secret.secret_bytes()[32..], server.secret.secret_bytes()[32..]);
}

#[test]
fn only_tls_1_3_has_the_group() {
    assert!(X25519MLKEM768.usable_for_version(ProtocolVersion::TLSv1_3));
    assert!(!X25519MLKEM768.usable_for_version(ProtocolVersion::TLSv1_2));
}
