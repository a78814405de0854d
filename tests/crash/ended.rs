//! A run of the program that is ended at a failpoint.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

pub(crate) use entente::store::failpoint::How;
use entente::store::failpoint::{Failpoint, VARIABLE};

use crate::site::Site;

/// Whatever is waited for comes within a second or two on a quiet machine.
const DEADLINE: Duration = Duration::from_secs(60);
/// `std::process::abort` ends a process by it.
const SIGABRT: i32 = 6;

/// Where a run is ended, at which time it comes there, and in which way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) point: Failpoint,
    pub(crate) nth: u64,
    pub(crate) how: How,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    signal: Option<i32>,
    /// Standard error.
    pub(crate) said: String,
}

impl Ended {
    /// Asserts that it ended there and by nothing else.
    pub(crate) fn is(&self, plan: Plan) {
        match plan.how {
            How::Kill => assert_eq!(self.signal, Some(SIGABRT), "{plan:?}: {self:?}"),
            How::Fail => {
                assert!(self.code.is_some_and(|code| code != 0), "{plan:?}: {self:?}");
                let error = format!("{VARIABLE} {}", plan.point.name());
                let said = self.said.lines().find(|line| line.starts_with("error: "));
                assert!(said.is_some_and(|said| said.contains(&error)), "{plan:?}: {self:?}");
                assert!(self.said.contains("\nadvice: "), "{plan:?}: {self:?}");
            }
        }
    }
}

/// A daemon that will end by itself; dropped, it is killed.
pub(crate) struct Doomed {
    child: Child,
    journal: Receiver<String>,
    said: String,
}

/// Runs a verb to its end.
pub(crate) fn run(site: &Site, arguments: &str, plan: Plan) -> Ended {
    start(site, arguments, plan).end()
}

/// The same, whatever the variable says.
pub(crate) fn run_with(site: &Site, arguments: &str, variable: &str) -> Ended {
    start_with(site, arguments, variable).end()
}

/// Starts a verb.
pub(crate) fn start(site: &Site, arguments: &str, plan: Plan) -> Doomed {
    let Plan { point, nth, how } = plan;
    let how = match how {
        How::Kill => "kill",
        How::Fail => "fail",
    };
    start_with(site, arguments, &format!("{}:{nth}={how}", point.name()))
}

fn start_with(site: &Site, arguments: &str, variable: &str) -> Doomed {
    let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(arguments.split_whitespace())
        .current_dir(site.path(""))
        .env_clear()
        .env(VARIABLE, variable)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (lines, journal) = channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let _nobody_reads = lines.send(line);
        }
    });
    Doomed { child, journal, said: String::new() }
}

impl Doomed {
    /// Waits until its journal says so; false if it has ended before.
    pub(crate) fn says(&mut self, wanted: &str) -> bool {
        while let Some(line) = self.line() {
            if line.contains(wanted) {
                return true;
            }
        }
        false
    }

    /// Waits until it has ended.
    pub(crate) fn end(mut self) -> Ended {
        while self.line().is_some() {}
        let status = self.child.wait().unwrap();
        let said = std::mem::take(&mut self.said);
        Ended { code: status.code(), signal: status.signal(), said }
    }

    /// The next line of its journal; none at its end.
    fn line(&mut self) -> Option<String> {
        match self.journal.recv_timeout(DEADLINE) {
            Ok(line) => {
                self.said.push_str(&line);
                self.said.push('\n');
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it never ended: {}", self.said),
        }
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        // It may have ended before.
        let _ended = (self.child.kill(), self.child.wait());
    }
}
