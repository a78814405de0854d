//! How often the journal hears of connections that were refused: a few lines of each kind, then
//! one that sums up. A flood of strangers must not fill the disk, and must not go unseen.

use std::{
    collections::{BTreeMap, HashSet},
    net::IpAddr,
};

use super::{gauge::Turned, porch::Source};
use crate::limits::{
    NOTICE_CHARACTERS_MAX, NOTICE_REFILL_SECONDS, NOTICE_SECONDS, NOTICE_SOURCES_MAX, NOTICES_MAX,
};

/// What was not told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    /// Of which kind.
    pub(super) why: Turned,
    /// How many.
    pub(super) more: u64,
    /// From how many sources, counted up to the bound.
    pub(super) sources: usize,
    /// Within how many seconds.
    pub(super) seconds: u64,
}

/// The limiter. The time is an argument: seconds of a clock that never goes back.
#[derive(Debug, Default)]
pub(super) struct Notices(BTreeMap<Turned, Bucket>);

/// What was told last of a few places, each by itself: news at once, and what stays as it is now
/// and then.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeMap<String, (String, u64)>);

impl Told {
    /// Whether this is to be told of the place; it is taken to be told.
    pub(super) fn is_news(&mut self, now: u64, place: &str, why: &str) -> bool {
        let known = self.0.get(place).is_some_and(|(told, at)| {
            told == why && now.saturating_sub(*at) < NOTICE_REFILL_SECONDS
        });
        if !known {
            self.0.insert(place.to_owned(), (why.to_owned(), now));
        }
        !known
    }

    /// Forgets every place but these.
    pub(super) fn keep(&mut self, places: &[&str]) {
        self.0.retain(|place, _| places.contains(&place.as_str()));
    }
}

#[derive(Debug)]
struct Bucket {
    /// Lines that may still be written.
    left: u64,
    filled_at: u64,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    since: u64,
    more: u64,
    sources: HashSet<Source>,
}

impl Notices {
    /// Whether this one is told by itself; if not, it will be summed up.
    pub(super) fn tells(&mut self, now: u64, why: Turned, from: IpAddr) -> bool {
        let fresh = Bucket { left: NOTICES_MAX, filled_at: now, held: None };
        let bucket = self.0.entry(why).or_insert(fresh);
        let gained = now.saturating_sub(bucket.filled_at) / NOTICE_REFILL_SECONDS;
        if gained > 0 {
            bucket.left = bucket.left.saturating_add(gained).min(NOTICES_MAX);
            bucket.filled_at = now;
        }
        // What is being summed up stays together until it is told.
        if bucket.held.is_none() && bucket.left > 0 {
            bucket.left = bucket.left.saturating_sub(1);
            return true;
        }
        let held = bucket.held.get_or_insert_with(|| Held {
            since: now,
            more: 0,
            sources: HashSet::new(),
        });
        held.more = held.more.saturating_add(1);
        if held.sources.len() < NOTICE_SOURCES_MAX {
            held.sources.insert(from.into());
        }
        false
    }

    /// What is due to be summed up; with `all`, what is not due as well.
    pub(super) fn due(&mut self, now: u64, all: bool) -> Vec<Summary> {
        let mut due = Vec::new();
        for (why, bucket) in &mut self.0 {
            let old = |held: &mut Held| all || now.saturating_sub(held.since) >= NOTICE_SECONDS;
            if let Some(held) = bucket.held.take_if(old) {
                due.push(Summary {
                    why: *why,
                    more: held.more,
                    sources: held.sources.len(),
                    seconds: now.saturating_sub(held.since).max(1),
                });
            }
        }
        due
    }
}

/// A reason as it may stand in the journal: what a stranger sent, if any of it is in there, writes
/// no line of its own and commands no terminal.
pub(super) fn tame(reason: &impl ToString) -> String {
    reason.to_string().escape_debug().take(NOTICE_CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_place_news_are_told_at_once_and_the_same_once_a_minute() {
        let mut told = Told::default();
        for (now, place, why, expected) in [
            (0, "a", "refused", true),
            (0, "b", "refused", true),
            (1, "a", "refused", false),
            (2, "a", "no answer", true),
            (NOTICE_REFILL_SECONDS, "b", "refused", true),
            (NOTICE_REFILL_SECONDS + 1, "a", "no answer", false),
            (NOTICE_REFILL_SECONDS + 2, "a", "no answer", true),
        ] {
            assert_eq!(told.is_news(now, place, why), expected, "{now} {place} {why}");
        }
        told.keep(&["b"]);
        assert!(told.is_news(NOTICE_REFILL_SECONDS + 3, "a", "no answer"));
        assert!(!told.is_news(NOTICE_REFILL_SECONDS + 3, "b", "refused"));
    }

    const WHY: Turned = Turned::NotTls;

    fn from(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn a_few_are_told_and_the_rest_summed_up_once_a_minute() {
        let mut notices = Notices::default();
        let told = (0..NOTICES_MAX + 4312)
            .filter(|number| notices.tells(0, WHY, from(u8::try_from(number % 17).unwrap())));
        assert_eq!(u64::try_from(told.count()).unwrap(), NOTICES_MAX);
        assert_eq!(notices.due(NOTICE_SECONDS - 1, false), []);
        let summary = Summary { why: WHY, more: 4312, sources: 17, seconds: NOTICE_SECONDS };
        assert_eq!(notices.due(NOTICE_SECONDS, false), [summary]);
        assert_eq!(notices.due(NOTICE_SECONDS, false), [], "it is told once");
    }

    #[test]
    fn after_a_quiet_time_the_next_ones_are_told_again() {
        let mut notices = Notices::default();
        while notices.tells(0, WHY, from(1)) {}
        notices.due(NOTICE_SECONDS, false);
        let now = NOTICE_SECONDS + NOTICE_REFILL_SECONDS * NOTICES_MAX;
        let told = (0..NOTICES_MAX + 1).filter(|_| notices.tells(now, WHY, from(1))).count();
        assert_eq!(u64::try_from(told).unwrap(), NOTICES_MAX, "and no more than at first");
    }

    #[test]
    fn in_the_long_run_the_journal_gets_no_more_than_the_bucket_gives() {
        let mut notices = Notices::default();
        let (mut lines, hours) = (0, 2);
        for second in 0..hours * 3600 {
            for _ in 0..100 {
                lines += u64::from(notices.tells(second, WHY, from(1)));
            }
            lines += u64::try_from(notices.due(second, false).len()).unwrap();
        }
        let refilled = hours * 3600 / NOTICE_REFILL_SECONDS;
        let summaries = hours * 3600 / NOTICE_SECONDS;
        assert!(lines <= NOTICES_MAX + refilled + summaries, "{lines}");
    }

    #[test]
    fn one_kind_does_not_silence_another_and_sources_are_counted_up_to_a_bound() {
        let mut notices = Notices::default();
        for number in 0..20_000_u32 {
            notices.tells(0, WHY, number.to_be_bytes().into());
        }
        assert!(notices.tells(0, Turned::Stranger, from(1)));
        let summaries = notices.due(1, true);
        assert_eq!(summaries.len(), 1, "{summaries:?}");
        assert_eq!(summaries[0].sources, NOTICE_SOURCES_MAX);
        assert_eq!(summaries[0].more, 20_000 - NOTICES_MAX);
    }

    #[test]
    fn a_reason_writes_no_line_of_its_own() {
        let tamed = tame(&"x\r\n2026 FORGED \u{1b}[2J\u{202e}".repeat(99));
        assert!(tamed.chars().all(|one| !one.is_control() && one != '\u{202e}'), "{tamed}");
        assert!(tamed.chars().count() <= NOTICE_CHARACTERS_MAX);
    }
}
