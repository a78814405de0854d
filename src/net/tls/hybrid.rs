//! X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem, over FIPS 203 and RFC 7748): whoever records a
//! session today must break both halves to read it later.
//!
//! ML-KEM comes from libcrux, which is verified; X25519 and all randomness from ring. Here is only
//! what ties the two together: ML-KEM stands first in both shares and in the secret. Nothing of a
//! share is used before its length is right and, for an encapsulation key, its coefficients are
//! reduced. What libcrux leaves on its own stack is not ours to overwrite; the rest is.

use libcrux_ml_kem::mlkem768::{self, MlKem768Ciphertext, MlKem768PrivateKey, MlKem768PublicKey};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::crypto::ring::kx_group::X25519;
use rustls::crypto::{
    ActiveKeyExchange, CompletedKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup,
};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};
use zeroize::{Zeroize, Zeroizing};

/// An encapsulation key of ML-KEM-768 (FIPS 203 table 3): the first part of a client's share.
const ENCAPSULATION_KEY_BYTES: usize = 1184;
/// A ciphertext of ML-KEM-768: the first part of a server's share.
const CIPHERTEXT_BYTES: usize = 1088;
/// The last part of both shares.
const X25519_BYTES: usize = 32;
/// `d` and `z` of FIPS 203 algorithm 19.
const SEED_BYTES: usize = 64;
/// `m` of FIPS 203 algorithm 20, and the shared secret.
const SECRET_BYTES: usize = 32;

const INVALID_KEY_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

/// The group, for a provider's list.
pub(super) static X25519MLKEM768: &dyn SupportedKxGroup = &Hybrid;

#[derive(Debug)]
struct Hybrid;

impl SupportedKxGroup for Hybrid {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let classical = X25519.start()?;
        let (decapsulation_key, encapsulation_key) = key_pair(&*random::<SEED_BYTES>()?);
        let share = [encapsulation_key.as_ref(), classical.pub_key()].concat();
        Ok(Box::new(Started { classical, decapsulation_key, share }))
    }

    fn start_and_complete(&self, client_share: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (key, theirs) = split::<ENCAPSULATION_KEY_BYTES>(client_share)?;
        let (ciphertext, quantum_safe) = encapsulate(key, &*random::<SECRET_BYTES>()?)?;
        let classical = X25519.start_and_complete(theirs)?;
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [ciphertext.as_ref(), &classical.pub_key].concat(),
            secret: joined(&quantum_safe, &classical.secret),
        })
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

/// A client that waits for the server's share.
struct Started {
    classical: Box<dyn ActiveKeyExchange>,
    decapsulation_key: DecapsulationKey,
    share: Vec<u8>,
}

impl ActiveKeyExchange for Started {
    fn complete(self: Box<Self>, server_share: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, theirs) = split::<CIPHERTEXT_BYTES>(server_share)?;
        let quantum_safe = self.decapsulation_key.decapsulate(ciphertext);
        Ok(joined(&quantum_safe, &self.classical.complete(theirs)?))
    }

    /// The X25519 half is offered by itself as well: a server that knows no hybrid needs no second
    /// round trip. An end that requires the hybrid group has X25519 not in its list, and then
    /// rustls offers no half.
    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.classical.group(), self.classical.pub_key()))
    }

    fn complete_hybrid_component(self: Box<Self>, theirs: &[u8]) -> Result<SharedSecret, Error> {
        self.classical.complete(theirs)
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

/// Overwritten when it is dropped, which libcrux's own type is not.
struct DecapsulationKey(Box<MlKem768PrivateKey>);

impl DecapsulationKey {
    /// A ciphertext that nobody made for this key gives a secret that nobody else has (implicit
    /// rejection): the handshake then fails at its Finished, and says nothing of the key.
    fn decapsulate(&self, ciphertext: &[u8; CIPHERTEXT_BYTES]) -> Zeroizing<[u8; SECRET_BYTES]> {
        Zeroizing::new(mlkem768::decapsulate(&self.0, &MlKem768Ciphertext::from(ciphertext)))
    }
}

impl Drop for DecapsulationKey {
    fn drop(&mut self) {
        self.0[0..].zeroize();
    }
}

fn key_pair(seed: &[u8; SEED_BYTES]) -> (DecapsulationKey, MlKem768PublicKey) {
    let (private, public) = mlkem768::generate_key_pair(*seed).into_parts();
    (DecapsulationKey(Box::new(private)), public)
}

/// Refuses an encapsulation key whose coefficients are not reduced (FIPS 203 section 7.2).
fn encapsulate(
    key: &[u8; ENCAPSULATION_KEY_BYTES],
    randomness: &[u8; SECRET_BYTES],
) -> Result<(MlKem768Ciphertext, Zeroizing<[u8; SECRET_BYTES]>), Error> {
    let key = MlKem768PublicKey::from(key);
    if !mlkem768::validate_public_key(&key) {
        return Err(INVALID_KEY_SHARE);
    }
    let (ciphertext, secret) = mlkem768::encapsulate(&key, *randomness);
    Ok((ciphertext, Zeroizing::new(secret)))
}

/// Takes a share of exactly the right length apart: ML-KEM's part, then X25519's.
fn split<const FIRST: usize>(share: &[u8]) -> Result<(&[u8; FIRST], &[u8]), Error> {
    let (first, theirs) = share.split_first_chunk().ok_or(INVALID_KEY_SHARE)?;
    if theirs.len() == X25519_BYTES { Ok((first, theirs)) } else { Err(INVALID_KEY_SHARE) }
}

fn joined(quantum_safe: &[u8; SECRET_BYTES], classical: &SharedSecret) -> SharedSecret {
    SharedSecret::from([quantum_safe, classical.secret_bytes()].concat())
}

fn random<const BYTES: usize>() -> Result<Zeroizing<[u8; BYTES]>, GetRandomFailed> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    SystemRandom::new().fill(&mut bytes[..]).map_err(|_| GetRandomFailed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
