//! Weekly statements as people see them: listed, shown, exported by both, checked by anybody.

use std::fs;

use serde_json::{Value, json};

use crate::{
    requests,
    site::{MONDAY, Site, good},
};

const WEEK: u64 = 7 * 86_400;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Both sides close the last week at the same time, and one of them gives its national totals.
fn both_reconcile(site: &Site) {
    let runs = ["gbr --national-totals 12,9", "fra"]
        .map(|side| side.split_once(' ').unwrap_or((side, "")))
        .map(|(side, more)| site.spawn(&format!("reconcile --config {side}.toml {more}")));
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("Joint statement "), "{said}");
    }
}

#[test]
fn two_weeks_are_closed_listed_shown_exported_and_checked_by_both() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    site.refused("statement show --config gbr.toml", 3, &["no week has a body yet"]);
    site.submit("gbr", &requests(0..3));
    gbr.receipted();
    site.clock(MONDAY);
    both_reconcile(&site);
    site.clock(MONDAY + WEEK);
    both_reconcile(&site);
    gbr.receipted();
    fra.receipted();

    // All of it while the daemons run.
    let both = |verb: &str| {
        ["gbr", "fra"].map(|side| site.good(&format!("statement {verb} --config {side}.toml")))
    };
    let [listed, there] = both("list");
    assert_eq!(listed, there);
    assert!(listed.starts_with("REHEARSAL") && listed.ends_with("2 weeks with a body\n"));
    assert_eq!(listed.matches(" joint ").count(), 2, "{listed}");
    let [listed, there] = both("list --json");
    assert_eq!(listed, there);
    let lines: Vec<Value> = listed.lines().map(parsed).collect();
    let weeks: Vec<_> = lines.iter().map(|one| (&one["number"], &one["week"])).collect();
    let (first, second) = (json!("2025-W32"), json!("2025-W33"));
    assert_eq!(weeks, [(&json!(1), &first), (&json!(2), &second)]);

    let [shown, there] = both("show 2025-W33 --json").map(|text| parsed(&text));
    assert_eq!(shown, there);
    assert_eq!(shown, parsed(&both("show 2 --json")[1]));
    assert_eq!(shown["body"]["previous"], lines[0]["digest"]);
    assert_eq!(shown["stated"]["gbr"]["national"], json!({"returned": 12, "admitted": 9}));
    assert_eq!(shown["stated"]["fra"]["national"], json!(null));
    assert_eq!(shown["stated"]["gbr"]["digest"], shown["stated"]["fra"]["digest"]);
    let [text, _] = both("show");
    for wanted in ["Statement 2 of week 2025-W33", ": joint", "12 returned, 9 admitted", "entente-"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }

    for number in [1, 2] {
        exported(&site, number, &parsed(&both(&format!("show {number} --json"))[0]));
    }
    against(&site);
    refusals(&site);
    as_at(&site);
    gbr.stop();
    fra.stop();
}

/// Both sides export a week to the same bytes, and anybody checks them.
fn exported(site: &Site, number: u64, shown: &Value) {
    let name = format!("ENTENTE-{number}-2025-W{}", 31 + number);
    let files = ["gbr", "fra"].map(|side| {
        let _there = fs::create_dir(site.path(&format!("{side}-out")));
        let verb = format!("statement export {number} --config {side}.toml --to {side}-out");
        assert!(site.good(&verb).contains(": written\n"));
        // What an export that was cut off has left behind goes, also where nothing is written.
        for part in ["part", "0a1b.part"] {
            fs::write(site.path(&format!("{side}-out/.{name}.cbor.{part}")), "half").unwrap();
        }
        assert!(site.good(&verb).contains(": was there already, the same\n"));
        let mut left = fs::read_dir(site.path(&format!("{side}-out"))).unwrap();
        assert!(!left.any(|file| file.unwrap().file_name().to_str().unwrap().starts_with('.')));
        ["cbor", "html"]
            .map(|end| fs::read(site.path(&format!("{side}-out/{name}.{end}"))).unwrap())
    });
    // Both sides' exports are the same bytes.
    assert_eq!(files[0], files[1]);
    let page = String::from_utf8(files[0][1].clone()).unwrap();
    assert!(page.contains(&format!("check {name}.cbor --digest DIGEST")), "{page}");
    assert!(page.contains("REHEARSAL") && page.contains(&site.digest()), "{page}");

    let file = format!("gbr-out/{name}.cbor");
    let digest = site.digest();
    let by_config = site.good(&format!("statement check {file} --config fra.toml"));
    for more in ["--agreement agreement.toml".to_owned(), format!("--digest {digest}")] {
        assert_eq!(site.good(&format!("statement check {file} {more}")), by_config);
    }
    for wanted in [
        "Joint statement ",
        "FRA          passed: signed by key ",
        "  receipt    passed: received at the latest 2025-08-",
        "  software   entente-",
        "  national   12 returned, 9 admitted, by its own system",
        "  national   not given",
        "Checked: both",
        "neither side stated the week before in other words",
    ] {
        assert!(by_config.contains(wanted), "{wanted}: {by_config}");
    }
    let checked = parsed(&site.good(&format!("statement check {file} --digest {digest} --json")));
    assert_eq!((&checked["body"], &checked["digest"]), (&shown["body"], &shown["digest"]));
}

/// What is wrong with a file, a folder or a name is said.
fn refusals(site: &Site) {
    let good = fs::read(site.path("gbr-out/ENTENTE-1-2025-W32.cbor")).unwrap();
    let check = "statement check bad.cbor --config gbr.toml";
    let checks = |bytes: &[u8], words: &str| {
        fs::write(site.path("bad.cbor"), bytes).unwrap();
        site.refused(check, 1, &["bad.cbor: ", words, "rely on nothing in it"]);
    };
    checks(&good[..good.len() - 1], "no certificate: ");
    checks(&[&good[..], b"\0"].concat(), "no certificate: ");
    checks(&vec![0; 600_000], "no certificate: 524289 bytes, and at most 524288 are allowed here");
    // One letter of the cosignature of the French log.
    let line = good.windows(4).rposition(|four| four == "\u{2014} ".as_bytes()).unwrap();
    let end = good[line..].iter().position(|byte| *byte == b'\n').unwrap();
    let mut forged = good.clone();
    forged[line + end - 10] ^= 1;
    checks(&forged, "FRA: the checkpoint is not signed by both");
    let elsewhere = "0".repeat(64);
    let other = format!("statement check gbr-out/ENTENTE-1-2025-W32.cbor --digest {elsewhere}");
    site.refused(&other, 1, &["it is of the agreement ", &elsewhere]);
    let pinned = format!("{} --agreement agreement.toml --digest {elsewhere}", check_file());
    site.refused(&pinned, 2, &["agreement.toml is the agreement "]);

    fs::write(site.path("fra-out/ENTENTE-1-2025-W32.html"), "another page").unwrap();
    let export = "statement export 1 --config fra.toml --to fra-out";
    site.refused(export, 2, &["ENTENTE-1-2025-W32.html is there, with other bytes"]);
    assert_eq!(site.read("fra-out/ENTENTE-1-2025-W32.html"), "another page");
    site.refused("statement export 1 --config fra.toml --to no/where", 2, &["no/where/: "]);
    let words = "2024-W01 ended before the agreement entered into force, in 2025-W32";
    for verb in ["show", "export --to fra-out"] {
        let early = format!("statement {verb} 2024-W01 --config gbr.toml");
        site.refused(&early, 2, &[words, "name 2025-W32 or a later week"]);
    }
    let none = "statement export 9 --config fra.toml --to fra-out";
    site.refused(none, 3, &["statement 9 has no body yet", "the newest is 2, of week 2025-W33"]);
}

fn check_file() -> &'static str {
    "statement check gbr-out/ENTENTE-1-2025-W32.cbor"
}

/// What both knew between the two closes, and at times at which nobody knows or knew anything.
fn as_at(site: &Site) {
    let show = |more: &str| format!("statement show --config gbr.toml {more}");
    let between = site.good(&show("--as-at 2025-08-12T00:00:00Z"));
    assert!(between.contains("Interim view as at 2025-08-12T00:00:00Z"), "{between}");
    assert!(between.contains("opening      the closing of statement 1"), "{between}");
    let json = |side: &str, more: &str| {
        parsed(&site.good(&format!("statement show --config {side}.toml --json {more}")))
    };
    let [here, there] =
        ["gbr", "fra"].map(|side| json(side, "--as-at 2025-08-12T00:00:00Z")["interim"].clone());
    assert_eq!(here, there);
    assert_eq!(here["pipeline"]["requested"], json!(3));
    assert_eq!(json("gbr", "--interim")["interim"]["since"], json!(2));
    let future = show("--as-at 2030-01-01T00:00:00Z");
    site.refused(&future, 2, &["lies in the future: it is 2025-08-18T06:00:00Z"]);
    let early = show("--as-at 2025-08-01T00:00:00Z");
    site.refused(&early, 2, &["lies before the founding of the logs"]);
}

/// The ids of one side, held against those of the other.
fn against(site: &Site) {
    let listed = site.good("statement ids 2 --config fra.toml");
    assert!(
        listed.starts_with("entente-counted-ids-1 party FRA week 2025-W33 number 2 "),
        "{listed}"
    );
    site.write("ids", &listed);
    let same = site.good("reconcile --config gbr.toml --against ids");
    assert!(same.contains("The same records count on both sides."), "{same}");
    let shown = parsed(&site.good("reconcile --config gbr.toml --against ids --json"));
    crate::assert_fits(&shown);
    assert_eq!((&shown["outcome"], &shown["number"]), (&json!("same"), &json!(2)));
    let shown = parsed(&site.good("statement ids 2025-W33 --config fra.toml --json"));
    assert_eq!((&shown["party"], &shown["returned"]), (&json!("FRA"), &json!([])));
    site.refused("reconcile --config fra.toml --against ids", 2, &["the list is of FRA"]);
    site.write("ids", "nothing\n");
    site.refused("reconcile --config gbr.toml --against ids", 2, &["ids: line 1: not the head"]);
}

#[test]
fn a_week_is_exported_once_both_have_stated_it_and_received_it() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.receipted();
    fra.receipted();
    site.clock(MONDAY);
    let alone = site.run("reconcile --config gbr.toml --wait 0");
    assert_eq!(alone.status.code(), Some(3));
    gbr.receipted();
    // France closes and states, and the United Kingdom has not stated yet.
    let there = site.run("reconcile --config fra.toml --wait 2");
    assert_eq!(there.status.code(), Some(3));
    fra.receipted();
    fs::create_dir(site.path("out")).unwrap();
    let export = "statement export 2025-W32 --config gbr.toml --to out";
    let words = ["GBR has not stated 2025-W32", "it is the turn of GBR"];
    site.refused(export, 3, &words);
    assert!(site.good("statement list --config gbr.toml").contains(" awaiting "));

    // What it states while the other side is away has no receipt.
    fra.stop();
    let run = site.run("reconcile --config gbr.toml --wait 0");
    good(&run, "reconcile");
    site.refused(export, 3, &["the statement of GBR for 2025-W32 has no receipt here yet", "FRA"]);
    assert_eq!(fs::read_dir(site.path("out")).unwrap().count(), 0);
    let fra = site.start("fra");
    gbr.receipted();
    site.good(export);
    gbr.stop();
    fra.stop();
}
