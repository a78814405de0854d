//! Every verb says what it is for.

use clap::CommandFactory;

use crate::cli::{AFTER_HELP, Arguments, Exit};

fn verbs(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    let path = format!("{path} {}", command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    assert!(about.len() > 10, "{path}: no help");
    for argument in command.get_arguments() {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.len() > 5, "{path} {}: no help", argument.get_id());
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
        "keys list",
        "keys enrol",
        "keys retire",
        "keys compromised",
        "agreement show",
        "agreement diff",
        "agreement propose",
        "agreement accept",
        "agreement terminate",
        "approve",
        "break list",
        "break show",
        "break resolve",
        "log end",
        "init",
        "check-config",
        "status",
        "submit",
        "case show",
        "case list",
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
