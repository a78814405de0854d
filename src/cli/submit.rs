//! `entente submit`: one record as JSON, or many, one a line; and what helps to write one.

mod check;
mod examples;
mod locate;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::de::IgnoredAny;

use super::{
    CONFIG, Exit,
    client::{Client, ClientError},
    failure::{Complaint, Failure, config},
    output::{Output, count},
    status::wait_for,
};
use crate::{daemon::scribe::Submitted, limits::SUBMISSION_BYTES_MAX, names::Party, record::Kind};
use check::Finding;

/// What is handed in.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration of the daemon; names its socket.
    /// [default: /etc/entente/entente.toml]
    #[arg(long)]
    config: Option<PathBuf>,
    /// A file with one JSON object, or with one on each line; - is standard input.
    #[arg(required_unless_present = "example", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The idempotency key of a single record: under it the same is taken in once.
    #[arg(long)]
    key: Option<String>,
    /// Print the worked example of a kind, and submit nothing.
    #[arg(long, value_name = "KIND", conflicts_with_all = ["files", "check", "key", "json"])]
    example: Option<Kind>,
    /// Say everything that is wrong with the files, and submit nothing; no daemon is needed.
    #[arg(long, conflicts_with = "key")]
    check: bool,
    /// For whose daemon to check [default: that of --config, or of whoever may write the kind].
    #[arg(long, requires = "check", conflicts_with = "config")]
    party: Option<Party>,
    /// Print each answer as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// The answer to one line, for programs.
#[derive(serde::Serialize)]
struct Answer {
    line: usize,
    #[serde(flatten)]
    submitted: Submitted,
}

/// Why nothing could be handed in.
#[derive(Debug, thiserror::Error)]
enum InputRefused {
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path}: there is nothing in it", path = .0.display())]
    Empty(PathBuf),
    #[error("line {0}: more than {SUBMISSION_BYTES_MAX} bytes")]
    TooLong(usize),
    #[error("--key stands for one record, and {path} has more", path = .0.display())]
    KeyOfMany(PathBuf),
    #[error("more than one file; they are handed in one at a time")]
    ManyFiles,
    #[error("{a} is not submitted", a = .0.with_article())]
    NotSubmitted(Kind),
}

impl From<InputRefused> for Failure {
    fn from(refused: InputRefused) -> Self {
        let advice = match &refused {
            InputRefused::Unreadable { .. } => "correct the path, or let this user read the file",
            InputRefused::Empty(_) => "write one JSON object into it, or one on each line",
            InputRefused::TooLong(_) => "a submission is one record; split it",
            InputRefused::KeyOfMany(_) => {
                "give each line a `key` of its own, or hand in one record"
            }
            InputRefused::ManyFiles => "hand in one file; only --check takes several",
            InputRefused::NotSubmitted(Kind::Approval) => "an officer makes it: `entente approve`",
            InputRefused::NotSubmitted(Kind::LogEnd) => "an officer makes it: `entente log end`",
            InputRefused::NotSubmitted(_) => "the daemon makes it by itself",
        };
        Self::of(Exit::Usage, Complaint::new(&refused, advice))
    }
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(kind) = arguments.example {
        let example = examples::of(kind).ok_or(InputRefused::NotSubmitted(kind))?;
        out.line(example.trim_end());
        return Ok(Exit::Good);
    }
    if arguments.check {
        return check_all(arguments, out);
    }
    let [file] = arguments.files.as_slice() else { return Err(InputRefused::ManyFiles.into()) };
    hand_in(arguments, file, out)
}

/// A finding, for programs.
#[derive(serde::Serialize)]
struct Found<'a> {
    file: String,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Says everything that is wrong with every file.
fn check_all(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let of = |path: &PathBuf| config(path).map(|config| config.party);
    let party = arguments.config.as_ref().map(of).transpose()?.or(arguments.party);
    let mut exit = Exit::Good;
    for path in &arguments.files {
        let file = path.display().to_string();
        let mut input = Input::open(path)?;
        let mut records: u64 = 0;
        let mut good = true;
        while let Some((begins, json)) = input.next()? {
            records = records.saturating_add(1);
            for mut finding in check::check(&json, party) {
                good = false;
                finding.line = finding.line.saturating_add(begins.saturating_sub(1));
                let Finding { line, column, field, reason } = &finding;
                if arguments.json {
                    out.json(&Found { file: file.clone(), finding: &finding });
                } else if field.is_empty() {
                    out.line(format!("{file}:{line}:{column}: {reason}"));
                } else {
                    out.line(format!("{file}:{line}:{column}: {field}: {reason}"));
                }
            }
        }
        if records == 0 {
            return Err(InputRefused::Empty(path.clone()).into());
        }
        if !good {
            exit = Exit::Findings;
        } else if !arguments.json {
            out.line(format!("{file}: {}, nothing wrong", count(records, "record", "records")));
        }
    }
    Ok(exit)
}

fn hand_in(arguments: &Arguments, file: &Path, out: &mut Output) -> Result<Exit, Failure> {
    let path = arguments.config.as_deref().unwrap_or(Path::new(CONFIG));
    let client = Client::new(&config(path)?.api.socket);
    let mut input = Input::open(file)?;
    let Some(mut next) = input.next()? else {
        return Err(InputRefused::Empty(file.to_owned()).into());
    };
    let mut exit = Exit::Good;
    loop {
        let following = input.next()?;
        if arguments.key.is_some() && following.is_some() {
            return Err(InputRefused::KeyOfMany(file.to_owned()).into());
        }
        let (line, json) = next;
        match wait_for(client.submit(&json, arguments.key.as_deref()))? {
            Ok(submitted) => tell(out, line, submitted, arguments.json),
            // What is wrong with one line is no reason to leave the others; what is wrong with the
            // daemon is.
            Err(error @ ClientError::Refused(_)) => {
                let failure = Failure::from(error);
                let about = |one: Complaint| one.about(format_args!("line {line}"));
                let complaints = failure.complaints.into_iter().map(about).collect();
                let failure = Failure { exit: failure.exit, complaints };
                if failure.exit != Exit::Usage {
                    return Err(failure);
                }
                exit = out.failure(&failure);
            }
            Err(error) => return Err(error.into()),
        }
        match following {
            Some(following) => next = following,
            None => return Ok(exit),
        }
    }
}

fn tell(out: &mut Output, line: usize, submitted: Submitted, json: bool) {
    if json {
        out.json(&Answer { line, submitted });
    } else {
        match submitted {
            Submitted::Logged { record, logged } => {
                out.line(format!("{record} logged at {logged}"));
            }
            Submitted::Queued { submission } => {
                out.line(format!("{submission} queued: durable, and signed as soon as possible"));
            }
        }
    }
    out.flush();
}

/// Submissions as they come, each with the line where it begins.
struct Input {
    lines: Box<dyn BufRead>,
    path: PathBuf,
    read: usize,
    ended: bool,
}

impl Input {
    fn open(path: &Path) -> Result<Self, InputRefused> {
        let lines: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(path)
                .map_err(|source| InputRefused::Unreadable { path: path.to_owned(), source })?;
            Box::new(BufReader::new(file))
        };
        Ok(Self { lines, path: path.to_owned(), read: 0, ended: false })
    }

    /// The next one. A first line that is not JSON by itself begins the only one, which goes on to
    /// the end.
    fn next(&mut self) -> Result<Option<(usize, Vec<u8>)>, InputRefused> {
        let is_first = self.read == 0;
        while let Some(mut text) = self.line()? {
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let begins = self.read;
            let whole = serde_json::from_slice::<IgnoredAny>(&text).is_ok();
            if is_first && !whole {
                self.rest(&mut text)?;
            }
            return Ok(Some((begins, text)));
        }
        Ok(None)
    }

    /// The next line, with its end.
    fn line(&mut self) -> Result<Option<Vec<u8>>, InputRefused> {
        if self.ended {
            return Ok(None);
        }
        let mut text = Vec::new();
        let mut bounded = (&mut self.lines).take(bound(0));
        let read = bounded.read_until(b'\n', &mut text).map_err(unreadable(&self.path))?;
        self.read = self.read.saturating_add(1);
        if text.len() > SUBMISSION_BYTES_MAX {
            return Err(InputRefused::TooLong(self.read));
        }
        self.ended = read == 0;
        Ok((read > 0).then_some(text))
    }

    /// All that is left, behind what was read.
    fn rest(&mut self, text: &mut Vec<u8>) -> Result<(), InputRefused> {
        let mut bounded = (&mut self.lines).take(bound(text.len()));
        bounded.read_to_end(text).map_err(unreadable(&self.path))?;
        self.ended = true;
        if text.len() > SUBMISSION_BYTES_MAX {
            return Err(InputRefused::TooLong(self.read));
        }
        Ok(())
    }
}

/// One byte more than there may be, so that too many are noticed.
fn bound(held: usize) -> u64 {
    let left = SUBMISSION_BYTES_MAX.saturating_sub(held).saturating_add(1);
    u64::try_from(left).unwrap_or(u64::MAX)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> InputRefused {
    let path = path.to_owned();
    move |source| InputRefused::Unreadable { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: impl Into<Vec<u8>>) -> Result<Vec<(usize, String)>, InputRefused> {
        let lines = Box::new(io::Cursor::new(text.into()));
        let mut input = Input { lines, path: PathBuf::from("x"), read: 0, ended: false };
        let mut all = Vec::new();
        while let Some((line, json)) = input.next()? {
            all.push((line, String::from_utf8(json).unwrap()));
        }
        Ok(all)
    }

    #[test]
    fn one_object_may_span_lines_and_many_take_one_each() {
        for (text, wanted) in [
            ("", vec![]),
            ("\n \n", vec![]),
            ("{}", vec![(1, "{}")]),
            ("{\n\"a\": 1\n}\n", vec![(1, "{\n\"a\": 1\n}\n")]),
            ("\n{\"a\":\n1}", vec![(2, "{\"a\":\n1}")]),
            ("{}\n{}\n", vec![(1, "{}\n"), (2, "{}\n")]),
            ("{}\n\n{bad\n{}", vec![(1, "{}\n"), (3, "{bad\n"), (4, "{}")]),
            ("{bad\n{}", vec![(1, "{bad\n{}")]),
        ] {
            let wanted: Vec<_> = wanted.into_iter().map(|(at, one)| (at, one.to_owned())).collect();
            assert_eq!(read(text).unwrap(), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_line_or_object_that_is_too_long_is_refused_by_its_line() {
        let long = "x".repeat(SUBMISSION_BYTES_MAX);
        for (text, line) in
            [(format!("{long}x"), 1), (format!("{{}}\n{long}\n"), 2), (format!("{{\n{long}"), 1)]
        {
            let refused = read(text).unwrap_err();
            assert!(matches!(refused, InputRefused::TooLong(at) if at == line), "{refused}");
        }
    }
}
