//! What time it is: the system's clock, or, for a rehearsal, a file that says so.
//!
//! Everything that needs the time gets it from one [`Clock`]: records, cosignatures, and TLS. So in
//! a rehearsal certificates are judged at the rehearsal's time too.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use rustls::{pki_types::UnixTime, time_provider::TimeProvider};

use super::{config::Rehearsal, scribe::Reading};
use crate::names::Timestamp;

/// A clock. Clones of it are the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    /// The wall clock, with the moment from which the monotonic clock counts.
    System { began: Instant },
    /// A file that others replace; `last` is the latest time that it ever said here, in seconds.
    RehearsalFile { path: PathBuf, last: AtomicU64, began: Instant },
}

/// Why there is no clock to go by.
#[derive(Debug, thiserror::Error)]
pub enum ClockRefused {
    /// A clock file, and an agreement in earnest.
    #[error("rehearsal.clock is {path}, and the agreement is no rehearsal", path = .0.display())]
    InEarnest(PathBuf),
    /// A rehearsal without a clock file.
    #[error("the agreement is a rehearsal, and rehearsal.clock is not set")]
    NoFile,
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{path} holds no time", path = .0.display())]
    NoTime(PathBuf),
}

impl ClockRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::InEarnest(_) => {
                "remove the table [rehearsal]: nobody may turn this clock by hand"
            }
            Self::NoFile => {
                "add [rehearsal] with clock = \"...\", so that nobody takes a rehearsal for earnest"
            }
            Self::Unreadable { .. } | Self::NoTime(_) => {
                "write the time there, in whole seconds since 1970-01-01T00:00:00Z and nothing else"
            }
        }
    }
}

impl Clock {
    /// The system's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn system() -> Self {
        Self(Arc::new(Source::System { began: Instant::now() }))
    }

    /// The clock of a rehearsal, whose file must say a time by now.
    ///
    /// # Errors
    /// If it does not.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn rehearsal_file(path: &Path) -> Result<Self, ClockRefused> {
        let seconds = seconds_in(path)
            .map_err(|source| ClockRefused::Unreadable { path: path.to_owned(), source })?
            .ok_or_else(|| ClockRefused::NoTime(path.to_owned()))?;
        let last = AtomicU64::new(seconds);
        let (path, began) = (path.to_owned(), Instant::now());
        Ok(Self(Arc::new(Source::RehearsalFile { path, last, began })))
    }

    /// The clock that an agreement and a configuration name together: a file if and only if it is a
    /// rehearsal, so that neither can be taken for the other.
    ///
    /// # Errors
    /// If only one of the two says that it is a rehearsal, or the file says no time.
    pub fn choose(rehearsal: bool, file: Option<&Rehearsal>) -> Result<Self, ClockRefused> {
        match (rehearsal, file) {
            (false, None) => Ok(Self::system()),
            (true, Some(file)) => Self::rehearsal_file(&file.clock),
            (false, Some(file)) => Err(ClockRefused::InEarnest(file.clock.clone())),
            (true, None) => Err(ClockRefused::NoFile),
        }
    }

    /// Seconds of the real monotonic clock since the daemon began, in a rehearsal too: time-outs
    /// are never rehearsed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn uptime(&self) -> u64 {
        match &*self.0 {
            Source::System { began } | Source::RehearsalFile { began, .. } => {
                began.elapsed().as_secs()
            }
        }
    }

    /// Milliseconds of the same.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn uptime_millis(&self) -> u128 {
        match &*self.0 {
            Source::System { began } | Source::RehearsalFile { began, .. } => {
                began.elapsed().as_millis()
            }
        }
    }

    /// What time it is.
    #[must_use]
    pub fn read(&self) -> Reading {
        match &*self.0 {
            Source::System { began } => system_reading(*began),
            Source::RehearsalFile { path, last, .. } => {
                // Whoever writes the file replaces it; in between it may be missing for a moment,
                // and time then stands still. It never goes back.
                let said = seconds_in(path).ok().flatten().unwrap_or(0);
                let before = last.fetch_max(said, Ordering::Relaxed);
                Reading { wall: Timestamp::new(before.max(said)), monotonic: 0 }
            }
        }
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = self.read().wall.seconds();
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn system_reading(began: Instant) -> Reading {
    // A clock before 1970 has lost its battery; no certificate and no week is valid then.
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Reading { wall: Timestamp::new(since.as_secs()), monotonic: began.elapsed().as_secs() }
}

/// Digits of the latest second that there is, and a line end.
const FILE_BYTES_MAX: u64 = 16;

/// The seconds that a file says; `None` if it says something else.
fn seconds_in(path: &Path) -> io::Result<Option<u64>> {
    let mut text = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX.saturating_add(1)).read_to_end(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|len| len > FILE_BYTES_MAX) {
        return Ok(None);
    }
    let digits = text.strip_suffix(b"\n").unwrap_or(&text);
    let plain = digits.iter().all(u8::is_ascii_digit);
    Ok(std::str::from_utf8(digits).ok().filter(|_| plain).and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dial(tempfile::TempDir);

    impl Dial {
        fn new(text: &str) -> Self {
            let dial = Self(tempfile::tempdir().unwrap());
            dial.turn(text);
            dial
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("clock")
        }

        fn turn(&self, text: &str) {
            std::fs::write(self.path(), text).unwrap();
        }
    }

    #[test]
    fn a_rehearsal_is_as_late_as_its_file_ever_said() {
        let dial = Dial::new("1000\n");
        let clock = Clock::rehearsal_file(&dial.path()).unwrap();
        let twin = clock.clone();
        for (text, wall) in [
            ("1000", 1000),
            ("2000\n", 2000),
            ("1500\n", 2000),
            ("", 2000),
            ("2001 ", 2000),
            ("-3000", 2000),
            ("99999999999999999", 2000),
            ("2001", 2001),
        ] {
            dial.turn(text);
            assert_eq!(clock.read(), Reading { wall: Timestamp::new(wall), monotonic: 0 });
        }
        std::fs::remove_file(dial.path()).unwrap();
        assert_eq!(twin.read().wall, Timestamp::new(2001));
        let tls = twin.current_time().unwrap();
        assert_eq!(tls.as_secs(), 2001);
    }

    #[test]
    fn a_file_that_says_no_time_is_refused_at_the_start() {
        for text in ["", "\n", "noon", "1 000", "1000\n\n", "+1000", "1000.5", "0x10"] {
            let dial = Dial::new(text);
            let refused = Clock::rehearsal_file(&dial.path()).unwrap_err();
            assert!(matches!(refused, ClockRefused::NoTime(_)), "{text:?}: {refused}");
        }
        let dial = Dial::new("1");
        std::fs::remove_file(dial.path()).unwrap();
        let refused = Clock::rehearsal_file(&dial.path()).unwrap_err();
        assert!(matches!(refused, ClockRefused::Unreadable { .. }), "{refused}");
    }

    #[test]
    fn a_clock_file_and_a_rehearsal_go_together_or_not_at_all() {
        let dial = Dial::new("1000");
        let file = Rehearsal { clock: dial.path() };
        assert_eq!(Clock::choose(true, Some(&file)).unwrap().read().wall, Timestamp::new(1000));
        assert!(matches!(Clock::choose(true, None), Err(ClockRefused::NoFile)));
        assert!(matches!(Clock::choose(false, Some(&file)), Err(ClockRefused::InEarnest(_))));
        // Later than the day on which this was written, and not by a file.
        let system = Clock::choose(false, None).unwrap().read().wall;
        assert!(system > Timestamp::new(1_700_000_000), "{system}");
    }
}
