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
#[derive(Clone)]
pub struct Persons {
    /// The line and day on which each first travelled.
    first: BTreeMap<(Kind, PersonMark), (u64, Date)>,
    /// How many of them there may be.
    most: usize,
    forgotten: u64,
}

impl Default for Persons {
    fn default() -> Self {
        Self::remembering(PERSONS_REMEMBERED_MAX)
    }
}

impl Persons {
    /// Remembers no more persons than so many.
    #[must_use]
    pub const fn remembering(most: usize) -> Self {
        Self { first: BTreeMap::new(), most, forgotten: 0 }
    }

    /// How many persons are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.first.len()
    }

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
            let listed = listed.clone();
            return again.then_some(ListDifference::RepeatPerson { listed, first, times: 1 });
        }
        if self.first.len() < self.most {
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
