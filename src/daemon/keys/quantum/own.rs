//! The key with which our own mirror adds post-quantum cosignatures: made, and loaded.

use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    daemon::keys::{KeysRefused, signing::owner_only, write::new_file_alone},
    net::tls::private_key,
    tlog::{Origin, QuantumMirrorKey, QuantumSigner},
};

/// What stands before the seed in the PKCS#8 form that holds nothing else (RFC 9881 section 6).
const PKCS8_HEAD: [u8; 22] = [
    0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x03, 0x11, 0x04, 0x22, 0x80, 0x20,
];
/// The seed of a key pair (xi of FIPS 204 algorithm 1).
const SEED_BYTES: usize = 32;

/// Makes a key in a file that is not there yet, and says its public half.
///
/// # Errors
/// If the file cannot be written.
pub fn create(path: &Path, mirror: Origin) -> Result<QuantumMirrorKey, KeysRefused> {
    let unwritable = |source| KeysRefused::Unreadable { path: path.to_owned(), source };
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    SystemRandom::new()
        .fill(&mut seed[..])
        .map_err(|_| unwritable(std::io::Error::other("no random bytes")))?;
    let der = Zeroizing::new([&PKCS8_HEAD[..], &seed[..]].concat());
    let text = Zeroizing::new(format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        Zeroizing::new(data_encoding::BASE64.encode(&der)).as_str()
    ));
    new_file_alone(path, &text).map_err(unwritable)?;
    Ok(QuantumSigner::from_seed(mirror, &seed).public_key().clone())
}

/// Loads the key that cosigns for our mirror.
pub(super) fn signer(path: &Path, mirror: &Origin) -> Result<QuantumSigner, KeysRefused> {
    owner_only(path, 0o077)?;
    let mut der = private_key(path)?;
    let seed = der.secret_der().strip_prefix(&PKCS8_HEAD);
    let seed = seed.and_then(|seed| <&[u8; SEED_BYTES]>::try_from(seed).ok());
    let signer = seed.map(|seed| QuantumSigner::from_seed(mirror.clone(), seed));
    der.zeroize();
    signer.ok_or_else(|| KeysRefused::NotMlDsa { path: path.to_owned() })
}
