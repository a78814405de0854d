//! Counting: arrivals held against departures, admissions against departure-counts.

use super::{CaseState, Contribution, Direction, Owner, TransportState, fold::Fold};
use crate::{
    envelope::Verified,
    names::{Date, Persons, RecordId, Timestamp},
    record::{Arrival, BreakClass, Record},
};

impl Fold<'_> {
    /// A departure by itself: claimed by the United Kingdom, agreed by nobody yet.
    pub(super) fn claim_departure(&mut self, departure: RecordId, persons: Persons, day: Date) {
        let one = Contribution {
            direction: Direction::Returned,
            week: day.week(),
            agreed: 0,
            gbr: persons.into(),
            fra: 0,
        };
        self.ledger.contributions.insert(departure, one);
    }

    /// An arrival by itself: claimed by France.
    pub(super) fn claim_arrival(&mut self, record: &Verified<Record>, persons: Persons) {
        let one = Contribution {
            direction: Direction::Returned,
            week: record.get().day().unwrap_or_default().week(),
            agreed: 0,
            gbr: 0,
            fra: persons.into(),
        };
        self.ledger.contributions.insert(record.id(), one);
    }

    /// An admission whose journey nobody announced: it is signed, so it counts.
    pub(super) fn admit_alone(&mut self, record: &Verified<Record>, persons: Persons) {
        let one = Contribution {
            direction: Direction::Admitted,
            week: record.get().day().unwrap_or_default().week(),
            agreed: persons.into(),
            gbr: persons.into(),
            fra: 0,
        };
        self.ledger.contributions.insert(record.id(), one);
    }

    /// An arrival that names a departure: counts once, the smaller number, if day and place match.
    pub(super) fn arrived(
        &mut self,
        record: &Verified<Record>,
        arrival: &Arrival,
        notice: RecordId,
    ) {
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        let TransportState::Departed(departure, departed, left) = transport.state else {
            return self.note(BreakClass::Duplicate, crate::names::Party::Fra, record, &[notice]);
        };
        transport.state = TransportState::Arrived(record.id());
        let (cases, to) = (transport.cases.clone(), transport.to.clone());
        let state =
            if arrival.persons.0 == 0 { CaseState::Accepted } else { CaseState::Returned(notice) };
        self.move_cases(&cases, &state);

        let day = record.get().day().unwrap_or_default();
        let began = record.signed_at();
        let evidence = || vec![departure, record.id()];
        let tolerance = self.agreement.terms().date_tolerance_days;
        let day_matches = day.days().abs_diff(left.days()) <= tolerance;
        let place_matches = self.agreement.same_place(&to, &arrival.place);
        let breaks = &mut self.ledger.breaks;
        if !day_matches {
            breaks.note(BreakClass::DateMismatch, Owner::Both, began, evidence());
        }
        if !place_matches {
            breaks.note(BreakClass::PlaceMismatch, Owner::Both, began, evidence());
        }
        if departed != arrival.persons {
            breaks.note(BreakClass::HeadcountMismatch, Owner::Both, began, evidence());
        }
        let matches = day_matches && place_matches;
        let one = Contribution {
            direction: Direction::Returned,
            week: day.week(),
            agreed: if matches { departed.min(arrival.persons).into() } else { 0 },
            gbr: departed.into(),
            fra: arrival.persons.into(),
        };
        self.ledger.contributions.remove(&departure);
        self.ledger.contributions.insert(record.id(), one);
    }

    /// What only the end of the view can tell: journeys, and departures that nobody answered.
    pub(super) fn settle(&mut self, as_of: Timestamp) {
        self.settle_journeys(as_of);
        for transport in self.ledger.transports.values() {
            let TransportState::Departed(departure, _, left) = transport.state else { continue };
            if let Some(began) = self.overdue(left, as_of) {
                let owner = Owner::Party(crate::names::Party::Fra);
                let class = BreakClass::DepartedNotArrived;
                self.ledger.breaks.note(class, owner, began, vec![departure]);
            }
        }
    }

    fn settle_journeys(&mut self, as_of: Timestamp) {
        for journey in self.ledger.journeys.values() {
            let counted = journey.counted;
            let (id, gbr, fra, day) = match (journey.admitted, counted) {
                (Some((id, persons, day)), _) => {
                    (id, persons, counted.map_or(Persons(0), |(_, persons, _)| persons), day)
                }
                (None, Some((id, persons, day))) => (id, Persons(0), persons, day),
                (None, None) => continue,
            };
            let one = Contribution {
                direction: Direction::Admitted,
                week: day.week(),
                agreed: gbr.into(),
                gbr: gbr.into(),
                fra: fra.into(),
            };
            self.ledger.contributions.insert(id, one);
            let differs = match (journey.admitted, counted) {
                (Some((admission, ..)), Some((count, ..))) if gbr != fra => {
                    Some((day.plus(1).start(), vec![admission, count]))
                }
                (None, Some((count, persons, day))) if persons.0 > 0 => {
                    self.overdue(day, as_of).map(|began| (began, vec![count]))
                }
                _ => None,
            };
            if let Some((began, evidence)) = differs {
                let class = BreakClass::AdmissionMismatch;
                self.ledger.breaks.note(class, Owner::Both, began, evidence);
            }
        }
    }

    /// When a movement of that day became overdue, if it has: the day after its tolerance.
    fn overdue(&self, day: Date, as_of: Timestamp) -> Option<Timestamp> {
        let tolerance = self.agreement.terms().date_tolerance_days;
        let began = day.plus(tolerance.saturating_add(1)).start();
        (began <= as_of).then_some(began)
    }
}
