//! The keys of logs and mirrors, which only a succession exchanges, while records flow; after the
//! keys that sign records were exchanged in the logs that end.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use crate::{
    flowing::{cases, flowing, nothing_is_open},
    founded,
    issuing::Authority,
    signers::{exchange, valid},
    site::{Daemon, Site},
    submitting::Submitting,
    succession,
};

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
    let (gbr, fra, records) = flowing(&site);
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
    succession::prepare(&site, "key-change");
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
    nothing_is_open(&gbr, &fra);
    assert_eq!(valid(&site, "gbr-2", "caseworker"), key, "it was enrolled in the log that ended");
    gbr.stop();
    fra.stop();
    let [old, new] = ["fra.toml", "fra-2.toml"].map(|config| cases(&site, config));
    assert!(old.len() < handed_in, "some have waited");
    assert_eq!(old.len() + new.len(), all);
    let each: BTreeSet<_> = old.iter().chain(&new).collect();
    assert_eq!(each.len(), all, "a case stands there twice");
    succession::all_verify(&site);
}
