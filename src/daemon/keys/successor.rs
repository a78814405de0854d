//! `entente keys successor`: the key folder of a log that succeeds another: a new log key and a new
//! mirror key, and everything else that the daemon needs as it was.
//!
//! The keys of officer and authority are left where they are: the daemon needs neither, and each
//! copy is one more to be guarded. Nothing that is copied is read into this process's own memory
//! where the system can copy it by itself.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{
    CA_KEY, LOG_KEY, MIRROR_KEY, OFFICER,
    create::{KeysNotMade, NewKeys, PartyFile, claim, named, quoted, sync},
    key_file,
    write::open_new,
};
use crate::{
    envelope::Algorithm,
    names::{Party, Timestamp},
    tlog::{LogKey, MirrorKey},
};

/// What is wanted: the words of `entente keys successor`.
#[derive(Debug, Clone)]
pub struct SuccessorKeys<'a> {
    /// Whose keys.
    pub party: Party,
    /// The key folder of the log that ends.
    pub from: &'a Path,
    /// An empty folder, or one that is not there yet.
    pub directory: &'a Path,
    /// The origin of the new log; unique per party, agreement and log.
    pub origin: &'a str,
}

impl SuccessorKeys<'_> {
    /// Makes the new keys and copies the others.
    ///
    /// The fragment is written last: a folder without it holds no key that anybody was told of, and
    /// may be deleted by hand.
    ///
    /// # Errors
    /// One variant of [`KeysNotMade`] for each reason.
    pub fn create(&self) -> Result<PartyFile, KeysNotMade> {
        let log_name = named(self.origin.to_owned())?;
        let mirror_name = named(format!("{log_name}/mirror"))?;
        self.lie_here()?;
        claim(self.directory)?;
        // Neither certificates nor names are made here.
        let folder = NewKeys {
            party: self.party,
            directory: self.directory,
            not_before: Timestamp::default(),
            not_after: Timestamp::default(),
            dns_name: "",
            origin: self.origin,
            algorithm: Algorithm::Ed25519,
        };
        for file in self.others()? {
            let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
            copy(&file, &self.directory.join(name))?;
        }
        let log = LogKey::new(log_name, folder.bare_key(LOG_KEY)?);
        let mirror = MirrorKey::new(mirror_name, folder.bare_key(MIRROR_KEY)?);
        let table = self.party.code().to_ascii_lowercase();
        let (log, mirror) = (quoted(&log.to_string()), quoted(&mirror.to_string()));
        let text = format!("[{table}]\nlog = {log}\nmirror = {mirror}\n");
        let path = folder.write("successor.toml", &text)?;
        sync(self.directory)?;
        Ok(PartyFile { path, text })
    }

    /// Keys that end with their log are made anew where they lie; in a module they are made by
    /// whoever keeps it.
    fn lie_here(&self) -> Result<(), KeysNotMade> {
        for key in [LOG_KEY, MIRROR_KEY] {
            let path = self.from.join(key);
            match fs::symlink_metadata(&path) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && self.from.is_dir() => {
                    return Err(KeysNotMade::Elsewhere { folder: self.from.to_owned(), key });
                }
                Err(source) => return Err(KeysNotMade::Unreadable { path, source }),
            }
        }
        Ok(())
    }

    /// Every PEM file of the old folder but the two keys that end with their log, and those that no
    /// daemon needs.
    fn others(&self) -> Result<Vec<PathBuf>, KeysNotMade> {
        let unreadable = |source| KeysNotMade::Unreadable { path: self.from.to_owned(), source };
        let mut files = Vec::new();
        for entry in fs::read_dir(self.from).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let left = [LOG_KEY, MIRROR_KEY, CA_KEY, &key_file(OFFICER)];
            if name.ends_with(".pem") && !left.contains(&name) {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

/// Copies a file into a new one, readable by its owner alone, on the disk before this returns.
fn copy(from: &Path, to: &Path) -> Result<(), KeysNotMade> {
    let unreadable = |source| KeysNotMade::Unreadable { path: from.to_owned(), source };
    let unwritable = |source| KeysNotMade::Unwritable { path: to.to_owned(), source };
    let mut read = File::open(from).map_err(unreadable)?;
    let mut written = open_new(to).map_err(unwritable)?;
    io::copy(&mut read, &mut written).map_err(unwritable)?;
    written.sync_all().map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::daemon::keys::{KeyPlaces, Keys, RECORD_ROLES, TLS_KEY, certificate_file};

    /// A key folder as `entente keys new` makes it.
    fn old(folder: &Path) -> PathBuf {
        let directory = folder.join("old");
        let wanted = NewKeys {
            party: Party::Gbr,
            directory: &directory,
            not_before: "2025-08-06T00:00:00Z".parse().unwrap(),
            not_after: "2027-08-05T23:59:59Z".parse().unwrap(),
            dns_name: "exchange.gbr.example",
            origin: "gbr.example/2025/log",
            algorithm: Algorithm::Ed25519,
        };
        wanted.create().unwrap();
        directory
    }

    fn succeed(from: &Path, directory: &Path) -> Result<PartyFile, KeysNotMade> {
        let origin = "gbr.example/2026/log";
        SuccessorKeys { party: Party::Gbr, from, directory, origin }.create()
    }

    #[test]
    fn a_successor_has_what_the_daemon_needs_and_two_new_keys() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (old(folder.path()), folder.path().join("new"));
        let made = succeed(&old, &new).unwrap();
        assert!(made.text.contains("log = \"gbr.example/2026/log+"), "{}", made.text);
        let read = |directory: &Path, file: &str| fs::read(directory.join(file)).unwrap();
        let same = RECORD_ROLES.map(certificate_file);
        let keys = [key_file("caseworker"), key_file("ledger"), TLS_KEY.to_owned()];
        for file in same.iter().chain(&keys) {
            assert_eq!(read(&old, file), read(&new, file), "{file}");
        }
        for file in keys.iter().map(String::as_str).chain([LOG_KEY, MIRROR_KEY]) {
            let mode = fs::metadata(new.join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "{file}");
        }
        for file in [LOG_KEY, MIRROR_KEY] {
            assert_ne!(read(&old, file), read(&new, file), "{file}");
        }
        for file in [CA_KEY, &key_file(OFFICER)] {
            assert!(old.join(file).exists() && !new.join(file).exists(), "{file}");
        }
        Keys::load(&KeyPlaces::within(&new)).unwrap();
    }

    #[test]
    fn a_key_that_lies_in_no_file_of_the_folder_is_not_made_anew() {
        for key in [LOG_KEY, MIRROR_KEY] {
            let folder = tempfile::tempdir().unwrap();
            let (old, new) = (old(folder.path()), folder.path().join("new"));
            fs::remove_file(old.join(key)).unwrap();
            let refused = succeed(&old, &new).unwrap_err();
            assert!(matches!(refused, KeysNotMade::Elsewhere { key: one, .. } if one == key));
            assert!(!new.exists(), "nothing is made");
        }
        let folder = tempfile::tempdir().unwrap();
        let refused = succeed(&folder.path().join("none"), &folder.path().join("new"));
        assert!(matches!(refused, Err(KeysNotMade::Unreadable { .. })), "{refused:?}");
    }
}
