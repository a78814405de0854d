//! What a pair of logs inherits from those that it succeeds.

use std::collections::BTreeMap;

use super::{Agreement, Books, LogReader};
use crate::{
    envelope::{Ed25519Key, Verified},
    names::{Party, PerParty, RecordId},
    record::Record,
};

/// Everything that the logs before these say, read to their ends.
#[derive(Debug, Clone)]
pub struct Inheritance {
    pub(super) books: Books,
    pub(super) readers: PerParty<LogReader>,
    /// Our own records beyond the end of the log before: they are logged anew, or handed back.
    beyond: Vec<Verified<Record>>,
    /// The envelopes of our own records that wait for a second signer: they can be approved in the
    /// log that follows, by whoever sees them.
    waiting: BTreeMap<RecordId, Vec<u8>>,
}

impl Inheritance {
    /// What was read of both logs, and of all that they succeeded.
    #[must_use]
    pub const fn new(books: Books, readers: PerParty<LogReader>) -> Self {
        Self { books, readers, beyond: Vec::new(), waiting: BTreeMap::new() }
    }

    /// The same with our own records that stand beyond the end of the log before.
    #[must_use]
    pub fn leaving(self, beyond: Vec<Verified<Record>>) -> Self {
        Self { beyond, ..self }
    }

    /// The same with the envelopes of our own records that wait for a second signer.
    #[must_use]
    pub fn awaiting(self, waiting: BTreeMap<RecordId, Vec<u8>>) -> Self {
        Self { waiting, ..self }
    }

    /// The envelope of one of our own records that wait for a second signer.
    #[must_use]
    pub fn envelope(&self, id: RecordId) -> Option<&[u8]> {
        self.waiting.get(&id).map(Vec::as_slice)
    }

    /// Our own records beyond the end of the log before, in their order.
    #[must_use]
    pub fn beyond(&self) -> &[Verified<Record>] {
        &self.beyond
    }

    /// Both logs, ended where they stand.
    pub(super) fn books(&self) -> Books {
        let mut books = self.books.clone();
        books.succeed();
        books
    }

    pub(super) fn reader(&self, agreement: &Agreement, party: Party) -> LogReader {
        self.readers.of(party).succeed(agreement, self.books.size(party))
    }

    /// Whether a key is or was enrolled for records, by either party.
    pub(super) fn signs(&self, key: &Ed25519Key) -> bool {
        Party::BOTH.into_iter().any(|party| self.readers.of(party).keys().get(key.id()).is_some())
    }
}
