//! The command line: one file a verb, and the client of the local API.
//!
//! A verb reads, asks or does one thing, and says it through `Output` alone. What it cannot do it
//! says in pairs, what failed and what to do about it, and ends with one of the documented [`Exit`]
//! codes.

mod agreement;
mod approve;
mod attempt;
mod breaks;
mod case;
mod certs;
mod check_config;
pub mod client;
mod concern;
pub mod demo;
mod exit;
mod failure;
mod init;
mod keys;
mod link;
mod log;
mod officer;
mod output;
mod place;
pub mod reconcile;
mod serve;
mod statement;
mod status;
mod submit;
mod words;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

pub use exit::Exit;
use failure::Failure;
use output::Output;

/// Where a packaged daemon finds its configuration.
const CONFIG: &str = "/etc/entente/entente.toml";

/// Two governments exchange signed records and agree, from evidence alone, how many people have
/// gone each way.
#[derive(Debug, Parser)]
#[command(name = "entente", version = VERSION, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

/// A build whose promises can be switched off says so.
const VERSION: &str = if cfg!(feature = "danger-simulation") {
    concat!(env!("CARGO_PKG_VERSION"), " (danger-simulation: for tests alone)")
} else {
    env!("CARGO_PKG_VERSION")
};

const AFTER_HELP: &str = "\
Exit codes: 0 as it should be; 1 findings (breaks, a failed verification); 2 usage or
configuration; 3 counterpart or daemon not reachable, or not enough evidence yet; 4 our own fault;
5 a fork was detected.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make keys and certificates, ask an authority for one, and inspect them.
    #[command(subcommand)]
    Keys(keys::Verb),
    /// Make throw-away certificates for tests and rehearsals.
    #[command(subcommand)]
    Certs(certs::Verb),
    /// Read the agreement between the two parties.
    #[command(subcommand)]
    Agreement(agreement::Verb),
    /// Found this side's log, once and on purpose.
    Init(init::Arguments),
    /// Run the daemon until it is told to stop.
    Serve(serve::Arguments),
    /// Check a configuration and everything that it points at.
    CheckConfig(check_config::Arguments),
    /// Say how this side stands: gate, session, logs, weeks, persons, breaks.
    Status(status::Arguments),
    /// Look at cases: who has to act, until when, what counts and why.
    #[command(subcommand)]
    Case(case::Verb),
    /// Hand in records for this side's log.
    Submit(submit::Arguments),
    /// List what waits for a second signer, and approve or reject it with an officer's key.
    Approve(approve::Arguments),
    /// Close a week, exchange statements, and say whether both sides agree.
    Reconcile(reconcile::Arguments),
    /// Look at breaks: which are open, what they are, what settles them; and decide one.
    #[command(subcommand)]
    Break(breaks::Verb),
    /// See it all at once: two daemons, a season of records, every week closed jointly.
    Demo(demo::Arguments),
    /// Look at the weekly statements, export a joint one as a certificate, and check one.
    #[command(subcommand)]
    Statement(statement::Verb),
    /// Look into both logs, also while no daemon runs.
    #[command(subcommand)]
    Log(log::Verb),
}

/// Runs what the arguments ask for; the first one is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Whatever the verb, it may read a key. Where it does not work, the daemon says so.
    let _worked = crate::daemon::sandbox::without_core_dumps();
    let mut out = Output::terminal();
    let exit = call(arguments, &mut out);
    out.finish(exit).into()
}

fn call(arguments: impl IntoIterator<Item = OsString>, out: &mut Output) -> Exit {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => match dispatch(&arguments.verb, out) {
            Ok(exit) => exit,
            Err(failure) => out.failure(&failure),
        },
        Err(refused) => out.usage(&refused),
    }
}

fn dispatch(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::Keys(verb) => keys::run(verb, out),
        Verb::Certs(verb) => certs::run(verb, out),
        Verb::Agreement(verb) => agreement::run(verb, out),
        Verb::Init(arguments) => init::run(arguments, out),
        Verb::Serve(arguments) => serve::run(arguments),
        Verb::CheckConfig(arguments) => check_config::run(arguments, out),
        Verb::Status(arguments) => status::run(arguments, out),
        Verb::Case(verb) => case::run(verb, out),
        Verb::Submit(arguments) => submit::run(arguments, out),
        Verb::Approve(arguments) => approve::run(arguments, out),
        Verb::Reconcile(arguments) => reconcile::run(arguments, out),
        Verb::Break(verb) => breaks::run(verb, out),
        Verb::Demo(arguments) => demo::run(arguments, out),
        Verb::Statement(verb) => statement::run(verb, out),
        Verb::Log(verb) => log::run(verb, out),
    }
}

#[cfg(test)]
mod tests;
