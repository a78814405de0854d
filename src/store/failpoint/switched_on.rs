//! Failpoints that do something: one for the process, by its environment, and one for each thread,
//! by whoever tests within it.

use std::{
    cell::Cell,
    io,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::Failpoint;

/// Names the failpoint of the process. It does not begin as the variables that override keys of the
/// configuration.
pub const VARIABLE: &str = "DANGER_FAILPOINT";

/// What happens at a failpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The process aborts (SIGABRT): no destructor runs, nothing is flushed or closed in order.
    Kill,
    /// The step fails as if the disk had.
    Fail,
}

/// One failpoint, and at which time that it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    point: Failpoint,
    nth: u64,
    how: How,
}

thread_local! {
    static ARMED: Cell<Option<Plan>> = const { Cell::new(None) };
}
static OF_PROCESS: OnceLock<Result<Option<Plan>, String>> = OnceLock::new();
static REACHED: AtomicU64 = AtomicU64::new(0);

/// Lets something happen in this thread, the `nth` time from now that it reaches this failpoint (1
/// is the next time), and once. It takes the place of what was armed before.
pub fn arm(point: Failpoint, nth: u64, how: How) {
    ARMED.set(Some(Plan { point, nth, how }));
}

/// Nothing happens in this thread any more. True if something was armed that has not happened.
pub fn disarm() -> bool {
    ARMED.take().is_some()
}

/// Passes by, or not: one may return from here with an error, or never.
///
/// # Errors
/// If this is the failpoint that is to fail, or the environment names none that there is.
pub(crate) fn reach(point: Failpoint) -> io::Result<()> {
    if let Some(plan) = ARMED.get().filter(|plan| plan.point == point) {
        let left = plan.nth.saturating_sub(1);
        ARMED.set((left > 0).then_some(Plan { nth: left, ..plan }));
        if left == 0 {
            return happen(plan);
        }
    }
    match OF_PROCESS.get_or_init(of_process) {
        Ok(None) => Ok(()),
        Ok(Some(plan)) if plan.point != point => Ok(()),
        Ok(Some(plan)) => {
            let before = REACHED.fetch_add(1, Ordering::Relaxed);
            if before.saturating_add(1) == plan.nth { happen(*plan) } else { Ok(()) }
        }
        // Whoever set it wrongly would believe that the point was passed.
        Err(reason) => Err(io::Error::other(reason.clone())),
    }
}

fn happen(plan: Plan) -> io::Result<()> {
    match plan.how {
        How::Kill => std::process::abort(),
        How::Fail => Err(io::Error::other(format!("{VARIABLE} {}", plan.point.name()))),
    }
}

#[expect(clippy::disallowed_methods, reason = "a switch for tests, and no key of a configuration")]
fn of_process() -> Result<Option<Plan>, String> {
    let Some(value) = std::env::var_os(VARIABLE) else { return Ok(None) };
    let value = value.to_string_lossy();
    plan(&value).map(Some).ok_or_else(|| format!("{VARIABLE}={value} names no failpoint"))
}

/// Reads `NAME[:NTH]=HOW`.
fn plan(value: &str) -> Option<Plan> {
    let (point, how) = value.split_once('=')?;
    let (name, nth) = point.split_once(':').unwrap_or((point, "1"));
    let point = *Failpoint::ALL.iter().find(|point| point.name() == name)?;
    let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
    let how = match how {
        "kill" => How::Kill,
        "fail" => How::Fail,
        _ => return None,
    };
    Some(Plan { point, nth, how })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_different_and_in_kebab_case() {
        let mut names: Vec<_> = Failpoint::ALL.iter().map(|point| point.name()).collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Failpoint::ALL.len());
    }

    #[test]
    fn a_plan_says_where_when_and_how() {
        let point = Failpoint::CommitDone;
        let read = |value| plan(value).unwrap();
        assert_eq!(read("commit-done=kill"), Plan { point, nth: 1, how: How::Kill });
        assert_eq!(read("commit-done:12=fail"), Plan { point, nth: 12, how: How::Fail });
        for refused in [
            "",
            "commit-done",
            "commit-done=",
            "commit-done=stop",
            "commit-done=kill ",
            "commit-done:0=kill",
            "commit-done:=kill",
            "commit-done:-1=kill",
            "commit-done:one=kill",
            "commit=kill",
            "Commit-Done=kill",
            "=kill",
        ] {
            assert_eq!(plan(refused), None, "{refused}");
        }
    }

    #[test]
    fn what_is_armed_happens_once_at_its_time_and_to_its_thread_alone() {
        arm(Failpoint::CommitDone, 2, How::Fail);
        reach(Failpoint::CommitWritten).unwrap();
        reach(Failpoint::CommitDone).unwrap();
        let elsewhere = std::thread::spawn(|| reach(Failpoint::CommitDone)).join().unwrap();
        elsewhere.unwrap();
        let failed = reach(Failpoint::CommitDone).unwrap_err();
        assert!(failed.to_string().contains("commit-done"), "{failed}");
        reach(Failpoint::CommitDone).unwrap();
        assert!(!disarm());
        arm(Failpoint::CommitDone, 1, How::Fail);
        assert!(disarm());
        reach(Failpoint::CommitDone).unwrap();
    }
}
