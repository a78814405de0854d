//! Signature algorithms: a closed list. A key has one, and a message cannot choose another.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::names::UnknownCode;

/// The signature algorithms of records, by their fully specified numbers (RFC 9864).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// EdDSA over edwards25519 (-19).
    Ed25519,
    /// ECDSA over P-256 with SHA-256 (-9), of whose signatures only those with a low s are good.
    Esp256,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Ed25519, Self::Esp256];

    /// The number in the COSE algorithm registry.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Ed25519 => -19,
            Self::Esp256 => -9,
        }
    }

    /// The name in the COSE algorithm registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Esp256 => "ESP256",
        }
    }

    /// The algorithm of this number, if it has a name here.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    fn unknown(value: String) -> UnknownCode {
        UnknownCode { list: "signature algorithm", value, known: "Ed25519, ESP256".to_owned() }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.serialize_str(self.name())
        } else {
            to.serialize_i64(self.code())
        }
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let name = <std::borrow::Cow<'de, str>>::deserialize(from)?;
            let found = Self::ALL.into_iter().find(|one| one.name() == name);
            return found.ok_or_else(|| D::Error::custom(Self::unknown(format!("{name:?}"))));
        }
        let code = i64::deserialize(from)?;
        Self::from_code(code).ok_or_else(|| D::Error::custom(Self::unknown(code.to_string())))
    }
}
