//! The highest number of every revocation list that was ever used, by the key that signed it, in a
//! small file of its own: so that nobody can bring an old list back in which somebody is not yet
//! revoked.
//!
//! It is written before a list is used for the first time:
//!
//! ```text
//! write FILE.new     torn or lost here: FILE is as before, and the list was not used
//! fsync FILE.new     the same; what is left of it is written over next time
//! rename over FILE   lost here: the same; kept: the number is higher than anything that was used
//! fsync the folder   lost here: the daemon has not gone on, and the list was not used
//! (the list is used) from here on the number is durable
//! ```
//!
//! A number never falls, and a key that is no longer pinned keeps its line: it may come back. What
//! the file cannot show is that it was itself put back to an older copy, with the folder around it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::danger::{Bug, planted};
use crate::limits::REVOCATION_NUMBERS_BYTES_MAX;
use crate::names::Hash;
use crate::trust::{RevocationList, RevocationNumber, RevocationRefused};

/// The first line: what the file is, and in which form.
const HEAD: &str = "entente revocation numbers 1";

/// Why what was seen before cannot be read, or written.
#[derive(Debug, thiserror::Error)]
pub enum NumbersRefused {
    /// The file cannot be read, or written.
    #[error("the numbers of revocation lists: {0}")]
    Io(#[from] io::Error),
    /// It is not what this program wrote.
    #[error(
        "line {line} is not a number of a revocation list; restore the file, or delete it once you \
         have made sure that the lists in use are the newest"
    )]
    Malformed {
        /// Which line, from 1.
        line: usize,
    },
    /// It has more bytes than the bound.
    #[error("it has more than {REVOCATION_NUMBERS_BYTES_MAX} bytes")]
    TooLong,
}

/// The highest number of each key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers(BTreeMap<Hash, RevocationNumber>);

impl Numbers {
    /// Reads the file; none is no number.
    ///
    /// # Errors
    /// If it is there and cannot be read, or is not what was written.
    pub fn read(path: &Path) -> Result<Self, NumbersRefused> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let bound = u64::try_from(REVOCATION_NUMBERS_BYTES_MAX).unwrap_or(u64::MAX);
        let mut text = String::new();
        file.take(bound.saturating_add(1)).read_to_string(&mut text)?;
        if text.len() > REVOCATION_NUMBERS_BYTES_MAX {
            return Err(NumbersRefused::TooLong);
        }
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, NumbersRefused> {
        let mut lines = (1..).zip(text.split('\n'));
        if lines.next().is_none_or(|(_, head)| head != HEAD) {
            return Err(NumbersRefused::Malformed { line: 1 });
        }
        let mut numbers = BTreeMap::new();
        let mut ended = false;
        for (line, text) in lines {
            let malformed = NumbersRefused::Malformed { line };
            if ended {
                return Err(malformed);
            }
            if text.is_empty() {
                // What follows the last line's end, and nothing else.
                ended = true;
                continue;
            }
            let (key, number) = text
                .split_once(' ')
                .and_then(|(key, number)| Some((key.parse().ok()?, number.parse().ok()?)))
                .ok_or(NumbersRefused::Malformed { line })?;
            if numbers.insert(key, number).is_some() {
                return Err(malformed);
            }
        }
        // Without its end, the last line may be a part of one.
        if ended { Ok(Self(numbers)) } else { Err(NumbersRefused::Malformed { line: 1 }) }
    }

    /// Says whether a list is at least as new as what was seen of its key.
    ///
    /// # Errors
    /// [`RevocationRefused::Rollback`] if not.
    pub fn accept(&self, list: &RevocationList) -> Result<(), RevocationRefused> {
        match self.0.get(&list.key()) {
            Some(highest) if list.number() < highest && !planted(Bug::SkipRollback) => {
                Err(RevocationRefused::Rollback {
                    issuer: list.issuer().to_owned(),
                    number: list.number().clone(),
                    highest: highest.clone(),
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Raises the numbers to those of these lists; says whether one has risen.
    pub fn raise(&mut self, lists: &[RevocationList]) -> bool {
        let mut risen = false;
        for list in lists {
            let seen = self.0.get(&list.key());
            if seen.is_none_or(|seen| seen < list.number()) {
                self.0.insert(list.key(), list.number().clone());
                risen = true;
            }
        }
        risen
    }

    /// Writes the file durably.
    ///
    /// # Errors
    /// If the disk refuses; then the lists must not be used.
    pub fn write(&self, path: &Path) -> Result<(), NumbersRefused> {
        let mut text = format!("{HEAD}\n");
        for (key, number) in &self.0 {
            // Writing into a String does not fail.
            let _written = writeln!(text, "{key} {number}");
        }
        if text.len() > REVOCATION_NUMBERS_BYTES_MAX {
            return Err(NumbersRefused::TooLong);
        }
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = Path::new(&new);
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(new, path)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}
