//! What a log takes over from the ones that it succeeds.

use std::collections::HashMap;

use super::state::{LoadFault, Seat, State};
use crate::{
    envelope::Verified,
    ledger::{Inheritance, LogReader, examine},
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{PerParty, Position, SubmissionId},
    record::{Content, Record, Succession},
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
            let beyond = beyond(&store, seat, state.reader(seat.party).clone())?;
            Ok(Inheritance::new(state.books, state.readers).leaving(beyond))
        };
        let inheritance = read();
        store.check()?;
        inheritance
    }
}

/// Our own records beyond the end, read on from there by the keys that were enrolled meanwhile. One
/// that cannot be read is an error: it was acknowledged to somebody.
fn beyond<S: Store>(
    store: &S,
    seat: &Seat,
    mut reader: LogReader,
) -> Result<Vec<Verified<Record>>, LoadFault> {
    let log = seat.party;
    let mut records = Vec::new();
    loop {
        let next = reader.size().next();
        let stored = store.entries(log, next, ENTRIES_PER_MESSAGE_MAX, ENTRIES_BYTES_MAX)?;
        if stored.is_empty() {
            return Ok(records);
        }
        for one in stored {
            let position = one.position;
            let fault = |reason: String| LoadFault::Entry { log, position, reason };
            let examined = examine(reader.keys(), position, one.bytes);
            let record = examined.record().map_err(|contest| fault(contest.detail.clone()))?;
            if !matches!(record.get().content, Content::Entanglement(_)) {
                records.push(record.clone());
            }
            // What they say of the counterpart's log is nobody's to judge any more.
            reader
                .admit(&seat.agreement, examined, |_| None)
                .map_err(|_| fault("is out of place".to_owned()))?;
        }
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
