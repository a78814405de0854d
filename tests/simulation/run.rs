//! Runs a plan to its end, on this thread, and says what came of it.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Once,
};

use entente::{
    danger::{Bug, plant, sign_quickly},
    season::Dice,
};

use crate::{
    breach::{Breach, Held, Promise},
    cover::Cover,
    plan::{Plan, Step},
    trace::Trace,
    watch,
    world::World,
};

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) breach: Option<Breach>,
    pub(crate) cover: Cover,
    /// True seconds that passed in it.
    pub(crate) seconds: u64,
    pub(crate) trace: Vec<String>,
    /// Weeks that ended joint, in a run that is about them.
    pub(crate) weeks: u64,
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}
static QUIET: Once = Once::new();

/// Runs a plan with a bug planted, or none.
pub(crate) fn run(plan: &Plan, bug: Option<Bug>, told: bool) -> Outcome {
    QUIET.call_once(keep_panics);
    let _under_way = watch::begin(plan.seed);
    plant(bug);
    sign_quickly(plan.quick);
    let trace = if told { Trace::told() } else { Trace::default() };
    let mut world = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| play(plan, trace, &mut world)));
    plant(None);
    sign_quickly(false);
    let breach = match outcome {
        Ok(held) => held.err(),
        Err(_) => {
            let what = PANIC.take().unwrap_or_default();
            Some(Breach { promise: Promise::NoPanic, what })
        }
    };
    let Some(world) = world else { return Outcome { breach, ..Outcome::default() } };
    let seconds = world.now - crate::world::START;
    let trace = world.trace.lines.unwrap_or_default();
    Outcome { breach, cover: world.cover, seconds, trace, weeks: world.weeks }
}

fn play(plan: &Plan, trace: Trace, kept: &mut Option<World>) -> Held {
    let world = kept.insert(World::new(plan, trace)?);
    for step in &plan.steps {
        take(world, plan.seed, step)?;
    }
    let mut dice = Dice::new(plan.seed ^ 0xe4d);
    if world.impostor.is_some() {
        return world.outlast(&mut dice);
    }
    world.converge(&mut dice)?;
    if plan.seed >= crate::weekly::WEEKLY {
        world.weeks = world.one_chain()?;
    }
    Ok(())
}

fn take(world: &mut World, seed: u64, step: &Step) -> Held {
    let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(step.number));
    world.trace.say(|| format!("-- step {} after {} s: {:?}", step.number, step.wait, step.deed));
    world.cover.note(crate::seen::deed(step.deed));
    world.pass(step.wait)?;
    world.carry_out(step.deed, &mut dice)?;
    world.turns(&mut dice, step.turns)?;
    // A service manager starts what has died, sooner or later.
    for party in entente::names::Party::BOTH {
        if dice.once_in(3) {
            world.start(party)?;
        }
    }
    // And daemons dial while nobody talks.
    if dice.once_in(2) {
        let dialler = dice.pick(entente::names::Party::Gbr, &[entente::names::Party::Fra]);
        world.dial(dialler, dice.once_in(8));
    }
    Ok(())
}

/// Keeps the words of a panic of a run, instead of printing them.
fn keep_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name().is_some_and(|name| name.starts_with("run")) {
            PANIC.set(Some(info.to_string()));
        } else {
            before(info);
        }
    }));
}
