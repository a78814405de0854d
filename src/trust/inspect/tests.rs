//! Every fault of a certificate is told at once, each with advice; certificates are made on the
//! spot.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ED25519, RevokedCertParams, SanType, date_time_ymd,
};

use super::*;

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

fn dns(text: &str) -> SanType {
    SanType::DnsName(text.try_into().unwrap())
}

fn params(names: &[SanType]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = names.to_vec();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.not_before = date_time_ymd(2025, 8, 6);
    params.not_after = date_time_ymd(2026, 8, 6);
    params
}

fn tls() -> CertificateParams {
    let mut params = params(&[dns("exchange.example"), uri("urn:entente:GBR:tls")]);
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn authority() -> CertificateParams {
    let mut params = params(&[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn der(params: &CertificateParams) -> Vec<u8> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn at(time: &str) -> Wanted {
    Wanted { purpose: None, at: time.parse().unwrap() }
}

fn now() -> Wanted {
    at("2026-01-01T00:00:00Z")
}

/// What is wrong, by topic.
fn wrong(found: &Inspected) -> Vec<Topic> {
    let wrong = found.findings.iter().filter(|one| one.verdict == Verdict::Wrong);
    wrong.map(|one| one.topic).collect()
}

#[test]
fn a_good_certificate_is_told_in_full_and_nothing_of_it_is_wrong() {
    let der = der(&tls());
    let found = certificate(&der, &now()).unwrap();
    assert_eq!(found.what, "certificate of the TLS end of GBR");
    assert_eq!((found.party, found.role.as_deref()), (Some(Party::Gbr), Some("tls")));
    assert_eq!(found.host_names, ["exchange.example"]);
    assert_eq!(found.key.as_deref(), Some("P-256, 256 bits"));
    assert_eq!(found.fingerprint, Some(Hash::new(crate::names::sha256(&der))));
    assert_eq!((found.days_left, found.stage), (Some(217), Some(Stage::Good)));
    assert!(!found.is_wrong(), "{found:#?}");
    assert!(found.findings.iter().all(|one| one.verdict == Verdict::Right && one.advice.is_none()));
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_each_has_its_advice() {
    let mut bad = tls();
    bad.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    bad.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    bad.extended_key_usages.clear();
    bad.subject_alt_names = vec![uri("urn:entente:DEU:tls")];
    let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3], vec![5, 0]);
    unknown.set_criticality(true);
    bad.custom_extensions.push(unknown);
    let wanted = Wanted { purpose: Some(Purpose::Tls), ..at("2026-08-07T00:00:00Z") };
    let found = certificate(&der(&bad), &wanted).unwrap();
    use Topic::{ExtendedKeyUsage, Form, HostName, KeyUsage, Kind, Name, Validity};
    let expected = [Form, Kind, KeyUsage, KeyUsage, ExtendedKeyUsage, Name, HostName, Validity];
    assert_eq!(wrong(&found), expected, "{found:#?}");
    let advised = |one: &Finding| (one.verdict == Verdict::Wrong) == one.advice.is_some();
    assert!(found.findings.iter().all(advised));
}

/// The inspection and the profile are one rule: what the one refuses, the other calls wrong.
#[test]
fn whatever_the_profile_refuses_is_wrong_and_whatever_is_right_is_let_through() {
    type Change = fn(&mut CertificateParams);
    let changes: [(Change, bool); 9] = [
        (|_| {}, true),
        (|it| it.subject_alt_names.clear(), false),
        (|it| it.subject_alt_names.push(uri("urn:entente:FRA:tls")), false),
        (|it| it.subject_alt_names = vec![dns("a.example"), uri("urn:entente:GBR:ledger")], false),
        (|it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)), false),
        (|it| it.key_usages.clear(), false),
        (|it| it.key_usages.push(KeyUsagePurpose::CrlSign), false),
        (|it| it.extended_key_usages.clear(), false),
        (|it| it.not_after = date_time_ymd(2025, 8, 5), false),
    ];
    let wanted = Wanted { purpose: Some(Purpose::Tls), ..now() };
    for (position, (change, good)) in changes.into_iter().enumerate() {
        let mut params = tls();
        change(&mut params);
        let der = der(&params);
        let found = certificate(&der, &wanted).unwrap();
        assert_eq!(crate::trust::PeerCertificate::parse(&der).is_ok(), good, "{position}");
        assert_eq!(!found.is_wrong(), good, "{position}: {found:#?}");
    }
}

#[test]
fn validity_is_judged_at_the_time_that_is_given() {
    let der = der(&tls());
    for (time, verdict, says) in [
        ("2025-08-05T23:59:59Z", Verdict::Wrong, "not valid before"),
        ("2025-08-06T00:00:00Z", Verdict::Right, "365 days left"),
        ("2026-06-08T00:00:00Z", Verdict::Note, "in 59 days"),
        ("2026-08-05T00:00:00Z", Verdict::Note, "in 1 day"),
        ("2026-08-06T00:00:00Z", Verdict::Note, "in 0 days"),
        ("2026-08-06T00:00:01Z", Verdict::Wrong, "it ended at"),
    ] {
        let found = certificate(&der, &at(time)).unwrap();
        let last = found.findings.iter().find(|one| one.topic == Topic::Validity).unwrap();
        assert_eq!(last.verdict, verdict, "{time}");
        assert!(last.says.contains(says), "{time}: {}", last.says);
        assert_eq!(found.is_wrong(), verdict == Verdict::Wrong, "{time}");
    }
}

#[test]
fn a_certificate_for_another_purpose_is_wrong() {
    let signer = params(&[uri("urn:entente:FRA:ledger")]);
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let der = signer.self_signed(&key).unwrap().der().to_vec();
    for (purpose, expected) in [
        (None, vec![]),
        (Some(Purpose::Record(Role::Ledger)), vec![]),
        (Some(Purpose::Record(Role::Officer)), vec![Topic::Name]),
        (Some(Purpose::Tls), vec![Topic::ExtendedKeyUsage, Topic::Name, Topic::HostName]),
        (Some(Purpose::Authority), vec![Topic::Kind, Topic::KeyUsage]),
    ] {
        let found = certificate(&der, &Wanted { purpose, ..now() }).unwrap();
        assert_eq!(wrong(&found), expected, "{purpose:?}");
    }
    let clerk = params(&[uri("urn:entente:FRA:clerk")]);
    let der = clerk.self_signed(&key).unwrap().der().to_vec();
    assert_eq!(wrong(&certificate(&der, &now()).unwrap()), [Topic::Name]);
}

#[test]
fn a_chain_is_followed_from_the_end_upwards() {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut named = authority();
    named.distinguished_name.push(rcgen::DnType::CommonName, "the right one");
    let (right, same_name) = (key(), key());
    let imposter = named.self_signed(&same_name).unwrap().der().to_vec();
    let above = named.self_signed(&right).unwrap().der().to_vec();
    let end = tls().signed_by(&key(), &Issuer::new(named, right)).unwrap().der().to_vec();
    let stranger = der(&authority());
    for (above, expected) in
        [(&above, vec![]), (&imposter, vec![Topic::Place]), (&stranger, vec![Topic::Place])]
    {
        let found = chain(&[&end, above], &now()).unwrap();
        assert_eq!(wrong(&found[0]), expected, "{found:#?}");
        assert_eq!(wrong(&found[1]), []);
    }
    // Pinned authorities stand side by side.
    let found = chain(&[&above, &stranger], &now()).unwrap();
    assert!(found.iter().all(|one| !one.is_wrong()), "{found:#?}");
}

#[test]
fn a_request_is_held_against_what_it_asks_for() {
    let (p256, ed25519) = (&PKCS_ECDSA_P256_SHA256, &PKCS_ED25519);
    let ledger = || params(&[uri("urn:entente:GBR:ledger")]);
    let mut no_usage = ledger();
    no_usage.key_usages.clear();
    let mut no_purpose = tls();
    no_purpose.extended_key_usages.pop();
    let mut no_host = tls();
    no_host.subject_alt_names.remove(0);
    for (asked, algorithm, expected) in [
        (ledger(), ed25519, vec![]),
        (tls(), p256, vec![]),
        (params(&[]), ed25519, vec![Topic::Name]),
        (params(&[uri("urn:entente:GBR:clerk")]), ed25519, vec![Topic::Name]),
        (no_usage, ed25519, vec![Topic::KeyUsage]),
        (no_purpose, p256, vec![Topic::ExtendedKeyUsage]),
        (no_host, p256, vec![Topic::HostName]),
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut der = asked.serialize_request(&key).unwrap().der().to_vec();
        let found = request(&der, &now()).unwrap();
        assert_eq!(wrong(&found), expected, "{found:#?}");
        // Somebody else's key, or a subject that was changed on the way.
        *der.last_mut().unwrap() ^= 1;
        assert_eq!(wrong(&request(&der, &now()).unwrap())[0], Topic::Signature);
    }
}

#[test]
fn a_revocation_list_says_its_number_and_when_the_next_is_due() {
    let issuer = Issuer::new(authority(), KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let revoked = RevokedCertParams {
        serial_number: 7_u64.into(),
        revocation_time: date_time_ymd(2025, 12, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2025, 12, 1),
        next_update: date_time_ymd(2026, 3, 31),
        crl_number: 41_u64.into(),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let der = list.signed_by(&issuer).unwrap().der().to_vec();
    let found = revocation_list(&der, &now()).unwrap();
    assert_eq!((found.number.as_deref(), found.revoked), (Some("41"), Some(1)));
    assert_eq!(wrong(&found), [], "{found:#?}");
    let late = revocation_list(&der, &at("2026-04-01T00:00:00Z")).unwrap();
    assert_eq!(wrong(&late), [Topic::Validity]);
}

#[test]
fn nothing_else_passes_for_one_of_these_and_no_byte_makes_a_panic() {
    let certificate_der = der(&tls());
    for bytes in [&b""[..], &[0x30, 0], &[0xff; 64], &[0x30; 5000]] {
        assert!(certificate(bytes, &now()).is_err());
        assert!(request(bytes, &now()).is_err());
        assert!(revocation_list(bytes, &now()).is_err());
        assert!(public_key(bytes).is_none());
    }
    assert!(request(&certificate_der, &now()).is_err());
    assert!(revocation_list(&certificate_der, &now()).is_err());
    for at in 0..certificate_der.len() {
        let mut bytes = certificate_der.clone();
        bytes[at] ^= 0x80;
        let _ = certificate(&bytes, &now());
        let _ = certificate(&bytes[..at], &now());
        let _ = chain(&[&bytes, &certificate_der], &now());
    }
}
