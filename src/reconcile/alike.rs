//! Lines of a national list that say the same are one break, and told once.

use std::collections::BTreeMap;

use super::{ListDifference, Listed};
use crate::{limits::LINES_REMEMBERED_MAX, names::Hash};

/// Differences of lines so far. Those of events of the logs are each told for themselves: there is
/// one of them for an event.
#[derive(Debug, Clone)]
pub struct Alike {
    missing: BTreeMap<Hash, (Listed, u64)>,
    repeats: BTreeMap<Hash, (Listed, u64, u64)>,
    /// How many different lines there may be in both together.
    most: usize,
}

impl Default for Alike {
    fn default() -> Self {
        Self::remembering(LINES_REMEMBERED_MAX)
    }
}

impl Alike {
    /// Remembers no more different lines than so many.
    #[must_use]
    pub const fn remembering(most: usize) -> Self {
        Self { missing: BTreeMap::new(), repeats: BTreeMap::new(), most }
    }

    /// Keeps a difference until the end of the list. One that is not kept is given back: an event
    /// of the logs has it, or too many different lines are remembered already.
    pub fn take(&mut self, one: ListDifference) -> Option<ListDifference> {
        let room = self.remembered() < self.most;
        match one {
            ListDifference::MissingInLog { listed, times } => {
                let digest = listed.digest();
                match self.missing.get_mut(&digest) {
                    Some((_, sum)) => *sum = sum.saturating_add(times),
                    None if room => drop(self.missing.insert(digest, (listed, times))),
                    None => return Some(ListDifference::MissingInLog { listed, times }),
                }
                None
            }
            ListDifference::RepeatPerson { listed, first, times } => {
                let digest = listed.digest();
                match self.repeats.get_mut(&digest) {
                    Some((_, _, sum)) => *sum = sum.saturating_add(times),
                    None if room => drop(self.repeats.insert(digest, (listed, first, times))),
                    None => return Some(ListDifference::RepeatPerson { listed, first, times }),
                }
                None
            }
            ListDifference::MissingInList { .. } | ListDifference::Differing { .. } => Some(one),
        }
    }

    /// How many different lines are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.missing.len().saturating_add(self.repeats.len())
    }

    /// What was kept, in the order of the lines.
    #[must_use]
    pub fn finish(self) -> Vec<ListDifference> {
        let missing = self
            .missing
            .into_values()
            .map(|(listed, times)| (listed.line, ListDifference::MissingInLog { listed, times }));
        let repeats = self.repeats.into_values().map(|(listed, first, times)| {
            (listed.line, ListDifference::RepeatPerson { listed, first, times })
        });
        let mut all: Vec<(u64, ListDifference)> = missing.chain(repeats).collect();
        all.sort_by_key(|(line, _)| *line);
        all.into_iter().map(|(_, one)| one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ledger::fixture::day, names::Persons, record::Kind};

    fn listed(line: u64, persons: u16) -> Listed {
        let (reference, date) = ("GB04-1".parse().unwrap(), day("2025-09-01"));
        Listed { line, reference, event: Kind::Departure, date, persons: Persons(persons) }
    }

    fn missing(line: u64, persons: u16, times: u64) -> ListDifference {
        ListDifference::MissingInLog { listed: listed(line, persons), times }
    }

    fn repeat(line: u64, persons: u16, times: u64) -> ListDifference {
        ListDifference::RepeatPerson { listed: listed(line, persons), first: 2, times }
    }

    #[test]
    fn lines_that_are_the_same_in_all_fields_are_told_once_with_their_number() {
        let mut one = Alike::default();
        for line in [missing(7, 1, 1), missing(4, 2, 1), missing(9, 1, 1), missing(11, 1, 1)] {
            assert_eq!(one.take(line), None);
        }
        for line in [repeat(4, 2, 1), repeat(12, 2, 1)] {
            assert_eq!(one.take(line), None);
        }
        assert_eq!(one.finish(), [missing(4, 2, 1), repeat(4, 2, 2), missing(7, 1, 3)]);
    }

    #[test]
    fn what_has_no_room_is_told_by_itself_and_what_is_known_is_still_counted() {
        let mut one = Alike::remembering(2);
        assert_eq!(one.take(missing(1, 1, 1)), None);
        assert_eq!(one.take(repeat(1, 1, 1)), None);
        assert_eq!(one.take(missing(2, 2, 1)), Some(missing(2, 2, 1)));
        assert_eq!(one.take(repeat(2, 2, 1)), Some(repeat(2, 2, 1)));
        assert_eq!(one.take(missing(3, 1, 1)), None);
        assert_eq!(one.remembered(), 2);
        assert_eq!(one.finish(), [missing(1, 1, 2), repeat(1, 1, 1)]);
    }
}
