//! The configuration of one side's daemon: a TOML file, and variables that override single keys.
//!
//! The road has three stations. `toml` reads the file strictly and must be satisfied with it
//! alone: every unknown key and every wrong type is shown with its line, column and a caret. Only
//! then does `config` lay the environment over it, variable by variable, `ENTENTE_LINK__LISTEN`
//! over `link.listen`; it would turn much into something else by itself (`1.7` into 2, `yes` into
//! 1), so it sees only names and values that have passed. Last, relative paths become paths beside
//! the file. What the world around must provide, [`Config::faults`] says.

mod address;
mod advice;
mod entries;
mod faults;
mod inspect;
mod lists;
mod networks;
mod read;
mod tables;
#[cfg(test)]
mod tests;
mod trusted;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use address::{BadAddress, PeerAddress, PeerName};
pub use advice::Advice;
#[cfg(test)]
pub(crate) use entries::every_key;
pub use entries::example;
pub use faults::{Fault, Severity, Trouble};
pub(crate) use read::CREDENTIALS;
pub use read::{ConfigError, VariableRefused};
pub use tables::{Api, National, Rehearsal, Sandbox, SandboxMode, Trust};
pub use trusted::TrustRefused;

use super::keys::{
    KeyPlace, KeyPlaces, KeysRefused, ModuleTlsKey, Modules, TLS_CERTIFICATE, TLS_KEY, owner_only,
};
use crate::names::{AgreementDigest, Hash, Party, Timestamp};
use crate::net::{
    AllowList,
    tls::{FileRefused, PostQuantum, RevocationFiles, TlsFiles, TlsMaterial},
};
use crate::trust::StalePolicy;

/// Where the local API listens if nothing else is said.
pub const API_SOCKET: &str = "/run/entente/api.sock";

/// The file in the state directory that keeps the highest number of each revocation list.
pub const REVOCATION_NUMBERS: &str = "revocation-numbers";

/// Why there is nothing to make the TLS end from.
#[derive(Debug, thiserror::Error)]
pub enum TlsUnready {
    /// A file of it.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Its key in a module.
    #[error("tls.key: {0}")]
    Key(#[from] KeysRefused),
}

/// The whole configuration. All paths are as the daemon uses them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which side this is.
    pub party: Party,
    /// The founding agreement.
    pub agreement: Agreement,
    /// Where the daemon keeps what it must not lose.
    pub state: State,
    /// The signing keys.
    pub keys: KeyFolder,
    /// The TLS end.
    pub tls: Tls,
    /// By what record keys are judged.
    #[serde(default)]
    pub trust: Trust,
    /// The road to the counterpart.
    pub link: Link,
    /// The local API.
    #[serde(default)]
    pub api: Api,
    /// The list of the case-working system.
    #[serde(default)]
    pub national: National,
    /// What the daemon's process may still reach.
    #[serde(default)]
    pub sandbox: Sandbox,
    /// A clock for rehearsals; never in earnest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
}

/// The founding agreement, pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The agreement file.
    pub file: PathBuf,
    /// SHA-256 of the agreement's deterministic CBOR, not of the file's text.
    pub digest: AgreementDigest,
    /// How these logs succeeded others: a succession file; none: they are the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<PathBuf>,
    /// SHA-256 of the succession's deterministic CBOR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession_digest: Option<Hash>,
}

/// Where the daemon keeps what it must not lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The folder of the databases.
    pub directory: PathBuf,
    /// The high-water mark: a file that no backup takes in, so that a restore cannot turn it back.
    pub mark: PathBuf,
    /// How many pages the database may have (SQLite `max_page_count`, 8192 bytes each); none: no
    /// bound but the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_pages_max: Option<NonZeroU32>,
    /// The state directories of the logs that came before these, oldest first.
    #[serde(
        default,
        deserialize_with = "address::one_or_more",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub predecessors: Vec<PathBuf>,
}

/// The folder of the signing keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFolder {
    /// As `entente keys new` makes it.
    pub directory: PathBuf,
    /// The mirror's post-quantum key; none: cosignatures are Ed25519 alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror_pq: Option<PathBuf>,
    /// The verifier key of the counterpart's; none: what it adds is kept unverified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_mirror_pq: Option<PathBuf>,
    /// The caseworker's key; none: `caseworker-key.pem` in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caseworker: Option<KeyPlace>,
    /// The ledger's key; none: `ledger-key.pem` in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<KeyPlace>,
    /// The log's key; none: `log-key.pem` in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<KeyPlace>,
    /// The mirror's key; none: `mirror-key.pem` in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<KeyPlace>,
    /// The PKCS#11 library of the security module, for keys that lie in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<PathBuf>,
    /// The file with the PIN of its tokens, where a key's URI names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_file: Option<PathBuf>,
}

/// The TLS end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Our own certificate; none: `tls-cert.pem` in the folder of the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its key, in a file or a security module; none: `tls-key.pem` in the folder of the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyPlace>,
    /// The counterpart's authority, and no other.
    pub peer_ca: PathBuf,
    /// Whether sessions must withstand a quantum computer.
    #[serde(default)]
    pub post_quantum: PostQuantum,
    /// Its revocation lists; none: revocation is not checked, and status says so.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "lists::one_or_more"
    )]
    pub crl: Vec<PathBuf>,
    /// How many days a revocation list is used beyond its end; 0: nobody gets in by a stale one.
    #[serde(default, deserialize_with = "lists::grace_days")]
    pub crl_grace_days: u16,
}

/// The road to the counterpart: listen, dial, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Where to listen; none: dial only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Whom to dial, in this order; none: listen only.
    #[serde(default, deserialize_with = "address::one_or_more")]
    pub peer: Vec<PeerAddress>,
    /// The DNS name in the counterpart's certificate.
    pub peer_name: PeerName,
    /// From which networks connections are listened to; none: from all.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "networks")]
    pub allow: Option<AllowList>,
    /// How many connections may wait for their handshake; none: as `limits` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_max: Option<NonZeroU32>,
    /// How many of them from one address; none: as `limits` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_per_address_max: Option<NonZeroU32>,
    /// The HTTP proxy through which the counterpart is dialled; none: directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<PeerAddress>,
    /// The file with user and password for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_credential: Option<PathBuf>,
}

impl Link {
    /// Whom the daemon itself connects to. Behind a proxy nothing else is dialled: it resolves the
    /// counterpart's name itself.
    #[must_use]
    pub fn reached(&self) -> &[PeerAddress] {
        match &self.proxy {
            Some(proxy) => std::slice::from_ref(proxy),
            None => &self.peer,
        }
    }
}

impl Config {
    /// Reads the file, lays the environment over it, and makes its paths absolute or relative to
    /// where the daemon runs.
    ///
    /// # Errors
    /// One variant of [`ConfigError`] for each reason, with advice.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::load_with(path, read::environment())
    }

    /// The files of the TLS end, with the defaults filled in.
    #[must_use]
    pub fn tls_files(&self) -> TlsFiles {
        let beside = |file: &str| self.keys.directory.join(file);
        TlsFiles {
            certificate: self.tls.certificate.clone().unwrap_or_else(|| beside(TLS_CERTIFICATE)),
            key: match &self.tls.key {
                Some(KeyPlace::File(path)) => path.clone(),
                Some(KeyPlace::Module(_)) | None => beside(TLS_KEY),
            },
            peer_ca: self.tls.peer_ca.clone(),
            revocation: RevocationFiles {
                lists: self.tls.crl.clone(),
                policy: StalePolicy::of_days(self.tls.crl_grace_days),
                numbers: Some(self.state.directory.join(REVOCATION_NUMBERS)),
            },
            post_quantum: self.tls.post_quantum,
        }
    }

    /// Where the signing keys lie.
    #[must_use]
    pub fn key_places(&self) -> KeyPlaces {
        let keys = self.keys.clone();
        KeyPlaces {
            directory: keys.directory,
            caseworker: keys.caseworker,
            ledger: keys.ledger,
            log: keys.log,
            mirror: keys.mirror,
            tls_certificate: self.tls.certificate.clone(),
            modules: Modules { library: keys.module, pin_file: keys.pin_file },
        }
    }

    /// Everything that the TLS end is made from, its key in a file or in a module.
    ///
    /// # Errors
    /// A file is refused, or the module does not show the key.
    pub fn tls_material(&self, now: Timestamp) -> Result<TlsMaterial, TlsUnready> {
        let files = self.tls_files();
        Ok(match self.module_tls_key()? {
            Some(key) => files.load_with(key, now)?,
            None => files.load(now)?,
        })
    }

    /// The key, if it lies in a module; otherwise its file is one that only its owner may read.
    fn module_tls_key(&self) -> Result<Option<Arc<ModuleTlsKey>>, TlsUnready> {
        match &self.tls.key {
            Some(KeyPlace::Module(uri)) => {
                Ok(Some(Arc::new(self.key_places().modules.tls_key(uri)?)))
            }
            Some(KeyPlace::File(_)) | None => {
                owner_only(&self.tls_files().key, 0o077)?;
                Ok(None)
            }
        }
    }

    /// Every path that the file may give relative to itself.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [
            &mut self.agreement.file,
            &mut self.state.directory,
            &mut self.state.mark,
            &mut self.keys.directory,
            &mut self.tls.peer_ca,
            &mut self.api.socket,
        ]
        .into_iter()
        .chain(&mut self.keys.mirror_pq)
        .chain(&mut self.keys.peer_mirror_pq)
        .chain(&mut self.agreement.succession)
        .chain(&mut self.state.predecessors)
        .chain(&mut self.tls.certificate)
        .chain(&mut self.tls.crl)
        .chain(self.trust.paths())
        .chain(&mut self.sandbox.read)
        .chain(&mut self.sandbox.write)
        .chain(&mut self.link.proxy_credential)
        .chain(&mut self.keys.module)
        .chain(&mut self.keys.pin_file)
        .chain(
            [
                &mut self.tls.key,
                &mut self.keys.caseworker,
                &mut self.keys.ledger,
                &mut self.keys.log,
                &mut self.keys.mirror,
            ]
            .into_iter()
            .filter_map(|place| place.as_mut()?.file_mut()),
        )
        .chain(self.rehearsal.as_mut().map(|rehearsal| &mut rehearsal.clock))
    }
}
