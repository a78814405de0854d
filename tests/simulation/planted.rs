//! Bugs that are planted, to see that they are found.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use entente::danger::Bug;

use crate::{
    asked::{aloud, asked, bug},
    breach::{Breach, Promise},
    many::on_all_cores,
    plan::Plan,
    run::run,
    script,
    shrink::{Shrunk, likeness, shrink},
    tell::{on_a_thread_of_its_own, tell},
};

/// Each bug is found within so many seeds.
const SEEDS_MAX: u64 = 10_000;

/// Each bug with the first seed that finds it. `ENTENTE_PLANTED=all` searches anew,
/// `ENTENTE_BUG=NAME` for one, and prints this.
const FOUND: &[(Bug, u64)] = &[
    (Bug::AcknowledgeBeforeCommit, 3),
    (Bug::AcknowledgeWhenFull, 3),
    (Bug::KeepStateWhenFull, 3),
    (Bug::CosignBeforeStoring, 6),
    (Bug::ForgetQueueAtStart, 614),
    (Bug::DequeueBeforeAppend, 6413),
    (Bug::LogQueuedTwice, 270),
    (Bug::AnswerRepeatAnew, 0),
    (Bug::AnswerReusedKey, 0),
    (Bug::SignBeforeHello, 107),
    (Bug::BelieveUnpassed, 699),
    (Bug::KeepMarkAfterFork, 2010),
    (Bug::MarkNotWritten, 0),
    (Bug::MarkWrittenOnce, 17),
    (Bug::MarkBeforeCommit, 4),
    (Bug::MarkNotSynced, 17),
    (Bug::MarkInOneSlot, 55),
    (Bug::SkipRootCheck, 14),
    (Bug::OverlookContradiction, 6),
    (Bug::AcceptCosignatureUnseen, 6),
    (Bug::ForgetSweptHalfStep, 145),
    (Bug::RemakeWithNewTime, 0),
    (Bug::EntangleForEver, 0),
    (Bug::DropObjection, 6),
    (Bug::ObjectAgainAfterStart, 94),
    (Bug::TrustSendersClock, 0),
    (Bug::CosignWithClockOff, 3),
    (Bug::ForgiveJump, 124),
    (Bug::NeverWant, 0),
    (Bug::HealOnlyWhatIsHeld, 0),
    (Bug::JudgeBeforeHealed, 17),
    (Bug::SendPastEntanglement, 145),
    (Bug::SendFromTheBeginning, 0),
    (Bug::NeverSendCosignaturesAgain, 190),
    (Bug::CosignatureBeforeEntanglement, 0),
    (Bug::IgnoreOvertakenHello, 75),
    (Bug::WaitForEver, 2),
    (Bug::ReceiptByNewest, 0),
    (Bug::CountResentTwice, 2),
    (Bug::FoldWithoutWaiting, 0),
    (Bug::CloseWeekEarly, 0),
    (Bug::CutAtNewest, 16),
    (Bug::StatementForgetsPrevious, 35),
    (Bug::StateTwice, 106),
];

fn breach(seed: u64, bug: Option<Bug>) -> Option<Breach> {
    on_a_thread_of_its_own(|| run(&Plan::draw(seed), bug, false).breach)
}

#[test]
fn each_planted_bug_is_found_by_its_seed_and_by_nothing_else() {
    let mut lost = Vec::new();
    for (bug, seed) in FOUND {
        let name = bug.name();
        assert_eq!(breach(*seed, None), None, "seed {seed} breaks a promise without {name}");
        if breach(*seed, Some(*bug)).is_none() {
            lost.push((name, seed));
        }
    }
    assert!(lost.is_empty(), "not found: {lost:?}; ENTENTE_PLANTED=all searches for other seeds");
}

#[test]
fn a_breach_is_told_with_the_few_steps_that_replay_it() {
    let (bug, seed) = FOUND[0];
    let first = breach(seed, Some(bug)).unwrap();
    let told = tell(&Plan::draw(seed), Some(bug), &first);
    let (_, command) = told.split_once("ENTENTE_STEPS=").unwrap();
    let plan = script::plan(seed, command.split(' ').next().unwrap()).unwrap();
    assert!(plan.steps.len() <= 5, "{told}");
    let again = on_a_thread_of_its_own(|| run(&plan, Some(bug), false).breach.unwrap());
    assert_eq!(likeness(&again), likeness(&first));
    for words in [&first.to_string(), &again.to_string(), bug.name(), "  | -- step "] {
        assert!(told.contains(words), "{words}: {told}");
    }
    for step in &plan.steps {
        assert!(told.contains(&format!("{}. after {} s", step.number, step.wait)), "{told}");
    }
}

#[test]
fn each_bug_has_its_seed() {
    let mut listed: Vec<Bug> = FOUND.iter().map(|(bug, _)| *bug).collect();
    listed.sort_unstable();
    let mut all = Bug::ALL.to_vec();
    all.sort_unstable();
    assert_eq!(listed, all, "ENTENTE_PLANTED=all searches for the seeds");
}

#[test]
fn the_search_finds_every_planted_bug() {
    let Some(text) = asked("ENTENTE_PLANTED") else { return };
    let seeds =
        if text == "all" { SEEDS_MAX } else { text.parse().expect("all, or how many seeds") };
    let mut table =
        format!("{:<34} {:>6}  {:<12} {:>8} {:>6}\n", "bug", "seeds", "promise", "steps", "runs");
    let (mut pairs, mut lost, mut broken) = (String::new(), Vec::new(), BTreeMap::new());
    let one = bug();
    let bugs = Bug::ALL.iter().filter(|bug| one.is_none_or(|one| one == **bug));
    for bug in bugs {
        let name = bug.name();
        aloud(&format!("searching for {name}"));
        let Some((seed, breach, short)) = search(*bug, seeds) else {
            writeln!(table, "{name:<34}  never").unwrap();
            lost.push(name);
            continue;
        };
        let steps = format!("{} of {}", short.plan.steps.len(), Plan::draw(seed).steps.len());
        *broken.entry(breach.promise).or_insert(0) += 1;
        let (promise, count) = (breach.promise.name(), seed + 1);
        writeln!(table, "{name:<34} {count:>6}  {promise:<12} {steps:>8} {:>6}", short.runs)
            .unwrap();
        writeln!(pairs, "    (Bug::{bug:?}, {seed}),").unwrap();
    }
    for promise in Promise::ALL {
        let bugs = broken.get(&promise).copied().unwrap_or_default();
        writeln!(table, "{:<34} is broken by {bugs} bugs", promise.name()).unwrap();
    }
    aloud(&format!("\n{table}\nconst FOUND: &[(Bug, u64)] = &[\n{pairs}];"));
    assert_eq!(lost, Vec::<&str>::new(), "not found within {seeds} seeds");
}

/// The first seed that breaks a promise with the bug and none without, what it breaks, and the
/// steps that are enough.
fn search(bug: Bug, seeds: u64) -> Option<(u64, Breach, Shrunk)> {
    let (next, found) = (AtomicU64::new(0), AtomicU64::new(seeds));
    // Seeds are given out in order, and whoever has a lower one ends it.
    on_all_cores(|| {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= found.load(Ordering::SeqCst) {
                return;
            }
            let plan = Plan::draw(seed);
            let finds = run(&plan, Some(bug), false).breach.is_some();
            if finds && run(&plan, None, false).breach.is_none() {
                found.fetch_min(seed, Ordering::SeqCst);
            }
        }
    });
    let seed = found.into_inner();
    if seed >= seeds {
        return None;
    }
    let breach = breach(seed, Some(bug))?;
    let plan = Plan::draw(seed);
    let short = on_a_thread_of_its_own(|| shrink(&plan, Some(bug), &breach));
    Some((seed, breach, short))
}
