//! Revocation lists that are refused when they are loaded, and what is kept of those that are not.

use std::fs;

use entente::danger::{Bug, plant};
use entente::net::tls::{
    FileRefused, Numbers, NumbersRefused, PostQuantum, RevocationFiles, TlsFiles,
};
use entente::trust::{CertificateRefused, RevocationRefused as Refused, StalePolicy};

use crate::der::{algorithm, flags, int, seq, tlv};
use crate::mint::{CA, KEY_USAGE, List, NEW_CA, NOW, STRANGER, Spec};

#[test]
fn a_bad_revocation_list_is_refused_when_it_is_loaded() {
    let number = "2.5.29.20";
    let list = || List::of("British CA", CA, 1);
    let more = |dotted, critical, value: Vec<u8>| {
        list().with(|it| it.extensions.push((dotted, critical, value)))
    };
    let sha1 = "1.2.840.10045.4.1";
    let bad_algorithm =
        Refused::Algorithm(CertificateRefused::SignatureAlgorithm { oid: sha1.to_owned() });
    let entry = |dotted, value: Vec<u8>| {
        let entry = Some((dotted, true, value));
        list().revoking(&[5]).with(|it| it.entry_extension = entry)
    };
    let unknown = |dotted: &str| Refused::UnknownCritical { oid: dotted.to_owned() };
    let indirect = seq(&[&tlv(0x84, &[0xff])]);
    let users_only = seq(&[&tlv(0x81, &[0xff])]);
    let december = "2025-12-01T00:00:00Z".parse().unwrap();
    for (name, list, wanted) in [
        ("by another key", List::of("British CA", STRANGER, 1), Refused::SignedByAnother),
        ("spoilt", list().with(|it| it.spoilt = true), Refused::SignedByAnother),
        ("of a stranger", List::of("Another CA", STRANGER, 1), Refused::UnknownIssuer),
        ("without a number", list().with(|it| it.extensions.clear()), Refused::NoNumber),
        (
            "with a long number",
            list().with(|it| it.extensions = vec![(number, false, int(&[1; 21]))]),
            Refused::LongNumber,
        ),
        ("version 1", list().with(|it| it.version = None), Refused::Version),
        ("without an end", list().with(|it| it.next_update = None), Refused::NoNextUpdate),
        (
            "that ends before it begins",
            list().with(|it| it.next_update = Some("251001000000Z")),
            Refused::NeverCurrent,
        ),
        (
            "of tomorrow",
            list().with(|it| {
                (it.this_update, it.next_update) = ("251201000000Z", Some("260101000000Z"));
            }),
            Refused::FromFuture { at: december },
        ),
        ("a delta", more("2.5.29.27", true, int(&[1])), Refused::Delta),
        ("a delta that says so softly", more("2.5.29.27", false, int(&[1])), Refused::Delta),
        ("indirect", more("2.5.29.28", true, indirect), Refused::Indirect),
        ("for ends alone", more("2.5.29.28", true, users_only), Refused::Partial),
        ("with an unknown extension", more("1.2.3", true, vec![5, 0]), unknown("1.2.3")),
        ("with an unknown entry", entry("1.2.3", vec![5, 0]), unknown("1.2.3")),
        ("with entries of others", entry("2.5.29.29", seq(&[])), Refused::Indirect),
        (
            "with two numbers",
            more(number, false, int(&[2])),
            Refused::RepeatedExtension { oid: number.to_owned() },
        ),
        ("by SHA-1", list().with(|it| it.algorithm = algorithm(sha1)), bad_algorithm),
        (
            "with a byte behind",
            list().with(|it| it.trailing = vec![0]),
            Refused::TrailingBytes { bytes: 1 },
        ),
    ] {
        let refused = list.load(&[Spec::root().pinned()]).map(|_| ()).unwrap_err();
        assert_eq!(refused, wanted, "{name}");
    }
    let silent = Spec::root().with(|it| it.set(KEY_USAGE, true, flags(&[5])));
    assert_eq!(list().load(&[silent.pinned()]).unwrap_err(), Refused::NoListSign);
    assert!(list().load(&[Spec::root().pinned()]).is_ok());
}

/// The files of a side whose counterpart has changed its key under one name.
struct Files {
    folder: tempfile::TempDir,
    files: TlsFiles,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let revocation = RevocationFiles {
            lists: vec![at("a.crl"), at("b.crl")],
            policy: StalePolicy::Refuse,
            numbers: Some(at("numbers")),
        };
        let (certificate, key, peer_ca) = (at("none"), at("none"), at("ca.pem"));
        let files =
            TlsFiles { certificate, key, peer_ca, revocation, post_quantum: PostQuantum::Prefer };
        let roots = [Spec::root().der(), crate::list_cases::new_root().der()];
        let pem: String = roots.iter().map(|der| pem("CERTIFICATE", der)).collect();
        fs::write(folder.path().join("ca.pem"), pem).unwrap();
        Self { folder, files }
    }

    fn put(&self, name: &str, list: &List) {
        fs::write(self.folder.path().join(name), list.der()).unwrap();
    }

    /// As a start does it: load, then write down, then use.
    fn start(&self) -> Result<Vec<String>, FileRefused> {
        let now = entente::names::Timestamp::new(NOW);
        let pinned = self.files.pinned(now)?;
        self.files.revocation.remember(pinned.lists())?;
        Ok(pinned.lists().iter().map(|it| it.number().to_string()).collect())
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

#[test]
fn a_number_that_falls_is_noticed_for_each_key_by_itself() {
    let files = Files::new();
    let (old, new) = (|n| List::of("British CA", CA, n), |n| List::of("British CA", NEW_CA, n));
    files.put("a.crl", &old(7));
    files.put("b.crl", &new(2));
    assert_eq!(files.start().unwrap(), ["7", "2"]);
    files.put("a.crl", &old(6));
    let rolled = |refused: FileRefused| {
        matches!(refused, FileRefused::Revocation { source: Refused::Rollback { .. }, .. })
    };
    assert!(rolled(files.start().unwrap_err()));
    plant(Some(Bug::SkipRollback));
    assert_eq!(files.start().unwrap(), ["6", "2"]);
    plant(None);
    // What was seen stays seen, and the other key has numbers of its own.
    assert!(rolled(files.start().unwrap_err()));
    files.put("a.crl", &old(8));
    assert_eq!(files.start().unwrap(), ["8", "2"]);
    files.put("b.crl", &new(1));
    assert!(rolled(files.start().unwrap_err()));
    // An older one beside a newer one is no rollback: the newer counts.
    files.put("a.crl", &new(3));
    assert_eq!(files.start().unwrap(), ["3"]);
}

#[test]
fn numbers_that_cannot_be_read_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers");
    assert_eq!(Numbers::read(&path).unwrap(), Numbers::default());
    let head = "entente revocation numbers 1";
    let key = "00".repeat(32);
    for (text, line) in [
        (String::new(), 1),
        (head.to_owned(), 1),
        (format!("{head}\n{key} 7"), 1),
        (format!("{head}\n{key} 0x7\n"), 2),
        (format!("{head}\n{key}\n"), 2),
        (format!("{head}\n{key} 7\n{key} 8\n"), 3),
        (format!("{head}\n\n{key} 7\n"), 3),
        (format!("{head}\n{key} {}\n", "9".repeat(50)), 2),
    ] {
        fs::write(&path, &text).unwrap();
        let refused = Numbers::read(&path).unwrap_err();
        let right = matches!(refused, NumbersRefused::Malformed { line: at } if at == line);
        assert!(right, "{text:?}: {refused:?}");
    }
    fs::write(&path, format!("{head}\n{key} 7\n")).unwrap();
    Numbers::read(&path).unwrap().write(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{head}\n{key} 7\n"));
}
