//! COSE_Sign1 envelopes.

mod key;

pub use key::{BadSignature, KeyRefused, PublicKey};
