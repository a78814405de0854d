//! Revocation lists from files, and what is kept of them.

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::{PemObject, SectionKind};

use super::files::{FileRefused, read_at_most, refuse};
use super::numbers::Numbers;
use crate::limits::{REVOCATION_BYTES_MAX, REVOCATION_LISTS_MAX};
use crate::names::Timestamp;
use crate::trust::{Authority, Pinned, RevocationList, RevocationRefused, StalePolicy};

/// The first byte of anything in DER that is looked for here: a SEQUENCE.
const SEQUENCE: u8 = 0x30;

/// Where the counterpart's revocation lists lie, and how they are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationFiles {
    /// Files of lists, in DER or PEM; none: revocation is not checked. In PEM, the certificate of
    /// an intermediate authority may stand beside its list, so that it is known who has signed it.
    pub lists: Vec<PathBuf>,
    /// What is done with one that is stale.
    pub policy: StalePolicy,
    /// Where the highest number of each is kept; none: nowhere, for whoever looks only once.
    pub numbers: Option<PathBuf>,
}

impl RevocationFiles {
    /// No lists: revocation is not checked.
    #[must_use]
    pub const fn none() -> Self {
        Self { lists: Vec::new(), policy: StalePolicy::Refuse, numbers: None }
    }

    /// Pins these authorities, with what the files hold; and the authorities whose certificates
    /// stand beside the lists.
    pub(super) fn over(
        &self,
        authorities: Vec<Authority>,
        now: Timestamp,
    ) -> Result<(Pinned, Vec<Authority>), FileRefused> {
        if self.lists.is_empty() {
            return Ok((Pinned::new(authorities), Vec::new()));
        }
        let mut signers = authorities.clone();
        let mut ders = Vec::new();
        for path in &self.lists {
            let held = Held::of(path)?;
            for der in held.authorities {
                signers.push(Authority::parse(&der).map_err(|source| refuse(path, source))?);
            }
            ders.extend(held.lists.into_iter().map(|der| (path, der)));
            if ders.len() > REVOCATION_LISTS_MAX {
                return Err(FileRefused::ManyLists { path: path.clone() });
            }
        }
        let mut lists: Vec<RevocationList> = Vec::new();
        for (path, der) in ders {
            let wrong = |source| FileRefused::Revocation { path: path.clone(), source };
            let list = RevocationList::load(&der, &signers, now).map_err(wrong)?;
            // Of several of one key the newest counts, wherever it stands.
            let newer =
                lists.iter().any(|it| it.key() == list.key() && it.number() > list.number());
            if !newer {
                lists.retain(|it| it.key() != list.key());
                lists.push(list);
            }
        }
        self.not_turned_back(&lists)?;
        let beside = signers.split_off(authorities.len());
        Ok((Pinned::new(authorities).with_lists(lists, self.policy), beside))
    }

    /// Refuses a list that is older than one that was seen before.
    fn not_turned_back(&self, lists: &[RevocationList]) -> Result<(), FileRefused> {
        let Some(path) = &self.numbers else { return Ok(()) };
        let numbers = read(path)?;
        for list in lists {
            numbers.accept(list).map_err(|source| self.rolled_back(source))?;
        }
        Ok(())
    }

    fn rolled_back(&self, source: RevocationRefused) -> FileRefused {
        // Which of several files it came from, the operator sees by the issuer.
        let path = self.lists.first().cloned().unwrap_or_default();
        FileRefused::Revocation { path, source }
    }

    /// Writes down durably which lists were seen: before any of them is used.
    ///
    /// # Errors
    /// If what was seen before cannot be read, or this cannot be written.
    pub fn remember(&self, lists: &[RevocationList]) -> Result<(), FileRefused> {
        let Some(path) = &self.numbers else { return Ok(()) };
        let mut numbers = read(path)?;
        if numbers.raise(lists) {
            let unwritable = |source| FileRefused::Numbers { path: path.clone(), source };
            numbers.write(path).map_err(unwritable)?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Numbers, FileRefused> {
    Numbers::read(path).map_err(|source| FileRefused::Numbers { path: path.to_owned(), source })
}

/// What one file holds, in DER.
struct Held {
    lists: Vec<Vec<u8>>,
    authorities: Vec<Vec<u8>>,
}

impl Held {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library's list grows with its releases"
    )]
    fn of(path: &Path) -> Result<Self, FileRefused> {
        let bytes = read_at_most(path, REVOCATION_BYTES_MAX)?;
        if bytes.first() == Some(&SEQUENCE) {
            return Ok(Self { lists: vec![bytes], authorities: Vec::new() });
        }
        let mut held = Self { lists: Vec::new(), authorities: Vec::new() };
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes) {
            let (kind, der) =
                section.map_err(|source| FileRefused::NotPem { path: path.to_owned(), source })?;
            match kind {
                SectionKind::Crl => held.lists.push(der),
                SectionKind::Certificate => held.authorities.push(der),
                _ => {}
            }
            if held.lists.len().max(held.authorities.len()) > REVOCATION_LISTS_MAX {
                return Err(FileRefused::ManyLists { path: path.to_owned() });
            }
        }
        if held.lists.is_empty() {
            return Err(FileRefused::NoList { path: path.to_owned() });
        }
        Ok(held)
    }
}
