//! One signing key, wherever it lies, and who else may get at its file.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::pki_types::PrivateKeyDer;
use zeroize::Zeroize;

use super::{
    KeyPlace, KeyUri, KeysRefused, Modules, is_credential,
    module::Custodian,
    pair::{NotAPair, Pair},
};
use crate::{
    envelope::{Ed25519Key, PublicKey},
    net::tls::private_key,
};

/// Why something was not signed. What was to be signed is not lost by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The daemon does not sign for this role.
    #[error("the daemon holds no key for this role")]
    NoKey,
    /// What holds the key does not answer, or has no randomness: it is tried again.
    #[error("what holds the key is away; signing stalls until it is back")]
    Away,
}

/// One key pair and where it lies.
pub(super) struct SigningKey<P> {
    place: KeyPlace,
    means: Means,
    pub(super) public: P,
}

/// What signs.
enum Means {
    /// The private key, in the memory of this process.
    Held(Pair),
    /// The module in which it lies.
    Module(Arc<Custodian>, Arc<KeyUri>),
}

impl SigningKey<PublicKey> {
    /// Loads a key from a file of its owner alone, or finds it in its module.
    pub(super) fn load(place: KeyPlace, modules: &Modules) -> Result<Self, KeysRefused> {
        match place {
            KeyPlace::File(path) => Self::from_file(path),
            KeyPlace::Module(uri) => {
                let (custodian, key, public) = modules.find(&uri)?;
                let place = KeyPlace::Module(uri);
                Ok(Self { place, means: Means::Module(custodian, key), public })
            }
        }
    }

    pub(super) fn from_file(path: PathBuf) -> Result<Self, KeysRefused> {
        owner_only(&path, 0o077)?;
        let PrivateKeyDer::Pkcs8(mut der) = private_key(&path)? else {
            return Err(KeysRefused::Unknown { path });
        };
        let pair = Pair::from_pkcs8(der.secret_pkcs8_der());
        der.zeroize();
        match pair {
            Ok((pair, public)) => {
                Ok(Self { place: KeyPlace::File(path), means: Means::Held(pair), public })
            }
            Err(NotAPair::Unknown) => Err(KeysRefused::Unknown { path }),
            Err(NotAPair::Public(source)) => Err(KeysRefused::Public { path, source }),
        }
    }

    /// The key of a log or a mirror.
    pub(super) fn only_ed25519(self) -> Result<SigningKey<Ed25519Key>, KeysRefused> {
        let Self { place, means, public } = self;
        match Ed25519Key::try_from(public) {
            Ok(public) => Ok(SigningKey { place, means, public }),
            Err(_) => Err(KeysRefused::NotEd25519 { place }),
        }
    }
}

impl<P: Copy + Into<PublicKey>> SigningKey<P> {
    /// Where it lies.
    pub(super) const fn place(&self) -> &KeyPlace {
        &self.place
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        match &self.means {
            Means::Held(pair) => pair.sign(message).ok_or(NotSigned::Away),
            Means::Module(custodian, uri) => custodian.sign(uri, self.public.into(), message),
        }
    }

    /// Why it cannot sign now, in words, if what holds it is away.
    pub(super) fn away(&self) -> Option<String> {
        match &self.means {
            Means::Held(_) => None,
            Means::Module(custodian, _) => custodian.away().map(|fault| fault.to_string()),
        }
    }
}

/// The folder may be looked into, but nobody else may put other keys there.
pub(super) fn folder(directory: &Path) -> Result<(), KeysRefused> {
    owner_only(directory, 0o022)
}

pub(in crate::daemon) fn owner_only(path: &Path, forbidden: u32) -> Result<(), KeysRefused> {
    let found = fs::metadata(path)
        .map_err(|source| KeysRefused::Unreadable { path: path.to_owned(), source })?;
    let mode = found.mode() & 0o7777;
    if mode & forbidden == 0 || is_credential(path, &found) {
        Ok(())
    } else {
        Err(KeysRefused::OpenToOthers { path: path.to_owned(), mode })
    }
}
