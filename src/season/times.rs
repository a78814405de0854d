//! The times in the week at which the sides of a generated season sign something.

use super::Moment;

/// A moment of a numbered week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    /// The week, counted from 0.
    pub(super) week: u32,
    /// The moment in it.
    pub(super) moment: Moment,
}

/// Before anything else of a week.
pub(super) const MONDAY_EARLY: Moment = Moment::new(0, 7);
pub(super) const MONDAY: Moment = Moment::new(0, 9);
pub(super) const MONDAY_NOON: Moment = Moment::new(0, 12);
pub(super) const MONDAY_LATE: Moment = Moment::new(0, 15);
pub(super) const TUESDAY: Moment = Moment::new(1, 10);
pub(super) const TUESDAY_NOON: Moment = Moment::new(1, 12);
pub(super) const TUESDAY_LATE: Moment = Moment::new(1, 15);
pub(super) const WEDNESDAY: Moment = Moment::new(2, 10);
pub(super) const WEDNESDAY_EVENING: Moment = Moment::new(2, 18);
pub(super) const THURSDAY: Moment = Moment::new(3, 9);
pub(super) const FRIDAY: Moment = Moment::new(4, 10);
pub(super) const FRIDAY_LATE: Moment = Moment::new(4, 15);
pub(super) const SATURDAY: Moment = Moment::new(5, 9);
/// Sunday: what puts the week's records right, and each time the second pair of eyes.
pub(super) const SUNDAY: Moment = Moment::new(6, 9);
pub(super) const SUNDAY_APPROVALS: Moment = Moment::new(6, 11);
pub(super) const SUNDAY_CONSENTS: Moment = Moment::new(6, 13);
pub(super) const SUNDAY_LAST: Moment = Moment::new(6, 15);

/// A moment of a numbered week.
pub(super) const fn on(week: u32, moment: Moment) -> When {
    When { week, moment }
}
