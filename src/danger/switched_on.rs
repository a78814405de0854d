//! The switches themselves, each for its own thread.

use std::cell::Cell;

use super::Bug;

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    static QUICK: Cell<bool> = const { Cell::new(false) };
}

/// Plants a bug in what this thread runs from now on, or none.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether a bug is planted in what this thread runs.
pub(crate) fn planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// From now on this thread takes [`quick_signature`] for a signature, and nothing else.
///
/// The rules of the exchange do not depend on the algebra of a signature, only on nobody else being
/// able to make it; in a simulation nobody tries to. It is a hundred times as fast.
pub fn sign_quickly(quickly: bool) {
    QUICK.set(quickly);
}

/// What stands for a signature while this thread signs quickly: a digest of key and message, twice.
/// It protects nothing.
#[must_use]
pub fn quick_signature(key: &[u8], message: &[u8]) -> [u8; 64] {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    digest.update(key);
    digest.update(message);
    let digest = digest.finish();
    let mut signature = [0; 64];
    for (to, from) in signature.iter_mut().zip(digest.as_ref().iter().cycle()) {
        *to = *from;
    }
    signature
}

/// Whether a signature is good, if this thread signs quickly.
pub(crate) fn quickly_verified(key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    QUICK.get().then(|| quick_signature(key, message) == *signature)
}
