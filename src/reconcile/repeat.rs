//! Persons whom a side's own list has in two movements. What the list calls a person is never kept,
//! shown or logged: only a short digest of it is held, in memory, while the list is read.

use std::collections::BTreeMap;

use super::{ListDifference, Listed};
use crate::{
    limits::PERSONS_REMEMBERED_MAX,
    names::{Date, sha256},
    record::Kind,
};

/// A person of a list, by the first half of a digest of what the list calls them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonMark([u8; 16]);

impl PersonMark {
    /// The mark of a person.
    #[must_use]
    pub fn of(person: &str) -> Self {
        let digest = sha256(format!("entente person v1\n{person}").as_bytes());
        let mut mark = [0; 16];
        mark.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(mark)
    }
}

/// The persons of a list so far.
#[derive(Clone, Default)]
pub struct Persons {
    /// The line and day on which each first travelled.
    first: BTreeMap<(Kind, PersonMark), (u64, Date)>,
    forgotten: u64,
}

impl Persons {
    /// Looks at the person of a line. Only returns are looked at: one person may have several
    /// visas. Two lines of one day are one journey, under the reference of the movement and under
    /// that of the case.
    pub fn look(&mut self, listed: &Listed, person: PersonMark) -> Option<ListDifference> {
        if !matches!(listed.event, Kind::Departure | Kind::Arrival) {
            return None;
        }
        let key = (listed.event, person);
        if let Some((first, date)) = self.first.get(&key).copied() {
            let again = date != listed.date;
            return again.then(|| ListDifference::RepeatPerson { listed: listed.clone(), first });
        }
        if self.first.len() < PERSONS_REMEMBERED_MAX {
            self.first.insert(key, (listed.line, listed.date));
        } else {
            self.forgotten = self.forgotten.saturating_add(1);
        }
        None
    }

    /// Lines whose persons could not be remembered, because there are too many.
    #[must_use]
    pub const fn forgotten(&self) -> u64 {
        self.forgotten
    }
}
