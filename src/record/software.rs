//! Which release of the software made a statement: a name of a closed pattern, and no free text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The most that a name may have: a short word and a version.
const BYTES_MAX: usize = 32;

/// Text that is no name of a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no name of a release: 1 to {BYTES_MAX} small letters, digits, dots, hyphens and plus \
     signs, as in entente-1.0.0"
)]
pub struct BadSoftware;

/// The release that made a statement, as in `entente-1.0.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Software(String);

impl Software {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Software {
    type Err = BadSoftware;

    fn from_str(text: &str) -> Result<Self, BadSoftware> {
        let known = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-')
        };
        let fits = (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(known);
        if fits { Ok(Self(text.to_owned())) } else { Err(BadSoftware) }
    }
}

impl std::fmt::Display for Software {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Software {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Software {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_a_name_of_a_closed_pattern() {
        for good in ["entente-0.4.0", "a", "entente-1.0.0-rc.1+build.7", &"x".repeat(32)] {
            let name: Software = good.parse().unwrap();
            assert_eq!((name.as_str(), name.to_string()), (good, good.to_owned()));
        }
        let long = "x".repeat(33);
        for bad in ["", " ", "entente 0.4.0", "Entente", "entente_1", "é", "a\n", "a/b", &long] {
            assert_eq!(bad.parse::<Software>(), Err(BadSoftware), "{bad:?}");
        }
    }
}
