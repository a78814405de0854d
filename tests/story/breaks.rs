//! A break from the day on which it is found to the day on which both sides have decided it.

use serde_json::{Value, json};

use crate::{
    ids, request,
    site::{Daemon, FIRST_DAY, MONDAY, Site, good},
};

/// Hands in one record, and gives its id once the other side holds it.
fn logged(site: &Site, side: &str, daemon: &Daemon, record: &Value) -> String {
    let id = ids(&site.submit(side, &record.to_string())).remove(0);
    daemon.receipted();
    id
}

/// Three have left, and France names their notice and not the departure. Both ids.
fn crossed(site: &Site, gbr: &Daemon, fra: &Daemon) -> [String; 2] {
    let asked: Value = serde_json::from_str(&request(1)).unwrap();
    let asked = logged(site, "gbr", gbr, &asked);
    let answer = json!({"kind": "answer", "re": [asked], "content": {"outcome": "accepted"}});
    let answered = logged(site, "fra", fra, &answer);
    let notice = json!({
        "kind": "transfer-notice", "case": "GB04-000001", "re": [answered], "at": "2025-08-09",
        "content": {
            "transport": "air", "from": "GBLHR", "to": "FRCDG", "persons": 1,
            "attestations": [
                "adult-or-accompanied", "no-pending-claim", "no-suspensive-remedy", "no-court-bar"
            ],
        },
    });
    let announced = logged(site, "gbr", gbr, &notice);
    let left = json!({
        "kind": "departure", "re": [announced], "at": "2025-08-09",
        "content": {"place": "GBLHR", "persons": 1},
    });
    let came = json!({
        "kind": "arrival", "re": [announced], "at": "2025-08-09",
        "content": {"outcome": "arrived", "place": "FRORY", "persons": 1},
    });
    [logged(site, "gbr", gbr, &left), logged(site, "fra", fra, &came)]
}

/// The open breaks by class, as a side lists them, and how the listing ends.
fn listed(site: &Site, side: &str, more: &str) -> (Option<i32>, Vec<Value>) {
    let output = site.run(&format!("break list --config {side}.toml --json {more}"));
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), said.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn id_of(lines: &[Value], class: &str) -> String {
    let one = lines.iter().find(|line| line["class"] == class);
    one.unwrap_or_else(|| panic!("no {class}: {lines:?}"))["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_break_is_listed_shown_and_decided_by_both() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    assert_eq!(listed(&site, "gbr", "--all"), (Some(0), Vec::new()));
    let [left, came] = crossed(&site, &gbr, &fra);
    site.clock(MONDAY + 86_400);
    let close = ["gbr", "fra"]
        .map(|side| site.spawn(&format!("reconcile --config {side}.toml --week 2025-W32")));
    for run in close {
        assert_eq!(run.wait_with_output().unwrap().status.code(), Some(1), "there are breaks");
    }
    gbr.receipted();
    fra.receipted();

    let (exit, lines) = listed(&site, "gbr", "");
    assert_eq!((exit, &lines), (Some(1), &listed(&site, "fra", "").1));
    let alone = id_of(&lines, "arrived-not-departed");
    let missing = id_of(&lines, "departed-not-arrived");
    let table = site.run("break list --config gbr.toml --class arrived-not-departed");
    let table = String::from_utf8(table.stdout).unwrap();
    let row = format!("{}  major        arrived-not-departed          GBR ", &alone[..8]);
    assert!(table.contains(&row) && table.contains("  GB04-000001\n"), "{table}");
    assert!(table.contains("1 break open."), "{table}");
    for (filter, fits) in [
        ("--class departed-not-arrived", 1),
        ("--owner FRA --severity major", 1),
        ("--owner both", 0),
        ("--age over-60", 0),
        ("--severity critical", 0),
        ("--class no-receipt", 0),
    ] {
        let (exit, lines) = listed(&site, "gbr", filter);
        assert_eq!((exit, lines.len()), (Some(i32::from(fits > 0)), fits), "{filter}");
    }

    let nonsense = site.run("break list --config gbr.toml --class departed");
    let nonsense = String::from_utf8(nonsense.stderr).unwrap();
    assert!(nonsense.contains("known are: departed-not-arrived, "), "{nonsense}");

    show_open(&site, &missing, [&left, &came]);
    decide(&site, &alone, &gbr, &fra);
    let (_, lines) = listed(&site, "fra", "--all");
    let grades: Vec<&str> = lines.iter().map(|line| line["severity"].as_str().unwrap()).collect();
    assert!(grades.is_sorted_by_key(|grade| std::cmp::Reverse(grave(grade))), "{grades:?}");
    let all = site.run("break list --config fra.toml --all --class arrived-not-departed");
    let all = String::from_utf8(all.stdout).unwrap();
    assert!(
        all.contains("arrived-not-departed          resolved  ") && all.contains("0 breaks open.")
    );
    let one = lines.iter().find(|line| line["id"] == alone.as_str()).unwrap();
    assert_eq!((&one["state"], &one["decision"]), (&json!("resolved"), &json!("explained")));
    let shown = show(&site, "gbr", &alone);
    for wanted in [
        "state        resolved by decision (explained), since the newest body\n",
        "  explained: decided by GBR in GBR:",
        "  explained: decided by FRA in FRA:",
        "    approved with the key ",
        "  first in statement 1, 2025-W32, ",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    assert!(!shown.contains("entente break resolve"), "{shown}");
    assert_eq!(show(&site, "fra", &alone), shown);
    gbr.stop();
    fra.stop();
    // The store is looked into without a daemon as well.
    assert_eq!(show(&site, "gbr", &alone), shown);
}

/// How grave a severity is, by its name.
fn grave(name: &str) -> usize {
    let names = ["information", "minor", "major", "critical"];
    names.iter().position(|one| *one == name).unwrap()
}

fn show(site: &Site, side: &str, id: &str) -> String {
    site.good(&format!("break show --config {side}.toml {id}"))
}

/// A departure without an arrival, while it is open and may belong to an arrival.
fn show_open(site: &Site, missing: &str, [left, came]: [&str; 2]) {
    let shown = show(site, "gbr", &missing[..8]);
    for wanted in [
        "class        departed-not-arrived, major\n",
        "acts         FRA (by rule: FRA)\n",
        "do           France records the arrival, or that nobody arrived.\n",
        "concerns     GB04-000001, transport to FRCDG on 2025-08-09, departed\n",
        "\nevidence of GBR\n  departure ",
        "\nevidence of FRA: none\n",
        &format!("1. {} and {}: same number of persons, same day", &left[..8], &came[..8]),
        "entente break resolve ",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    assert_eq!(show(site, "fra", &missing[..8]), shown, "both sides read the same words");
}

/// Both sides decide a break alike, one after the other.
fn decide(site: &Site, id: &str, gbr: &Daemon, fra: &Daemon) {
    let open = |side: &str| listed(site, side, "").1.iter().any(|line| line["id"] == id);
    for (side, daemon) in [("gbr", gbr), ("fra", fra)] {
        assert!(open("gbr") && open("fra"), "one side alone decides nothing");
        let resolve = format!("break resolve --config {side}.toml --decision explained");
        site.refused(&format!("{resolve} {id}"), 2, &["nobody can be asked"]);
        let said = site.good(&format!("{resolve} --yes {}", &id[..8]));
        for wanted in ["It is arrived-not-departed, open since ", "logged at position", "(entente "]
        {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        assert!(open(side), "it waits for an officer");
        let decided = said.split("explained: ").nth(1).unwrap().get(..8).unwrap().to_owned();
        let approve = format!("approve --config {side}.toml --yes {decided}");
        let approved = good(&site.run(&approve), &approve);
        assert!(approved.contains("is decided: explained."), "{approved}");
        daemon.receipted();
    }
    gbr.receipted();
    assert!(!open("gbr") && !open("fra"));
    let again = format!("break resolve --config gbr.toml --decision explained --yes {id}");
    site.refused(&again, 2, &["no break begins with ", "resolved already"]);
    let unknown = ["no break begins with 00000000", "entente break list --all"];
    site.refused("break show --config gbr.toml 00000000", 2, &unknown);
}

#[test]
fn what_the_other_side_never_covered_is_a_break_of_ones_own() {
    let site = Site::founded();
    let gbr = site.start("gbr");
    site.submit("gbr", &format!("{}\n{}\n", request(1), request(2)));
    assert_eq!(listed(&site, "gbr", ""), (Some(0), Vec::new()));
    site.clock(FIRST_DAY + 86_400 + 3_600);
    let (exit, lines) = listed(&site, "gbr", "");
    let [one] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((exit, &one["class"], &one["own"]), (Some(1), &json!("no-receipt"), &json!(true)));
    assert_eq!(one["owner"], "FRA");
    let id = one["id"].as_str().unwrap();
    let shown = site.good(&format!("break show --config gbr.toml {id}"));
    for wanted in ["seen by      this side alone", "entries wait", "entente status"] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let resolve = format!("break resolve --config gbr.toml --decision explained --yes {id}");
    site.refused(&resolve, 2, &["no break begins with ", "no decision closes"]);
    gbr.stop();
}

#[test]
fn what_one_store_never_shows_is_not_looked_for_in_it() {
    let site = Site::founded();
    for (class, verb) in [
        ("fork", "--ours STORE --theirs STORE"),
        ("missing-at-gbr", "--ours STORE --theirs STORE"),
        ("missing-in-list", "--national FILE"),
        ("repeat-person", "--national FILE"),
    ] {
        let list = format!("break list --config gbr.toml --class {class}");
        site.refused(&list, 2, &[&format!("--class {class}: "), verb]);
    }
}
