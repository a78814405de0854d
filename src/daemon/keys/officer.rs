//! The key of an officer, as the command line uses it: no daemon ever loads one.

use std::path::Path;

use super::{
    KeysRefused,
    signing::{NotSigned, SigningKey, folder},
};
use crate::envelope::PublicKey;

/// An officer's key, loaded for one signature.
pub struct OfficerKey(SigningKey<PublicKey>);

impl OfficerKey {
    /// Loads a key file, which is the owner's alone, as the folder around it is.
    ///
    /// # Errors
    /// One variant of [`KeysRefused`] for each reason.
    pub fn load(path: &Path) -> Result<Self, KeysRefused> {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        folder(above.unwrap_or_else(|| Path::new(".")))?;
        SigningKey::from_file(path.to_owned()).map(Self)
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.0.public
    }

    /// Signs the bytes of a record (RFC 9052 section 4.4).
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.0.sign(message)
    }
}

impl std::fmt::Debug for OfficerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfficerKey").finish_non_exhaustive()
    }
}
