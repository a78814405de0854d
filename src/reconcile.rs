//! Reconciliation: the cut-off of a week, its body, where two bodies differ, where two copies of
//! the logs differ, and where a national list differs from both logs.

mod body;
mod chronicle;
mod compare;
mod copies;
mod local;
mod national;
mod repeat;
mod week;

pub use body::{Chain, Roots};
pub use chronicle::{Approved, Chapter, Chronicle, Decided, End, Stood, decisions};
pub use compare::{Difference, compare};
pub use copies::{Copies, CopyDifference, ForkedAt, LEAVES_NAMED_MAX, Leaf, compare_copies};
pub use local::{LocalBreak, LocalClass, Unreceipted, unreceipted};
pub use national::{LISTED, ListDifference, Listed, Logged, Match, Matched, Scope};
pub use repeat::{PersonMark, Persons};
pub use week::{Closing, Missing, Verdict, close_of, closing, statements, verdict};

#[cfg(test)]
mod tests;
