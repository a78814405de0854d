//! Names and numbers that every other part uses, each with a type of its own.
//!
//! A position is not a size, a size is not a count of persons, and none of them is a bare integer.
//! Each type has two written forms, chosen by the codec: the compact one of CBOR (unsigned
//! integers and byte strings) and the readable one of JSON and TOML (names, hexadecimal, ISO 8601).

#[macro_use]
mod codes;
#[macro_use]
mod fixed;
mod numbers;
mod party;
mod reference;
mod time;

pub use codes::UnknownCode;
pub(crate) use codes::{quoted, with_article};
pub use fixed::{
    AgreementDigest, BodyDigest, Commitment, Hash, KeyId, NotHex, RecordId, SubmissionId, sha256,
};
pub use numbers::{Persons, Position, Size};
pub use party::{Party, PerParty};
pub use reference::{BadReference, CaseRef, Place};
pub use time::{BadTime, Date, Timestamp, Week};
