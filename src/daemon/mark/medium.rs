//! What the mark's bytes lie on.

use std::{
    fmt::Debug,
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::store::failpoint::{Failpoint, reach};

/// The seam below the mark: a file, or what stands for one in a simulation. Only the scribe writes.
pub trait Medium: Debug + Send {
    /// All bytes; `None` if nothing was ever written, or it was removed.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    fn read(&self) -> io::Result<Option<Vec<u8>>>;

    /// Makes it ready for writing, and durably there if it is new.
    ///
    /// # Errors
    /// If the disk refuses.
    fn open(&mut self) -> io::Result<()>;

    /// Writes bytes at an offset; they may be torn, or lost, until [`Medium::sync`] has returned.
    ///
    /// # Errors
    /// If the disk refuses.
    fn write(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Makes what was written durable.
    ///
    /// # Errors
    /// If the disk refuses; what was written before may be lost then, and trying again proves
    /// nothing.
    fn sync(&mut self) -> io::Result<()>;

    /// Removes it durably; nothing happens if it is not there.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    fn remove(&mut self) -> io::Result<()>;
}

/// The mark's bytes in a file.
#[derive(Debug)]
pub(super) struct InFile {
    path: PathBuf,
    /// Kept open between writes.
    file: Option<File>,
}

impl InFile {
    /// The file at a path; nothing is read or written yet.
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    fn file(&self) -> io::Result<&File> {
        self.file.as_ref().ok_or_else(|| io::Error::other("the mark is not open"))
    }

    fn sync_folder(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
    }
}

impl Medium for InFile {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open(&mut self) -> io::Result<()> {
        reach(Failpoint::MarkBeforeOpen)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.path)?;
        reach(Failpoint::MarkMade)?;
        // Also where it was there: whoever made it may have been cut off before its folder was
        // synced.
        file.sync_all()?;
        self.sync_folder()?;
        self.file = Some(file);
        reach(Failpoint::MarkOpened)
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        reach(Failpoint::MarkBeforeWrite)?;
        self.file()?.write_all_at(bytes, offset)?;
        reach(Failpoint::MarkWritten)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file()?.sync_data()?;
        reach(Failpoint::MarkSynced)
    }

    fn remove(&mut self) -> io::Result<()> {
        reach(Failpoint::MarkBeforeRemove)?;
        self.file = None;
        match std::fs::remove_file(&self.path) {
            Ok(()) => {
                reach(Failpoint::MarkRemoved)?;
                self.sync_folder()?;
                reach(Failpoint::MarkGone)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}
