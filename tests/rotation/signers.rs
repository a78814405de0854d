//! The keys that sign records, each exchanged for another while records flow.

use serde_json::Value;

use crate::{
    flowing::{flowing, settled},
    founded,
    issuing::{Authority, End, replace},
    site::{Daemon, Site, good},
    taken,
};

/// The standing of every key of a party, as a side sees it: key, role, state.
fn keys(site: &Site, side: &str, party: &str) -> Vec<(String, String, String)> {
    let listed = site.good(&format!("keys list --config {side}.toml --party {party} --json"));
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let word = |name: &str| line[name].as_str().unwrap().to_owned();
        (word("key"), word("role"), word("state"))
    };
    listed.lines().map(line).collect()
}

/// The one key of a role that may sign.
pub(crate) fn valid(site: &Site, side: &str, role: &str) -> String {
    let party = side.split('-').next().unwrap().to_uppercase();
    let all = keys(site, side, &party);
    let mut valid = all.into_iter().filter(|(_, of, state)| of == role && state == "valid");
    let (key, ..) = valid.next().unwrap();
    assert_eq!(valid.next(), None, "only one {role} may sign");
    key
}

/// Does a step with a key of a side, and has an officer approve it.
fn step(site: &Site, side: &str, words: &str, officer: &str) {
    let said = site.good(&format!("keys {words} --config {side}.toml"));
    let logged = said.lines().find(|line| line.contains(" logged at position ")).unwrap();
    let record = logged.split(' ').next().unwrap();
    let approve = format!("approve {record} --yes --config {side}.toml {officer}");
    good(&site.run(&approve), &approve);
}

/// Enrols a key, which signs from then on; then the old one is retired.
pub(crate) fn exchange(
    site: &Site,
    side: &str,
    daemon: &Daemon,
    role: &str,
    new: &End,
    go: &impl Fn(),
) {
    let old = valid(site, side, role);
    site.write(&format!("{side}-{role}.pem"), &new.certificate);
    let officer = format!("--key {side}-keys/officer-key.pem");
    step(site, side, &format!("enrol --certificate {side}-{role}.pem --role {role}"), &officer);
    go();
    new.place_as(site, side, role);
    let officer = if role == "officer" {
        // The old one is retired by the new one, which shows its certificate.
        format!("{officer} --certificate {side}-keys/officer-cert.pem")
    } else {
        taken(daemon);
        officer
    };
    go();
    step(site, side, &format!("retire {old}"), &officer);
    go();
    assert_ne!(valid(site, side, role), old);
    assert!(keys(site, side, &side.to_uppercase()).contains(&(old, role.into(), "retired".into())));
}

/// Which keys have signed requests in the log of the United Kingdom, in their order.
fn signers_of_requests(site: &Site) -> Vec<String> {
    let listed = site.good("log list --config fra.toml --log GBR --count 100000 --json");
    let lines = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let requests = lines.filter(|line| line["kind"] == "readmission-request");
    let mut keys: Vec<_> = requests.map(|line| line["key"].as_str().unwrap().to_owned()).collect();
    keys.dedup();
    keys
}

#[test]
fn every_record_key_is_exchanged_while_records_flow() {
    let site = founded();
    let (gbr, fra, records) = flowing(&site);
    let first = valid(&site, "gbr", "caseworker");
    for (side, daemon) in [("gbr", &gbr), ("fra", &fra)] {
        let authority = Authority::first(&site, side);
        for role in ["caseworker", "ledger", "officer"] {
            let new = authority.signer(role);
            exchange(&site, side, daemon, role, &new, &|| records.goes_on());
        }
    }
    let second = valid(&site, "gbr", "caseworker");
    settled(&site, gbr, fra, records);
    for party in ["GBR", "FRA"] {
        assert_eq!(keys(&site, "gbr", party), keys(&site, "fra", party), "both say who may sign");
    }
    // What it signed while it might is as good as ever, and nothing was signed by it after that.
    assert_eq!(signers_of_requests(&site), [first, second]);
}

#[test]
fn a_key_that_is_not_enrolled_yet_takes_no_ones_place() {
    let site = founded();
    let (gbr, fra, records) = flowing(&site);
    let old = ["key", "cert"].map(|half| site.read(&format!("gbr-keys/caseworker-{half}.pem")));
    Authority::first(&site, "gbr").signer("caseworker").place_as(&site, "gbr", "caseworker");
    crate::refused(&gbr, &["keys.directory", "enrol it first"]);
    records.goes_on();
    for (half, text) in ["key", "cert"].into_iter().zip(old) {
        replace(&site, &format!("gbr-keys/caseworker-{half}.pem"), &text);
    }
    taken(&gbr);
    records.goes_on();
    settled(&site, gbr, fra, records);
}
