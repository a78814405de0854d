//! The OpenSSL commands of `certs/README.md`, run as they stand there.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use entente::daemon::keys::{Keys, NewKeys, RecordRole};
use entente::names::{Party, Timestamp};
use entente::net::tls::{TlsFiles, certificates, fixed_time, issued_by_pinned, server_config};
use entente::trust::{Authority, PeerCertificate, SignerCertificate};

/// The blocks that are marked as shell, in their order.
fn commands() -> String {
    let text = include_str!("../certs/README.md");
    let blocks = text.split("```sh\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

fn leaf(path: &Path) -> Vec<u8> {
    certificates(path).unwrap().first().unwrap().to_vec()
}

fn seconds(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
#[ignore = "needs the openssl program, version 3"]
fn what_openssl_issues_by_these_commands_keeps_to_the_profile() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let new = NewKeys {
        party: Party::Gbr,
        directory: &keys,
        not_before: seconds("2025-08-06T00:00:00Z"),
        not_after: seconds("2045-08-06T00:00:00Z"),
        dns_name: "exchange.gbr.example",
        origin: "entente.example/gbr/2025",
    };
    new.create().unwrap();
    let script = format!("set -eu\n{}", commands());
    let ran = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let ledger = SignerCertificate::parse(&leaf(&folder.path().join("ledger-cert.pem"))).unwrap();
    assert_eq!((ledger.party(), ledger.role()), (Party::Gbr, "ledger"));
    fs::rename(keys.join("ledger-key-new.pem"), keys.join("ledger-key.pem")).unwrap();
    let loaded = Keys::load(&keys).unwrap();
    assert_eq!(loaded.record_key(RecordRole::Ledger), ledger.public_key());

    // Issued by the ministry, and renewed by the party's own authority: the same key twice.
    let ministry = folder.path().join("ministry/ca-cert.pem");
    for (certificate, authority) in [
        (folder.path().join("tls-cert.pem"), ministry),
        (keys.join("tls-cert.pem"), keys.join("ca-cert.pem")),
    ] {
        let own = PeerCertificate::parse(&leaf(&certificate)).unwrap();
        assert_eq!(own.party(), Party::Gbr);
        Authority::parse(&leaf(&authority)).unwrap();
        let key = keys.join("tls-key.pem");
        let material = TlsFiles { certificate, key, peer_ca: authority }.load().unwrap();
        assert!(issued_by_pinned(&material));
        server_config(&material, fixed_time(own.validity().not_before)).unwrap();
    }
}
