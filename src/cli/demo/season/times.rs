//! The few times in the week at which the demo's sides sign something.

use crate::season::Moment;

/// Monday, 09:00: requests, visas, and notices of this week's journeys. In the first week, which
/// begins on a Wednesday, it is Thursday.
pub(super) const MONDAY: Moment = Moment::new(0, 9);
/// Wednesday, 10:00: answers; departures.
pub(super) const WEDNESDAY: Moment = Moment::new(2, 10);
/// Wednesday, 18:00: arrivals.
pub(super) const WEDNESDAY_EVENING: Moment = Moment::new(2, 18);
/// Friday, 10:00: answers; departures.
pub(super) const FRIDAY: Moment = Moment::new(4, 10);
/// Saturday, 09:00: arrivals of Friday and of the night.
pub(super) const SATURDAY: Moment = Moment::new(5, 9);

/// The week of 1 December, on whose Monday a backlog is sent in.
pub(super) const BACKLOG_WEEK: u32 = 17;

/// A day of travel: a week, and whether it is its Wednesday or its Friday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// The week, counted from 0.
    pub(super) week: u32,
    /// Whether people travel on Friday and not on Wednesday.
    pub(super) friday: bool,
}

impl Turn {
    /// When people leave.
    pub(super) const fn out(self) -> Moment {
        if self.friday { FRIDAY } else { WEDNESDAY }
    }

    /// When it is known whether they arrived.
    pub(super) const fn home(self) -> Moment {
        if self.friday { SATURDAY } else { WEDNESDAY_EVENING }
    }

    /// The same day of the week before.
    pub(super) const fn week_before(self) -> Self {
        Self { week: self.week.saturating_sub(1), ..self }
    }
}
