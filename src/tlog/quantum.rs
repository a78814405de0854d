//! The post-quantum form of cosignatures (C2SP tlog-cosignature, ML-DSA-44 of FIPS 204, type 0x06):
//! a second line of the same mirror at the same time, beside the Ed25519 one and never instead.
//!
//! The line is recognised by the mirror's name and its length, kept in the note byte for byte
//! wherever the note goes, and believed only once a [`QuantumMirrorKey`] has verified it. It counts
//! for nothing that rules or receipts decide: who has no such key loses nothing.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::note::NoteSignature;
use super::{Checkpoint, CosignedCheckpoint, Origin, VkeyRefused, text};
use crate::names::{Timestamp, sha256};

/// The type byte of such keys (C2SP signed-note, "Signature types").
const TYPE: u8 = 0x06;
/// A public key (FIPS 204 table 2).
pub const QUANTUM_KEY_BYTES: usize = 1312;
/// A signature (FIPS 204 table 2).
pub const QUANTUM_SIGNATURE_BYTES: usize = 2420;
/// The time, then the signature.
const TIME_BYTES: usize = 8;
/// What a signature line carries after its key id; no other type of C2SP has this length.
const BLOB_BYTES: usize = TIME_BYTES + QUANTUM_SIGNATURE_BYTES;

/// Why a checkpoint has no post-quantum cosignature that may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantumRefused {
    /// The mirror has added none.
    #[error("the checkpoint has no post-quantum cosignature by its mirror")]
    Unsigned,
    /// It names another key.
    #[error("the post-quantum cosignature is by another key than the one that is known")]
    OtherKey,
    /// The key is that of another mirror than the one whose Ed25519 cosignature stands there.
    #[error("the post-quantum key that is known has another name than the mirror")]
    OtherMirror,
    /// It does not verify.
    #[error("the post-quantum cosignature does not verify")]
    Signature,
    /// The feature `pq` is not in this build, so nothing can be said.
    #[error("this build cannot verify post-quantum cosignatures: it lacks the feature pq")]
    NotInThisBuild,
}

/// A mirror's ML-DSA-44 key. Unlike the Ed25519 form, what it signs names the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantumMirrorKey {
    name: Origin,
    id: [u8; 4],
    key: Box<[u8; QUANTUM_KEY_BYTES]>,
}

impl QuantumMirrorKey {
    /// Gives a key its name.
    #[must_use]
    pub fn new(name: Origin, key: [u8; QUANTUM_KEY_BYTES]) -> Self {
        let digest = sha256(&[name.as_str().as_bytes(), b"\n", &[TYPE], &key].concat());
        let [a, b, c, d, ..] = digest;
        Self { name, id: [a, b, c, d], key: Box::new(key) }
    }

    /// The mirror's name.
    #[must_use]
    pub const fn name(&self) -> &Origin {
        &self.name
    }

    /// Verifies a signature over the post-quantum message of a checkpoint.
    #[cfg(feature = "pq")]
    fn verify(
        &self,
        message: &[u8],
        signature: &[u8; QUANTUM_SIGNATURE_BYTES],
    ) -> Result<(), QuantumRefused> {
        use libcrux_ml_dsa::ml_dsa_44::{MLDSA44Signature, MLDSA44VerificationKey, verify};
        let key = MLDSA44VerificationKey::new(*self.key);
        // C2SP has no context string; the label in the message separates domains.
        verify(&key, message, b"", &MLDSA44Signature::new(*signature))
            .map_err(|_| QuantumRefused::Signature)
    }

    /// This build cannot.
    #[cfg(not(feature = "pq"))]
    fn verify(
        &self,
        _message: &[u8],
        _signature: &[u8; QUANTUM_SIGNATURE_BYTES],
    ) -> Result<(), QuantumRefused> {
        Err(QuantumRefused::NotInThisBuild)
    }
}

impl std::fmt::Display for QuantumMirrorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let blob = [&[TYPE], &self.key[..]].concat();
        let id = HEXLOWER.encode(&self.id);
        f.pad(&format!("{}+{id}+{}", self.name, text::to_base64(&blob)))
    }
}

impl std::str::FromStr for QuantumMirrorKey {
    type Err = VkeyRefused;

    fn from_str(vkey: &str) -> Result<Self, VkeyRefused> {
        // Base64 may hold a `+` too: only the first two divide.
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(blob)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VkeyRefused::Parts);
        };
        let name: Origin = name.parse()?;
        let blob = text::base64(blob).ok_or(VkeyRefused::Base64)?;
        let (have, key) = blob.split_first().ok_or(VkeyRefused::Base64)?;
        if *have != TYPE {
            return Err(VkeyRefused::Type { want: TYPE, have: *have });
        }
        let vkey = Self::new(name, key.try_into().map_err(|_| VkeyRefused::Length)?);
        if HEXLOWER.encode(&vkey.id) == id { Ok(vkey) } else { Err(VkeyRefused::KeyId) }
    }
}

impl Serialize for QuantumMirrorKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QuantumMirrorKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Checkpoint {
    /// The bytes that the mirror of this name signs at this time with its post-quantum key: the
    /// `cosigned_message` of C2SP tlog-cosignature for a whole tree, which begins at leaf 0.
    #[must_use]
    pub fn to_cosign_quantum(&self, mirror: &Origin, time: Timestamp) -> Vec<u8> {
        let mut message = b"subtree/v1\n\0".to_vec();
        for (name, number) in [(mirror, time.seconds()), (self.origin(), 0)] {
            // An origin has at most 255 bytes, and at least one.
            message.push(u8::try_from(name.as_str().len()).unwrap_or(u8::MAX));
            message.extend(name.as_str().as_bytes());
            message.extend(number.to_be_bytes());
        }
        message.extend(self.size().0.to_be_bytes());
        message.extend(self.head().root.as_bytes());
        message
    }
}

/// A post-quantum signature line that stands in a note: its form is right, and nothing more is
/// known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuantumLine {
    key_id: [u8; 4],
    signature: Box<[u8; QUANTUM_SIGNATURE_BYTES]>,
    /// The whole line, with its line end.
    pub(super) text: String,
}

impl QuantumLine {
    /// Takes a signature line of the mirror's name for its post-quantum one, if it has the length;
    /// with the time that it gives, in seconds.
    pub(super) fn of(line: &NoteSignature<'_>) -> Option<(u64, Self)> {
        if line.signature.len() != BLOB_BYTES {
            return None;
        }
        let (seconds, signature) = line.signature.split_first_chunk::<TIME_BYTES>()?;
        let signature = Box::new(signature.try_into().ok()?);
        let text = line.to_string();
        Some((u64::from_be_bytes(*seconds), Self { key_id: line.key_id, signature, text }))
    }
}

impl CosignedCheckpoint {
    /// Puts the mirror's fresh post-quantum signature beside its other one, and verifies it, so
    /// that a broken signer is found before anything leaves.
    ///
    /// # Errors
    /// If the key is not the mirror's, or the signature does not verify.
    pub fn with_quantum(
        mut self,
        key: &QuantumMirrorKey,
        signature: &[u8; QUANTUM_SIGNATURE_BYTES],
    ) -> Result<Self, QuantumRefused> {
        let blob = [&self.time().seconds().to_be_bytes()[..], signature].concat();
        let line = NoteSignature { name: key.name().as_str(), key_id: key.id, signature: blob };
        self.quantum = QuantumLine::of(&line).map(|(_, line)| line);
        self.verify_quantum(key)?;
        Ok(self)
    }

    /// Whether the mirror has added a post-quantum cosignature, of which nothing more is known.
    #[must_use]
    pub const fn has_quantum(&self) -> bool {
        self.quantum.is_some()
    }

    /// Verifies the post-quantum cosignature.
    ///
    /// # Errors
    /// If there is none, or it is not by this key of this mirror over this checkpoint at the time
    /// of the other one.
    pub fn verify_quantum(&self, key: &QuantumMirrorKey) -> Result<(), QuantumRefused> {
        let line = self.quantum.as_ref().ok_or(QuantumRefused::Unsigned)?;
        if !self.is_by(key.name()) {
            return Err(QuantumRefused::OtherMirror);
        }
        if line.key_id != key.id {
            return Err(QuantumRefused::OtherKey);
        }
        let message = self.checkpoint().to_cosign_quantum(key.name(), self.time());
        key.verify(&message, &line.signature)
    }
}

/// A mirror's post-quantum signing key. It signs deterministically (FIPS 204 section 3.4): a
/// cosignature that was lost is made again byte for byte.
#[cfg(feature = "pq")]
pub struct QuantumSigner {
    key: Box<libcrux_ml_dsa::ml_dsa_44::MLDSA44SigningKey>,
    public: QuantumMirrorKey,
}

#[cfg(feature = "pq")]
impl QuantumSigner {
    /// Makes the key pair of a seed (xi of FIPS 204 algorithm 6), and gives it the mirror's name.
    #[must_use]
    pub fn from_seed(name: Origin, seed: &[u8; 32]) -> Self {
        let pair = libcrux_ml_dsa::ml_dsa_44::generate_key_pair(*seed);
        let public = QuantumMirrorKey::new(name, *pair.verification_key.as_ref());
        Self { key: Box::new(pair.signing_key), public }
    }

    /// The public half, with its name.
    #[must_use]
    pub const fn public_key(&self) -> &QuantumMirrorKey {
        &self.public
    }

    /// Adds its cosignature to a checkpoint that the mirror has cosigned.
    ///
    /// # Errors
    /// If the mirror is another, or the signature does not verify.
    pub fn add_to(
        &self,
        cosigned: CosignedCheckpoint,
    ) -> Result<CosignedCheckpoint, QuantumRefused> {
        let message = cosigned.checkpoint().to_cosign_quantum(self.public.name(), cosigned.time());
        let signature = libcrux_ml_dsa::ml_dsa_44::sign(&self.key, &message, b"", [0; 32])
            .map_err(|_| QuantumRefused::Signature)?;
        cosigned.with_quantum(&self.public, signature.as_ref())
    }
}

#[cfg(feature = "pq")]
impl Drop for QuantumSigner {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(self.key.as_mut_slice());
    }
}

#[cfg(feature = "pq")]
impl std::fmt::Debug for QuantumSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuantumSigner").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "pq")]
mod tests;
