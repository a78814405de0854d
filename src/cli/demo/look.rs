//! A look into one side's store, as any reading verb takes it: everything derived and checked anew.

use super::{agreed::agreed_at, play::PlayError, stage::Stage};
use crate::{
    daemon::{
        assembly::{Assembly, in_one_line},
        config::Config,
        init::store_file,
        scribe::{Seat, State},
    },
    envelope::Verified,
    ledger::{Ledger, fold},
    names::{Date, Party, Position, RecordId, Size, SubmissionId},
    store::SqliteStore,
};

/// What one store holds.
pub(super) struct Look {
    seat: Seat,
    pub(super) state: State,
    pub(super) ledger: Ledger,
}

impl Look {
    /// Opens a side's store read-only and derives everything from it.
    pub(super) fn at(stage: &Stage, party: Party) -> Result<Self, PlayError> {
        let fault = |reason: String| PlayError::Store(format!("{party}: {reason}"));
        let config =
            Config::load(stage.configs.of(party)).map_err(|error| fault(error.to_string()))?;
        let Assembly { seat, clock, .. } =
            Assembly::of(&config).map_err(|faults| fault(in_one_line(&faults)))?;
        let store = SqliteStore::open_read_only(&store_file(&config))
            .map_err(|error| fault(error.to_string()))?;
        let state = State::load(&store, &seat).map_err(|error| fault(error.to_string()))?;
        let ledger = fold(&seat.agreement, &state.books, state.view(), clock.read().wall);
        Ok(Self { seat, state, ledger })
    }

    /// How many entries of both logs are held.
    pub(super) fn records(&self) -> u64 {
        let view = self.state.view();
        view.gbr.0.saturating_add(view.fra.0)
    }

    /// How many of this side's own entries but entanglements have a receipt in this store.
    pub(super) fn receipts(&self) -> u64 {
        let party = self.seat.party;
        let covered = self.covered();
        let own = self.state.books.entries(party, Position(0));
        let count = own
            .take_while(|(position, _)| covered.covers(*position))
            .filter(|(_, entry)| entry.entanglement().is_none())
            .count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// Whether a submission to this side is logged and has a receipt in this store.
    pub(super) fn is_receipted(&self, id: SubmissionId) -> bool {
        let covered = self.covered();
        self.state.submissions.get(&id).is_some_and(|position| covered.covers(*position))
    }

    /// How often a submission stands in this side's log, if as this record.
    pub(super) fn times(&self, id: SubmissionId, record: RecordId) -> usize {
        let own = self.state.books.entries(self.seat.party, Position(0));
        let asked: Vec<_> = own
            .filter_map(|(_, entry)| entry.record())
            .filter(|one| one.submission() == id)
            .map(Verified::id)
            .collect();
        if asked.contains(&record) { asked.len() } else { 0 }
    }

    /// Persons agreed to be returned and admitted as at a day, by this store.
    pub(super) fn agreed_at(&self, date: Date) -> (u64, u64) {
        agreed_at(&self.state.books, &self.ledger, date)
    }

    /// How much of our own log the counterpart's cosignatures in this store cover.
    fn covered(&self) -> Size {
        let cosigned = self.state.cosigned.of(self.seat.party).as_ref();
        cosigned.map_or(Size(0), |one| one.checkpoint().size())
    }
}
