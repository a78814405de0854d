//! Two sides that cannot come to a session, or not to a cut-off: the weekly job says why, by name.

use std::fs;

use serde_json::Value;

use super::site::{MONDAY, Site};

/// What a run of the weekly job says on standard error, and as JSON.
fn waits(site: &Site, side: &str, exit: i32) -> (String, Value) {
    let call = format!("reconcile --config {side}.toml --wait 0");
    let run = site.run(&call);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(exit), "{said}");
    let run = site.run(&format!("{call} --json"));
    assert_eq!(run.status.code(), Some(exit));
    let shown = serde_json::from_slice(&run.stdout).unwrap();
    super::assert_fits(&shown);
    (said, shown)
}

#[test]
fn two_founding_agreements_are_named_with_both_digests() {
    let site = Site::new();
    let ours = site.digest();
    let text = site.read("agreement.toml");
    site.replace("agreement.toml", "clock_bound_seconds = 30", "clock_bound_seconds = 31");
    let theirs = site.digest();
    fs::rename(site.path("agreement.toml"), site.path("other.toml")).unwrap();
    site.write("agreement.toml", &text);
    site.replace("fra.toml", "file = \"agreement.toml\"", "file = \"other.toml\"");
    site.replace("fra.toml", &ours, &theirs);
    for side in ["gbr", "fra"] {
        site.good(&format!("init --config {side}.toml"));
    }
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    site.clock(MONDAY);
    for (daemon, side, values) in [
        (&gbr, "gbr", format!("agreement: ours {ours}, theirs {theirs}")),
        (&fra, "fra", format!("agreement: ours {theirs}, theirs {ours}")),
    ] {
        daemon.until("the refusal", |status| status.refusal.is_some());
        let (said, shown) = waits(&site, side, 3);
        for wanted in [values.as_str(), " refuses ", "`entente agreement diff`", "not closed"] {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        assert!(said.starts_with("error: no session with "), "the cause comes first: {said}");
        let refusal = &shown["link"]["refusal"];
        assert_eq!(
            (&shown["outcome"], &refusal["problem"]),
            (&"waiting".into(), &"agreement".into())
        );
        let ours = if side == "gbr" { &ours } else { &theirs };
        assert_eq!(refusal["values"]["ours"], ours.as_str());
        let status = site.run(&format!("status --config {side}.toml"));
        let status = String::from_utf8(status.stdout).unwrap();
        assert!(status.contains(&values), "{status}");
    }
    gbr.stop();
    fra.stop();
}

#[test]
fn a_clock_that_is_off_is_named_and_so_is_a_link_that_is_down() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.receipted();
    fra.stop();
    gbr.until("no session", |status| !status.connected);
    site.clock(MONDAY);
    let (said, shown) = waits(&site, "gbr", 3);
    assert!(said.starts_with("warning: no session with FRA is up\nadvice: "), "{said}");
    assert!(said.contains("error: 2025-W32: FRA has not closed the week"), "{said}");
    assert_eq!(
        (&shown["link"]["connected"], &shown["link"]["refusal"]),
        (&false.into(), &Value::Null)
    );

    // France's clock goes two minutes wrong, and the bound is half a minute.
    site.replace("fra.toml", "clock = \"clock\"", "clock = \"clock-of-fra\"");
    site.write("clock-of-fra", &format!("{}\n", MONDAY + 120));
    let fra = site.start("fra");
    gbr.until("its clock fault", |status| status.clock_fault.is_some());
    let (said, shown) = waits(&site, "gbr", 3);
    assert!(said.contains("error: cosigning pauses: "), "{said}");
    assert!(shown["link"]["clock_fault"].is_string(), "{shown}");
    gbr.stop();
    fra.stop();
}

#[test]
fn a_fork_ends_the_weekly_job_with_its_own_code_on_both_sides() {
    let site = Site::founded();
    super::put_back_with_its_mark(&site);
    let gbr = site.start("gbr");
    site.submit("gbr", &super::request(7));
    let fra = site.start("fra");
    gbr.until("its fork", |status| status.gate == "fork");
    fra.until("the contradiction", |status| status.is_forked());
    site.clock(MONDAY);
    let (said, shown) = waits(&site, "fra", 5);
    assert!(said.contains("contradiction"), "{said}");
    assert_eq!(shown["link"]["refusal"]["by"], "FRA");
    // This side may sign nothing any more: its week cannot even be closed.
    let (said, shown) = waits(&site, "gbr", 5);
    assert!(said.contains("error: the gate is fork: our own signature stands under"), "{said}");
    assert_eq!((&shown["outcome"], &shown["link"]["gate"]), (&"waiting".into(), &"fork".into()));
    gbr.stop();
    fra.stop();
}
