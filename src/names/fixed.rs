//! Byte strings of a fixed length: digests and identifiers, shown in lower-case hexadecimal.

use data_encoding::HEXLOWER;

/// Text that is not the hexadecimal form of a byte string of the wanted length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {want} lower-case hexadecimal digits; this is not")]
pub struct NotHex {
    /// What was to be read.
    pub what: &'static str,
    /// How many digits it has.
    pub want: usize,
}

macro_rules! fixed_bytes {
    ($(#[$meta:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Wraps bytes of the right length.
            #[must_use]
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Reads a slice; `None` if its length is another.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&HEXLOWER.encode(&self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), HEXLOWER.encode(&self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotHex;
            fn from_str(text: &str) -> Result<Self, NotHex> {
                let refusal = NotHex { what: $what, want: 2 * $len };
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| refusal.clone())?;
                Self::from_slice(&bytes).ok_or(refusal)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() {
                    to.collect_str(self)
                } else {
                    to.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                if from.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                    text.parse().map_err(D::Error::custom)
                } else {
                    from.deserialize_bytes(Fixed::<$len>($what)).map(Self)
                }
            }
        }
    };
}

fixed_bytes!(
    /// SHA-256 of a COSE Sig_structure: the identity of a record (RFC 9052 section 4.4).
    RecordId, 32, "a record id"
);
fixed_bytes!(
    /// SHA-256 of the founding agreement's deterministic CBOR.
    AgreementDigest, 32, "an agreement digest"
);
fixed_bytes!(
    /// SHA-256 of a weekly body's deterministic CBOR.
    BodyDigest, 32, "a body digest"
);
fixed_bytes!(
    /// A node of a Merkle tree, or any other SHA-256 (RFC 6962 section 2.1).
    Hash, 32, "a hash"
);
fixed_bytes!(
    /// SHA-256 of one salted disclosure: all that a record carries of a personal datum.
    Commitment, 32, "a commitment"
);
fixed_bytes!(
    /// A record's `cti` claim (RFC 8392 section 3.1.7): made from the submission's idempotency
    /// key, so that a repeated submission is known again from the log alone.
    SubmissionId, 16, "a submission id"
);
fixed_bytes!(
    /// A record key's `kid` (RFC 9052 section 3.1): the first 8 bytes of the SHA-256 of the
    /// public key.
    KeyId, 8, "a key id"
);

/// SHA-256 (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    out
}

/// Reads a CBOR byte string of exactly `N` bytes.
struct Fixed<const N: usize>(&'static str);

impl<const N: usize> serde::de::Visitor<'_> for Fixed<N> {
    type Value = [u8; N];

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({N} bytes)", self.0)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}
