//! `entente init`: found this side's log.

use std::path::PathBuf;

use clap::Args;

use super::{
    CONFIG, Exit,
    failure::{Failure, config},
    output::Output,
};
use crate::daemon::init::{InitFault, init};

/// Which side.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration of this side's daemon.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Print what was founded as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let config = config(&arguments.config)?;
    let founded = init(&config).map_err(|faults| {
        let of_operator = faults.iter().all(InitFault::is_of_operator);
        let exit = if of_operator { Exit::Usage } else { Exit::OwnFault };
        Failure::all(exit, faults)
    })?;
    if arguments.json {
        out.json(&founded);
        return Ok(Exit::Good);
    }
    out.field("founded", format!("{} (log of {})", founded.origin, founded.party));
    out.field("size", founded.size);
    out.field("root", founded.root);
    out.field("store", founded.store.display());
    out.field("mark", format!("{}, which no backup may take in", founded.mark.display()));
    founded.handed_back.iter().for_each(|one| out.field("hand in anew", one));
    out.line("");
    out.line("Start the daemon with `entente serve`. A log is founded once and never again.");
    Ok(Exit::Good)
}
