//! A store in memory, for simulation and for tests: it forgets everything when it is dropped.

use std::collections::BTreeMap;

use crate::names::{Hash, Party, PerParty, Position, Size, SubmissionId};

use super::{
    Identity, Queued, Store, StoreError, StoredEntry, StoredNote, Write,
    rules::{check_entry, check_identity, check_lengths, id_is_taken, no_node},
};

/// A store in memory. A clone of it is an old copy of it, as a restored backup would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryStore {
    identity: Identity,
    logs: PerParty<Log>,
    submissions: BTreeMap<SubmissionId, [u8; 32]>,
    queue: BTreeMap<u64, Queued>,
    term_seen: u64,
    bytes: usize,
    bytes_max: usize,
}

/// One log, and what was signed about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Log {
    entries: Vec<StoredEntry>,
    nodes: BTreeMap<(u8, u64), Hash>,
    checkpoints: Notes,
    cosignatures: Notes,
}

type Notes = BTreeMap<Size, String>;

/// How to take back one step of a commit.
enum Undo {
    Entry(Party, Vec<(u8, u64)>),
    Checkpoint(Party, Size),
    Cosignature(Party, Size),
    Submission(SubmissionId),
    Queue(u64),
    Dequeue(u64, Queued),
    Term(u64),
    Bytes(usize),
}

/// What a hash, an id or a number is counted as. The engine's own overhead is not imitated.
const SMALL_BYTES: usize = 32;

impl MemoryStore {
    /// A store that was created for `identity`, and may grow without end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the terms are longer than an agreement may be.
    pub fn create(identity: &Identity) -> Result<Self, StoreError> {
        check_identity(identity)?;
        Ok(Self {
            identity: identity.clone(),
            logs: PerParty::default(),
            submissions: BTreeMap::new(),
            queue: BTreeMap::new(),
            term_seen: 0,
            bytes: 0,
            bytes_max: usize::MAX,
        })
    }

    /// Sets how many bytes it may hold; no limit with `None`. What is held already stays.
    pub fn set_bytes_max(&mut self, bytes_max: Option<usize>) {
        self.bytes_max = bytes_max.unwrap_or(usize::MAX);
    }

    /// How many bytes it holds: entries, notes and payloads, and 32 for each small thing.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A copy as it stands now, to be put back later as if a backup had been restored.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        self.clone()
    }

    /// Does one step, and notes in `done` how to take back whatever of it was done.
    fn apply(&mut self, write: &Write, done: &mut Vec<Undo>) -> Result<(), StoreError> {
        check_lengths(write)?;
        match write {
            Write::Entry { log, position, leaf, bytes, nodes } => {
                let held = self.logs.of_mut(*log);
                check_entry(Size(count(held.entries.len())?), *position, nodes)?;
                let bytes = bytes.clone();
                let (size, small) = (bytes.len(), nodes.len().saturating_add(1));
                held.entries.push(StoredEntry { position: *position, leaf: *leaf, bytes });
                held.nodes.extend(nodes.iter().map(|node| ((node.level, node.index), node.hash)));
                let places = nodes.iter().map(|node| (node.level, node.index)).collect();
                done.push(Undo::Entry(*log, places));
                self.grow(size.saturating_add(small.saturating_mul(SMALL_BYTES)), done)
            }
            Write::Checkpoint { log, size, note } => {
                if keep(&mut self.logs.of_mut(*log).checkpoints, *size, note) {
                    done.push(Undo::Checkpoint(*log, *size));
                    self.grow(note.len(), done)?;
                }
                Ok(())
            }
            Write::Cosignature { log, size, time: _, note } => {
                if keep(&mut self.logs.of_mut(*log).cosignatures, *size, note) {
                    done.push(Undo::Cosignature(*log, *size));
                    self.grow(note.len(), done)?;
                }
                Ok(())
            }
            Write::Submission { id, digest } => match self.submissions.get(id) {
                Some(held) if held == digest => Ok(()),
                Some(_) => Err(id_is_taken(id)),
                None => {
                    self.submissions.insert(*id, *digest);
                    done.push(Undo::Submission(*id));
                    self.grow(SMALL_BYTES, done)
                }
            },
            Write::Queue { id, payload } => self.enqueue(*id, payload, done),
            Write::Dequeue { id } => {
                if let Some(place) = self.waiting(*id).map(|(place, _)| place)
                    && let Some(queued) = self.queue.remove(&place)
                {
                    let bytes = self.bytes.saturating_sub(queued.payload.len());
                    done.push(Undo::Dequeue(place, queued));
                    done.push(Undo::Bytes(std::mem::replace(&mut self.bytes, bytes)));
                }
                Ok(())
            }
            Write::TermSeen(term) => {
                let highest = self.term_seen.max(*term);
                done.push(Undo::Term(std::mem::replace(&mut self.term_seen, highest)));
                Ok(())
            }
        }
    }

    fn enqueue(
        &mut self,
        id: SubmissionId,
        payload: &[u8],
        done: &mut Vec<Undo>,
    ) -> Result<(), StoreError> {
        match self.waiting(id) {
            Some((_, held)) if held.payload == payload => return Ok(()),
            Some(_) => return Err(id_is_taken(id)),
            None => {}
        }
        let place = self.queue.last_key_value().map_or(0, |(last, _)| last.saturating_add(1));
        self.queue.insert(place, Queued { id, payload: payload.to_vec() });
        done.push(Undo::Queue(place));
        self.grow(payload.len(), done)
    }

    fn waiting(&self, id: SubmissionId) -> Option<(u64, &Queued)> {
        self.queue.iter().find(|(_, queued)| queued.id == id).map(|(place, held)| (*place, held))
    }

    fn grow(&mut self, more: usize, done: &mut Vec<Undo>) -> Result<(), StoreError> {
        let bytes = self.bytes.saturating_add(more);
        if bytes > self.bytes_max {
            return Err(StoreError::Full);
        }
        done.push(Undo::Bytes(std::mem::replace(&mut self.bytes, bytes)));
        Ok(())
    }

    fn undo(&mut self, step: Undo) {
        match step {
            Undo::Entry(log, places) => {
                let held = self.logs.of_mut(log);
                held.entries.pop();
                for place in places {
                    held.nodes.remove(&place);
                }
            }
            Undo::Checkpoint(log, size) => drop(self.logs.of_mut(log).checkpoints.remove(&size)),
            Undo::Cosignature(log, size) => drop(self.logs.of_mut(log).cosignatures.remove(&size)),
            Undo::Submission(id) => drop(self.submissions.remove(&id)),
            Undo::Queue(place) => drop(self.queue.remove(&place)),
            Undo::Dequeue(place, queued) => drop(self.queue.insert(place, queued)),
            Undo::Term(term) => self.term_seen = term,
            Undo::Bytes(bytes) => self.bytes = bytes,
        }
    }
}

impl Store for MemoryStore {
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let mut done = Vec::new();
        let outcome = writes.iter().try_for_each(|write| self.apply(write, &mut done));
        if outcome.is_err() {
            for step in done.into_iter().rev() {
                self.undo(step);
            }
        }
        outcome
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        Ok(self.identity.clone())
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        count(self.logs.of(log).entries.len()).map(Size)
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let start = usize::try_from(start.0).unwrap_or(usize::MAX);
        let mut room = bytes;
        let mut taken = Vec::new();
        for entry in self.logs.of(log).entries.iter().skip(start).take(count) {
            match room.checked_sub(entry.bytes.len()) {
                Some(left) => room = left,
                None if taken.is_empty() => room = 0,
                None => break,
            }
            taken.push(entry.clone());
        }
        Ok(taken)
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        let held = self.logs.of(log);
        if level > 0 {
            return held.nodes.get(&(level, index)).copied().ok_or_else(|| no_node(level, index));
        }
        let entry = usize::try_from(index).ok().and_then(|place| held.entries.get(place));
        entry.map(|entry| entry.leaf).ok_or_else(|| no_node(level, index))
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        Ok(self.logs.of(log).checkpoints.iter().next_back().map(stored))
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        Ok(notes_above(&self.logs.of(log).checkpoints, above).next())
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        Ok(self.logs.of(log).cosignatures.iter().next_back().map(stored))
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        Ok(notes_above(&self.logs.of(log).cosignatures, above).take(count).collect())
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(self.submissions.get(&id).copied())
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        Ok(self.queue.values().cloned().collect())
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        Ok(self.term_seen)
    }
}

fn count(entries: usize) -> Result<u64, StoreError> {
    u64::try_from(entries).map_err(|_| StoreError::Full)
}

/// Keeps a note unless there is one of this size; says whether it did.
fn keep(notes: &mut Notes, size: Size, note: &str) -> bool {
    let vacant = !notes.contains_key(&size);
    if vacant {
        notes.insert(size, note.to_owned());
    }
    vacant
}

fn stored((size, note): (&Size, &String)) -> StoredNote {
    StoredNote { size: *size, note: note.clone() }
}

fn notes_above(notes: &Notes, above: Size) -> impl Iterator<Item = StoredNote> {
    use std::ops::Bound::{Excluded, Unbounded};
    notes.range((Excluded(above), Unbounded)).map(stored)
}
