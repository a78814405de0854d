//! Keys that lie in a security module (PKCS#11), and the one thread that speaks to it.
//!
//! A module is slow, may hang and may go away; its sessions belong to one thread. Whoever wants a
//! signature asks that thread and waits for a bounded time. Once the module is away nobody waits
//! for it any more: the thread alone looks for it, at growing intervals, until it is back with all
//! the keys that it had. A signature that does not verify under the key's public half is taken for
//! a module that is away, so that a broken one, or another token in its place, signs nothing.

mod tls;
#[cfg(feature = "hsm")]
mod token;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};

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
    #[error("the module refuses the PIN, which is not tried again before the next start")]
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
    /// Opens it, anew if it was open, with every key that was asked for before.
    fn open(&mut self) -> Result<(), ModuleFault>;

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

/// The way to the thread that speaks to a module.
pub(crate) struct Custodian {
    requests: SyncSender<Request>,
    absence: Absence,
}

impl Custodian {
    /// Starts the thread. It ends when nobody holds the custodian any more.
    pub(crate) fn over(module: Box<dyn Module>) -> Result<Arc<Self>, ModuleFault> {
        let (requests, received) = sync_channel(MODULE_QUEUE_MAX);
        let absence = Absence::default();
        let noted = Arc::clone(&absence);
        std::thread::Builder::new()
            .name("module".to_owned())
            .spawn(move || Attendant { module, open: false, absence: noted }.run(&received))
            .map_err(|error| ModuleFault::Away(error.to_string()))?;
        Ok(Arc::new(Self { requests, absence }))
    }

    /// Why the module is away, if it is.
    pub(crate) fn away(&self) -> Option<ModuleFault> {
        noted(&self.absence).clone()
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

fn noted(absence: &Absence) -> std::sync::MutexGuard<'_, Option<ModuleFault>> {
    absence.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's own.
struct Attendant {
    module: Box<dyn Module>,
    open: bool,
    absence: Absence,
}

impl Attendant {
    fn run(mut self, received: &Receiver<Request>) {
        let least = Duration::from_millis(MODULE_PAUSE_MILLISECONDS_MIN);
        let most = Duration::from_millis(MODULE_PAUSE_MILLISECONDS_MAX);
        let mut pause = least;
        loop {
            let looks = noted(&self.absence).as_ref().is_some_and(ModuleFault::may_pass);
            let next = if looks {
                received.recv_timeout(pause)
            } else {
                received.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match next {
                Ok(request) => self.serve(request),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    self.open = false;
                    let _still = self.reopen();
                    pause = pause.saturating_mul(2).min(most);
                }
            }
            if noted(&self.absence).is_none() {
                pause = least;
            }
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::PublicKey(key, reply) => {
                let answer = self.tried(|module| module.public_key(&key));
                let _gone = reply.send(answer);
            }
            Request::Sign(key, public, message, reply) => {
                let answer = self.tried(|module| {
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
        ask: impl Fn(&mut dyn Module) -> Result<T, ModuleFault>,
    ) -> Result<T, ModuleFault> {
        let was_open = self.open;
        let mut answer = self.reopen().and_then(|()| ask(self.module.as_mut()));
        if was_open && matches!(answer, Err(ModuleFault::Away(_))) {
            self.open = false;
            answer = self.reopen().and_then(|()| ask(self.module.as_mut()));
        }
        match &answer {
            Ok(_) => *noted(&self.absence) = None,
            Err(fault) => self.note(fault),
        }
        answer
    }

    fn reopen(&mut self) -> Result<(), ModuleFault> {
        if self.open {
            return Ok(());
        }
        let opened = self.module.open();
        match &opened {
            Ok(()) => {
                self.open = true;
                *noted(&self.absence) = None;
            }
            Err(fault) => self.note(fault),
        }
        opened
    }

    fn note(&mut self, fault: &ModuleFault) {
        self.open = false;
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

/// The custodian of each module library: a library has one state for the whole process, so that two
/// of us must not open it.
static CUSTODIANS: LazyLock<Mutex<BTreeMap<PathBuf, Weak<Custodian>>>> =
    LazyLock::new(Mutex::default);

/// The custodian of a module library; one for all who ask while somebody holds it.
pub(crate) fn custodian(
    library: &Path,
    pin_file: Option<&Path>,
) -> Result<Arc<Custodian>, ModuleFault> {
    let mut known = CUSTODIANS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(custodian) = known.get(library).and_then(Weak::upgrade) {
        return Ok(custodian);
    }
    let custodian = Custodian::over(behind(library, pin_file)?)?;
    known.insert(library.to_owned(), Arc::downgrade(&custodian));
    Ok(custodian)
}

#[cfg(feature = "hsm")]
#[expect(clippy::unnecessary_wraps, reason = "a build without modules refuses here")]
fn behind(library: &Path, pin_file: Option<&Path>) -> Result<Box<dyn Module>, ModuleFault> {
    Ok(Box::new(token::Tokens::new(library.to_owned(), pin_file.map(Path::to_owned))))
}

#[cfg(not(feature = "hsm"))]
fn behind(_library: &Path, _pin_file: Option<&Path>) -> Result<Box<dyn Module>, ModuleFault> {
    Err(ModuleFault::NotBuilt)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers are small here")]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
