//! A PKCS#11 library (OASIS PKCS #11 version 2.40 and later) and the tokens behind it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{
        Mechanism,
        eddsa::{EddsaParams, EddsaSignatureScheme},
    },
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use zeroize::Zeroizing;

use super::{Module, ModuleFault};
use crate::{
    daemon::keys::{KeyUri, signing::owner_only},
    envelope::{Algorithm, PublicKey},
    limits::PIN_BYTES_MAX,
    names::sha256,
};

/// The tokens behind one library: a session in each, logged in.
pub(super) struct Tokens {
    library: PathBuf,
    sessions: BTreeMap<String, Session>,
    context: Option<Pkcs11>,
    /// The keys that were found since it was opened.
    handles: BTreeMap<KeyUri, ObjectHandle>,
    /// The keys with which it was opened last.
    held: Vec<KeyUri>,
    /// The PIN that a token has refused: each try more could lock it.
    refused: BTreeMap<String, Zeroizing<String>>,
}

impl Tokens {
    pub(super) const fn new(library: PathBuf) -> Self {
        Self {
            library,
            sessions: BTreeMap::new(),
            context: None,
            handles: BTreeMap::new(),
            held: Vec::new(),
            refused: BTreeMap::new(),
        }
    }

    fn give_up(&mut self) {
        self.handles.clear();
        self.sessions.clear();
        if let Some(context) = self.context.take() {
            // A library that has lost its token may complain; it is opened anew all the same.
            let _complains = context.finalize();
        }
    }

    fn session(&mut self, key: &KeyUri) -> Result<&Session, ModuleFault> {
        if !self.sessions.contains_key(key.token()) {
            let context = self.context.as_ref().ok_or_else(|| gone("it is not open"))?;
            let slot = slot(context, key.token())?;
            let session = context.open_ro_session(slot).map_err(away)?;
            let pin = pin(key.pin_file())?;
            if self.refused.get(key.token()) == Some(&pin) {
                return Err(ModuleFault::Pin);
            }
            match session.login(UserType::User, Some(&AuthPin::new(pin.as_str().into()))) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(Error::Pkcs11(
                    RvError::PinIncorrect
                    | RvError::PinInvalid
                    | RvError::PinLenRange
                    | RvError::PinExpired
                    | RvError::PinLocked,
                    _,
                )) => {
                    self.refused.insert(key.token().to_owned(), pin);
                    return Err(ModuleFault::Pin);
                }
                Err(error) => return Err(away(error)),
            }
            self.refused.remove(key.token());
            self.sessions.insert(key.token().to_owned(), session);
        }
        self.sessions.get(key.token()).ok_or_else(|| gone("its session is lost"))
    }

    fn handle(&mut self, key: &KeyUri) -> Result<ObjectHandle, ModuleFault> {
        if let Some(handle) = self.handles.get(key) {
            return Ok(*handle);
        }
        let found = find(self.session(key)?, key, ObjectClass::PRIVATE_KEY)?;
        let handle = only(key, &found)?;
        self.handles.insert(key.clone(), handle);
        Ok(handle)
    }
}

impl Module for Tokens {
    fn open(&mut self, keys: &[KeyUri]) -> Result<(), ModuleFault> {
        keys.clone_into(&mut self.held);
        self.give_up();
        let context = Pkcs11::new(&self.library).map_err(away)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(away(error)),
        }
        self.context = Some(context);
        for key in keys {
            self.handle(key)?;
        }
        Ok(())
    }

    fn has_new_pin(&mut self, asked: Option<&KeyUri>) -> bool {
        self.held.iter().chain(asked).any(|key| {
            let refused = self.refused.get(key.token());
            refused.is_some_and(|refused| pin(key.pin_file()).is_ok_and(|now| now != *refused))
        })
    }

    fn public_key(&mut self, key: &KeyUri) -> Result<PublicKey, ModuleFault> {
        let private = self.handle(key)?;
        let session = self.session(key)?;
        // The public half lies beside the private one; some modules keep the point in both.
        let public = match find(session, key, ObjectClass::PUBLIC_KEY)?.as_slice() {
            [one] => *one,
            _ => private,
        };
        let attributes = session.get_attributes(public, &[AttributeType::EcPoint]).map_err(away)?;
        let point = attributes.into_iter().find_map(|attribute| {
            let Attribute::EcPoint(point) = attribute else { return None };
            Some(point)
        });
        let not_a_key = |why: String| ModuleFault::NotAKey { uri: key.to_string(), why };
        let point = point.ok_or_else(|| not_a_key("it has no point".to_owned()))?;
        super::read_point(&point).map_err(not_a_key)
    }

    fn sign(
        &mut self,
        key: &KeyUri,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<[u8; 64], ModuleFault> {
        let handle = self.handle(key)?;
        let session = self.session(key)?;
        let made = match algorithm {
            Algorithm::Ed25519 => {
                let params = EddsaParams::new(EddsaSignatureScheme::Ed25519);
                session.sign(&Mechanism::Eddsa(params), handle, message)
            }
            Algorithm::Esp256 => session.sign(&Mechanism::Ecdsa, handle, &sha256(message)),
        };
        let made = made.map_err(away)?;
        made.try_into().map_err(|_| gone("a signature of it has another length than 64 bytes"))
    }
}

fn slot(context: &Pkcs11, token: &str) -> Result<Slot, ModuleFault> {
    let mut found = Vec::new();
    for slot in context.get_slots_with_token().map_err(away)? {
        if context.get_token_info(slot).map_err(away)?.label().trim_end() == token {
            found.push(slot);
        }
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        [] => Err(gone(&format!("there is no token {token:?}"))),
        _ => Err(gone(&format!("there is more than one token {token:?}"))),
    }
}

fn find(
    session: &Session,
    key: &KeyUri,
    class: ObjectClass,
) -> Result<Vec<ObjectHandle>, ModuleFault> {
    let mut wanted = vec![Attribute::Class(class)];
    wanted.extend(key.object().map(|label| Attribute::Label(label.as_bytes().to_vec())));
    wanted.extend(key.id().map(|id| Attribute::Id(id.to_vec())));
    session.find_objects(&wanted).map_err(away)
}

fn only(key: &KeyUri, found: &[ObjectHandle]) -> Result<ObjectHandle, ModuleFault> {
    match found {
        [one] => Ok(*one),
        _ => Err(ModuleFault::NotOneKey { uri: key.to_string(), found: found.len() }),
    }
}

/// Reads the PIN from its file, which is the owner's alone.
fn pin(file: Option<&Path>) -> Result<Zeroizing<String>, ModuleFault> {
    let refused = ModuleFault::PinFile;
    let file = file.ok_or_else(|| refused("no file is named for it".to_owned()))?;
    owner_only(file, 0o077).map_err(|cause| refused(cause.to_string()))?;
    let unreadable =
        |cause: &dyn std::fmt::Display| refused(format!("{}: {cause}", file.display()));
    let bytes = Zeroizing::new(std::fs::read(file).map_err(|error| unreadable(&error))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(&"it is not text"))?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() || text.len() > PIN_BYTES_MAX {
        return Err(unreadable(&format!("a PIN has 1 to {PIN_BYTES_MAX} bytes")));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

fn gone(why: &str) -> ModuleFault {
    ModuleFault::Away(why.to_owned())
}

/// What the library says, in its words: they name functions and codes, and nothing of a secret.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn away(error: Error) -> ModuleFault {
    ModuleFault::Away(error.to_string())
}
