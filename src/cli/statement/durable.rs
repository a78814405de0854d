//! A new file, whole or not at all.
//!
//! ```text
//! open(.NAME.part)          cut off before the rename: that file is left, and the next export
//! write, fsync              writes it anew
//! link(.NAME.part, NAME)    refused if NAME is there: nothing is ever written over
//! unlink(.NAME.part)        cut off before it: the same file under two names
//! fsync(folder)             lost before it: the same export again
//! ```

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It was not there, and is now.
    New,
    /// It was there, with these very bytes.
    TheSame,
    /// It is there with other bytes, and was left alone.
    Another,
}

/// Whether a file is there, and holds these bytes.
pub(super) fn look(path: &Path, bytes: &[u8]) -> io::Result<Written> {
    match fs::read(path) {
        Ok(there) if there == bytes => Ok(Written::TheSame),
        Ok(_) => Ok(Written::Another),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Written::New),
        Err(error) => Err(error),
    }
}

/// Writes a new file durably; one that is there is left as it is.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<Written> {
    let (part, path): (PathBuf, PathBuf) =
        (folder.join(format!(".{name}.part")), folder.join(name));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&part, &path);
    fs::remove_file(&part)?;
    let written = match linked {
        Ok(()) => Written::New,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => look(&path, bytes)?,
        Err(error) => return Err(error),
    };
    File::open(folder)?.sync_all()?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_once_and_never_over() {
        let folder = tempfile::tempdir().unwrap();
        let written = |bytes: &[u8]| write(folder.path(), "name", bytes).unwrap();
        assert_eq!(written(b"one"), Written::New);
        assert_eq!(written(b"one"), Written::TheSame);
        assert_eq!(written(b"two"), Written::Another);
        assert_eq!(fs::read(folder.path().join("name")).unwrap(), b"one");
        assert_eq!(look(&folder.path().join("other"), b"one").unwrap(), Written::New);
        // What a power cut left behind is in nobody's way.
        fs::write(folder.path().join(".more.part"), "half").unwrap();
        assert_eq!(write(folder.path(), "more", b"whole").unwrap(), Written::New);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(write(&folder.path().join("nowhere"), "name", b"").is_err());
    }
}
