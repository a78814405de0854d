//! The weeks of a season, and the times in each at which something is signed.

use std::collections::BTreeMap;

use super::{Act, Step};
use crate::names::{Date, Timestamp, Week};

/// How long after a week's end it is closed: five minutes.
const CLOSING_SECONDS: u64 = 300;

/// A time in the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Days after Monday.
    day: u32,
    /// The hour, in UTC.
    hour: u64,
}

impl Moment {
    /// The hour of a day so many days after Monday.
    #[must_use]
    pub const fn new(day: u32, hour: u64) -> Self {
        Self { day, hour }
    }
}

/// All acts so far, each at its time.
#[derive(Debug)]
pub struct Calendar {
    in_force: Date,
    weeks: u32,
    acts: BTreeMap<Timestamp, Vec<Act>>,
}

impl Calendar {
    /// An empty one, of so many weeks from that of the day on which the agreement enters into
    /// force.
    #[must_use]
    pub const fn new(in_force: Date, weeks: u32) -> Self {
        Self { in_force, weeks, acts: BTreeMap::new() }
    }

    /// The day on which the agreement entered into force.
    #[must_use]
    pub const fn in_force(&self) -> Date {
        self.in_force
    }

    /// How many weeks the season has.
    #[must_use]
    pub const fn weeks(&self) -> u32 {
        self.weeks
    }

    /// The Monday of a week, counted from 0.
    #[must_use]
    pub fn monday(&self, week: u32) -> Date {
        self.in_force.week().monday().plus(week.saturating_mul(7))
    }

    /// The day of a moment. What would come before the agreement enters into force comes on the day
    /// after it.
    #[must_use]
    pub fn day(&self, week: u32, moment: Moment) -> Date {
        let day = self.monday(week).plus(moment.day);
        if day < self.in_force { self.in_force.plus(1) } else { day }
    }

    /// The time of a moment.
    #[must_use]
    pub fn time(&self, week: u32, moment: Moment) -> Timestamp {
        self.day(week, moment).start().plus(moment.hour.saturating_mul(3600))
    }

    /// Adds an act, unless the season ends before; whether it did.
    pub fn add(&mut self, week: u32, moment: Moment, act: Act) -> bool {
        let here = week < self.weeks;
        if here {
            self.acts.entry(self.time(week, moment)).or_default().push(act);
        }
        here
    }

    /// All steps, each week with its end.
    #[must_use]
    pub fn into_steps(mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for number in 0..self.weeks {
            let week = self.monday(number).week();
            let later = self.acts.split_off(&week.end());
            let now = std::mem::replace(&mut self.acts, later);
            steps.extend(now.into_iter().map(|(time, acts)| Step::Submit { time, acts }));
            steps.push(Step::WeekEnd { time: week.end().plus(CLOSING_SECONDS), week });
        }
        steps
    }
}

/// How many weeks lie between two, both included.
#[must_use]
pub fn weeks_through(first: Week, last: Week) -> u32 {
    let days = last.monday().days().saturating_sub(first.monday().days());
    (days / 7).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{names::Party, record::Lapse, season::Numbers};

    fn calendar() -> Calendar {
        Calendar::new("2025-08-06".parse().unwrap(), 2)
    }

    fn act(numbers: &mut Numbers) -> Act {
        let reason = crate::record::LapseReason::GivenUp;
        Act::new(numbers, Party::Gbr, Lapse { reason })
    }

    #[test]
    fn steps_ascend_and_every_week_ends_once_even_one_without_acts() {
        let mut calendar = calendar();
        let mut numbers = Numbers::default();
        for moment in [Moment::new(6, 9), Moment::new(4, 9), Moment::new(4, 18)] {
            assert!(calendar.add(0, moment, act(&mut numbers)));
        }
        assert!(!calendar.add(2, Moment::new(0, 0), act(&mut numbers)));
        let times: Vec<String> =
            calendar.into_steps().iter().map(|step| step.time().to_string()).collect();
        assert_eq!(
            times,
            [
                "2025-08-08T09:00:00Z",
                "2025-08-08T18:00:00Z",
                "2025-08-10T09:00:00Z",
                "2025-08-11T00:05:00Z",
                "2025-08-18T00:05:00Z",
            ]
        );
    }

    #[test]
    fn nothing_comes_before_the_agreement_enters_into_force() {
        let calendar = calendar();
        for (week, day, on) in [
            (0, 0, "2025-08-07"),
            (0, 1, "2025-08-07"),
            (0, 2, "2025-08-06"),
            (0, 4, "2025-08-08"),
            (1, 0, "2025-08-11"),
        ] {
            assert_eq!(calendar.day(week, Moment::new(day, 9)).to_string(), on, "{week} {day}");
        }
    }

    #[test]
    fn weeks_are_counted_with_both_ends() {
        let week = |text: &str| text.parse::<Week>().unwrap();
        assert_eq!(weeks_through(week("2025-W32"), week("2025-W32")), 1);
        assert_eq!(weeks_through(week("2025-W32"), week("2026-W12")), 33);
    }
}
