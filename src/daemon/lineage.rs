//! The logs that came before: read from their own stores, and held against the succession that both
//! sides pin.
//!
//! Only the newest succession is a file: each names the digest of the one before, and every store
//! but the first holds its own. So the digest in the configuration pins all of them.

mod handover;
mod left;
mod next;

pub use handover::{HandoverRefused, succeeded_by, take_over};
pub use left::{HandedBack, LeftBehind, left_behind, left_in};
pub use next::{Next, NoSuccession, Wanted, next};

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    config::Config,
    init::STORE_FILE,
    scribe::{LoadFault, Seat, State},
};
use crate::{
    cbor,
    ledger::{Agreement, SuccessionFault},
    limits::AGREEMENT_BYTES_MAX,
    names::{Hash, Party},
    record::{self, Succession},
    store::{SqliteStore, Store as _},
};

/// Why logs do not succeed others.
#[derive(Debug, thiserror::Error)]
pub enum LineageRefused {
    /// Of succession, digest and predecessors one is there and another is not.
    #[error("agreement.succession, its digest and state.predecessors belong together")]
    Apart,
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no TOML, or not that of a succession.
    #[error("{path}: {problem}", path = path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What is wrong, with line, column and caret.
        problem: Box<toml::de::Error>,
    },
    /// A succession, and another than the one that is pinned.
    #[error("{path} is the succession {found}, and agreement.succession_digest pins {pinned}",
        path = path.display())]
    OtherDigest {
        /// Which file.
        path: PathBuf,
        /// Its digest.
        found: Hash,
        /// The digest that the configuration names.
        pinned: Hash,
    },
    /// More or fewer predecessors than the succession has.
    #[error("it is succession {number}, and state.predecessors names {named} directories")]
    Predecessors {
        /// Its number, which is that of the logs before.
        number: u64,
        /// How many are named.
        named: usize,
    },
    /// A store of a predecessor.
    #[error("{path}: {source}", path = path.display())]
    Load {
        /// Which directory.
        path: PathBuf,
        /// What is wrong.
        source: Box<LoadFault>,
    },
    /// The store is not that of a log that succeeded another.
    #[error(
        "{path} is not the store of a successor, though it is not the first",
        path = .0.display()
    )]
    NotASuccessor(PathBuf),
    /// The store is that of another generation than its place says.
    #[error("{path} is the store of succession {number}, in the place of succession {due}",
        path = path.display())]
    Order {
        /// Which directory.
        path: PathBuf,
        /// The succession that founded its log.
        number: u64,
        /// The one that its place in the list asks for.
        due: u64,
    },
    /// The succession does not fit what came before.
    #[error("{path}: {fault}", path = path.display())]
    Fault {
        /// The directory of the predecessor.
        path: PathBuf,
        /// What is wrong.
        fault: SuccessionFault,
    },
}

impl LineageRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Apart => "give all three for logs that succeed others, and none for the first",
            Self::Unreadable { .. } => "correct the path, or let this user read the file",
            Self::Toml { .. } => "take over what `entente log succession` wrote unchanged",
            Self::OtherDigest { .. } => {
                "ask the other side which digest it pins, and put that very succession in place"
            }
            Self::Predecessors { .. } => {
                "name the state directory of every log before, oldest first"
            }
            Self::Load { .. } => "put the whole state directory of that log there, or restore it",
            Self::NotASuccessor(_) | Self::Order { .. } => "name the directories oldest first",
            Self::Fault { .. } => {
                "make the succession again with `entente log succession`, and agree on it anew"
            }
        }
    }
}

/// The agreement over the newest logs that a configuration names.
///
/// # Errors
/// All faults of a succession at once; any other reason alone.
pub fn open(config: &Config, founding: Agreement) -> Result<Agreement, Vec<LineageRefused>> {
    match pinned(config).map_err(|refused| vec![refused])? {
        None => Ok(founding),
        Some(newest) => over(config.party, &config.state.predecessors, founding, newest),
    }
}

/// The newest succession that a configuration names, which is the one that it pins; `None` for the
/// first logs.
///
/// # Errors
/// If the file cannot be read, is another one, or does not stand with its digest and the
/// directories of the logs before.
pub fn pinned(config: &Config) -> Result<Option<Succession>, LineageRefused> {
    let (file, pinned) = match (&config.agreement.succession, config.agreement.succession_digest) {
        (None, None) if config.state.predecessors.is_empty() => return Ok(None),
        (Some(file), Some(pinned)) if !config.state.predecessors.is_empty() => (file, pinned),
        _ => return Err(LineageRefused::Apart),
    };
    let newest = read(file)?;
    let found = newest.digest();
    if found != pinned {
        return Err(LineageRefused::OtherDigest { path: file.clone(), found, pinned });
    }
    Ok(Some(newest))
}

/// The store of a log before the newest, and the agreement over the logs of its generation. Which
/// logs came before is what [`open`] has found to be pinned.
///
/// # Errors
/// If there is none of this generation, or it cannot be read.
pub fn predecessor(
    config: &Config,
    founding: Agreement,
    generation: usize,
) -> Result<(SqliteStore, Agreement), Vec<LineageRefused>> {
    let all = &config.state.predecessors;
    let Some((directory, before)) = all.get(generation).zip(all.get(..generation)) else {
        return Err(vec![LineageRefused::Apart]);
    };
    let one = |refused| vec![refused];
    let agreement = if before.is_empty() {
        founding
    } else {
        over(config.party, before, founding, of_store(directory).map_err(one)?)?
    };
    Ok((store(directory).map_err(one)?, agreement))
}

/// The agreement over the logs of the newest succession, given the directories of all before.
fn over(
    party: Party,
    predecessors: &[PathBuf],
    founding: Agreement,
    newest: Succession,
) -> Result<Agreement, Vec<LineageRefused>> {
    let named = predecessors.len();
    if u64::try_from(named).ok() != Some(newest.number) {
        return Err(vec![LineageRefused::Predecessors { number: newest.number, named }]);
    }
    let earlier = earlier(predecessors).map_err(|refused| vec![refused])?;
    let successions = earlier.into_iter().chain([newest]);
    let mut agreement = founding;
    for (directory, succession) in predecessors.iter().zip(successions) {
        let fault = |fault| LineageRefused::Fault { path: directory.clone(), fault };
        let seat = Seat { party, agreement: Arc::new(agreement) };
        let store = store(directory).map_err(|refused| vec![refused])?;
        let inherited = State::inherit(&store, &seat, &succession)
            .map_err(|source| vec![of_load(directory, source)])?;
        agreement = seat
            .agreement
            .succeed(succession, inherited)
            .map_err(|faults| faults.into_iter().map(fault).collect::<Vec<_>>())?;
    }
    Ok(agreement)
}

/// How each log but the first succeeded the one before it, as their own stores say.
fn earlier(predecessors: &[PathBuf]) -> Result<Vec<Succession>, LineageRefused> {
    let later = predecessors.get(1..).unwrap_or_default();
    let mut earlier = Vec::new();
    for (due, directory) in (1_u64..).zip(later) {
        let succession = of_store(directory)?;
        let number = succession.number;
        if number != due {
            return Err(LineageRefused::Order { path: directory.clone(), number, due });
        }
        earlier.push(succession);
    }
    Ok(earlier)
}

/// Reads a succession file.
///
/// # Errors
/// If it cannot be read or is none.
pub fn read(path: &Path) -> Result<Succession, LineageRefused> {
    let unreadable = |source| LineageRefused::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(AGREEMENT_BYTES_MAX).unwrap_or(u64::MAX);
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(bound).read_to_string(&mut text).map_err(unreadable)?;
    toml::from_str(&text).map_err(|problem| {
        let problem = Box::new(problem);
        LineageRefused::Toml { path: path.to_owned(), problem }
    })
}

/// How the log of a store succeeded the one before it.
fn of_store(directory: &Path) -> Result<Succession, LineageRefused> {
    let identity = store(directory)?.identity();
    let identity = identity.map_err(|error| of_load(directory, error.into()))?;
    let entry: Option<record::Agreement> = cbor::decode(&identity.terms, AGREEMENT_BYTES_MAX).ok();
    let succession = entry.and_then(|entry| entry.succession);
    succession.ok_or_else(|| LineageRefused::NotASuccessor(directory.to_owned()))
}

fn store(directory: &Path) -> Result<SqliteStore, LineageRefused> {
    SqliteStore::open_snapshot(&directory.join(STORE_FILE))
        .map_err(|error| of_load(directory, error.into()))
}

fn of_load(directory: &Path, source: LoadFault) -> LineageRefused {
    LineageRefused::Load { path: directory.to_owned(), source: Box::new(source) }
}
