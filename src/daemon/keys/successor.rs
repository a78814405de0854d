//! `entente keys successor`: the key folder of a log that succeeds another: a new log key and a new
//! mirror key, and everything else as it was.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    LOG_KEY, MIRROR_KEY,
    create::{KeysNotMade, NewKeys, PartyFile, claim, named, quoted, sync},
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
            let unreadable = |source| KeysNotMade::Unreadable { path: file.clone(), source };
            let text = fs::read_to_string(&file).map_err(unreadable)?;
            folder.write(name, &text)?;
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

    /// Every PEM file of the old folder but the two keys that end with their log.
    fn others(&self) -> Result<Vec<PathBuf>, KeysNotMade> {
        let unreadable = |source| KeysNotMade::Unreadable { path: self.from.to_owned(), source };
        let mut files = Vec::new();
        for entry in fs::read_dir(self.from).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(".pem") && name != LOG_KEY && name != MIRROR_KEY {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}
