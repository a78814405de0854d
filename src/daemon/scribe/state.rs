//! What the scribe keeps in memory: all of it can be derived again from the store, and is, at every
//! start and after every commit that failed.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use super::{
    roots::{StoreRoots, stored_root},
    week::LastLocated,
};
use crate::{
    danger::{Bug, planted},
    envelope::Verified,
    ledger::{
        Agreement, Awaiting, Books, Entry, Examined, Fate, Folder, Hindrance, Ledger, LogReader,
        Standing, View, examine,
    },
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{Hash, Party, PerParty, Position, RecordId, Size, SubmissionId, Timestamp},
    reconcile::Chain,
    record::{Content, Record},
    store::{FailStop, Store, StoreError},
    tlog::{CosignedCheckpoint, Frontier, SignedCheckpoint},
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
    /// Another log has succeeded it.
    #[error("the log was succeeded by {by}, and is served no more")]
    Succeeded {
        /// By which log.
        by: String,
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
    pub(super) readers: PerParty<LogReader>,
    frontiers: PerParty<Frontier>,
    /// The newest signed checkpoint of each log.
    pub checkpoints: PerParty<Option<SignedCheckpoint>>,
    /// The newest cosigned checkpoint of each log.
    pub cosigned: PerParty<Option<CosignedCheckpoint>>,
    /// The weeks that have a cut-off by now.
    pub chain: Chain,
    /// Our own records by the submission that they were made from: where they stand in the row of
    /// our logs.
    pub submissions: HashMap<SubmissionId, Position>,
    /// Entries of the counterpart to which we have objected.
    pub objected: Vec<Position>,
    /// What our own log has entangled of the counterpart's and the mirror does not hold: our tail
    /// was lost and is back, and the mirror's is still to come.
    awaited: BTreeMap<Size, Hash>,
    /// Whether the mirror holds something that the next entanglement would newly cover.
    pub uncovered: bool,
    /// The fold of both logs, which goes on where it stopped at the last question.
    folder: Folder,
    /// The differences that were located last, the newest at the end.
    pub(super) located: VecDeque<LastLocated>,
}

impl State {
    /// Derives everything from a store, checking every entry, signature and root on the way.
    ///
    /// # Errors
    /// The first question that the store did not answer, or else the first thing in it that is not
    /// as it was written.
    pub fn load<S: Store>(store: &S, seat: &Seat) -> Result<Self, LoadFault> {
        let store = FailStop::new(store);
        let state = Self::derive(&store, seat);
        // What looks like a bad entry may be a root that could not be read.
        store.check()?;
        state
    }

    fn derive<S: Store>(store: &S, seat: &Seat) -> Result<Self, LoadFault> {
        super::group::identity(store, seat)?;
        let agreement = &*seat.agreement;
        let mut state = Self::empty(seat);
        // Our own log first: the mirror's entanglements are held against it.
        for log in [seat.party, seat.party.other()] {
            state.load_entries(store, seat, log, &PerParty::default())?;
            state.load_notes(store, agreement, log)?;
        }
        state.look_for_uncovered(seat.party);
        state.chain.extend(agreement, &state.books, &StoreRoots(store));
        Ok(state)
    }

    /// What is known before the first entry.
    pub(super) fn empty(seat: &Seat) -> Self {
        let agreement = &*seat.agreement;
        Self {
            books: agreement.books(),
            readers: PerParty::from_fn(|party| LogReader::new(agreement, party)),
            frontiers: PerParty::default(),
            checkpoints: PerParty::default(),
            cosigned: PerParty::default(),
            chain: Chain::new(agreement),
            submissions: super::inherit::submissions(seat),
            objected: Vec::new(),
            awaited: BTreeMap::new(),
            uncovered: false,
            folder: Folder::new(agreement),
            located: VecDeque::new(),
        }
    }

    pub(super) fn load_entries<S: Store>(
        &mut self,
        store: &S,
        seat: &Seat,
        log: Party,
        ends: &PerParty<Option<Size>>,
    ) -> Result<(), LoadFault> {
        let held = store.size(log)?;
        let size = ends.of(log).map_or(held, |end| end.min(held));
        while self.size(log) < size {
            let start = self.size(log).next();
            let stored = store.entries(log, start, ENTRIES_PER_MESSAGE_MAX, ENTRIES_BYTES_MAX)?;
            if stored.is_empty() {
                let reason = "is missing".to_owned();
                return Err(LoadFault::Entry { log, position: start, reason });
            }
            for one in stored.into_iter().take_while(|one| size.covers(one.position)) {
                let position = self.size(log).next();
                let fault = |reason: String| LoadFault::Entry { log, position, reason };
                let examined = examine(self.reader(log).keys(), position, one.bytes);
                if one.position != position || one.leaf != examined.leaf() {
                    return Err(fault("is not the entry that was written".to_owned()));
                }
                let leaf = examined.leaf();
                let end = *ends.of(log.other());
                let own = log == seat.party && end.is_none();
                let claimed = own_claim(own, &examined, store.size(log.other())?);
                let shown = |size: &Size| end.is_none_or(|end| *size <= end);
                let stored = |size| stored_root(store, log.other(), size);
                let root = |size| claimed.or_else(|| Some(size).filter(shown).and_then(stored));
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
                if log != seat.party && !self.is_as_awaited(log) {
                    return Err(fault("is not what our own log has entangled".to_owned()));
                }
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
            self.note_own(self.books.size(log).next(), &entry);
            let mirror = self.size(party.other());
            let entangled = entry.entanglement().map(|(one, _)| (one.size, one.root));
            self.awaited.extend(entangled.filter(|(size, _)| *size > mirror));
        } else {
            // After a loss our own log may cover it already.
            let entangled = self.reader(party).entangled();
            let covered = entangled.is_some_and(|(size, _)| size.covers(position));
            let due = entry.entanglement().is_none() || planted(Bug::EntangleForEver);
            self.uncovered |= !covered && due;
        }
        let nodes = self.frontiers.of_mut(log).append(leaf);
        self.books.push(log, entry);
        nodes
    }

    /// Whether the mirror, as it has just grown, is what our own log has entangled of it.
    pub(super) fn is_as_awaited(&mut self, mirror: Party) -> bool {
        let head = self.frontier(mirror).head();
        self.awaited.remove(&head.size).is_none_or(|root| root == head.root)
    }

    /// What our own log has entangled and the mirror does not hold yet.
    pub(super) const fn awaited(&self) -> &BTreeMap<Size, Hash> {
        &self.awaited
    }

    fn note_own(&mut self, position: Position, entry: &Entry) {
        let Some(record) = entry.record() else { return };
        self.submissions.entry(Verified::submission(record)).or_insert(position);
        if let Content::Objection(one) = &record.get().content
            && !planted(Bug::ObjectAgainAfterStart)
        {
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

    /// The ledger of all that is held, as it stands at `as_of`.
    pub fn ledger(&mut self, as_of: Timestamp) -> Ledger {
        let view = self.view();
        self.folder.ledger(&self.books, view, as_of)
    }

    /// What waits for a second signer, given all that is held.
    pub(super) fn awaiting(&mut self, now: Timestamp) -> BTreeMap<RecordId, Awaiting> {
        self.folder.awaiting(&self.books, now)
    }

    /// What became of a record that needs a second signer, given all that is held. What was never
    /// taken as one has no effect: its signer's certificate was over before it was received.
    pub(super) fn fate(&mut self, id: RecordId, now: Timestamp) -> Fate {
        self.folder.fate(&self.books, id, now).unwrap_or(Fate::WithoutEffect)
    }

    /// What keeps us from logging a record as our next entry, given all that is held.
    pub(super) fn hindrance(
        &mut self,
        party: Party,
        record: &Record,
        waiting: u64,
        now: Timestamp,
    ) -> Option<Hindrance> {
        self.folder.hindrance(&self.books, party, record, waiting, now)
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
        let mut beyond = self.books.newest().entries(party.other(), covered.next());
        self.uncovered = beyond.any(|(_, entry)| entry.entanglement().is_none());
    }
}

/// The root in an entanglement of our own log that covers more than the mirror holds. We held that
/// much as we signed it; now the mirror's tail is lost, and when it comes back it is held against
/// this.
pub(super) fn own_claim(own: bool, examined: &Examined, mirror: Size) -> Option<Hash> {
    let claims = own && !planted(Bug::HealOnlyWhatIsHeld);
    let record = examined.record().ok().filter(|_| claims)?;
    let Content::Entanglement(one) = &record.get().content else { return None };
    (one.size > mirror).then_some(one.root)
}
