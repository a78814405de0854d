//! Warns in the journal, in time, of what is in use and ends: once when a stage begins, and once a
//! day from then on.
//!
//! It looks at what the status shows, and so at what is in use now, whatever was loaded before.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::watch;

use super::{
    edge::Edge,
    scribe::{Command, Handle},
};
use crate::{
    limits::{EXPIRY_LOOK_SECONDS, EXPIRY_REMINDER_SECONDS},
    names::{Hash, Timestamp},
    trust::{EndingView, Stage},
};

/// What was said of each ending, and when.
#[derive(Debug, Default)]
pub struct Reminders(BTreeMap<Hash, (Stage, Timestamp)>);

impl Reminders {
    /// Which endings are to be told now; they are taken to be told. What is no longer in use is
    /// forgotten.
    pub fn due(&mut self, all: &[EndingView], now: Timestamp) -> Vec<EndingView> {
        self.0.retain(|told, _| all.iter().any(|one| one.fingerprint == *told));
        let mut due = Vec::new();
        for one in all.iter().filter(|one| one.stage.is_warning()) {
            let told = self.0.get(&one.fingerprint);
            let is_told = told.is_some_and(|(stage, at)| {
                *stage == one.stage && now.distance(*at) < EXPIRY_REMINDER_SECONDS
            });
            if !is_told {
                self.0.insert(one.fingerprint, (one.stage, now));
                due.push(*one);
            }
        }
        due
    }
}

/// Looks once a minute, and at once, until it is told to stop.
pub async fn watch(edge: Edge, handle: Handle, mut stopped: watch::Receiver<bool>) {
    let mut looks = tokio::time::interval(Duration::from_secs(EXPIRY_LOOK_SECONDS));
    // One look is as good as several that were missed.
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut reminders = Reminders::default();
    while !*stopped.borrow() {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stopped.changed() => return,
        }
        let Ok(answer) = handle.ask(|reply| Command::Status { reply }).await else { return };
        let Ok(mut status) = answer else { continue };
        edge.complete(&mut status);
        for one in reminders.due(&status.certificates, status.clock) {
            tell(&one);
        }
    }
}

fn tell(one: &EndingView) {
    let (party, purpose, fingerprint) = (one.party, one.purpose, one.fingerprint);
    let (not_after, days_left, advice) = (one.not_after, one.days_left, purpose.advice());
    if one.stage == Stage::Expired {
        tracing::error!(%party, %purpose, %fingerprint, %not_after, advice, "has expired");
    } else {
        tracing::warn!(
            %party, %purpose, %fingerprint, %not_after, days_left, advice, "ends soon"
        );
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers are small here")]
mod tests {
    use super::*;
    use crate::{
        names::Party,
        trust::{Ending, EndingUse},
    };

    const DAY: u64 = 86_400;
    const END: u64 = 1000 * DAY;

    fn ending(name: u8) -> Ending {
        Ending::of(Party::Gbr, EndingUse::Tls, &[name], Timestamp::new(END))
    }

    /// How often each of these seconds before the end says something.
    fn told(reminders: &mut Reminders, before_the_end: &[u64]) -> Vec<usize> {
        let told = before_the_end.iter().map(|before| {
            let now = Timestamp::new(END - before);
            reminders.due(&[ending(1).view(now)], now).len()
        });
        told.collect()
    }

    #[test]
    fn a_stage_is_told_when_it_begins_and_once_a_day_from_then_on() {
        let mut reminders = Reminders::default();
        let seconds = [
            (61 * DAY, 0),
            (60 * DAY + 1, 0),
            (60 * DAY, 1),
            (60 * DAY - 1, 0),
            (59 * DAY + 1, 0),
            (59 * DAY, 1),
            (59 * DAY - 60, 0),
            (30 * DAY + 1, 1),
            // The next stage does not wait for the next day.
            (30 * DAY, 1),
            (30 * DAY - 60, 0),
            (7 * DAY, 1),
            (0, 1),
        ];
        let (before, expected): (Vec<u64>, Vec<usize>) = seconds.into_iter().unzip();
        assert_eq!(told(&mut reminders, &before), expected);
    }

    #[test]
    fn a_daemon_that_starts_within_a_stage_warns_at_once() {
        for before in [60 * DAY, 31 * DAY, 7 * DAY, 0] {
            assert_eq!(told(&mut Reminders::default(), &[before, before]), [1, 0], "{before}");
        }
    }

    #[test]
    fn what_has_expired_is_told_every_day() {
        let mut reminders = Reminders::default();
        for (after, expected) in [(1, 1), (DAY, 0), (DAY + 1, 1), (DAY + 2, 0), (3 * DAY, 1)] {
            let now = Timestamp::new(END + after);
            let due = reminders.due(&[ending(1).view(now)], now);
            assert_eq!(due.len(), expected, "{after}");
            assert!(due.iter().all(|one| one.stage == Stage::Expired));
        }
    }

    #[test]
    fn each_certificate_is_told_by_itself_and_what_was_replaced_is_forgotten() {
        let mut reminders = Reminders::default();
        let now = Timestamp::new(END - DAY);
        let (old, new) = (ending(1).view(now), ending(2).view(now));
        assert_eq!(reminders.due(&[old], now), [old]);
        assert_eq!(reminders.due(&[old, new], now), [new]);
        assert_eq!(reminders.due(&[new], now), []);
        assert_eq!(reminders.due(&[old, new], now), [old], "it is in use again");
    }
}
