//! `entente check-config`: everything that stands against a start, at once.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    CONFIG, Exit,
    failure::{Complaint, Failure, config},
    output::Output,
};
use crate::{
    daemon::{
        assembly::Assembly,
        clock::Clock,
        config::{Config, Fault, Severity, Trouble},
        init::store_file,
    },
    names::Timestamp,
};

/// Which configuration.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration; run this as the daemon's user.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// What was found, for programs.
#[derive(Debug, Default, serde::Serialize)]
struct Findings {
    faults: Vec<Complaint>,
    warnings: Vec<Complaint>,
    founded: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let config = config(&arguments.config)?;
    let findings = findings(&config);
    let exit = if findings.faults.is_empty() { Exit::Good } else { Exit::Usage };
    if arguments.json {
        out.json(&findings);
        return Ok(exit);
    }
    for warning in &findings.warnings {
        out.warning(warning);
    }
    if exit == Exit::Good {
        let state = if findings.founded { "its log is founded" } else { "its log is not founded" };
        out.line(format!("{}: sound; {state}", arguments.config.display()));
        return Ok(exit);
    }
    Err(Failure { exit, complaints: findings.faults })
}

fn findings(config: &Config) -> Findings {
    let mut findings = Findings::default();
    let assembly = Assembly::of(config);
    let faults = config.faults(now(config, assembly.as_ref().ok()));
    for fault in faults.into_iter().filter(|fault| !is_for_init(config, fault)) {
        let list = match fault.severity() {
            Severity::Warning => &mut findings.warnings,
            Severity::Error => &mut findings.faults,
        };
        list.push(fault.into());
    }
    let more = assembly.err().unwrap_or_default();
    // What the configuration has said of files and keys need not be said twice.
    findings.faults.extend(more.into_iter().filter(|it| !it.is_of_file()).map(Complaint::from));
    let store = store_file(config);
    findings.founded = store.is_file();
    if !findings.founded {
        let what = format!("state.directory: {} is not there", store.display());
        findings.warnings.push(Complaint::new(what, "found the log with `entente init`, once"));
    }
    findings
}

/// A state directory that `entente init` will make.
fn is_for_init(config: &Config, fault: &Fault) -> bool {
    let directory = &config.state.directory;
    let Trouble::Unreachable { path, source } = &fault.trouble else { return false };
    let above = directory.parent().filter(|above| !above.as_os_str().is_empty());
    path == directory
        && source.kind() == ErrorKind::NotFound
        && above.unwrap_or_else(|| Path::new(".")).is_dir()
}

/// The time at which certificates are judged: a rehearsal's own, where it says one.
pub(super) fn now(config: &Config, assembly: Option<&Assembly>) -> Timestamp {
    let clock = assembly.map(|assembly| assembly.clock.clone());
    let file = config.rehearsal.as_ref();
    let clock = clock.or_else(|| Clock::rehearsal_file(&file?.clock).ok());
    clock.unwrap_or_else(Clock::system).read().wall
}
