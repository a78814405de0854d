//! A run replays exactly: nothing but its plan decides what happens in it.

use entente::names::sha256;

use crate::{
    plan::Plan,
    run::{Outcome, run},
    tell::on_a_thread_of_its_own,
};

/// Seeds with quick signatures, and one (0) with real ones.
const SEEDS: [u64; 8] = [0, 1, 2, 3, 100, 101, 102, 585];

fn told(seed: u64) -> Outcome {
    on_a_thread_of_its_own(|| run(&Plan::draw(seed), None, true))
}

fn digest(outcome: &Outcome) -> [u8; 32] {
    sha256(outcome.trace.join("\n").as_bytes())
}

#[test]
fn a_seed_gives_the_same_run_again_whoever_watches() {
    for seed in SEEDS {
        let first = told(seed);
        assert!(first.trace.len() > 20, "the story of seed {seed} is not told");
        // The same thread runs others in between, as the workers do.
        let (again, untold) = on_a_thread_of_its_own(|| {
            run(&Plan::draw(seed + 1), None, false);
            let again = run(&Plan::draw(seed), None, true);
            (again, run(&Plan::draw(seed), None, false))
        });
        let first_other = first.trace.iter().zip(&again.trace).find(|(one, other)| one != other);
        assert_eq!(first_other, None, "seed {seed}");
        assert_eq!(digest(&first), digest(&again), "seed {seed}");
        for other in [&again, &untold] {
            assert_eq!(first.breach, other.breach, "seed {seed}");
            assert_eq!(first.cover.0, other.cover.0, "seed {seed}");
            assert_eq!(first.seconds, other.seconds, "seed {seed}");
        }
    }
}

#[test]
fn another_seed_gives_another_run() {
    let digests: std::collections::BTreeSet<_> =
        SEEDS.iter().map(|seed| digest(&told(*seed))).collect();
    assert_eq!(digests.len(), SEEDS.len());
}
