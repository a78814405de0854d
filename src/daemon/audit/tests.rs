//! A store with two full logs, spoiled in every way that a byte can be.

use std::sync::Arc;

use super::*;
use crate::{
    cbor,
    ledger::fixture::{TwoSides, UnsafeKey, request},
    store::{Identity, MemoryStore, StoredEntry, StoredNote, Write},
    tlog::{
        Checkpoint, CosignedCheckpoint, Frontier, SignedCheckpoint, TreeHead, leaf_hash, root_at,
    },
};

/// Two sides after a season of one week, and what is spoiled when they are read.
struct Spoiled {
    store: MemoryStore,
    seat: Seat,
    spoil: Spoil,
}

/// What is read otherwise than it was written.
#[derive(Clone, Copy)]
enum Spoil {
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

fn season() -> TwoSides {
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
fn store_of(sides: &TwoSides, party: Party) -> MemoryStore {
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
    fn of(party: Party) -> Self {
        let sides = season();
        let store = store_of(&sides, party);
        let seat = Seat { party, agreement: Arc::new(sides.agreement) };
        Self { store, seat, spoil: Spoil::Nothing }
    }

    fn audit(&mut self, spoil: Spoil) -> Result<Audit, AuditFault> {
        self.spoil = spoil;
        audit(self, &self.seat)
    }

    fn fault(&mut self, spoil: Spoil) -> String {
        let fault = self.audit(spoil).unwrap_err();
        assert!(fault.is_finding(), "{fault}");
        fault.to_string()
    }

    fn all_entries(&self, log: Party) -> Vec<StoredEntry> {
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

#[test]
fn a_whole_store_is_found_whole_on_both_sides() {
    for party in Party::BOTH {
        let mut it = Spoiled::of(party);
        let audit = it.audit(Spoil::Nothing).unwrap();
        assert_eq!((audit.party, audit.rehearsal), (party, true));
        for log in Party::BOTH {
            let (found, size) = (audit.logs.of(log), it.store.size(log).unwrap());
            assert_eq!((found.size, found.checkpoints, found.awaited), (size, size.0, 0));
            assert!(found.cosignatures >= 5 && found.nodes > 0, "{found:?}");
            assert!(found.cosigned_at.is_some());
        }
        let [week] = &audit.weeks[..] else { panic!("{:?}", audit.weeks) };
        assert_eq!((week.week.to_string(), week.number), ("2025-W32".to_owned(), 1));
        assert_eq!(week.verdict, Verdict::Awaiting);
    }
}

#[test]
fn any_one_byte_of_any_entry_of_either_log_is_noticed_and_its_entry_named() {
    let mut it = Spoiled::of(Party::Fra);
    for log in Party::BOTH {
        let entries = it.all_entries(log);
        assert!(entries.len() >= 10);
        for entry in entries {
            for at in 0..entry.bytes.len() {
                let named = it.fault(Spoil::Byte(log, entry.position, at));
                let wanted = format!("log of {log}, entry {}: ", entry.position);
                assert!(named.starts_with(&wanted), "byte {at}: {named}");
            }
        }
    }
}

#[test]
fn a_spoiled_leaf_hash_or_node_is_named() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for position in 0..size.0 {
            for at in [0, 31] {
                let named = it.fault(Spoil::Leaf(log, Position(position), at));
                assert!(named.starts_with(&format!("log of {log}, entry {position}: ")), "{named}");
            }
        }
        for level in 1..63_u8 {
            for index in 0..size.0 >> level {
                let named = it.fault(Spoil::Node(log, level, index));
                let wanted = format!("log of {log}: the tree node {index} of level {level} ");
                assert!(named.starts_with(&wanted), "{named}");
            }
        }
    }
}

#[test]
fn a_note_in_which_any_letter_was_changed_is_named() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for size in (1..=size.0).map(Size) {
            let above = Size(size.0 - 1);
            let note = it.store.checkpoint_above(log, above).unwrap().unwrap().note;
            // Every letter of one note, and some of the others.
            let step = if size == Size(3) { 1 } else { 23 };
            for (at, _) in note.char_indices().step_by(step) {
                let named = it.fault(Spoil::Checkpoint(log, size, at));
                let wanted = format!("log of {log}: checkpoint of size {size}: ");
                assert!(named.starts_with(&wanted), "letter {at}: {named}");
            }
        }
        for stored in it.store.cosignatures_above(log, Size(0), 100).unwrap() {
            for (at, _) in stored.note.char_indices().step_by(17) {
                let named = it.fault(Spoil::Cosignature(log, stored.size, at));
                let wanted = format!("log of {log}: cosignature of size {}: ", stored.size);
                assert!(named.starts_with(&wanted), "letter {at}: {named}");
            }
        }
    }
}

#[test]
fn a_cosignature_may_be_missing_only_where_it_is_on_its_way_to_us() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let all = it.store.cosignatures_above(log, Size(0), 100).unwrap();
        let newest = all.last().unwrap().size;
        for one in all {
            let audited = it.audit(Spoil::NoCosignature(log, one.size));
            if log == Party::Gbr && one.size == newest {
                assert_eq!(audited.unwrap().logs.gbr.awaited, 1);
                continue;
            }
            let fault = audited.unwrap_err();
            let wanted = format!("the cosignature of {} entries ", one.size);
            assert!(fault.to_string().contains(&wanted) && fault.is_finding(), "{fault}");
        }
    }
}

#[test]
fn a_log_that_lost_its_end_is_noticed() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for end in 0..size.0 {
            it.fault(Spoil::End(log, Size(end)));
        }
    }
}

#[test]
fn an_entry_rewritten_with_its_whole_tree_is_named_all_the_same() {
    for (log, wanted) in [
        (Party::Gbr, "log of GBR, entry 2: "),
        // Of the mirror only place and hash are judged: the signed roots tell.
        (Party::Fra, "log of FRA: checkpoint of size "),
    ] {
        let sides = season();
        let genuine = store_of(&sides, Party::Gbr);
        let terms = cbor::encode(sides.agreement.terms());
        let identity = Identity { party: Party::Gbr, terms };
        let mut store = MemoryStore::create(&identity).unwrap();
        for one in Party::BOTH {
            let mut tree = Frontier::new();
            for entry in genuine.entries(one, Position(0), usize::MAX, usize::MAX).unwrap() {
                let (position, mut bytes) = (entry.position, entry.bytes);
                if one == log && position == Position(2) {
                    *bytes.last_mut().unwrap() ^= 0x01;
                }
                let leaf = leaf_hash(&bytes);
                let nodes = tree.append(leaf);
                store.commit(&[Write::Entry { log: one, position, leaf, bytes, nodes }]).unwrap();
                let above = Size(position.0);
                let note = genuine.checkpoint_above(one, above).unwrap().unwrap().note;
                let size = Size::through(position);
                store.commit(&[Write::Checkpoint { log: one, size, note }]).unwrap();
            }
        }
        let seat = Seat { party: Party::Gbr, agreement: Arc::new(sides.agreement) };
        let named = audit(&store, &seat).unwrap_err().to_string();
        assert!(named.starts_with(wanted), "{named}");
    }
}

#[test]
fn an_empty_store_and_one_of_another_party_are_refused() {
    let sides = season();
    let terms = cbor::encode(sides.agreement.terms());
    let empty = MemoryStore::create(&Identity { party: Party::Gbr, terms }).unwrap();
    let full = store_of(&sides, Party::Gbr);
    let seat = |party| Seat { party, agreement: Arc::new(sides.agreement.clone()) };
    let fault = audit(&empty, &seat(Party::Gbr)).unwrap_err();
    assert!(matches!(fault, AuditFault::Load(LoadFault::Empty)), "{fault}");
    for store in [empty, full] {
        let fault = audit(&store, &seat(Party::Fra)).unwrap_err();
        assert!(matches!(fault, AuditFault::Load(LoadFault::Identity { .. })), "{fault}");
        assert!(!fault.is_finding());
    }
}
