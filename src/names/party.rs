//! The two parties.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::UnknownCode;

/// A party to the agreement, by its ISO 3166-1 alpha-3 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The United Kingdom: asks for readmission, admits, and is the only one to hold personal data
    /// of others.
    Gbr,
    /// France: answers and confirms; sends no personal data, ever (Art. 16(1)).
    Fra,
}

impl Party {
    /// Both, in the order in which the ledger takes them.
    pub const BOTH: [Self; 2] = [Self::Gbr, Self::Fra];

    /// The counterpart.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Gbr => Self::Fra,
            Self::Fra => Self::Gbr,
        }
    }

    /// The ISO 3166-1 alpha-3 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gbr => "GBR",
            Self::Fra => "FRA",
        }
    }

    /// The two letters with which this party's case references begin.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Gbr => "GB",
            Self::Fra => "FR",
        }
    }
}

/// One thing of each party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PerParty<T> {
    /// The United Kingdom's.
    pub gbr: T,
    /// France's.
    pub fra: T,
}

impl<T> PerParty<T> {
    /// Makes one for each.
    pub fn from_fn(mut make: impl FnMut(Party) -> T) -> Self {
        Self { gbr: make(Party::Gbr), fra: make(Party::Fra) }
    }

    /// That of `party`.
    #[must_use]
    pub const fn of(&self, party: Party) -> &T {
        match party {
            Party::Gbr => &self.gbr,
            Party::Fra => &self.fra,
        }
    }

    /// That of `party`, to be changed.
    pub const fn of_mut(&mut self, party: Party) -> &mut T {
        match party {
            Party::Gbr => &mut self.gbr,
            Party::Fra => &mut self.fra,
        }
    }
}

impl<T> PerParty<Option<T>> {
    /// Whether neither has one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.gbr.is_none() && self.fra.is_none()
    }

    /// Whether both have one.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.gbr.is_some() && self.fra.is_some()
    }
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.code())
    }
}

impl std::str::FromStr for Party {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::BOTH.into_iter().find(|party| party.code() == text).ok_or_else(|| UnknownCode {
            list: "party",
            value: format!("{text:?}"),
            known: "GBR, FRA".to_owned(),
        })
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
