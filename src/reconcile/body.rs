//! The body of a week, and the chain of all bodies so far.

use std::collections::BTreeMap;

use super::{
    chronicle::Chronicle,
    week::{Closing, closing_after},
};
use crate::{
    cbor,
    danger::{Bug, planted},
    ledger::{Agreement, Books, Contribution, Direction, Folder, Ledger, View},
    limits::{BODY_IDS_MAX, BODY_WEEKS_MAX},
    names::{BodyDigest, Hash, Party, RecordId, Size, Timestamp, Week, sha256},
    record::{Body, BreakCount, LogCut, Movement, Pipeline, Tally},
};

/// Gives the root of a party's newest log at a size that is held.
pub trait Roots {
    /// The root, or `None` if that many entries are not held.
    fn root(&self, party: Party, size: Size) -> Option<Hash>;
}

/// All bodies from the first week on, gapless. A cache: the same logs always give the same chain.
#[derive(Debug, Clone)]
pub struct Chain {
    bodies: Vec<Body>,
    /// Where both rows of logs were cut off for each body.
    cuts: Vec<View>,
    next: Week,
    contributions: BTreeMap<RecordId, Contribution>,
    /// What became of every break.
    chronicle: Chronicle,
    /// Goes on from one cut-off to the next.
    folder: Folder,
}

impl Chain {
    /// A chain before its first week, which is the one in which the agreement enters into force.
    #[must_use]
    pub fn new(agreement: &Agreement) -> Self {
        let next = agreement.terms().provisions.in_force.week();
        let folder = Folder::new(agreement);
        let chronicle = Chronicle::default();
        let (bodies, cuts) = (Vec::new(), Vec::new());
        Self { bodies, cuts, next, contributions: BTreeMap::new(), chronicle, folder }
    }

    /// All bodies so far, in order.
    #[must_use]
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// What became of every break, as the bodies so far tell it.
    #[must_use]
    pub const fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// The body of a week, if it has been computed.
    #[must_use]
    pub fn body(&self, week: Week) -> Option<&Body> {
        self.bodies.iter().rfind(|body| body.week == week)
    }

    /// The newest cut-off.
    #[must_use]
    pub fn cut(&self) -> View {
        self.cuts.last().copied().unwrap_or(View::EMPTY)
    }

    /// The bodies with their cut-offs, in order.
    pub(super) fn with_cuts(&self) -> impl DoubleEndedIterator<Item = (&Body, View)> {
        self.bodies.iter().zip(self.cuts.iter().copied())
    }

    /// The cut-off of a week, if its body has been computed.
    #[must_use]
    pub fn cut_of(&self, week: Week) -> Option<View> {
        self.with_cuts().rfind(|(body, _)| body.week == week).map(|(_, cut)| cut)
    }

    /// Computes the bodies of all weeks that have a cut-off by now.
    pub fn extend(&mut self, agreement: &Agreement, books: &Books, roots: &dyn Roots) {
        while let Closing::Cut(view) = closing_after(books, self.next, self.cut()) {
            let ledger = self.folder.ledger(books, view, self.next.end());
            let Some(body) = self.body_of(agreement, (books, view), &ledger, roots) else { return };
            self.chronicle.write(body.number, body.week, &ledger);
            self.bodies.push(body);
            self.cuts.push(view);
            self.contributions = ledger.contributions;
            self.next = self.next.next();
        }
    }

    fn body_of(
        &self,
        agreement: &Agreement,
        (books, view): (&Books, View),
        ledger: &Ledger,
        roots: &dyn Roots,
    ) -> Option<Body> {
        let cut = |party| log_cut(agreement, (books, roots), party, view.size(party));
        let opening = self.bodies.last().map_or(Tally::ZERO, |body| body.closing.clone());
        let figures = Figures::since(opening, &self.contributions, ledger, self.next.end());
        let before = self.bodies.last().filter(|_| !planted(Bug::StatementForgetsPrevious));
        Some(Body {
            number: u64::try_from(self.bodies.len()).unwrap_or(u64::MAX).saturating_add(1),
            week: self.next,
            gbr: cut(Party::Gbr)?,
            fra: cut(Party::Fra)?,
            as_of: self.next.end(),
            opening: figures.opening,
            movements: figures.movements,
            closing: figures.closing,
            pipeline: figures.pipeline,
            breaks: figures.breaks,
            arrivals: figures.arrivals,
            admissions: figures.admissions,
            previous: before.map(Body::digest),
            counted: figures.counted,
            uncounted: figures.uncounted,
        })
    }
}

impl Body {
    /// How much of each row of logs it was computed from.
    #[must_use]
    pub fn cut(&self, agreement: &Agreement, books: &Books) -> View {
        View {
            gbr: agreement.row(books, Party::Gbr, &self.gbr),
            fra: agreement.row(books, Party::Fra, &self.fra),
        }
    }

    /// SHA-256 of the deterministic CBOR: what both sides compare, and what the next body names.
    #[must_use]
    pub fn digest(&self) -> BodyDigest {
        BodyDigest::new(sha256(&cbor::encode(self)))
    }
}

/// What a ledger shows beside an earlier one: the figures of a body, and of an interim view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) opening: Tally,
    pub(super) movements: Vec<Movement>,
    pub(super) closing: Tally,
    pub(super) pipeline: Pipeline,
    pub(super) breaks: Vec<BreakCount>,
    pub(super) arrivals: Hash,
    pub(super) admissions: Hash,
    pub(super) counted: Option<Vec<RecordId>>,
    pub(super) uncounted: Option<Vec<RecordId>>,
}

impl Figures {
    /// The figures of `ledger` as it stands at `as_of`, since `before`, whose sum is `opening`.
    pub(super) fn since(
        opening: Tally,
        before: &BTreeMap<RecordId, Contribution>,
        ledger: &Ledger,
        as_of: Timestamp,
    ) -> Self {
        let counts = ids_that_count(&ledger.contributions);
        let counted_before = ids_that_count(before);
        let counted = difference(&counts, &counted_before);
        let uncounted = difference(&counted_before, &counts);
        let few = counted.len().saturating_add(uncounted.len()) <= BODY_IDS_MAX;
        Self {
            opening,
            movements: movements(before, &ledger.contributions),
            closing: ledger.tally(),
            pipeline: ledger.pipeline(as_of),
            breaks: ledger.breaks.counts(as_of),
            arrivals: ledger.root(Direction::Returned),
            admissions: ledger.root(Direction::Admitted),
            counted: few.then_some(counted),
            uncounted: few.then_some(uncounted),
        }
    }
}

/// Where a row of logs is cut off, if its root there is known: in which of them, and how much of it
/// is taken in. The roots are those of the newest logs; of those before, the books hold every leaf.
pub(super) fn log_cut(
    agreement: &Agreement,
    (books, roots): (&Books, &dyn Roots),
    party: Party,
    size: Size,
) -> Option<LogCut> {
    let end = books.end(party, size);
    let origin = agreement.identity_in(party, end.generation).log.origin().to_string();
    let root = if end.generation == books.generation() {
        roots.root(party, end.at)
    } else {
        books.root(party, end)
    };
    root.map(|root| LogCut { origin, size: end.at, root })
}

fn ids_that_count(contributions: &BTreeMap<RecordId, Contribution>) -> Vec<RecordId> {
    contributions.iter().filter(|(_, one)| one.counts()).map(|(id, _)| *id).collect()
}

/// What stands in `one` and not in `other`, both ascending.
fn difference(one: &[RecordId], other: &[RecordId]) -> Vec<RecordId> {
    one.iter().filter(|id| other.binary_search(id).is_err()).copied().collect()
}

/// What came to count or to be claimed and what ceased to, by week of journey, so that opening,
/// plus what is counted, less what is uncounted, is closing in each of the three ways.
fn movements(
    before: &BTreeMap<RecordId, Contribution>,
    now: &BTreeMap<RecordId, Contribution>,
) -> Vec<Movement> {
    let mut weeks: BTreeMap<Week, (Tally, Tally)> = BTreeMap::new();
    let same = |one: &Contribution, other: Option<&Contribution>| {
        other.is_some_and(|other| one.week == other.week && one.tally() == other.tally())
    };
    for (id, one) in now {
        if !same(one, before.get(id)) {
            let (counted, _) = weeks.entry(one.week).or_default();
            *counted = counted.plus(&one.tally());
        }
    }
    for (id, one) in before {
        if !same(one, now.get(id)) {
            let (_, uncounted) = weeks.entry(one.week).or_default();
            *uncounted = uncounted.plus(&one.tally());
        }
    }
    join_oldest(&mut weeks);
    weeks
        .into_iter()
        .map(|(week, (counted, uncounted))| Movement { week, counted, uncounted })
        .collect()
}

/// A body lists so many weeks at most: beyond that, the oldest week takes in those before it.
fn join_oldest(weeks: &mut BTreeMap<Week, (Tally, Tally)>) {
    while weeks.len() > BODY_WEEKS_MAX
        && let Some((_, (counted, uncounted))) = weeks.pop_first()
        && let Some(mut oldest) = weeks.first_entry()
    {
        let (into_counted, into_uncounted) = oldest.get_mut();
        *into_counted = into_counted.plus(&counted);
        *into_uncounted = into_uncounted.plus(&uncounted);
    }
}
