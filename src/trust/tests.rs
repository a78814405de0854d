//! Certificates are made on the spot; each refusal differs from the accepted one in one thing.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData,
    SanType, SignatureAlgorithm, date_time_ymd,
};

use super::{Authority, CertificateRefused, PeerCertificate, SignerCertificate, peer_party};
use crate::envelope::{Algorithm, KeyRefused};
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::names::{Party, sha256};

type Change = fn(&mut CertificateParams);

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

fn signer(change: Change) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![uri("urn:entente:GBR:caseworker")];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.not_before = date_time_ymd(2025, 8, 6);
    params.not_after = date_time_ymd(2026, 6, 11);
    change(&mut params);
    params
}

fn peer(change: Change) -> CertificateParams {
    let mut params = signer(|_| {});
    params.subject_alt_names =
        vec![SanType::DnsName("exchange.example".try_into().unwrap()), uri("urn:entente:FRA:tls")];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    params
}

fn authority(change: Change) -> CertificateParams {
    let mut params = signer(|_| {});
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    params
}

fn der(params: &CertificateParams, algorithm: &'static SignatureAlgorithm) -> Vec<u8> {
    let key = KeyPair::generate_for(algorithm).unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn oid_of_basic_constraints() -> String {
    "2.5.29.19".to_owned()
}

#[test]
fn a_signer_certificate_gives_its_key_validity_thumbprint_party_and_role() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let der = signer(|_| {}).self_signed(&key).unwrap().der().to_vec();
    let parsed = SignerCertificate::parse(&der).unwrap();
    assert_eq!(parsed.public_key().as_bytes(), key.public_key_raw());
    assert_eq!(parsed.not_before().to_string(), "2025-08-06T00:00:00Z");
    assert_eq!(parsed.not_after().to_string(), "2026-06-11T00:00:00Z");
    assert_eq!(parsed.thumbprint().as_bytes(), &sha256(&der));
    assert_eq!((parsed.party(), parsed.role()), (Party::Gbr, "caseworker"));
}

#[test]
fn both_ends_of_a_validity_lie_within_it_and_the_seconds_beyond_do_not() {
    let parsed = SignerCertificate::parse(&der(&signer(|_| {}), &PKCS_ED25519)).unwrap();
    let validity = parsed.validity();
    let before = crate::names::Timestamp::new(validity.not_before.seconds() - 1);
    for (at, within) in [
        (validity.not_before, true),
        (validity.not_after, true),
        (before, false),
        (validity.not_after.plus(1), false),
    ] {
        assert_eq!(validity.contains(at), within, "{at}");
    }
}

/// What is refused whatever the certificate is for.
fn refused_by_every_profile() -> Vec<(Change, CertificateRefused)> {
    use CertificateRefused as Refused;
    vec![
        (|it| it.subject_alt_names.clear(), Refused::NoName),
        (|it| it.subject_alt_names.push(uri("urn:entente:FRA:tls")), Refused::SeveralNames),
        (|it| it.subject_alt_names.push(uri("https://exchange.example")), Refused::SeveralNames),
        (|it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)), Refused::IsAuthority),
        (|it| it.key_usages.clear(), Refused::NoKeyUsage),
        (|it| it.key_usages = vec![KeyUsagePurpose::KeyAgreement], Refused::NotForSigning),
        (|it| it.key_usages.push(KeyUsagePurpose::KeyCertSign), Refused::SignsCertificates),
        (|it| it.key_usages.push(KeyUsagePurpose::CrlSign), Refused::SignsCertificates),
        (|it| it.not_after = date_time_ymd(2025, 8, 5), Refused::NeverValid),
        (|it| it.not_before = date_time_ymd(1969, 12, 31), Refused::BeforeEpoch),
        (
            |it| {
                // A garbled basicConstraints must not pass for "not an authority".
                let garbled = CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 0x7f]);
                it.custom_extensions.push(garbled);
            },
            Refused::MalformedExtension { oid: oid_of_basic_constraints() },
        ),
        (
            |it| {
                it.is_ca = IsCa::ExplicitNoCa;
                let second = CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 0]);
                it.custom_extensions.push(second);
            },
            Refused::RepeatedExtension { oid: oid_of_basic_constraints() },
        ),
        (
            |it| {
                let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3], vec![5, 0]);
                unknown.set_criticality(true);
                it.custom_extensions.push(unknown);
            },
            Refused::UnknownCritical { oid: "1.2.3".to_owned() },
        ),
    ]
}

#[test]
fn a_signer_certificate_outside_the_profile_is_refused_by_name() {
    for (change, refused) in refused_by_every_profile() {
        let der = der(&signer(change), &PKCS_ED25519);
        assert_eq!(SignerCertificate::parse(&der), Err(refused));
    }
    let tls = der(&peer(|_| {}), &PKCS_ED25519);
    assert_eq!(SignerCertificate::parse(&tls), Err(CertificateRefused::NotForRecords));
}

#[test]
fn a_tls_certificate_outside_the_profile_is_refused_by_name() {
    for (change, refused) in refused_by_every_profile() {
        assert_eq!(peer_party(&der(&peer(change), &PKCS_ECDSA_P256_SHA256)), Err(refused));
    }
    let no_purpose = der(&peer(|it| it.extended_key_usages.clear()), &PKCS_ECDSA_P256_SHA256);
    assert_eq!(peer_party(&no_purpose), Err(CertificateRefused::NoExtendedKeyUsage));
    let signer = der(&signer(|_| {}), &PKCS_ED25519);
    let refused = CertificateRefused::NotForTls { role: "caseworker".to_owned() };
    assert_eq!(peer_party(&signer), Err(refused));
}

#[test]
fn a_name_of_another_form_is_refused() {
    for bad in [
        "urn:entente:GBR",
        "urn:entente:GBR:",
        "urn:entente:gbr:caseworker",
        "urn:entente:DEU:caseworker",
        "urn:entente:GBR:Caseworker",
        "urn:entente:GBR:case worker",
        "urn:entente:GBR:caseworker:1",
        "URN:ENTENTE:GBR:caseworker",
        " urn:entente:GBR:caseworker",
        "urn:other:GBR:caseworker",
        "urn:entente:GBR:abcdefghijklmnopqrstuvwxyzabcdefg",
        "",
    ] {
        let mut params = signer(|_| {});
        params.subject_alt_names = vec![uri(bad)];
        let refused = CertificateRefused::BadName { uri: bad.to_owned() };
        assert_eq!(SignerCertificate::parse(&der(&params, &PKCS_ED25519)), Err(refused), "{bad}");
    }
}

#[test]
fn a_tls_certificate_names_its_party() {
    let der = der(&peer(|_| {}), &PKCS_ECDSA_P256_SHA256);
    assert_eq!(peer_party(&der), Ok(Party::Fra));
    let validity = PeerCertificate::parse(&der).unwrap().validity();
    assert_eq!(validity.not_after.to_string(), "2026-06-11T00:00:00Z");
}

#[test]
fn a_key_of_another_algorithm_signs_no_records() {
    let der = der(&signer(|_| {}), &PKCS_ECDSA_P384_SHA384);
    assert_eq!(SignerCertificate::parse(&der), Err(CertificateRefused::NotARecordKey));
}

#[test]
fn a_record_key_is_ed25519_or_on_p256_and_its_certificate_says_which() {
    for (algorithm, read) in
        [(&PKCS_ED25519, Algorithm::Ed25519), (&PKCS_ECDSA_P256_SHA256, Algorithm::Esp256)]
    {
        let der = der(&signer(|_| {}), algorithm);
        let key = SignerCertificate::parse(&der).unwrap().public_key();
        assert_eq!(key.algorithm(), read);
    }
}

#[test]
fn a_p256_key_has_one_written_form_and_names_its_curve() {
    let good = der(&signer(|_| {}), &PKCS_ECDSA_P256_SHA256);
    // Id-ecPublicKey, then prime256v1, then the bit string with the uncompressed point.
    let curve = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
    let found = good.windows(curve.len()).position(|window| window == curve).unwrap();
    let harmed = |at: usize, byte: u8| {
        let mut der = good.clone();
        der[found + at] = byte;
        SignerCertificate::parse(&der)
    };
    use CertificateRefused::{Key, NotARecordKey};
    for (what, at, byte, refused) in [
        ("another curve", 9, 0x06, NotARecordKey),
        ("a curve that is no name", 0, 0x04, NotARecordKey),
        ("a compressed point that goes on", 13, 2, Key(KeyRefused::PointForm)),
        ("a hybrid point", 13, 6, Key(KeyRefused::PointForm)),
    ] {
        assert_eq!(harmed(at, byte), Err(refused), "{what}");
    }
    // By the last bit of the key, this is no DER either.
    assert!(harmed(12, 1).is_err());
    let mut beyond = good.clone();
    beyond[found + 14..found + 46].fill(0xff);
    let refused = SignerCertificate::parse(&beyond);
    assert_eq!(refused, Err(Key(KeyRefused::PointRange)));
    assert!(SignerCertificate::parse(&good).is_ok());
}

#[test]
fn a_key_that_is_refused_on_entry_is_refused_in_a_certificate() {
    struct ShortKey;
    impl PublicKeyData for ShortKey {
        fn der_bytes(&self) -> &[u8] {
            &[7; 31]
        }
        fn algorithm(&self) -> &'static SignatureAlgorithm {
            &PKCS_ED25519
        }
    }
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let issuer = rcgen::Issuer::new(authority(|_| {}), key);
    let der = signer(|_| {}).signed_by(&ShortKey, &issuer).unwrap().der().to_vec();
    let refused = CertificateRefused::Key(KeyRefused::Length);
    assert_eq!(SignerCertificate::parse(&der), Err(refused));
}

#[test]
fn anything_but_exactly_one_certificate_is_refused() {
    use CertificateRefused as Refused;
    let good = der(&signer(|_| {}), &PKCS_ED25519);
    let twice = [good.clone(), good.clone()].concat();
    let pem = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for (bytes, refused) in [
        (Vec::new(), Refused::NotACertificate),
        (pem, Refused::NotACertificate),
        (good[..good.len() - 1].to_vec(), Refused::NotACertificate),
        ([good.clone(), vec![0]].concat(), Refused::TrailingBytes { bytes: 1 }),
        (twice, Refused::TrailingBytes { bytes: good.len() }),
        (vec![0x30; CERTIFICATE_BYTES_MAX], Refused::NotACertificate),
        (
            vec![0x30; CERTIFICATE_BYTES_MAX + 1],
            Refused::TooLong { bytes: CERTIFICATE_BYTES_MAX + 1 },
        ),
    ] {
        assert_eq!(SignerCertificate::parse(&bytes), Err(refused.clone()));
        assert_eq!(peer_party(&bytes), Err(refused));
    }
}

#[test]
fn a_certificate_of_an_older_version_is_refused() {
    let mut der = der(&signer(|_| {}), &PKCS_ED25519);
    let version = [0xa0, 0x03, 0x02, 0x01, 0x02];
    let at = der.windows(5).position(|window| window == version).unwrap();
    der[at + 4] = 1;
    assert_eq!(SignerCertificate::parse(&der), Err(CertificateRefused::Version));
}

#[test]
fn only_an_authority_is_pinned() {
    let parse = |params| Authority::parse(&der(&params, &PKCS_ECDSA_P256_SHA256));
    let validity = parse(authority(|_| {})).unwrap().validity();
    assert_eq!(validity.not_before.to_string(), "2025-08-06T00:00:00Z");
    let refused = Err(CertificateRefused::NotAnAuthority);
    assert_eq!(parse(authority(|it| it.is_ca = IsCa::ExplicitNoCa)), refused);
    assert_eq!(parse(authority(|it| it.is_ca = IsCa::NoCa)), refused);
    let no_signing: Change = |it| it.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    assert_eq!(parse(authority(no_signing)), Err(CertificateRefused::NoCertSign));
    let no_usage = parse(authority(|it| it.key_usages.clear()));
    assert_eq!(no_usage, Err(CertificateRefused::NoKeyUsage));
}

#[test]
fn no_changed_byte_makes_a_panic_and_none_keeps_the_thumbprint() {
    let good = der(&signer(|_| {}), &PKCS_ED25519);
    let thumbprint = SignerCertificate::parse(&good).unwrap().thumbprint();
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= flip;
            let _ = peer_party(&bytes);
            let _ = Authority::parse(&bytes);
            if let Ok(parsed) = SignerCertificate::parse(&bytes) {
                assert_ne!(parsed.thumbprint(), thumbprint);
            }
        }
        assert!(SignerCertificate::parse(&good[..at]).is_err());
    }
}
