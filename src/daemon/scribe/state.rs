//! What the scribe keeps in memory: all of it can be derived again from the store, and is, at every
//! start and after every commit that failed.

use std::{collections::HashMap, sync::Arc};

use crate::{
    envelope::Verified,
    ledger::{Agreement, Books, Entry, LogReader, Standing, View, examine},
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{Hash, Party, PerParty, Position, Size, SubmissionId},
    reconcile::{Chain, Roots},
    record::Content,
    store::{LogNodes, Store, StoreError},
    tlog::{CosignedCheckpoint, Frontier, SignedCheckpoint, root_at},
};

/// Who this side is, and under which agreement.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Which side.
    pub party: Party,
    /// The agreement.
    pub agreement: Arc<Agreement>,
}

/// Why a store does not load.
#[derive(Debug, thiserror::Error)]
pub enum LoadFault {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store is of another party or another agreement.
    #[error("the store is of {found}, and the configuration says {wanted}")]
    Identity {
        /// What the store holds.
        found: String,
        /// What the configuration names.
        wanted: String,
    },
    /// The log was never founded.
    #[error("the store holds no log; `entente init` founds one, once")]
    Empty,
    /// A log is founded once.
    #[error("the store holds a log already; it is founded once and never again")]
    NotEmpty,
    /// The founding entry cannot be signed.
    #[error("the log cannot be founded: {0}")]
    Founding(String),
    /// An entry is not what was written.
    #[error("log of {log}, entry {position}: {reason}")]
    Entry {
        /// Whose log.
        log: Party,
        /// Which entry.
        position: Position,
        /// What is wrong with it.
        reason: String,
    },
    /// A stored note is not what was written.
    #[error("log of {log}: {what} of size {size}: {reason}")]
    Note {
        /// Whose log.
        log: Party,
        /// Checkpoint or cosignature.
        what: &'static str,
        /// Its size.
        size: Size,
        /// What is wrong with it.
        reason: String,
    },
}

/// Both logs as they stand, with everything that is derived from them.
#[derive(Debug, Clone)]
pub struct State {
    /// Both logs.
    pub books: Books,
    readers: PerParty<LogReader>,
    frontiers: PerParty<Frontier>,
    /// The newest signed checkpoint of each log.
    pub checkpoints: PerParty<Option<SignedCheckpoint>>,
    /// The newest cosigned checkpoint of each log.
    pub cosigned: PerParty<Option<CosignedCheckpoint>>,
    /// The weeks that have a cut-off by now.
    pub chain: Chain,
    /// Our own records by the submission that they were made from.
    pub submissions: HashMap<SubmissionId, Position>,
    /// Entries of the counterpart to which we have objected.
    pub objected: Vec<Position>,
    /// Whether the mirror holds something that the next entanglement would newly cover.
    pub uncovered: bool,
}

impl State {
    /// Derives everything from a store, checking every entry, signature and root on the way.
    ///
    /// # Errors
    /// The first thing in the store that is not as it was written.
    pub fn load<S: Store>(store: &S, seat: &Seat) -> Result<Self, LoadFault> {
        super::thread::identity(store, seat)?;
        let agreement = &*seat.agreement;
        let mut state = Self {
            books: Books::default(),
            readers: PerParty::from_fn(|party| LogReader::new(agreement, party)),
            frontiers: PerParty::default(),
            checkpoints: PerParty::default(),
            cosigned: PerParty::default(),
            chain: Chain::new(agreement),
            submissions: HashMap::new(),
            objected: Vec::new(),
            uncovered: false,
        };
        // Our own log first: the mirror's entanglements are held against it.
        for log in [seat.party, seat.party.other()] {
            state.load_entries(store, seat, log)?;
            state.load_notes(store, agreement, log)?;
        }
        state.look_for_uncovered(seat.party);
        state.chain.extend(agreement, &state.books, &StoreRoots(store));
        Ok(state)
    }

    fn load_entries<S: Store>(
        &mut self,
        store: &S,
        seat: &Seat,
        log: Party,
    ) -> Result<(), LoadFault> {
        let size = store.size(log)?;
        while self.size(log) < size {
            let start = self.size(log).next();
            let stored = store.entries(log, start, ENTRIES_PER_MESSAGE_MAX, ENTRIES_BYTES_MAX)?;
            if stored.is_empty() {
                let reason = "is missing".to_owned();
                return Err(LoadFault::Entry { log, position: start, reason });
            }
            for one in stored {
                let position = self.size(log).next();
                let fault = |reason: String| LoadFault::Entry { log, position, reason };
                let examined = examine(&seat.agreement, log, position, one.bytes);
                if one.position != position || one.leaf != examined.leaf() {
                    return Err(fault("is not the entry that was written".to_owned()));
                }
                let leaf = examined.leaf();
                let root = |size| stored_root(store, log.other(), size);
                let entry = self
                    .reader_mut(log)
                    .admit(&seat.agreement, examined, root)
                    .map_err(|_| fault("is out of place".to_owned()))?;
                if log == seat.party
                    && let Standing::Contested(contest) = &entry.standing
                {
                    return Err(fault(contest.detail.clone()));
                }
                self.take(seat.party, log, leaf, entry);
            }
        }
        Ok(())
    }

    fn load_notes<S: Store>(
        &mut self,
        store: &S,
        agreement: &Agreement,
        log: Party,
    ) -> Result<(), LoadFault> {
        let (key, mirror) = (&agreement.identity(log).log, &agreement.identity(log.other()).mirror);
        if let Some(stored) = store.newest_checkpoint(log)? {
            let fault = |reason: String| LoadFault::Note {
                log,
                what: "checkpoint",
                size: stored.size,
                reason,
            };
            let signed = key.open(&stored.note).map_err(|refused| fault(refused.to_string()))?;
            let head = self.frontier(log).head();
            if signed.checkpoint().head() != head {
                return Err(fault(format!("the entries give {} at {}", head.root, head.size)));
            }
            *self.checkpoints.of_mut(log) = Some(signed);
        }
        if let Some(stored) = store.newest_cosignature(log)? {
            let fault = |reason: String| LoadFault::Note {
                log,
                what: "cosignature",
                size: stored.size,
                reason,
            };
            let cosigned =
                mirror.open(key, &stored.note).map_err(|refused| fault(refused.to_string()))?;
            let root = stored_root(store, log, cosigned.checkpoint().size());
            if root != Some(cosigned.checkpoint().root()) {
                return Err(fault("the entries give another root".to_owned()));
            }
            *self.cosigned.of_mut(log) = Some(cosigned);
        }
        Ok(())
    }

    /// Takes an admitted entry in: books, tree and everything derived. Gives the tree nodes that it
    /// completes.
    pub(super) fn take(
        &mut self,
        party: Party,
        log: Party,
        leaf: Hash,
        entry: Entry,
    ) -> Vec<crate::tlog::Node> {
        let position = self.size(log).next();
        if log == party {
            self.note_own(position, &entry);
        } else {
            self.uncovered |= entry.entanglement().is_none();
        }
        let nodes = self.frontiers.of_mut(log).append(leaf);
        self.books.push(log, entry);
        nodes
    }

    fn note_own(&mut self, position: Position, entry: &Entry) {
        let Some(record) = entry.record() else { return };
        self.submissions.entry(Verified::submission(record)).or_insert(position);
        if let Content::Objection(one) = &record.get().content {
            self.objected.push(one.position);
        }
    }

    /// How many entries of a log are held.
    #[must_use]
    pub fn size(&self, log: Party) -> Size {
        self.frontier(log).size()
    }

    /// How many entries of both logs are held.
    #[must_use]
    pub fn view(&self) -> View {
        self.books.all()
    }

    /// The edge of a log's tree.
    #[must_use]
    pub const fn frontier(&self, log: Party) -> &Frontier {
        self.frontiers.of(log)
    }

    /// The reader of a log.
    #[must_use]
    pub const fn reader(&self, log: Party) -> &LogReader {
        self.readers.of(log)
    }

    pub(super) const fn reader_mut(&mut self, log: Party) -> &mut LogReader {
        self.readers.of_mut(log)
    }

    /// Looks whether the mirror of `log` holds something beyond our newest entanglement that is not
    /// itself a well-formed entanglement.
    pub(super) fn look_for_uncovered(&mut self, party: Party) {
        let covered = self.reader(party).entangled().map_or(Size(0), |(size, _)| size);
        let mut beyond = self.books.entries(party.other(), covered.next());
        self.uncovered = beyond.any(|(_, entry)| entry.entanglement().is_none());
    }
}

/// The roots of both logs, read from a store.
#[derive(Debug)]
pub struct StoreRoots<'a, S>(pub &'a S);

impl<S: Store> Roots for StoreRoots<'_, S> {
    fn root(&self, party: Party, size: Size) -> Option<Hash> {
        stored_root(self.0, party, size)
    }
}

/// The root of a log at a size, if that many entries are committed.
pub(super) fn stored_root<S: Store>(store: &S, log: Party, size: Size) -> Option<Hash> {
    let held = store.size(log).ok()?;
    (size <= held).then(|| root_at(&LogNodes::new(store, log), size).ok()).flatten()
}
