//! Entente

pub mod cbor;
pub mod envelope;
pub mod limits;
pub mod names;
