//! The files around a database: that it is created once, and written by one process.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::store::{
    StoreError,
    failpoint::{Failpoint, reach},
};

/// Where a store lies, or will lie: all links in its path followed, so that whoever comes by
/// another path meets the same lock.
pub(super) struct Place {
    directory: PathBuf,
    database: PathBuf,
}

impl Place {
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let database = match fs::canonicalize(path) {
            Ok(database) => database,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let name = path.file_name().ok_or_else(|| missing(path))?;
                match fs::canonicalize(parent.unwrap_or(Path::new("."))) {
                    Ok(directory) => directory.join(name),
                    Err(error) if error.kind() == ErrorKind::NotFound => return Err(missing(path)),
                    Err(error) => return Err(failed(path, &error)),
                }
            }
            Err(error) => return Err(failed(path, &error)),
        };
        let directory = database.parent().ok_or_else(|| missing(path))?.to_owned();
        Ok(Self { directory, database })
    }

    /// The database file.
    pub(super) fn database(&self) -> &Path {
        &self.database
    }

    /// The length of the database file. It is never opened but by the engine: closing it here would
    /// drop the engine's own locks on it (POSIX fcntl).
    pub(super) fn database_bytes(&self) -> Result<u64, StoreError> {
        let file = fs::metadata(&self.database).map_err(|error| failed(&self.database, &error))?;
        Ok(file.len())
    }

    /// For people.
    pub(super) fn shown(&self) -> String {
        shown(&self.database)
    }

    /// Refuses a store that was never created; an empty file is what a careless copy leaves, and
    /// the engine would take it for a database without tables.
    pub(super) fn check_present(&self) -> Result<(), StoreError> {
        match fs::metadata(&self.database) {
            Ok(file) if file.is_file() && file.len() > 0 => Ok(()),
            Ok(_) => Err(missing(&self.database)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(missing(&self.database)),
            Err(error) => Err(failed(&self.database, &error)),
        }
    }

    /// Refuses a directory that others can enter: the engine makes further files in it.
    pub(super) fn check_directory(&self) -> Result<(), StoreError> {
        let directory = fs::metadata(&self.directory).map_err(|e| failed(&self.directory, &e))?;
        let mode = directory.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        Err(StoreError::Exposed { path: shown(&self.directory), mode })
    }

    /// Takes the store for this process alone, until the file that is returned is closed; the
    /// kernel closes it when the process ends, however that happens.
    ///
    /// The engine's own locks last for one transaction each: two daemons could take turns.
    pub(super) fn lock(&self) -> Result<File, StoreError> {
        let path = self.database.with_extension("lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(|error| failed(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: shown(&path) }),
            Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
        }
    }

    /// Lets `fill` make the database under another name, and gives it its own name when it is whole
    /// and on disk. The lock is held.
    ///
    /// ```text
    /// 1  unlink(draft)                                  store-before-draft
    /// 2  open(draft, O_CREAT|O_EXCL, 0600), close       store-draft-made
    /// 3  the engine fills it                            store-draft-written, store-draft-filled
    /// 4  open(draft), fsync(draft), close               store-draft-synced
    /// 5  link(draft, database)                          store-linked
    /// 6  unlink(draft)                                  store-draft-removed
    /// 7  open(directory), fsync(directory), close       store-created
    /// ```
    ///
    /// The names at the right are the [`Failpoint`]s behind each step; store-draft-written lies
    /// within 3, before the engine commits.
    ///
    /// * A crash before 5 leaves a draft, which 1 removes at the next attempt.
    /// * 5 fails if there is anything of that name: no store is ever replaced.
    /// * A crash before 6 leaves a whole store with a second name, which its next writer removes.
    /// * A power cut before 7 may take the store away again, or its second name back; it was
    ///   acknowledged to nobody.
    pub(super) fn create_once(
        &self,
        fill: impl FnOnce(&Path) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if fs::symlink_metadata(&self.database).is_ok() {
            return Err(StoreError::Exists { path: self.shown() });
        }
        self.sweep()?;
        let draft = self.draft("");
        let made = make(&draft).map_err(|error| failed(&draft, &error));
        let filled = made.and_then(|()| fill(&draft)).and_then(|()| self.publish(&draft));
        if filled.is_err() {
            // The first error is the one to be told; the draft is swept again at the next attempt.
            let _swept = self.sweep();
        }
        filled
    }

    fn publish(&self, draft: &Path) -> Result<(), StoreError> {
        let synced = reach(Failpoint::StoreDraftFilled)
            .and_then(|()| File::open(draft)?.sync_all())
            .and_then(|()| reach(Failpoint::StoreDraftSynced));
        synced.map_err(|error| failed(draft, &error))?;
        let linked = fs::hard_link(draft, &self.database);
        match linked.and_then(|()| reach(Failpoint::StoreLinked)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists { path: self.shown() });
            }
            Err(error) => return Err(failed(&self.database, &error)),
        }
        self.sweep()?;
        let synced = reach(Failpoint::StoreDraftRemoved)
            .and_then(|()| File::open(&self.directory)?.sync_all())
            .and_then(|()| reach(Failpoint::StoreCreated));
        synced.map_err(|error| failed(&self.directory, &error))
    }

    /// Removes what a crash during creation left behind. The lock is held.
    pub(super) fn sweep(&self) -> Result<(), StoreError> {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let path = self.draft(suffix);
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Ok(())
    }

    fn draft(&self, suffix: &str) -> PathBuf {
        let mut name = self.database.file_name().unwrap_or(OsStr::new("store")).to_owned();
        name.push(".new");
        name.push(suffix);
        self.directory.join(name)
    }
}

/// Makes an empty file; the engine gives its other files the same permissions.
fn make(path: &Path) -> io::Result<()> {
    reach(Failpoint::StoreBeforeDraft)?;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    reach(Failpoint::StoreDraftMade)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn missing(path: &Path) -> StoreError {
    StoreError::Missing { path: shown(path) }
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    // No room for a file or a directory entry: nothing was begun yet.
    if error.kind() == ErrorKind::StorageFull {
        return StoreError::Full;
    }
    StoreError::Failed(format!("{}: {error}", path.display()))
}
