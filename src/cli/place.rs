//! A store that a verb looks into by itself, also while a daemon writes it.

use std::{path::PathBuf, sync::Arc};

use clap::Args;

use super::{
    CONFIG, Exit,
    failure::{Failure, config},
};
use crate::{
    daemon::{
        agreement,
        init::store_file,
        lineage,
        scribe::{Seat, State},
    },
    store::SqliteStore,
};

/// Which store.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The configuration of the daemon; names its store.
    #[arg(long, default_value = CONFIG)]
    pub(super) config: PathBuf,
}

/// A store as it is at this moment, and whose it is.
pub(super) struct Open {
    pub(super) store: SqliteStore,
    pub(super) seat: Seat,
}

impl Place {
    pub(super) fn open(&self) -> Result<Open, Failure> {
        let config = config(&self.config)?;
        let pinned = Some(config.agreement.digest);
        let agreement = agreement::load(&config.agreement.file, pinned)
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let agreement = lineage::open(&config, agreement)
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let store = SqliteStore::open_snapshot(&store_file(&config))?;
        let seat = Seat { party: config.party, agreement: Arc::new(agreement) };
        Ok(Open { store, seat })
    }
}

impl Open {
    /// Everything derived from the store, which checks every entry on the way.
    pub(super) fn state(&self) -> Result<State, Failure> {
        Ok(State::load(&self.store, &self.seat)?)
    }
}
