//! Many runs, on all cores, and what they come to.

use std::{
    fmt::Write as _,
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::channel,
    },
    time::Duration,
};

use crate::{
    asked::aloud,
    breach::Breach,
    cover::Cover,
    plan::Plan,
    run::run,
    seen::Seen,
    shrink::likeness,
    tell::tell,
    watch::{self, now},
};

/// Breaches that are kept, those of the lowest seeds; the others are counted.
const KEPT_MAX: usize = 20;
/// Breaches that are told in full, each of another likeness.
const TOLD_MAX: usize = 3;
/// How long a run is silent, and then how often it says how far it is.
const SILENT: Duration = Duration::from_secs(2);
const SAY_EVERY: Duration = Duration::from_secs(5);

/// What many runs came to.
#[derive(Debug, Default)]
pub(crate) struct Many {
    pub(crate) runs: u64,
    pub(crate) cover: Cover,
    /// True seconds that passed in them.
    seconds: u64,
    /// Weeks that ended joint, in runs that are about them.
    pub(crate) weeks: u64,
    /// How many broke a promise, and those of the lowest seeds.
    pub(crate) broken: u64,
    kept: Vec<(u64, Breach)>,
    took: Duration,
}

/// Calls a worker on each core, and waits for all of them; a run that does not end is named.
pub(crate) fn on_all_cores(work: impl Fn() + Sync) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (held, ended) = channel();
    let work = &work;
    std::thread::scope(|scope| {
        for _ in 0..cores {
            let thread = std::thread::Builder::new().name("run".to_owned());
            let held = held.clone();
            let work = move || {
                work();
                drop(held);
            };
            thread.spawn_scoped(scope, work).unwrap();
        }
        drop(held);
        watch::wait(&ended);
    });
}

/// Runs all seeds of a range.
pub(crate) fn run_all(seeds: Range<u64>) -> Many {
    let began = now();
    let next = AtomicU64::new(seeds.start);
    let many = Mutex::new((Many::default(), began + SILENT));
    on_all_cores(|| {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let outcome = run(&Plan::draw(seed), None, false);
            let mut many = many.lock().unwrap();
            let (many, say) = &mut *many;
            many.runs += 1;
            many.cover.add(&outcome.cover);
            many.seconds += outcome.seconds;
            many.weeks += outcome.weeks;
            if let Some(breach) = outcome.breach {
                many.keep(seed, breach);
            }
            let at = now();
            if at >= *say {
                *say = at + SAY_EVERY;
                many.took = at - began;
                aloud(&format!(
                    "{} of {} seeds, {}",
                    many.runs,
                    seeds.end - seeds.start,
                    many.speed()
                ));
            }
        }
    });
    let (mut many, _) = many.into_inner().unwrap();
    many.took = now() - began;
    many
}

impl Many {
    fn keep(&mut self, seed: u64, breach: Breach) {
        self.broken += 1;
        let at = self.kept.partition_point(|(known, _)| *known < seed);
        self.kept.insert(at, (seed, breach));
        self.kept.truncate(KEPT_MAX);
    }

    fn speed(&self) -> String {
        let seconds = self.took.as_secs_f64().max(0.001);
        let runs = u32::try_from(self.runs).map_or(f64::MAX, f64::from);
        let days = u32::try_from(self.seconds / 86_400).map_or(f64::MAX, f64::from);
        let (runs, days) = (runs / seconds, days / seconds);
        format!("{runs:.0} seeds/s, {days:.0} simulated days/s, {} breaches", self.broken)
    }

    /// What was seen, how often, and how fast.
    pub(crate) fn table(&self) -> String {
        let mut text = Seen::of(&self.cover).table();
        let (days, took) = (self.seconds / 86_400, self.took.as_secs_f64());
        let runs = self.runs;
        writeln!(text, "{runs} seeds, {days} simulated days in {took:.1} s: {}", self.speed())
            .unwrap();
        text
    }

    /// The breaches: a line each, and the first of each likeness with its shortened story.
    pub(crate) fn breaches(&self) -> String {
        let mut known = Vec::new();
        let mut text = String::new();
        for (seed, breach) in &self.kept {
            let like = likeness(breach);
            if known.len() < TOLD_MAX && !known.contains(&like) {
                known.push(like);
                text += &tell(&Plan::draw(*seed), None, breach);
            }
        }
        for (seed, breach) in &self.kept {
            writeln!(text, "seed {seed}: {breach}").unwrap();
        }
        let more = self.broken - self.kept.len() as u64;
        if more > 0 {
            writeln!(text, "and {more} more").unwrap();
        }
        text
    }
}

#[test]
fn the_breaches_of_the_lowest_seeds_are_kept_and_all_are_counted() {
    let mut many = Many::default();
    let breach = Breach { promise: crate::breach::Promise::Once, what: "it".to_owned() };
    for number in 0..100 {
        many.keep(number * 37 % 100, breach.clone());
    }
    let kept: Vec<u64> = many.kept.iter().map(|(seed, _)| *seed).collect();
    assert_eq!((many.broken, kept), (100, (0..20).collect()));
}
