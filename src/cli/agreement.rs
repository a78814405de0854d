//! `entente agreement`: the terms in words, what differs between two versions, and the steps from
//! one version to the next.

mod diff;
mod show;
pub(super) mod step;
pub(super) mod terms;

use clap::Subcommand;

use super::{Exit, failure::Failure, output::Output};

/// The verbs about the agreement.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Check an agreement file and say in words what it binds both sides to.
    Show(show::Arguments),
    /// Compare two versions of the agreement, term by term.
    Diff(diff::Arguments),
    /// Propose a version of the agreement (GBR).
    Propose(step::Propose),
    /// Accept the version of the agreement that is proposed (FRA).
    Accept(step::Accept),
    /// End the agreement, after the period of notice.
    Terminate(step::Terminate),
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::Diff(arguments) => diff::run(arguments, out),
        Verb::Propose(arguments) => step::propose(arguments, out),
        Verb::Accept(arguments) => step::accept(arguments, out),
        Verb::Terminate(arguments) => step::terminate(arguments, out),
    }
}
