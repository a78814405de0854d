//! COSE_Sign1 envelopes (RFC 9052): the form of every record, the bytes that are signed, the keys,
//! and the keyring that says which key may speak where.
//!
//! The way in is `bytes -> Envelope -> Verified<Envelope>`: [`Envelope::parse`] asks for the one
//! written form, [`Keyring::check`] for a signer who may speak at that place. The way out is
//! [`Draft`], which holds no key: whoever does signs its bytes.

mod algorithm;
mod error;
mod header;
mod key;
mod keyring;
mod sign1;
mod walk;

#[cfg(test)]
pub(crate) mod fixture;

pub use algorithm::Algorithm;
pub use error::{EnvelopeError, Part};
pub use header::{Claims, Header, HeaderError, RECORD_TYPE};
pub use key::{
    BadSignature, Ed25519Key, Esp256Key, KeyRefused, PublicKey, SignatureRefused, low_s,
};
pub use keyring::{Keyring, KeyringError, Refusal, Role, Signer, SignerKey, Verified};
pub use sign1::{Draft, Envelope};
