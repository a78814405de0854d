//! The daemon's four signing keys, loaded and held.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::pki_types::PrivateKeyDer;

use super::quantum::QuantumKeys;
use super::{LOG_KEY, MIRROR_KEY, OFFICER, certificate_file, is_credential, key_file};
use crate::envelope::{KeyRefused, PublicKey};
use crate::net::tls::{FileRefused, certificates, private_key};
use crate::tlog::VkeyRefused;
use crate::trust::SignerCertificate;

/// Why the keys were not loaded. No variant holds anything of a private key.
#[derive(Debug, thiserror::Error)]
pub enum KeysRefused {
    /// The folder or a file in it cannot be looked at.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others may read, or could replace, a key.
    #[error("{path} is open to others than its owner (mode {mode:04o})", path = path.display())]
    OpenToOthers {
        /// Which file, or the folder.
        path: PathBuf,
        /// The permission bits that it has.
        mode: u32,
    },
    /// The file does not hold one private key.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// The key is not Ed25519 in PKCS#8 (RFC 8410 section 7).
    #[error("{path} holds no Ed25519 key in PKCS#8", path = path.display())]
    NotEd25519 {
        /// Which file.
        path: PathBuf,
    },
    /// The public half is refused on entry.
    #[error("{path}: {source}", path = path.display())]
    Public {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: KeyRefused,
    },
    /// The key is not ML-DSA-44 as a seed in PKCS#8 (RFC 9881 section 6).
    #[error("{path} holds no ML-DSA-44 seed in PKCS#8", path = path.display())]
    NotMlDsa {
        /// Which file.
        path: PathBuf,
    },
    /// The file holds no verifier key of a mirror's post-quantum cosignatures.
    #[error("{path}: {source}", path = path.display())]
    NotAMirrorKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: VkeyRefused,
    },
    /// A post-quantum key, and a build that can do nothing with it.
    #[error("{path}: this build has no post-quantum signatures: install one with the feature pq",
        path = path.display())]
    NoPostQuantum {
        /// Which file.
        path: PathBuf,
    },
    /// One key for two purposes: a signature for the one could pass for the other.
    #[error("{first} and {second} hold the same key",
        first = first.display(), second = second.display())]
    SameKey {
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

/// A role whose records the daemon signs itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordRole {
    /// Facts and decisions that the case-working system submits.
    Caseworker,
    /// What the ledger itself writes: entanglements, week-closes, statements.
    Ledger,
}

impl RecordRole {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Caseworker, Self::Ledger];

    /// The name of the role in certificates and in the agreement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Caseworker => "caseworker",
            Self::Ledger => "ledger",
        }
    }
}

/// The keys that the daemon signs with.
pub struct Keys {
    caseworker: SigningKey,
    ledger: SigningKey,
    log: SigningKey,
    mirror: SigningKey,
    quantum: QuantumKeys,
}

impl Keys {
    /// Loads the four keys of a folder.
    ///
    /// # Errors
    /// The first of [`Keys::faults`].
    pub fn load(directory: &Path) -> Result<Self, KeysRefused> {
        folder(directory)?;
        let key = |file: &str| SigningKey::load(directory.join(file));
        let keys = Self {
            caseworker: key(&key_file(RecordRole::Caseworker.name()))?,
            ledger: key(&key_file(RecordRole::Ledger.name()))?,
            log: key(LOG_KEY)?,
            mirror: key(MIRROR_KEY)?,
            quantum: QuantumKeys::default(),
        };
        match shared(&keys.named(), officer(directory).as_ref()).pop() {
            None => Ok(keys),
            Some(same) => Err(same),
        }
    }

    /// The same keys, with the post-quantum ones of both mirrors.
    #[must_use]
    pub fn with_quantum(self, quantum: QuantumKeys) -> Self {
        Self { quantum, ..self }
    }

    /// The post-quantum keys of both mirrors.
    #[must_use]
    pub const fn quantum(&self) -> &QuantumKeys {
        &self.quantum
    }

    /// Everything that is wrong with the keys of a folder, for an operator to mend in one go.
    #[must_use]
    pub fn faults(directory: &Path) -> Vec<KeysRefused> {
        let mut faults: Vec<_> = folder(directory).err().into_iter().collect();
        let record = RecordRole::ALL.map(|role| key_file(role.name()));
        let files = record.iter().map(String::as_str).chain([LOG_KEY, MIRROR_KEY]);
        let mut loaded = Vec::new();
        for file in files {
            match SigningKey::load(directory.join(file)) {
                Ok(key) => loaded.push(key),
                Err(refused) => faults.push(refused),
            }
        }
        let named: Vec<_> = loaded.iter().map(|key| (key.path.as_path(), key.public)).collect();
        faults.extend(shared(&named, officer(directory).as_ref()));
        faults
    }

    /// Signs the bytes of a record (RFC 9052 section 4.4) with the key of a role.
    #[must_use]
    pub fn sign_record(&self, role: RecordRole, message: &[u8]) -> [u8; 64] {
        self.record(role).sign(message)
    }

    /// Signs the text of our own log's checkpoint (C2SP tlog-checkpoint).
    #[must_use]
    pub fn sign_checkpoint(&self, message: &[u8]) -> [u8; 64] {
        self.log.sign(message)
    }

    /// Signs the message of a cosignature over the counterpart's checkpoint (C2SP
    /// tlog-cosignature).
    #[must_use]
    pub fn sign_cosignature(&self, message: &[u8]) -> [u8; 64] {
        self.mirror.sign(message)
    }

    /// The public half of a record key.
    #[must_use]
    pub const fn record_key(&self, role: RecordRole) -> PublicKey {
        self.record(role).public
    }

    /// The public half of the log key.
    #[must_use]
    pub const fn log_key(&self) -> PublicKey {
        self.log.public
    }

    /// The public half of the mirror key.
    #[must_use]
    pub const fn mirror_key(&self) -> PublicKey {
        self.mirror.public
    }

    const fn record(&self, role: RecordRole) -> &SigningKey {
        match role {
            RecordRole::Caseworker => &self.caseworker,
            RecordRole::Ledger => &self.ledger,
        }
    }

    fn named(&self) -> [(&Path, PublicKey); 4] {
        [&self.caseworker, &self.ledger, &self.log, &self.mirror]
            .map(|key| (key.path.as_path(), key.public))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// One key pair and the file that it came from.
pub(super) struct SigningKey {
    path: PathBuf,
    pair: Ed25519KeyPair,
    pub(super) public: PublicKey,
}

impl SigningKey {
    pub(super) fn load(path: PathBuf) -> Result<Self, KeysRefused> {
        owner_only(&path, 0o077)?;
        let PrivateKeyDer::Pkcs8(der) = private_key(&path)? else {
            return Err(KeysRefused::NotEd25519 { path });
        };
        // "Maybe unchecked": OpenSSL leaves the public half out (PKCS#8 version 1), so that there
        // is nothing to check it against; where it stands there, it is checked.
        let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()) else {
            return Err(KeysRefused::NotEd25519 { path });
        };
        match PublicKey::from_bytes(pair.public_key().as_ref()) {
            Ok(public) => Ok(Self { path, pair, public }),
            Err(source) => Err(KeysRefused::Public { path, source }),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }
}

/// The folder may be looked into, but nobody else may put other keys there.
pub(super) fn folder(directory: &Path) -> Result<(), KeysRefused> {
    owner_only(directory, 0o022)
}

/// Refuses what somebody else than its owner may do what these permission bits say.
pub(super) fn owner_only(path: &Path, forbidden: u32) -> Result<(), KeysRefused> {
    let found = fs::metadata(path)
        .map_err(|source| KeysRefused::Unreadable { path: path.to_owned(), source })?;
    let mode = found.mode() & 0o7777;
    if mode & forbidden == 0 || is_credential(path, &found) {
        Ok(())
    } else {
        Err(KeysRefused::OpenToOthers { path: path.to_owned(), mode })
    }
}

/// The officer's public key, where the certificate lies beside the keys.
fn officer(directory: &Path) -> Option<(PathBuf, PublicKey)> {
    let path = directory.join(certificate_file(OFFICER));
    let leaf = certificates(&path).ok()?.into_iter().next()?;
    let key = SignerCertificate::parse(&leaf).ok()?.public_key();
    Some((path, key))
}

/// Every pair of files that hold one and the same key.
fn shared(keys: &[(&Path, PublicKey)], officer: Option<&(PathBuf, PublicKey)>) -> Vec<KeysRefused> {
    let all = keys.iter().copied().chain(officer.map(|(path, key)| (path.as_path(), *key)));
    let all: Vec<_> = all.collect();
    let mut faults = Vec::new();
    for (position, (first, one)) in all.iter().enumerate() {
        for (second, _) in all.iter().skip(position.saturating_add(1)).filter(|(_, key)| key == one)
        {
            faults.push(KeysRefused::SameKey {
                first: first.to_path_buf(),
                second: second.to_path_buf(),
            });
        }
    }
    faults
}
