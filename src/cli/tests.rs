//! The verbs against two daemons that run, and what the arguments promise.

mod approving;
mod cases;
mod daemons;
mod help;
mod keys;
mod records;
mod runs;
mod said;
mod schedule;
mod steps;
mod weeks;

pub(super) use daemons::Kept;
