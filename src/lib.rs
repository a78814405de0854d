//! Entente

// The fixture of the tests names the crate from outside, so that other crates can take it in.
#[cfg(test)]
extern crate self as entente;

pub mod limits;
#[macro_use]
pub mod names;
#[macro_use]
pub mod cbor;
pub mod cli;
pub mod daemon;
pub mod envelope;
pub mod ledger;
pub mod net;
pub mod reconcile;
pub mod record;
pub mod session;
pub mod store;
pub mod tlog;
pub mod trust;
