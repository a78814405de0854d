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
        config::Config,
        init::store_file,
        lineage,
        scribe::{Seat, State},
    },
    ledger::Agreement,
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
        let agreement = lineage::open(&config, founding(&config)?)
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let store = SqliteStore::open_snapshot(&store_file(&config))?;
        let seat = Seat { party: config.party, agreement: Arc::new(agreement) };
        Ok(Open { store, seat })
    }

    /// The store of a log that was succeeded, of a generation that the present one inherits.
    pub(super) fn open_before(&self, generation: usize) -> Result<Open, Failure> {
        let config = config(&self.config)?;
        let (store, agreement) = lineage::predecessor(&config, founding(&config)?, generation)
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let seat = Seat { party: config.party, agreement: Arc::new(agreement) };
        Ok(Open { store, seat })
    }
}

fn founding(config: &Config) -> Result<Agreement, Failure> {
    let pinned = Some(config.agreement.digest);
    agreement::load(&config.agreement.file, pinned)
        .map_err(|refused| Failure::all(Exit::Usage, refused))
}

impl Open {
    /// Everything derived from the store, which checks every entry on the way.
    pub(super) fn state(&self) -> Result<State, Failure> {
        Ok(State::load(&self.store, &self.seat)?)
    }
}
