//! What the fold makes of the records: cases, transports, visas, journeys.

use std::collections::BTreeMap;

use super::{Breaks, Contribution, Direction};
use crate::{
    names::{CaseRef, Date, Persons, Place, RecordId, Timestamp},
    record::{Pipeline, RefusalGround},
};

/// The state of everything at one view of both logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Return cases by the id of their readmission request.
    pub cases: BTreeMap<RecordId, Case>,
    /// Transports by the id of their transfer notice.
    pub transports: BTreeMap<RecordId, Transport>,
    /// Visas by the id of their record.
    pub visas: BTreeMap<RecordId, Visa>,
    /// Journeys by the id of their travel notice.
    pub journeys: BTreeMap<RecordId, Journey>,
    /// What counts or is claimed, by the id of the arrival or admission, or of the one-sided
    /// record that claims it.
    pub contributions: BTreeMap<RecordId, Contribution>,
    /// Open breaks.
    pub breaks: Breaks,
}

/// A readmission case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The British reference.
    pub reference: Option<CaseRef>,
    /// Persons concerned.
    pub persons: Persons,
    /// Where it stands.
    pub state: CaseState,
}

/// Where a return case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseState {
    /// Asked for, not answered.
    Requested,
    /// Accepted; no transport is under way.
    Accepted,
    /// Refused on a ground.
    Refused(Option<RefusalGround>),
    /// A transport is announced or under way: its notice.
    Travelling(RecordId),
    /// The transport arrived: its notice.
    Returned(RecordId),
}

/// A transport of persons to France.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// The movement's reference.
    pub reference: Option<CaseRef>,
    /// The cases that travel, by their requests.
    pub cases: Vec<RecordId>,
    /// Where it is to arrive.
    pub to: Place,
    /// How many were announced.
    pub persons: Persons,
    /// The day announced.
    pub day: Date,
    /// Where it stands.
    pub state: TransportState,
}

/// Where a transport stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportState {
    /// Announced.
    Notified,
    /// Departed, no word of arrival: record, persons, day.
    Departed(RecordId, Persons, Date),
    /// Arrived, with the departure that the arrival names: the arrival's id.
    Arrived(RecordId),
    /// Nobody arrived, whether anybody had left or not: the record that says so.
    Failed(RecordId),
}

/// Visas of one person or family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visa {
    /// The British reference.
    pub reference: Option<CaseRef>,
    /// Holders.
    pub persons: Persons,
    /// The last day of validity.
    pub expires: Date,
    /// Whether the holders were admitted.
    pub used: bool,
}

/// A journey of visa holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The movement's reference.
    pub reference: Option<CaseRef>,
    /// The visas used.
    pub visas: Vec<RecordId>,
    /// How many were announced.
    pub persons: Persons,
    /// France's departure-count: record, persons, day.
    pub counted: Option<(RecordId, Persons, Date)>,
    /// The admission: record, persons, day.
    pub admitted: Option<(RecordId, Persons, Date)>,
}

/// Where a journey stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JourneyState {
    /// Announced.
    Notified,
    /// Left France.
    Departed,
    /// Entered the United Kingdom.
    Admitted,
}

impl Journey {
    /// Where the journey stands.
    #[must_use]
    pub const fn state(&self) -> JourneyState {
        match (&self.admitted, &self.counted) {
            (Some(_), _) => JourneyState::Admitted,
            (None, Some(_)) => JourneyState::Departed,
            (None, None) => JourneyState::Notified,
        }
    }
}

/// Visas that expire within this many days are lapsing soon.
const LAPSING_DAYS: u32 = 14;

impl Ledger {
    /// Persons under way at `as_of`.
    #[must_use]
    pub fn pipeline(&self, as_of: Timestamp) -> Pipeline {
        let today = as_of.date();
        let cases = |wanted: &CaseState| {
            sum(self.cases.values().filter(|one| one.state == *wanted).map(|one| one.persons))
        };
        let notified = self.transports.values().filter(|one| one.state == TransportState::Notified);
        let returns =
            self.contributions.values().filter(|one| one.direction == Direction::Returned);
        let in_transit = returns.filter(|one| one.fra.is_none()).filter_map(|one| one.gbr);
        let outstanding = || self.visas.values().filter(|visa| !visa.used && visa.expires >= today);
        let soon = outstanding().filter(|visa| visa.expires <= today.plus(LAPSING_DAYS));
        let disputed = self.contributions.values().map(Contribution::disputed);
        Pipeline {
            requested: cases(&CaseState::Requested),
            accepted: cases(&CaseState::Accepted),
            notified: sum(notified.map(|one| one.persons)),
            in_transit: in_transit.fold(0, u64::saturating_add),
            visas_outstanding: sum(outstanding().map(|visa| visa.persons)),
            lapsing_soon: sum(soon.map(|visa| visa.persons)),
            disputed: disputed.fold(0, u64::saturating_add),
        }
    }
}

fn sum(persons: impl Iterator<Item = Persons>) -> u64 {
    persons.map(u64::from).fold(0, u64::saturating_add)
}
