//! The command line: one file a verb, and the client of the local API.
//!
//! A verb reads, asks or does one thing, and says it through [`Output`](output::Output) alone. What
//! it cannot do it says in pairs, what failed and what to do about it, and ends with one of the
//! documented [`Exit`] codes.

mod agreement;
mod check_config;
pub mod client;
pub mod demo;
mod exit;
mod failure;
mod init;
mod keys;
mod log;
mod output;
pub mod reconcile;
mod serve;
mod status;
mod submit;

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
#[command(name = "entente", version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "\
Exit codes: 0 as it should be; 1 findings (breaks, a failed verification); 2 usage or
configuration; 3 counterpart or daemon not reachable, or not enough evidence yet; 4 our own fault;
5 a fork or rollback was detected.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make the keys and certificates of one party.
    #[command(subcommand)]
    Keys(keys::Verb),
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
    /// Hand in records for this side's log.
    Submit(submit::Arguments),
    /// Close a week, exchange statements, and say whether both sides agree.
    Reconcile(reconcile::Arguments),
    /// See it all at once: two daemons, a season of records, every week closed jointly.
    Demo(demo::Arguments),
    /// Look into both logs, also while no daemon runs.
    #[command(subcommand)]
    Log(log::Verb),
}

/// Runs what the arguments ask for; the first one is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut out = Output::terminal();
    let exit = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => match dispatch(&arguments.verb, &mut out) {
            Ok(exit) => exit,
            Err(failure) => out.failure(&failure),
        },
        Err(refused) => out.usage(&refused),
    };
    out.finish(exit).into()
}

fn dispatch(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::Keys(verb) => keys::run(verb, out),
        Verb::Agreement(verb) => agreement::run(verb, out),
        Verb::Init(arguments) => init::run(arguments, out),
        Verb::Serve(arguments) => serve::run(arguments),
        Verb::CheckConfig(arguments) => check_config::run(arguments, out),
        Verb::Status(arguments) => status::run(arguments, out),
        Verb::Submit(arguments) => submit::run(arguments, out),
        Verb::Reconcile(arguments) => reconcile::run(arguments, out),
        Verb::Demo(arguments) => demo::run(arguments, out),
        Verb::Log(verb) => log::run(verb, out),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn verbs(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 10, "{path}: no help");
        for argument in command.get_arguments().filter(|one| !one.is_global_set()) {
            let id = argument.get_id();
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.len() > 5, "{path} {id}: no help");
        }
        for one in command.get_subcommands() {
            verbs(one, &path, found);
        }
        found.push(path.trim().to_owned());
    }

    #[test]
    fn every_verb_and_every_argument_has_help() {
        let mut found = Vec::new();
        let command = Arguments::command();
        command.clone().debug_assert();
        verbs(&command, "", &mut found);
        for verb in [
            "keys new",
            "agreement show",
            "init",
            "serve",
            "demo",
            "check-config",
            "status",
            "submit",
            "reconcile",
            "log list",
            "log show",
            "log verify",
        ] {
            assert!(found.contains(&format!("entente {verb}")), "{verb}: {found:?}");
        }
    }

    #[test]
    fn the_help_names_every_exit_code() {
        for exit in Exit::ALL {
            assert!(AFTER_HELP.contains(&format!("{} ", exit.code())), "{exit:?}");
        }
    }
}
