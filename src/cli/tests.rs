//! The verbs against two daemons that run, and what the arguments promise.

mod cases;
mod daemons;
mod help;
mod records;
mod weeks;
