//! Where the keys of one side lie, and the module that holds those that lie in one.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    KeyPlace, KeyUri, KeysRefused, LOG_KEY, MIRROR_KEY, RecordRole, TLS_CERTIFICATE, key_file,
    module::{self, Custodian, ModuleTlsKey},
};
use crate::envelope::PublicKey;

/// Where the signing keys of one side lie. What is not named lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlaces {
    /// As `entente keys new` makes it.
    pub directory: PathBuf,
    /// The caseworker's key.
    pub caseworker: Option<KeyPlace>,
    /// The ledger's key.
    pub ledger: Option<KeyPlace>,
    /// The log's key.
    pub log: Option<KeyPlace>,
    /// The mirror's key.
    pub mirror: Option<KeyPlace>,
    /// The certificate of the TLS end, whose key serves nothing else; none: the one in the folder.
    pub tls_certificate: Option<PathBuf>,
    /// The security module, for keys that lie in it.
    pub modules: Modules,
}

/// The security module of one side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Modules {
    /// The PKCS#11 library.
    pub library: Option<PathBuf>,
    /// The file with the PIN, for keys whose URI names none.
    pub pin_file: Option<PathBuf>,
}

impl KeyPlaces {
    /// All keys in the folder, as `entente keys new` makes it.
    #[must_use]
    pub fn within(directory: &Path) -> Self {
        let (caseworker, ledger, log, mirror) = (None, None, None, None);
        let (directory, modules) = (directory.to_owned(), Modules::default());
        Self { directory, caseworker, ledger, log, mirror, tls_certificate: None, modules }
    }

    /// The places that are named, apart from the folder.
    pub fn named(&self) -> impl Iterator<Item = &KeyPlace> {
        [&self.caseworker, &self.ledger, &self.log, &self.mirror].into_iter().flatten()
    }

    pub(super) fn record(&self, role: RecordRole) -> KeyPlace {
        let named = match role {
            RecordRole::Caseworker => &self.caseworker,
            RecordRole::Ledger => &self.ledger,
        };
        self.or_beside(named.as_ref(), &key_file(role.name()))
    }

    pub(super) fn log(&self) -> KeyPlace {
        self.or_beside(self.log.as_ref(), LOG_KEY)
    }

    pub(super) fn mirror(&self) -> KeyPlace {
        self.or_beside(self.mirror.as_ref(), MIRROR_KEY)
    }

    pub(super) fn tls_certificate(&self) -> PathBuf {
        let named = self.tls_certificate.clone();
        named.unwrap_or_else(|| self.directory.join(TLS_CERTIFICATE))
    }

    fn or_beside(&self, named: Option<&KeyPlace>, file: &str) -> KeyPlace {
        named.cloned().unwrap_or_else(|| KeyPlace::File(self.directory.join(file)))
    }
}

impl Modules {
    /// The key of the TLS end that lies in a module.
    ///
    /// # Errors
    /// No module is named, or it does not show such a key.
    pub fn tls_key(&self, uri: &KeyUri) -> Result<ModuleTlsKey, KeysRefused> {
        let (custodian, key, public) = self.find(uri)?;
        Ok(ModuleTlsKey::new(custodian, key, public))
    }

    pub(super) fn find(
        &self,
        uri: &KeyUri,
    ) -> Result<(Arc<Custodian>, Arc<KeyUri>, PublicKey), KeysRefused> {
        let refused = |source| KeysRefused::Module { key: uri.to_string(), source };
        let library = self.library.as_deref();
        let library = library.ok_or_else(|| KeysRefused::NoModule { key: uri.to_string() })?;
        module::find(library, self.pin_file.as_deref(), uri).map_err(refused)
    }
}
