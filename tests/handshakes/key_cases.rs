//! Leaves with keys that are not to be used.
//!
//! No RSA key is made here: ring makes none, and none needs to sign anything. The modulus is a
//! number of the right length, and the check of a key comes before every signature.

use entente::envelope::KeyRefused;
use entente::net::tls::PeerRefused;
use entente::trust::{CertificateRefused, KeyUnfit};

use crate::der::{algorithm, algorithm_null, bits, int, null, oid, seq};
use crate::mint::Spec;
use crate::table::{Case, Table};

fn bad(table: &mut Table, name: &str, key: Vec<u8>, reason: KeyUnfit) {
    let reason = PeerRefused::Certificate(CertificateRefused::Unfit(reason));
    table.add(Case::leaf(name, Spec::leaf().with(|it| it.key = key), reason));
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = seq(&[&int(modulus), &int(exponent)]);
    seq(&[&algorithm_null("1.2.840.113549.1.1.1"), &bits(&key)])
}

/// An odd number of so many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xc3; bits.div_ceil(8)];
    bytes[0] = if bits.is_multiple_of(8) { 0xc3 } else { (1 << (bits % 8)) - 1 };
    if bits.is_multiple_of(8) {
        bytes.insert(0, 0);
    }
    bytes
}

fn ec(curve: &[u8], point: &[u8]) -> Vec<u8> {
    seq(&[&seq(&[&oid("1.2.840.10045.2.1"), curve]), &bits(point)])
}

fn ed25519(key: &[u8]) -> Vec<u8> {
    seq(&[&algorithm("1.3.101.112"), &bits(key)])
}

pub(crate) fn add(table: &mut Table) {
    for bits in [512, 768, 1024, 1536, 2047, 2048, 3071] {
        let reason = KeyUnfit::RsaTooShort { bits };
        bad(table, &format!("RSA of {bits} bits"), rsa(&modulus(bits), &[1, 0, 1]), reason);
    }
    // Leading zeros make no key longer; DER does not allow them either.
    let reason = KeyUnfit::RsaTooLong { bits: 8200 };
    bad(table, "RSA of 8200 bits", rsa(&modulus(8200), &[1, 0, 1]), reason);
    let mut even = modulus(3072);
    *even.last_mut().unwrap() = 0xc2;
    bad(table, "RSA with an even modulus", rsa(&even, &[1, 0, 1]), KeyUnfit::RsaModulus);
    for (name, exponent) in [
        ("1", &[1][..]),
        ("3", &[3]),
        ("17", &[17]),
        ("65536", &[1, 0, 0]),
        ("65535", &[0, 0xff, 0xff]),
        ("2^40+1", &[1, 0, 0, 0, 0, 1]),
    ] {
        let key = rsa(&modulus(3072), exponent);
        bad(table, &format!("RSA with the exponent {name}"), key, KeyUnfit::RsaExponent);
    }
    let negative = rsa(&[&[0xc3][..], &modulus(3072)[2..]].concat(), &[1, 0, 1]);
    bad(table, "RSA with a negative modulus", negative, KeyUnfit::Rsa);
    let garbage = seq(&[&algorithm_null("1.2.840.113549.1.1.1"), &bits(&[0xff; 16])]);
    bad(table, "RSA that is garbage", garbage, KeyUnfit::Rsa);
    let bare = seq(&[&algorithm("1.2.840.113549.1.1.1"), &bits(&[0x30, 0])]);
    bad(table, "an RSA key without parameters", bare, KeyUnfit::Parameters);
    curves(table);
    others(table);
    edwards(table);
}

fn curves(table: &mut Table) {
    for (name, dotted, length) in [
        ("P-521", "1.3.132.0.35", 133),
        ("P-224", "1.3.132.0.33", 57),
        ("P-192", "1.2.840.10045.3.1.1", 49),
        ("secp256k1", "1.3.132.0.10", 65),
        ("brainpoolP256r1", "1.3.36.3.3.2.8.1.1.7", 65),
        ("sect233r1", "1.3.132.0.27", 61),
        ("SM2", "1.2.156.10197.1.301", 65),
    ] {
        let point = [vec![4], vec![7; length - 1]].concat();
        let reason = KeyUnfit::Curve { oid: dotted.to_owned() };
        bad(table, &format!("the curve {name}"), ec(&oid(dotted), &point), reason);
    }
    let p256 = oid("1.2.840.10045.3.1.7");
    let point = |first: u8, length| [vec![first], vec![7; length]].concat();
    for (name, point) in [
        ("compressed", point(2, 32)),
        ("hybrid", point(6, 64)),
        ("short", point(4, 63)),
        ("long", point(4, 65)),
        ("at infinity", vec![0]),
        ("empty", vec![]),
        ("of P-384", point(4, 96)),
    ] {
        bad(table, &format!("a point of P-256, {name}"), ec(&p256, &point), KeyUnfit::Point);
    }
    for (name, curve) in
        [("no", vec![]), ("the implicit", null()), ("an explicit", seq(&[&int(&[1])]))]
    {
        let key = ec(&curve, &[vec![4], vec![7; 64]].concat());
        bad(table, &format!("{name} curve"), key, KeyUnfit::Parameters);
    }
}

fn others(table: &mut Table) {
    for (name, dotted) in [
        ("X25519", "1.3.101.110"),
        ("X448", "1.3.101.111"),
        ("Ed448", "1.3.101.113"),
        ("DSA", "1.2.840.10040.4.1"),
        ("DH", "1.2.840.10046.2.1"),
        ("RSA-PSS", "1.2.840.113549.1.1.10"),
        ("an unknown algorithm", "1.2.3.4"),
    ] {
        let key = seq(&[&algorithm(dotted), &bits(&[7; 32])]);
        let reason = KeyUnfit::Algorithm { oid: dotted.to_owned() };
        bad(table, &format!("a key of {name}"), key, reason);
    }
}

fn edwards(table: &mut Table) {
    let ends = |first: u8, middle: u8, last: u8| {
        let mut bytes = [middle; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes.to_vec()
    };
    let order_8 = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ];
    let mut negative = order_8;
    negative[31] |= 0x80;
    for (name, key) in [
        ("the neutral element", ends(1, 0, 0)),
        ("order 2", ends(0xec, 0xff, 0x7f)),
        ("order 4", ends(0, 0, 0)),
        ("order 8", order_8.to_vec()),
        ("order 8, negative", negative.to_vec()),
    ] {
        let reason = KeyUnfit::Ed25519(KeyRefused::LowOrder);
        bad(table, &format!("Ed25519, {name}"), ed25519(&key), reason);
    }
    for (name, key) in [
        ("p", ends(0xed, 0xff, 0x7f)),
        ("p + 1", ends(0xee, 0xff, 0x7f)),
        ("2^255 - 1", ends(0xff, 0xff, 0x7f)),
        ("a sign where x is 0", ends(1, 0, 0x80)),
    ] {
        let reason = KeyUnfit::Ed25519(KeyRefused::NonCanonical);
        bad(table, &format!("Ed25519, {name}"), ed25519(&key), reason);
    }
    for length in [0, 31, 33, 64] {
        let reason = KeyUnfit::Ed25519(KeyRefused::Length);
        bad(table, &format!("Ed25519 of {length} bytes"), ed25519(&vec![7; length]), reason);
    }
    let key = seq(&[&algorithm_null("1.3.101.112"), &bits(&[7; 32])]);
    bad(table, "an Ed25519 key with parameters", key, KeyUnfit::Parameters);
}
