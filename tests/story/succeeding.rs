//! A year's end: both logs end, others succeed them, and everything goes on.

use std::fs;

use entente::record::Succession;
use rustix::process::Signal;
use serde_json::Value;

use crate::{
    ids, request,
    site::{Daemon, MONDAY, Site, good},
    succession,
};

/// What a verb prints with `--json`.
fn json(site: &Site, call: &str) -> Value {
    serde_json::from_str(&site.good(&format!("{call} --json"))).unwrap()
}

/// Ends both logs, and waits until both ends are covered.
fn end_both(site: &Site) {
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    for side in ["gbr", "fra"] {
        let end = format!("log end --config {side}.toml --reason year-end --yes");
        site.good(&end);
    }
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
}

/// What is left out, mistaken or of another side is refused before anything is founded.
fn refused_before_founding(site: &Site) {
    let text = site.read("gbr-2.toml");
    for (from, to, words) in [
        ("predecessors = [\"gbr-state\"]\n", "", "belong together"),
        ("[\"gbr-state\"]", "[\"gbr-state\", \"gbr-state\"]", "names 2 directories"),
        ("[\"gbr-state\"]", "[\"fra-state\"]", "the store is of FRA"),
        ("[\"gbr-state\"]", "[\"mark\"]", "there is no store"),
        ("\"gbr-succession.toml\"", "\"none.toml\"", "none.toml cannot be read"),
        ("directory = \"gbr-keys-2\"", "directory = \"gbr-keys\"", "the log key is not the one"),
    ] {
        assert!(text.contains(from), "{from}");
        site.write("bad.toml", &text.replacen(from, to, 1));
        site.refused("init --config bad.toml", 2, &[words]);
    }
    site.refused("init --config gbr.toml", 2, &["was founded already"]);
}

/// What waited as its log ended is listed with its log, and decided in the successor.
fn decided_after_the_end(site: &Site, waiting: &str) {
    let listed = json(site, "approve --config gbr-2.toml");
    let one = &listed["awaiting"][0];
    assert_eq!((&one["id"], &one["inherited"]), (&waiting.into(), &true.into()), "{listed}");
    let origin = one["origin"].as_str().unwrap();
    let officer = "--yes --key gbr-keys/officer-key.pem";
    let said = site.good(&format!("approve --config gbr-2.toml {waiting} --reject {officer}"));
    let place = format!("at position {} of {origin}\n", one["position"]);
    assert!(said.contains(&place), "{place}: {said}");
    let none = site.good("approve --config gbr-2.toml");
    assert!(none.contains("Nothing waits"), "{none}");
}

/// Places in the log that ended are told with its origin.
fn places_have_their_log(site: &Site, inherited: &str) {
    let shown = json(site, &format!("log show --config gbr.toml {inherited}"));
    let origin = shown["origin"].as_str().unwrap();
    let later = json(site, &format!("log show --config gbr-2.toml {inherited}"));
    assert_eq!(later, shown, "the same checks, against the log that ended");
    let said = site.good(&format!("log show --config gbr-2.toml {inherited}"));
    let place = format!("GBR:{} of {origin}\n", shown["position"]);
    assert!(said.contains(&place), "{place}: {said}");
    let said = site.good("log show --config gbr-2.toml GBR:1");
    assert!(said.contains("GBR:1\n"), "{said}");
    let again = "submit --config gbr-2.toml -";
    let again = good(&site.run_with(again, &request(1)), again);
    assert!(again.ends_with(&format!(" of {origin}\n")), "{again}");
    let keys = site.good("keys list --config gbr-2.toml --party GBR");
    assert!(keys.contains(&format!(" signs from position 0 of {origin} on\n")), "{keys}");
    let keys = site.good("keys list --config gbr-2.toml --party GBR --json");
    assert!(keys.contains(&format!("\"from\":0,\"from_origin\":\"{origin}\"")), "{keys}");
    let keys = site.good("keys list --config gbr.toml --party GBR");
    assert!(!keys.contains("signs from"), "{keys}");
}

/// What has ended and is pinned is read at the start, and not once more: its disk may be away.
fn reloaded_without_the_log_before(site: &Site, gbr: &Daemon) {
    let (here, away) = (site.path("gbr-state"), site.path("gbr-state-away"));
    fs::rename(&here, &away).unwrap();
    gbr.signal(Signal::HUP);
    gbr.says("reloaded: ");
    fs::rename(&away, &here).unwrap();
}

/// Directories of logs before in another order than that of time.
fn refused_in_another_order(site: &Site, pinned: &str) {
    let config = site.read("gbr-2.toml").replace("\"gbr-succession", "\"later");
    for (number, named, words) in [
        (2, "\"gbr-state-2\", \"gbr-state\"", "gbr-state is not the store of a successor"),
        (
            3,
            "\"gbr-state\", \"gbr-state-2\", \"gbr-state-2\"",
            "gbr-state-2 is the store of succession 1, in the place of succession 2",
        ),
    ] {
        let later = site.read("gbr-succession.toml");
        let later = later.replace("number = 1\n", &format!("number = {number}\n"));
        let digest = toml::from_str::<Succession>(&later).unwrap().digest();
        site.write("later.toml", &later);
        let bad = config.replace(pinned, &digest.to_string());
        site.write("bad.toml", &bad.replace("[\"gbr-state\"]", &format!("[{named}]")));
        let oldest_first = "name the directories oldest first";
        site.refused("check-config --config bad.toml", 2, &[words, oldest_first]);
    }
}

#[test]
fn at_a_years_end_both_logs_are_succeeded_and_the_weeks_go_on() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let before = ids(&site.submit("gbr", &request(1)));
    let erased = r#"{"kind":"erasure","re":["ID"],"content":{"basis":"withdrawn"}}"#;
    let waiting = ids(&site.submit("gbr", &erased.replace("ID", &before[0])));
    gbr.receipted();
    fra.until("the mirror", |status| status.logs.gbr.unreceipted == 0);
    gbr.stop();
    fra.stop();
    for side in ["gbr", "fra"] {
        succession::keys(&site, side, "early");
    }
    let early = succession::call("gbr", "year-end").replace("-keys-2/", "-early/");
    site.refused(&format!("{early} early.toml"), 3, &["the log of GBR has not ended"]);
    end_both(&site);
    let pinned = succession::prepare(&site, "year-end");

    refused_before_founding(&site);
    for side in ["gbr", "fra"] {
        site.good(&format!("init --config {side}-2.toml"));
    }
    let (gbr, fra) = (site.start("gbr-2"), site.start("fra-2"));
    // Exactly once, across the end.
    let again = "submit --config gbr-2.toml -";
    assert_eq!(ids(&good(&site.run_with(again, &request(1)), again)), before);
    good(&site.run_with(again, &request(2)), again);
    decided_after_the_end(&site, &waiting[0]);
    places_have_their_log(&site, &before[0]);
    let status = gbr.receipted();
    assert_eq!(status.logs.gbr.origin, "gbr.example/2026/log");
    fra.receipted();
    reloaded_without_the_log_before(&site, &gbr);
    for number in [1, 2] {
        let shown = site.good(&format!("case show --config fra-2.toml GB01-00000{number}"));
        assert!(shown.contains("requested"), "{shown}");
    }
    site.clock(MONDAY);
    for said in site.reconciled(["gbr-2", "fra-2"]) {
        assert!(said.contains("Joint statement 1 of week 2025-W32"), "{said}");
    }
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
    succession::all_verify(&site);
    refused_in_another_order(&site, &pinned);
    site.good("statement export --config gbr-2.toml 2025-W32 --to out");
    let digest = site.digest();
    let check = format!("statement check out/ENTENTE-1-2025-W32.cbor --digest {digest}");
    site.refused(&check, 1, &["not of logs that succeeded none"]);
    site.good(&format!("{check} --succession {pinned}"));
    let of_ours = "statement check out/ENTENTE-1-2025-W32.cbor --config";
    let said = site.good(&format!("{of_ours} gbr-2.toml"));
    assert!(said.contains("  log"), "{said}");
    // The configuration of the first logs knows of no later ones.
    site.refused(&format!("{of_ours} gbr.toml"), 1, &["not of logs that succeeded none"]);
}
