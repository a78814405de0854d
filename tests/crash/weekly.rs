//! The weekly job, with its daemon ended while it closes and while it states: the next run finishes
//! what that one began, and nothing is said twice.

use entente::envelope::Envelope;
use entente::store::failpoint::Failpoint::{self, *};

use crate::{
    ended::{self, How, Plan},
    site::{MONDAY, Site, good},
};

/// The steps of the commit that holds a close or a statement.
const STEPS: [Failpoint; 6] =
    [ScribeBeforeCommit, CommitWritten, CommitDone, ScribeCommitted, ScribeMarked, ScribeAnswered];
const WEEK_SECONDS: u64 = 7 * 86_400;

/// How many closes and statements stand in a log.
fn said(site: &Site, log: &str) -> [usize; 2] {
    let entries = site.entries("fra", log);
    let subjects: Vec<String> = entries
        .iter()
        .map(|(_, bytes)| Envelope::parse(bytes).unwrap().header().claims().sub.clone())
        .collect();
    ["week-close", "weekly-statement"]
        .map(|kind| subjects.iter().filter(|one| *one == kind).count())
}

/// Ends the British daemon at a step of its next commit, which the weekly job asks for.
fn is_ended(site: &Site, plan: Plan) {
    let mut gbr = ended::start(site, "serve --attended --config gbr.toml", plan);
    assert!(gbr.says("serving"), "{plan:?}");
    let run = site.run("reconcile --config gbr.toml --wait 0");
    // What was answered before the end was answered; whoever got no answer is told to come again.
    assert!([0, 3].contains(&run.status.code().unwrap()), "{plan:?}: {run:?}");
    gbr.end().is(plan);
}

fn a_weekly_job_survives(how: How) {
    let site = Site::founded();
    let fra = site.start("fra");
    let mut weeks = 0;
    for point in STEPS {
        let plan = Plan { point, nth: 1, how };
        for states in [false, true] {
            let gbr = site.start("gbr");
            gbr.receipted();
            fra.receipted();
            site.clock(MONDAY + u64::try_from(weeks).unwrap() * WEEK_SECONDS);
            if states {
                // Both have closed, each holds the other's close: the statement is what comes next.
                for side in ["gbr", "fra"] {
                    let run = site.run(&format!("reconcile --config {side}.toml --wait 0"));
                    assert_eq!(run.status.code(), Some(3), "{plan:?}: {run:?}");
                    gbr.receipted();
                    fra.receipted();
                }
            }
            gbr.stop();
            is_ended(&site, plan);

            let gbr = site.start("gbr");
            weeks += 1;
            let jobs = ["gbr", "fra"]
                .map(|side| site.spawn(&format!("reconcile --config {side}.toml --summary")));
            let lines = jobs.map(|job| good(&job.wait_with_output().unwrap(), "reconcile"));
            assert_eq!(lines[0], lines[1], "{plan:?}");
            assert!(lines[0].contains(&format!(" outcome=joint number={weeks} ")), "{lines:?}");
            gbr.receipted();
            fra.receipted();
            gbr.stop();
            for log in ["GBR", "FRA"] {
                assert_eq!(said(&site, log), [weeks, weeks], "{plan:?}: {log}");
            }
        }
    }
    fra.stop();
    site.both_verify();
}

#[test]
fn a_weekly_job_whose_daemon_is_killed_at_any_step_is_finished_by_the_next_one() {
    a_weekly_job_survives(How::Kill);
}

#[test]
fn a_weekly_job_whose_disk_fails_at_any_step_is_finished_by_the_next_one() {
    a_weekly_job_survives(How::Fail);
}
