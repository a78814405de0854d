//! Strict CBOR: one byte string for one value, and a reason with an offset for every refusal.
//!
//! Everything from outside takes one road (RFC 8949 section 4.2.1, narrowed): a size cap, an
//! iterative scan that needs no stack and allocates nothing, the codec, and a comparison of the
//! re-encoded value with what came in. No serde codec is strict by itself, so none is trusted to
//! be.

#[macro_use]
mod map;
mod bytes;
mod road;
mod scan;

pub use bytes::Bytes;
pub(crate) use map::{Fields, ascending, next_key};
pub use road::{CborError, decode, encode, to_compare};
pub use scan::{Fault, Profile, Refusal, scan};

#[cfg(test)]
mod tests;
