//! The one place that writes to the terminal.
//!
//! What is printed may come from outside (titles, details, paths): control characters are escaped,
//! so that nobody can write an operator's screen anew. A reader that closes the pipe ends the
//! writing, and is no failure.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
};

use serde::Serialize;

use super::{
    Exit,
    failure::{Complaint, Failure},
};
use crate::report::plain;

/// Where a verb says what it has to say.
pub(super) struct Output {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    colour: bool,
    /// Nobody reads any more, or nothing can be written.
    broken: Option<io::Error>,
}

impl Output {
    /// Standard output and standard error.
    pub(super) fn terminal() -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let colour = err.is_terminal();
        Self { out: Box::new(io::BufWriter::new(out)), err: Box::new(err), colour, broken: None }
    }

    /// Two places of the test's own.
    #[cfg(test)]
    pub(super) fn captured(out: impl Write + 'static, err: impl Write + 'static) -> Self {
        Self { out: Box::new(out), err: Box::new(err), colour: false, broken: None }
    }

    /// A line, or several.
    pub(super) fn line(&mut self, text: impl Display) {
        let text = plain(&text.to_string());
        let written = writeln!(self.out, "{text}");
        self.note(written);
    }

    /// A name and what it stands for.
    pub(super) fn field(&mut self, name: &str, value: impl Display) {
        self.line(format!("{name:<12} {value}").trim_end());
    }

    /// A value as one line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) {
        // Values of ours have text for keys, so that writing them as JSON cannot fail.
        let text = serde_json::to_string(value).unwrap_or_else(|error| format!("\"{error}\""));
        let written = writeln!(self.out, "{text}");
        self.note(written);
    }

    /// What has been said so far is on its way before the next thing is waited for.
    pub(super) fn flush(&mut self) {
        let flushed = self.out.flush();
        self.note(flushed);
    }

    /// A pair on standard error.
    pub(super) fn complaint(&mut self, complaint: &Complaint) {
        self.pair("error", 31, &complaint.what);
        self.pair("advice", 36, &complaint.advice);
    }

    /// Something to know, and what to do about it, that is in nobody's way.
    pub(super) fn warning(&mut self, complaint: &Complaint) {
        self.pair("warning", 33, &complaint.what);
        self.pair("advice", 36, &complaint.advice);
    }

    /// Everything that was in the way.
    pub(super) fn failure(&mut self, failure: &Failure) -> Exit {
        self.flush();
        for complaint in &failure.complaints {
            self.complaint(complaint);
        }
        failure.exit
    }

    /// What clap has to say: help that was asked for, or arguments that it refuses.
    pub(super) fn usage(&mut self, refused: &clap::Error) -> Exit {
        if refused.use_stderr() {
            // Standard error may be closed; there is nobody left to be told.
            let _unread = write!(self.err, "{}", plain(&refused.render().to_string()));
            return Exit::Usage;
        }
        let written = write!(self.out, "{}", refused.render());
        self.note(written);
        Exit::Good
    }

    /// Writes out what is left. What could not be written, as on a full disk, is a failure, unless
    /// the reader has gone.
    pub(super) fn finish(mut self, exit: Exit) -> Exit {
        self.flush();
        match self.broken.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let what = format!("standard output: {error}");
                self.complaint(&Complaint::new(what, "make room, or write to another place"));
                exit.max(Exit::OwnFault)
            }
            Some(_) | None => exit,
        }
    }

    fn pair(&mut self, name: &str, colour: u8, text: &str) {
        let text = plain(text);
        // Standard error may be closed; there is nobody left to be told.
        let _unread = if self.colour {
            writeln!(self.err, "\u{1b}[1;{colour}m{name}:\u{1b}[0m {text}")
        } else {
            writeln!(self.err, "{name}: {text}")
        };
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.broken.get_or_insert(error);
        }
    }
}

/// A number of things, in words.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is_one() {
        struct Ends(io::ErrorKind);
        impl Write for Ends {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for (kind, exit) in [
            (io::ErrorKind::BrokenPipe, Exit::Findings),
            (io::ErrorKind::StorageFull, Exit::OwnFault),
        ] {
            let (out, err) = (Box::new(Ends(kind)), Box::new(io::sink()));
            let mut output = Output { out, err, colour: false, broken: None };
            output.line("one");
            output.json(&2);
            assert_eq!(output.finish(Exit::Findings), exit);
        }
    }
}
