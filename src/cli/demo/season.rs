//! A season of records that passes through the published figures.
//!
//! It is constructed, and says so: nobody published the single movements, so they are drawn from a
//! generator with a fixed seed, and their sums are made to meet what was published. It is the same
//! on every machine and at every run. Beside them every other kind has its place, and changes
//! nothing about the sums.

mod admissions;
mod pace;
mod returns;
mod times;

use std::collections::BTreeSet;

use super::published::{Figure, figures};
use crate::{
    names::{Date, Party, PerParty, Timestamp, Week},
    record::{Certificate, Content, Kind},
    season::{self, Act, Calendar, Dice, Fact, Label, Numbers, SeasonFault, Step, weeks_through},
};

/// The seed of the season. Any other gives another season that meets the same figures.
const SEED: u64 = 20_250_806;

/// The day on which the agreement entered into force.
const IN_FORCE: &str = "2025-08-06";

/// Whose daemon is killed while the backlog is sent in.
const KILLED: Party = Party::Gbr;

/// A plan of all that both sides sign, step by step, and the figures that it passes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    plan: season::Season,
    figures: Vec<Figure>,
    backlog: Timestamp,
}

/// Why there is no such season.
#[derive(Debug, thiserror::Error)]
pub enum NoSeason {
    /// The data file is not of its form.
    #[error("the published figures: {0}")]
    Figures(#[from] serde_json::Error),
    /// The data file holds nothing.
    #[error("the published figures: there are none")]
    NoFigures,
    /// The plan.
    #[error(transparent)]
    Plan(#[from] SeasonFault),
}

impl Season {
    /// The season that passes through the published figures, from the week in which the agreement
    /// entered into force to the week of the last figure.
    ///
    /// # Errors
    /// If the data file in this binary is not of its form, which a test rules out.
    pub fn published() -> Result<Self, NoSeason> {
        Self::through(figures()?, SEED)
    }

    fn through(figures: Vec<Figure>, seed: u64) -> Result<Self, NoSeason> {
        let last = figures.last().ok_or(NoSeason::NoFigures)?.date.week();
        let in_force = first_day()?;
        let mut calendar = Calendar::new(in_force, weeks_through(in_force.week(), last));
        let mut dice = Dice::new(seed);
        let mut numbers = Numbers::default();
        let backlog = calendar.time(times::BACKLOG_WEEK, times::MONDAY);
        let days = pace::travel_days(&calendar, &figures, &mut dice)?;
        returns::plan(&mut calendar, &days, &mut dice, &mut numbers)?;
        admissions::plan(&mut calendar, &days, &mut dice, &mut numbers)?;
        let agreed =
            figures.last().map_or((0, 0), |end| (end.returned, end.admitted.unwrap_or_default()));
        let plan = season::Season::with_every_kind(calendar, dice, numbers, agreed)?;
        Ok(Self { plan, figures, backlog })
    }

    /// The time at which both sides are set up: when the agreement enters into force.
    ///
    /// # Errors
    /// None in practice: a test reads the day.
    pub fn begins() -> Result<Timestamp, NoSeason> {
        Ok(first_day()?.start())
    }

    /// The same with spare keys for which an authority of each party vouches.
    #[must_use]
    pub fn certified(mut self, spares: &PerParty<Certificate>) -> Self {
        self.plan.certify(spares);
        self
    }

    /// All steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        self.plan.steps()
    }

    /// The figures that it passes through.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The weeks that are closed, in order.
    pub fn weeks(&self) -> impl Iterator<Item = Week> {
        self.plan.weeks()
    }

    /// All that is signed, in order of time.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.plan.acts()
    }

    /// Whose daemon is killed while a step is under way.
    #[must_use]
    pub fn kill(&self, step: &Step) -> Option<Party> {
        (step.time() == self.backlog).then_some(KILLED)
    }

    /// Persons returned and admitted up to the end of `date`, as planned.
    #[must_use]
    pub fn totals_at(&self, date: Date) -> (u64, u64) {
        let (mut returned, mut admitted) = (0_u64, 0_u64);
        let reversals = self.acts().filter(|act| act.kind() == Kind::Reversal);
        let reversed: BTreeSet<Label> = reversals.flat_map(|act| act.re.clone()).collect();
        let counting = self.acts().filter(|act| !reversed.contains(&act.label));
        for act in counting.filter(|act| act.at.is_some_and(|day| day <= date)) {
            if let Fact::Whole(Content::Arrival(one)) = &act.fact {
                returned = returned.saturating_add(one.persons.into());
            }
            if let Fact::Whole(Content::Admission(one)) = &act.fact {
                admitted = admitted.saturating_add(one.persons.into());
            }
        }
        (returned, admitted)
    }
}

fn first_day() -> Result<Date, SeasonFault> {
    Ok(IN_FORCE.parse()?)
}

#[cfg(test)]
mod tests;
