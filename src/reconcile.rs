//! Reconciliation: the cut-off of a week, its body, and where two bodies differ.

mod body;
mod compare;
mod week;

pub use body::{Chain, Roots};
pub use compare::{Difference, compare};
pub use week::{Closing, Missing, Verdict, close_of, closing, statements, verdict};

#[cfg(test)]
mod tests;
