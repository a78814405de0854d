//! Seasons: made-up records of a whole agreement, from the first request to the end of both logs.
//!
//! A season is a plan of what both case-working systems and both officers sign, in order of time.
//! It refers to its own records by labels, because record ids are known only when records are
//! signed. Tests and the demo play one; what is planned says what has to come of it.
//! Nothing in it is anybody's history.

mod act;
mod calendar;
mod dice;
mod maker;
mod numbers;
mod plan;
mod provisions;
mod times;

pub use act::{Act, Fact, Ids, Label, NotReady, Replacement, Resolution};
pub use calendar::{Calendar, Moment, weeks_through};
pub use dice::Dice;
pub use numbers::Numbers;
pub use plan::{Ending, Planted, Season, SeasonFault, Size, Step};
pub use provisions::provisions;

#[cfg(test)]
mod tests;
