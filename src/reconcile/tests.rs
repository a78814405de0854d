//! Weeks that two sides close over real trees, and what they find when they compare.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod bodies;
mod chronicling;
mod comparing;
mod cutoff;
mod interim;
mod locals;
mod locating;
mod rows;
mod seasons;
mod stated;

use super::Chain;
use crate::ledger::fixture::TwoSides;
use crate::record::{Body, Tally, Three};

/// All bodies that the two logs give by now.
fn chain(sides: &TwoSides) -> Chain {
    let mut chain = Chain::new(&sides.agreement);
    chain.extend(&sides.agreement, &sides.books, sides);
    chain
}

/// The newest body.
fn newest(sides: &TwoSides) -> Body {
    chain(sides).bodies().last().cloned().unwrap()
}

/// Persons returned and admitted, three ways each.
fn tally(returned: (u64, u64, u64), admitted: (u64, u64, u64)) -> Tally {
    let three = |(agreed, gbr, fra)| Three::new(agreed, gbr, fra);
    Tally { returned: three(returned), admitted: three(admitted) }
}
