//! Files and folders beside the store that is founded.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::InitFault;

/// Removes what an init that never signed anything has left.
pub(super) fn sweep(draft: &Path) -> Result<(), InitFault> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let path = beside(draft, suffix);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(disk(&path)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

pub(super) fn sync(directory: &Path) -> Result<(), InitFault> {
    File::open(directory).and_then(|folder| folder.sync_all()).map_err(disk(directory))
}

pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> InitFault {
    let path = path.to_owned();
    move |source| InitFault::Disk { path, source }
}
