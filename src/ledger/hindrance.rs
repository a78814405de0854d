//! What the author's own daemon refuses though it is of form: a request or an allocation outside
//! the time for which the agreement is in force, and visas beyond the head start, if the provisions
//! say so. Logged all the same, by other software, they would be breaks.

use super::{Books, Folder, Phase, fold::Fold};
use crate::{
    names::{Date, Party, RecordId, Timestamp},
    record::{Content, HeadStartRule, Record},
};

/// Why a record is not to be logged now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// The agreement is not in force yet.
    #[error("the agreement is in force from {from} on")]
    Before {
        /// Its first day.
        from: Date,
    },
    /// The agreement has ended: arrivals, corrections and settlement go on, new requests do not.
    #[error(
        "the agreement ended on {last}: no new requests or windows; arrivals, corrections and \
         settlement go on"
    )]
    RunOff {
        /// Its last day.
        last: Date,
    },
    /// Visas would take admissions too far ahead of returns.
    #[error(
        "admissions, with the visas outstanding, would be {ahead} persons ahead of returns, and \
         the provisions allow {allowed}"
    )]
    HeadStart {
        /// By how many persons.
        ahead: u64,
        /// How many the provisions allow.
        allowed: u64,
    },
}

impl Folder {
    /// What keeps `party` from logging a record as its next entry at `now`, given all that is held,
    /// and visas for so many persons that wait to be signed.
    #[must_use]
    pub fn hindrance(
        &mut self,
        books: &Books,
        party: Party,
        record: &Record,
        waiting: u64,
        now: Timestamp,
    ) -> Option<Hindrance> {
        if let Content::ReadmissionRequest(_) | Content::Allocation(_) = &record.content {
            let versions = self.versions(books);
            let number = versions.number(party);
            return match versions.phase(number, now.date()) {
                Phase::InForce => None,
                Phase::Before => Some(Hindrance::Before { from: versions.provisions(0).in_force }),
                Phase::RunOff => Some(Hindrance::RunOff { last: versions.last_day(number) }),
            };
        }
        if let Content::VisaIssued(visa) = &record.content {
            let persons = u64::from(visa.persons()).saturating_add(waiting);
            return self.head_start(books, party, now, |_| persons);
        }
        let Content::Correction(one) = &record.content else { return None };
        let Content::VisaIssued(visa) = &one.replacement.as_ref()?.content else { return None };
        let (named, persons) = (record.re.first().copied()?, visa.persons().into());
        self.head_start(books, party, now, |fold| {
            let more = u64::saturating_sub(persons, holders(fold, named));
            if more == 0 { 0 } else { more.saturating_add(waiting) }
        })
    }

    /// How far ahead admissions would be with visas for so many persons more, if that is refused.
    fn head_start(
        &mut self,
        books: &Books,
        party: Party,
        now: Timestamp,
        persons: impl FnOnce(&Fold) -> u64,
    ) -> Option<Hindrance> {
        let versions = self.versions(books);
        let provisions = versions.provisions(versions.number(party));
        let (rule, allowed) = (provisions.head_start_rule, provisions.head_start);
        if rule != HeadStartRule::Refuse {
            return None;
        }
        let fold = self.whole(books, now);
        let persons = persons(&fold);
        let ahead = fold.redress.running.ahead().saturating_add(persons.into());
        let ahead = u64::try_from(ahead).unwrap_or(0);
        (persons > 0 && ahead > allowed).then_some(Hindrance::HeadStart { ahead, allowed })
    }
}

/// Persons who hold the visas that a correction of this record corrects.
fn holders(fold: &Fold, named: RecordId) -> u64 {
    let root = fold.redress.root(named);
    fold.ledger.visas.get(&root).map_or(0, |visa| visa.persons.into())
}
