//! Certificates of record keys, each of which differs from a good one in one thing.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ED25519, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

use super::*;
use crate::danger::plant;
use crate::trust::{CertificateRefused, Link, RevocationList, StalePolicy};

const NOW: &str = "2025-11-05T14:30:00Z";
/// The serial number of the certificate that is judged.
const SERIAL: u8 = 7;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

fn authority(name: &str, path_length: u8) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(path_length));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    params
}

fn signer(change: fn(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named("signer");
    params.subject_alt_names = vec![uri("urn:entente:GBR:caseworker")];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.serial_number = Some(SerialNumber::from(vec![SERIAL]));
    params.not_before = date_time_ymd(2025, 8, 6);
    params.not_after = date_time_ymd(2026, 6, 11);
    change(&mut params);
    params
}

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

/// An authority with its key.
struct Ca {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Ca {
    fn root(name: &str) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = authority(name, 1);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { issuer: Issuer::new(params, key), der }
    }

    fn under(name: &str, root: &Self, serial: u8) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = authority(name, 0);
        params.serial_number = Some(SerialNumber::from(vec![serial]));
        let der = params.signed_by(&key, &root.issuer).unwrap().der().to_vec();
        Self { issuer: Issuer::new(params, key), der }
    }

    fn parsed(&self) -> Authority {
        Authority::parse(&self.der).unwrap()
    }

    fn issue(&self, change: fn(&mut CertificateParams)) -> Vec<u8> {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        signer(change).signed_by(&key, &self.issuer).unwrap().der().to_vec()
    }

    /// The list of November, with these serial numbers on it.
    fn list(&self, revoked: &[u8]) -> RevocationList {
        let revoked_certs = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(vec![*serial]),
            revocation_time: date_time_ymd(2025, 11, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 11, 1),
            next_update: date_time_ymd(2025, 12, 1),
            crl_number: SerialNumber::from(vec![1]),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let der = list.signed_by(&self.issuer).unwrap().der().to_vec();
        RevocationList::load(&der, &[self.parsed()], at(NOW)).unwrap()
    }

    fn judge(&self) -> SignerJudge {
        SignerJudge::new(Pinned::new(vec![self.parsed()]), Vec::new())
    }

    fn judge_with(&self, lists: Vec<RevocationList>, policy: StalePolicy) -> SignerJudge {
        let pinned = Pinned::new(vec![self.parsed()]).with_lists(lists, policy);
        SignerJudge::new(pinned, Vec::new())
    }
}

fn judged(judge: &SignerJudge, der: &[u8], now: &str) -> Result<Checked, SignerUntrusted> {
    judge.judge(der, Party::Gbr, Role::Caseworker, at(now))
}

fn path(refused: PathRefused) -> Result<(), SignerUntrusted> {
    Err(refused.into())
}

#[test]
fn a_good_certificate_is_believed_in_every_second_of_its_validity() {
    let ca = Ca::root("British CA");
    let der = ca.issue(|_| {});
    for now in ["2025-08-06T00:00:00Z", NOW, "2026-06-11T00:00:00Z"] {
        let checked = judged(&ca.judge(), &der, now).unwrap();
        assert_eq!((checked.party(), checked.role()), (Party::Gbr, "caseworker"), "{now}");
    }
    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let der = signer(|_| {}).signed_by(&p256, &ca.issuer).unwrap().der().to_vec();
    judged(&ca.judge(), &der, NOW).unwrap();
}

#[test]
fn a_certificate_that_is_not_for_this_is_refused_for_its_own_reason() {
    use CertificateRefused as Refused;
    type Change = fn(&mut CertificateParams);
    let ca = Ca::root("British CA");
    let other_role: Change = |it| it.subject_alt_names = vec![uri("urn:entente:GBR:officer")];
    let cases: [(&str, Change, SignerUntrusted); 9] = [
        (
            "another role",
            other_role,
            SignerUntrusted::OtherRole {
                expected: Role::Caseworker,
                presented: "officer".to_owned(),
            },
        ),
        (
            "another party",
            |it| it.subject_alt_names = vec![uri("urn:entente:FRA:caseworker")],
            PathRefused::OtherParty { expected: Party::Gbr, presented: Party::Fra }.into(),
        ),
        ("no name", |it| it.subject_alt_names.clear(), PathRefused::from(Refused::NoName).into()),
        (
            "a TLS end",
            |it| it.subject_alt_names = vec![uri("urn:entente:GBR:tls")],
            PathRefused::from(Refused::NotForRecords).into(),
        ),
        (
            "for TLS too",
            |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            PathRefused::from(Refused::SignerForTls).into(),
        ),
        (
            "an authority",
            |it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
            PathRefused::from(Refused::IsAuthority).into(),
        ),
        ("no key usage", |it| it.key_usages.clear(), PathRefused::from(Refused::NoKeyUsage).into()),
        (
            "expired",
            |it| it.not_after = date_time_ymd(2025, 11, 5),
            PathRefused::Expired { link: Link::Leaf, at: at("2025-11-05T00:00:00Z") }.into(),
        ),
        (
            "not yet valid",
            |it| it.not_before = date_time_ymd(2025, 11, 6),
            PathRefused::NotYetValid { link: Link::Leaf, at: at("2025-11-06T00:00:00Z") }.into(),
        ),
    ];
    for (name, change, wanted) in cases {
        assert_eq!(judged(&ca.judge(), &ca.issue(change), NOW), Err(wanted), "{name}");
    }
}

#[test]
fn a_certificate_of_another_authority_is_refused_whatever_name_that_bears() {
    let (ca, stranger) = (Ca::root("British CA"), Ca::root("Another CA"));
    let namesake = Ca::root("British CA");
    let self_signed = {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        signer(|_| {}).self_signed(&key).unwrap().der().to_vec()
    };
    let good = ca.issue(|_| {});
    let mut spoilt = good.clone();
    *spoilt.last_mut().unwrap() ^= 1;
    let signature = PathRefused::Signature(Link::Leaf);
    for (name, der, wanted) in [
        ("a stranger's", stranger.issue(|_| {}), PathRefused::UnknownAuthority),
        ("by nobody but itself", self_signed, PathRefused::UnknownAuthority),
        ("a namesake's", namesake.issue(|_| {}), signature.clone()),
        ("spoilt", spoilt, signature),
    ] {
        assert_eq!(judged(&ca.judge(), &der, NOW).map(|_| ()), path(wanted), "{name}");
    }
    // A key that was changed under one name: both are pinned, and each vouches for its own.
    let both = Pinned::new(vec![namesake.parsed(), ca.parsed()]);
    judged(&SignerJudge::new(both, Vec::new()), &good, NOW).unwrap();
}

#[test]
fn what_is_revoked_or_cannot_be_looked_up_is_refused() {
    let ca = Ca::root("British CA");
    let der = ca.issue(|_| {});
    let (refuse, days) = (StalePolicy::Refuse, StalePolicy::of_days(7));
    let issuer = || "CN=British CA".to_owned();
    let due = at("2025-12-01T00:00:00Z");
    let stale = PathRefused::StaleRevocationList { issuer: issuer(), due };
    let (mine, others) = ([SERIAL].as_slice(), [9].as_slice());
    for (name, list, policy, now, wanted) in [
        ("revoked", Some(mine), refuse, NOW, Some(PathRefused::Revoked)),
        ("no list", None, refuse, NOW, Some(PathRefused::NoRevocationList { issuer: issuer() })),
        ("stale", Some(others), refuse, "2025-12-01T00:00:01Z", Some(stale.clone())),
        ("run out", Some(others), days, "2025-12-08T00:00:01Z", Some(stale)),
        (
            "revoked, running on",
            Some(mine),
            days,
            "2025-12-08T00:00:00Z",
            Some(PathRefused::Revoked),
        ),
        (
            "of the future",
            Some(others),
            refuse,
            "2025-10-31T23:59:59Z",
            Some(PathRefused::FutureRevocationList {
                issuer: issuer(),
                at: at("2025-11-01T00:00:00Z"),
            }),
        ),
        ("of others", Some(others), refuse, NOW, None),
        ("fresh to the last", Some(others), refuse, "2025-12-01T00:00:00Z", None),
        ("running on", Some(others), days, "2025-12-08T00:00:00Z", None),
    ] {
        let judge =
            ca.judge_with(list.map(|revoked| ca.list(revoked)).into_iter().collect(), policy);
        let wanted = wanted.map_or(Ok(()), path);
        assert_eq!(judged(&judge, &der, now).map(|_| ()), wanted, "{name}");
    }
}

#[test]
fn an_intermediate_leads_on_as_far_as_it_is_known_and_not_revoked() {
    let root = Ca::root("British CA");
    let middle = Ca::under("Issuing CA", &root, 3);
    let der = middle.issue(|_| {});
    let unknown = judged(&root.judge(), &der, NOW);
    assert_eq!(unknown.map(|_| ()), path(PathRefused::UnknownAuthority));
    let pinned = || Pinned::new(vec![root.parsed()]);
    let through = |pinned| SignerJudge::new(pinned, vec![middle.parsed()]);
    judged(&through(pinned()), &der, NOW).unwrap();
    let list = |lists| through(pinned().with_lists(lists, StalePolicy::Refuse));
    judged(&list(vec![root.list(&[]), middle.list(&[])]), &der, NOW).unwrap();
    let missing = PathRefused::NoRevocationList { issuer: "CN=Issuing CA".to_owned() };
    for (name, lists, wanted) in [
        ("it is revoked", vec![root.list(&[3]), middle.list(&[])], PathRefused::Revoked),
        ("its end is", vec![root.list(&[]), middle.list(&[SERIAL])], PathRefused::Revoked),
        ("it has no list", vec![root.list(&[])], missing),
    ] {
        assert_eq!(judged(&list(lists), &der, NOW).map(|_| ()), path(wanted), "{name}");
    }
    // Itself pinned, it needs nobody above it; a circle leads nowhere.
    judged(&middle.judge(), &der, NOW).unwrap();
    let circle = SignerJudge::new(Pinned::new(vec![Ca::root("No CA").parsed()]), {
        vec![root.parsed(), middle.parsed()]
    });
    assert!(judged(&circle, &der, NOW).is_err());
}

#[test]
fn nobody_judges_where_no_authority_is_known() {
    let ca = Ca::root("British CA");
    let der = ca.issue(|_| {});
    let judges = SignerJudges(PerParty { gbr: Some(ca.judge()), fra: None });
    let judge = |party| judges.judge(&der, party, Role::Ledger, at(NOW));
    assert_eq!(judge(Party::Fra), Ok(None));
    assert!(matches!(judge(Party::Gbr), Err(SignerUntrusted::OtherRole { .. })));
    for bug in [Bug::EnrolUnchecked, Bug::EnrolAnyRole] {
        plant(Some(bug));
        let noticed = judge(Party::Gbr).is_ok();
        plant(None);
        assert!(noticed, "{} changes nothing", bug.name());
    }
}
