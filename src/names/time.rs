//! Seconds, days and weeks. All in UTC; none of them reads a clock.

use jiff::civil::{self, ISOWeekDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Text that is no time, day or week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {want}")]
pub struct BadTime {
    /// What was given.
    pub value: String,
    /// What it should have been, with an example.
    pub want: &'static str,
}

/// The last second that is accepted: the end of the year 9999.
const SECONDS_MAX: u64 = 253_402_300_799;
/// The last day that is accepted: 31 December 9999.
const DAYS_MAX: u32 = 2_932_896;
const DAY_SECONDS: u64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted; at most the end of 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Wraps seconds since the epoch; the end of the year 9999 if they lie beyond it.
    #[must_use]
    pub const fn new(seconds: u64) -> Self {
        Self(if seconds > SECONDS_MAX { SECONDS_MAX } else { seconds })
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The day that this second lies in, in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Date(u32::try_from(self.0 / DAY_SECONDS).unwrap_or(DAYS_MAX).min(DAYS_MAX))
    }

    /// How far apart two times are, in seconds, whichever is later.
    #[must_use]
    pub const fn distance(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }

    /// The time this many seconds later.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self::new(self.0.saturating_add(seconds))
    }
}

/// A calendar day: days since 1970-01-01, as in RFC 8943 section 1; at most 9999-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date(u32);

impl Date {
    /// Wraps a number of days since the epoch; the last day of 9999 if it lies beyond it.
    #[must_use]
    pub const fn new(days: u32) -> Self {
        Self(if days > DAYS_MAX { DAYS_MAX } else { days })
    }

    /// Days since the epoch.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.0
    }

    /// The first second of the day in UTC.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::new(u64::from(self.0).saturating_mul(DAY_SECONDS))
    }

    /// The ISO 8601 week that the day lies in.
    #[must_use]
    pub fn week(self) -> Week {
        let day = self.civil().iso_week_date();
        Week(ISOWeekDate::new(day.year(), day.week(), Weekday::Monday).unwrap_or(day))
    }

    /// The day this many days later.
    #[must_use]
    pub const fn plus(self, days: u32) -> Self {
        Self::new(self.0.saturating_add(days))
    }

    /// The day this many days earlier; 1970-01-01 if it lies before it.
    #[must_use]
    pub const fn minus(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// The same day of the month this many months later, or that month's last day if it has no such
    /// day (Regulation (EEC, Euratom) 1182/71 Art. 3(2)(c)).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let later = self.civil().saturating_add(jiff::Span::new().months(i64::from(months)));
        Self::from_civil(later).unwrap_or(Self(DAYS_MAX))
    }

    /// Days since the Monday of the week: 0 on a Monday, 6 on a Sunday.
    #[must_use]
    pub const fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        self.0.saturating_add(3) % 7
    }

    fn civil(self) -> civil::Date {
        let epoch = civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(i64::from(self.0)))
    }

    fn from_civil(day: civil::Date) -> Option<Self> {
        let days = civil::date(1970, 1, 1).until(day).ok()?.get_days();
        u32::try_from(days).ok().filter(|days| *days <= DAYS_MAX).map(Self)
    }
}

/// An ISO 8601 week: Monday 00:00 UTC to the next Monday 00:00 UTC.
///
/// The sources are silent on the week of the weekly data (Art. 17(1)(d)); this is the rule of
/// rules version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(ISOWeekDate);

impl Week {
    /// The first day, a Monday.
    #[must_use]
    pub fn monday(self) -> Date {
        let day = ISOWeekDate::new(self.0.year(), self.0.week(), Weekday::Monday)
            .map_or(civil::Date::MAX, ISOWeekDate::date);
        Date::from_civil(day).unwrap_or(Date(0))
    }

    /// The first second after the week.
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.monday().plus(7).start()
    }

    /// The week after this one.
    #[must_use]
    pub fn next(self) -> Self {
        self.monday().plus(7).week()
    }
}

const WANT_TIME: &str = "a time in UTC, as in 2025-11-05T14:30:00Z";
const WANT_DATE: &str = "a day, as in 2025-11-05";
const WANT_WEEK: &str = "an ISO week, as in 2025-W45";

fn bad(value: &str, want: &'static str) -> BadTime {
    BadTime { value: value.chars().take(40).collect(), want }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let second = self.0 % DAY_SECONDS;
        let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
        f.pad(&format!("{}T{hours:02}:{minutes:02}:{seconds:02}Z", self.date()))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = BadTime;
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let time: jiff::Timestamp = text.parse().map_err(|_| bad(text, WANT_TIME))?;
        let seconds = u64::try_from(time.as_second()).map_err(|_| bad(text, WANT_TIME))?;
        // Only the one written form, so that the same second is always written the same way.
        let back = Self(seconds);
        if back.to_string() == text { Ok(back) } else { Err(bad(text, WANT_TIME)) }
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.civil().to_string())
    }
}

impl std::str::FromStr for Date {
    type Err = BadTime;
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let day: civil::Date = text.parse().map_err(|_| bad(text, WANT_DATE))?;
        let back = Self::from_civil(day).ok_or_else(|| bad(text, WANT_DATE))?;
        if back.to_string() == text { Ok(back) } else { Err(bad(text, WANT_DATE)) }
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:04}-W{:02}", self.0.year(), self.0.week()))
    }
}

impl std::str::FromStr for Week {
    type Err = BadTime;
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let refuse = || bad(text, WANT_WEEK);
        let (year, week) = text.split_once("-W").ok_or_else(refuse)?;
        let year: i16 = year.parse().map_err(|_| refuse())?;
        let week: i8 = week.parse().map_err(|_| refuse())?;
        let monday = ISOWeekDate::new(year, week, Weekday::Monday).map_err(|_| refuse())?;
        let week = Date::from_civil(monday.date()).ok_or_else(refuse)?.week();
        if week.to_string() == text { Ok(week) } else { Err(refuse()) }
    }
}

macro_rules! text_or_number {
    ($name:ident, $inner:ty, $max:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() { to.collect_str(self) } else { self.0.serialize(to) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                    return text.parse().map_err(D::Error::custom);
                }
                let number = <$inner>::deserialize(from)?;
                if number <= $max {
                    Ok(Self(number))
                } else {
                    Err(D::Error::custom("a time after the year 9999"))
                }
            }
        }
    };
}
text_or_number!(Timestamp, u64, SECONDS_MAX);
text_or_number!(Date, u32, DAYS_MAX);

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_its_week_are_read_and_written_the_same_way() {
        for (day, week) in [
            ("2025-08-06", "2025-W32"),
            ("2025-12-29", "2026-W01"),
            ("2027-01-03", "2026-W53"),
            ("1970-01-05", "1970-W02"),
        ] {
            let date: Date = day.parse().unwrap();
            assert_eq!(date.to_string(), day);
            assert_eq!(date.week().to_string(), week);
            assert_eq!(week.parse::<Week>().unwrap(), date.week());
        }
    }

    #[test]
    fn a_week_ends_where_the_next_begins() {
        let week: Week = "2025-W52".parse().unwrap();
        assert_eq!(week.end().to_string(), "2025-12-29T00:00:00Z");
        assert_eq!(week.next().to_string(), "2026-W01");
        assert_eq!(week.next().monday().start(), week.end());
    }

    #[test]
    fn other_written_forms_of_a_time_are_refused() {
        for bad in ["2025-W54", "2025-W1", "2025W01", "25-W01", "2025-w01", "2025-W00", ""] {
            assert!(bad.parse::<Week>().is_err(), "{bad}");
        }
        for bad in ["2025-02-29", "2025-2-1", "20250201", "2025-11-05T00:00:00Z", "1969-12-31"] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in [
            "2025-11-05",
            "2025-11-05T14:30:00",
            "2025-11-05T14:30:00+01:00",
            "2025-11-05T14:30:00.5Z",
            "2025-11-05 14:30:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        assert_eq!("2025-11-05T14:30:00Z".parse::<Timestamp>().unwrap().seconds(), 1_762_353_000);
    }
}
