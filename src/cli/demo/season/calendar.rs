//! The weeks of the season, and the few times in each at which something is submitted.

use std::collections::BTreeMap;

use super::{Act, Step};
use crate::names::{Date, Party, Timestamp, Week};

/// A time in the week, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// Monday, 09:00: requests, visas, and notices of this week's journeys. In the first week,
    /// which begins on a Wednesday, it is Thursday.
    Monday,
    /// Wednesday, 10:00: answers; departures.
    Wednesday,
    /// Wednesday, 18:00: arrivals.
    WednesdayEvening,
    /// Friday, 10:00: answers; departures.
    Friday,
    /// Saturday, 09:00: arrivals of Friday and of the night.
    Saturday,
}

/// The hour at which a daemon is killed: the Monday of 1 December, when a backlog is sent in.
pub(super) const BACKLOG_WEEK: u32 = 17;

/// Whose daemon is killed then.
const KILLED: Party = Party::Gbr;

/// How long after a week's end it is closed: five minutes.
const CLOSING_SECONDS: u64 = 300;

/// A day of travel: a week, and whether it is its Wednesday or its Friday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// The week, counted from 0.
    pub(super) week: u32,
    /// Whether people travel on Friday and not on Wednesday.
    pub(super) friday: bool,
}

/// All acts so far, each at its time.
#[derive(Debug)]
pub(super) struct Calendar {
    in_force: Date,
    last: Week,
    acts: BTreeMap<(u32, Moment), Vec<Act>>,
}

impl Calendar {
    pub(super) const fn new(in_force: Date, last: Week) -> Self {
        Self { in_force, last, acts: BTreeMap::new() }
    }

    /// The day on which the agreement entered into force.
    pub(super) const fn in_force(&self) -> Date {
        self.in_force
    }

    /// How many weeks the season has.
    pub(super) fn weeks(&self) -> u32 {
        let first = self.in_force.week().monday().days();
        let days = self.last.monday().days().saturating_sub(first);
        (days / 7).saturating_add(1)
    }

    /// The day of a moment.
    pub(super) fn day(&self, week: u32, moment: Moment) -> Date {
        let monday = self.in_force.week().monday().plus(week.saturating_mul(7));
        monday.plus(match moment {
            Moment::Monday if week == 0 => 3,
            Moment::Monday => 0,
            Moment::Wednesday | Moment::WednesdayEvening => 2,
            Moment::Friday => 4,
            Moment::Saturday => 5,
        })
    }

    /// Adds an act; one after the end of the season never happens.
    pub(super) fn add(&mut self, week: u32, moment: Moment, act: Act) {
        if week < self.weeks() {
            self.acts.entry((week, moment)).or_default().push(act);
        }
    }

    /// All steps, each week with its end.
    pub(super) fn into_steps(mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for number in 0..self.weeks() {
            for moment in Moment::ALL {
                let time = self.time(number, moment);
                let backlog = number == BACKLOG_WEEK && moment == Moment::Monday;
                if let Some(acts) = self.acts.remove(&(number, moment)) {
                    steps.push(Step::Submit { time, acts, kill: backlog.then_some(KILLED) });
                }
            }
            let week = self.day(number, Moment::Monday).week();
            steps.push(Step::WeekEnd { time: week.end().plus(CLOSING_SECONDS), week });
        }
        steps
    }

    fn time(&self, week: u32, moment: Moment) -> Timestamp {
        let hour = match moment {
            Moment::Monday | Moment::Saturday => 9,
            Moment::Wednesday | Moment::Friday => 10,
            Moment::WednesdayEvening => 18,
        };
        self.day(week, moment).start().plus(u64::saturating_mul(hour, 3600))
    }
}

impl Moment {
    const ALL: [Self; 5] =
        [Self::Monday, Self::Wednesday, Self::WednesdayEvening, Self::Friday, Self::Saturday];
}

impl Turn {
    /// When people leave.
    pub(super) const fn out(self) -> Moment {
        if self.friday { Moment::Friday } else { Moment::Wednesday }
    }

    /// When it is known whether they arrived.
    pub(super) const fn home(self) -> Moment {
        if self.friday { Moment::Saturday } else { Moment::WednesdayEvening }
    }

    /// The same day of the week before.
    pub(super) const fn week_before(self) -> Self {
        Self { week: self.week.saturating_sub(1), ..self }
    }
}
