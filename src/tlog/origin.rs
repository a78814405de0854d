//! The names of logs and mirrors.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::limits::ORIGIN_BYTES_MAX;

/// The origin of a log, or the name of a mirror: as C2SP recommends a URL without its scheme, as in
/// `log.example.com/2026`. It names, and need not lead anywhere.
///
/// C2SP forbids spaces and `+`; ours are also ASCII and visible, so that what a person reads when
/// two governments pin a name is what the machine compares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefused {
    /// Nothing at all.
    #[error("an origin is not empty")]
    Empty,
    /// More than [`ORIGIN_BYTES_MAX`] bytes.
    #[error("an origin has at most {ORIGIN_BYTES_MAX} characters")]
    TooLong,
    /// A space, a `+`, a control character, or one beyond ASCII.
    #[error("an origin has only visible ASCII characters, and no `+`")]
    Character,
}

impl Origin {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for Origin {
    type Err = OriginRefused;

    fn from_str(text: &str) -> Result<Self, OriginRefused> {
        if text.is_empty() {
            return Err(OriginRefused::Empty);
        }
        if text.len() > ORIGIN_BYTES_MAX {
            return Err(OriginRefused::TooLong);
        }
        if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+') {
            Ok(Self(text.to_owned()))
        } else {
            Err(OriginRefused::Character)
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_visible_ascii() {
        for good in ["a", "log.example.com/2026", "oid/1.3.6.1.4.1.32473.1", &"x".repeat(255)] {
            assert_eq!(good.parse::<Origin>().unwrap().as_str(), good);
        }
        for (bad, refusal) in [
            ("", OriginRefused::Empty),
            (&*"x".repeat(256), OriginRefused::TooLong),
            ("a b", OriginRefused::Character),
            ("a+b", OriginRefused::Character),
            ("a\n", OriginRefused::Character),
            ("a\u{7f}", OriginRefused::Character),
            ("a\u{a0}b", OriginRefused::Character),
            ("a\u{2003}b", OriginRefused::Character),
            ("lоg.example", OriginRefused::Character),
            ("a\u{202e}b", OriginRefused::Character),
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(refusal), "{bad:?}");
        }
    }

    #[test]
    fn an_origin_is_read_as_strictly_from_a_file_as_from_anywhere() {
        let origin: Origin = serde_json::from_str("\"log.example\"").unwrap();
        assert_eq!(serde_json::to_string(&origin).unwrap(), "\"log.example\"");
        for bad in ["\"\"", "\"a b\"", "\"a+b\"", "1", "null"] {
            assert!(serde_json::from_str::<Origin>(bad).is_err(), "{bad}");
        }
    }
}
