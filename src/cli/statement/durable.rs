//! A new file, whole or not at all.
//!
//! ```text
//! open(.NAME.RANDOM.part)          cut off before the link: a part is left, which nobody reads;
//! write, fsync                     the next export removes it
//! link(.NAME.RANDOM.part, NAME)    refused if NAME is there: nothing is ever written over
//! unlink(.NAME.RANDOM.part)        cut off before it: the same file under two names, and to
//!                                  remove the part leaves NAME as it is
//! fsync(folder)                    lost before it: the same export again
//! ```
//!
//! A part is only ever opened as a file that was not there (`O_EXCL`, which follows no link), under
//! a name that nobody can foretell: a part that was left, a link to the certificate, a link that
//! somebody has planted or the part of another export is never written to. What is there already is
//! opened for reading alone.
//!
//! Another export may remove a part as one that was left. Then the link fails, since no other file
//! ever has that name, and the file is written again under another.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
};

use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom as _, SystemRandom};

/// How often a file is written before its part has been removed by others too often. Each of them
/// removes a part once at most.
const WRITES_MAX: u32 = 16;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It was not there, and is now.
    New,
    /// It was there, with these very bytes.
    TheSame,
    /// Something else is there, and was left alone.
    Another,
}

/// Whether a file is there, and holds these bytes. One that does is on the disk before this says
/// so: an export that was cut off may have left it in memory.
pub(super) fn look(path: &Path, bytes: &[u8]) -> io::Result<Written> {
    let there = match fs::symlink_metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Written::New),
        Err(error) => return Err(error),
    };
    // A link may lead anywhere, and a pipe never ends.
    if !there.is_file() || there.len() != u64::try_from(bytes.len()).unwrap_or(u64::MAX) {
        return Ok(Written::Another);
    }
    let file = File::open(path)?;
    let mut held = Vec::new();
    (&file).take(there.len().saturating_add(1)).read_to_end(&mut held)?;
    if held != bytes {
        return Ok(Written::Another);
    }
    file.sync_all()?;
    Ok(Written::TheSame)
}

/// Removes the parts of a file that exports which were cut off have left behind. Nothing is opened,
/// and of a link the link alone is removed. What cannot be removed is in nobody's way.
pub(super) fn sweep(folder: &Path, name: &str) -> io::Result<()> {
    let begin = format!(".{name}.");
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.file_name();
        if found.to_str().is_some_and(|it| it.starts_with(&begin) && it.ends_with(".part")) {
            let _left = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Writes a new file durably; one that is there is left as it is.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<Written> {
    write_by(folder, name, bytes, |part, path| fs::hard_link(part, path))
}

fn write_by(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    mut link: impl FnMut(&Path, &Path) -> io::Result<()>,
) -> io::Result<Written> {
    let path = folder.join(name);
    for _ in 0..WRITES_MAX {
        let part = folder.join(format!(".{name}.{}.part", random()?));
        create(&part, bytes)?;
        let linked = link(&part, &path);
        let _swept = fs::remove_file(&part);
        let written = match linked.map_err(|error| (error.kind(), error)) {
            Ok(()) => Written::New,
            Err((io::ErrorKind::NotFound, _)) => continue,
            Err((io::ErrorKind::AlreadyExists, _)) => look(&path, bytes)?,
            Err((io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported, _)) => {
                without_links(&path, bytes)?
            }
            Err((_, error)) => return Err(error),
        };
        File::open(folder)?.sync_all()?;
        return Ok(written);
    }
    let busy = "other exports remove what this one writes: let them end, and run it again";
    Err(io::Error::new(io::ErrorKind::ResourceBusy, busy))
}

/// Where files have one name only, the file is written under its own, which must not be there: so
/// nothing is written over here either. Cut off while it is written, half a file is left. No export
/// takes it for the whole, or removes it: it is refused by name until somebody moves it away.
fn without_links(path: &Path, bytes: &[u8]) -> io::Result<Written> {
    match create(path, bytes) {
        Ok(()) => Ok(Written::New),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => look(path, bytes),
        Err(error) => Err(error),
    }
}

/// A file that was not there, on the disk; or none, if it cannot be written.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _left = fs::remove_file(path);
    }
    written
}

/// What nobody can foretell, and no two exports ever share.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    let none = |_| io::Error::other("the system gives no random bytes");
    SystemRandom::new().fill(&mut bytes).map_err(none)?;
    Ok(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests;
