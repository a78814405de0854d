//! Files that are made once: nothing here ever writes over one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A new file, readable by its owner alone, on the disk before this returns.
///
/// # Errors
/// If it is there already, or the disk refuses.
pub(super) fn new_file(path: &Path, text: &str) -> io::Result<()> {
    let mut to = open_new(path)?;
    to.write_all(text.as_bytes())?;
    to.sync_all()
}

/// A new file, empty and readable by its owner alone.
///
/// # Errors
/// If it is there already, or the disk refuses.
pub(super) fn open_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// The same as [`new_file`], and its name in the folder is on the disk as well.
///
/// # Errors
/// If it is there already, or the disk refuses.
pub(super) fn new_file_alone(path: &Path, text: &str) -> io::Result<()> {
    new_file(path, text)?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    File::open(above.unwrap_or_else(|| Path::new(".")))?.sync_all()
}
