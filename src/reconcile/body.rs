//! The body of a week, and the chain of all bodies so far.

use std::collections::BTreeMap;

use super::{
    chronicle::Chronicle,
    week::{Closing, closing},
};
use crate::{
    cbor,
    danger::{Bug, planted},
    ledger::{Agreement, Books, Contribution, Direction, Folder, Ledger, View},
    limits::{BODY_IDS_MAX, BODY_WEEKS_MAX},
    names::{BodyDigest, Hash, Party, RecordId, Size, Week, sha256},
    record::{Body, LogCut, Movement, Tally},
};

/// Gives the root of a party's log at a size that is held.
pub trait Roots {
    /// The root, or `None` if that many entries are not held.
    fn root(&self, party: Party, size: Size) -> Option<Hash>;
}

/// All bodies from the first week on, gapless. A cache: the same logs always give the same chain.
#[derive(Debug, Clone)]
pub struct Chain {
    bodies: Vec<Body>,
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
        Self { bodies: Vec::new(), next, contributions: BTreeMap::new(), chronicle, folder }
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

    /// Computes the bodies of all weeks that have a cut-off by now.
    pub fn extend(&mut self, agreement: &Agreement, books: &Books, roots: &dyn Roots) {
        while let Closing::Cut(view) = closing(books, self.next) {
            let ledger = self.folder.ledger(books, view, self.next.end());
            let Some(body) = self.body_of(agreement, view, &ledger, roots) else { return };
            self.chronicle.write(body.number, body.week, &ledger);
            self.bodies.push(body);
            self.contributions = ledger.contributions;
            self.next = self.next.next();
        }
    }

    fn body_of(
        &self,
        agreement: &Agreement,
        view: View,
        ledger: &Ledger,
        roots: &dyn Roots,
    ) -> Option<Body> {
        let cut = |party| {
            let size = view.size(party);
            let origin = agreement.origin(party).to_string();
            roots.root(party, size).map(|root| LogCut { origin, size, root })
        };
        let as_of = self.next.end();
        let counts = ids_that_count(&ledger.contributions);
        let counted_before = ids_that_count(&self.contributions);
        let counted = difference(&counts, &counted_before);
        let uncounted = difference(&counted_before, &counts);
        let before = self.bodies.last().filter(|_| !planted(Bug::StatementForgetsPrevious));
        let few = counted.len().saturating_add(uncounted.len()) <= BODY_IDS_MAX;
        Some(Body {
            number: u64::try_from(self.bodies.len()).unwrap_or(u64::MAX).saturating_add(1),
            week: self.next,
            gbr: cut(Party::Gbr)?,
            fra: cut(Party::Fra)?,
            as_of,
            opening: self.bodies.last().map_or(Tally::ZERO, |body| body.closing.clone()),
            movements: movements(&self.contributions, &ledger.contributions),
            closing: ledger.tally(),
            pipeline: ledger.pipeline(as_of),
            breaks: ledger.breaks.counts(as_of),
            arrivals: ledger.root(Direction::Returned),
            admissions: ledger.root(Direction::Admitted),
            previous: before.map(Body::digest),
            counted: few.then_some(counted),
            uncounted: few.then_some(uncounted),
        })
    }
}

impl Body {
    /// SHA-256 of the deterministic CBOR: what both sides compare, and what the next body names.
    #[must_use]
    pub fn digest(&self) -> BodyDigest {
        BodyDigest::new(sha256(&cbor::encode(self)))
    }
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
