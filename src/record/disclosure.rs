//! The fixed list of personal data that a readmission request commits to, and the disclosure that
//! opens a commitment: it travels beside the logs and rests in the vault, and never in a record.

use serde::{Deserialize, Serialize};

use super::nationality::{BadNationality, check_nationality};
use crate::{
    cbor::{self, Bytes, CborError},
    limits::{DISCLOSURE_BYTES_MAX, NAME_BYTES_MAX},
    names::{Commitment, sha256},
};

codes! {
    /// One personal datum. The list is fixed, and each request commits to all of it, in this order:
    /// what is absent has a decoy, so that the shape of a record tells nothing.
    pub enum Datum: "datum" {
        /// Family names, as in the machine-readable zone (ICAO Doc 9303-3).
        FamilyNames = 1 => "family-names",
        /// Given names, as in the machine-readable zone.
        GivenNames = 2 => "given-names",
        /// The whole name in the script of the document.
        NativeNames = 3 => "native-names",
        /// Date of birth; day and month may be unknown (ICAO Doc 9303-3).
        DateOfBirth = 4 => "date-of-birth",
        /// Sex: M, F or X (ICAO Doc 9303-3).
        Sex = 5 => "sex",
        /// Nationality, by its code.
        Nationality = 6 => "nationality",
        /// The type of the document.
        DocumentType = 7 => "document-type",
        /// The number of the document.
        DocumentNumber = 8 => "document-number",
        /// Who issued the document, by its code.
        DocumentIssuer = 9 => "document-issuer",
        /// The last day of the document's validity.
        DocumentExpiry = 10 => "document-expiry",
    }
}

/// One personal datum with its salt: what opens a commitment.
///
/// On the wire it is a byte string around the array of salt, value and datum, as SD-CWT has it
/// (draft-ietf-spice-sd-cwt, `salted-claim`). Neither salt nor value is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    salt: [u8; SALT_BYTES],
    value: String,
    datum: Datum,
}

/// 128 random bits, which serve once: without them a commitment cannot be guessed at.
pub const SALT_BYTES: usize = 16;

/// Why bytes or a value are no disclosure. It repeats nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureRefused {
    /// Not on the strict road.
    #[error("disclosure: {0}")]
    Cbor(#[from] CborError),
    /// The salt has another length.
    #[error("a salt has {SALT_BYTES} bytes")]
    Salt,
    /// The value is not one of its datum.
    #[error("{datum}: {want}")]
    Value {
        /// Which.
        datum: Datum,
        /// What it should be.
        want: &'static str,
    },
    /// The value is no code of a nationality or issuer.
    #[error("{datum}: {reason}")]
    Nationality {
        /// Which.
        datum: Datum,
        /// Why.
        reason: BadNationality,
    },
}

/// Salt, value and datum, in this order.
#[derive(Serialize, Deserialize)]
struct Salted(Bytes, String, Datum);

impl Disclosure {
    /// A disclosure of this value.
    ///
    /// # Errors
    /// If the value is not one of its datum.
    pub fn new(
        salt: [u8; SALT_BYTES],
        datum: Datum,
        value: String,
    ) -> Result<Self, DisclosureRefused> {
        datum.check(&value)?;
        Ok(Self { salt, value, datum })
    }

    /// Reads a disclosure along the strict road, twice: the byte string, and what is in it.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn decode(bytes: &[u8]) -> Result<Self, DisclosureRefused> {
        let inner: Bytes = cbor::decode(bytes, DISCLOSURE_BYTES_MAX)?;
        let Salted(salt, value, datum) = cbor::decode(&inner.0, DISCLOSURE_BYTES_MAX)?;
        let salt = salt.0.try_into().map_err(|_| DisclosureRefused::Salt)?;
        Self::new(salt, datum, value)
    }

    /// Deterministic CBOR: the byte string around salt, value and datum.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let salted = Salted(Bytes(self.salt.to_vec()), self.value.clone(), self.datum);
        cbor::encode(&Bytes(cbor::encode(&salted)))
    }

    /// What a record carries of it: SHA-256 of the byte string, its head included.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        Commitment::new(sha256(&self.encode()))
    }

    /// Which datum it is.
    #[must_use]
    pub const fn datum(&self) -> Datum {
        self.datum
    }

    /// The value: personal data.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl std::fmt::Debug for Disclosure {
    /// Names the datum and nothing else: what is shown may come to stand in a journal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disclosure({})", self.datum)
    }
}

impl Datum {
    /// Whether a text is a value of this datum.
    ///
    /// # Errors
    /// If it is not, with what it should be.
    pub fn check(self, value: &str) -> Result<(), DisclosureRefused> {
        let refuse = |want| Err(DisclosureRefused::Value { datum: self, want });
        let code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        match self {
            Self::FamilyNames | Self::GivenNames | Self::NativeNames => {
                let fits = (1..=NAME_BYTES_MAX).contains(&value.len());
                if fits && !value.chars().any(char::is_control) {
                    return Ok(());
                }
                refuse("1 to 256 bytes of text without control characters")
            }
            Self::DateOfBirth if is_day(value, true) => Ok(()),
            Self::DateOfBirth => {
                refuse("a day as 1990-01-31, with XX for an unknown day or month and XXXX-XX-XX")
            }
            Self::Sex if matches!(value, "M" | "F" | "X") => Ok(()),
            Self::Sex => refuse("M, F or X"),
            Self::Nationality | Self::DocumentIssuer => check_nationality(value)
                .map_err(|reason| DisclosureRefused::Nationality { datum: self, reason }),
            Self::DocumentType => {
                let letters = value.bytes().all(|byte| byte.is_ascii_uppercase());
                if (1..=2).contains(&value.len()) && letters {
                    return Ok(());
                }
                refuse("one or two capital letters, as in the machine-readable zone")
            }
            Self::DocumentNumber => {
                if (1..=32).contains(&value.len()) && value.bytes().all(code) {
                    return Ok(());
                }
                refuse("1 to 32 capital letters or digits")
            }
            Self::DocumentExpiry if is_day(value, false) => Ok(()),
            Self::DocumentExpiry => refuse("a day as 2030-01-31"),
        }
    }
}

/// Whether a text is a day of the calendar, of which the day, the month with it, or all three may
/// be unknown (ICAO Doc 9303-3 section 4.8, which fills with X).
fn is_day(text: &str, may_be_unknown: bool) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if may_be_unknown && day == "XX" {
        return match (year, month) {
            ("XXXX", "XX") => true,
            (year, "XX") => number(year, 4).is_some(),
            (year, month) => {
                number(year, 4).is_some()
                    && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
            }
        };
    }
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// A number above nothing of so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let decimal = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| decimal && *number > 0)
}
