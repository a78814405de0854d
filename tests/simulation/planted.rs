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

/// Each bug with the first seed that finds it, and the promise that it breaks there.
/// `ENTENTE_PLANTED=all` searches anew, `ENTENTE_BUG=NAME` for one, and prints this.
const FOUND: &[(Bug, u64, Promise)] = &[
    (Bug::AcknowledgeBeforeCommit, 3, Promise::Durable),
    (Bug::AcknowledgeWhenFull, 3, Promise::Durable),
    (Bug::KeepStateWhenFull, 3, Promise::Converges),
    (Bug::CosignBeforeStoring, 2, Promise::Cosigned),
    (Bug::ForgetQueueAtStart, 5225, Promise::Converges),
    (Bug::DequeueBeforeAppend, 869, Promise::Durable),
    (Bug::LogQueuedTwice, 270, Promise::Once),
    (Bug::AnswerRepeatAnew, 0, Promise::Once),
    (Bug::AnswerReusedKey, 0, Promise::Once),
    (Bug::SignBeforeHello, 39, Promise::OneHistory),
    (Bug::BelieveUnpassed, 1252, Promise::OneHistory),
    (Bug::HideForkClaim, 767, Promise::Converges),
    (Bug::BelieveForkClaim, 92, Promise::OneHistory),
    (Bug::KeepMarkAfterFork, 2010, Promise::OneHistory),
    (Bug::MarkNotWritten, 0, Promise::Durable),
    (Bug::MarkWrittenOnce, 0, Promise::Durable),
    (Bug::MarkBeforeCommit, 4, Promise::Converges),
    (Bug::MarkNotSynced, 0, Promise::Durable),
    (Bug::MarkInOneSlot, 1895, Promise::Durable),
    (Bug::TakeWithoutEnd, 271, Promise::Bounded),
    (Bug::SkipRootCheck, 14, Promise::OneHistory),
    (Bug::OverlookContradiction, 6, Promise::OneHistory),
    (Bug::AcceptCosignatureUnseen, 6, Promise::Cosigned),
    (Bug::ForgetSweptHalfStep, 304, Promise::Converges),
    (Bug::RemakeWithNewTime, 0, Promise::Cosigned),
    (Bug::EntangleForEver, 0, Promise::Converges),
    (Bug::DropObjection, 6, Promise::Once),
    (Bug::ObjectAgainAfterStart, 94, Promise::Once),
    (Bug::TrustSendersClock, 0, Promise::Clock),
    (Bug::CosignWithClockOff, 1, Promise::Clock),
    (Bug::ForgiveJump, 773, Promise::Clock),
    (Bug::NeverWant, 0, Promise::Converges),
    (Bug::HealOnlyWhatIsHeld, 0, Promise::Peace),
    (Bug::JudgeBeforeHealed, 32, Promise::Peace),
    (Bug::SendPastEntanglement, 304, Promise::Converges),
    (Bug::SendFromTheBeginning, 0, Promise::Peace),
    (Bug::NeverSendCosignaturesAgain, 125, Promise::Converges),
    (Bug::CosignatureBeforeEntanglement, 0, Promise::Peace),
    (Bug::IgnoreOvertakenHello, 416, Promise::Converges),
    (Bug::WaitForEver, 12, Promise::Converges),
    (Bug::ReceiptByNewest, 0, Promise::Receipt),
    (Bug::CountResentTwice, 2, Promise::Once),
    (Bug::FoldWithoutWaiting, 0, Promise::SameLedger),
    (Bug::CloseWeekEarly, 0, Promise::Clock),
    (Bug::CutAtNewest, 16, Promise::SameLedger),
    (Bug::StatementForgetsPrevious, 8, Promise::Chain),
    (Bug::StateTwice, 106, Promise::Once),
];

/// Bugs that are about panics: for any other, a panic shows that something else is wrong.
const PANICS: &[Bug] = &[];

/// Whether a breach shows a bug.
fn shows(bug: Bug, breach: &Breach) -> bool {
    breach.promise != Promise::NoPanic || PANICS.contains(&bug)
}

fn breach(seed: u64, bug: Option<Bug>) -> Option<Breach> {
    on_a_thread_of_its_own(|| run(&Plan::draw(seed), bug, false).breach)
}

#[test]
fn each_planted_bug_is_found_by_its_seed_and_by_nothing_else() {
    let mut lost = Vec::new();
    for (bug, seed, promise) in FOUND {
        let name = bug.name();
        assert!(*promise != Promise::NoPanic || PANICS.contains(bug), "{name} only panics");
        assert_eq!(breach(*seed, None), None, "seed {seed} breaks a promise without {name}");
        let broken = breach(*seed, Some(*bug)).map(|breach| breach.promise);
        if broken != Some(*promise) {
            lost.push((name, seed, promise.name(), broken.map(Promise::name)));
        }
    }
    assert!(lost.is_empty(), "not found: {lost:?}; ENTENTE_PLANTED=all searches for other seeds");
}

#[test]
fn a_breach_is_told_with_the_few_steps_that_replay_it() {
    let (bug, seed, _) = FOUND[0];
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
    let mut listed: Vec<Bug> = FOUND.iter().map(|(bug, ..)| *bug).collect();
    listed.sort_unstable();
    let mut all: Vec<Bug> =
        Bug::ALL.iter().copied().filter(|bug| !bug.is_of_certificates()).collect();
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
    let (mut found, mut lost, mut broken) = (String::new(), Vec::new(), BTreeMap::new());
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
        writeln!(found, "    (Bug::{bug:?}, {seed}, Promise::{:?}),", breach.promise).unwrap();
    }
    for promise in Promise::ALL {
        let bugs = broken.get(&promise).copied().unwrap_or_default();
        writeln!(table, "{:<34} is broken by {bugs} bugs", promise.name()).unwrap();
    }
    aloud(&format!("\n{table}\nconst FOUND: &[(Bug, u64, Promise)] = &[\n{found}];"));
    assert_eq!(lost, Vec::<&str>::new(), "not found within {seeds} seeds");
}

/// The first seed that breaks a promise with the bug, not by a panic alone, and none without; what
/// it breaks, and the steps that are enough.
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
            let finds = run(&plan, Some(bug), false).breach;
            if finds.is_some_and(|breach| shows(bug, &breach))
                && run(&plan, None, false).breach.is_none()
            {
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
