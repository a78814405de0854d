//! A season of records that passes through the published figures.
//!
//! It is constructed, and says so: nobody published the single movements, so they are drawn from a
//! generator with a fixed seed, and their sums are made to meet what was published. It is the same
//! on every machine and at every run.

mod act;
mod admissions;
mod calendar;
mod dice;
mod pace;
mod returns;

use std::collections::BTreeMap;

use super::published::{Figure, figures};
use crate::{
    names::{BadReference, BadTime, CaseRef, Date, Party, Timestamp, Week},
    record::Content,
};

pub use act::{Act, Fact, NotReady, Request};
use calendar::Calendar;
use dice::Dice;

/// The seed of the season. Any other gives another season that meets the same figures.
const SEED: u64 = 20_250_806;

/// The day on which the agreement entered into force.
const IN_FORCE: &str = "2025-08-06";

/// A plan of all that both case-working systems submit, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    steps: Vec<Step>,
    figures: Vec<Figure>,
}

/// What happens at one time. All that went before is receipted on both sides by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Records are submitted. None of them refers to another of the same step, so they may go in
    /// at once and in any order.
    Submit {
        /// When.
        time: Timestamp,
        /// What is submitted.
        acts: Vec<Act>,
        /// Whose daemon is killed while these are under way.
        kill: Option<Party>,
    },
    /// A week has ended, and both daemons close it.
    WeekEnd {
        /// When: shortly after its end.
        time: Timestamp,
        /// The week.
        week: Week,
    },
}

/// Why no season could be made of the data file: faults of ours, which tests rule out.
#[derive(Debug, thiserror::Error)]
pub enum SeasonFault {
    /// The data file is not of its form.
    #[error("the published figures: {0}")]
    Figures(#[from] serde_json::Error),
    /// The data file holds nothing.
    #[error("the published figures: there are none")]
    NoFigures,
    /// A figure is lower than an earlier one, or no day of travel lies before it.
    #[error("no season can pass through {persons} persons on {date}")]
    Unreachable {
        /// The figure's date.
        date: Date,
        /// Its number.
        persons: u64,
    },
    /// A date in the plan is none.
    #[error(transparent)]
    Time(#[from] BadTime),
    /// A reference or place in the plan is none.
    #[error(transparent)]
    Reference(#[from] BadReference),
    /// No list can be made of all attestations.
    #[error("the attestations of Art. 4(1) make no list")]
    Attestations,
}

impl Season {
    /// The season that passes through the published figures, from the week in which the agreement
    /// entered into force to the week of the last figure.
    ///
    /// # Errors
    /// If the data file in this binary is not of its form, which a test rules out.
    pub fn published() -> Result<Self, SeasonFault> {
        Self::through(figures()?, SEED)
    }

    fn through(figures: Vec<Figure>, seed: u64) -> Result<Self, SeasonFault> {
        let last = figures.last().ok_or(SeasonFault::NoFigures)?.date.week();
        let mut calendar = Calendar::new(IN_FORCE.parse()?, last);
        let mut dice = Dice::new(seed);
        let mut numbers = Numbers::default();
        let days = pace::travel_days(&calendar, &figures, &mut dice)?;
        returns::plan(&mut calendar, &days, &mut dice, &mut numbers)?;
        admissions::plan(&mut calendar, &days, &mut dice, &mut numbers)?;
        Ok(Self { steps: calendar.into_steps(), figures })
    }

    /// The time at which both sides are set up: when the agreement enters into force.
    ///
    /// # Errors
    /// None in practice: a test reads the day.
    pub fn begins() -> Result<Timestamp, SeasonFault> {
        Ok(IN_FORCE.parse::<Date>()?.start())
    }

    /// All steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The figures that it passes through.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The weeks that are closed, in order.
    pub fn weeks(&self) -> impl Iterator<Item = Week> {
        self.steps.iter().filter_map(|step| match step {
            Step::WeekEnd { week, .. } => Some(*week),
            Step::Submit { .. } => None,
        })
    }

    /// All that is submitted, in order of time.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.steps.iter().flat_map(Step::acts)
    }

    /// Persons returned and admitted up to the end of `date`, as planned.
    #[must_use]
    pub fn totals_at(&self, date: Date) -> (u64, u64) {
        let by_then = || self.acts().filter(|act| act.at.is_some_and(|day| day <= date));
        let sum = |persons: &mut dyn Iterator<Item = u64>| persons.fold(0, u64::saturating_add);
        let returned = sum(&mut by_then().filter_map(|act| match &act.fact {
            Fact::Other(Content::Arrival(one)) => Some(one.persons.into()),
            Fact::Other(_) | Fact::Request(_) => None,
        }));
        let admitted = sum(&mut by_then().filter_map(|act| match &act.fact {
            Fact::Other(Content::Admission(one)) => Some(one.persons.into()),
            Fact::Other(_) | Fact::Request(_) => None,
        }));
        (returned, admitted)
    }
}

impl Step {
    /// When.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        match self {
            Self::Submit { time, .. } | Self::WeekEnd { time, .. } => *time,
        }
    }

    /// What is submitted; nothing at a week's end.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        match self {
            Self::Submit { acts, .. } => acts,
            Self::WeekEnd { .. } => &[],
        }
    }

    /// Whose daemon is killed while this step is under way.
    #[must_use]
    pub const fn kill(&self) -> Option<Party> {
        match self {
            Self::Submit { kill, .. } => *kill,
            Self::WeekEnd { .. } => None,
        }
    }
}

/// References of each type, numbered in the order in which they are given out.
#[derive(Debug, Default)]
struct Numbers(BTreeMap<&'static str, u32>);

impl Numbers {
    /// The next reference of a type such as `GB01`; `priority` marks minors and families, as in
    /// Implementing Regulation (EU) 2025/2055 Art. 5.
    fn next(&mut self, sort: &'static str, priority: bool) -> Result<CaseRef, BadReference> {
        let number = self.0.entry(sort).or_default();
        *number = number.saturating_add(1);
        let mark = if priority { "P" } else { "" };
        format!("{sort}{mark}-{number:06}").parse()
    }
}

#[cfg(test)]
mod tests;
