//! What a log takes over from the ones that it succeeds.

use std::collections::HashMap;

use super::state::{LoadFault, Seat, State};
use crate::{
    envelope::Verified,
    ledger::Inheritance,
    names::{PerParty, Position, SubmissionId},
    record::Succession,
    store::{FailStop, Store},
};

impl State {
    /// Reads both logs as far as the final checkpoints that a succession names. What lies beyond
    /// them has ended with them, and what shows more of the other log than its end has no effect,
    /// so that both sides read the same whatever else either holds.
    ///
    /// # Errors
    /// The first question that the store did not answer, or else the first thing in it that is not
    /// as it was written.
    pub fn inherit<S: Store>(
        store: &S,
        seat: &Seat,
        succession: &Succession,
    ) -> Result<Inheritance, LoadFault> {
        let store = FailStop::new(store);
        let read = || {
            super::group::identity(&store, seat)?;
            let mut state = Self::empty(seat);
            let ends = PerParty::from_fn(|log| Some(succession.party(log).ended.size));
            for log in [seat.party, seat.party.other()] {
                state.load_entries(&store, seat, log, &ends)?;
            }
            Ok(Inheritance::new(state.books, state.readers))
        };
        let inheritance = read();
        store.check()?;
        inheritance
    }
}

/// Our own records in the logs before this one: a submission is logged once, whatever has succeeded
/// the log in which it stands.
pub(super) fn submissions(seat: &Seat) -> HashMap<SubmissionId, Position> {
    let books = seat.agreement.books();
    let own = books.entries(seat.party, Position(0));
    let mut submissions = HashMap::new();
    for (position, record) in own.filter_map(|(at, entry)| Some((at, entry.record()?))) {
        submissions.entry(Verified::submission(record)).or_insert(position);
    }
    submissions
}
