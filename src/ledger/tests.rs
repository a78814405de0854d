//! The ledger and its records, tested by two sides that write to real trees with published keys.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod admissions;
mod admitting;
mod agreeing;
mod correcting;
mod hindering;
mod interleaving;
mod keys;
mod limits;
mod ordering;
mod outages;
mod planting;
mod reading;
mod recounting;
mod redressing;
mod renewing;
mod returns;
mod standing;
mod stolen;
mod suggesting;
mod transfers;
mod vectors;
mod visiting;

use super::Ledger;
use super::fixture::{TwoSides, at};
use crate::names::Party::{Fra, Gbr};
use crate::record::{BreakClass, Pipeline, Three};

/// A season after every date that the stories name, so that all that can be overdue is.
const LATER: &str = "2025-09-29T00:00:00Z";

/// The classes of all open breaks, ascending.
fn classes(ledger: &Ledger) -> Vec<BreakClass> {
    let mut classes: Vec<_> = ledger.breaks.iter().map(|one| one.class).collect();
    classes.sort_unstable();
    classes
}

/// What two sides did, the breaks that it leaves, and the persons that count, three ways.
struct Story {
    name: &'static str,
    tell: fn(&mut TwoSides),
    breaks: &'static [BreakClass],
    counts: Three,
}

fn story(
    name: &'static str,
    tell: fn(&mut TwoSides),
    breaks: &'static [BreakClass],
    (agreed, gbr, fra): (u64, u64, u64),
) -> Story {
    Story { name, tell, breaks, counts: Three::new(agreed, gbr, fra) }
}

fn told(tell: fn(&mut TwoSides)) -> Ledger {
    let mut sides = TwoSides::founded();
    tell(&mut sides);
    sides.ledger(at(LATER))
}

fn check_returns(stories: &[Story]) {
    for story in stories {
        let ledger = told(story.tell);
        assert_eq!(classes(&ledger), story.breaks, "{}", story.name);
        assert_eq!(ledger.tally().returned, story.counts, "{}", story.name);
    }
}

/// A pipeline with nobody in it, to be changed in the figures that a test is about.
const NOBODY: Pipeline = Pipeline {
    requested: 0,
    accepted: 0,
    notified: 0,
    in_transit: 0,
    visas_outstanding: 0,
    lapsing_soon: 0,
    disputed: 0,
};
