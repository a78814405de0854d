//! The newest log of each party by itself, in its own positions and sizes: as its store, its
//! session and its receipts count them.

use super::{Books, Place};
use crate::{
    ledger::Entry,
    names::{Party, PerParty, Position, RecordId, Size, Timestamp},
    record::{Content, LogEndReason},
};

/// Both newest logs, without what came before them.
#[derive(Debug, Clone, Copy)]
pub struct Newest<'a>(pub(super) &'a Books);

/// What a log says as it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastWord {
    /// Where it says so.
    pub at: Position,
    /// Why it ends.
    pub reason: LogEndReason,
    /// The version of the agreement that it refers to, if it does.
    pub version: Option<RecordId>,
}

impl LastWord {
    /// The version that both logs refer to as they end, if they do.
    #[must_use]
    pub fn version(both: &PerParty<Option<Self>>) -> Option<RecordId> {
        let [gbr, fra] = [both.gbr, both.fra].map(|word| word.and_then(|word| word.version));
        gbr.filter(|_| gbr == fra)
    }
}

impl<'a> Newest<'a> {
    /// The log-end of each log, where there is one.
    #[must_use]
    pub fn last_words(self) -> PerParty<Option<LastWord>> {
        PerParty::from_fn(|party| {
            self.entries(party, Position(0)).find_map(|(at, entry)| {
                let record = entry.sound()?.get();
                let Content::LogEnd(end) = &record.content else { return None };
                let version = record.re.first().copied();
                Some(LastWord { at, reason: end.reason, version })
            })
        })
    }

    /// Where the first entanglement that covers a position stands in the counterpart's log.
    #[must_use]
    pub fn covered_at(self, party: Party, position: Position) -> Option<Position> {
        let at = self.0.covered_at(party, self.row(party, position))?;
        let place = self.0.place(party.other(), at);
        (place.generation == self.0.generation()).then_some(place.at)
    }

    /// How many entries `party`'s log has.
    #[must_use]
    pub fn size(self, party: Party) -> Size {
        Size(self.0.size(party).0.saturating_sub(self.0.begin(party).0))
    }

    /// One entry.
    #[must_use]
    pub fn entry(self, party: Party, position: Position) -> Option<&'a Entry> {
        self.0.entry(party, self.row(party, position))
    }

    /// All entries of `party`'s log from `start` on, with their positions.
    pub fn entries(
        self,
        party: Party,
        start: Position,
    ) -> impl Iterator<Item = (Position, &'a Entry)> {
        let begin = self.0.begin(party).0;
        let row = self.0.entries(party, self.row(party, start));
        row.map(move |(position, entry)| (Position(position.0.saturating_sub(begin)), entry))
    }

    /// Where a record first stands, if that is in one of these logs.
    #[must_use]
    pub fn find(self, id: RecordId) -> Option<(Party, Position)> {
        let (party, position) = self.0.find(id)?;
        let place = self.0.place(party, position);
        (place.generation == self.0.generation()).then_some((party, place.at))
    }

    /// Size and time of the first entanglement that covers a position.
    #[must_use]
    pub fn receipt(self, party: Party, position: Position) -> Option<(Size, Timestamp)> {
        let (size, time) = self.0.receipt(party, self.row(party, position))?;
        Some((self.own(party, size)?, time))
    }

    /// The largest size of the counterpart's log that the first `within` entries of `party`'s log
    /// have entangled.
    #[must_use]
    pub fn entangled_within(self, party: Party, within: Size) -> Option<Size> {
        let within = self.0.begin(party).plus(within.0);
        self.own(party.other(), self.0.entangled_within(party, within)?)
    }

    fn row(self, party: Party, position: Position) -> Position {
        Position(self.0.begin(party).plus(position.0).0)
    }

    /// A size of the row as the newest log counts it; nothing if it ends before that log.
    fn own(self, party: Party, size: Size) -> Option<Size> {
        let Place { generation, at } = self.0.end(party, size);
        (generation == self.0.generation()).then_some(at)
    }
}
