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
    record::Terms,
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

fn read(path: &Path) -> Result<Terms, AgreementRefused> {
    let unreadable = |source| AgreementRefused::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(AGREEMENT_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > AGREEMENT_BYTES_MAX {
        return Err(AgreementRefused::TooLong(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| AgreementRefused::NotText(path.to_owned()))?;
    toml::from_str(&text).map_err(|problem| {
        let problem = Box::new(problem);
        AgreementRefused::Toml { path: path.to_owned(), problem }
    })
}
