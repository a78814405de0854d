//! An author that lies: its log is written by hand, with its real keys.

use super::{
    pair::Pair,
    side::{Side, terms},
};
use crate::{
    daemon::scribe::Command,
    ledger::{
        examine,
        fixture::{TwoSides, UnsafeKey},
    },
    names::{Party, Position, Size, Timestamp},
    record::{At, Content, Entanglement, Objection, Record},
    session::{Batch, ProblemCode},
    store::{MemoryStore, Store},
    tlog::{Checkpoint, Frontier, SignedCheckpoint, leaf_hash},
};

/// A lying party, as its honest counterpart sees it.
pub(super) struct Liar {
    pub(super) pair: Pair,
    pub(super) party: Party,
    frontier: Frontier,
    forge: TwoSides,
}

impl Liar {
    /// A party that begins to lie after its daemon has written the truth so far.
    pub(super) fn after(mut pair: Pair, party: Party) -> Self {
        pair.cut();
        let store = pair.of(party).scribe.store();
        let stored = store.entries(party, Position(0), usize::MAX, usize::MAX).unwrap();
        let frontier = stored.iter().map(|entry| leaf_hash(&entry.bytes)).collect();
        Self { pair, party, frontier, forge: TwoSides::empty(terms()) }
    }

    /// The honest side.
    pub(super) fn honest(&mut self) -> &mut Side {
        self.pair.side(self.party.other())
    }

    fn at(&mut self) -> &mut TwoSides {
        self.forge.go_to(Timestamp::new(self.pair.now))
    }

    /// Signs a record in the role of its kind, and sends it.
    pub(super) fn says(&mut self, record: &Record) -> Position {
        let party = self.party;
        let (_, bytes) = self.at().seal(party, record);
        self.sends(bytes)
    }

    /// Signs a payload with any key, and sends it.
    pub(super) fn signs(&mut self, key: &UnsafeKey, sub: &str, payload: Vec<u8>) -> Position {
        let party = self.party;
        let (_, bytes) = self.at().seal_as(key, party, sub.to_owned(), payload);
        self.sends(bytes)
    }

    /// Sends bytes, whatever they are, with a checkpoint of them: they are mirrored.
    pub(super) fn sends(&mut self, bytes: Vec<u8>) -> Position {
        let position = self.frontier.size().next();
        assert_eq!(self.tries(vec![bytes]), Ok(()));
        position
    }

    /// Sends so many good records of its own in one batch, and gives the answer.
    pub(super) fn tries_records(&mut self, records: &[Record]) -> Result<(), ProblemCode> {
        let party = self.party;
        let bytes = records.iter().map(|record| self.at().seal(party, record).1).collect();
        self.tries(bytes)
    }

    fn tries(&mut self, all: Vec<Vec<u8>>) -> Result<(), ProblemCode> {
        let log = self.party;
        let keys = self.honest().scribe.state.reader(log).keys().clone();
        let mut entries = Vec::new();
        for bytes in all {
            let position = self.frontier.size().next();
            self.frontier.append(leaf_hash(&bytes));
            entries.push(examine(&keys, position, bytes));
        }
        let head = self.frontier.head();
        let key = &self.pair.agreement.identity(log).log;
        let checkpoint = Checkpoint::new(key.origin().clone(), head.size, head.root).unwrap();
        let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
        let checkpoint = SignedCheckpoint::seal(checkpoint, key, &signature).unwrap();
        self.hands_in(Batch { log, entries, checkpoint })
    }

    /// Hands a batch to the honest side.
    pub(super) fn hands_in(&mut self, batch: Batch) -> Result<(), ProblemCode> {
        let (now, batch) = (self.pair.now, Box::new(batch));
        self.honest().ask(now, |reply| Command::Store { batch, reply }).unwrap()
    }

    /// Gives the honest side back all that a copy of its store holds of a log, in one batch.
    pub(super) fn brings_back(&mut self, copy: &MemoryStore, log: Party) {
        let held = self.honest().size(log);
        let stored = copy.entries(log, held.next(), usize::MAX, usize::MAX).unwrap();
        let keys = self.honest().scribe.state.reader(log).keys().clone();
        let entries = stored.into_iter().map(|one| examine(&keys, one.position, one.bytes));
        let entries = entries.collect();
        let note = copy.newest_checkpoint(log).unwrap().unwrap().note;
        let checkpoint = self.pair.agreement.identity(log).log.open(&note).unwrap();
        assert_eq!(self.hands_in(Batch { log, entries, checkpoint }), Ok(()), "{log}");
    }

    /// What it would write of all that the honest side has logged.
    pub(super) fn entanglement(&mut self) -> Record {
        let time = Timestamp::new(self.pair.now);
        let honest = self.party.other();
        let origin = self.pair.agreement.origin(honest).to_string();
        let head = self.honest().scribe.state.frontier(honest).head();
        let content = Entanglement { origin, size: head.size, root: head.root };
        Record { at: Some(At::Second(time)), ..Record::bare(content) }
    }

    /// Every objection in the honest log.
    pub(super) fn objections(&self) -> Vec<Objection> {
        let honest = self.party.other();
        let books = self.pair.of(honest).books();
        let records = books.entries(honest, Position(0)).filter_map(|(_, entry)| entry.sound());
        records
            .filter_map(|record| {
                let Content::Objection(one) = &record.get().content else { return None };
                Some((**one).clone())
            })
            .collect()
    }

    /// The size that the honest side has cosigned.
    pub(super) fn cosigned(&self) -> Size {
        let entangled = self.pair.of(self.party.other()).entanglements();
        entangled.last().unwrap().0
    }
}
