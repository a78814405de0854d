//! Which runs are under way: one that does not end is named while it still runs, whichever loop it
//! is that goes on for ever.

use std::{
    convert::Infallible,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use crate::asked::aloud;

/// How long a run may take before it is named: the slowest one takes a few seconds.
const OVERDUE: Duration = Duration::from_secs(60);
/// How often somebody looks.
const LOOK_EVERY: Duration = Duration::from_secs(20);

static UNDER_WAY: Mutex<Vec<Running>> = Mutex::new(Vec::new());

/// A run, and since when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Running {
    seed: u64,
    since: Instant,
}

/// A run is under way until this is dropped.
pub(crate) struct UnderWay(Running);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut all = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = all.iter().position(|one| *one == self.0) {
            all.swap_remove(place);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "it measures how long a run takes")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The run of a seed begins.
pub(crate) fn begin(seed: u64) -> UnderWay {
    let running = Running { seed, since: now() };
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).push(running);
    UnderWay(running)
}

/// The seeds whose runs should have ended, as of some time.
fn overdue(at: Instant) -> Vec<u64> {
    let all = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    let late = |one: &&Running| at.saturating_duration_since(one.since) >= OVERDUE;
    all.iter().filter(late).map(|one| one.seed).collect()
}

/// Waits until nobody holds the other end, and names meanwhile whatever does not end.
pub(crate) fn wait(ended: &Receiver<Infallible>) {
    while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        for seed in overdue(now()) {
            aloud(&format!("seed {seed} runs for more than {} s", OVERDUE.as_secs()));
        }
    }
}

#[test]
fn a_run_that_does_not_end_is_named() {
    let seed = u64::MAX;
    let running = begin(seed);
    let since = running.0.since;
    let named = |after| overdue(since + after).contains(&seed);
    assert!(named(OVERDUE) && !named(Duration::ZERO));
    drop(running);
    assert!(!named(OVERDUE));
}
