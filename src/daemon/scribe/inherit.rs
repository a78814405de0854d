//! What a log takes over from the ones that it succeeds.

use std::collections::{BTreeMap, HashMap};

use super::state::{LoadFault, Seat, State};
use crate::{
    envelope::Verified,
    ledger::{Inheritance, LogReader, examine},
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{PerParty, Position, RecordId, SubmissionId, Timestamp},
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
            let waiting = waiting(&store, seat, &mut state)?;
            let inheritance = Inheritance::new(state.books, state.readers);
            Ok(inheritance.leaving(beyond).awaiting(waiting))
        };
        let inheritance = read();
        store.check()?;
        inheritance
    }
}

/// The envelopes of our own records that wait for a second signer, in the log that ends and in
/// those before it: after the end none of them can be decided where it stands.
fn waiting<S: Store>(
    store: &S,
    seat: &Seat,
    state: &mut State,
) -> Result<BTreeMap<RecordId, Vec<u8>>, LoadFault> {
    let log = seat.party;
    let mut envelopes = BTreeMap::new();
    // When it is looked at decides nothing about what waits.
    for (id, _) in
        state.awaiting(Timestamp::default()).into_iter().filter(|(_, one)| one.author == log)
    {
        let bytes = match state.books.newest().find(id) {
            Some((_, position)) => {
                store.entries(log, position, 1, ENTRIES_BYTES_MAX)?.pop().map(|one| one.bytes)
            }
            None => {
                let before = seat.agreement.inherited();
                before.and_then(|logs| logs.envelope(id)).map(<[u8]>::to_vec)
            }
        };
        envelopes.extend(bytes.map(|bytes| (id, bytes)));
    }
    Ok(envelopes)
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
