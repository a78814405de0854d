//! A module in this process that can be taken away and given back.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, mpsc::Receiver},
};

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};

use super::{Module, ModuleFault};
use crate::{
    daemon::keys::KeyUri,
    envelope::{Algorithm, Ed25519Key, Esp256Key, PublicKey},
};

/// What the test decides, and what it may look at.
#[derive(Default)]
pub(crate) struct Moods {
    /// Whether its token is gone.
    pub(crate) gone: bool,
    /// Whether it has lost its session, as after a reset: it is opened anew with success.
    pub(crate) lost_session: bool,
    /// Whether its signatures are spoiled.
    pub(crate) spoiled: bool,
    /// Whether it refuses the PIN.
    pub(crate) wrong_pin: bool,
    /// Whether the file of the PIN holds another one than the one that it refused.
    pub(crate) new_pin: bool,
    /// Keys that were deleted, by label.
    pub(crate) deleted: Vec<String>,
    /// While this is there, it hangs until somebody sends, or nobody can any more.
    pub(crate) hangs: Option<Receiver<()>>,
    /// How often it was opened.
    pub(crate) opened: usize,
    /// How often it was asked for a signature.
    pub(crate) asked: usize,
}

/// The module.
pub(crate) struct FakeModule {
    keys: BTreeMap<String, Pair>,
    moods: Arc<Mutex<Moods>>,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Esp256(EcdsaKeyPair),
}

impl FakeModule {
    /// A module with new keys of these labels.
    pub(crate) fn with(keys: &[(&str, Algorithm)]) -> (Self, Arc<Mutex<Moods>>) {
        let random = SystemRandom::new();
        let moods = Arc::<Mutex<Moods>>::default();
        let made = keys.iter().map(|(label, algorithm)| {
            let pair = match algorithm {
                Algorithm::Ed25519 => {
                    let der = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                    Pair::Ed25519(Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap())
                }
                Algorithm::Esp256 => {
                    let how = &ECDSA_P256_SHA256_FIXED_SIGNING;
                    let der = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
                    Pair::Esp256(EcdsaKeyPair::from_pkcs8(how, der.as_ref(), &random).unwrap())
                }
            };
            ((*label).to_owned(), pair)
        });
        (Self { keys: made.collect(), moods: Arc::clone(&moods) }, moods)
    }

    fn unlock(&self) -> Result<(), ModuleFault> {
        let mut moods = of(&self.moods);
        moods.opened += 1;
        if moods.wrong_pin {
            return Err(ModuleFault::Pin);
        }
        if moods.gone {
            return Err(away());
        }
        moods.lost_session = false;
        Ok(())
    }

    fn pair(&self, key: &KeyUri) -> Result<&Pair, ModuleFault> {
        let label = key.object().unwrap_or_default();
        let is_deleted = of(&self.moods).deleted.iter().any(|one| one == label);
        let found = self.keys.get(label).filter(|_| !is_deleted);
        found.ok_or_else(|| ModuleFault::NotOneKey { uri: key.to_string(), found: 0 })
    }
}

/// The moods, for a moment.
pub(crate) fn of(moods: &Arc<Mutex<Moods>>) -> MutexGuard<'_, Moods> {
    moods.lock().unwrap()
}

fn away() -> ModuleFault {
    ModuleFault::Away("the test has taken it away".to_owned())
}

impl Module for FakeModule {
    fn open(&mut self, keys: &[KeyUri]) -> Result<(), ModuleFault> {
        self.unlock()?;
        keys.iter().try_for_each(|key| self.pair(key).map(|_| ()))
    }

    fn has_new_pin(&mut self, _asked: Option<&KeyUri>) -> bool {
        std::mem::take(&mut of(&self.moods).new_pin)
    }

    fn public_key(&mut self, key: &KeyUri) -> Result<PublicKey, ModuleFault> {
        Ok(match self.pair(key)? {
            Pair::Ed25519(pair) => {
                Ed25519Key::from_bytes(pair.public_key().as_ref()).unwrap().into()
            }
            Pair::Esp256(pair) => Esp256Key::from_bytes(pair.public_key().as_ref()).unwrap().into(),
        })
    }

    fn sign(
        &mut self,
        key: &KeyUri,
        _algorithm: Algorithm,
        message: &[u8],
    ) -> Result<[u8; 64], ModuleFault> {
        let (gone, spoiled, hangs) = {
            let mut moods = of(&self.moods);
            moods.asked += 1;
            (moods.gone || moods.lost_session, moods.spoiled, moods.hangs.take())
        };
        if let Some(hangs) = hangs {
            let _until_nobody_sends = hangs.recv();
        }
        if gone {
            return Err(away());
        }
        let mut made: [u8; 64] = match self.pair(key)? {
            Pair::Ed25519(pair) => pair.sign(message).as_ref().try_into().unwrap(),
            Pair::Esp256(pair) => {
                let made = pair.sign(&SystemRandom::new(), message).unwrap();
                made.as_ref().try_into().unwrap()
            }
        };
        made[40] ^= u8::from(spoiled);
        Ok(made)
    }
}
