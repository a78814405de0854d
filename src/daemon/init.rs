//! `entente init`: a log is founded once, and on purpose.
//!
//! # What a power cut leaves
//!
//! The store is made as a draft beside its place, and gets its name last:
//!
//! ```text
//! 0  mkdir(directory)       it may be there; nothing is in it
//!    fsync(folder above)    before it, the directory may go again; the next init syncs it, also
//!                           where it finds the directory there
//! 1  create(draft)          torn or empty: nothing was signed on disk; swept by the next init
//! 2  commit of entry 0      before it, as 1; after it, the draft holds a log that is founded
//! 3  write(mark)            before it, the next init finds the founded draft and goes on here;
//!                           as it does where a mark is found that may not be synced
//! 4  close(draft)           the write-ahead log is copied into the draft when it is opened next
//! 5  rename(draft, store)   before it, the next init finds a draft and a mark that agree
//! 6  fsync(directory)       before it, the rename may be lost: the same
//! ```
//!
//! Their [failpoints](crate::store::failpoint), where `tests/crash.rs` ends the process:
//!
//! ```text
//! 0  init-before-directory, init-directory-made
//! 1  init-before-draft, those of a store that is created, init-draft-made
//! 2  those of a commit, and of the scribe's
//! 3  those of the mark, twice: by the scribe, and between init-before-mark and init-marked
//! 4  init-draft-founded, those of a store that is opened
//! 5  init-before-rename, init-renamed
//! 6  init-done
//! ```
//!
//! A founded draft is never thrown away: its checkpoint of size 1 has been signed, and a second
//! founding would sign another one. One that was founded for another party or under other terms
//! stops `init`: it is somebody's log. Only `serve` lets anything out, and it sees no draft. A mark
//! without a store and without a draft that agrees with it belongs to a log that existed; that log
//! is to be restored, not founded again.

mod fault;
mod files;

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use files::{beside, disk, folder_of, sweep, sync};

use super::{
    assembly::Assembly,
    config::Config,
    lineage::{HandedBack, left_behind, take_over},
    mark::{Mark, MarkFile},
    scribe::{LoadFault, Scribe, Seat, State},
};
use crate::{
    names::{Hash, Party, Size},
    store::{
        Identity, Options, SqliteStore, Store as _, StoreError, Write,
        failpoint::{Failpoint, reach},
    },
    tlog::SignedCheckpoint,
};
pub use fault::InitFault;

/// The store's file in the state directory.
pub const STORE_FILE: &str = "entente.db";
/// The store before it is whole. Its lock file is the same as the store's.
const DRAFT_FILE: &str = "entente.init";
/// Held while an init runs, so that a second one does not sweep its draft.
const LOCK_FILE: &str = "init.lock";

/// A log that was founded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Founded {
    /// Whose log.
    pub party: Party,
    /// Its origin.
    pub origin: String,
    /// How many entries it has: the founding agreement.
    pub size: Size,
    /// Their root.
    pub root: Hash,
    /// Where the store lies.
    pub store: PathBuf,
    /// Where the high-water mark lies.
    pub mark: PathBuf,
    /// What was acknowledged in the log before, and has to be handed in anew.
    pub handed_back: Vec<HandedBack>,
}

/// The file of the store.
#[must_use]
pub fn store_file(config: &Config) -> PathBuf {
    config.state.directory.join(STORE_FILE)
}

/// How the store of this configuration is opened.
#[must_use]
pub fn store_options(config: &Config) -> Options {
    Options { pages_max: config.state.database_pages_max.map(std::num::NonZeroU32::get) }
}

/// Founds this side's log: state directory, store, entry 0, its checkpoint and the mark.
///
/// # Errors
/// Everything that stands against it, as far as it can be known before something is written.
pub fn init(config: &Config) -> Result<Founded, Vec<InitFault>> {
    let assembly = Assembly::founding(config)
        .map_err(|faults| faults.into_iter().map(InitFault::from).collect::<Vec<_>>());
    let mut faults = obstacles(config);
    let assembly = match assembly {
        Ok(assembly) if faults.is_empty() => assembly,
        Ok(_) => return Err(faults),
        Err(more) => {
            faults.extend(more);
            return Err(faults);
        }
    };
    found(config, assembly).map_err(|fault| vec![fault])
}

/// What is there and should not be, and the reverse.
fn obstacles(config: &Config) -> Vec<InitFault> {
    let mut faults = Vec::new();
    let (store, mark) = (store_file(config), &config.state.mark);
    let is_founded = store.symlink_metadata().is_ok();
    if is_founded {
        faults.push(InitFault::StoreExists(store));
    }
    let draft = config.state.directory.join(DRAFT_FILE);
    if !is_founded && mark.symlink_metadata().is_ok() && draft.symlink_metadata().is_err() {
        faults.push(InitFault::MarkExists(mark.clone()));
    }
    let folder = folder_of(mark);
    if !folder.is_dir() {
        faults.push(InitFault::NoMarkFolder(folder.to_owned()));
    }
    faults
}

fn found(config: &Config, assembly: Assembly) -> Result<Founded, InitFault> {
    let directory = &config.state.directory;
    claim(directory)?;
    let _lock = lock(directory)?;
    let (draft, store) = (directory.join(DRAFT_FILE), store_file(config));
    let seat = assembly.seat.clone();
    // Held to the end: no daemon adds to what is left behind, now or after this process.
    let before = config.state.predecessors.last();
    let _before =
        before.map(|before| take_over(before, &seat.agreement, seat.party)).transpose()?;
    let left = left_behind(config, &seat.agreement)?;
    if founded(config, &seat, &draft)?.is_none() {
        if config.state.mark.symlink_metadata().is_ok() {
            return Err(InitFault::MarkExists(config.state.mark.clone()));
        }
        believed(config, &assembly)?;
        sweep(&draft)?;
        found_draft(config, assembly, &draft, &left.carried)?;
    }
    // From here on it is the same whether this init made the draft or an earlier one.
    let own = founded(config, &seat, &draft)?.ok_or(LoadFault::Empty)?;
    reach(Failpoint::InitBeforeMark).map_err(disk(&config.state.mark))?;
    write_mark(config, &seat, &own)?;
    reach(Failpoint::InitMarked).map_err(disk(&config.state.mark))?;
    if beside(&draft, "-wal").metadata().is_ok_and(|wal| wal.len() > 0) {
        return Err(InitFault::Unfinished(draft));
    }
    // Renaming would replace a store; nobody else can have put one there, as we hold the lock.
    if store.symlink_metadata().is_ok() {
        return Err(InitFault::StoreExists(store));
    }
    reach(Failpoint::InitBeforeRename).map_err(disk(&draft))?;
    fs::rename(&draft, &store).map_err(disk(&draft))?;
    reach(Failpoint::InitRenamed).map_err(disk(directory))?;
    sync(directory)?;
    reach(Failpoint::InitDone).map_err(disk(directory))?;
    Ok(Founded {
        party: seat.party,
        origin: seat.agreement.origin(seat.party).to_string(),
        size: own.checkpoint().size(),
        root: own.checkpoint().root(),
        store,
        mark: config.state.mark.clone(),
        handed_back: left.handed_back,
    })
}

/// Refuses an agreement with a record key that one of the known authorities does not vouch for. A
/// log that is founded keeps its keys: what a certificate comes to later stops no daemon, and no
/// successor, whose keys are those of the logs before it; the status tells.
fn believed(config: &Config, assembly: &Assembly) -> Result<(), InitFault> {
    if !assembly.seat.agreement.successions().is_empty() {
        return Ok(());
    }
    let now = assembly.clock.read().wall;
    let judges = config.signer_judges(now)?;
    let terms = assembly.seat.agreement.terms();
    for party in [config.party, config.party.other()] {
        for signer in &terms.party(party).signers {
            let role = signer.role;
            let judged = judges.judge(signer.certificate.der(), party, role, now);
            judged.map_err(|reason| InitFault::Untrusted { party, role, reason })?;
        }
    }
    Ok(())
}

/// Makes the draft and founds the log in it.
fn found_draft(
    config: &Config,
    assembly: Assembly,
    draft: &Path,
    carried: &[Write],
) -> Result<(), InitFault> {
    let Assembly { seat, keys, clock } = assembly;
    let terms = seat.agreement.identity_bytes();
    let identity = Identity { party: seat.party, terms };
    reach(Failpoint::InitBeforeDraft).map_err(disk(draft))?;
    let mut store = SqliteStore::create(draft, &identity, store_options(config))?;
    reach(Failpoint::InitDraftMade).map_err(disk(draft))?;
    // Before the log is founded: a draft without entry 0 is swept, and all of this is read again.
    if !carried.is_empty() {
        store.commit(carried)?;
    }
    let mark = MarkFile::at(config.state.mark.clone());
    // Dropped, and with it the store closed, as soon as the log is founded.
    Scribe::found(seat, store, keys, mark, clock.read())?;
    reach(Failpoint::InitDraftFounded).map_err(disk(draft))
}

/// The first checkpoint in the draft, if it holds a log that is founded under this agreement.
/// Opening it brings its write-ahead log in. A founded log of another identity is refused.
fn founded(
    config: &Config,
    seat: &Seat,
    draft: &Path,
) -> Result<Option<SignedCheckpoint>, InitFault> {
    let store = match SqliteStore::open(draft, store_options(config)) {
        Ok(store) => store,
        Err(error @ (StoreError::Busy { .. } | StoreError::Full | StoreError::Failed(_))) => {
            return Err(error.into());
        }
        // The schema is set by the commit that makes a store ours: this one is of another version.
        Err(error @ (StoreError::Exposed { .. } | StoreError::Schema { .. })) => {
            return Err(error.into());
        }
        // No store, or none of ours: nothing of this log was signed into it.
        Err(_) => return Ok(None),
    };
    let identity = store.identity()?;
    let is_ours = identity.party == seat.party && identity.terms == seat.agreement.identity_bytes();
    if !is_ours {
        let party = identity.party;
        // One commit founds a log: without entry 0 there is no signature either.
        return match store.size(party)? {
            Size(0) => Ok(None),
            _ => Err(InitFault::AnotherDraft { path: draft.to_owned(), party }),
        };
    }
    let state = State::load(&store, seat)?;
    let own = state.checkpoints.of(seat.party).clone();
    Ok(own.filter(|own| own.checkpoint().size() == Size(1)))
}

/// Lets the mark say what the draft holds; one that says something else belongs to another log. One
/// that says it already is written again: whoever wrote it may have ended before it was synced.
fn write_mark(config: &Config, seat: &Seat, own: &SignedCheckpoint) -> Result<(), InitFault> {
    let path = &config.state.mark;
    let mut file = MarkFile::at(path.clone());
    let wanted = Mark { own: own.clone(), cosigned: None };
    match file.read(&seat.agreement, seat.party).map_err(disk(path))? {
        Some(found) if found != wanted => Err(InitFault::MarkExists(path.clone())),
        Some(_) | None => file.write(&wanted).map_err(disk(path)),
    }
}

/// Makes the state directory, for its owner alone, unless it is there.
fn claim(directory: &Path) -> Result<(), InitFault> {
    reach(Failpoint::InitBeforeDirectory).map_err(disk(directory))?;
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(disk(directory)(error));
        }
        // Also where it is there: whoever made it may have been cut off here.
        Ok(()) | Err(_) => {}
    }
    reach(Failpoint::InitDirectoryMade).map_err(disk(directory))?;
    sync(folder_of(directory))
}

fn lock(directory: &Path) -> Result<File, InitFault> {
    let path = directory.join(LOCK_FILE);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(disk(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(InitFault::Busy(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(disk(&path)(error)),
    }
}

#[cfg(test)]
mod tests;
