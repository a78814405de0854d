//! *Entente* is the daemon that the United Kingdom and France each run to exchange signed return
//! and admission records under the 2025 agreement, and to agree, every week and from evidence
//! alone, how many people have gone each way.
//!
//! # The map
//!
//! Data enters as bytes and leaves as a report. Each module is one station:
//!
//! ```text
//! bytes -> Frame -> Message -> Envelope -> Verified<Record> -> Entry -> Checkpoint -> Case
//!                                                 -> Balance -> Statement -> Report
//! ```
//!
//! A module imports only from modules above it in the list below. Down to [`report`] everything is
//! pure: no I/O, no clock, no randomness, no logging; the time is an argument and the answer a
//! value. Below the line, code touches the world and is dull. `tests/architecture.rs` holds the
//! floors.

// The fixture of the tests names the crate from outside, so that other crates can take it in.
#[cfg(test)]
extern crate self as entente;

// Each module stands alone, so that the list keeps the order of the journey.

#[macro_use]
pub mod danger;

pub mod limits;

#[macro_use]
pub mod names;

#[macro_use]
pub mod cbor;

pub mod envelope;

pub mod trust;

pub mod record;

pub mod tlog;

pub mod ledger;

pub mod reconcile;

pub mod session;

pub mod season;

pub mod report;

// ------------------------------------------------------------------------------ the purity line

pub mod store;

pub mod net;

pub mod daemon;

pub mod cli;
