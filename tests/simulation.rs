//! Both sides in one process, with a simulated network, disks and clocks, from one seed: every
//! promise under every fault.
//!
//! `ENTENTE_SEEDS=FIRST..END` runs these seeds instead of the few of every day. `ENTENTE_SEED=N`
//! tells the story of one, with `ENTENTE_STEPS` that of a few of its steps, with `ENTENTE_BUG` with
//! a bug planted. `ENTENTE_PLANTED=all`, or how many seeds, searches for the first seed that finds
//! each planted bug, or with `ENTENTE_BUG` that one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::wildcard_enum_match_arm,
    reason = "a simulation stops at the first surprise"
)]

#[path = "simulation/acts.rs"]
mod acts;
#[path = "simulation/asked.rs"]
mod asked;
#[path = "simulation/breach.rs"]
mod breach;
#[path = "simulation/clerks.rs"]
mod clerks;
#[path = "simulation/connections.rs"]
mod connections;
#[path = "simulation/converge.rs"]
mod converge;
#[path = "simulation/cover.rs"]
mod cover;
#[path = "simulation/deeds.rs"]
mod deeds;
#[path = "simulation/deserts.rs"]
mod deserts;
#[path = "simulation/disk.rs"]
mod disk;
#[path = "simulation/earned.rs"]
mod earned;
#[path = "simulation/ends.rs"]
mod ends;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;
#[path = "simulation/forge.rs"]
mod forge;
#[path = "simulation/forgeries.rs"]
mod forgeries;
#[path = "simulation/hearing.rs"]
mod hearing;
#[path = "simulation/impostor.rs"]
mod impostor;
#[path = "simulation/keys.rs"]
mod keys;
#[path = "simulation/lies.rs"]
mod lies;
#[path = "simulation/line.rs"]
mod line;
#[path = "simulation/machine.rs"]
mod machine;
#[path = "simulation/many.rs"]
mod many;
#[path = "simulation/mishap.rs"]
mod mishap;
#[path = "simulation/notes.rs"]
mod notes;
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/outlast.rs"]
mod outlast;
#[path = "simulation/plan.rs"]
mod plan;
#[path = "simulation/planted.rs"]
mod planted;
#[path = "simulation/replay.rs"]
mod replay;
#[path = "simulation/run.rs"]
mod run;
#[path = "simulation/script.rs"]
mod script;
#[path = "simulation/seen.rs"]
mod seen;
#[path = "simulation/shrink.rs"]
mod shrink;
#[path = "simulation/talk.rs"]
mod talk;
#[path = "simulation/tell.rs"]
mod tell;
#[path = "simulation/trace.rs"]
mod trace;
#[path = "simulation/truth.rs"]
mod truth;
#[path = "simulation/watch.rs"]
mod watch;
#[path = "simulation/weekly.rs"]
mod weekly;
#[path = "simulation/wire.rs"]
mod wire;
#[path = "simulation/witness.rs"]
mod witness;
#[path = "simulation/world.rs"]
mod world;

use std::{ops::Range, sync::LazyLock};

use asked::aloud;
use many::{Many, run_all};
use plan::Plan;
use seen::Seen;

/// The seeds of every day: about ten seconds on two cores, without optimisation.
const EVERY_DAY: Range<u64> = 0..300;

/// The same of runs in which both sides reconcile at once.
const EVERY_DAY_WEEKLY: Range<u64> = 0..60;

static SLICE: LazyLock<Many> = LazyLock::new(|| run_all(EVERY_DAY));

#[test]
fn every_promise_holds_under_every_fault() {
    if let Some(seed) = asked::seed() {
        return replayed(seed);
    }
    let Some(seeds) = asked::seeds() else { return held(&SLICE) };
    let many = run_all(seeds);
    aloud(&many.table());
    held(&many);
    seen(&many);
}

#[test]
fn everything_that_can_happen_is_seen_every_day() {
    seen(&SLICE);
}

/// `ENTENTE_WEEKS=A..B` runs as many as are asked for.
#[test]
fn two_sides_that_reconcile_at_once_end_with_one_chain() {
    let seeds = asked::weeks().unwrap_or(EVERY_DAY_WEEKLY);
    let told = asked::weeks().is_some();
    let many = run_all(weekly::WEEKLY + seeds.start..weekly::WEEKLY + seeds.end);
    if told {
        aloud(&many.table());
        aloud(&format!("{} runs, {} joint weeks", many.runs, many.weeks));
    }
    held(&many);
    assert!(many.weeks >= 3 * many.runs, "{} joint weeks in {} runs", many.weeks, many.runs);
}

#[track_caller]
fn held(many: &Many) {
    assert!(many.broken == 0, "{}\n{} of {} runs", many.breaches(), many.broken, many.runs);
}

#[track_caller]
fn seen(many: &Many) {
    let seen = Seen::of(&many.cover);
    assert_eq!(seen.missing(many.runs), Vec::<&str>::new(), "never seen\n{}", seen.table());
    assert_eq!(seen.unlisted(), Vec::<&str>::new(), "these are in no list of what must be seen");
}

/// Tells the whole story of a seed, or of some of its steps.
#[track_caller]
fn replayed(seed: u64) {
    let script = asked::asked("ENTENTE_STEPS");
    let plan = script.map_or_else(|| Plan::draw(seed), |text| script::plan(seed, &text).unwrap());
    let bug = asked::bug();
    let outcome = tell::on_a_thread_of_its_own(|| run::run(&plan, bug, true));
    aloud(&outcome.trace.join("\n"));
    let breach = outcome.breach.map(|breach| tell::tell(&plan, bug, &breach));
    assert!(breach.is_none(), "{}", breach.unwrap_or_default());
    aloud(&format!("seed {seed} breaks no promise"));
}
