//! What is proof against a quantum computer, between two daemons: the key exchange of their session
//! and the second line of their cosignatures.

use std::fs;

use data_encoding::BASE64;
use entente::tlog::{LogKey, MirrorKey, QUANTUM_SIGNATURE_BYTES, QuantumMirrorKey};

use crate::request;
use crate::site::{Daemon, Site};

/// One side has this in the table `[tls]` of its configuration.
fn with_policy(site: &Site, side: &str, policy: &str) {
    let to = format!("[tls]\npost_quantum = \"{policy}\"\n");
    site.replace(&format!("{side}.toml"), "[tls]\n", &to);
}

/// The group of the key exchange of the session that is up, by the status of one side.
fn group(daemon: &Daemon) -> String {
    let status = daemon.until("a session", |status| status.edge.session.is_some());
    status.edge.session.unwrap().connection.unwrap().group
}

#[test]
fn the_status_of_both_names_the_hybrid_group_unless_one_side_has_it_off() {
    for (policies, agreed) in [
        ([None, None], "X25519MLKEM768"),
        ([Some("require"), None], "X25519MLKEM768"),
        ([Some("off"), None], "X25519"),
        ([None, Some("off")], "X25519"),
    ] {
        let site = Site::founded();
        for (side, policy) in ["gbr", "fra"].into_iter().zip(policies) {
            if let Some(policy) = policy {
                with_policy(&site, side, policy);
            }
        }
        let (gbr, fra) = (site.start("gbr"), site.start("fra"));
        assert_eq!([group(&gbr), group(&fra)], [agreed; 2], "{policies:?}");
        let shown = site.good("status --config gbr.toml");
        assert!(shown.contains(&format!(", {agreed}")), "{shown}");
        gbr.stop();
        fra.stop();
    }
}

#[test]
fn a_side_that_requires_the_hybrid_group_meets_none_that_has_it_off_and_both_say_why() {
    let site = Site::founded();
    with_policy(&site, "gbr", "require");
    with_policy(&site, "fra", "off");
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    for (daemon, ours) in [(&gbr, "X25519MLKEM768"), (&fra, "X25519, secp256r1")] {
        // Who listens refuses, and who dials is refused.
        let said = daemon.says("refused a connection");
        let wanted = "the peer offers no key exchange that we take; tls.post_quantum lets in: ";
        assert!(said.contains(&format!("{wanted}{ours}")), "{said}");
        let said = daemon.says("cannot reach the counterpart");
        assert!(said.contains(&format!("tls.post_quantum offers: {ours}")), "{said}");
        let status = daemon.until("an answer", |status| status.edge.connections.stranger > 0);
        assert!(!status.connected && status.edge.session.is_none());
        assert_eq!(status.edge.connections.greeted, 0);
    }
    gbr.stop();
    fra.stop();
}

/// Makes the post-quantum key of a side's mirror; gives its public half.
fn made(site: &Site, side: &str, file: &str) -> String {
    let mirror = mirror(site, side);
    let mirror = mirror.name();
    site.good(&format!("keys mirror-pq --out {file} --mirror {mirror}")).trim_end().to_owned()
}

/// A line of what a side is to the agreement.
fn key_of(site: &Site, side: &str, name: &str) -> String {
    let text = site.read(&format!("{side}-keys/{side}.toml"));
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")));
    line.unwrap().trim_end_matches('"').to_owned()
}

fn mirror(site: &Site, side: &str) -> MirrorKey {
    key_of(site, side, "mirror").parse().unwrap()
}

/// Puts a line into the table `[keys]` of a side's configuration.
fn with_key(site: &Site, side: &str, line: &str) {
    let directory = format!("[keys]\ndirectory = \"{side}-keys\"\n");
    site.replace(&format!("{side}.toml"), &directory, &format!("{directory}{line}\n"));
}

/// The cosigned notes of a log that a side's store holds, the smallest first.
fn notes(site: &Site, side: &str, log: &str) -> Vec<String> {
    let store = rusqlite::Connection::open(site.path(&format!("{side}-state/entente.db"))).unwrap();
    let sql = "SELECT note FROM cosignature WHERE log = ?1 ORDER BY size";
    let mut all = store.prepare(sql).unwrap();
    let rows = all.query_map([log], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// How many lines of a note have the length of a post-quantum cosignature: key id, time, signature.
fn quantum_lines(note: &str) -> usize {
    let blobs = note.lines().filter_map(|line| line.strip_prefix("\u{2014} ")?.split(' ').nth(1));
    let lengths = blobs.map(|blob| BASE64.decode(blob.as_bytes()).unwrap().len());
    lengths.filter(|length| *length == 4 + 8 + QUANTUM_SIGNATURE_BYTES).count()
}

/// Every note that both sides hold of the British log has the line of the French mirror, and it
/// verifies by that key and by no other.
fn all_verify(site: &Site, public: &str, other: &str) {
    let author: LogKey = key_of(site, "gbr", "log").parse().unwrap();
    let [public, other] = [public, other].map(|key| key.parse::<QuantumMirrorKey>().unwrap());
    for side in ["gbr", "fra"] {
        let notes = notes(site, side, "GBR");
        assert!(!notes.is_empty(), "{side}");
        for note in notes {
            assert_eq!(quantum_lines(&note), 1, "{side}: {note}");
            let cosigned = mirror(site, "fra").open(&author, &note).unwrap();
            assert_eq!(cosigned.verify_quantum(&public), Ok(()), "{side}: {note}");
            assert!(cosigned.verify_quantum(&other).is_err(), "{side}: {note}");
        }
        // France has no such key of the United Kingdom, which adds none.
        for note in self::notes(site, side, "FRA") {
            assert_eq!(quantum_lines(&note), 0, "{side}: {note}");
        }
    }
}

#[test]
fn a_mirrors_post_quantum_line_is_kept_unverified_verified_or_refused_by_the_key_that_is_known() {
    let site = Site::founded();
    let public = made(&site, "fra", "fra-keys/mirror-pq.pem");
    let another = made(&site, "fra", "another.pem");
    with_key(&site, "fra", "mirror_pq = \"fra-keys/mirror-pq.pem\"");
    let fra = site.start("fra");

    // Not known: kept as it came, and it costs no receipt.
    let gbr = site.start("gbr");
    site.submit("gbr", &request(0));
    gbr.receipted();
    gbr.stop();
    all_verify(&site, &public, &another);

    // The wrong one: nothing of what it should have signed is taken.
    fs::write(site.path("pinned.vkey"), format!("{another}\n")).unwrap();
    with_key(&site, "gbr", "peer_mirror_pq = \"pinned.vkey\"");
    let before = notes(&site, "gbr", "GBR");
    let gbr = site.start("gbr");
    site.submit("gbr", &request(1));
    let said = gbr.says("a cosignature of the counterpart");
    assert!(said.contains("by another key than the one that is known"), "{said}");
    gbr.says("session ended");
    let status = gbr.until("an answer", |_| true);
    assert!(status.logs.gbr.unreceipted > 0, "{status:?}");
    assert_eq!(notes(&site, "gbr", "GBR"), before);
    gbr.stop();

    // The right one: what was refused is sent again, and verified.
    fs::write(site.path("pinned.vkey"), format!("{public}\n")).unwrap();
    let gbr = site.start("gbr");
    gbr.receipted();
    assert!(notes(&site, "gbr", "GBR").len() > before.len());
    gbr.stop();
    fra.stop();
    all_verify(&site, &public, &another);
    site.both_verify();
}
