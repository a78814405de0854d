//! The real program, ended before and after each durable step: nothing that was acknowledged is
//! lost, nothing is taken in twice, and the next start goes on.
//!
//! The steps are the failpoints of the stores. Each one stands in one of the tables below with the
//! times at which it is tried, and a test fails if its failpoint is not reached.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on says where"
)]

#[path = "crash/ended.rs"]
mod ended;
#[path = "crash/submitting.rs"]
mod submitting;
#[path = "crash/weekly.rs"]
mod weekly;

#[expect(dead_code, reason = "it is shared with the stories, which use more of it")]
#[path = "story/site.rs"]
mod site;

use std::{collections::BTreeSet, fs};

use ended::{How, Plan, run};
use entente::store::failpoint::Failpoint::{self, *};
use site::{FIRST_DAY, Site};
use submitting::Submitting;

/// What `init` passes, and how often.
const INIT: [(Failpoint, u64); 33] = [
    (InitBeforeDirectory, 1),
    (InitDirectoryMade, 1),
    (InitBeforeDraft, 1),
    (StoreBeforeDraft, 1),
    (StoreDraftMade, 1),
    (StoreDraftWritten, 1),
    (StoreDraftFilled, 1),
    (StoreDraftSynced, 1),
    (StoreLinked, 1),
    (StoreDraftRemoved, 1),
    (StoreCreated, 1),
    // Once for the new draft, and once for the founded one.
    (OpenBeforeCopy, 2),
    (OpenCopied, 2),
    (InitDraftMade, 1),
    (ScribeBeforeCommit, 1),
    (CommitBeforeBegin, 1),
    (CommitWritten, 1),
    (CommitDone, 1),
    (ScribeCommitted, 1),
    // Once by the scribe that founds, and once for whatever mark is found.
    (MarkBeforeOpen, 2),
    (MarkMade, 2),
    (MarkOpened, 2),
    (MarkBeforeWrite, 2),
    (MarkWritten, 2),
    (MarkSynced, 2),
    (ScribeMarked, 1),
    (ScribeAnswered, 1),
    (InitDraftFounded, 1),
    (InitBeforeMark, 1),
    (InitMarked, 1),
    (InitBeforeRename, 1),
    (InitRenamed, 1),
    (InitDone, 1),
];

/// What one daemon passes that is alone, and at which times it is ended there.
const ALONE: [(Failpoint, &[u64]); 17] = [
    (OpenBeforeCopy, &[1]),
    (OpenCopied, &[1]),
    (ScribeBeforeCommit, &[1, 2, 3]),
    (CommitBeforeBegin, &[1, 2, 3]),
    (CommitWritten, &[1, 2, 3]),
    (CommitDone, &[1, 2, 3]),
    (ScribeCommitted, &[1, 2, 3]),
    (MarkBeforeOpen, &[1]),
    (MarkMade, &[1]),
    (MarkOpened, &[1]),
    // The first mark is the one that every start writes.
    (MarkBeforeWrite, &[1, 2, 3]),
    (MarkWritten, &[1, 2, 3]),
    (MarkSynced, &[1, 2, 3]),
    (ScribeMarked, &[1, 2, 3]),
    (ScribeAnswered, &[1, 2, 3]),
    // The write-ahead log is copied once in more than a hundred commits.
    (CommitBeforeCopy, &[1]),
    (CommitCopied, &[1]),
];

/// What a daemon passes that mirrors another one's entries, and cosigns them; and at which time it
/// does so for them. It has written a mark before, at its start.
const MIRROR: [(Failpoint, u64); 8] = [
    (ScribeBeforeCommit, 1),
    (CommitWritten, 1),
    (CommitDone, 1),
    (ScribeCommitted, 1),
    (MarkWritten, 2),
    (MarkSynced, 2),
    (ScribeMarked, 1),
    (ScribeAnswered, 1),
];

/// What a daemon passes whose mark was put back, once its counterpart shows something newer; at
/// which time, as it has opened the mark before, at its start; and whether there is a mark then.
const PUT_BACK: [(Failpoint, u64, bool); 6] = [
    (MarkBeforeRemove, 1, true),
    (MarkRemoved, 1, false),
    (MarkGone, 1, false),
    (MarkBeforeOpen, 2, false),
    (MarkMade, 2, true),
    (MarkOpened, 2, true),
];

#[test]
fn every_failpoint_is_tried() {
    let tried: BTreeSet<_> = (INIT.iter().map(|(point, _)| *point))
        .chain(ALONE.iter().map(|(point, _)| *point))
        .chain(MIRROR.iter().map(|(point, _)| *point))
        .chain(PUT_BACK.iter().map(|(point, ..)| *point))
        .collect();
    let missing: Vec<_> = Failpoint::ALL.iter().filter(|point| !tried.contains(point)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_failpoint_that_there_is_not_is_an_error_and_no_word_to_the_winds() {
    let site = Site::new();
    for value in ["", "commit-done", "commit-dome=kill", "commit-done:0=kill"] {
        let ended = ended::run_with(&site, "init --config gbr.toml", value);
        let wanted = format!("DANGER_FAILPOINT={value} names no failpoint");
        assert!(ended.code.is_some_and(|code| code != 0), "{value}: {ended:?}");
        assert!(ended.said.contains(&wanted), "{value}: {ended:?}");
    }
    assert!(!site.path("gbr-state").exists());
}

/// The checkpoints of the British log that were signed on disk, whether its store has its name yet.
fn signed(site: &Site) -> BTreeSet<String> {
    let scratch = tempfile::tempdir().unwrap();
    let mut notes = BTreeSet::new();
    for name in ["entente.init", "entente.db"] {
        let from = site.path(&format!("gbr-state/{name}"));
        if !from.exists() {
            continue;
        }
        // A copy, as reading it would already bring its write-ahead log in.
        for suffix in ["", "-wal", "-journal"] {
            let from = site.path(&format!("gbr-state/{name}{suffix}"));
            if from.exists() {
                fs::copy(from, scratch.path().join(format!("{name}{suffix}"))).unwrap();
            }
        }
        let store = rusqlite::Connection::open(scratch.path().join(name)).unwrap();
        // A draft may not have its tables yet.
        let Ok(mut all) = store.prepare("SELECT note FROM checkpoint WHERE log = 'GBR'") else {
            continue;
        };
        let rows = all.query_map([], |row| row.get(0)).unwrap();
        notes.extend(rows.map(Result::<String, _>::unwrap));
    }
    notes
}

/// Ends a founding at every failpoint in turn, and founds again.
fn a_founding_survives(how: How) {
    let site = Site::new();
    let init = "init --config gbr.toml";
    for (point, times) in INIT {
        for nth in 1..=times {
            let plan = Plan { point, nth, how };
            site.clock(FIRST_DAY);
            run(&site, init, plan).is(plan);
            let before = signed(&site);
            // Another founding would be signed at another time, and be another history.
            site.clock(FIRST_DAY + 60);
            if site.path("gbr-state/entente.db").exists() {
                let words = ["this side's log was founded already", "`entente serve`"];
                site.refused(init, 2, &words);
            } else {
                site.good(init);
            }
            let after = signed(&site);
            assert_eq!(after.len(), 1, "{plan:?}: {after:?}");
            assert!(before.is_subset(&after), "{plan:?}: {before:?} {after:?}");
            site.good("log verify --config gbr.toml");
            assert_eq!(site.entries("gbr", "GBR").len(), 1, "{plan:?}");
            remove_british(&site);
        }
    }
}

/// As if the British log had never been founded.
fn remove_british(site: &Site) {
    fs::remove_dir_all(site.path("gbr-state")).unwrap();
    fs::remove_file(site.path("mark/gbr")).unwrap();
}

#[test]
fn a_founding_passes_its_failpoints_so_often_and_no_more() {
    let site = Site::new();
    for (point, times) in INIT {
        let past = Plan { point, nth: times + 1, how: How::Kill };
        let ended = run(&site, "init --config gbr.toml", past);
        assert_eq!(ended.code, Some(0), "{past:?}: {ended:?}");
        remove_british(&site);
    }
}

#[test]
fn a_founding_that_is_killed_at_any_step_is_finished_by_the_next_one() {
    a_founding_survives(How::Kill);
}

#[test]
fn a_founding_whose_disk_fails_at_any_step_is_finished_by_the_next_one() {
    a_founding_survives(How::Fail);
}

/// Ends a daemon that nobody talks to at every failpoint in turn, while records are handed in.
fn a_lonely_daemon_survives(how: How) {
    let site = Site::new();
    site.good("init --config gbr.toml");
    let mut submitting = Submitting::to(&site);
    let mut minutes = (FIRST_DAY + 60..).step_by(60);
    for (point, times) in ALONE {
        for nth in times.iter().copied() {
            let plan = Plan { point, nth, how };
            submitting.until_it_ends(plan, "serving").is(plan);
            // What was lost, and is taken in again now, gets another id.
            site.clock(minutes.next().unwrap());
            let gbr = site.start("gbr");
            submitting.again(plan);
            gbr.stop();
            site.good("log verify --config gbr.toml");
            // The founding agreement, and each record once.
            let entries = site.entries("gbr", "GBR");
            assert_eq!(entries.len(), 1 + submitting.count(), "{plan:?}");
        }
    }
    let gbr = site.start("gbr");
    submitting.all_again();
    gbr.stop();
    assert_eq!(site.entries("gbr", "GBR").len(), 1 + submitting.count());
}

#[test]
fn a_daemon_that_is_killed_at_any_step_has_lost_and_doubled_nothing() {
    a_lonely_daemon_survives(How::Kill);
}

#[test]
fn a_daemon_whose_disk_fails_at_any_step_has_lost_and_doubled_nothing() {
    a_lonely_daemon_survives(How::Fail);
}

/// The cosignatures of the British log that the French store holds, the smallest first.
fn cosigned(site: &Site) -> Vec<String> {
    let store = rusqlite::Connection::open(site.path("fra-state/entente.db")).unwrap();
    let sql = "SELECT note FROM cosignature WHERE log = 'GBR' ORDER BY size";
    let mut all = store.prepare(sql).unwrap();
    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Ends a daemon that mirrors another's entries at every failpoint in turn.
fn a_mirror_survives(how: How) {
    let site = Site::founded();
    let gbr = site.start("gbr");
    let mut submitting = Submitting::to(&site);
    let mut minutes = (FIRST_DAY + 60..).step_by(60);
    for (point, nth) in MIRROR {
        let plan = Plan { point, nth, how };
        let before = site.entries("fra", "FRA");
        let fra = ended::start(&site, "serve --attended --config fra.toml", plan);
        submitting.one_more();
        fra.end().is(plan);
        let left = (site.entries("fra", "FRA"), cosigned(&site));
        let is_committed = !matches!(point, ScribeBeforeCommit | CommitWritten);
        assert_eq!(left.0.len(), before.len() + usize::from(is_committed), "{plan:?}");
        assert_eq!(left.1.len(), left.0.len() - 1, "{plan:?}: one for each entanglement");

        site.clock(minutes.next().unwrap());
        let fra = site.start("fra");
        for status in [gbr.receipted(), fra.receipted()] {
            assert_eq!((status.logs.gbr.contested, status.logs.fra.contested), (0, 0), "{plan:?}");
        }
        fra.stop();
        // What was signed before is what stands, and nothing is signed twice: not even at the new
        // time.
        let after = (site.entries("fra", "FRA"), cosigned(&site));
        assert_eq!(after.0.len(), before.len() + 1, "{plan:?}");
        assert_eq!(after.0[..left.0.len()], left.0[..], "{plan:?}");
        assert_eq!(after.1.len(), after.0.len() - 1, "{plan:?}");
        assert_eq!(after.1[..left.1.len()], left.1[..], "{plan:?}");
    }
    gbr.stop();
    site.both_hold_the_same();
}

#[test]
fn a_mirror_that_is_killed_at_any_step_receipts_the_same_when_it_is_back() {
    a_mirror_survives(How::Kill);
}

#[test]
fn a_mirror_whose_disk_fails_at_any_step_receipts_the_same_when_it_is_back() {
    a_mirror_survives(How::Fail);
}

/// Ends a daemon at every step of removing a mark that was put back together with its store, and of
/// making another one.
fn a_side_that_was_put_back_survives(how: How) {
    const KEPT: [(&str, &str); 2] =
        [("gbr-state/entente.db", "old-store"), ("mark/gbr", "old-mark")];
    let site = Site::founded();
    let fra = site.start("fra");
    let mut submitting = Submitting::to(&site);
    for (point, nth, mark_is_there) in PUT_BACK {
        let plan = Plan { point, nth, how };
        for keeps in [true, false] {
            let gbr = site.start("gbr");
            submitting.one_more();
            gbr.receipted();
            gbr.stop();
            for (file, old) in KEPT.into_iter().filter(|_| keeps) {
                fs::copy(site.path(file), site.path(old)).unwrap();
            }
        }
        let newest = site.entries("gbr", "GBR");
        for (file, old) in KEPT {
            fs::copy(site.path(old), site.path(file)).unwrap();
        }
        assert!(site.entries("gbr", "GBR").len() < newest.len(), "{plan:?}");

        let learns = "the counterpart holds something newer that we have signed";
        submitting.until_it_ends(plan, learns).is(plan);
        assert_eq!(site.path("mark/gbr").exists(), mark_is_there, "{plan:?}");
        let gbr = site.start("gbr");
        // A mark that is still there opens the gate until the counterpart has shown more.
        gbr.until("healing", |status| {
            status.gate == "open" && status.logs.gbr.size.0 >= newest.len().try_into().unwrap()
        });
        submitting.again(plan);
        gbr.receipted();
        gbr.stop();
        assert_eq!(site.entries("gbr", "GBR")[..newest.len()], newest[..], "{plan:?}");
    }
    fra.stop();
    site.both_hold_the_same();
}

#[test]
fn a_side_that_was_put_back_and_killed_at_any_step_signs_no_second_history() {
    a_side_that_was_put_back_survives(How::Kill);
}

#[test]
fn a_side_that_was_put_back_and_whose_disk_fails_at_any_step_signs_no_second_history() {
    a_side_that_was_put_back_survives(How::Fail);
}
