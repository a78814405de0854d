//! Both logs side by side, and how far into each one looks.
//!
//! Logs may have predecessors. In the books the logs of one party stand in a row, each behind the
//! end of the one before it, and sizes and positions count along the row. A record counts within
//! its own log: what it says of the counterpart's log is put into the row here and nowhere else.

mod newest;

use std::collections::BTreeMap;

pub use newest::{LastWord, Newest};

use super::Entry;
use crate::{
    names::{Hash, Party, PerParty, Position, RecordId, Size, Timestamp, Week},
    record::Content,
    tlog::Frontier,
};

/// Both logs as admitted, with the indexes that the fold needs.
#[derive(Debug, Clone, Default)]
pub struct Books {
    logs: PerParty<Log>,
    /// First position of each record id, in whichever log: a later copy has no effect.
    first: BTreeMap<RecordId, (Party, Position)>,
    /// Where each pair of logs begins that succeeded another, oldest first.
    begins: Vec<View>,
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

/// A place in the row of one party's logs, as its own log counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<T> {
    /// How many logs came before this one.
    pub generation: usize,
    /// The position or size within it.
    pub at: T,
}

impl Books {
    /// Ends both logs where they stand: what is added from here on stands in their successors.
    pub fn succeed(&mut self) {
        self.begins.push(self.all());
    }

    /// The newest logs by themselves.
    #[must_use]
    pub const fn newest(&self) -> Newest<'_> {
        Newest(self)
    }

    /// How many pairs of logs came before the newest.
    #[must_use]
    pub const fn generation(&self) -> usize {
        self.begins.len()
    }

    /// Where the newest log of `party` begins in its row.
    #[must_use]
    pub fn begin(&self, party: Party) -> Size {
        self.begins.last().map_or(Size(0), |view| view.size(party))
    }

    /// Where in its row a log of `party` begins.
    fn begin_of(&self, party: Party, generation: usize) -> Size {
        let view = generation.checked_sub(1).and_then(|index| self.begins.get(index));
        view.map_or(Size(0), |view| view.size(party))
    }

    /// In which log of `party` an entry stands, and where in it.
    #[must_use]
    pub fn place(&self, party: Party, position: Position) -> Place<Position> {
        let begun = |view: &View| view.size(party).0 <= position.0;
        let generation = self.begins.iter().take_while(|view| begun(view)).count();
        let begin = self.begin_of(party, generation);
        Place { generation, at: Position(position.0.saturating_sub(begin.0)) }
    }

    /// Which log of `party` ends a row of this size, and how many of its entries are in it. Where a
    /// successor has nothing yet, its predecessor ends the row.
    #[must_use]
    pub fn end(&self, party: Party, size: Size) -> Place<Size> {
        let begun = |view: &View| view.size(party) < size;
        let generation = self.begins.iter().take_while(|view| begun(view)).count();
        let begin = self.begin_of(party, generation);
        Place { generation, at: Size(size.0.saturating_sub(begin.0)) }
    }

    /// The size of the row that ends so far in a log of `party`; at the most where that log ends,
    /// as what is named beyond is none of its successor's entries.
    #[must_use]
    pub fn row(&self, party: Party, end: Place<Size>) -> Size {
        let row = self.begin_of(party, end.generation).plus(end.at.0);
        let next = self.begins.get(end.generation).map(|view| view.size(party));
        next.map_or(row, |next| row.min(next))
    }

    /// Whether a size that an entry of `party`'s row names of the counterpart's log lies beyond the
    /// end that both sides have pinned: what was there is nobody's to judge any more.
    pub(super) fn is_beyond_the_end(&self, party: Party, position: Position, named: Size) -> bool {
        let generation = self.place(party, position).generation;
        let end = self.begins.get(generation).map(|view| view.size(party.other()));
        end.is_some_and(|end| self.begin_of(party.other(), generation).plus(named.0) > end)
    }

    /// The effective entanglement at a position of `party`'s row: how much of the counterpart's row
    /// it shows, and its time.
    #[must_use]
    pub fn entangled_at(&self, party: Party, position: Position) -> Option<(Size, Timestamp)> {
        let covers = &self.logs.of(party).covers;
        let index = covers.binary_search_by_key(&position, |cover| cover.at).ok()?;
        covers.get(index).map(|cover| (cover.size, cover.time))
    }

    /// Adds the next entry of `party`'s log.
    pub fn push(&mut self, party: Party, entry: Entry) {
        let position = self.size(party).next();
        if let Some(id) = entry.id() {
            self.first.entry(id).or_insert((party, position));
        }
        let begin = self.begin(party.other());
        let cover = entry.entanglement().map(|(one, time)| Cover {
            size: begin.plus(one.size.0),
            time,
            at: position,
        });
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

    /// The root of a log of `party` at a size within it, from the leaves that are held.
    #[must_use]
    pub fn root(&self, party: Party, end: Place<Size>) -> Option<Hash> {
        let (begin, named) = (self.begin_of(party, end.generation), end.at);
        let end = self.row(party, end);
        let whole = end <= self.size(party) && end == begin.plus(named.0);
        let mut tree = Frontier::default();
        for (_, entry) in
            self.entries(party, begin.next()).take_while(|(position, _)| end.covers(*position))
        {
            tree.append(entry.leaf);
        }
        whole.then(|| tree.root())
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
