//! What a certificate, a request or a revocation list says, in words, and everything that is right
//! and wrong with it at once.
//!
//! The rules are those of the profile, which refuses with the first that is broken; here all are
//! told, with what to ask of the authority. Nothing is trusted because it was inspected: whoever
//! inspects looks at what others will judge.

mod certificate;
mod chain;
mod key;
mod request;
mod revocation;
#[cfg(test)]
mod tests;
mod words;

pub use certificate::certificate;
pub use chain::chain;
pub use key::public_key;
pub use request::{RequestRefused, request};
pub use revocation::{ListRefused, revocation_list};

use super::{CertificateRefused, Stage, Topic, days_left};
use crate::envelope::Role;
use crate::names::{Hash, KeyId, Party, Timestamp, UnknownCode, quoted};

/// What a certificate is to be used for, and so which rules it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// An authority that issues certificates and revocation lists.
    Authority,
    /// A party's end of the link.
    Tls,
    /// A key that signs records in a role.
    Record(Role),
}

impl Purpose {
    /// The name that an operator gives.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Tls => "tls",
            Self::Record(role) => role.name(),
        }
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Purpose {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "authority" => Ok(Self::Authority),
            "tls" => Ok(Self::Tls),
            role => role.parse().map(Self::Record).map_err(|_| UnknownCode {
                list: "purpose",
                value: quoted(role),
                known: "authority, tls, caseworker, ledger, officer".to_owned(),
            }),
        }
    }
}

/// How an inspection is to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// What it is to be used for; none: what its own name says.
    pub purpose: Option<Purpose>,
    /// The time at which validity is judged.
    pub at: Timestamp,
}

/// How something stands against one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Right,
    /// It is let through, and somebody should know.
    Note,
    /// The other side, or our own daemon, will refuse it.
    Wrong,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// How it stands.
    pub verdict: Verdict,
    /// What it is about.
    pub topic: Topic,
    /// What was found.
    pub says: String,
    /// What to do about it, where something is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// Something that is as it should be.
    #[must_use]
    pub fn right(topic: Topic, says: impl ToString) -> Self {
        Self { verdict: Verdict::Right, topic, says: says.to_string(), advice: None }
    }

    /// Something to know.
    #[must_use]
    pub fn note(topic: Topic, says: impl ToString, advice: &str) -> Self {
        let advice = Some(advice.to_owned());
        Self { verdict: Verdict::Note, topic, says: says.to_string(), advice }
    }

    /// Something that will be refused.
    #[must_use]
    pub fn wrong(topic: Topic, says: impl ToString, advice: &str) -> Self {
        Self { verdict: Verdict::Wrong, ..Self::note(topic, says, advice) }
    }
}

impl From<&CertificateRefused> for Finding {
    fn from(refused: &CertificateRefused) -> Self {
        Self::wrong(refused.topic(), refused, refused.advice())
    }
}

/// What something says of itself, and how it stands against the profile. What it does not say, or
/// what makes no sense for it, is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Inspected {
    /// What it is, in words.
    pub what: String,
    /// Whose it says it is.
    pub party: Option<Party>,
    /// The role that it names.
    pub role: Option<String>,
    /// The subject's distinguished name, for people.
    pub subject: Option<String>,
    /// The issuer's distinguished name.
    pub issuer: Option<String>,
    /// The serial number in hexadecimal, with colons.
    pub serial: Option<String>,
    /// The DNS names.
    pub host_names: Vec<String>,
    /// The first second of its validity, or when a list was made.
    pub not_before: Option<Timestamp>,
    /// The last second of its validity, or when the next list is due.
    pub not_after: Option<Timestamp>,
    /// Whole days that are left; below zero those since the end.
    pub days_left: Option<i64>,
    /// How near the end is.
    pub stage: Option<Stage>,
    /// Algorithm and size of the key.
    pub key: Option<String>,
    /// The id under which records name the key.
    pub key_id: Option<KeyId>,
    /// The algorithm of the signature on it.
    pub signature: Option<String>,
    /// SHA-256 of the DER: what people compare, and what `x5t` holds in records.
    pub fingerprint: Option<Hash>,
    /// The number of a revocation list.
    pub number: Option<String>,
    /// How many certificates a list revokes.
    pub revoked: Option<usize>,
    /// Everything that was found, in the order of the profile.
    pub findings: Vec<Finding>,
}

impl Inspected {
    /// Whether it would be refused.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.findings.iter().any(|one| one.verdict == Verdict::Wrong)
    }

    /// Takes a validity in: what it says, and how that stands at a time.
    fn judge_term(&mut self, from: Timestamp, to: Timestamp, at: Timestamp, renewal: &str) {
        let (stage, days) = (Stage::of(to, at), days_left(to, at));
        (self.not_before, self.not_after) = (Some(from), Some(to));
        (self.stage, self.days_left) = (Some(stage), Some(days));
        let topic = Topic::Validity;
        self.findings.push(if at < from {
            let advice = "wait until then, or correct the clock";
            Finding::wrong(topic, format!("it is not valid before {from}"), advice)
        } else if stage == Stage::Expired {
            Finding::wrong(topic, format!("it ended at {to}"), renewal)
        } else if stage.is_warning() {
            Finding::note(topic, format!("it ends at {to}, in {}", words::days(days)), renewal)
        } else {
            Finding::right(topic, format!("{from} to {to}, {} left", words::days(days)))
        });
    }
}
