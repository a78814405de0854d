//! A list of codes in one written order: ascending, none twice, at least one.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Codes of one list, ascending and without repetition, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList<T>(Vec<T>);

impl<T: Ord> CodeList<T> {
    /// Puts codes in order; `None` if there is none or one stands twice.
    #[must_use]
    pub fn new(mut codes: Vec<T>) -> Option<Self> {
        codes.sort_unstable();
        Self::from_sorted(codes)
    }

    /// The codes, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    fn from_sorted(codes: Vec<T>) -> Option<Self> {
        let ascending = codes.iter().zip(codes.iter().skip(1)).all(|(one, next)| one < next);
        (ascending && !codes.is_empty()).then_some(Self(codes))
    }
}

impl<T: Serialize> Serialize for CodeList<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for CodeList<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let named = from.is_human_readable();
        let codes = Vec::deserialize(from)?;
        // People may write a list in any order; in CBOR there is one.
        let list = if named { Self::new(codes) } else { Self::from_sorted(codes) };
        list.ok_or_else(|| D::Error::custom("a list of codes has at least one, and none twice"))
    }
}
