//! `entente demo` as whoever tries it sees it: the real program, a folder, and what is left there.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

/// The weeks of the season, at least.
const WEEKS_MIN: u64 = 33;
/// More records than this are exchanged.
const RECORDS_MIN: u64 = 1000;
/// A demo that takes longer is not watched to its end.
const SECONDS_MAX: f64 = 60.0;
const MARKER: &str = ".entente-demo";

fn entente(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn demo_in(folder: &Path, more: &[&str]) -> Output {
    entente(&[&["demo", "--dir", folder.to_str().unwrap()], more].concat())
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn verify(config: &Path) -> Output {
    entente(&["log", "verify", "--config", config.to_str().unwrap()])
}

/// Command lines of all processes that name this folder, as far as this user may see them.
fn processes_of(folder: &Path) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = all.filter_map(|one| fs::read(one.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    let folder = folder.to_str().unwrap();
    lines.filter(|line| line.contains("serve") && line.contains(folder)).collect()
}

/// Everything in a folder: names, and what stands in the files.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.push((path.clone(), Vec::new()));
            found.extend(content(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else if path.is_file() {
            fs::copy(&path, &to).unwrap();
        }
    }
}

fn the_report_is_good(report: &Value) {
    assert_eq!(report["breaks"], 0);
    assert!(report["weeks"].as_u64().unwrap() >= WEEKS_MIN, "{}", report["weeks"]);
    assert_eq!(report["joint_statements"], report["weeks"]);
    let weeks = report["by_week"].as_array().unwrap();
    assert_eq!(json!(weeks.len()), report["weeks"]);
    let names: Vec<_> = weeks.iter().map(|week| week["week"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names[0] == "2025-W32", "{names:?}");
    assert!(weeks.iter().all(|week| week["joint"] == true), "{weeks:?}");
    let row = |date: &str, returned: u64, admitted: Option<u64>| {
        let mut row = json!({"date": date, "returned": returned, "agrees": true});
        row["admitted"] = json!(admitted);
        row
    };
    assert_eq!(
        report["published"],
        json!([
            row("2025-10-19", 42, None),
            row("2025-11-05", 94, Some(57)),
            row("2025-12-14", 153, Some(141)),
            row("2026-01-25", 193, Some(195)),
            row("2026-02-22", 281, Some(350)),
            row("2026-03-22", 377, Some(380)),
        ])
    );
    let number = |of: &Value| of.as_u64().unwrap();
    let (last, agreed) = (weeks.last().unwrap(), &report["agreed"]);
    for which in ["returned", "admitted", "balance"] {
        assert_eq!(last[which], agreed[which], "{which}");
    }
    assert!(number(&report["records"]) > RECORDS_MIN, "{}", report["records"]);
    for party in ["GBR", "FRA"] {
        let receipts = number(&report["receipts"][party]);
        assert!(receipts > 0 && receipts < number(&report["records"]), "{party}: {receipts}");
    }
    assert_eq!((&report["kill_survived"], &report["verified"]), (&json!(true), &json!(true)));
    assert!(report["seconds"].as_f64().unwrap() < SECONDS_MAX, "{}", report["seconds"]);
}

/// In a copy of the folder one bit of one entry is turned, in the middle of what is stored.
fn a_turned_bit_is_found(folder: &Path, side: &str, log: &str, position: i64) {
    let scratch = tempfile::tempdir().unwrap();
    let copied = scratch.path().join("copy");
    copy(folder, &copied);
    let config = copied.join(side).join("entente.toml");
    let before = verify(&config);
    assert_eq!(before.status.code(), Some(0), "{}", err(&before));

    let store = copied.join(side).join("state/entente.db");
    let store = rusqlite::Connection::open(store).unwrap();
    let place = rusqlite::params![log, position];
    let of_place = "WHERE log = ?1 AND position = ?2";
    let mut bytes: Vec<u8> = store
        .query_row(&format!("SELECT bytes FROM entry {of_place}"), place, |row| row.get(0))
        .unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let sql = "UPDATE entry SET bytes = ?3 WHERE log = ?1 AND position = ?2";
    assert_eq!(store.execute(sql, rusqlite::params![log, position, bytes]).unwrap(), 1);
    drop(store);

    let found = verify(&config);
    assert_eq!(found.status.code(), Some(1), "{}{}", out(&found), err(&found));
    let named = format!("error: log of {log}, entry {position}: ");
    assert!(err(&found).starts_with(&named), "{named}: {}", err(&found));
    assert!(err(&found).contains("\nadvice: "), "{}", err(&found));
    assert!(!out(&found).contains("Verified"), "{}", out(&found));
}

#[test]
fn the_demo_shows_what_it_promises_and_leaves_two_whole_logs() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("season");
    let played = demo_in(&folder, &["--json"]);
    let said = out(&played);
    assert_eq!(played.status.code(), Some(0), "{said}\n{}", err(&played));
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].contains(folder.to_str().unwrap()), "{}", lines[0]);
    let report: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert!(report.is_object());
    let is_json = |line: &&&str| serde_json::from_str::<Value>(line).is_ok();
    assert_eq!(lines.iter().filter(is_json).count(), 1, "one line is JSON, the last");
    the_report_is_good(&report);
    assert_eq!(report["folder"], folder.to_str().unwrap());

    assert_eq!(processes_of(&folder), Vec::<String>::new());
    assert!(folder.join(MARKER).is_file());
    for side in ["gbr", "fra"] {
        assert!(folder.join(side).join("state/entente.db").is_file(), "{side}");
        let verified = verify(&folder.join(side).join("entente.toml"));
        assert_eq!(verified.status.code(), Some(0), "{side}: {}", err(&verified));
        assert!(out(&verified).ends_with("cosignature holds.\n"), "{}", out(&verified));
    }
    // What the report proposes to look at next can be typed as it stands.
    let next = report["next"].as_array().unwrap();
    for wanted in ["statement show", "break list"] {
        let named = |one: &Value| one.as_str().unwrap().contains(&format!("entente {wanted} "));
        assert!(next.iter().any(named), "{wanted}: {next:?}");
    }
    for next in next {
        let words: Vec<_> = next.as_str().unwrap().split(' ').collect();
        assert_eq!(words[0], "entente");
        let looked = entente(&words[1..]);
        assert_eq!(looked.status.code(), Some(0), "{next}: {}", err(&looked));
    }
    a_turned_bit_is_found(&folder, "gbr", "FRA", 7);
    a_turned_bit_is_found(&folder, "fra", "FRA", 11);
    a_turned_bit_is_found(&folder, "gbr", "GBR", 13);
}

#[test]
fn a_former_demo_is_replaced_and_the_words_end_with_where_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("d");
    fs::create_dir_all(folder.join("gbr/state")).unwrap();
    let marker = "This folder was made by `entente demo`; the next one replaces it.\n";
    fs::write(folder.join(MARKER), marker).unwrap();
    fs::write(folder.join("gbr/state/entente.db"), "of a former demo").unwrap();
    fs::write(folder.join("gbr/left"), "of a former demo").unwrap();
    let played = demo_in(&folder, &[]);
    let said = out(&played);
    assert_eq!(played.status.code(), Some(0), "{said}\n{}", err(&played));
    assert!(!folder.join("gbr/left").exists());
    let name = folder.to_str().unwrap();
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].ends_with(name), "{}", lines[0]);
    assert!(lines.last().unwrap().ends_with(name), "{said}");
    for wanted in ["6 of 6 figures agree", "breaks      0 open", "0 lost, 0 doubled"] {
        assert!(said.contains(wanted), "{wanted}:\n{said}");
    }
    assert!(!said.contains("NOT ") && !said.contains("DIFFERS"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(processes_of(&folder), Vec::<String>::new());
}

#[test]
fn a_folder_that_is_somebodys_is_refused_and_left_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("gbr")).unwrap();
    fs::write(place.path().join("gbr/state"), "mine").unwrap();
    let before = content(place.path());
    for more in [&[][..], &["--json"]] {
        let refused = demo_in(place.path(), more);
        assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
        let said = err(&refused);
        assert!(said.contains("is not empty, and no former demo's folder"), "{said}");
        assert!(said.contains("advice: choose an empty folder"), "{said}");
        assert_eq!(out(&refused), "");
        assert_eq!(content(place.path()), before);
    }
    // A folder by the marker's name is no marker.
    fs::create_dir(place.path().join(MARKER)).unwrap();
    let refused = demo_in(place.path(), &[]);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert_eq!(fs::read(place.path().join("gbr/state")).unwrap(), b"mine");
}

#[test]
fn a_file_in_the_folders_place_is_refused_and_left() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "mine").unwrap();
    for folder in [file.clone(), file.join("below")] {
        let refused = demo_in(&folder, &[]);
        assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
        assert!(err(&refused).contains(file.to_str().unwrap()), "{}", err(&refused));
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_path_that_no_socket_can_have_is_refused_before_anything_is_made() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("x".repeat(120));
    let refused = demo_in(&folder, &[]);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    for wanted in ["is too long: a Unix socket's name has at most 107 bytes", "shorter path"] {
        assert!(err(&refused).contains(wanted), "{wanted}: {}", err(&refused));
    }
    assert_eq!(content(place.path()), []);
    // A former demo's folder is left too.
    let former = place.path().join("y".repeat(120));
    fs::create_dir(&former).unwrap();
    fs::write(former.join(MARKER), "").unwrap();
    let before = content(place.path());
    assert_eq!(demo_in(&former, &[]).status.code(), Some(2));
    assert_eq!(content(place.path()), before);
}
