//! Cases one by one, a line each, and those that somebody looks for.

use serde::{Deserialize, Serialize};

use super::{
    super::{Books, Deadline, DeadlineStanding, Ledger, Owner},
    Concerned, Glance, StateName, Subject, What, acting,
};
use crate::names::{Party, Position, RecordId, Timestamp};

codes! {
    /// Which way persons are to go.
    pub enum Leg: "leg" {
        /// To France (chapter II).
        Return = 1 => "return",
        /// To the United Kingdom (chapter III).
        Admission = 2 => "admission",
    }
}

/// A return or admission case in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// The case.
    pub glance: Glance,
    /// Which way.
    pub leg: Leg,
    /// Where it begins in the British log.
    pub position: Position,
    /// The nearest limit that somebody has still to keep, or has missed and has still to do.
    pub deadline: Option<Deadline>,
    /// Who has to act; `None` if nobody has.
    pub acts: Option<Owner>,
    /// Persons who count by its transport or journey, together with those of its other cases.
    pub transport_counts: u64,
    /// Open breaks that concern it.
    pub breaks: u64,
}

/// Which cases are looked for: those that fit all that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseFilter {
    /// In this state.
    pub state: Option<StateName>,
    /// With a limit that ends within so many days, or was missed and is still waited for.
    pub within: Option<u32>,
    /// On whom the side has to act, alone or with the other.
    pub acts: Option<Party>,
    /// Of this leg.
    pub leg: Option<Leg>,
}

/// Cases in the order of the British log, where every case begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The cases.
    pub cases: Vec<CaseLine>,
    /// Where to go on, if there may be more.
    pub next: Option<Position>,
}

impl CaseFilter {
    fn fits(&self, line: &CaseLine) -> bool {
        let soon = |days: u32| {
            line.deadline.is_some_and(|one| match one.standing {
                DeadlineStanding::Running { left } => left <= days,
                // A limit of a line is always one that is still waited for.
                DeadlineStanding::Missed { .. }
                | DeadlineStanding::Met { .. }
                | DeadlineStanding::Moot => true,
            })
        };
        let acts = |party| {
            line.acts.is_some_and(|one| matches!(one, Owner::Both) || one == Owner::Party(party))
        };
        self.state.is_none_or(|state| line.glance.state == state)
            && self.within.is_none_or(soon)
            && self.acts.is_none_or(acts)
            && self.leg.is_none_or(|leg| line.leg == leg)
    }
}

impl Ledger {
    /// The cases that fit, from a position of the British log on, `most` at most.
    #[must_use]
    pub fn lines(
        &self,
        books: &Books,
        as_of: Timestamp,
        filter: &CaseFilter,
        from: Position,
        most: usize,
    ) -> Lines {
        let concerned = Concerned::of(self, books);
        let over = acting::is_over(books);
        let mut cases = Vec::new();
        for (position, subject, leg) in self.begun(books, from) {
            if cases.len() >= most {
                return Lines { cases, next: Some(position) };
            }
            let line = self.line(&concerned, as_of, position, subject, leg);
            let line = line.map(|line| CaseLine { acts: line.acts.filter(|_| !over), ..line });
            cases.extend(line.filter(|line| filter.fits(line)));
        }
        Lines { cases, next: None }
    }

    /// Every case that begins at a position or after it, in order.
    fn begun(&self, books: &Books, from: Position) -> Vec<(Position, Subject, Leg)> {
        let begins = |what, leg| {
            move |record: RecordId| {
                let (_, position) = books.find(record)?;
                (position >= from).then_some((position, Subject { what, record }, leg))
            }
        };
        let returns = self.cases.keys().copied().filter_map(begins(What::ReturnCase, Leg::Return));
        let admissions = begins(What::AdmissionCase, Leg::Admission);
        let admissions = self.visas.keys().copied().filter_map(admissions);
        let mut begun: Vec<_> = returns.chain(admissions).collect();
        begun.sort_unstable_by_key(|(position, _, _)| *position);
        begun
    }

    fn line(
        &self,
        concerned: &Concerned<'_>,
        as_of: Timestamp,
        position: Position,
        subject: Subject,
        leg: Leg,
    ) -> Option<CaseLine> {
        let owners: Vec<Owner> = concerned.owners(subject).collect();
        let waits = |one: &Deadline| match one.standing {
            DeadlineStanding::Running { .. } => one.last.is_some(),
            DeadlineStanding::Missed { on } => on.is_none(),
            DeadlineStanding::Met { .. } | DeadlineStanding::Moot => false,
        };
        let limits = self.limits(subject, as_of).into_iter().filter(waits);
        Some(CaseLine {
            glance: self.glance(subject)?,
            leg,
            position,
            deadline: limits.min_by_key(|one| one.last),
            acts: acting::owner(&self.steps(subject, as_of), owners.iter().copied()),
            transport_counts: self.counting(subject).map_or(0, |one| one.persons),
            breaks: u64::try_from(owners.len()).unwrap_or(u64::MAX),
        })
    }
}
