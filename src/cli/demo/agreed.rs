//! What two logs agree on as at a day.

use crate::{
    ledger::{Books, Direction, Ledger},
    names::{Date, RecordId},
};

/// Persons returned and admitted up to the end of `date`, as both logs agree: the movements of
/// that day count, later ones of the same week do not. The ledger is one folded from these books.
#[must_use]
pub fn agreed_at(books: &Books, ledger: &Ledger, date: Date) -> (u64, u64) {
    let sum = |direction| {
        let counted = ledger.contributions.iter().filter(|(_, one)| one.direction == direction);
        let by_then = counted.filter(|(id, _)| day_of(books, **id).is_some_and(|day| day <= date));
        by_then.map(|(_, one)| one.agreed).fold(0, u64::saturating_add)
    };
    (sum(Direction::Returned), sum(Direction::Admitted))
}

/// The day of the movement that a record states.
fn day_of(books: &Books, id: RecordId) -> Option<Date> {
    let (party, position) = books.find(id)?;
    books.entry(party, position)?.sound()?.get().day()
}
