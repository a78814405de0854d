//! Entente

pub mod limits;
#[macro_use]
pub mod names;
#[macro_use]
pub mod cbor;
pub mod envelope;
pub mod ledger;
pub mod reconcile;
pub mod record;
pub mod session;
pub mod tlog;
pub mod trust;
