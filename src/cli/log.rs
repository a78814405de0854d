//! `entente log`: looks into both logs, in the store itself, also while a daemon writes it; and, by
//! an officer, ends our own.

mod end;
mod list;
mod show;
mod verify;

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};

use super::{
    CONFIG, Exit,
    failure::{Failure, config},
    output::Output,
};
use crate::{
    daemon::{
        agreement,
        init::store_file,
        scribe::{Seat, State},
    },
    store::SqliteStore,
};

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
}

/// Which store.
#[derive(Debug, Args)]
struct Place {
    /// The configuration of the daemon; names its store.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
}

/// A store as it is at this moment, and whose it is.
struct Open {
    store: SqliteStore,
    seat: Seat,
}

impl Place {
    fn open(&self) -> Result<Open, Failure> {
        let config = config(&self.config)?;
        let pinned = Some(config.agreement.digest);
        let agreement = agreement::load(&config.agreement.file, pinned)
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let store = SqliteStore::open_snapshot(&store_file(&config))?;
        let seat = Seat { party: config.party, agreement: Arc::new(agreement) };
        Ok(Open { store, seat })
    }
}

impl Open {
    /// Everything derived from the store, which checks every entry on the way.
    fn state(&self) -> Result<State, Failure> {
        Ok(State::load(&self.store, &self.seat)?)
    }
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::List(arguments) => list::run(arguments, out),
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::Verify(arguments) => verify::run(arguments, out),
        Verb::End(arguments) => end::run(arguments, out),
    }
}
