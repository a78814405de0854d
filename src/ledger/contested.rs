//! What an entry is called that is not sound, or was signed by somebody who had expired.

use super::Entry;
use crate::{
    names::Party,
    record::{BreakClass, ObjectionReason as Reason},
};

/// The class of the break that an entry of `author` without effect is. One that is sound was
/// received only after its signer's certificate had ended.
pub(super) fn contested(entry: &Entry, author: Party) -> BreakClass {
    match entry.objection() {
        None | Some(Reason::ExpiredKey) => BreakClass::ExpiredKey,
        Some(Reason::Signature) => BreakClass::BadSignature,
        Some(Reason::Signer) => BreakClass::WrongSigner,
        Some(Reason::UnknownKey) => BreakClass::UnknownKey,
        Some(Reason::RetiredKey) => BreakClass::RetiredKey,
        Some(Reason::Audience) => BreakClass::Replay,
        Some(Reason::Commitment) if author == Party::Fra => BreakClass::PersonDataInFrenchRecord,
        Some(Reason::Schema | Reason::Commitment) => BreakClass::SchemaVersion,
        Some(
            Reason::Encoding
            | Reason::Founding
            | Reason::WeekClose
            | Reason::EntanglementRoot
            | Reason::EntanglementFalls
            | Reason::Origin
            | Reason::Statement
            | Reason::LogEnded,
        ) => BreakClass::ContestedEntry,
    }
}
