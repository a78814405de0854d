//! A broken promise, for somebody who has to find out why.

use std::{fmt::Write as _, sync::mpsc::channel};

use entente::danger::Bug;

use crate::{breach::Breach, plan::Plan, run::run, script::command, shrink::shrink, watch};

/// Lines of the shortened story that are told; a replay tells all.
const LINES_MAX: usize = 60;

/// The seed, the breach, the shortened plan as a list of deeds, the end of its story, and how to
/// see both stories whole.
pub(crate) fn tell(plan: &Plan, bug: Option<Bug>, breach: &Breach) -> String {
    let short = on_a_thread_of_its_own(|| shrink(plan, bug, breach));
    let story = on_a_thread_of_its_own(|| run(&short.plan, bug, true)).trace;
    let (before, after) = (plan.steps.len(), short.plan.steps.len());
    let mut text = format!("\nseed {} breaks a promise\n  {breach}\n", plan.seed);
    writeln!(text, "{after} of its {before} steps are enough ({} runs):", short.runs).unwrap();
    writeln!(text, "  {}", short.breach).unwrap();
    text += &deeds(&short.plan);
    let from = story.len().saturating_sub(LINES_MAX);
    writeln!(text, "the last of {} lines of their story:", story.len()).unwrap();
    for line in &story[from..] {
        writeln!(text, "  | {line}").unwrap();
    }
    writeln!(text, "the steps that are enough: {}", command(&short.plan, bug)).unwrap();
    writeln!(text, "all steps: {}\n", command(plan, bug)).unwrap();
    text
}

/// A plan as a numbered list.
fn deeds(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        let (number, wait, turns) = (step.number, step.wait, step.turns);
        writeln!(text, "  {number:>3}. after {wait} s {:?}, then {turns} turns", step.deed)
            .unwrap();
    }
    text
}

/// Panics of a run are kept by the name of its thread.
pub(crate) fn on_a_thread_of_its_own<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let (held, ended) = channel();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("run".to_owned());
        let work = move || {
            let done = work();
            drop(held);
            done
        };
        let thread = thread.spawn_scoped(scope, work).unwrap();
        watch::wait(&ended);
        thread.join().unwrap()
    })
}
