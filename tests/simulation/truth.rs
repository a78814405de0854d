//! The one true history of both logs: all that was ever committed, and is not lost without a trace.

use std::{collections::BTreeMap, sync::Arc};

use entente::{
    ledger::{Agreement, Books, Entry, LogReader, View, examine},
    names::{BodyDigest, Hash, Party, PerParty, Position, RecordId, Size, SubmissionId},
    record::{Content, WeeklyStatement},
    store::{MemoryStore, Store},
    tlog::Frontier,
};

use crate::keys::agreement;

/// Both logs as they are, whoever holds how much of them.
pub(crate) struct Truth {
    agreement: Arc<Agreement>,
    pub(crate) books: Books,
    logs: PerParty<Log>,
}

struct Log {
    bytes: Vec<Vec<u8>>,
    frontier: Frontier,
    /// The root at each size from 1 on.
    roots: Vec<Hash>,
    reader: LogReader,
    statements: Vec<(WeeklyStatement, BodyDigest)>,
    /// Where each submission first came to stand.
    submissions: BTreeMap<SubmissionId, (RecordId, Position)>,
}

impl Log {
    fn take(&mut self, leaf: Hash, bytes: &[u8], position: Position, entry: &Entry) {
        self.frontier.append(leaf);
        self.roots.push(self.frontier.root());
        self.bytes.push(bytes.to_vec());
        let Some(record) = entry.sound() else { return };
        self.submissions.entry(record.submission()).or_insert((record.id(), position));
        if let Content::WeeklyStatement(one) = &record.get().content {
            self.statements.push(((**one).clone(), one.body.digest()));
        }
    }
}

impl Truth {
    pub(crate) fn new() -> Self {
        let agreement = agreement();
        let log = |party| Log {
            bytes: Vec::new(),
            frontier: Frontier::new(),
            roots: Vec::new(),
            reader: LogReader::new(&agreement, party),
            statements: Vec::new(),
            submissions: BTreeMap::new(),
        };
        let logs = PerParty::from_fn(log);
        Self { agreement, books: Books::default(), logs }
    }

    pub(crate) fn size(&self, log: Party) -> Size {
        self.logs.of(log).frontier.size()
    }

    pub(crate) fn root(&self, log: Party, size: Size) -> Option<Hash> {
        let place = usize::try_from(size.0.checked_sub(1)?).ok()?;
        self.logs.of(log).roots.get(place).copied()
    }

    pub(crate) fn bytes(&self, log: Party, position: Position) -> Option<&[u8]> {
        let place = usize::try_from(position.0).ok()?;
        self.logs.of(log).bytes.get(place).map(Vec::as_slice)
    }

    /// Whether a copy of a store holds of a log what is true of it.
    pub(crate) fn begins_with(&self, copy: &MemoryStore, log: Party) -> bool {
        let last = Position(copy.size(log).unwrap().0.saturating_sub(1));
        let held = copy.entries(log, last, 1, usize::MAX).unwrap();
        held.first().is_none_or(|entry| self.bytes(log, last) == Some(&entry.bytes))
    }

    /// All entries of a log.
    pub(crate) fn all(&self, log: Party) -> &[Vec<u8>] {
        &self.logs.of(log).bytes
    }

    pub(crate) fn statements(&self, party: Party) -> &[(WeeklyStatement, BodyDigest)] {
        &self.logs.of(party).statements
    }

    /// Both logs as somebody knows them who holds so much of each.
    pub(crate) fn books_of(&self, view: View) -> Books {
        let mut books = Books::default();
        for party in Party::BOTH {
            let entries = self.books.entries(party, Position(0));
            for (_, entry) in entries.take_while(|(at, _)| view.size(party).covers(*at)) {
                books.push(party, entry.clone());
            }
        }
        books
    }

    /// The record of a submission, once it is signed and logged.
    pub(crate) fn of_submission(
        &self,
        party: Party,
        id: SubmissionId,
    ) -> Option<(RecordId, Position)> {
        self.logs.of(party).submissions.get(&id).copied()
    }

    /// Adds the next entry of a log, and gives it as it was judged.
    pub(crate) fn append(&mut self, log: Party, bytes: &[u8]) -> &Entry {
        let position = self.size(log).next();
        let examined = examine(self.logs.of(log).reader.keys(), position, bytes.to_vec());
        let leaf = examined.leaf();
        let mut reader = self.logs.of(log).reader.clone();
        let root = |size| self.root(log.other(), size);
        let entry = reader.admit(&self.agreement, examined, root).unwrap();
        let held = self.logs.of_mut(log);
        held.reader = reader;
        held.take(leaf, bytes, position, &entry);
        self.books.push(log, entry);
        self.books.entry(log, position).unwrap()
    }

    /// Forgets the end of a log that was lost without a trace.
    pub(crate) fn truncate(&mut self, log: Party, size: Size) {
        let old = std::mem::replace(self, Self::new());
        // The entanglements of each log are judged by the other's roots: both grow side by side.
        for party in Party::BOTH {
            let keep = if party == log { size } else { old.size(party) };
            for bytes in old.logs.of(party).bytes.iter().take(usize::try_from(keep.0).unwrap()) {
                let position = self.size(party).next();
                let examined = examine(self.logs.of(party).reader.keys(), position, bytes.clone());
                let leaf = examined.leaf();
                let root = |size| old.root(party.other(), size);
                let held = self.logs.of_mut(party);
                let entry = held.reader.admit(&self.agreement, examined, root).unwrap();
                held.take(leaf, bytes, position, &entry);
                self.books.push(party, entry);
            }
        }
    }
}
