//! The keys of logs and mirrors, which only a succession exchanges, while records flow; after the
//! keys that sign records were exchanged in the logs that end.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use crate::{
    founded,
    issuing::Authority,
    signers::{exchange, valid},
    site::{Daemon, Site},
    submitting::Submitting,
};

const SUCCESSION: &str = "--reason key-change --gbr gbr-keys-2/successor.toml \
                          --fra fra-keys-2/successor.toml --out";

/// New keys for both logs, the succession, and a configuration of each successor.
fn prepare(site: &Site) {
    for side in ["gbr", "fra"] {
        let party = side.to_uppercase();
        site.good(&format!(
            "keys successor --party {party} --from {side}-keys --dir {side}-keys-2 \
             --origin {side}.example/2026/log"
        ));
    }
    let [gbr, fra] = ["gbr", "fra"].map(|side| {
        let call = format!("log succession --config {side}.toml {SUCCESSION} {side}.succession");
        let said = site.good(&call);
        let digest = said.lines().find(|line| line.starts_with("digest")).unwrap();
        digest.split_whitespace().last().unwrap().to_owned()
    });
    assert_eq!(gbr, fra, "both sides make the same succession");
    for side in ["gbr", "fra"] {
        let text = site.read(&format!("{side}.toml"));
        let state = format!(
            "succession = \"{side}.succession\"\nsuccession_digest = \"{gbr}\"\n\
             [state]\npredecessors = [\"{side}-state\"]\n"
        );
        let text = text
            .replace("[state]\n", &state)
            .replace(&format!("\"{side}-state\"\nmark"), &format!("\"{side}-state-2\"\nmark"))
            .replace(&format!("mark/{side}"), &format!("mark/{side}-2"))
            .replace(
                &format!("directory = \"{side}-keys\""),
                &format!("directory = \"{side}-keys-2\""),
            );
        site.write(&format!("{side}-2.toml"), &text);
    }
}

/// An init that is killed at a step.
fn killed_at(site: &Site, side: &str, step: &str) {
    let ended = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["init", "--config", &format!("{side}-2.toml")])
        .current_dir(site.path("."))
        .env_clear()
        .env("DANGER_FAILPOINT", format!("{step}=kill"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(ended.code(), None, "{step}: {ended}");
}

/// The cases of the requests in the log of the United Kingdom that a configuration names.
fn cases(site: &Site, config: &str) -> Vec<String> {
    let listed = site.good(&format!("log list --config {config} --log GBR --count 100000"));
    let requests = listed.lines().filter(|line| line.contains("readmission-request"));
    let case = |line: &str| {
        line.split_whitespace().find(|word| word.starts_with("GB01-")).unwrap().to_owned()
    };
    requests.map(case).collect()
}

fn rotate_record_keys(site: &Site, gbr: &Daemon, fra: &Daemon, records: &Submitting) {
    for (side, daemon) in [("gbr", gbr), ("fra", fra)] {
        let authority = Authority::first(site, side);
        for role in ["caseworker", "ledger"] {
            exchange(site, side, daemon, role, &authority.signer(role), &|| records.goes_on());
        }
    }
}

/// Both successors are founded, after inits that were killed; the old daemons serve no more.
fn found_at_last(site: &Site) {
    for step in [
        "init-before-draft",
        "init-draft-made",
        "commit-before-begin",
        "commit-done",
        "init-draft-founded",
        "init-before-mark",
        "init-marked",
        "init-before-rename",
    ] {
        killed_at(site, "gbr", step);
        let words = ["was succeeded by gbr.example/2026/log", "configuration of the successor"];
        site.refused("serve --attended --config gbr.toml", 2, &words);
    }
    site.good("init --config gbr-2.toml");
    killed_at(site, "fra", "init-renamed");
    site.refused("serve --attended --config fra.toml", 2, &["was succeeded by"]);
}

#[test]
fn log_and_mirror_keys_change_by_a_succession_while_records_flow() {
    let site = founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.until("the session", |status| status.connected && status.gate == "open");
    let records = Submitting::to(site.path("run/gbr.sock"));
    records.goes_on();
    rotate_record_keys(&site, &gbr, &fra, &records);
    for side in ["fra", "gbr"] {
        let end = format!("log end --config {side}.toml --reason key-change --yes");
        site.good(&end);
        records.goes_on();
    }
    // Nothing is refused between the end and the successor: it waits.
    let status = gbr.until("what waits", |status| status.queued >= 3);
    assert!(status.connected);
    gbr.until("receipts", |status| status.logs.gbr.unreceipted == 0);
    fra.receipted();
    prepare(&site);
    let key = valid(&site, "gbr", "caseworker");

    // The log that still takes in is not left behind.
    let held = "init --config gbr-2.toml";
    site.refused(held, 2, &["gbr-state is served still", "stop the daemon"]);
    records.goes_on();
    let handed_in = records.ended();
    gbr.stop();
    fra.stop();
    found_at_last(&site);

    let (gbr, fra) = (site.start("gbr-2"), site.start("fra-2"));
    let status = gbr.receipted();
    assert_eq!(status.logs.gbr.origin, "gbr.example/2026/log");
    fra.receipted();
    // The same submissions again, and then more: each has one record, whatever log it stands in.
    let records = Submitting::to(site.path("run/gbr.sock"));
    while records.count() < handed_in + 3 {
        records.goes_on();
    }
    let all = records.ended();
    gbr.receipted();
    fra.receipted();
    for side in [&gbr, &fra] {
        assert_eq!(side.until("what is broken", |_| true).breaks, []);
    }
    assert_eq!(valid(&site, "gbr-2", "caseworker"), key, "it was enrolled in the log that ended");
    gbr.stop();
    fra.stop();
    let [old, new] = ["fra.toml", "fra-2.toml"].map(|config| cases(&site, config));
    assert!(old.len() < handed_in, "some have waited");
    assert_eq!(old.len() + new.len(), all);
    let each: BTreeSet<_> = old.iter().chain(&new).collect();
    assert_eq!(each.len(), all, "a case stands there twice");
    for config in ["gbr", "fra", "gbr-2", "fra-2"] {
        site.good(&format!("log verify --config {config}.toml"));
    }
}
