//! One custodian for each module library, and the keys that it shows.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use super::{Custodian, Module, ModuleFault};
use crate::{daemon::keys::KeyUri, envelope::PublicKey};

/// The custodian of each library: a library has one state for the whole process, so that two of us
/// must not open it.
static KNOWN: LazyLock<Known> = LazyLock::new(Known::default);

/// Custodians, by their libraries.
#[derive(Default)]
pub(super) struct Known(Mutex<BTreeMap<PathBuf, Place>>);

/// A custodian for as long as somebody holds it. One whose PIN was refused is kept: it alone knows
/// that the PIN must not be tried again.
struct Place {
    custodian: Weak<Custodian>,
    refused: Option<Arc<Custodian>>,
}

/// A key in a library: its custodian, its name with the file of its PIN, and its public half.
pub(in crate::daemon::keys) fn find(
    library: &Path,
    pin_file: Option<&Path>,
    key: &KeyUri,
) -> Result<(Arc<Custodian>, Arc<KeyUri>, PublicKey), ModuleFault> {
    KNOWN.find(library, &key.clone().or_pin_file(pin_file), || behind(library))
}

impl Known {
    pub(super) fn find(
        &self,
        library: &Path,
        key: &KeyUri,
        behind: impl FnOnce() -> Result<Box<dyn Module>, ModuleFault>,
    ) -> Result<(Arc<Custodian>, Arc<KeyUri>, PublicKey), ModuleFault> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let custodian = match known.get(library).and_then(|place| place.custodian.upgrade()) {
            Some(custodian) => custodian,
            None => Custodian::over(behind()?)?,
        };
        let found = custodian.public_key(key);
        let refused = (found == Err(ModuleFault::Pin)).then(|| Arc::clone(&custodian));
        let place = Place { custodian: Arc::downgrade(&custodian), refused };
        let _former = known.insert(library.to_owned(), place).and_then(|former| former.refused);
        let (public, held) = (found?, custodian.hold(key.clone()));
        Ok((custodian, held, public))
    }
}

#[cfg(feature = "hsm")]
#[expect(clippy::unnecessary_wraps, reason = "a build without modules refuses here")]
fn behind(library: &Path) -> Result<Box<dyn Module>, ModuleFault> {
    Ok(Box::new(super::token::Tokens::new(library.to_owned())))
}

#[cfg(not(feature = "hsm"))]
fn behind(_library: &Path) -> Result<Box<dyn Module>, ModuleFault> {
    Err(ModuleFault::NotBuilt)
}
