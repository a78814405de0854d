//! Classes of breaks, of the logs and of one side's own, and who acts, as arguments.

use std::{fmt, str::FromStr};

use crate::{
    ledger::{Guide, Owner},
    reconcile::LocalClass,
    record::BreakClass,
};

/// A class of either sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnyClass {
    /// The two logs decide it.
    Log(BreakClass),
    /// One side alone sees it.
    Own(LocalClass),
}

impl AnyClass {
    /// Every class.
    fn all() -> impl Iterator<Item = Self> {
        let own = LocalClass::ALL.iter().copied().map(Self::Own);
        BreakClass::ALL.iter().copied().map(Self::Log).chain(own)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Log(class) => class.name(),
            Self::Own(class) => class.name(),
        }
    }

    /// What finds it, if it is none of those that one store shows by itself.
    pub(super) const fn found_elsewhere(self) -> Option<&'static str> {
        match self {
            Self::Log(_) | Self::Own(LocalClass::NoReceipt) => None,
            Self::Own(
                LocalClass::MissingAtGbr
                | LocalClass::MissingAtFra
                | LocalClass::DivergentCopy
                | LocalClass::Fork,
            ) => Some("entente reconcile --ours STORE --theirs STORE"),
            Self::Own(
                LocalClass::MissingInLog
                | LocalClass::MissingInList
                | LocalClass::DiffersFromList
                | LocalClass::RepeatPerson,
            ) => Some("entente reconcile --national FILE"),
        }
    }

    pub(super) const fn guide(self) -> Guide {
        match self {
            Self::Log(class) => class.guide(),
            Self::Own(class) => class.guide(),
        }
    }
}

impl FromStr for AnyClass {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::all().find(|class| class.name() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::all().map(Self::name).collect();
            format!("no class of breaks; known are: {}", known.join(", "))
        })
    }
}

impl fmt::Display for AnyClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl serde::Serialize for AnyClass {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Who has to act: GBR, FRA or both.
pub(super) fn owner(text: &str) -> Result<Owner, String> {
    if text == "both" {
        return Ok(Owner::Both);
    }
    text.parse().map(Owner::Party).map_err(|_| "GBR, FRA or both".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_known_by_its_own_name() {
        for class in AnyClass::all() {
            assert_eq!(class.name().parse(), Ok(class));
        }
        let refused = "departed".parse::<AnyClass>().unwrap_err();
        assert!(refused.contains("departed-not-arrived") && refused.contains("no-receipt"));
        for party in crate::names::Party::BOTH {
            assert_eq!(owner(party.code()), Ok(Owner::Party(party)));
        }
        assert_eq!(owner("both"), Ok(Owner::Both));
        assert!(owner("gbr").is_err());
    }
    #[test]
    fn of_each_class_that_one_store_does_not_show_it_is_known_what_finds_it() {
        for class in AnyClass::all() {
            let wanted = match class {
                AnyClass::Log(_) | AnyClass::Own(LocalClass::NoReceipt) => None,
                AnyClass::Own(own) if own.guide().found.starts_with("Offline") => Some("--ours"),
                AnyClass::Own(_) => Some("--national"),
            };
            let verb = class.found_elsewhere();
            assert_eq!(verb.is_some(), wanted.is_some(), "{class}");
            assert!(wanted.is_none_or(|wanted| verb.unwrap().contains(wanted)), "{class}");
        }
    }
}
