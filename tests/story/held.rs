//! What is held against both logs without a link: a national list, and the other side's store.

use serde_json::json;

use crate::{
    assert_fits, requests,
    site::{MONDAY, Site, good},
};

const HELD: &str = "reconcile --config gbr.toml --national list.csv";
const HEAD: &str = "reference,event,date,persons\n";

/// Three visas, of one person each, of one day.
fn visas(site: &Site) {
    let visa = |number: usize, adults: u16| {
        let content = json!({"adults": adults, "minors": 0, "expires": "2025-11-01"});
        let case = format!("GB13-{number:06}");
        json!({"kind": "visa-issued", "case": case, "at": "2025-08-06", "content": content})
    };
    let visas: String = (0..3).map(|n| visa(n, 1).to_string() + "\n").collect();
    site.submit("gbr", &visas);
}

/// A visa as a list has it.
fn line(number: usize) -> String {
    format!("GB13-{number:06},visa-issued,2025-08-06,1\n")
}

#[test]
fn a_national_list_is_held_against_both_logs() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    visas(&site);
    gbr.receipted();
    // It serves a side whose daemon runs.
    let (held, head) = (HELD, HEAD);
    site.write("list.csv", &format!("{head}{}{}{}", line(2), line(0), line(1)));
    assert!(site.good(held).contains("3 lines against 3 events of both logs: 3 agree"));

    let other = "GB13-000001,visa-issued,2025-08-07,1\nGB13-000009,visa-issued,2025-08-06,2\n";
    site.write("list.csv", &format!("{head}{}{other}", line(0)));
    let found = site.run(held);
    let said = String::from_utf8(found.stdout).unwrap();
    assert_eq!(found.status.code(), Some(1), "{said}");
    for wanted in [
        "missing-in-log: line 4: visa-issued GB13-000009 on 2025-08-06, 2 persons",
        "missing-in-list: visa-issued GB13-000002 on 2025-08-06, 1 person",
        "differs-from-list: visa-issued GB13-000001 on 2025-08-06, 1 person",
        "by the list on 2025-08-07, 1 person (line 3)",
        "3 lines against 3 events of both logs: 1 agree, 3 differences",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let shown = site.run(&format!("{held} --json"));
    let shown = String::from_utf8(shown.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    lines.iter().for_each(assert_fits);
    assert_eq!((&lines[3]["outcome"], &lines[3]["differences"]), (&json!("differing"), &json!(3)));

    let ids: Vec<&str> =
        lines[..3].iter().map(|line| line["break"]["id"].as_str().unwrap()).collect();
    for (line, id) in lines.iter().zip(&ids) {
        assert_eq!(
            (&line["break"]["class"], &line["break"]["owner"]),
            (&line["difference"], &json!("GBR"))
        );
        assert!(said.contains(&format!("  break      {}, major, to act: GBR", &id[..8])), "{said}");
        let advice = line["break"]["advice"].as_str().unwrap();
        assert!(said.contains(&format!("{}: {advice}", line["difference"].as_str().unwrap())));
    }

    site.write("list.csv", &format!("{head}{}GB13,visa-issued,2025-08-06,1\n", line(0)));
    site.refused(held, 2, &["list.csv: line 3: reference: is no case reference"]);
    site.refused("reconcile --config gbr.toml --national list.txt", 2, &[".csv or .ndjson"]);
    site.refused("reconcile --config gbr.toml --national none.csv", 2, &["none.csv: No such file"]);
    gbr.stop();
    fra.stop();
}

#[test]
fn lines_alike_are_told_once_and_a_list_may_be_of_a_period() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    visas(&site);
    gbr.receipted();
    let (held, head) = (HELD, HEAD);
    let more = "GB13-000009,visa-issued,2025-08-06,2\n".repeat(3);
    site.write("list.csv", &format!("{head}{}{}{}{more}", line(0), line(1), line(2)));
    let said = String::from_utf8(site.run(held).stdout).unwrap();
    assert!(said.contains("line 5: visa-issued GB13-000009 on 2025-08-06, 2 persons (3 lines"));
    assert!(
        said.contains("6 lines against 3 events of both logs: 3 agree, 1 difference"),
        "{said}"
    );

    // A month that begins after them all, and what is dated on two sides of an end.
    let one_day = |day: u8| format!("{held} --from 2025-08-{day:02} --to 2025-08-{day:02}");
    site.write("list.csv", &format!("{head}{}{}", line(0), line(1)));
    assert!(site.good(&one_day(7)).contains("0 lines against 0 events of both logs"));
    let said = String::from_utf8(site.run(&one_day(6)).stdout).unwrap();
    assert!(said.contains("missing-in-list: visa-issued GB13-000002"), "{said}");
    assert!(said.contains("1 missing event lies within") && said.contains("further"), "{said}");
    let moved = line(2).replace("08-06", "08-07");
    site.write("list.csv", &format!("{head}{}{}{moved}", line(0), line(1)));
    for day in [6, 7] {
        let said = String::from_utf8(site.run(&one_day(day)).stdout).unwrap();
        assert!(said.contains("differs-from-list: visa-issued GB13-000002"), "{said}");
        assert!(!said.contains("missing-in"), "{said}");
    }
    let turned = format!("{held} --from 2025-09-30 --to 2025-09-01");
    site.refused(&turned, 2, &["--from 2025-09-30: is after --to 2025-09-01"]);
    let early = format!("{held} --to 2025-01-01");
    site.refused(&early, 2, &["--to 2025-01-01: the agreement is in force from"]);
    gbr.stop();
    fra.stop();
}

#[test]
fn no_cell_of_a_bad_list_is_told() {
    let site = Site::founded();
    let good = ["GB04-1", "departure", "2025-09-01", "1"];
    let names = ["reference", "event", "date", "persons"];
    for (at, column) in names.into_iter().enumerate() {
        let mut cells = good;
        cells[at] = "Zaphod Example";
        let object: serde_json::Map<String, serde_json::Value> =
            names.into_iter().zip(cells).map(|(name, cell)| (name.into(), cell.into())).collect();
        site.write("list.csv", &format!("{}\n{}\n", names.join(","), cells.join(",")));
        site.write("list.ndjson", &serde_json::Value::from(object).to_string());
        for (list, line) in [("list.csv", 2), ("list.ndjson", 1)] {
            for json in ["", " --json"] {
                let said =
                    site.run(&format!("reconcile --config gbr.toml --national {list}{json}"));
                let told = [said.stdout, said.stderr].map(|one| String::from_utf8(one).unwrap());
                assert_eq!(said.status.code(), Some(2), "{told:?}");
                let wanted = format!("{list}: line {line}: {column}: is n");
                assert!(told[1].contains(&wanted), "{wanted}: {told:?}");
                assert!(!told.concat().contains("Zaphod"), "{told:?}");
            }
        }
    }
}

#[test]
fn a_person_who_travels_twice_is_told_of_and_never_named() {
    let site = Site::founded();
    let config = site.read("gbr.toml");
    let mapped =
        |columns: &str| site.write("gbr.toml", &format!("{config}[national]\n{columns}\n"));
    mapped("person = \"who\"");
    let held = "reconcile --config gbr.toml --national list.csv";
    let head = "reference,event,date,persons,who\n";
    let line = |n: u8, day: u8, who: &str| format!("GB04-{n},departure,2025-09-{day:02},1,{who}\n");
    site.write("list.csv", &format!("{head}{}{}", line(1, 1, "ALIEN-7"), line(2, 8, "ALIEN-7")));
    let output = site.run(held);
    let said = String::from_utf8(output.stdout).unwrap();
    // Neither log has the two: that is the finding, and the person is information.
    assert_eq!(output.status.code(), Some(1), "{said}");
    let wanted =
        "repeat-person: line 3: departure GB04-2 on 2025-09-08, the same person as in line 2";
    for wanted in [wanted, ", information, to act: GBR", "2 differences", "1 person more than once"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let json = site.run(&format!("{held} --json"));
    let json = String::from_utf8(json.stdout).unwrap();
    assert!(json.contains("\"repeat_persons\":1,\"persons_not_looked_at\":0"), "{json}");
    for text in [&said, &json] {
        assert!(!text.contains("ALIEN"), "{text}");
    }
    site.write("list.csv", &format!("{head}{}{}", line(1, 1, "ALIEN-7"), line(2, 8, "ALIEN-8")));
    let said = String::from_utf8(site.run(held).stdout).unwrap();
    assert!(said.contains("2 differences") && !said.contains("repeat-person"), "{said}");
    // What says who it was is never a column that may be shown.
    mapped("person = \"who\"\nreference = \"who\"");
    site.refused(held, 2, &["national.person: names a column that says something else"]);
    mapped("person = \"nobody\"");
    site.refused(held, 2, &["no column is called \"nobody\""]);
}

#[test]
fn two_stores_are_held_against_each_other_without_a_link() {
    let site = Site::founded();
    let both = "reconcile --ours gbr-state --theirs fra-state/entente.db";
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    site.submit("gbr", &requests(0..2));
    gbr.receipted();
    fra.receipted();
    fra.stop();
    // What is handed in while the link is down, the other side lacks. A daemon may run.
    let there = site.entries("fra", "GBR").len();
    site.submit("gbr", &requests(2..5));
    let lacks = site.entries("gbr", "GBR").len() - there;
    let behind = site.run(both);
    let said = String::from_utf8(behind.stdout).unwrap();
    assert_eq!(behind.status.code(), Some(3), "{said}");
    let wanted = format!("missing-at-fra: {lacks} entries of the log of GBR\n");
    assert!(said.contains(&wanted), "{wanted}: {said}");
    let shown = site.run("reconcile --ours fra-state --theirs gbr-state --json");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_fits(&shown);
    assert_eq!(
        (&shown["outcome"], &shown["differences"][0]["at"]),
        (&json!("missing"), &json!("FRA"))
    );
    // Whoever calls: the same break, and the same words.
    let found = &shown["differences"][0]["break"];
    let id = found["id"].as_str().unwrap();
    assert_eq!((&found["class"], &found["severity"]), (&json!("missing-at-fra"), &json!("minor")));
    let next = format!("  next       {}\n", found["advice"].as_str().unwrap());
    let line = format!("  break      {}, minor, to act: both\n", &id[..8]);
    for wanted in [&next, &line] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let turned = site.run("reconcile --ours fra-state --theirs gbr-state");
    assert_eq!(String::from_utf8(turned.stdout).unwrap(), said);

    let fra = site.start("fra");
    gbr.receipted();
    fra.receipted();
    // With a week that both have closed, what counts is held together as well.
    site.clock(MONDAY);
    let jobs = ["gbr", "fra"].map(|side| site.spawn(&format!("reconcile --config {side}.toml")));
    for job in jobs {
        good(&job.wait_with_output().unwrap(), "reconcile");
    }
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
    assert!(site.good(both).contains("Both sides hold the same two logs."));
    let shown = serde_json::from_str(&site.good(&format!("{both} --json"))).unwrap();
    assert_fits(&shown);
    let counted = &shown["counted"];
    assert_eq!((&counted["week"], &counted["class"]), (&json!("2025-W32"), &json!(null)));
    assert_eq!(counted["bodies"]["gbr"], counted["bodies"]["fra"]);
    stores_that_cannot_be_held(&site, both);
}

/// Paths that lead elsewhere than to one store of each side under one agreement.
fn stores_that_cannot_be_held(site: &Site, both: &str) {
    let twice = "reconcile --ours gbr-state --theirs gbr-state";
    site.refused(twice, 2, &["both stores are of GBR", "--theirs"]);
    let nothing = "reconcile --ours gbr-state --theirs nowhere";
    site.refused(nothing, 2, &["nowhere: there is no store"]);
    // The folder around a state directory will do; one that holds no store is never to be founded.
    for (from, to) in [("gbr-state", "gbr-demo/state"), ("fra-state", "fra-demo/state")] {
        let to = site.path(to);
        std::fs::create_dir(to.parent().unwrap()).unwrap();
        std::fs::rename(site.path(from), to).unwrap();
    }
    assert_eq!(
        site.good("reconcile --ours gbr-demo --theirs fra-demo"),
        site.good(&both.replace("-state", "-demo/state"))
    );
    for (from, to) in [("gbr-demo/state", "gbr-state"), ("fra-demo/state", "fra-state")] {
        std::fs::rename(site.path(from), site.path(to)).unwrap();
    }
    for path in ["gbr-demo", "gbr-state/nothing", "."] {
        let call = format!("reconcile --ours {path} --theirs fra-state");
        let name = "advice: name the state directory of one side, or the file entente.db in it";
        site.refused(&call, 2, &["there is no store", name]);
        let said = String::from_utf8(site.run(&call).stderr).unwrap();
        assert!(!said.contains("init"), "{said}");
    }
    site.write("text", "no database at all");
    site.refused("reconcile --ours text --theirs fra-state", 1, &["text: "]);
    let half = site.run("reconcile --ours gbr-state");
    assert_eq!(half.status.code(), Some(2));

    let elsewhere = Site::founded();
    let other = elsewhere.path("fra-state");
    let other = format!("reconcile --ours gbr-state --theirs {}", other.display());
    site.refused(&other, 1, &["two agreements: GBR holds ", ", and FRA holds "]);
}
