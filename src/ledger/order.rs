//! The one order of two logs (DESIGN: at each step GBR's next entry if all that comes before it is
//! taken, otherwise FRA's).

use super::{Books, Entry, View};
use crate::names::{Party, Position, Size};

/// Entries of both logs, each after all that comes before it.
pub(super) struct Ordered<'a> {
    books: &'a Books,
    view: View,
    taken: View,
    /// How much of the counterpart's log must be taken before the next entry of each log.
    wants: View,
}

impl<'a> Ordered<'a> {
    pub(super) fn new(books: &'a Books, view: View) -> Self {
        let mut order = Self { books, view, taken: View::EMPTY, wants: View::EMPTY };
        for party in Party::BOTH {
            order.look_ahead(party);
        }
        order
    }

    /// Notes what the next entry of `party`'s log comes after. What its earlier entries came after
    /// stays noted: a log is in order within itself.
    fn look_ahead(&mut self, party: Party) {
        if let Some((position, entry)) = self.next_entry(party) {
            for size in points_to(self.books, party, position, entry) {
                self.wants = self.wants.raised(party, size);
            }
        }
    }

    fn next_entry(&self, party: Party) -> Option<(Position, &'a Entry)> {
        let next = self.taken.size(party).next();
        let entry = self.view.size(party).covers(next).then(|| self.books.entry(party, next));
        Some((next, entry.flatten()?))
    }

    fn take(&mut self, party: Party) -> Option<(Party, Position, &'a Entry)> {
        let (position, entry) = self.next_entry(party)?;
        self.taken = self.taken.raised(party, Size::through(position));
        self.look_ahead(party);
        Some((party, position, entry))
    }

    fn ready(&self, party: Party) -> bool {
        self.wants.size(party) <= self.taken.size(party.other())
    }
}

impl<'a> Iterator for Ordered<'a> {
    type Item = (Party, Position, &'a Entry);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready(Party::Gbr)
            && let Some(taken) = self.take(Party::Gbr)
        {
            return Some(taken);
        }
        if self.ready(Party::Fra)
            && let Some(taken) = self.take(Party::Fra)
        {
            return Some(taken);
        }
        // Reached in a view that cuts off what an entry points to, which no cut-off does, and by
        // references that run in a circle, which takes two authors who hand each other ids before
        // they log them. Then the British entry goes first, and what it refers to is unknown to it.
        self.take(Party::Gbr).or_else(|| self.take(Party::Fra))
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
    let entangled = entry.entanglement().map(|(one, _)| one.size);
    let references = entry.sound().map_or(&[][..], |record| &record.get().re);
    let referred = references
        .iter()
        .filter_map(|id| books.find(*id))
        .filter(move |(owner, at)| *owner != party && covered.is_none_or(|covered| *at < covered))
        .map(|(_, position)| Size::through(position));
    entangled.into_iter().chain(referred)
}
