//! Whether this side's clock may be believed enough to cosign by.
//!
//! The clock is never trusted for order. But a cosignature carries a time, and deadlines run from
//! it: a side whose clock is off by more than the agreement's bound lets entries flow and pauses
//! cosigning and closing.

use crate::{
    danger::{Bug, planted},
    names::Timestamp,
};

/// One reading of both clocks, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// The monotonic clock, in seconds since some moment; stands still for a rehearsal, whose wall
    /// clock is a file.
    pub monotonic: u64,
}

/// Which test of the clock failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// The two sides' clocks differ.
    #[error("the clocks of the two sides differ by {seconds} s, and the bound is {bound} s")]
    Differs {
        /// By how much.
        seconds: u64,
        /// The agreement's bound.
        bound: u64,
    },
    /// The wall clock moved otherwise than the monotonic clock.
    #[error("the wall clock jumped by {seconds} s against the monotonic clock; bound {bound} s")]
    Jumped {
        /// By how much.
        seconds: u64,
        /// The agreement's bound.
        bound: u64,
    },
    /// The wall clock is behind the newest cosignature.
    #[error("the wall clock is behind our own newest cosignature, of {last}")]
    BehindOwn {
        /// The time of the newest cosignature.
        last: Timestamp,
    },
}

/// What is known of the clock. Only the scribe writes it.
#[derive(Debug, Clone)]
pub(super) struct ClockWatch {
    bound: u64,
    rehearsal: bool,
    anchor: Option<Reading>,
    differs: Option<u64>,
}

impl ClockWatch {
    pub(super) const fn new(bound: u64, rehearsal: bool) -> Self {
        Self { bound, rehearsal, anchor: None, differs: None }
    }

    /// Notes what the counterpart's clock said when ours said `reading`. Agreement with it also
    /// settles what a jump was: a correction.
    pub(super) const fn heard(&mut self, reading: Reading, theirs: Timestamp) {
        // A rehearsal's two sides read one file. What was said before it was stepped is not a
        // difference of clocks; only a clock ahead of ours would be.
        let before_step = self.rehearsal && theirs.seconds() < reading.wall.seconds();
        let seconds = if before_step { 0 } else { reading.wall.distance(theirs) };
        self.differs = Some(seconds);
        if seconds <= self.bound {
            self.anchor = Some(reading);
        }
    }

    /// Which test fails now, if one does; `last` is the time of our newest cosignature.
    pub(super) fn fault(
        &mut self,
        reading: Reading,
        last: Option<Timestamp>,
    ) -> Option<ClockFault> {
        let bound = self.bound;
        if let Some(seconds) = self.differs.filter(|seconds| *seconds > bound) {
            return Some(ClockFault::Differs { seconds, bound });
        }
        if let Some(last) = last.filter(|last| reading.wall < *last) {
            return Some(ClockFault::BehindOwn { last });
        }
        let anchor = *self.anchor.get_or_insert(reading);
        if self.rehearsal {
            return None;
        }
        let passed = reading.monotonic.saturating_sub(anchor.monotonic);
        let seconds = anchor.wall.plus(passed).distance(reading.wall);
        if planted(Bug::ForgiveJump) {
            self.anchor = Some(reading);
        }
        (seconds > bound).then_some(ClockFault::Jumped { seconds, bound })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: u64, monotonic: u64) -> Reading {
        Reading { wall: Timestamp::new(wall), monotonic }
    }

    #[test]
    fn clocks_that_differ_by_more_than_the_bound_are_named() {
        let mut watch = ClockWatch::new(5, false);
        watch.heard(at(1000, 0), Timestamp::new(1005));
        assert_eq!(watch.fault(at(1000, 0), None), None);
        watch.heard(at(1000, 0), Timestamp::new(1006));
        let differs = ClockFault::Differs { seconds: 6, bound: 5 };
        assert_eq!(watch.fault(at(1000, 0), None), Some(differs));
        watch.heard(at(1001, 1), Timestamp::new(1001));
        assert_eq!(watch.fault(at(1001, 1), None), None);
    }

    #[test]
    fn a_jump_of_the_wall_clock_is_named_until_the_counterpart_agrees_with_it() {
        let mut watch = ClockWatch::new(5, false);
        assert_eq!(watch.fault(at(1000, 0), None), None);
        assert_eq!(watch.fault(at(1065, 60), None), None);
        let jumped = ClockFault::Jumped { seconds: 6, bound: 5 };
        assert_eq!(watch.fault(at(1066, 60), None), Some(jumped));
        assert_eq!(watch.fault(at(1054, 60), None), Some(jumped));
        watch.heard(at(1066, 60), Timestamp::new(1066));
        assert_eq!(watch.fault(at(1067, 61), None), None);
    }

    #[test]
    fn a_clock_behind_our_own_newest_cosignature_is_named() {
        let mut watch = ClockWatch::new(5, true);
        let last = Timestamp::new(1000);
        let fault = watch.fault(at(999, 0), Some(last));
        assert_eq!(fault, Some(ClockFault::BehindOwn { last }));
        assert_eq!(watch.fault(at(1000, 0), Some(last)), None);
    }

    #[test]
    fn a_rehearsal_steps_its_wall_clock_freely() {
        let mut watch = ClockWatch::new(5, true);
        watch.heard(at(900_000, 0), Timestamp::new(1000));
        assert_eq!(watch.fault(at(900_000, 0), None), None);
        watch.heard(at(1000, 0), Timestamp::new(900_000));
        assert!(watch.fault(at(1000, 0), None).is_some());
        let mut watch = ClockWatch::new(5, true);
        assert_eq!(watch.fault(at(1000, 0), None), None);
        assert_eq!(watch.fault(at(900_000, 1), None), None);
    }
}
