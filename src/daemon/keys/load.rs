//! The daemon's four signing keys, loaded and held.

use std::io;
use std::path::PathBuf;

use super::module::ModuleFault;
use super::quantum::QuantumKeys;
use super::separate::{Named, certified, shared};
use super::signing::{NotSigned, SigningKey, folder};
use super::{KeyPlace, KeyPlaces};
use crate::envelope::{Ed25519Key, KeyRefused, PublicKey};
use crate::net::tls::FileRefused;
use crate::tlog::{Origin, VkeyRefused};

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
    /// The key is neither Ed25519 nor P-256, or not in PKCS#8 (RFC 5958).
    #[error("{path} holds neither an Ed25519 nor a P-256 key in PKCS#8", path = path.display())]
    Unknown {
        /// Which file.
        path: PathBuf,
    },
    /// A log or mirror key of another algorithm than the one that C2SP has for them.
    #[error("{place} is no Ed25519 key, as logs and mirrors have")]
    NotEd25519 {
        /// Where it lies.
        place: KeyPlace,
    },
    /// A key that lies in a module, and no module is named.
    #[error("{key} lies in a module, and keys.module names none")]
    NoModule {
        /// Which.
        key: String,
    },
    /// The module does not show a key.
    #[error("{key}: {source}")]
    Module {
        /// Which.
        key: String,
        /// Why.
        source: ModuleFault,
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
    /// A verifier key of another mirror than that of the counterpart, as after a succession.
    #[error("{path} holds the key of the mirror {found}, and that of the counterpart is {wanted}",
        path = path.display())]
    OtherMirror {
        /// Which file.
        path: PathBuf,
        /// The name in it.
        found: Origin,
        /// The name in the agreement.
        wanted: Origin,
    },
    /// A post-quantum key, and a build that can do nothing with it.
    #[error("{path}: this build has no post-quantum signatures: install one with the feature pq",
        path = path.display())]
    NoPostQuantum {
        /// Which file.
        path: PathBuf,
    },
    /// One key for two purposes: a signature for the one could pass for the other.
    #[error("{first} and {second} hold the same key")]
    SameKey {
        /// One: where it lies, or what the agreement has it for.
        first: String,
        /// The other.
        second: String,
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
    caseworker: SigningKey<PublicKey>,
    ledger: SigningKey<PublicKey>,
    log: SigningKey<Ed25519Key>,
    mirror: SigningKey<Ed25519Key>,
    quantum: QuantumKeys,
}

impl Keys {
    /// Loads the four keys of one side.
    ///
    /// # Errors
    /// The first of [`Keys::faults`].
    pub fn load(places: &KeyPlaces) -> Result<Self, KeysRefused> {
        folder(&places.directory)?;
        let key = |place: KeyPlace| SigningKey::load(place, &places.modules);
        let keys = Self {
            caseworker: key(places.record(RecordRole::Caseworker))?,
            ledger: key(places.record(RecordRole::Ledger))?,
            log: key(places.log())?.only_ed25519()?,
            mirror: key(places.mirror())?.only_ed25519()?,
            quantum: QuantumKeys::default(),
        };
        let beside = certified(&places.directory, &places.tls_certificate());
        let named: Vec<_> = keys.named().into_iter().chain(beside).collect();
        match shared(&named).pop() {
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

    /// Everything that is wrong with the keys of one side, for an operator to mend in one go.
    #[must_use]
    pub fn faults(places: &KeyPlaces) -> Vec<KeysRefused> {
        let mut faults: Vec<_> = folder(&places.directory).err().into_iter().collect();
        let mut named = Vec::new();
        let record = RecordRole::ALL.map(|role| places.record(role));
        let load = |place| SigningKey::load(place, &places.modules);
        for loaded in record.map(load) {
            match loaded {
                Ok(key) => named.push(Named::new(key.place(), key.public.as_bytes())),
                Err(refused) => faults.push(refused),
            }
        }
        for loaded in [places.log(), places.mirror()].map(load) {
            match loaded.and_then(SigningKey::only_ed25519) {
                Ok(key) => named.push(Named::new(key.place(), key.public.as_bytes())),
                Err(refused) => faults.push(refused),
            }
        }
        named.extend(certified(&places.directory, &places.tls_certificate()));
        faults.extend(shared(&named));
        faults
    }

    /// Why nothing can be signed now, in words, if what holds a key is away.
    #[must_use]
    pub fn away(&self) -> Option<String> {
        let record = [&self.caseworker, &self.ledger].into_iter().find_map(SigningKey::away);
        record.or_else(|| [&self.log, &self.mirror].into_iter().find_map(SigningKey::away))
    }

    /// Signs the bytes of a record (RFC 9052 section 4.4) with the key of a role.
    ///
    /// # Errors
    /// One variant of [`NotSigned`] for each reason.
    pub fn sign_record(&self, role: RecordRole, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.record(role).sign(message)
    }

    /// Signs the text of our own log's checkpoint (C2SP tlog-checkpoint).
    ///
    /// # Errors
    /// One variant of [`NotSigned`] for each reason.
    pub fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.log.sign(message)
    }

    /// Signs the message of a cosignature over the counterpart's checkpoint (C2SP
    /// tlog-cosignature).
    ///
    /// # Errors
    /// One variant of [`NotSigned`] for each reason.
    pub fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.mirror.sign(message)
    }

    /// The public half of a record key.
    #[must_use]
    pub const fn record_key(&self, role: RecordRole) -> PublicKey {
        self.record(role).public
    }

    /// The public half of the log key.
    #[must_use]
    pub const fn log_key(&self) -> Ed25519Key {
        self.log.public
    }

    /// The public half of the mirror key.
    #[must_use]
    pub const fn mirror_key(&self) -> Ed25519Key {
        self.mirror.public
    }

    const fn record(&self, role: RecordRole) -> &SigningKey<PublicKey> {
        match role {
            RecordRole::Caseworker => &self.caseworker,
            RecordRole::Ledger => &self.ledger,
        }
    }

    fn named(&self) -> [Named; 4] {
        [
            Named::new(self.caseworker.place(), self.caseworker.public.as_bytes()),
            Named::new(self.ledger.place(), self.ledger.public.as_bytes()),
            Named::new(self.log.place(), self.log.public.as_bytes()),
            Named::new(self.mirror.place(), self.mirror.public.as_bytes()),
        ]
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
