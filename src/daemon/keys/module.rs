//! Keys that lie in a security module (PKCS#11), and the one thread that speaks to it.
//!
//! A module is slow, may hang and may go away; its sessions belong to one thread. Whoever wants a
//! signature asks that thread and waits for a bounded time. Once the module is away nobody waits
//! for it any more: the thread alone looks for it, at growing intervals, until it is back with all
//! the keys that it had. A signature that does not verify under the key's public half is taken for
//! a module that is away, so that a broken one, or another token in its place, signs nothing.

mod known;
mod tls;
#[cfg(feature = "hsm")]
mod token;

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};

pub(super) use known::find;
pub use tls::ModuleTlsKey;

use super::{KeyUri, NotSigned};
use crate::{
    envelope::{Algorithm, Ed25519Key, Esp256Key, PublicKey, low_s},
    limits::{
        MODULE_PAUSE_MILLISECONDS_MAX, MODULE_PAUSE_MILLISECONDS_MIN, MODULE_QUEUE_MAX,
        MODULE_SECONDS_MAX,
    },
};

/// Why a module does not do what it is asked. Nothing of a PIN or key is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleFault {
    /// It cannot be reached, has lost its session or its token, or does not answer.
    #[error("the module is away: {0}")]
    Away(String),
    /// The PIN was refused. It is not tried again: too many tries lock a token.
    #[error("the module refuses the PIN, which is not tried again before its file has changed")]
    Pin,
    /// The PIN cannot be read, or lies open.
    #[error("the PIN: {0}")]
    PinFile(String),
    /// Not exactly one such key.
    #[error("{uri} names {found} keys instead of one")]
    NotOneKey {
        /// What was looked for.
        uri: String,
        /// How many were found.
        found: usize,
    },
    /// The public half cannot be read.
    #[error("{uri} is no Ed25519 or P-256 key whose public half can be read: {why}")]
    NotAKey {
        /// Which.
        uri: String,
        /// Why.
        why: String,
    },
    /// This build has no modules.
    #[error("this build has no security modules; it was made without the feature hsm")]
    NotBuilt,
}

impl ModuleFault {
    /// Whether the module may do it another time.
    const fn may_pass(&self) -> bool {
        matches!(self, Self::Away(_) | Self::NotOneKey { .. } | Self::PinFile(_))
    }
}

/// A security module, as far as it is needed. It belongs to one thread.
pub(crate) trait Module: Send {
    /// Opens it, anew if it was open, with these keys.
    fn open(&mut self, keys: &[KeyUri]) -> Result<(), ModuleFault>;

    /// Whether, after a PIN was refused, a file holds another one: that of `asked`, or that of a
    /// key with which it was opened.
    fn has_new_pin(&mut self, asked: Option<&KeyUri>) -> bool;

    /// The public half of a key.
    fn public_key(&mut self, key: &KeyUri) -> Result<PublicKey, ModuleFault>;

    /// Signs: the message by Ed25519, or its SHA-256 by ECDSA, as r and s.
    fn sign(
        &mut self,
        key: &KeyUri,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<[u8; 64], ModuleFault>;
}

/// What the thread is asked.
enum Request {
    PublicKey(KeyUri, SyncSender<Result<PublicKey, ModuleFault>>),
    Sign(KeyUri, PublicKey, Vec<u8>, SyncSender<Result<[u8; 64], ModuleFault>>),
}

/// Why the module is away, if it is.
type Absence = Arc<Mutex<Option<ModuleFault>>>;

/// The keys that somebody holds: only they are looked for when the module is opened anew, so that
/// one that was exchanged may be deleted.
type HeldKeys = Arc<Mutex<Vec<Weak<KeyUri>>>>;

/// The way to the thread that speaks to a module.
pub(crate) struct Custodian {
    requests: SyncSender<Request>,
    absence: Absence,
    held: HeldKeys,
}

impl Custodian {
    /// Starts the thread. It ends when nobody holds the custodian any more.
    pub(crate) fn over(module: Box<dyn Module>) -> Result<Arc<Self>, ModuleFault> {
        let (requests, received) = sync_channel(MODULE_QUEUE_MAX);
        let absence = Absence::default();
        let held = HeldKeys::default();
        let attendant = Attendant {
            module,
            open: false,
            refused: false,
            absence: Arc::clone(&absence),
            held: Arc::clone(&held),
        };
        std::thread::Builder::new()
            .name("module".to_owned())
            .spawn(move || attendant.run(&received))
            .map_err(|error| ModuleFault::Away(error.to_string()))?;
        Ok(Arc::new(Self { requests, absence, held }))
    }

    /// Why the module is away, if it is.
    pub(crate) fn away(&self) -> Option<ModuleFault> {
        noted(&self.absence).clone()
    }

    /// Looks for a key also when the module is opened anew, for as long as the name is held.
    pub(crate) fn hold(&self, key: KeyUri) -> Arc<KeyUri> {
        let key = Arc::new(key);
        let mut held = noted(&self.held);
        held.retain(|key| key.strong_count() > 0);
        held.push(Arc::downgrade(&key));
        key
    }

    /// The public half of a key.
    pub(crate) fn public_key(&self, key: &KeyUri) -> Result<PublicKey, ModuleFault> {
        self.ask(|reply| Request::PublicKey(key.clone(), reply))
    }

    /// A signature that verifies under `public`; of ESP256 the one with the lower s.
    pub(crate) fn sign(
        &self,
        key: &KeyUri,
        public: PublicKey,
        message: &[u8],
    ) -> Result<[u8; 64], NotSigned> {
        if self.away().is_some() {
            return Err(NotSigned::Away);
        }
        self.ask(|reply| Request::Sign(key.clone(), public, message.to_vec(), reply))
            .map_err(|_| NotSigned::Away)
    }

    fn ask<T>(
        &self,
        request: impl FnOnce(SyncSender<Result<T, ModuleFault>>) -> Request,
    ) -> Result<T, ModuleFault> {
        let late = || {
            let fault = ModuleFault::Away(format!("no answer in {MODULE_SECONDS_MAX} s"));
            *noted(&self.absence) = Some(fault.clone());
            fault
        };
        let (reply, answer) = sync_channel(1);
        // A full queue is one that a hanging module does not empty.
        self.requests.try_send(request(reply)).map_err(|_| late())?;
        match answer.recv_timeout(Duration::from_secs(MODULE_SECONDS_MAX)) {
            Ok(answer) => answer,
            Err(_) => Err(late()),
        }
    }
}

fn noted<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's own.
struct Attendant {
    module: Box<dyn Module>,
    open: bool,
    /// Whether a PIN was refused.
    refused: bool,
    absence: Absence,
    held: HeldKeys,
}

impl Attendant {
    fn run(mut self, received: &Receiver<Request>) {
        let least = Duration::from_millis(MODULE_PAUSE_MILLISECONDS_MIN);
        let most = Duration::from_millis(MODULE_PAUSE_MILLISECONDS_MAX);
        let mut pause = least;
        loop {
            // Also while all is well it looks again: somebody who waited in vain may note that the
            // module is away just after it has answered.
            let is_away = noted(&self.absence).is_some();
            match received.recv_timeout(if is_away { pause } else { most }) {
                Ok(request) => self.serve(request),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    pause = pause.saturating_mul(2).min(most);
                }
            }
            if noted(&self.absence).is_none() {
                pause = least;
            }
        }
    }

    /// Looks whether it is back, if it is away and may come back.
    fn look(&mut self) {
        let absence = noted(&self.absence).clone();
        if self.refused || absence.is_some_and(|fault| fault.may_pass()) {
            self.open = false;
            let _still = self.reopen(None);
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::PublicKey(key, reply) => {
                let answer = self.tried(&key, |module| module.public_key(&key));
                let _gone = reply.send(answer);
            }
            Request::Sign(key, public, message, reply) => {
                let answer = self.tried(&key, |module| {
                    let made = module.sign(&key, public.algorithm(), &message)?;
                    let made = match public.algorithm() {
                        Algorithm::Ed25519 => made,
                        Algorithm::Esp256 => low_s(made),
                    };
                    let why = "a signature of it does not verify";
                    public
                        .verify(&message, &made)
                        .map_err(|_| ModuleFault::Away(why.to_owned()))?;
                    Ok(made)
                });
                let _gone = reply.send(answer);
            }
        }
    }

    /// Tries it, and once more after a fault, in a session of its own: one that was lost by itself
    /// is common, and nobody needs to hear of it.
    fn tried<T>(
        &mut self,
        key: &KeyUri,
        ask: impl Fn(&mut dyn Module) -> Result<T, ModuleFault>,
    ) -> Result<T, ModuleFault> {
        let was_open = self.open;
        let mut answer = self.reopen(Some(key)).and_then(|()| ask(self.module.as_mut()));
        if was_open && matches!(answer, Err(ModuleFault::Away(_))) {
            self.open = false;
            answer = self.reopen(Some(key)).and_then(|()| ask(self.module.as_mut()));
        }
        match &answer {
            Ok(_) => *noted(&self.absence) = None,
            Err(fault) => self.note(fault),
        }
        answer
    }

    /// A PIN that was refused is tried no second time: the module is not even touched.
    fn reopen(&mut self, asked: Option<&KeyUri>) -> Result<(), ModuleFault> {
        if self.open {
            return Ok(());
        }
        if self.refused && !self.module.has_new_pin(asked) {
            self.note(&ModuleFault::Pin);
            return Err(ModuleFault::Pin);
        }
        let held: Vec<KeyUri> = noted(&self.held)
            .iter()
            .filter_map(|key| Some(KeyUri::clone(&*key.upgrade()?)))
            .collect();
        let opened = self.module.open(&held);
        match &opened {
            Ok(()) => {
                self.open = true;
                self.refused = false;
                *noted(&self.absence) = None;
            }
            Err(fault) => self.note(fault),
        }
        opened
    }

    fn note(&mut self, fault: &ModuleFault) {
        self.open = false;
        self.refused |= *fault == ModuleFault::Pin;
        *noted(&self.absence) = Some(fault.clone());
    }
}

/// Reads a CKA_EC_POINT: the point in an OCTET STRING (PKCS #11 version 3.0 section 2.3.3), for
/// Ed25519 also in a BIT STRING, or, as some modules have it, bare.
#[cfg_attr(not(feature = "hsm"), allow(dead_code, reason = "only modules have such points"))]
fn read_point(written: &[u8]) -> Result<PublicKey, String> {
    let point = match written {
        [0x04, 32, point @ ..] if point.len() == 32 => point,
        [0x04, 65, point @ ..] if point.len() == 65 => point,
        [0x03, 33, 0, point @ ..] if point.len() == 32 => point,
        bare => bare,
    };
    match point.len() {
        32 => Ed25519Key::from_bytes(point).map(PublicKey::from).map_err(|why| why.to_string()),
        65 => Esp256Key::from_bytes(point).map(PublicKey::from).map_err(|why| why.to_string()),
        other => Err(format!("its point has {other} bytes")),
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers are small here")]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
