//! The ledger at one view of both logs, and what it says in sums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Breaks, Contribution, Direction, Versions,
    cases::{
        Awaiting, Case, CaseState, Journey, Movement, Transport, TransportState, Visa, Window,
    },
};
use crate::{
    cbor,
    names::{Hash, Persons, RecordId, Timestamp},
    record::{Decision, Pipeline, Provisions},
};

/// The state of everything at one view of both logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The versions of the agreement.
    pub versions: Versions,
    /// Return cases by the id of their readmission request.
    pub cases: BTreeMap<RecordId, Case>,
    /// Transports by the id of their transfer notice.
    pub transports: BTreeMap<RecordId, Transport>,
    /// Persons who left for France, by the departure's id, or by the arrival's without one.
    pub movements: BTreeMap<RecordId, Movement>,
    /// Windows of applications by the id of their allocation.
    pub windows: BTreeMap<RecordId, Window>,
    /// Visas by the id of their record.
    pub visas: BTreeMap<RecordId, Visa>,
    /// Journeys by the id of their travel notice, or of the one record that tells of them.
    pub journeys: BTreeMap<RecordId, Journey>,
    /// What counts or is claimed, by the id of the arrival or admission, or of the one-sided
    /// record that claims it.
    pub contributions: BTreeMap<RecordId, Contribution>,
    /// Records that wait for their second signer.
    pub awaiting: BTreeMap<RecordId, Awaiting>,
    /// Records that were corrected, and the newest correction of each that has effect.
    pub corrected: BTreeMap<RecordId, RecordId>,
    /// Breaks that both sides have decided.
    pub resolved: BTreeMap<Hash, Decision>,
    /// Open breaks.
    pub breaks: Breaks,
}

impl Ledger {
    pub(super) fn new(provisions: &Provisions) -> Self {
        Self {
            versions: Versions::founding(provisions),
            cases: BTreeMap::new(),
            transports: BTreeMap::new(),
            movements: BTreeMap::new(),
            windows: BTreeMap::new(),
            visas: BTreeMap::new(),
            journeys: BTreeMap::new(),
            contributions: BTreeMap::new(),
            awaiting: BTreeMap::new(),
            corrected: BTreeMap::new(),
            resolved: BTreeMap::new(),
            breaks: Breaks::default(),
        }
    }

    /// The whole ledger as bytes to compare: equal bytes are equal states of every case.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        cbor::to_compare(self)
    }

    /// Persons under way at `as_of`.
    #[must_use]
    pub fn pipeline(&self, as_of: Timestamp) -> Pipeline {
        let today = as_of.date();
        let cases = |wanted: &[CaseState]| {
            let wanted = self.cases.values().filter(|one| wanted.contains(&one.state));
            sum(wanted.map(|one| one.persons))
        };
        let announced =
            [TransportState::Notified, TransportState::Confirmed, TransportState::CounterProposed];
        let notified = self.transports.values().filter(|one| announced.contains(&one.state));
        let returns =
            self.contributions.values().filter(|one| one.direction == Direction::Returned);
        let in_transit = returns.filter(|one| one.fra.is_none()).filter_map(|one| one.gbr);
        let outstanding =
            || self.visas.values().filter(|visa| visa.is_outstanding() && visa.expires >= today);
        let soon = outstanding().filter(|visa| visa.expires <= today.plus(LAPSING_DAYS));
        let disputed = self.contributions.values().map(Contribution::disputed);
        Pipeline {
            requested: cases(&[CaseState::Requested, CaseState::Extended]),
            accepted: cases(&[CaseState::Accepted]),
            notified: sum(notified.map(|one| one.persons)),
            in_transit: in_transit.fold(0, u64::saturating_add),
            visas_outstanding: sum(outstanding().map(|visa| visa.persons)),
            lapsing_soon: sum(soon.map(|visa| visa.persons)),
            disputed: disputed.fold(0, u64::saturating_add),
        }
    }
}

/// Visas that expire within this many days are lapsing soon.
const LAPSING_DAYS: u32 = 14;

fn sum(persons: impl Iterator<Item = Persons>) -> u64 {
    persons.map(u64::from).fold(0, u64::saturating_add)
}
