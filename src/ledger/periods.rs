//! The limits that the provisions set, as last days. A limit is met on its last day, to the last
//! second of it in UTC, and missed on the first second after.

use crate::{
    names::Date,
    record::{DayCounting, Provisions},
};

impl Provisions {
    /// The last day of a period of days that an event starts.
    #[must_use]
    pub fn last_day(&self, event: Date, days: u32) -> Date {
        match self.counting {
            DayCounting::DayAfter => event.plus(days),
            DayCounting::SameDay => event.plus(days.saturating_sub(1)),
            DayCounting::DayAfterToMonday => to_monday(event.plus(days)),
        }
    }

    /// The last day of a period of months that an event starts.
    #[must_use]
    pub fn last_day_of_months(&self, event: Date, months: u32) -> Date {
        match self.counting {
            DayCounting::DayAfter => event.plus_months(months),
            DayCounting::SameDay => event.plus_months(months).minus(1).max(event),
            DayCounting::DayAfterToMonday => to_monday(event.plus_months(months)),
        }
    }
}

/// The day itself, or the Monday after it if it is a Saturday or a Sunday.
const fn to_monday(day: Date) -> Date {
    match day.weekday() {
        5 => day.plus(2),
        6 => day.plus(1),
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::fixture::{day, provisions};

    fn check(counting: DayCounting, event: &str, days: u32, months: u32, wanted: [&str; 2]) {
        let it = Provisions { counting, ..provisions() };
        let found = [it.last_day(day(event), days), it.last_day_of_months(day(event), months)];
        assert_eq!(found, wanted.map(day), "{counting} from {event}");
    }

    #[test]
    fn periods_are_counted_as_the_provisions_say() {
        use DayCounting::{DayAfter, DayAfterToMonday, SameDay};
        // 6 August 2025 was a Wednesday.
        check(DayAfter, "2025-08-06", 14, 3, ["2025-08-20", "2025-11-06"]);
        check(SameDay, "2025-08-06", 14, 3, ["2025-08-19", "2025-11-05"]);
        check(DayAfterToMonday, "2025-08-06", 14, 3, ["2025-08-20", "2025-11-06"]);
        // A Saturday and a Sunday become the Monday after them.
        check(DayAfterToMonday, "2025-08-09", 14, 1, ["2025-08-25", "2025-09-09"]);
        check(DayAfterToMonday, "2025-08-10", 14, 4, ["2025-08-25", "2025-12-10"]);
        check(DayAfter, "2025-08-09", 14, 1, ["2025-08-23", "2025-09-09"]);
    }

    #[test]
    fn a_month_without_such_a_day_ends_the_period_on_its_last() {
        use DayCounting::{DayAfter, SameDay};
        check(DayAfter, "2025-11-30", 0, 3, ["2025-11-30", "2026-02-28"]);
        check(DayAfter, "2025-08-31", 28, 1, ["2025-09-28", "2025-09-30"]);
        check(DayAfter, "2023-11-29", 28, 3, ["2023-12-27", "2024-02-29"]);
        check(SameDay, "2025-12-31", 0, 0, ["2025-12-31", "2025-12-31"]);
        check(DayAfter, "2025-12-31", 1, 2, ["2026-01-01", "2026-02-28"]);
    }
}
