//! Interim views: what both sides knew at a time, and what came of it since the last numbered body.
//!
//! An interim view is nobody's statement. It has a type of its own, which no record can carry.

use super::body::{Chain, Figures, Roots, log_cut};
use crate::{
    ledger::{Agreement, Books, Folder, View, points_to},
    names::{Hash, Party, PerParty, Position, Size, Timestamp},
    record::{BreakCount, LogCut, Movement, Pipeline, Tally},
    tlog::EMPTY_ROOT,
};

/// What both sides knew at a time, in the figures of a body.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Interim {
    /// The time; ages and limits are taken at it.
    pub as_of: Timestamp,
    /// How much of the British log both knew.
    pub gbr: LogCut,
    /// How much of the French log both knew.
    pub fra: LogCut,
    /// The number of the last body whose cut-off both knew by then, whose closing is the opening
    /// here; none before the first week's.
    pub since: Option<u64>,
    /// The closing of that body.
    pub opening: Tally,
    /// What came to count since and what ceased to, by week of journey, ascending.
    pub movements: Vec<Movement>,
    /// All that counts since entry into force.
    pub closing: Tally,
    /// Persons under way.
    pub pipeline: Pipeline,
    /// Open breaks by class and age.
    pub breaks: Vec<BreakCount>,
    /// Sorted-leaf root of the ids of all arrivals that count.
    pub arrivals: Hash,
    /// Sorted-leaf root of the ids of all admissions that count.
    pub admissions: Hash,
}

/// Why there is no view as at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InterimRefused {
    /// The time is still to come, and what will be known then with it.
    #[error("{as_of} lies in the future: it is {now}")]
    Future {
        /// The time.
        as_of: Timestamp,
        /// What time it is.
        now: Timestamp,
    },
    /// No log was founded by then.
    #[error("{as_of} lies before the founding of the logs, at {founded}")]
    BeforeFounding {
        /// The time.
        as_of: Timestamp,
        /// When the first log was founded.
        founded: Timestamp,
    },
    /// Something that both knew then is not held here any more, or not again yet.
    #[error("the log of {party} is not held as far as both sides knew it at {as_of}")]
    NotHeld {
        /// The time.
        as_of: Timestamp,
        /// Whose log.
        party: Party,
    },
}

impl Interim {
    /// What both sides knew at `as_of`, given that it is `now`. The chain holds all bodies that the
    /// same books give.
    ///
    /// # Errors
    /// If nobody can know yet what was known then, nobody knew anything, or it is not held here.
    pub fn at(
        agreement: &Agreement,
        books: &Books,
        roots: &dyn Roots,
        chain: &Chain,
        (as_of, now): (Timestamp, Timestamp),
    ) -> Result<Self, InterimRefused> {
        refuse_time(books, as_of, now)?;
        let view = known_at(books, as_of);
        let cut = |party| {
            let size = view.size(party);
            let held = size <= books.size(party);
            let cut = if size.0 == 0 {
                let origin = agreement.origin(party).to_string();
                Some(LogCut { origin, size, root: EMPTY_ROOT })
            } else {
                log_cut(agreement, (books, roots), party, size)
            };
            cut.filter(|_| held).ok_or(InterimRefused::NotHeld { as_of, party })
        };
        let (gbr, fra) = (cut(Party::Gbr)?, cut(Party::Fra)?);
        let last = chain.with_cuts().rfind(|(_, cut)| within(*cut, view));
        let mut folder = Folder::new(agreement);
        let before = last.map(|(body, cut)| folder.ledger(books, cut, body.as_of).contributions);
        let ledger = folder.ledger(books, view, as_of);
        let opening = last.map_or(Tally::ZERO, |(body, _)| body.closing.clone());
        let figures = Figures::since(opening, &before.unwrap_or_default(), &ledger, as_of);
        Ok(Self {
            as_of,
            gbr,
            fra,
            since: last.map(|(body, _)| body.number),
            opening: figures.opening,
            movements: figures.movements,
            closing: figures.closing,
            pipeline: figures.pipeline,
            breaks: figures.breaks,
            arrivals: figures.arrivals,
            admissions: figures.admissions,
        })
    }
}

fn refuse_time(books: &Books, as_of: Timestamp, now: Timestamp) -> Result<(), InterimRefused> {
    if as_of > now {
        return Err(InterimRefused::Future { as_of, now });
    }
    let founding = |party| {
        let first = books.entry(party, Position(0)).and_then(|entry| entry.record());
        first.map(|record| record.signed_at())
    };
    match Party::BOTH.into_iter().filter_map(founding).min() {
        Some(founded) if as_of < founded => Err(InterimRefused::BeforeFounding { as_of, founded }),
        Some(_) | None => Ok(()),
    }
}

/// How much of both logs both sides knew at a time.
///
/// A log was known to both as far as the counterpart had covered it. Of that the view takes as much
/// as holds together: it is lowered as little as needed until nothing below one size points beyond
/// the other. Two pairs that hold together do so joined, so there is a greatest one, and lowering
/// whatever does not fit finds it.
///
/// A cut-off is raised instead, since it has to take in both closes and can wait for what they
/// need. What was known at a time is over: to raise would be to take in what somebody did not know
/// then. So a later time never shows less, and nothing that comes later changes a view: all below
/// it has its time of receipt, and what an entry points to stands before that.
#[must_use]
pub fn known_at(books: &Books, as_of: Timestamp) -> View {
    let mut view =
        View { gbr: books.covered_by(Party::Gbr, as_of), fra: books.covered_by(Party::Fra, as_of) };
    let mut rises = PerParty::from_fn(|party| rises(books, party, view.size(party)));
    loop {
        let before = view;
        for party in Party::BOTH {
            let other = view.size(party.other());
            // The first entry that points beyond is where the maximum first rises beyond.
            while let Some(beyond) = rises.of_mut(party).pop_if(|rise| rise.to > other) {
                *of_view(&mut view, party) = Size(beyond.at.0);
            }
        }
        if view == before {
            return view;
        }
    }
}

/// Where a log points farther into the other than anywhere before.
struct Rise {
    at: Position,
    to: Size,
}

/// All rises below a size, both numbers ascending: one walk over the log, however often a view is
/// lowered.
fn rises(books: &Books, party: Party, below: Size) -> Vec<Rise> {
    let mut rises: Vec<Rise> = Vec::new();
    let entries = books.entries(party, Position(0)).take_while(|(at, _)| below.covers(*at));
    for (at, entry) in entries {
        let Some(to) = points_to(books, party, at, entry).max() else { continue };
        if rises.last().is_none_or(|last| to > last.to) {
            rises.push(Rise { at, to });
        }
    }
    rises
}

const fn of_view(view: &mut View, party: Party) -> &mut Size {
    match party {
        Party::Gbr => &mut view.gbr,
        Party::Fra => &mut view.fra,
    }
}

/// Whether a cut-off lies within a view.
fn within(cut: View, view: View) -> bool {
    cut.gbr <= view.gbr && cut.fra <= view.fra
}
