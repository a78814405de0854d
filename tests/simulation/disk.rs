//! One side's disk: the store and the high-water mark, and what may befall them.
//!
//! It outlives the daemon. A commit is whole or not there at all, as the engine promises; whether a
//! commit whose end was never reported is there, the fault decides. The mark is written in slots,
//! and may be torn or lost until its sync has returned.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use entente::{
    daemon::mark::Medium,
    names::{Hash, Party, Position, Size, SubmissionId},
    store::{Identity, MemoryStore, Queued, Store, StoreError, StoredEntry, StoredNote, Write},
};

/// What befalls the next durable step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mishap {
    /// Power is cut before the commit.
    CutBeforeCommit,
    /// Power is cut after the commit, and before anybody hears of it.
    CutAfterCommit,
    /// The engine fails, and nothing was written.
    CommitFails,
    /// The engine fails, and yet everything was written.
    CommitFailsWritten,
    /// There is no room for the next commit.
    CommitFull,
    /// Power is cut before the mark is written.
    CutBeforeMark,
    /// Power is cut while the mark is written: half a slot is on the disk.
    CutWithinMark,
    /// Power is cut after the mark was written and before it was synced: it is lost.
    CutBeforeMarkSync,
    /// Power is cut after the mark's sync, and before anybody is answered.
    CutAfterMark,
    /// The mark's disk fails.
    MarkFails,
    /// A question to the store fails.
    ReadFails,
}

impl Mishap {
    pub(crate) const ALL: [Self; 11] = [
        Self::CutBeforeCommit,
        Self::CutAfterCommit,
        Self::CommitFails,
        Self::CommitFailsWritten,
        Self::CommitFull,
        Self::CutBeforeMark,
        Self::CutWithinMark,
        Self::CutBeforeMarkSync,
        Self::CutAfterMark,
        Self::MarkFails,
        Self::ReadFails,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CutBeforeCommit => "power cut before a commit",
            Self::CutAfterCommit => "power cut after a commit",
            Self::CommitFails => "commit fails, nothing written",
            Self::CommitFailsWritten => "commit fails, all written",
            Self::CommitFull => "no room for a commit",
            Self::CutBeforeMark => "power cut before the mark",
            Self::CutWithinMark => "power cut within the mark",
            Self::CutBeforeMarkSync => "power cut before the mark's sync",
            Self::CutAfterMark => "power cut after the mark",
            Self::MarkFails => "the mark's disk fails",
            Self::ReadFails => "a read of the store fails",
        }
    }

    const fn is_of_commit(self) -> bool {
        matches!(
            self,
            Self::CutBeforeCommit
                | Self::CutAfterCommit
                | Self::CommitFails
                | Self::CommitFailsWritten
                | Self::CommitFull
        )
    }
}

/// What lies on the disk, and what is about to befall it.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) store: MemoryStore,
    pub(crate) mark: Option<Vec<u8>>,
    unsynced: Option<(Vec<u8>, u64)>,
    /// Whether a mark was once whole and durable, and was neither removed nor lost since.
    pub(crate) was_marked: bool,
    /// What befalls the step after so many more steps of its kind.
    planned: Option<(Mishap, u32)>,
    /// What befell, since it was last asked.
    pub(crate) befallen: Vec<Mishap>,
    /// What was committed since it was last asked, commit by commit.
    pub(crate) committed: Vec<Vec<Write>>,
}

impl Disk {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self {
            store,
            mark: None,
            unsynced: None,
            was_marked: false,
            planned: None,
            befallen: Vec::new(),
            committed: Vec::new(),
        }
    }

    /// Plans a mishap for the step after `later` more of its kind.
    pub(crate) const fn plan(&mut self, mishap: Mishap, later: u32) {
        self.planned = Some((mishap, later));
    }

    /// The mark is gone.
    pub(crate) fn lose_mark(&mut self) {
        self.mark = None;
        self.was_marked = false;
    }

    /// Nothing more befalls it.
    pub(crate) fn calm(&mut self) {
        self.planned = None;
        self.store.set_bytes_max(None);
    }

    /// Power is cut: what was not synced is gone.
    pub(crate) fn cut(&mut self) {
        self.unsynced = None;
        self.planned = None;
    }

    /// What befalls this step, if it is one of those.
    fn befalls(&mut self, kind: impl Fn(Mishap) -> bool) -> Option<Mishap> {
        let (mishap, later) = self.planned.filter(|(mishap, _)| kind(*mishap))?;
        if later > 0 {
            self.planned = Some((mishap, later - 1));
            return None;
        }
        self.planned = None;
        self.befallen.push(mishap);
        Some(mishap)
    }

    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let mishap = self.befalls(Mishap::is_of_commit);
        let failed = || StoreError::Failed("simulated".to_owned());
        match mishap {
            Some(Mishap::CutBeforeCommit | Mishap::CommitFails) => return Err(failed()),
            Some(Mishap::CommitFull) => return Err(StoreError::Full),
            _ => {}
        }
        self.store.commit(writes)?;
        self.committed.push(writes.to_vec());
        if mishap.is_some() { Err(failed()) } else { Ok(()) }
    }

    fn read(&mut self) -> Result<(), StoreError> {
        match self.befalls(|mishap| mishap == Mishap::ReadFails) {
            Some(_) => Err(StoreError::Failed("simulated".to_owned())),
            None => Ok(()),
        }
    }

    fn write_mark(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mishap = self.befalls(|mishap| {
            matches!(mishap, Mishap::CutBeforeMark | Mishap::CutWithinMark | Mishap::MarkFails)
        });
        match mishap {
            None => {
                self.unsynced = Some((bytes.to_vec(), offset));
                Ok(())
            }
            Some(Mishap::CutWithinMark) => {
                self.put(&bytes[..300], offset);
                Err(io::Error::other("simulated"))
            }
            Some(_) => Err(io::Error::other("simulated")),
        }
    }

    fn sync_mark(&mut self) -> io::Result<()> {
        let mishap = self
            .befalls(|mishap| matches!(mishap, Mishap::CutBeforeMarkSync | Mishap::CutAfterMark));
        if mishap == Some(Mishap::CutBeforeMarkSync) {
            self.unsynced = None;
            return Err(io::Error::other("simulated"));
        }
        if let Some((bytes, offset)) = self.unsynced.take() {
            self.put(&bytes, offset);
            self.was_marked = true;
        }
        if mishap.is_some() { Err(io::Error::other("simulated")) } else { Ok(()) }
    }

    fn put(&mut self, bytes: &[u8], offset: u64) {
        let mark = self.mark.get_or_insert_default();
        let offset = usize::try_from(offset).unwrap();
        let end = offset + bytes.len();
        if mark.len() < end {
            mark.resize(end, 0);
        }
        mark[offset..end].copy_from_slice(bytes);
    }
}

/// A disk that a daemon and the world share.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Mutex<Disk>>);

impl Shared {
    pub(crate) fn new(store: MemoryStore) -> Self {
        Self(Arc::new(Mutex::new(Disk::new(store))))
    }

    /// The disk, for a moment.
    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&MemoryStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut disk = self.disk();
        disk.read()?;
        question(&disk.store)
    }
}

impl Medium for Shared {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.disk().mark.clone())
    }

    fn open(&mut self) -> io::Result<()> {
        self.disk().mark.get_or_insert_default();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.disk().write_mark(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk().sync_mark()
    }

    fn remove(&mut self) -> io::Result<()> {
        self.disk().lose_mark();
        Ok(())
    }
}

impl Store for Shared {
    fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.disk().commit(writes)
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        self.ask(Store::identity)
    }

    fn size(&self, log: Party) -> Result<Size, StoreError> {
        self.ask(|store| store.size(log))
    }

    fn entries(
        &self,
        log: Party,
        start: Position,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.ask(|store| store.entries(log, start, count, bytes))
    }

    fn node(&self, log: Party, level: u8, index: u64) -> Result<Hash, StoreError> {
        self.ask(|store| store.node(log, level, index))
    }

    fn newest_checkpoint(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.newest_checkpoint(log))
    }

    fn checkpoint_above(&self, log: Party, above: Size) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.checkpoint_above(log, above))
    }

    fn newest_cosignature(&self, log: Party) -> Result<Option<StoredNote>, StoreError> {
        self.ask(|store| store.newest_cosignature(log))
    }

    fn cosignatures_above(
        &self,
        log: Party,
        above: Size,
        count: usize,
    ) -> Result<Vec<StoredNote>, StoreError> {
        self.ask(|store| store.cosignatures_above(log, above, count))
    }

    fn submission(&self, id: SubmissionId) -> Result<Option<[u8; 32]>, StoreError> {
        self.ask(|store| store.submission(id))
    }

    fn queue(&self) -> Result<Vec<Queued>, StoreError> {
        self.ask(Store::queue)
    }

    fn term_seen(&self) -> Result<u64, StoreError> {
        self.ask(Store::term_seen)
    }
}
