//! From a log that ended to its successor: nobody serves the old one from then on.
//!
//! The old daemon answers submissions as long as it runs, and what it has answered is to go on in
//! the successor. So `init` takes the store of the predecessor as its writer, which it cannot
//! while a daemon has it, says in a file beside it which log has succeeded it, and only then reads
//! what is left there. `serve` takes a store first and then looks for that file, so that none of
//! the two misses the other.
//!
//! ```text
//! 1  open(store)            takes the lock: no daemon runs, and none can start
//! 2  write(draft), fsync    torn or whole: no daemon looks at it
//! 3  rename(draft, file)    before it, the old daemon can start again, and nothing is founded
//! 4  fsync(directory)       before it, the rename may be lost: the next init does all of it again
//! 5  what is left is read   complete from here on, whenever an init is cut off and begun again
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::{
    daemon::init::STORE_FILE,
    ledger::Agreement,
    names::Party,
    store::{Options, SqliteStore, StoreError},
};

/// Beside the store of a log that was succeeded: the digest of the succession, and the origin of
/// the log that follows.
const FILE: &str = "succeeded-by";

/// Why a log is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum HandoverRefused {
    /// A daemon serves it.
    #[error("{path} is served still: what is submitted there now would be lost",
        path = .0.display())]
    Served(PathBuf),
    /// It was succeeded already, and otherwise.
    #[error("{path} was succeeded already: {by}", path = path.display())]
    Succeeded {
        /// Its directory.
        path: PathBuf,
        /// By which log.
        by: String,
    },
    /// Its store.
    #[error("{path}: {source}", path = path.display())]
    Store {
        /// Its directory.
        path: PathBuf,
        /// What is wrong.
        source: StoreError,
    },
    /// The disk.
    #[error("{path}: {source}", path = path.display())]
    Disk {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl HandoverRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Served(_) => {
                "stop the daemon of the log that ended, and run `entente init` again"
            }
            Self::Succeeded { .. } => {
                "finish `entente init` with the configuration of that successor; only if none was \
                 founded, on no disk, remove the file `succeeded-by` there"
            }
            Self::Store { .. } => "put the whole state directory of that log there, or restore it",
            Self::Disk { .. } => "let this user write to the state directory of the log that ended",
        }
    }
}

/// Takes over what stands before a log that is to be founded. While the store that is returned is
/// open, no daemon starts there; afterwards none does because of what is written.
///
/// # Errors
/// If a daemon serves it, or another log has succeeded it; or if the disk fails.
pub fn take_over(
    directory: &Path,
    agreement: &Agreement,
    party: Party,
) -> Result<SqliteStore, HandoverRefused> {
    let path = directory.to_owned();
    let store = match SqliteStore::open(&directory.join(STORE_FILE), Options::default()) {
        Ok(store) => store,
        Err(StoreError::Busy { .. }) => return Err(HandoverRefused::Served(path)),
        Err(source) => return Err(HandoverRefused::Store { path, source }),
    };
    let digest = agreement.successions().last().map(crate::record::Succession::digest);
    let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
    let by = format!("{} by the succession {digest}", agreement.origin(party));
    match succeeded_by(directory) {
        Ok(Some(found)) if found != by => {
            return Err(HandoverRefused::Succeeded { path, by: found });
        }
        Ok(_) => {}
        Err(source) => return Err(HandoverRefused::Disk { path, source }),
    }
    // Also where it is there: whoever wrote it may have been cut off before it was synced.
    write(directory, &by).map_err(|source| HandoverRefused::Disk { path, source })?;
    Ok(store)
}

/// By what the log in a state directory was succeeded, if it was.
///
/// # Errors
/// If that cannot be read.
pub fn succeeded_by(directory: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(directory.join(FILE)) {
        Ok(text) => Ok(Some(text.trim_end().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(directory: &Path, by: &str) -> io::Result<()> {
    let draft = directory.join(format!("{FILE}.draft"));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(format!("{by}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, directory.join(FILE))?;
    File::open(directory)?.sync_all()
}
