//! A store with two full logs that is read otherwise than it was written.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "sizes here are small, and whatever is not spoiled is read as it is"
)]

use std::sync::Arc;

use super::super::*;
use crate::{
    cbor,
    ledger::fixture::{TwoSides, UnsafeKey, request},
    store::{Identity, MemoryStore, StoredEntry, StoredNote, Write},
    tlog::{
        Checkpoint, CosignedCheckpoint, Frontier, SignedCheckpoint, TreeHead, leaf_hash, root_at,
    },
};

/// Two sides after a season of one week, and what is spoiled when they are read.
pub(super) struct Spoiled {
    pub(super) store: MemoryStore,
    seat: Seat,
    spoil: Spoil,
}

/// What is read otherwise than it was written.
#[derive(Clone, Copy)]
pub(super) enum Spoil {
    Nothing,
    /// One byte of an entry.
    Byte(Party, Position, usize),
    /// One byte of a leaf hash.
    Leaf(Party, Position, usize),
    /// A tree node.
    Node(Party, u8, u64),
    /// A byte of a checkpoint.
    Checkpoint(Party, Size, usize),
    /// A byte of a cosigned checkpoint.
    Cosignature(Party, Size, usize),
    /// A cosigned checkpoint is not there.
    NoCosignature(Party, Size),
    /// The log ends before this.
    End(Party, Size),
}

pub(super) fn season() -> TwoSides {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.exchange();
    sides.admitted(2, "2025-08-08", 2);
    sides.exchange();
    sides.close_week();
    sides.append(Party::Gbr, request("GB01-000009", 0));
    sides.exchange();
    sides
}

/// The store of `party` after all of it: with a checkpoint at every size, and the cosignature of
/// every entanglement.
pub(crate) fn store_of(sides: &TwoSides, party: Party) -> MemoryStore {
    let terms = cbor::encode(sides.agreement.terms());
    let mut store = MemoryStore::create(&Identity { party, terms }).unwrap();
    for log in Party::BOTH {
        let mut tree = Frontier::new();
        let mut writes = Vec::new();
        for bytes in sides.bytes(log) {
            let (position, leaf) = (tree.size().next(), leaf_hash(bytes));
            let nodes = tree.append(leaf);
            writes.push(Write::Entry { log, position, leaf, bytes: bytes.clone(), nodes });
            let note = signed(sides, log, tree.head()).note();
            writes.push(Write::Checkpoint { log, size: tree.size(), note });
        }
        for (_, entry) in sides.books.entries(log.other(), Position(0)) {
            let Some((one, time)) = entry.entanglement() else { continue };
            let root = root_at(sides.nodes(log), one.size).unwrap();
            let signed = signed(sides, log, TreeHead { size: one.size, root });
            let message = signed.checkpoint().to_cosign(time);
            let signature = UnsafeKey::mirror(log.other()).sign(&message);
            let mirror = &sides.agreement.identity(log.other()).mirror;
            let note = CosignedCheckpoint::seal(signed, mirror, time, &signature).unwrap().note();
            writes.push(Write::Cosignature { log, size: one.size, time, note });
        }
        store.commit(&writes).unwrap();
    }
    store
}

fn signed(sides: &TwoSides, log: Party, head: TreeHead) -> SignedCheckpoint {
    let origin = sides.agreement.origin(log).clone();
    let checkpoint = Checkpoint::new(origin, head.size, head.root).unwrap();
    let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
    SignedCheckpoint::seal(checkpoint, &sides.agreement.identity(log).log, &signature).unwrap()
}

impl Spoiled {
    pub(super) fn of(party: Party) -> Self {
        let sides = season();
        let store = store_of(&sides, party);
        let seat = Seat { party, agreement: Arc::new(sides.agreement) };
        Self { store, seat, spoil: Spoil::Nothing }
    }

    pub(super) fn audit(&mut self, spoil: Spoil) -> Result<Audit, AuditFault> {
        self.spoil = spoil;
        audit(self, &self.seat)
    }

    pub(super) fn fault(&mut self, spoil: Spoil) -> String {
        let fault = self.audit(spoil).unwrap_err();
        assert!(fault.is_finding(), "{fault}");
        fault.to_string()
    }

    pub(super) fn all_entries(&self, log: Party) -> Vec<StoredEntry> {
        self.store.entries(log, Position(0), usize::MAX, usize::MAX).unwrap()
    }
}

impl Store for Spoiled {
    fn commit(&mut self, _: &[Write]) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        self.store.identity()
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        match self.spoil {
            Spoil::End(spoiled, size) if spoiled == log => Ok(size),
            _ => self.store.size(log),
        }
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let mut entries = self.store.entries(log, start, count, bytes)?;
        let end = self.size(log)?;
        entries.retain(|entry| end.covers(entry.position));
        for entry in &mut entries {
            match self.spoil {
                Spoil::Byte(spoiled, position, at)
                    if (spoiled, position) == (log, entry.position) =>
                {
                    entry.bytes[at] ^= 0x01;
                }
                Spoil::Leaf(spoiled, position, at)
                    if (spoiled, position) == (log, entry.position) =>
                {
                    let mut leaf = *entry.leaf.as_bytes();
                    leaf[at] ^= 0x80;
                    entry.leaf = Hash::new(leaf);
                }
                _ => {}
            }
        }
        Ok(entries)
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        let node = self.store.node(log, level, index)?;
        match self.spoil {
            Spoil::Node(spoiled, high, along) if (spoiled, high, along) == (log, level, index) => {
                Ok(leaf_hash(node.as_bytes()))
            }
            _ => Ok(node),
        }
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        Ok(self.store.newest_checkpoint(log)?.map(|note| self.checkpoint(log, note)))
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        Ok(self.store.checkpoint_above(log, above)?.map(|note| self.checkpoint(log, note)))
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        Ok(self.cosignatures_above(log, Size(0), usize::MAX)?.pop())
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        let mut notes = self.store.cosignatures_above(log, above, count)?;
        if let Spoil::NoCosignature(spoiled, size) = self.spoil
            && spoiled == log
        {
            notes.retain(|note| note.size != size);
        }
        for note in &mut notes {
            if let Spoil::Cosignature(spoiled, size, at) = self.spoil
                && (spoiled, size) == (log, note.size)
            {
                *note = changed(note, at);
            }
        }
        Ok(notes)
    }

    fn submission(&self, id: crate::names::SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        self.store.submission(id)
    }

    fn queue(&self) -> Result<Vec<crate::store::Queued>, StoreError> {
        self.store.queue()
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        self.store.term_seen()
    }
}

impl Spoiled {
    fn checkpoint(&self, log: Party, note: StoredNote) -> StoredNote {
        match self.spoil {
            Spoil::Checkpoint(spoiled, size, at) if (spoiled, size) == (log, note.size) => {
                changed(&note, at)
            }
            _ => note,
        }
    }
}

/// The same note with one letter changed into another one that may stand there.
fn changed(note: &StoredNote, at: usize) -> StoredNote {
    let other =
        if note.note.is_char_boundary(at) && note.note[at..].starts_with('A') { "B" } else { "A" };
    let letter = note.note[at..].chars().next().unwrap();
    let end = at + letter.len_utf8();
    StoredNote {
        size: note.size,
        note: format!("{}{other}{}", &note.note[..at], &note.note[end..]),
    }
}
