//! `entente keys inspect`: what a file of keys or certificates holds, and what is right and wrong
//! with it.

mod held;
mod place;
mod table;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
    },
    daemon::clock::Clock,
    names::{Date, Timestamp},
    trust::inspect::{Inspected, Purpose, Wanted},
};

/// What is to be looked at, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct Inspect {
    /// A certificate, chain, request, revocation list or key in PEM or DER; a verifier key; an
    /// agreement file or one party's part of it.
    file: PathBuf,
    /// What it is to be used for: authority, tls, caseworker, ledger or officer [default: what it
    /// says itself].
    #[arg(long)]
    purpose: Option<Purpose>,
    /// The time at which validity is judged: a day, or a second as 2026-03-31T18:00:00Z [default:
    /// now].
    #[arg(long, value_name = "TIME")]
    at: Option<At>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// A second, or the first one of a day.
#[derive(Debug, Clone, Copy)]
struct At(Timestamp);

impl std::str::FromStr for At {
    type Err = crate::names::BadTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(|day| Self(day.start())).or_else(|_| text.parse().map(Self))
    }
}

/// What was found, for programs.
#[derive(serde::Serialize)]
struct Report<'a> {
    file: &'a Path,
    at: Timestamp,
    wrong: bool,
    holds: &'a [Inspected],
}

pub(in crate::cli) fn run(wanted: &Inspect, out: &mut Output) -> Result<Exit, Failure> {
    let at = wanted.at.map_or_else(|| Clock::system().read().wall, |At(at)| at);
    let how = Wanted { purpose: wanted.purpose, at };
    let holds = held::read(&wanted.file, &how).map_err(|refused| {
        let what = format!("{}: {refused}", wanted.file.display());
        Failure::of(Exit::Usage, Complaint::new(what, refused.advice()))
    })?;
    let wrong = holds.iter().any(Inspected::is_wrong);
    if wanted.json {
        out.json(&Report { file: &wanted.file, at, wrong, holds: &holds });
    } else {
        for line in table::render(&holds, at) {
            out.line(line);
        }
    }
    Ok(if wrong { Exit::Findings } else { Exit::Good })
}
