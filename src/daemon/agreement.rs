//! The agreement file: terms as people write them, held against the digest that both sides pin.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    ledger::{Agreement, AgreementFault},
    limits::AGREEMENT_BYTES_MAX,
    names::AgreementDigest,
    record::{Provisions, Terms},
};

/// Why an agreement file was refused.
#[derive(Debug, thiserror::Error)]
pub enum AgreementRefused {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file has more bytes than the bound.
    #[error("{path} has more than {AGREEMENT_BYTES_MAX} bytes", path = .0.display())]
    TooLong(PathBuf),
    /// The file is not UTF-8.
    #[error("{path} is not UTF-8 text", path = .0.display())]
    NotText(PathBuf),
    /// The file is no TOML, or not that of an agreement.
    #[error("{path}: {problem}", path = path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What is wrong, with line, column and caret.
        problem: Box<toml::de::Error>,
    },
    /// A term, key or certificate is refused.
    #[error("{path}: {fault}", path = path.display())]
    Fault {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        fault: AgreementFault,
    },
    /// A sound agreement, and another than the one that is pinned.
    #[error("{path} is the agreement {found}, and agreement.digest pins {pinned}",
        path = path.display())]
    OtherDigest {
        /// Which file.
        path: PathBuf,
        /// The digest of its terms.
        found: AgreementDigest,
        /// The digest that the configuration names.
        pinned: AgreementDigest,
    },
}

impl AgreementRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "correct the path, or let this user read the file",
            Self::TooLong(_) => "this is hardly an agreement file; correct the path",
            Self::NotText(_) => "write the file in UTF-8, as `entente keys new` writes its part",
            Self::Toml { .. } => {
                "correct the line; the parts of both parties come from `entente keys new`"
            }
            Self::Fault { .. } => {
                "correct the term, or take over the part that `entente keys new` wrote unchanged"
            }
            Self::OtherDigest { .. } => {
                "ask the other side which digest it pins, and put that very agreement in place"
            }
        }
    }
}

/// Reads an agreement file, opens every key in it, and holds it against the digest that is pinned.
///
/// # Errors
/// All faults of the terms at once; any other reason alone.
pub fn load(
    path: &Path,
    pinned: Option<AgreementDigest>,
) -> Result<Agreement, Vec<AgreementRefused>> {
    let terms = read(path).map_err(|refused| vec![refused])?;
    let agreement = Agreement::open(terms).map_err(|faults| {
        let fault = |fault| AgreementRefused::Fault { path: path.to_owned(), fault };
        faults.into_iter().map(fault).collect::<Vec<_>>()
    })?;
    match pinned.filter(|pinned| *pinned != agreement.digest()) {
        None => Ok(agreement),
        Some(pinned) => {
            let (path, found) = (path.to_owned(), agreement.digest());
            Err(vec![AgreementRefused::OtherDigest { path, found, pinned }])
        }
    }
}

/// What a file of an agreement, or of provisions alone, holds.
#[derive(Debug)]
pub enum Version {
    /// A whole agreement, every key in it opened.
    Agreement(Box<Agreement>),
    /// The table `[provisions]` alone.
    Provisions(Box<Provisions>),
}

/// A file that holds the table alone.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionsFile {
    provisions: Provisions,
}

impl Version {
    /// The provisions.
    #[must_use]
    pub fn provisions(&self) -> &Provisions {
        match self {
            Self::Agreement(agreement) => &agreement.terms().provisions,
            Self::Provisions(provisions) => provisions,
        }
    }
}

/// Reads a whole agreement file, or one with the table `[provisions]` alone.
///
/// # Errors
/// All faults of the terms at once; any other reason alone.
pub fn read_either(path: &Path) -> Result<Version, Vec<AgreementRefused>> {
    let text = text(path).map_err(|refused| vec![refused])?;
    let alone = toml::from_str::<toml::Table>(&text).is_ok_and(|table| {
        let keys: Vec<&str> = table.keys().map(String::as_str).collect();
        keys == ["provisions"]
    });
    if !alone {
        return load(path, None).map(|agreement| Version::Agreement(Box::new(agreement)));
    }
    let file: ProvisionsFile =
        toml::from_str(&text).map_err(|problem| vec![refused(path, problem)])?;
    let fault =
        |term| AgreementRefused::Fault { path: path.to_owned(), fault: AgreementFault::Term(term) };
    let faults: Vec<_> = file.provisions.faults().into_iter().map(fault).collect();
    if faults.is_empty() { Ok(Version::Provisions(Box::new(file.provisions))) } else { Err(faults) }
}

fn read(path: &Path) -> Result<Terms, AgreementRefused> {
    toml::from_str(&text(path)?).map_err(|problem| refused(path, problem))
}

fn refused(path: &Path, problem: toml::de::Error) -> AgreementRefused {
    AgreementRefused::Toml { path: path.to_owned(), problem: Box::new(problem) }
}

/// The text of a file, if it is not too long for an agreement.
fn text(path: &Path) -> Result<String, AgreementRefused> {
    let unreadable = |source| AgreementRefused::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(AGREEMENT_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > AGREEMENT_BYTES_MAX {
        return Err(AgreementRefused::TooLong(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| AgreementRefused::NotText(path.to_owned()))
}
