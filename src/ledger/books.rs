//! Both logs side by side, and how far into each one looks.

use std::collections::BTreeMap;

use super::Entry;
use crate::{
    names::{Party, PerParty, Position, RecordId, Size, Timestamp, Week},
    record::Content,
};

/// Both logs as admitted, with the indexes that the fold needs.
#[derive(Debug, Clone, Default)]
pub struct Books {
    logs: PerParty<Log>,
    /// First position of each record id, in whichever log: a later copy has no effect.
    first: BTreeMap<RecordId, (Party, Position)>,
}

#[derive(Debug, Clone, Default)]
struct Log {
    entries: Vec<Entry>,
    /// Every effective entanglement of this log; sizes and times ascend.
    covers: Vec<Cover>,
    /// Where each week was first closed, so that a year of weeks is not a year of searches.
    closes: BTreeMap<Week, Position>,
    /// Where each week was stated, in order: the first holds.
    statements: BTreeMap<Week, Vec<Position>>,
}

/// What an entanglement covers of the counterpart's log, and where it stands in its own.
#[derive(Debug, Clone, Copy)]
struct Cover {
    size: Size,
    time: Timestamp,
    at: Position,
}

/// How many entries of each log are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Of the British log.
    pub gbr: Size,
    /// Of the French log.
    pub fra: Size,
}

impl View {
    /// Nothing.
    pub const EMPTY: Self = Self { gbr: Size(0), fra: Size(0) };

    /// How many entries of `party`'s log.
    #[must_use]
    pub const fn size(self, party: Party) -> Size {
        match party {
            Party::Gbr => self.gbr,
            Party::Fra => self.fra,
        }
    }

    /// The same view with another size for `party`'s log, if that is larger.
    #[must_use]
    pub fn raised(self, party: Party, size: Size) -> Self {
        match party {
            Party::Gbr => Self { gbr: self.gbr.max(size), ..self },
            Party::Fra => Self { fra: self.fra.max(size), ..self },
        }
    }
}

impl Books {
    /// Adds the next entry of `party`'s log.
    pub fn push(&mut self, party: Party, entry: Entry) {
        let position = self.size(party).next();
        if let Some(id) = entry.id() {
            self.first.entry(id).or_insert((party, position));
        }
        let cover =
            entry.entanglement().map(|(one, time)| Cover { size: one.size, time, at: position });
        let log = self.logs.of_mut(party);
        match entry.sound().map(|record| &record.get().content) {
            Some(Content::WeekClose(one)) => {
                log.closes.entry(one.week).or_insert(position);
            }
            Some(Content::WeeklyStatement(one)) => {
                log.statements.entry(one.body.week).or_default().push(position);
            }
            Some(_) | None => {}
        }
        log.covers.extend(cover);
        log.entries.push(entry);
    }

    /// All that is held.
    #[must_use]
    pub fn all(&self) -> View {
        View { gbr: self.size(Party::Gbr), fra: self.size(Party::Fra) }
    }

    /// How many entries of `party`'s log are held.
    #[must_use]
    pub fn size(&self, party: Party) -> Size {
        Size(u64::try_from(self.logs.of(party).entries.len()).unwrap_or(u64::MAX))
    }

    /// One entry.
    #[must_use]
    pub fn entry(&self, party: Party, position: Position) -> Option<&Entry> {
        self.logs.of(party).entries.get(usize::try_from(position.0).ok()?)
    }

    /// All entries of `party`'s log from `start` on, with their positions.
    pub fn entries(
        &self,
        party: Party,
        start: Position,
    ) -> impl Iterator<Item = (Position, &Entry)> {
        let skip = usize::try_from(start.0).unwrap_or(usize::MAX);
        (start.0..).map(Position).zip(self.logs.of(party).entries.iter().skip(skip))
    }

    /// Where a record first stands.
    #[must_use]
    pub fn find(&self, id: RecordId) -> Option<(Party, Position)> {
        self.first.get(&id).copied()
    }

    /// Where `party` first closed a week.
    #[must_use]
    pub fn close(&self, party: Party, week: Week) -> Option<Position> {
        self.logs.of(party).closes.get(&week).copied()
    }

    /// Where `party` first stated a week.
    #[must_use]
    pub fn statement(&self, party: Party, week: Week) -> Option<Position> {
        let valid = |position: &Position| {
            let record = self.entry(party, *position).and_then(Entry::sound);
            let received = self.receipt(party, *position).map(|(_, time)| time);
            record.is_some_and(|one| received.is_none_or(|time| time <= one.not_after()))
        };
        self.logs.of(party).statements.get(&week)?.iter().copied().find(valid)
    }

    /// Size and time of the first entanglement, in the counterpart's log, that covers a position:
    /// its time of receipt, if there is one yet.
    #[must_use]
    pub fn receipt(&self, party: Party, position: Position) -> Option<(Size, Timestamp)> {
        self.cover(party, position).map(|cover| (cover.size, cover.time))
    }

    /// Where in the counterpart's log that entanglement stands. What the counterpart wrote after it
    /// comes after the entry, so the entry cannot have been an answer to it.
    pub(super) fn covered_at(&self, party: Party, position: Position) -> Option<Position> {
        self.cover(party, position).map(|cover| cover.at)
    }

    /// The largest size of the counterpart's log that the first `within` entries of `party`'s log
    /// have entangled.
    #[must_use]
    pub fn entangled_within(&self, party: Party, within: Size) -> Option<Size> {
        let covers = &self.logs.of(party).covers;
        let beyond = covers.partition_point(|cover| within.covers(cover.at));
        covers.get(beyond.checked_sub(1)?).map(|cover| cover.size)
    }

    /// How much of `party`'s log the counterpart had covered by a time: the largest size in its
    /// effective entanglements whose time is not later.
    #[must_use]
    pub fn covered_by(&self, party: Party, time: Timestamp) -> Size {
        let covers = &self.logs.of(party.other()).covers;
        let later = covers.partition_point(|cover| cover.time <= time);
        let newest = later.checked_sub(1).and_then(|last| covers.get(last));
        newest.map_or(Size(0), |cover| cover.size)
    }

    fn cover(&self, party: Party, position: Position) -> Option<Cover> {
        let covers = &self.logs.of(party.other()).covers;
        let before = covers.partition_point(|cover| !cover.size.covers(position));
        covers.get(before).copied()
    }
}
