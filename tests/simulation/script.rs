//! A plan as text: a seed, and those of its steps that are left.
//!
//! `3,17w0,20w5t2` is step 3 as the seed draws it, step 17 with no wait before it, and step 20
//! with a wait of 5 seconds and at most 2 turns after it.

use std::fmt::Write as _;

use entente::danger::Bug;

use crate::plan::{Plan, Step};

/// The steps of a plan, told apart from those that its seed draws.
pub(crate) fn script(plan: &Plan) -> String {
    let drawn = Plan::draw(plan.seed);
    let words: Vec<String> = plan.steps.iter().map(|step| word(&drawn, step)).collect();
    words.join(",")
}

fn word(drawn: &Plan, step: &Step) -> String {
    let mut word = step.number.to_string();
    let whole = drawn.steps.iter().find(|one| one.number == step.number);
    if whole.is_none_or(|whole| whole.wait != step.wait) {
        write!(word, "w{}", step.wait).unwrap();
    }
    if whole.is_none_or(|whole| whole.turns != step.turns) {
        write!(word, "t{}", step.turns).unwrap();
    }
    word
}

/// The plan of a seed with only these of its steps, or what is wrong with the script.
pub(crate) fn plan(seed: u64, script: &str) -> Result<Plan, String> {
    let drawn = Plan::draw(seed);
    let words = script.split(',').map(str::trim).filter(|word| !word.is_empty());
    let steps = words.map(|word| step(&drawn, word).ok_or_else(|| format!("no step is {word:?}")));
    let steps = steps.collect::<Result<_, _>>()?;
    Ok(Plan { steps, ..drawn })
}

fn step(drawn: &Plan, word: &str) -> Option<Step> {
    let (rest, turns) = match word.split_once('t') {
        Some((rest, turns)) => (rest, Some(turns.parse().ok()?)),
        None => (word, None),
    };
    let (number, wait) = match rest.split_once('w') {
        Some((number, wait)) => (number, Some(wait.parse().ok()?)),
        None => (rest, None),
    };
    let number: u64 = number.parse().ok()?;
    let whole = drawn.steps.iter().find(|one| one.number == number)?;
    Some(Step { wait: wait.unwrap_or(whole.wait), turns: turns.unwrap_or(whole.turns), ..*whole })
}

/// The command that runs a plan again and tells its whole story.
pub(crate) fn command(plan: &Plan, bug: Option<Bug>) -> String {
    let mut words = format!("ENTENTE_SEED={}", plan.seed);
    if *plan != Plan::draw(plan.seed) {
        write!(words, " ENTENTE_STEPS={}", script(plan)).unwrap();
    }
    if let Some(bug) = bug {
        write!(words, " ENTENTE_BUG={}", bug.name()).unwrap();
    }
    format!("{words} cargo test --profile simulation --test simulation every_promise")
}

#[test]
fn a_script_gives_back_the_plan_that_it_was_written_from() {
    let mut plan = Plan::draw(585);
    let whole: Vec<String> = (1..=plan.steps.len()).map(|number| number.to_string()).collect();
    assert_eq!(script(&plan), whole.join(","));
    plan.steps.retain(|step| step.number % 3 == 0);
    plan.steps[1].wait += 1;
    plan.steps[2].turns += 1;
    plan.steps[3].wait += 7;
    plan.steps[3].turns += 7;
    let text = script(&plan);
    assert_eq!(super::script::plan(585, &text), Ok(plan.clone()), "{text}");
    assert!(command(&plan, None).contains(&text));
    plan.steps.clear();
    assert_eq!(super::script::plan(585, ""), Ok(plan));
    assert_eq!(super::script::plan(585, &whole.join(",")), Ok(Plan::draw(585)));
}

#[test]
fn a_script_that_names_no_step_is_refused() {
    for text in ["0", "999", "x", "3w", "3t", "3t1w1", "3,4x", "-1", "3w-1"] {
        assert!(plan(585, text).is_err(), "{text}");
    }
}
