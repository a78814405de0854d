//! Cases for people: one story, or a page of lines, with the head that every answer carries.

use std::fmt;

use super::scribe::{Seat, State};
use crate::{
    ledger::{Books, CaseFilter, CaseLine, Glance, Ledger, Story, View, Wanted},
    limits::CASES_PER_ANSWER_MAX,
    names::{Party, Position, Timestamp},
};

/// Which cases are asked for, and from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseQuery {
    /// Which.
    pub filter: CaseFilter,
    /// The first position in the British log; from its beginning if absent.
    pub from: Option<Position>,
}

/// As the local API takes it.
impl fmt::Display for CaseQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CaseFilter { state, within, acts, leg } = &self.filter;
        let part = |name: &str, value: Option<String>| value.map(|value| format!("{name}={value}"));
        let parts = [
            part("state", state.map(|state| state.to_string())),
            part("within", within.map(|days| days.to_string())),
            part("acts", acts.map(|party| party.to_string())),
            part("leg", leg.map(|leg| leg.to_string())),
            part("from", self.from.map(|from| from.to_string())),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join("&"))
    }
}

/// What a reference or the beginning of an id means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseView {
    /// Which side tells it.
    pub party: Party,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// All that may be meant.
    pub matches: Vec<Glance>,
    /// Its story, if only one thing is meant.
    pub story: Option<Box<Story>>,
}

/// The cases that fit, one answer's worth.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CasesView {
    /// Which side lists them.
    pub party: Party,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// When they were looked at.
    pub as_of: Timestamp,
    /// The cases, in the order of the British log.
    pub cases: Vec<CaseLine>,
    /// From where on to ask for more, if there may be more.
    pub next: Option<Position>,
}

/// The cases of both logs as they stand at one time.
#[derive(Debug)]
pub struct Casebook<'a> {
    seat: &'a Seat,
    books: &'a Books,
    view: View,
    ledger: Ledger,
    as_of: Timestamp,
}

impl<'a> Casebook<'a> {
    /// Folds all that a side holds.
    #[must_use]
    pub fn open(seat: &'a Seat, state: &'a mut State, as_of: Timestamp) -> Self {
        let ledger = state.ledger(as_of);
        Self { seat, view: state.view(), books: &state.books, ledger, as_of }
    }

    /// The story of what is wanted; all that may be meant, if that is several things; `None` if it
    /// is nothing.
    #[must_use]
    pub fn show(&self, wanted: &Wanted) -> Option<CaseView> {
        let found = self.ledger.wanted(self.books, wanted);
        let first = *found.first()?;
        let story = (found.len() == 1)
            .then(|| self.ledger.story(self.books, self.view, self.as_of, first))
            .flatten();
        let matches = found.into_iter().take(CASES_PER_ANSWER_MAX);
        Some(CaseView {
            party: self.seat.party,
            rehearsal: self.seat.agreement.terms().rehearsal,
            matches: matches.filter_map(|one| self.ledger.glance(one)).collect(),
            story: story.map(Box::new),
        })
    }

    /// The cases that fit.
    #[must_use]
    pub fn list(&self, query: &CaseQuery) -> CasesView {
        let from = query.from.unwrap_or_default();
        let most = CASES_PER_ANSWER_MAX;
        let lines = self.ledger.lines(self.books, self.as_of, &query.filter, from, most);
        CasesView {
            party: self.seat.party,
            rehearsal: self.seat.agreement.terms().rehearsal,
            as_of: self.as_of,
            cases: lines.cases,
            next: lines.next,
        }
    }
}
