//! The next succession: how both logs ended, from a side's own store, and the keys that follow.
//!
//! Both sides make it for themselves from the same files of keys, and get the same one byte for
//! byte, since the final checkpoints follow from the logs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{HandedBack, left_in};
use crate::{
    daemon::scribe::{LoadFault, Seat, State},
    ledger::{LastWord, SuccessionFault},
    names::{Party, PerParty, Position, RecordId, Size},
    record::{LogCut, LogEndReason, Succession, SuccessorTerms},
    store::{LogNodes, Store, StoreError},
    tlog::root_at,
};

/// What is wanted.
#[derive(Debug)]
pub struct Wanted {
    /// Why the logs ended.
    pub reason: LogEndReason,
    /// The files with the new verifier keys of both parties.
    pub keys: PerParty<PathBuf>,
    /// Where the logs end, if they did not end by themselves and not at the newest cosigned size.
    pub ends: PerParty<Option<Size>>,
    /// The version of the agreement that both logs name in their ends; found there if left out.
    pub version: Option<RecordId>,
    /// Whether what was receipted may be given up, where an end is given before it.
    pub gives_up: bool,
}

/// Why there is no succession.
#[derive(Debug, thiserror::Error)]
pub enum NoSuccession {
    /// A log goes on.
    #[error("the log of {0} has not ended")]
    NotEnded(Party),
    /// Nobody has received a log's end.
    #[error("the end of the log of {0} is not covered here by an entanglement of {other}",
        other = .0.other())]
    NotCovered(Party),
    /// The log was not cosigned at that size.
    #[error("the log of {party} was not cosigned at {size}, as far as this store knows")]
    NotCosigned {
        /// Whose log.
        party: Party,
        /// The size.
        size: Size,
    },
    /// What the counterpart has received would be given up.
    #[error(
        "the log of {party} was cosigned at {cosigned}, and an end at {size} gives up what lies \
         between: {}", list(.records)
    )]
    GivesUp {
        /// Whose log.
        party: Party,
        /// The end that was given.
        size: Size,
        /// The newest size that is cosigned here.
        cosigned: Size,
        /// The records between them, but entanglements.
        records: Vec<RecordId>,
    },
    /// A log that ended, and whose end was received, ends nowhere before it.
    #[error("the log of {party} ended at its entry {at}, which was received, and not at {size}")]
    BeforeItsEnd {
        /// Whose log.
        party: Party,
        /// Where it ended.
        at: Position,
        /// The end that was given.
        size: Size,
    },
    /// A log that ended by itself ends where it ended.
    #[error("for the reason {0} the logs end where they ended; no size is given")]
    EndGiven(LogEndReason),
    /// A file of keys.
    #[error("{path}: {reason}", path = path.display())]
    Keys {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It does not fit.
    #[error("{0}")]
    Fault(SuccessionFault),
    /// The store.
    #[error(transparent)]
    Load(#[from] LoadFault),
}

impl From<StoreError> for NoSuccession {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

impl NoSuccession {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::NotEnded(_) => "an officer of that side ends it: `entente log end`",
            Self::NotCovered(_) => {
                "let both daemons run until the other side has covered it; see `entente status`"
            }
            Self::NotCosigned { .. } => {
                "agree on a size that both stores hold with its cosignature"
            }
            Self::GivesUp { .. } => {
                "restore the store that lacks them, from a copy or by the other side, and end \
                 there; only if nobody holds them any more, say --give-up-receipted on both sides"
            }
            Self::BeforeItsEnd { .. } => {
                "leave the size out, or give one that takes in the log's end; where both logs \
                 ended, give the reason that they ended for"
            }
            Self::EndGiven(_) => "leave --gbr-end and --fra-end out",
            Self::Keys { .. } => "take the file that `entente keys successor` wrote, unchanged",
            Self::Fault(_) => "correct what it is made from",
            Self::Load(_) => "hold the store against itself: `entente log verify`",
        }
    }

    /// Whether it is a matter of time.
    #[must_use]
    pub const fn is_of_time(&self) -> bool {
        matches!(self, Self::NotEnded(_) | Self::NotCovered(_))
    }
}

/// The next succession, and what its logs will not take over from this side.
#[derive(Debug)]
pub struct Next {
    /// What both sides pin.
    pub succession: Succession,
    /// What was acknowledged here, and has to be handed in anew.
    pub handed_back: Vec<HandedBack>,
}

/// Makes the next succession, and holds it against everything that the store holds.
///
/// # Errors
/// All faults of the succession at once; any other reason alone.
pub fn next<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    wanted: &Wanted,
) -> Result<Next, Vec<NoSuccession>> {
    let succession = make(store, seat, state, wanted).map_err(|refused| vec![refused])?;
    let inherited = State::inherit(store, seat, &succession);
    let inherited = inherited.map_err(|fault| vec![fault.into()])?;
    let agreement = seat.agreement.succeed(succession.clone(), inherited);
    let agreement = agreement
        .map_err(|faults| faults.into_iter().map(NoSuccession::Fault).collect::<Vec<_>>())?;
    let left = left_in(store, &agreement).map_err(|error| vec![error.into()])?;
    Ok(Next { succession, handed_back: left.handed_back })
}

fn make<S: Store>(
    store: &S,
    seat: &Seat,
    state: &State,
    wanted: &Wanted,
) -> Result<Succession, NoSuccession> {
    let successions = seat.agreement.successions();
    let before = u64::try_from(successions.len()).unwrap_or(u64::MAX);
    let side = |party| {
        let (log, mirror) = keys(wanted.keys.of(party), party)?;
        let size = end(store, state, wanted, party)?;
        let root = root_at(&LogNodes::new(store, party), size)?;
        let origin = seat.agreement.origin(party).to_string();
        Ok::<_, NoSuccession>(SuccessorTerms { ended: LogCut { origin, size, root }, log, mirror })
    };
    Ok(Succession {
        agreement: seat.agreement.digest(),
        number: before.saturating_add(1),
        reason: wanted.reason,
        gbr: side(Party::Gbr)?,
        fra: side(Party::Fra)?,
        previous: successions.last().map(Succession::digest),
        version: wanted.version.or_else(|| LastWord::version(&state.books.newest().last_words())),
    })
}

/// The final size of a log that ended: so much of it as the counterpart's first entanglement over
/// its end shows, and all that itself says of the counterpart's log up to the end of that one. So
/// nothing that was received before both had ended loses its receipt, whichever ended first.
///
/// Of a log that was lost or forked: the newest size that was cosigned and is held.
fn end<S: Store>(
    store: &S,
    state: &State,
    wanted: &Wanted,
    party: Party,
) -> Result<Size, NoSuccession> {
    let given = *wanted.ends.of(party);
    let logs = state.books.newest();
    let words = logs.last_words();
    if !wanted.reason.is_of_loss() {
        if given.is_some() {
            return Err(NoSuccession::EndGiven(wanted.reason));
        }
        let last =
            |party: Party| words.of(party).map(|word| word.at).ok_or(NoSuccession::NotEnded(party));
        let shown = logs.receipt(party, last(party)?).map(|(size, _)| size);
        let shown = shown.ok_or(NoSuccession::NotCovered(party))?;
        let shows = logs.covered_at(party.other(), last(party.other())?);
        let shows = shows.ok_or(NoSuccession::NotCovered(party.other()))?;
        return Ok(shown.max(Size::through(shows)));
    }
    let newest = state.cosigned.of(party).as_ref().map(|one| one.checkpoint().size());
    let size = given.or(newest).ok_or(NoSuccession::NotCosigned { party, size: Size(0) })?;
    let above = Size(size.0.saturating_sub(1));
    let held = store.cosignatures_above(party, above, 1)?;
    if held.first().is_none_or(|note| note.size != size) {
        return Err(NoSuccession::NotCosigned { party, size });
    }
    let word = words.of(party).filter(|word| !size.covers(word.at));
    if let Some(word) = word.filter(|word| logs.receipt(party, word.at).is_some()) {
        return Err(NoSuccession::BeforeItsEnd { party, at: word.at, size });
    }
    if let Some(cosigned) = newest.filter(|newest| *newest > size && !wanted.gives_up) {
        let between = logs.entries(party, size.next());
        let between = between.take_while(|(at, _)| cosigned.covers(*at));
        let records = between.filter(|(_, entry)| entry.entanglement().is_none());
        let records = records.filter_map(|(_, entry)| entry.id()).collect();
        return Err(NoSuccession::GivesUp { party, size, cosigned, records });
    }
    Ok(size)
}

fn list(records: &[RecordId]) -> String {
    if records.is_empty() {
        return "entanglements alone".to_owned();
    }
    records.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The two verifier keys of a party, as `entente keys successor` writes them.
fn keys(path: &Path, party: Party) -> Result<(String, String), NoSuccession> {
    let fault = |reason: String| NoSuccession::Keys { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let all: toml::Table = toml::from_str(&text).map_err(|problem| fault(problem.to_string()))?;
    let table = party.code().to_ascii_lowercase();
    let text = |key: &str| {
        let value = all.get(&table).and_then(|table| table.get(key));
        let value = value.and_then(toml::Value::as_str).map(str::to_owned);
        value.ok_or_else(|| fault(format!("{table}.{key} is not there, or is no text")))
    };
    Ok((text("log")?, text("mirror")?))
}
