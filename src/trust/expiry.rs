//! How near the end of a certificate, or of a revocation list, is.

use crate::limits::EXPIRY_STAGES_DAYS;
use crate::names::Timestamp;

const DAY_SECONDS: u64 = 86_400;

/// How near an end is. One rule for status, journal, metrics and `check-config`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// More than sixty days are left.
    Good,
    /// Sixty days or less: ask the authority for the next one.
    SixtyDays,
    /// Thirty days or less: the next one should be here.
    ThirtyDays,
    /// Seven days or less: the next one should be in place.
    SevenDays,
    /// It has ended.
    Expired,
}

impl Stage {
    /// Every stage, in the order in which they come.
    pub const ALL: [Self; 5] =
        [Self::Good, Self::SixtyDays, Self::ThirtyDays, Self::SevenDays, Self::Expired];

    /// The stage at `now` of what is valid to the end of the second `not_after` (RFC 5280 section
    /// 4.1.2.5).
    #[must_use]
    pub fn of(not_after: Timestamp, now: Timestamp) -> Self {
        let [sixty, thirty, seven] = EXPIRY_STAGES_DAYS;
        let Some(left) = not_after.seconds().checked_sub(now.seconds()) else {
            return Self::Expired;
        };
        let within = |days: u64| left <= days.saturating_mul(DAY_SECONDS);
        if within(seven) {
            Self::SevenDays
        } else if within(thirty) {
            Self::ThirtyDays
        } else if within(sixty) {
            Self::SixtyDays
        } else {
            Self::Good
        }
    }

    /// Whether somebody should be told.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        !matches!(self, Self::Good)
    }
}

/// Whole days that are left at `now`; below zero those since the end.
#[must_use]
pub fn days_left(not_after: Timestamp, now: Timestamp) -> i64 {
    let days = |seconds: u64| i64::try_from(seconds.div_euclid(DAY_SECONDS)).unwrap_or(i64::MAX);
    match not_after.seconds().checked_sub(now.seconds()) {
        Some(left) => days(left),
        None => days(now.distance(not_after)).saturating_neg(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_begins_at_its_very_second() {
        let end = Timestamp::new(100 * DAY_SECONDS);
        for (before_the_end, stage) in [
            (100 * DAY_SECONDS, Stage::Good),
            (60 * DAY_SECONDS + 1, Stage::Good),
            (60 * DAY_SECONDS, Stage::SixtyDays),
            (30 * DAY_SECONDS + 1, Stage::SixtyDays),
            (30 * DAY_SECONDS, Stage::ThirtyDays),
            (7 * DAY_SECONDS + 1, Stage::ThirtyDays),
            (7 * DAY_SECONDS, Stage::SevenDays),
            (1, Stage::SevenDays),
            // The last second is still within (RFC 5280 section 4.1.2.5).
            (0, Stage::SevenDays),
        ] {
            let now = Timestamp::new(end.seconds() - before_the_end);
            assert_eq!(Stage::of(end, now), stage, "{before_the_end}");
        }
        for after in [1, DAY_SECONDS, u64::MAX] {
            assert_eq!(Stage::of(end, end.plus(after)), Stage::Expired, "{after}");
        }
    }

    #[test]
    fn whole_days_are_counted_down_and_then_up() {
        let end = Timestamp::new(10 * DAY_SECONDS);
        for (now, days) in [
            (0, 10),
            (1, 9),
            (9 * DAY_SECONDS, 1),
            (9 * DAY_SECONDS + 1, 0),
            (10 * DAY_SECONDS, 0),
            (10 * DAY_SECONDS + 1, 0),
            (11 * DAY_SECONDS, -1),
            (13 * DAY_SECONDS - 1, -2),
        ] {
            assert_eq!(days_left(end, Timestamp::new(now)), days, "{now}");
        }
    }

    #[test]
    fn only_a_good_stage_warns_nobody_and_later_stages_are_greater() {
        let warning: Vec<bool> = Stage::ALL.iter().map(|stage| stage.is_warning()).collect();
        assert_eq!(warning, [false, true, true, true, true]);
        assert!(Stage::ALL.is_sorted());
    }
}
