//! What the certificates of record keys are judged by, from files as those of the TLS end.

use std::path::PathBuf;

use super::RevocationFiles;
use super::files::{FileRefused, authorities};
use crate::names::Timestamp;
use crate::trust::SignerJudge;

/// The files by which the record keys of one party are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerFiles {
    /// The authorities that issue their certificates, each of them pinned.
    pub authority: PathBuf,
    /// Their revocation lists. The certificate of an intermediate authority that stands beside its
    /// list leads to what is pinned.
    pub revocation: RevocationFiles,
}

impl SignerFiles {
    /// Reads them at a time, and changes nothing: for whoever only looks.
    ///
    /// # Errors
    /// One variant of [`FileRefused`] for each thing that can be wrong with a file.
    pub fn load(&self, now: Timestamp) -> Result<SignerJudge, FileRefused> {
        let (pinned, beside) = self.revocation.over(authorities(&self.authority)?, now)?;
        Ok(SignerJudge::new(pinned, beside))
    }

    /// Reads them, and writes down durably which revocation lists were seen, before any of them is
    /// used: for the daemon.
    ///
    /// # Errors
    /// As [`SignerFiles::load`], and if that cannot be written.
    pub fn open(&self, now: Timestamp) -> Result<SignerJudge, FileRefused> {
        let judge = self.load(now)?;
        self.revocation.remember(judge.pinned().lists())?;
        Ok(judge)
    }
}
