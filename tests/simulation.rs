//! Both sides in one process, with a simulated network, disks and clocks, from one seed: every promise
//! under every fault.
//!
//! `ENTENTE_SEEDS=FIRST..END` runs so many seeds instead of the few of every day, `ENTENTE_SEED=N`
//! tells the story of one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a simulation stops at the first surprise"
)]

#[path = "simulation/acts.rs"]
mod acts;
#[path = "simulation/breach.rs"]
mod breach;
#[path = "simulation/clerks.rs"]
mod clerks;
#[path = "simulation/converge.rs"]
mod converge;
#[path = "simulation/cover.rs"]
mod cover;
#[path = "simulation/deeds.rs"]
mod deeds;
#[path = "simulation/disk.rs"]
mod disk;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;
#[path = "simulation/forge.rs"]
mod forge;
#[path = "simulation/forgeries.rs"]
mod forgeries;
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
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/outlast.rs"]
mod outlast;
#[path = "simulation/plan.rs"]
mod plan;
#[path = "simulation/run.rs"]
mod run;
#[path = "simulation/trace.rs"]
mod trace;
#[path = "simulation/truth.rs"]
mod truth;
#[path = "simulation/wire.rs"]
mod wire;
#[path = "simulation/witness.rs"]
mod witness;
#[path = "simulation/world.rs"]
mod world;

use std::{
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use cover::Cover;
use plan::Plan;
use run::run;

/// What many runs came to.
#[derive(Debug, Default)]
struct Many {
    cover: Cover,
    seconds: u64,
    broken: Vec<(u64, breach::Breach)>,
}

/// Runs all seeds of a range, on all cores.
fn run_all(seeds: Range<u64>) -> Many {
    let next = AtomicU64::new(seeds.start);
    let many = Mutex::new(Many::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            let thread = std::thread::Builder::new().name("run".to_owned());
            let work = || loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return;
                }
                let outcome = run(&Plan::draw(seed), None, false);
                let mut many = many.lock().unwrap();
                many.cover.add(&outcome.cover);
                many.seconds += outcome.seconds;
                many.broken.extend(outcome.breach.map(|breach| (seed, breach)));
            };
            thread.spawn_scoped(scope, work).unwrap();
        }
    });
    many.into_inner().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a long run is asked for by the environment")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn seeds() -> Range<u64> {
    let Some(text) = asked("ENTENTE_SEEDS") else { return 0..200 };
    let (first, end) = text.split_once("..").expect("FIRST..END");
    first.parse().expect("a seed")..end.parse().expect("a seed")
}

#[test]
fn every_promise_holds_under_every_fault() {
    if let Some(seed) = asked("ENTENTE_SEED") {
        let plan = Plan::draw(seed.parse().expect("a seed"));
        let outcome = run(&plan, None, true);
        println!("{}", outcome.trace.join("\n"));
        println!("{:?}", outcome.breach);
        return;
    }
    let many = run_all(seeds());
    println!("{:#?}", many.cover.0);
    println!("{} days", many.seconds / 86_400);
    for (seed, breach) in many.broken.iter().take(40) {
        println!("seed {seed}: {breach}");
    }
    assert!(many.broken.is_empty(), "{} of the runs", many.broken.len());
}
