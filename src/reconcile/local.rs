//! Breaks that the two logs alone do not decide: what one side alone sees, or whoever holds two
//! copies or a national list against the logs. No body counts them.

mod guide;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{CopyDifference, ListDifference, Listed};
use crate::{
    cbor,
    ledger::{Books, Owner},
    limits::NO_RECEIPT_SECONDS,
    names::{Hash, Party, Position, Timestamp, sha256},
    record::{AgeBucket, Kind},
};

codes! {
    /// Classes of breaks that the two logs alone do not decide.
    pub enum LocalClass: "local break class" {
        /// The British copy of a log ends before the French one.
        MissingAtGbr = 1 => "missing-at-gbr",
        /// The French copy of a log ends before the British one.
        MissingAtFra = 2 => "missing-at-fra",
        /// The two copies of a log differ, and its author has signed at most one of them.
        DivergentCopy = 3 => "divergent-copy",
        /// The author of a log has signed two histories of it.
        Fork = 4 => "fork",
        /// The counterpart has not covered entries of our log for too long.
        NoReceipt = 5 => "no-receipt",
        /// The national list has an event that no log has.
        MissingInLog = 6 => "missing-in-log",
        /// A log has an event that the national list has not.
        MissingInList = 7 => "missing-in-list",
        /// List and log differ in the day or the persons of an event.
        DiffersFromList = 8 => "differs-from-list",
        /// The national list has one person in two movements.
        RepeatPerson = 9 => "repeat-person",
    }
}

/// A break that one side alone sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalBreak {
    /// SHA-256 of class and evidence.
    pub id: Hash,
    /// What kind of discrepancy.
    pub class: LocalClass,
    /// Who has to act.
    pub owner: Owner,
    /// When it began.
    pub began: Timestamp,
    /// Leaf hashes of entries, ids of records, or digests of lines of a list; ascending.
    pub evidence: Vec<Hash>,
}

/// Entries of our own log that wait for the counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreceipted {
    /// The break.
    #[serde(flatten)]
    pub found: LocalBreak,
    /// Where the first of them stands.
    pub position: Position,
    /// How many wait, entanglements aside.
    pub waiting: u64,
}

impl LocalBreak {
    /// A break by its class and evidence.
    #[must_use]
    pub fn new(
        class: LocalClass,
        owner: Owner,
        began: Timestamp,
        evidence: impl IntoIterator<Item = Hash>,
    ) -> Self {
        let evidence: BTreeSet<Hash> = evidence.into_iter().collect();
        let evidence: Vec<Hash> = evidence.into_iter().collect();
        let id = cbor::encode(&("entente local break v1", class, &evidence));
        Self { id: Hash::new(sha256(&id)), class, owner, began, evidence }
    }

    /// The break that two copies of a log show. It began when the first entry was signed over which
    /// they differ.
    #[must_use]
    pub fn of_copies(one: &CopyDifference, began: Timestamp) -> Self {
        let (class, owner) = match one {
            CopyDifference::Missing { at: Party::Gbr, .. } => {
                (LocalClass::MissingAtGbr, Owner::Both)
            }
            CopyDifference::Missing { at: Party::Fra, .. } => {
                (LocalClass::MissingAtFra, Owner::Both)
            }
            CopyDifference::Divergent { fork: None, .. } => {
                (LocalClass::DivergentCopy, Owner::Both)
            }
            CopyDifference::Divergent { log, fork: Some(_), .. } => {
                (LocalClass::Fork, Owner::Party(*log))
            }
        };
        let evidence = match one {
            CopyDifference::Missing { next, .. } => vec![*next],
            CopyDifference::Divergent { leaves, .. } => vec![leaves.gbr, leaves.fra],
        };
        Self::new(class, owner, began, evidence)
    }

    /// The break that a side's own list shows. It began on the day of the event.
    #[must_use]
    pub fn of_list(one: &ListDifference, party: Party) -> Self {
        let owner = Owner::Party(party);
        let record = |record: crate::names::RecordId| Hash::new(*record.as_bytes());
        let (class, day, evidence) = match one {
            ListDifference::MissingInLog { listed, .. } => {
                (LocalClass::MissingInLog, listed.date, listed.digest())
            }
            ListDifference::MissingInList { logged } => {
                (LocalClass::MissingInList, logged.date, record(logged.record))
            }
            ListDifference::Differing { logged, .. } => {
                (LocalClass::DiffersFromList, logged.date, record(logged.record))
            }
            ListDifference::RepeatPerson { listed, .. } => {
                (LocalClass::RepeatPerson, listed.date, listed.digest())
            }
        };
        Self::new(class, owner, day.start(), [evidence])
    }

    /// Its age at `as_of`; what began later has age 0.
    #[must_use]
    pub fn age(&self, as_of: Timestamp) -> AgeBucket {
        AgeBucket::of(self.began, as_of)
    }
}

impl Listed {
    /// What the line says, wherever in the list it stands.
    pub(super) fn digest(&self) -> Hash {
        let (reference, event): (&str, Kind) = (self.reference.as_str(), self.event);
        let said = ("entente listed event v1", reference, event, self.date, self.persons);
        Hash::new(sha256(&cbor::encode(&said)))
    }
}

/// Entries of `party`'s own log that the counterpart should have covered by `now`: one break for
/// the log. Entanglements are covered with whatever follows them, and wait for nothing.
#[must_use]
pub fn unreceipted(books: &Books, party: Party, now: Timestamp) -> Option<Unreceipted> {
    let other = party.other();
    let covered = books.entangled_within(other, books.size(other)).unwrap_or_default();
    let waiting = || {
        let entries = books.entries(party, covered.next());
        entries.filter(|(_, entry)| entry.entanglement().is_none())
    };
    let (position, entry) = waiting().next()?;
    let record = entry.record()?;
    let began = record.signed_at().plus(NO_RECEIPT_SECONDS);
    if now < began {
        return None;
    }
    let evidence = [Hash::new(*record.id().as_bytes())];
    let found = LocalBreak::new(LocalClass::NoReceipt, Owner::Party(other), began, evidence);
    let waiting = u64::try_from(waiting().count()).unwrap_or(u64::MAX);
    Some(Unreceipted { found, position, waiting })
}
