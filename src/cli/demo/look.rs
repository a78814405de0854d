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
    store::{LogNodes, SqliteStore},
    tlog::{Receipt, inclusion_proof},
};

/// What one store holds.
pub(super) struct Look {
    store: SqliteStore,
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
        Ok(Self { store, seat, state, ledger })
    }

    /// The agreement's record: entry 0 of the British log.
    pub(super) fn founding(&self) -> Result<RecordId, PlayError> {
        let first = self.state.books.entry(Party::Gbr, Position(0));
        first
            .and_then(|entry| entry.id())
            .ok_or_else(|| PlayError::Store("the British log has no entry 0".to_owned()))
    }

    /// How many entries of both logs are held.
    pub(super) fn records(&self) -> u64 {
        let view = self.state.view();
        view.gbr.0.saturating_add(view.fra.0)
    }

    /// Whether the agreement is a rehearsal.
    pub(super) fn rehearsal(&self) -> bool {
        self.seat.agreement.terms().rehearsal
    }

    /// How many of this side's own entries but entanglements have a receipt in this store: each is
    /// put together from the tree's nodes and the newest cosigned checkpoint, and verified.
    pub(super) fn receipts(&self) -> u64 {
        let party = self.seat.party;
        let Some(cosigned) = self.state.cosigned.of(party) else { return 0 };
        let size = cosigned.checkpoint().size();
        let nodes = LogNodes::new(&self.store, party);
        let verifies = |position, leaf| {
            inclusion_proof(&nodes, position, size)
                .is_ok_and(|proof| Receipt::new(leaf, position, proof, cosigned.clone()).is_ok())
        };
        let own = self.state.books.entries(party, Position(0));
        let count = own
            .take_while(|(position, _)| size.covers(*position))
            .filter(|(_, entry)| entry.entanglement().is_none())
            .filter(|(position, entry)| verifies(*position, entry.leaf))
            .count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// Whether a submission to this side is logged and has a receipt in this store.
    pub(super) fn is_receipted(&self, id: SubmissionId) -> bool {
        let covered = self.covered();
        self.state.submissions.get(&id).is_some_and(|position| covered.covers(*position))
    }

    /// How often a submission stands in a log as this store holds it, if as this record.
    pub(super) fn times(&self, log: Party, id: SubmissionId, record: RecordId) -> usize {
        let entries = self.state.books.entries(log, Position(0));
        let asked: Vec<_> = entries
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
