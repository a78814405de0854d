//! What an entry is called that is not sound, or was signed by somebody who had expired, and what
//! shows that a clock was wrong.

use super::{
    Books, Entry, Owner,
    cases::Timing,
    fold::{Fold, Seen, Taken},
};
use crate::{
    names::{Party, Position},
    record::{BreakClass, Content, ObjectionReason as Reason},
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
            | Reason::LogEnded
            | Reason::KeyEvent,
        ) => BreakClass::ContestedEntry,
    }
}

/// Whether an entanglement shows what lies beyond the end of the counterpart's log that both sides
/// have pinned. It has no effect, and may have been true: its author is not to blame for the end.
pub(super) fn beyond_the_end(
    books: &Books,
    author: Party,
    position: Position,
    entry: &Entry,
) -> bool {
    if entry.objection() != Some(Reason::EntanglementRoot) {
        return false;
    }
    let Some(Content::Entanglement(one)) = entry.record().map(|record| &record.get().content)
    else {
        return false;
    };
    books.is_beyond_the_end(author, position, one.size)
}

impl Fold {
    pub(super) fn founded(&mut self, taken: &Taken<'_>) -> Seen {
        if taken.party == Party::Gbr {
            // That of the first log, whatever has succeeded it.
            self.founding.get_or_insert(taken.id);
        }
        Seen::Agreement
    }

    /// Notes an entanglement whose time is earlier, by more than the bound, than that at which its
    /// counterpart signed what it covers: one of the two clocks was wrong. The first such record
    /// stands for all that the entanglement covers.
    pub(super) fn clocks(&mut self, taken: &Taken<'_>) {
        let Timing { signed, received: Some(received) } = taken.timing else { return };
        if signed <= received.plus(self.clock_bound_seconds) {
            return;
        }
        let Some(at) = taken.books.covered_at(taken.party, taken.position) else { return };
        let mirror = taken.party.other();
        let entry = taken.books.entry(mirror, at);
        let cover = entry.and_then(Entry::id).filter(|_| self.skewed.insert((mirror, at)));
        if let Some(cover) = cover {
            self.note_for(Owner::Both, BreakClass::ClockSkew, taken, &[cover]);
        }
    }
}
