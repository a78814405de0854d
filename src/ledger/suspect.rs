//! What key-events do beside changing keys: records that somebody else may have signed are suspect,
//! and a key that both parties have enrolled is one too many.
//!
//! Nothing that stands is undone. What a compromised key signed is valid where it stands; whether
//! it is also true both sides decide, and put right what is not.

use super::{
    Agreement, Books, Entry, Fate, KeyChange, Keybook, Owner,
    fold::{Fold, Taken},
};
use crate::{
    envelope::Verified,
    limits::REFERENCES_MAX,
    names::{Party, PerParty, Position, RecordId, Timestamp},
    record::{BreakClass, KeyStep},
};

/// The records of a compromised key that somebody else may have signed, in the order of `party`'s
/// log: those before the approval of `change` that were received at `since` or later, or not yet,
/// or that say themselves that they were signed at `since` or later. A thief can date a record
/// back, but not its receipt.
#[must_use]
pub fn suspects(books: &Books, party: Party, change: &KeyChange) -> Vec<RecordId> {
    let Some(since) = change.since else { return Vec::new() };
    books
        .entries(party, Position(0))
        .take_while(|(position, _)| *position < change.at)
        .filter(|(_, entry)| entry.sound().is_some_and(|one| one.signer().kid == change.key))
        .filter(|(position, entry)| {
            let received = books.receipt(party, *position).map(|(_, time)| time);
            let signed = entry.sound().map(Verified::signed_at);
            received.is_none_or(|time| time >= since) || signed >= Some(since)
        })
        .filter_map(|(_, entry)| entry.id())
        .collect()
}

impl Fold {
    /// Reads the keys of a log on. They are those by which its entries were admitted: time of
    /// receipt and the counterpart's log have no part in them.
    pub(super) fn read_keys(
        &mut self,
        books: &Books,
        (party, position): (Party, Position),
        entry: &Entry,
    ) {
        let Some(record) = entry.sound() else { return };
        let change = self.keys.of_mut(party).take(position, record).ok().flatten();
        let Some(change) = change else { return };
        let received = books.receipt(party, position).map(|(_, time)| time);
        match change.step {
            KeyStep::Enrolled => {
                // No log can know what the other one enrols at the same time.
                if self.keys.of(party.other()).get(change.key).is_some() {
                    let owner = Owner::Party(party);
                    self.found(BreakClass::IllegalTransition, owner, received, vec![change.event]);
                }
            }
            KeyStep::CompromisedSince => self.compromised(books, party, &change, received),
            KeyStep::Retired => {}
        }
    }

    /// Breaks for one key-event, until all of the records are named: each with as many as a break
    /// can name.
    fn compromised(
        &mut self,
        books: &Books,
        party: Party,
        change: &KeyChange,
        received: Option<Timestamp>,
    ) {
        let suspect = suspects(books, party, change);
        for some in suspect.chunks(REFERENCES_MAX.saturating_sub(1)) {
            let evidence = std::iter::once(change.event).chain(some.iter().copied()).collect();
            self.found(BreakClass::Suspect, Owner::Both, received, evidence);
        }
    }

    /// A key-event that was approved where the keys did not allow it any more.
    pub(super) fn key_event(&mut self, taken: &Taken<'_>) {
        if self.keys.of(taken.party).change(taken.id).is_none() {
            self.redress.fates.insert(taken.id, Fate::WithoutEffect);
            self.illegal(taken, taken.id);
        }
    }
}

/// The keys of both parties before their first entries.
pub(super) fn founding(agreement: &Agreement) -> PerParty<Keybook> {
    PerParty::from_fn(|party| Keybook::new(agreement, party))
}
