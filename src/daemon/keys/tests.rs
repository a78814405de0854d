//! Keys on a real disk: made, loaded, and refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use data_encoding::BASE64;

use super::*;
use crate::envelope::{Algorithm, Ed25519Key};
use crate::names::{Party, Timestamp};
use crate::net::tls::certificates;
use crate::trust::{Authority, PeerCertificate, SignerCertificate};

fn wanted(directory: &Path) -> NewKeys<'_> {
    NewKeys {
        party: Party::Gbr,
        directory,
        not_before: "2025-08-06T00:00:00Z".parse().unwrap(),
        not_after: "2027-08-05T23:59:59Z".parse().unwrap(),
        dns_name: "exchange.gbr.example",
        origin: "entente.example/gbr/2025",
        algorithm: Algorithm::Ed25519,
    }
}

struct Made {
    folder: tempfile::TempDir,
    party: PartyFile,
}

impl Made {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let party = wanted(&folder.path().join("keys")).create().unwrap();
        Self { folder, party }
    }

    fn directory(&self) -> std::path::PathBuf {
        self.folder.path().join("keys")
    }

    fn places(&self) -> KeyPlaces {
        KeyPlaces::within(&self.directory())
    }

    fn signer(&self, role: &str) -> SignerCertificate {
        let path = self.directory().join(certificate_file(role));
        SignerCertificate::parse(&certificates(&path).unwrap()[0]).unwrap()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn what_is_made_keeps_to_the_profiles_and_to_its_owner() {
    let made = Made::new();
    let directory = made.directory();
    assert_eq!(mode(&directory), 0o700);
    for entry in fs::read_dir(&directory).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    for role in RECORD_ROLES {
        let signer = made.signer(role);
        assert_eq!((signer.party(), signer.role()), (Party::Gbr, role));
        assert_eq!(signer.not_before().to_string(), "2025-08-06T00:00:00Z");
        assert_eq!(signer.not_after().to_string(), "2027-08-05T23:59:59Z");
    }
    let leaf = certificates(&directory.join(TLS_CERTIFICATE)).unwrap();
    assert_eq!(PeerCertificate::parse(&leaf[0]).unwrap().party(), Party::Gbr);
    let authority = certificates(&directory.join(CA_CERTIFICATE)).unwrap();
    assert!(Authority::parse(&authority[0]).is_ok());
}

#[test]
fn the_daemon_signs_with_the_keys_that_the_agreement_names() {
    let made = Made::new();
    let keys = Keys::load(&made.places()).unwrap();
    for role in RecordRole::ALL {
        assert_eq!(keys.record_key(role), made.signer(role.name()).public_key());
        let signature = keys.sign_record(role, b"record").unwrap();
        keys.record_key(role).verify(b"record", &signature).unwrap();
    }
    let (checkpoint, cosignature) = (keys.sign_checkpoint(b"x"), keys.sign_cosignature(b"x"));
    keys.log_key().verify(b"x", &checkpoint.unwrap()).unwrap();
    keys.mirror_key().verify(b"x", &cosignature.unwrap()).unwrap();
    assert!(keys.log_key().verify(b"x", &cosignature.unwrap()).is_err());
    let [caseworker, ledger] = RecordRole::ALL.map(|role| keys.sign_record(role, b"x"));
    assert_ne!(caseworker, ledger);
}

#[test]
fn the_fragment_of_the_agreement_is_toml_that_names_every_public_key() {
    let made = Made::new();
    assert_eq!(fs::read_to_string(&made.party.path).unwrap(), made.party.text);
    let table: toml::Table = made.party.text.parse().unwrap();
    let gbr = table["gbr"].as_table().unwrap();
    assert_eq!(gbr["issuer"].as_str(), Some("https://exchange.gbr.example"));

    let keys = Keys::load(&made.places()).unwrap();
    for (field, name, kind, key) in [
        ("log", "entente.example/gbr/2025", 1, keys.log_key()),
        ("mirror", "entente.example/gbr/2025/mirror", 4, keys.mirror_key()),
    ] {
        let mut parts = gbr[field].as_str().unwrap().splitn(3, '+');
        assert_eq!(parts.next(), Some(name));
        assert_eq!(parts.next().map(str::len), Some(8));
        let typed = BASE64.decode(parts.next().unwrap().as_bytes()).unwrap();
        assert_eq!(typed, [&[kind][..], key.as_bytes()].concat());
    }
    let signers = gbr["signers"].as_array().unwrap();
    for (signer, role) in signers.iter().zip(RECORD_ROLES) {
        assert_eq!(signer["role"].as_str(), Some(role));
        let file = fs::read_to_string(made.directory().join(certificate_file(role))).unwrap();
        assert_eq!(signer["certificate"].as_str(), Some(file.as_str()));
    }
    assert_eq!(signers.len(), RECORD_ROLES.len());
    assert!(!made.party.text.contains("PRIVATE"));
}

#[test]
fn keys_are_made_only_in_an_empty_folder_of_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o750)).unwrap();
    let refused = wanted(&directory).create();
    assert!(matches!(refused, Err(KeysNotMade::OpenToOthers(_))), "{refused:?}");
    fs::set_permissions(&directory, Permissions::from_mode(0o700)).unwrap();
    wanted(&directory).create().unwrap();
    let before = fs::read(directory.join(LOG_KEY)).unwrap();
    let refused = wanted(&directory).create();
    assert!(matches!(refused, Err(KeysNotMade::NotEmpty(_))), "{refused:?}");
    assert_eq!(fs::read(directory.join(LOG_KEY)).unwrap(), before);
    let refused = wanted(&folder.path().join("no/such")).create();
    assert!(matches!(refused, Err(KeysNotMade::Unwritable { .. })), "{refused:?}");
}

#[test]
fn words_that_make_no_keys_leave_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    let too_long = "x".repeat(249);
    for name in ["", "ex change", "exchange..example", "https://exchange.example"] {
        let refused = NewKeys { dns_name: name, ..wanted(&directory) }.create();
        assert!(matches!(refused, Err(KeysNotMade::NotADnsName(_))), "{name}");
    }
    for origin in ["", "a b", "a+b", "a\nb", "\u{e9}", &too_long] {
        let refused = NewKeys { origin, ..wanted(&directory) }.create();
        assert!(matches!(refused, Err(KeysNotMade::NotAnOrigin { .. })), "{origin}");
    }
    let refused = NewKeys { not_after: Timestamp::new(0), ..wanted(&directory) }.create();
    assert!(matches!(refused, Err(KeysNotMade::NeverValid)));
    assert!(!directory.exists());
}

type Harm = fn(&Path);

#[test]
fn a_folder_of_keys_that_is_not_in_order_is_refused_by_name() {
    let cases: [(&str, Harm, &str); 9] = [
        ("missing", |at| fs::remove_file(at.join(LOG_KEY)).unwrap(), "Unreadable"),
        ("readable by the group", |at| chmod(&at.join(LOG_KEY), 0o640), "OpenToOthers"),
        ("readable by all", |at| chmod(&at.join("ledger-key.pem"), 0o604), "OpenToOthers"),
        ("a folder that others write to", |at| chmod(at, 0o770), "OpenToOthers"),
        ("empty", |at| fs::write(at.join(MIRROR_KEY), "").unwrap(), "NotOneKey"),
        ("a certificate", |at| copy(at, "ledger-cert.pem", "ledger-key.pem"), "NotOneKey { path: "),
        ("a key of P-256", |at| copy(at, TLS_KEY, LOG_KEY), "NotEd25519"),
        ("two purposes", |at| copy(at, LOG_KEY, MIRROR_KEY), "SameKey"),
        ("the officer's key", |at| copy(at, "officer-key.pem", LOG_KEY), "SameKey"),
    ];
    for (name, harm, want) in cases {
        let made = Made::new();
        harm(&made.directory());
        let refused = format!("{:?}", Keys::load(&made.places()).unwrap_err());
        assert!(refused.contains(want), "{name}: {refused}");
        let faults = Keys::faults(&made.places());
        assert_eq!(format!("{faults:?}"), format!("[{refused}]"), "{name}");
    }
}

#[test]
fn all_faults_of_a_folder_are_named_at_once() {
    let made = Made::new();
    chmod(&made.directory().join(LOG_KEY), 0o644);
    fs::remove_file(made.directory().join(MIRROR_KEY)).unwrap();
    copy(&made.directory(), "caseworker-key.pem", "ledger-key.pem");
    assert_eq!(Keys::faults(&made.places()).len(), 3);
}

#[test]
fn a_key_made_by_openssl_is_loaded() {
    // RFC 8410 section 10.3, first example: PKCS#8 version 1, without the public half.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
               -----END PRIVATE KEY-----\n";
    // Section 10.1 of the same: its public half.
    let public = BASE64.decode(b"Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=").unwrap();
    let made = Made::new();
    fs::write(made.directory().join(LOG_KEY), pem).unwrap();
    let keys = Keys::load(&made.places()).unwrap();
    assert_eq!(keys.log_key(), Ed25519Key::from_bytes(&public).unwrap());
}

#[test]
fn nothing_secret_is_shown() {
    let made = Made::new();
    let keys = Keys::load(&made.places()).unwrap();
    assert_eq!(format!("{keys:?}"), "Keys { .. }");
    let pem = fs::read_to_string(made.directory().join(LOG_KEY)).unwrap();
    let secret = pem.lines().nth(1).unwrap();
    for text in [pem.replace("PRIVATE KEY", "PRIVATE SECRET"), pem.replace("-----END", "--END")] {
        fs::write(made.directory().join(LOG_KEY), text).unwrap();
        let refused = Keys::load(&made.places()).unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains(secret));
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn copy(directory: &Path, from: &str, to: &str) {
    fs::copy(directory.join(from), directory.join(to)).unwrap();
}

#[test]
fn esp256_keys_are_made_loaded_and_sign_with_a_low_s() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    NewKeys { algorithm: Algorithm::Esp256, ..wanted(&directory) }.create().unwrap();
    let keys = Keys::load(&KeyPlaces::within(&directory)).unwrap();
    for role in RecordRole::ALL {
        let key = keys.record_key(role);
        assert_eq!(key.algorithm(), Algorithm::Esp256);
        for n in 0_u8..32 {
            key.verify(&[n], &keys.sign_record(role, &[n]).unwrap()).unwrap();
        }
    }
    let officer = OfficerKey::load(&directory.join("officer-key.pem")).unwrap();
    officer.public_key().verify(b"x", &officer.sign(b"x").unwrap()).unwrap();
}

#[test]
fn one_key_for_a_record_and_for_tls_or_the_authority_is_refused() {
    for (from, name) in [(TLS_KEY, TLS_CERTIFICATE), (CA_KEY, CA_CERTIFICATE)] {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("keys");
        NewKeys { algorithm: Algorithm::Esp256, ..wanted(&directory) }.create().unwrap();
        let places = KeyPlaces::within(&directory);
        assert!(Keys::load(&places).is_ok());
        copy(&directory, from, "ledger-key.pem");
        let refused = Keys::load(&places).unwrap_err().to_string();
        assert!(refused.contains("ledger-key.pem") && refused.contains(name), "{refused}");
        assert_eq!(Keys::faults(&places).len(), 1);
    }
}

#[test]
fn the_certificate_that_is_configured_for_tls_is_the_one_that_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    NewKeys { algorithm: Algorithm::Esp256, ..wanted(&directory) }.create().unwrap();
    let elsewhere = folder.path().join("tls.pem");
    fs::rename(directory.join(TLS_CERTIFICATE), &elsewhere).unwrap();
    copy(&directory, TLS_KEY, "ledger-key.pem");
    let mut places = KeyPlaces::within(&directory);
    assert!(Keys::load(&places).is_ok(), "no certificate lies there");
    places.tls_certificate = Some(elsewhere);
    for refused in [Keys::load(&places).unwrap_err(), Keys::faults(&places).remove(0)] {
        assert!(matches!(refused, KeysRefused::SameKey { .. }), "{refused}");
    }
}

/// A certificate of the key of this seed, after one of an authority that is as it should be.
fn bundle(path: &Path, good: &Path, seed: u8) {
    use crate::ledger::fixture::certificate;
    let der = BASE64.encode(&certificate(Party::Fra, "officer", seed, 2027));
    let second = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    fs::write(path, fs::read_to_string(good).unwrap() + &second).unwrap();
}

#[test]
fn no_authority_of_the_counterpart_has_a_key_that_signs_for_anybody() {
    use crate::{
        envelope::Role,
        ledger::fixture::{TwoSides, UnsafeKey, key_enrolled, seed, terms},
        names::PerParty,
    };
    let made = Made::new();
    let at = |name: &str| made.directory().join(name);
    let agreement = crate::ledger::Agreement::open(terms()).unwrap();
    let mut sides = TwoSides::founded();
    let later = UnsafeKey::later(Party::Fra, Role::Caseworker);
    sides.approved(Party::Fra, key_enrolled(Role::Caseworker, later.certificate()));
    let keys = PerParty::from_fn(|party| sides.keys(party).clone());
    let peer_ca = at("peer-ca.pem");
    for (key, named) in [
        (0x7e, None),
        (seed(Party::Gbr, Role::Ledger), Some("the ledger of GBR")),
        (seed(Party::Fra, Role::Officer), Some("the officer of FRA")),
        (seed(Party::Fra, Role::Caseworker) | 0x40, Some("the caseworker of FRA")),
        (0x1e, Some("the log of GBR")),
        (0x2f, Some("the mirror of FRA")),
    ] {
        bundle(&peer_ca, &at(TLS_CERTIFICATE), key);
        let tls = at("no-tls-cert.pem");
        let found = mixed_up(&agreement, &keys, &made.directory(), &tls, &peer_ca);
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), usize::from(named.is_some()), "{key:x}: {found:?}");
        assert!(found.iter().zip(named).all(|(one, named)| one.contains(named)), "{found:?}");
    }
}

#[test]
fn a_key_in_a_module_wants_a_module() {
    let made = Made::new();
    let log: KeyPlace = "pkcs11:token=gov;object=log".parse().unwrap();
    let places = KeyPlaces { log: Some(log), ..made.places() };
    let refused = Keys::load(&places).unwrap_err();
    assert!(matches!(refused, KeysRefused::NoModule { .. }), "{refused:?}");
    let missing = made.directory().join("no-such-library.so");
    let modules = Modules { library: Some(missing), pin_file: None };
    let refused = Keys::load(&KeyPlaces { modules, ..places }).unwrap_err();
    assert!(matches!(refused, KeysRefused::Module { .. }), "{refused:?}");
}

#[test]
fn what_holds_a_key_shows_nothing_of_it() {
    let made = Made::new();
    let officer = OfficerKey::load(&made.directory().join("officer-key.pem")).unwrap();
    assert_eq!(format!("{officer:?}"), "OfficerKey { .. }");
}
