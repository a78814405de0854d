//! Makes a plan that breaks a promise shorter, while it still breaks the same promise.
//!
//! First whole steps go, halves before single ones (delta debugging); then waits and turns. What is
//! left need not be the shortest plan of all, but none of its steps can go.

use entente::danger::Bug;

use crate::{
    breach::{Breach, Promise},
    plan::{Plan, Step},
    run::run,
};

/// Runs that the shrinking of one plan may take.
const RUNS_MAX: u32 = 1_500;
/// How many words of a breach say which it is.
const LEADING_WORDS: usize = 5;

/// A shorter plan, and what it breaks.
#[derive(Debug, Clone)]
pub(crate) struct Shrunk {
    pub(crate) plan: Plan,
    pub(crate) breach: Breach,
    pub(crate) runs: u32,
}

/// Shortens a plan that breaks a promise.
pub(crate) fn shrink(plan: &Plan, bug: Option<Bug>, breach: &Breach) -> Shrunk {
    shorten(plan, breach, |plan| run(plan, bug, false).breach)
}

/// Shortens a plan, by what a trial of each shorter one breaks.
fn shorten(plan: &Plan, breach: &Breach, trial: impl FnMut(&Plan) -> Option<Breach>) -> Shrunk {
    let start = Shrunk { plan: plan.clone(), breach: breach.clone(), runs: 0 };
    let mut shrinker = Shrinker { wanted: likeness(breach), best: start, trial };
    loop {
        let before = shrinker.best.plan.clone();
        shrinker.drop_steps();
        shrinker.ease_all();
        shrinker.ease_each();
        if shrinker.best.plan == before || shrinker.best.runs >= RUNS_MAX {
            return shrinker.best;
        }
    }
}

/// What two breaches share if they are the same: the promise, and how the words begin. Numbers
/// differ from run to run, but not the place of a panic.
pub(crate) fn likeness(breach: &Breach) -> (Promise, String) {
    let what = &breach.what;
    if breach.promise == Promise::NoPanic {
        return (breach.promise, what.lines().next().unwrap_or_default().to_owned());
    }
    let words = what.split_whitespace().filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    (breach.promise, words.take(LEADING_WORDS).collect::<Vec<_>>().join(" "))
}

struct Shrinker<F> {
    wanted: (Promise, String),
    best: Shrunk,
    trial: F,
}

impl<F: FnMut(&Plan) -> Option<Breach>> Shrinker<F> {
    /// Takes other steps, if with them the same promise breaks.
    fn attempt(&mut self, steps: Vec<Step>) -> bool {
        if self.best.runs >= RUNS_MAX || steps == self.best.plan.steps {
            return false;
        }
        self.best.runs += 1;
        let plan = Plan { steps, ..self.best.plan };
        let Some(breach) = (self.trial)(&plan).filter(|one| likeness(one) == self.wanted) else {
            return false;
        };
        self.best = Shrunk { plan, breach, ..self.best };
        true
    }

    /// Takes steps out, from the end: half of them at once, then a quarter, and so on to one.
    fn drop_steps(&mut self) {
        let mut piece = self.best.plan.steps.len();
        while piece > 0 {
            let mut end = self.best.plan.steps.len();
            while end > 0 {
                let start = end.saturating_sub(piece);
                let mut steps = self.best.plan.steps.clone();
                steps.drain(start..end);
                self.attempt(steps);
                end = start;
            }
            piece /= 2;
        }
    }

    /// No wait at all, or no turn, if that does it.
    fn ease_all(&mut self) {
        let steps = self.best.plan.steps.clone();
        self.attempt(steps.iter().map(|step| Step { wait: 0, ..*step }).collect());
        let steps = self.best.plan.steps.clone();
        self.attempt(steps.iter().map(|step| Step { turns: 0, ..*step }).collect());
    }

    /// Makes each wait and each number of turns as small as halving finds it.
    fn ease_each(&mut self) {
        for at in 0..self.best.plan.steps.len() {
            self.lower(at, |step, wait| Step { wait, ..step }, |step| step.wait);
            let turns = |step: Step, turns| Step { turns: u32::try_from(turns).unwrap(), ..step };
            self.lower(at, turns, |step| u64::from(step.turns));
        }
    }

    fn lower(&mut self, at: usize, with: impl Fn(Step, u64) -> Step, value: impl Fn(&Step) -> u64) {
        let mut try_one = |number: u64| {
            let mut steps = self.best.plan.steps.clone();
            steps[at] = with(steps[at], number);
            self.attempt(steps)
        };
        if try_one(0) {
            return;
        }
        // What does not break at `low` does at `high`, as if it were a slope.
        let (mut low, mut high) = (0, value(&self.best.plan.steps[at]));
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let mut steps = self.best.plan.steps.clone();
            steps[at] = with(steps[at], middle);
            if self.attempt(steps) {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(what: &str) -> Breach {
        Breach { promise: Promise::Once, what: what.to_owned() }
    }

    /// Breaks if the steps of these numbers are left, the last with ten turns or more.
    fn breaks(plan: &Plan, needed: &[u64]) -> bool {
        let left = |number: &u64| plan.steps.iter().find(|step| step.number == *number);
        needed.iter().all(|number| left(number).is_some())
            && needed.last().and_then(left).is_some_and(|step| step.turns >= 10)
    }

    #[test]
    fn only_what_is_needed_is_left() {
        let mut plan = Plan::draw(7);
        plan.steps.iter_mut().for_each(|step| (step.wait, step.turns) = (1000, 400));
        for needed in [vec![1], vec![20], vec![3, 9], vec![1, 2, 3], vec![2, 11, 12, 19]] {
            let first = broken("GBR answers act 7 twice");
            let shrunk = shorten(&plan, &first, |plan| {
                breaks(plan, &needed).then(|| broken("GBR answers act 8 twice"))
            });
            let left: Vec<u64> = shrunk.plan.steps.iter().map(|step| step.number).collect();
            assert_eq!(left, needed);
            assert!(shrunk.plan.steps.iter().all(|step| step.wait == 0));
            let (last, before) = shrunk.plan.steps.split_last().unwrap();
            assert_eq!(last.turns, 10);
            assert!(before.iter().all(|step| step.turns == 0));
            assert_eq!(shrunk.breach.what, "GBR answers act 8 twice");
            assert!(shrunk.runs < 250, "{} runs", shrunk.runs);
        }
    }

    #[test]
    fn another_breach_on_the_way_is_not_taken_for_it() {
        let plan = Plan::draw(7);
        let first = broken("GBR answers act 7 twice");
        let other = [
            broken("FRA answers act 7 twice"),
            Breach { promise: Promise::Chain, ..first.clone() },
            broken("two receipts"),
        ];
        for other in other {
            let shrunk = shorten(&plan, &first, |_| Some(other.clone()));
            assert_eq!((shrunk.plan, shrunk.breach), (plan.clone(), first.clone()));
        }
    }

    #[test]
    fn shrinking_ends_whatever_the_trials_say() {
        let mut plan = Plan::draw(7);
        let step = plan.steps[0];
        plan.steps = (0..5_000).map(|number| Step { number, ..step }).collect();
        let first = broken("it");
        let shrunk =
            shorten(&plan, &first, |plan| (plan.steps.len() % 2 == 0).then(|| first.clone()));
        assert!(shrunk.runs <= RUNS_MAX);
    }
}
