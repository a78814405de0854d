//! One side's store as its copies of both logs, for holding the stores of two sides against each
//! other where no link is.

use std::sync::Arc;

use super::scribe::{LoadFault, Seat, State};
use crate::{
    cbor,
    ledger::{Agreement, Entry, Ledger, fold},
    limits::{RECORD_BYTES_MAX, TERMS_BYTES_MAX},
    names::{AgreementDigest, Hash, Party, Position, Size, Week},
    reconcile::{Copies, Dispute, statements},
    record::{self, Body, Terms},
    store::{LogNodes, Store, StoreError},
    tlog::{SignedCheckpoint, root_at},
};

/// Why a store cannot be looked at by itself.
#[derive(Debug, thiserror::Error)]
pub enum CopiesFault {
    /// It cannot be read, or is not as it was written.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// It is of logs that succeeded others, and says nothing by itself.
    #[error(
        "the logs of this store succeeded others: only with the stores of all before does it say \
         anything"
    )]
    Successor,
    /// The agreement in it does not stand.
    #[error("the agreement in the store: {0}")]
    Agreement(String),
}

impl From<StoreError> for CopiesFault {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

/// A store with everything derived from it: every entry and signature was checked under the
/// agreement that the store itself holds.
#[derive(Debug)]
pub struct StoreCopies<S> {
    store: S,
    seat: Seat,
    state: State,
}

impl<S: Store> StoreCopies<S> {
    /// Derives everything from a store, which must not change meanwhile.
    ///
    /// # Errors
    /// The first thing in it that is not as it was written.
    pub fn load(store: S) -> Result<Self, CopiesFault> {
        let identity = store.identity()?;
        let terms: Terms = cbor::decode(&identity.terms, TERMS_BYTES_MAX).map_err(|refused| {
            let entry = cbor::decode::<record::Agreement>(&identity.terms, RECORD_BYTES_MAX);
            match entry {
                Ok(_) => CopiesFault::Successor,
                Err(_) => CopiesFault::Agreement(refused.to_string()),
            }
        })?;
        let agreement = Agreement::open(terms).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            CopiesFault::Agreement(faults.join("; "))
        })?;
        let seat = Seat { party: identity.party, agreement: Arc::new(agreement) };
        let state = State::load(&store, &seat)?;
        Ok(Self { store, seat, state })
    }

    /// Whose store it is.
    pub const fn party(&self) -> Party {
        self.seat.party
    }

    /// Under which agreement.
    pub fn agreement(&self) -> AgreementDigest {
        self.seat.agreement.digest()
    }

    /// Whether that agreement is a rehearsal.
    pub fn is_rehearsal(&self) -> bool {
        self.seat.agreement.terms().rehearsal
    }

    /// The weeks that have a cut-off by what is held, and those after them that a side has stated.
    pub fn weeks(&self) -> Vec<Week> {
        let mut weeks: Vec<Week> = self.state.chain.bodies().iter().map(|one| one.week).collect();
        let first = self.seat.agreement.terms().provisions.in_force.week();
        let mut next = weeks.last().map_or(first, |last| last.next());
        while statements(&self.state.books, next).iter().any(Option::is_some) {
            weeks.push(next);
            next = next.next();
        }
        weeks
    }

    /// Where the logged statements of a week differ, or one of them from what this copy gives.
    pub fn dispute(&self, week: Week) -> Option<Dispute> {
        Dispute::of(&self.seat.agreement, &self.state.books, &self.state.chain, week)
    }

    /// The newest week that has a cut-off by what is held.
    pub fn newest_week(&self) -> Option<Week> {
        self.state.chain.bodies().last().map(|body| body.week)
    }

    /// The body of a week by what is held, with the ledger that it was computed from.
    pub fn at_cut_off(&self, week: Week) -> Option<(&Body, Ledger)> {
        let body = self.state.chain.body(week)?;
        let ledger = fold(
            &self.seat.agreement,
            &self.state.books,
            body.cut(&self.seat.agreement, &self.state.books),
            week.end(),
        );
        Some((body, ledger))
    }

    /// An entry that is held.
    pub fn entry(&self, log: Party, position: Position) -> Option<&Entry> {
        self.state.books.newest().entry(log, position)
    }
}

impl<S: Store> Copies for StoreCopies<S> {
    type Error = LoadFault;

    fn size(&self, log: Party) -> Result<Size, LoadFault> {
        Ok(self.state.size(log))
    }

    fn root(&self, log: Party, size: Size) -> Result<Hash, LoadFault> {
        Ok(root_at(&LogNodes::new(&self.store, log), size)?)
    }

    fn leaves(&self, log: Party, from: Position, count: u64) -> Result<Vec<Hash>, LoadFault> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let entries = self.state.books.newest().entries(log, from);
        Ok(entries.take(count).map(|(_, entry)| entry.leaf).collect())
    }

    fn newest(&self, log: Party) -> Result<Option<SignedCheckpoint>, LoadFault> {
        Ok(self.state.checkpoints.of(log).clone())
    }
}
