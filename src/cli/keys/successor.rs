//! `entente keys successor`: the key folder of a log that succeeds another.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{Exit, failure::Failure, output::Output},
    daemon::keys::SuccessorKeys,
    names::Party,
};

/// Whose keys, and what they succeed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Whose keys: GBR or FRA.
    #[arg(long)]
    party: Party,
    /// The key folder of the log that ends. What the daemon needs is copied from it, but for the
    /// log key and the mirror key, which are made anew.
    #[arg(long)]
    from: PathBuf,
    /// The new folder: empty, or not there yet.
    #[arg(long)]
    dir: PathBuf,
    /// The origin of the new log; unique per party, agreement and log.
    #[arg(long)]
    origin: String,
    /// Print what was made as JSON.
    #[arg(long)]
    json: bool,
}

/// What was made, for programs.
#[derive(serde::Serialize)]
struct Made<'a> {
    party: Party,
    directory: &'a PathBuf,
    origin: &'a str,
    successor_part: &'a PathBuf,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let keys = SuccessorKeys {
        party: arguments.party,
        from: &arguments.from,
        directory: &arguments.dir,
        origin: &arguments.origin,
    };
    let part = keys.create()?;
    if arguments.json {
        out.json(&Made {
            party: arguments.party,
            directory: &arguments.dir,
            origin: &arguments.origin,
            successor_part: &part.path,
        });
        return Ok(Exit::Good);
    }
    out.field("party", arguments.party);
    out.field("keys", format!("{}, for its owner alone", arguments.dir.display()));
    out.field("origin", &arguments.origin);
    out.field("left behind", "the keys of officer and authority, which no daemon needs");
    out.line("");
    out.line(format!(
        "Hand {} to {} over a way that you trust, and take theirs: `entente log succession` is \
         made from both.",
        part.path.display(),
        arguments.party.other(),
    ));
    Ok(Exit::Good)
}
