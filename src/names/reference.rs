//! Case references and places: short codes that say nothing about a person.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::Party;

/// Text that is no case reference or no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// Not a case reference.
    #[error(
        "{0:?} is not a case reference: two letters (GB or FR), two digits, optionally P, a \
         hyphen, then 1 to 20 capital letters or digits, as in GB01-000123"
    )]
    Case(String),
    /// Not a place.
    #[error("{0:?} is not a UN/LOCODE place: five capital letters or digits, as in FRCDG")]
    Place(String),
}

/// A case or movement reference: opaque, given by the author's own case-working system.
///
/// The form follows Implementing Regulation (EU) 2025/2055 Art. 5: country letters, two-digit
/// type, `P` for priority, national number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseRef(String);

impl CaseRef {
    /// The party whose letters the reference begins with.
    #[must_use]
    pub fn party(&self) -> Party {
        if self.0.starts_with(Party::Gbr.letters()) { Party::Gbr } else { Party::Fra }
    }

    /// The two-digit type, as the author's system numbers its types of case.
    #[must_use]
    pub fn type_code(&self) -> u8 {
        self.0.get(2..4).and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }

    /// Whether the reference is marked as one of priority.
    #[must_use]
    pub fn has_priority(&self) -> bool {
        self.0.get(4..5) == Some("P")
    }

    /// The national number: what stands behind the hyphen.
    #[must_use]
    pub fn national_number(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, number)| number)
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CaseRef {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let refuse = || BadReference::Case(text.chars().take(40).collect());
        let (head, number) = text.split_once('-').ok_or_else(refuse)?;
        let country = Party::BOTH.into_iter().any(|party| head.starts_with(party.letters()));
        let kind = head.get(2..).ok_or_else(refuse)?;
        let digits = kind.strip_suffix('P').unwrap_or(kind);
        let kind_ok = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number_ok = (1..=20).contains(&number.len()) && number.bytes().all(is_code_byte);
        if country && kind_ok && number_ok { Ok(Self(text.to_owned())) } else { Err(refuse()) }
    }
}

/// A place by its UN/LOCODE (UNECE Recommendation 16): country letters and three more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(String);

impl Place {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Place {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let letters = text.bytes().take(2).all(|byte| byte.is_ascii_uppercase());
        if text.len() == 5 && letters && text.bytes().all(is_code_byte) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadReference::Place(text.chars().take(40).collect()))
        }
    }
}

fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

macro_rules! as_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }
    };
}
as_text!(CaseRef);
as_text!(Place);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_reference_follows_the_grammar_of_2025_2055_article_5() {
        for good in ["GB01-000123", "FR11-A", "GB02P-12345678901234567890"] {
            assert!(good.parse::<CaseRef>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "GB01",
            "GB01-",
            "DE01-1",
            "GB1-1",
            "GB001-1",
            "GB01Q-1",
            "gb01-1",
            "GB01-a",
            "GB01-1-1",
            "GB01-123456789012345678901",
            "GB01- 1",
            "GBé1-1",
        ] {
            assert!(bad.parse::<CaseRef>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_case_reference_gives_its_parts_and_is_written_as_it_was() {
        for (text, party, code, priority, number) in [
            ("GB01-000123", Party::Gbr, 1, false, "000123"),
            ("FR99P-A", Party::Fra, 99, true, "A"),
            ("GB00P-P", Party::Gbr, 0, true, "P"),
            ("FR10-GB01P", Party::Fra, 10, false, "GB01P"),
        ] {
            let case: CaseRef = text.parse().unwrap();
            assert_eq!((case.party(), case.type_code()), (party, code), "{text}");
            assert_eq!((case.has_priority(), case.national_number()), (priority, number), "{text}");
            assert_eq!((case.to_string(), case.as_str()), (text.to_owned(), text));
        }
        for bad in ["GB01PP-1", "GBP01-1", "GB0P-1", "GB+1-1", "GB01--1", "-", "GB\u{663}1-1", "1"]
        {
            assert!(bad.parse::<CaseRef>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_place_is_a_un_locode() {
        assert!("FRCDG".parse::<Place>().is_ok());
        for bad in ["", "FRCD", "FRCDGX", "frcdg", "12CDG", "FRC-G", "FRCDé"] {
            assert!(bad.parse::<Place>().is_err(), "{bad}");
        }
    }
}
