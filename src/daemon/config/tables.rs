//! The tables that may be left out: what each means then stands here.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{API_SOCKET, lists};

/// The local API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The Unix socket.
    #[serde(default = "api_socket")]
    pub socket: PathBuf,
}

impl Default for Api {
    fn default() -> Self {
        Self { socket: api_socket() }
    }
}

fn api_socket() -> PathBuf {
    PathBuf::from(API_SOCKET)
}

/// By what the certificates of record keys are judged, before they are enrolled and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trust {
    /// Our own party's authorities; none: our own record keys are not checked, and status says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<PathBuf>,
    /// Their revocation lists; none: revocation of our own record keys is not checked.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lists::one_or_more")]
    pub crl: Vec<PathBuf>,
    /// The authorities of the counterpart's record keys; none: those of its TLS end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_authority: Option<PathBuf>,
    /// Their revocation lists; none: those of its TLS end, if its authorities are the same.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lists::one_or_more")]
    pub peer_crl: Vec<PathBuf>,
}

/// What the daemon's process may still reach once it runs, besides what the other tables name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sandbox {
    /// Whether it shuts itself in.
    pub mode: SandboxMode,
    /// Files and folders that it may read.
    pub read: Vec<PathBuf>,
    /// Files and folders that it may read and change.
    pub write: Vec<PathBuf>,
}

/// Whether the daemon's process shuts itself in (Landlock, landlock(7)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxMode {
    /// It does, or it does not start.
    Require,
    /// It does as far as the kernel can.
    #[default]
    BestEffort,
    /// It does not.
    Off,
}

impl std::fmt::Display for SandboxMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Require => "require",
            Self::BestEffort => "best-effort",
            Self::Off => "off",
        })
    }
}

/// How the list of the case-working system says what it says, for `entente reconcile --national`.
/// Whoever names no event expects all that its own side logs, under our names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct National {
    /// The column with the reference of a movement or case.
    pub reference: String,
    /// The column that says what happened.
    pub event: String,
    /// The column with the day, as 2025-11-05.
    pub date: String,
    /// The column with the number of persons.
    pub persons: String,
    /// The column that says who it was, if persons who travel twice are to be noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What stands between two fields of CSV: one ASCII character.
    pub delimiter: char,
    /// What the list calls visas that were issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visa_issued: Option<String>,
    /// What it calls a departure to France.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// What it calls an arrival in France.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<String>,
    /// What it calls a departure from France.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure_count: Option<String>,
    /// What it calls an admission to the United Kingdom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admission: Option<String>,
}

impl Default for National {
    fn default() -> Self {
        Self {
            reference: "reference".to_owned(),
            event: "event".to_owned(),
            date: "date".to_owned(),
            persons: "persons".to_owned(),
            person: None,
            delimiter: ',',
            visa_issued: None,
            departure: None,
            arrival: None,
            departure_count: None,
            admission: None,
        }
    }
}

/// A clock for rehearsals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// The file that says what time it is.
    pub clock: PathBuf,
}
