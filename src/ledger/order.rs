//! The one order of two logs (DESIGN: at each step GBR's next entry if all that comes before it is
//! taken, otherwise FRA's).

use super::{Books, Entry, Place, View};
use crate::names::{Party, Position, Size};

/// How far the order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    taken: View,
    /// How much of the counterpart's log comes before the next entry of each log.
    wants: View,
}

/// The next entry in the order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) party: Party,
    pub(super) position: Position,
    pub(super) entry: &'a Entry,
    /// How much of the counterpart's log comes before the entry: what its author had seen.
    pub(super) seen: Size,
    /// Whether every larger view of the same logs has the same entry here.
    pub(super) firm: bool,
}

impl Cursor {
    /// Before the first entry.
    pub(super) const fn new() -> Self {
        Self { taken: View::EMPTY, wants: View::EMPTY }
    }

    /// How much of both logs is taken.
    pub(super) const fn taken(&self) -> View {
        self.taken
    }

    /// Takes the next entry that a view shows.
    pub(super) fn step<'a>(&mut self, books: &'a Books, view: View) -> Option<Step<'a>> {
        let gbr = self.look(books, view, Party::Gbr);
        let fra = self.look(books, view, Party::Fra);
        // A larger view may show more of a log that has come to its end in this one: a British
        // entry that would go first, or a French one that the next British entry waits for.
        if let Some((position, entry)) = gbr
            && self.ready(Party::Gbr)
        {
            return Some(self.take(Party::Gbr, position, entry, true));
        }
        if let Some((position, entry)) = fra
            && self.ready(Party::Fra)
        {
            return Some(self.take(Party::Fra, position, entry, gbr.is_some()));
        }
        // Reached in a view that cuts off what an entry points to, which no cut-off does, and by
        // references that run in a circle, which takes two authors who hand each other ids before
        // they log them. Then the British entry goes first, and what it refers to is unknown to it.
        if let Some((position, entry)) = gbr {
            return Some(self.take(Party::Gbr, position, entry, fra.is_some()));
        }
        fra.map(|(position, entry)| self.take(Party::Fra, position, entry, false))
    }

    /// The next entry of `party`'s log, noting what it comes after. What earlier entries came
    /// after stays noted: a log is in order within itself.
    fn look<'a>(
        &mut self,
        books: &'a Books,
        view: View,
        party: Party,
    ) -> Option<(Position, &'a Entry)> {
        let position = self.taken.size(party).next();
        let shown = view.size(party).covers(position);
        let entry = books.entry(party, position).filter(|_| shown)?;
        for size in points_to(books, party, position, entry) {
            self.wants = self.wants.raised(party, size);
        }
        Some((position, entry))
    }

    fn take<'a>(
        &mut self,
        party: Party,
        position: Position,
        entry: &'a Entry,
        firm: bool,
    ) -> Step<'a> {
        self.taken = self.taken.raised(party, Size::through(position));
        Step { party, position, entry, seen: self.wants.size(party), firm }
    }

    fn ready(&self, party: Party) -> bool {
        self.wants.size(party) <= self.taken.size(party.other())
    }
}

/// How much of the counterpart's log an entry shows that its author had seen.
///
/// A reference to what the counterpart wrote only after it had covered this entry shows nothing: it
/// was made before that record existed in any log. Were it followed, a record that is logged late
/// could move a cut-off that both sides have stated.
pub(crate) fn points_to(
    books: &Books,
    party: Party,
    position: Position,
    entry: &Entry,
) -> impl Iterator<Item = Size> {
    let covered = books.covered_at(party, position);
    let entangled = books.entangled_at(party, position).map(|(size, _)| size);
    // A successor's first entry names the end of both predecessors.
    let place = books.place(party, position);
    let succeeds = (place.generation > 0 && place.at == Position(0))
        .then(|| books.row(party.other(), Place { generation: place.generation, at: Size(0) }));
    let references = entry.sound().map_or(&[][..], |record| &record.get().re);
    let referred = references
        .iter()
        .filter_map(|id| books.find(*id))
        .filter(move |(owner, at)| *owner != party && covered.is_none_or(|covered| *at < covered))
        .map(|(_, position)| Size::through(position));
    entangled.into_iter().chain(succeeds).chain(referred)
}
