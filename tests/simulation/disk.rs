//! One side's disk: the store and the high-water mark, and what may befall them.
//!
//! It outlives the daemon. A commit is whole or not there at all, as the engine promises; whether a
//! commit whose end was never reported is there, the fault decides. The mark is written in slots,
//! and may be torn or lost until its sync has returned.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use crate::mishap::Mishap;
use entente::{
    daemon::mark::Medium,
    store::{MemoryStore, Store, StoreError, Through, Write},
};

/// Bytes at an offset of the mark.
type Slot = (Vec<u8>, u64);

/// What lies on the disk, and what is about to befall it.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) store: MemoryStore,
    pub(crate) mark: Option<Vec<u8>>,
    /// What was written to the mark and is in the kernel's memory alone.
    unsynced: Vec<Slot>,
    /// The same, after a sync that failed: no later sync writes it.
    doomed: Vec<Slot>,
    /// Whether a mark was once whole and durable, and was neither removed nor lost since.
    pub(crate) was_marked: bool,
    /// What befalls the step after so many more steps of its kind.
    planned: Option<(Mishap, u32)>,
    /// Counts what became of the mark on the disk.
    pub(crate) mark_changes: u64,
    /// How often a mark was torn: each time at another place.
    tears: u64,
    /// Whether power was cut, since it was last asked.
    power_cut: bool,
    /// Whether anything has befallen it in this run, or it was full.
    pub(crate) is_troubled: bool,
    /// What befell, since it was last asked.
    pub(crate) befallen: Vec<Mishap>,
    /// How often a commit found no room, since it was last asked.
    pub(crate) found_full: u32,
    /// What was committed since it was last asked, commit by commit.
    pub(crate) committed: Vec<Vec<Write>>,
}

impl Disk {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self {
            store,
            mark: None,
            unsynced: Vec::new(),
            doomed: Vec::new(),
            was_marked: false,
            planned: None,
            mark_changes: 0,
            tears: 0,
            power_cut: false,
            is_troubled: false,
            befallen: Vec::new(),
            found_full: 0,
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
        self.mark_changes += 1;
        self.unsynced.clear();
        self.doomed.clear();
        self.was_marked = false;
    }

    /// Nothing more befalls it.
    pub(crate) fn calm(&mut self) {
        self.planned = None;
        self.store.set_bytes_max(None);
    }

    /// Power is cut: what was not synced is gone.
    pub(crate) fn cut(&mut self) {
        self.unsynced.clear();
        self.doomed.clear();
        self.planned = None;
    }

    /// Whether power was cut since it was last asked.
    pub(crate) const fn take_power_cut(&mut self) -> bool {
        std::mem::replace(&mut self.power_cut, false)
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
        self.power_cut |= mishap.is_cut();
        self.is_troubled = true;
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
        if let Err(refused) = self.store.commit(writes) {
            if matches!(refused, StoreError::Full) {
                self.found_full += 1;
                self.is_troubled = true;
            }
            return Err(refused);
        }
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
        let torn = self.planned.map_or(0, |(_, later)| later);
        let mishap = self.befalls(|mishap| {
            matches!(mishap, Mishap::CutBeforeMark | Mishap::CutWithinMark | Mishap::MarkFails)
        });
        match mishap {
            None => {
                self.unsynced.push((bytes.to_vec(), offset));
                Ok(())
            }
            Some(Mishap::CutWithinMark) => {
                // What of it reached the disk is its beginning, or its end.
                let length = [1, 40, 200, 8192][usize::try_from(self.tears).unwrap() % 4];
                self.tears += 1 + u64::from(torn);
                if self.tears.is_multiple_of(2) {
                    self.put(&bytes[..length], offset);
                } else {
                    let start = bytes.len() - length;
                    self.put(&bytes[start..], offset + u64::try_from(start).unwrap());
                }
                Err(failed())
            }
            Some(_) => Err(failed()),
        }
    }

    fn sync_mark(&mut self) -> io::Result<()> {
        let mishap = self.befalls(|mishap| {
            matches!(
                mishap,
                Mishap::CutBeforeMarkSync
                    | Mishap::CutAfterMark
                    | Mishap::KillBeforeMarkSync
                    | Mishap::MarkSyncFails
            )
        });
        match mishap {
            Some(Mishap::CutBeforeMarkSync | Mishap::KillBeforeMarkSync) => return Err(failed()),
            Some(Mishap::MarkSyncFails) => {
                self.doomed.append(&mut self.unsynced);
                return Err(failed());
            }
            _ => {}
        }
        for (bytes, offset) in std::mem::take(&mut self.unsynced) {
            self.doomed.retain(|(_, other)| *other != offset);
            self.put(&bytes, offset);
            self.was_marked = true;
        }
        if mishap.is_some() { Err(failed()) } else { Ok(()) }
    }

    /// The mark as the kernel shows it, on the disk or not.
    fn read_mark(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.befalls(|mishap| mishap == Mishap::MarkUnreadable).is_some() {
            return Err(failed());
        }
        Ok(self.seen_mark())
    }

    /// The same, for the world to look at: nothing befalls that.
    pub(crate) fn seen_mark(&self) -> Option<Vec<u8>> {
        let mut seen = self.mark.clone();
        for (bytes, offset) in self.doomed.iter().chain(&self.unsynced) {
            put(seen.get_or_insert_default(), bytes, *offset);
        }
        seen
    }

    fn remove_mark(&mut self) -> io::Result<()> {
        let mishap = self.befalls(|mishap| {
            matches!(mishap, Mishap::CutBeforeMarkRemoval | Mishap::CutAfterMarkRemoval)
        });
        if mishap != Some(Mishap::CutBeforeMarkRemoval) {
            self.lose_mark();
        }
        if mishap.is_some() { Err(failed()) } else { Ok(()) }
    }

    fn put(&mut self, bytes: &[u8], offset: u64) {
        self.mark_changes += 1;
        put(self.mark.get_or_insert_default(), bytes, offset);
    }
}

fn failed() -> io::Error {
    io::Error::other("simulated")
}

fn put(mark: &mut Vec<u8>, bytes: &[u8], offset: u64) {
    let offset = usize::try_from(offset).unwrap();
    let end = offset + bytes.len();
    if mark.len() < end {
        mark.resize(end, 0);
    }
    mark[offset..end].copy_from_slice(bytes);
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
}

/// A mark that is only looked at.
#[derive(Debug)]
pub(crate) struct Still(pub(crate) Option<Vec<u8>>);

impl Medium for Still {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.clone())
    }

    fn open(&mut self) -> io::Result<()> {
        Err(failed())
    }

    fn write(&mut self, _bytes: &[u8], _offset: u64) -> io::Result<()> {
        Err(failed())
    }

    fn sync(&mut self) -> io::Result<()> {
        Err(failed())
    }

    fn remove(&mut self) -> io::Result<()> {
        Err(failed())
    }
}

impl Medium for Shared {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        self.disk().read_mark()
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
        self.disk().remove_mark()
    }
}

impl Through for Shared {
    type Inner = MemoryStore;

    fn ask<T>(
        &self,
        question: impl FnOnce(&MemoryStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut disk = self.disk();
        disk.read()?;
        question(&disk.store)
    }

    fn hand_on(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.disk().commit(writes)
    }
}
