//! `entente log`: looks into both logs, in the store itself, also while a daemon writes it; and, by
//! an officer, ends our own.

mod end;
mod list;
mod show;
mod succession;
mod verify;

use clap::Subcommand;

use super::{Exit, failure::Failure, output::Output, place::Place};

/// The verbs about both logs.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// List the entries of a log.
    List(list::Arguments),
    /// Show one entry with every check that it passed.
    Show(show::Arguments),
    /// Derive everything in the store anew and hold the store against it.
    Verify(verify::Arguments),
    /// End our own log, for ever: an officer signs its last record.
    End(end::Arguments),
    /// When both logs have ended: make the file by which others succeed them.
    Succession(succession::Arguments),
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::List(arguments) => list::run(arguments, out),
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::Verify(arguments) => verify::run(arguments, out),
        Verb::End(arguments) => end::run(arguments, out),
        Verb::Succession(arguments) => succession::run(arguments, out),
    }
}
