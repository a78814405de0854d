//! Verifier keys: the Ed25519 keys of logs and mirrors, written as C2SP signed-note has them,
//! `name+hex(key id)+base64(type || public key)`.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::envelope::{Ed25519Key, KeyRefused};
use crate::names::sha256;

use super::note::{Note, NoteSignature};
use super::{Origin, OriginRefused, text};

/// Why a text is no verifier key of the wanted type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VkeyRefused {
    /// Not three parts with `+` between.
    #[error("a verifier key is `name+key id+base64`")]
    Parts,
    /// The name is none.
    #[error("the name of the verifier key: {0}")]
    Name(#[from] OriginRefused),
    /// The third part is not canonical base64.
    #[error("a verifier key ends in base64 with padding")]
    Base64,
    /// Another type of key: see C2SP signed-note, "Signature types".
    #[error("this verifier key has type {have:#04x}; {want:#04x} is needed here")]
    Type {
        /// The type that is needed.
        want: u8,
        /// The type that stands there.
        have: u8,
    },
    /// The public key has another length than its type has.
    #[error("the public key has another length than keys of its type")]
    Length,
    /// The public key is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The key id is not that of this name, type and key, in lower-case hexadecimal.
    #[error("the key id is not that of this name and key")]
    KeyId,
}

/// A named Ed25519 key; what it may sign depends on its type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Vkey<const TYPE: u8> {
    name: Origin,
    id: [u8; 4],
    key: Ed25519Key,
}

impl<const TYPE: u8> Vkey<TYPE> {
    fn new(name: Origin, key: Ed25519Key) -> Self {
        let digest = sha256(&[name.as_str().as_bytes(), b"\n", &[TYPE], key.as_bytes()].concat());
        let [a, b, c, d, ..] = digest;
        Self { name, id: [a, b, c, d], key }
    }

    fn parse(vkey: &str) -> Result<Self, VkeyRefused> {
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
        let vkey = Self::new(name, Ed25519Key::from_bytes(key)?);
        if HEXLOWER.encode(&vkey.id) == id { Ok(vkey) } else { Err(VkeyRefused::KeyId) }
    }

    fn write(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let blob = [&[TYPE], &self.key.as_bytes()[..]].concat();
        let id = HEXLOWER.encode(&self.id);
        f.pad(&format!("{}+{id}+{}", self.name, text::to_base64(&blob)))
    }
}

macro_rules! verifier_key {
    ($(#[$meta:meta])* $name:ident, $type:literal, $(#[$naming:meta])* $called:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Vkey<$type>);

        impl $name {
            /// Gives a key its name.
            #[must_use]
            pub fn new($called: Origin, key: Ed25519Key) -> Self {
                Self(Vkey::new($called, key))
            }

            $(#[$naming])*
            #[must_use]
            pub const fn $called(&self) -> &Origin {
                &self.0.name
            }

            /// The public key.
            #[must_use]
            pub const fn public_key(&self) -> &Ed25519Key {
                &self.0.key
            }

            /// The signatures in a note that name this key by name and key id.
            pub(super) fn lines<'n>(&self, note: &'n Note<'_>) -> impl Iterator<Item = &'n [u8]> {
                let known = |line: &&NoteSignature<'_>| {
                    line.name == self.0.name.as_str() && line.key_id == self.0.id
                };
                note.signatures().iter().filter(known).map(|line| line.signature.as_slice())
            }

            /// The signature line that this key has signed, with its line end.
            pub(super) fn line(&self, signature: Vec<u8>) -> String {
                NoteSignature { name: self.0.name.as_str(), key_id: self.0.id, signature }
                    .to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.write(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = VkeyRefused;

            fn from_str(text: &str) -> Result<Self, VkeyRefused> {
                Vkey::parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

verifier_key!(
    /// The key by which a log's author signs checkpoints: type 0x01, Ed25519 over the note's text.
    /// Its name is the log's origin.
    LogKey, 0x01,
    /// The origin of the log, which is the key's name.
    origin
);
verifier_key!(
    /// The key by which a mirror cosigns checkpoints: type 0x04, timestamped (C2SP
    /// tlog-cosignature). What it signs does not name it, so no two mirrors may share one key.
    MirrorKey, 0x04,
    /// The mirror's name.
    name
);

#[cfg(test)]
mod tests;
