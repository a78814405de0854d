//! The agreement: every fault that it can have, and a digest of what it says, not of how.

use super::super::fixture::{UnsafeKey, certificate, day, place, seed, terms};
use super::{Fra, Gbr};
use crate::cbor::{Bytes, decode, encode};
use crate::envelope::{KeyringError, Role};
use crate::ledger::{Agreement, AgreementFault};
use crate::limits::AGREEMENT_BYTES_MAX;
use crate::names::Party;
use crate::record::{Certificate, SignerTerms, Terms};
use crate::tlog::{LogKey, MirrorKey};

const FILE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/agreement/agreement.toml"));

/// What is changed in terms that are otherwise good.
type Change = Box<dyn FnOnce(&mut Terms)>;

fn faults(change: impl FnOnce(&mut Terms)) -> Vec<AgreementFault> {
    let mut changed = terms();
    change(&mut changed);
    Agreement::open(changed).err().unwrap_or_default()
}

/// The one fault that a change makes, in words.
fn fault(change: impl FnOnce(&mut Terms)) -> String {
    match &faults(change)[..] {
        [one] => one.to_string(),
        several => panic!("not one fault: {several:?}"),
    }
}

fn der(party: Party, role: &str, seed: u8) -> Certificate {
    Certificate(Bytes(certificate(party, role, seed, 2027)))
}

fn signer(terms: &mut Terms, role: Role) -> &mut SignerTerms {
    terms.gbr.signers.iter_mut().find(|one| one.role == role).unwrap()
}

#[test]
fn the_terms_of_the_tests_open_and_name_every_key() {
    let agreement = Agreement::open(terms()).unwrap();
    assert_eq!(agreement.digest(), terms().digest());
    assert!(agreement.audience().starts_with("ni:///sha-256;"), "{}", agreement.audience());
    assert_eq!(agreement.audience().len(), 14 + 43, "unpadded");
    for party in Party::BOTH {
        let identity = agreement.identity(party);
        assert_eq!(*identity.log.public_key(), UnsafeKey::log(party).public_key());
        assert_eq!(*identity.mirror.public_key(), UnsafeKey::mirror(party).public_key());
        assert_eq!(agreement.origin(party), identity.log.origin());
    }
    assert!(agreement.terms().provisions.same_place(&place("FRCDG"), &place("FRORY")));
    assert!(
        agreement.terms().provisions.same_place(&place("FRLYS"), &place("FRLYS")),
        "without being listed"
    );
    assert!(!agreement.terms().provisions.same_place(&place("FRCDG"), &place("FRLYS")));
}

#[test]
fn terms_out_of_their_bounds_are_refused_one_by_one() {
    let cases: Vec<(&str, Change)> = vec![
        ("rules = 2", Box::new(|it| it.provisions.rules = 2)),
        ("title", Box::new(|it| it.title.clear())),
        ("title", Box::new(|it| it.title = "x".repeat(201))),
        ("expires", Box::new(|it| it.provisions.expires = day("2025-08-05"))),
        ("clock_bound_seconds", Box::new(|it| it.clock_bound_seconds = 0)),
        ("clock_bound_seconds", Box::new(|it| it.clock_bound_seconds = 3601)),
        ("date_tolerance_days", Box::new(|it| it.provisions.date_tolerance_days = 32)),
        (
            "FRCDG stands in them twice",
            Box::new(|it| {
                it.provisions.same_places.push(vec![place("FRLYS"), place("FRCDG")]);
            }),
        ),
        ("issuer: the same", Box::new(|it| it.gbr.issuer.clone_from(&it.fra.issuer))),
        ("GBR: issuer", Box::new(|it| it.gbr.issuer = "exchange".to_owned())),
        ("FRA: issuer", Box::new(|it| it.fra.issuer = format!("urn:{}", "x".repeat(197)))),
        (
            "GBR: signers: none has the role officer",
            Box::new(|it| {
                it.gbr.signers.retain(|one| one.role != Role::Officer);
            }),
        ),
        (
            "FRA: signers: none has the role ledger",
            Box::new(|it| {
                it.fra.signers.retain(|one| one.role != Role::Ledger);
            }),
        ),
        (
            "GBR: signers: at most 16",
            Box::new(|it| {
                it.gbr.signers.extend((1..=13).map(|seed| SignerTerms {
                    role: Role::Caseworker,
                    certificate: der(Gbr, "caseworker", seed),
                }));
            }),
        ),
        (
            "fit a record",
            Box::new(|it| {
                for country in ["BE", "FR", "GB"] {
                    let all = (0..999).map(|n| place(&format!("{country}{n:03}")));
                    it.provisions.places.extend(all);
                }
                it.provisions.places.sort_unstable();
            }),
        ),
    ];
    for (words, change) in cases {
        let said = fault(change);
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_log_or_mirror_key_that_cannot_be_read_is_refused() {
    let key = |what: &str, change: &dyn Fn(&mut Terms)| {
        let found = faults(change);
        let [AgreementFault::VerifierKey { party: Fra, field, .. }] = &found[..] else {
            panic!("{what}: {found:?}")
        };
        assert_eq!(*field, what);
    };
    key("log", &|it| it.fra.log.clear());
    key("log", &|it| it.fra.log.clone_from(&it.fra.mirror));
    key("log", &|it| it.fra.log = it.fra.log.replacen("log.fr", "log.be", 1));
    key("mirror", &|it| it.fra.mirror.push('A'));
    key("mirror", &|it| it.fra.mirror.clone_from(&it.fra.log));
}

#[test]
fn a_signer_that_is_not_what_the_terms_say_is_refused() {
    let found = faults(|it| it.gbr.signers[0].certificate.0.0.truncate(20));
    assert!(matches!(found[..], [AgreementFault::Certificate { party: Gbr, index: 1, .. }]));

    let misplaced = |certificate: Certificate| {
        let found = faults(|it| signer(it, Role::Ledger).certificate = certificate);
        let [AgreementFault::Misplaced { party: Gbr, index: 2, role: Role::Ledger, named }] =
            &found[..]
        else {
            panic!("{found:?}")
        };
        named.clone()
    };
    assert_eq!(misplaced(der(Gbr, "officer", 0x77)), "officer of GBR");
    assert_eq!(misplaced(der(Fra, "ledger", 0x77)), "ledger of FRA");
    assert_eq!(misplaced(der(Gbr, "postmaster", 0x77)), "postmaster of GBR");
}

#[test]
fn one_key_serves_one_purpose() {
    let twice = |it: &mut Terms| {
        let again = der(Gbr, "ledger", seed(Gbr, Role::Caseworker));
        signer(it, Role::Ledger).certificate = again;
    };
    let found = faults(twice);
    assert!(matches!(
        found[..],
        [AgreementFault::Keyring { party: Gbr, reason: KeyringError::AlreadyEnrolled(_), .. }]
    ));

    let cases: Vec<(&str, Change)> = vec![
        (
            "one log key",
            Box::new(|it| {
                let name = "other.fr.example".parse().unwrap();
                it.fra.log = LogKey::new(name, UnsafeKey::log(Gbr).public_key()).to_string();
            }),
        ),
        (
            "a mirror with the log's key",
            Box::new(|it| {
                let name = "other.gb.example".parse().unwrap();
                it.gbr.mirror = MirrorKey::new(name, UnsafeKey::log(Gbr).public_key()).to_string();
            }),
        ),
        (
            "a log with a record key",
            Box::new(|it| {
                let key = UnsafeKey::of(Fra, Role::Officer).public_key();
                it.fra.log = LogKey::new("other.fr.example".parse().unwrap(), key).to_string();
            }),
        ),
        (
            "two logs of one name",
            Box::new(|it| {
                let name = "log.uk.example/2025".parse().unwrap();
                it.fra.log = LogKey::new(name, UnsafeKey::log(Fra).public_key()).to_string();
            }),
        ),
        (
            "a mirror with the name of a log",
            Box::new(|it| {
                let name = "log.uk.example/2025".parse().unwrap();
                it.fra.mirror =
                    MirrorKey::new(name, UnsafeKey::mirror(Fra).public_key()).to_string();
            }),
        ),
    ];
    for (name, change) in cases {
        let found = faults(change);
        assert!(matches!(found[..], [AgreementFault::Shared(_)]), "{name}: {found:?}");
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let found = faults(|it| {
        it.provisions.rules = 9;
        it.gbr.log.clear();
        it.fra.mirror.clear();
        it.fra.signers[0].certificate.0.0.clear();
    });
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn the_digest_is_of_what_the_terms_say() {
    let founding = terms().digest();
    assert_eq!(Terms::decode(&encode(&terms())).unwrap().digest(), founding);
    let changes: [fn(&mut Terms); 6] = [
        |it| it.title.push('.'),
        |it| it.provisions.date_tolerance_days = 2,
        |it| it.provisions.expires = it.provisions.expires.plus(1),
        |it| it.rehearsal = false,
        |it| it.provisions.same_places[0].reverse(),
        |it| it.fra.signers.truncate(2),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut other = terms();
        change(&mut other);
        assert_ne!(other.digest(), founding, "change {n}");
    }
}

#[test]
fn an_agreement_file_says_the_same_however_it_is_written() {
    let read = |text: &str| toml::from_str::<Terms>(text).unwrap();
    let founding = read(FILE);
    assert!(Agreement::open(founding.clone()).is_ok());
    assert_eq!(founding.title, "Agreement on the prevention of dangerous journeys (rehearsal)");
    assert_eq!(founding.gbr.signers.len(), 3);

    let written = toml::to_string(&founding).unwrap();
    assert_eq!(read(&written), founding, "by the codec");
    let sorted = toml::from_str::<toml::Table>(FILE).unwrap().to_string();
    assert_ne!(sorted, FILE);
    assert_eq!(read(&sorted).digest(), founding.digest(), "in another order");
    let commented = format!("# Signed in London.\n\n{FILE}\n# The end.\n");
    assert_eq!(read(&commented).digest(), founding.digest(), "with other comments");
    let through = decode::<Terms>(&encode(&founding), AGREEMENT_BYTES_MAX).unwrap();
    assert_eq!(through, founding, "through CBOR");
}

#[test]
fn an_agreement_file_that_is_not_one_is_refused() {
    for (name, from, to) in [
        ("a field too many", "rules = 1", "rules = 1\nnotes = \"\""),
        ("a field too few", "rules = 1\n", ""),
        ("a misspelt field", "rules = 1", "rule = 1"),
        ("a number for a text", "rules = 1", "rules = \"1\""),
        ("a day that is none", "2026-06-11", "2026-06-31"),
        ("a place that is none", "FRCDG", "Roissy"),
        ("a role that is none", "\"officer\"", "\"minister\""),
        ("a certificate without its end", "-----END CERTIFICATE-----", ""),
        (
            "a certificate with a stray letter",
            "-----BEGIN CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n*",
        ),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{name}");
        assert!(toml::from_str::<Terms>(&text).is_err(), "{name}");
    }
}
