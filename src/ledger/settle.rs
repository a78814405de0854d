//! Counting: arrivals held against departures, admissions against departure-counts.

use super::{CaseState, Contribution, Direction, Ledger, Owner, TransportState, fold::Fold};
use crate::{
    envelope::Verified,
    names::{Date, Party, Persons, RecordId, Timestamp},
    record::{Arrival, BreakClass, Record},
};

/// What a departure said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// Under which departure's id the United Kingdom's claim stands until an arrival takes it: its
    /// own, or that of the first one of the same transport.
    pub(super) claim: RecordId,
    /// The transport, if it was announced.
    pub(super) notice: Option<RecordId>,
    /// How many left.
    pub(super) persons: Persons,
    /// When.
    pub(super) day: Date,
}

impl Fold<'_> {
    /// A departure by itself: claimed by the United Kingdom, agreed by nobody yet.
    pub(super) fn leave(&mut self, departure: RecordId, left: &Left) {
        let Ledger { cases, transports, contributions, .. } = &mut self.ledger;
        if let Some(notice) = left.notice
            && let Some(transport) = transports.get_mut(&notice)
        {
            transport.state = TransportState::Departed(departure, left.persons, left.day);
            for id in &transport.cases {
                if let Some(case) = cases.get_mut(id)
                    && case.state == CaseState::Accepted
                {
                    case.state = CaseState::Travelling(notice);
                }
            }
        }
        let one = Contribution {
            direction: Direction::Returned,
            week: left.day.week(),
            agreed: 0,
            gbr: Some(left.persons.into()),
            fra: None,
        };
        contributions.insert(departure, one);
    }

    /// An arrival by itself: claimed by France.
    pub(super) fn claim_arrival(&mut self, record: &Verified<Record>, persons: Persons) {
        self.alone(record, Direction::Returned, 0, None, Some(persons));
    }

    /// An admission whose journey nobody announced: it is signed, so it counts.
    pub(super) fn admit_alone(&mut self, record: &Verified<Record>, persons: Persons) {
        self.alone(record, Direction::Admitted, persons.into(), Some(persons), None);
    }

    /// A departure-count of a journey that nobody announced: claimed by France.
    pub(super) fn count_alone(&mut self, record: &Verified<Record>, persons: Persons) {
        self.alone(record, Direction::Admitted, 0, None, Some(persons));
    }

    fn alone(
        &mut self,
        record: &Verified<Record>,
        direction: Direction,
        agreed: u64,
        gbr: Option<Persons>,
        fra: Option<Persons>,
    ) {
        let week = record.get().day().unwrap_or_default().week();
        let (gbr, fra) = (gbr.map(u64::from), fra.map(u64::from));
        let one = Contribution { direction, week, agreed, gbr, fra };
        self.ledger.contributions.insert(record.id(), one);
    }

    /// An arrival that names a departure: counts once, the smaller number, if day and place match.
    pub(super) fn arrived(
        &mut self,
        record: &Verified<Record>,
        arrival: &Arrival,
        departure: RecordId,
    ) {
        let Some(left) = self.departures.get(&departure).copied() else { return };
        if self.ledger.contributions.remove(&left.claim).is_none() {
            // Another arrival has taken the claim: the same persons do not arrive twice.
            return self.note(BreakClass::Duplicate, Party::Fra, record, &[departure]);
        }
        let matches = self.held_against(record, arrival, departure, &left);
        let one = Contribution {
            direction: Direction::Returned,
            week: record.get().day().unwrap_or_default().week(),
            agreed: if matches { left.persons.min(arrival.persons).into() } else { 0 },
            gbr: Some(left.persons.into()),
            fra: Some(arrival.persons.into()),
        };
        self.ledger.contributions.insert(record.id(), one);
        let Some(notice) = left.notice else { return };
        let (state, cases) = if arrival.persons.0 == 0 {
            (TransportState::Failed(record.id()), CaseState::Accepted)
        } else {
            (TransportState::Arrived(record.id()), CaseState::Returned(notice))
        };
        if let Some(transport) = self.ledger.transports.get_mut(&notice) {
            transport.state = state;
        }
        self.move_cases(notice, &cases);
    }

    /// Notes how an arrival differs from the departure that it names, and says whether it counts.
    /// Of a transport that nobody announced, no place of arrival is known; and where nobody
    /// arrived, neither day nor place matters.
    fn held_against(
        &mut self,
        record: &Verified<Record>,
        arrival: &Arrival,
        departure: RecordId,
        left: &Left,
    ) -> bool {
        let agreement = self.agreement;
        let day = record.get().day().unwrap_or_default();
        let transport = left.notice.and_then(|notice| self.ledger.transports.get(&notice));
        let place_matches = transport.is_none_or(|transport| {
            agreement.terms().provisions.same_place(&transport.to, &arrival.place)
        });
        let day_matches = day.days().abs_diff(left.day.days())
            <= agreement.terms().provisions.date_tolerance_days;
        let somebody = arrival.persons.0 > 0;
        for (class, differs) in [
            (BreakClass::DateMismatch, somebody && !day_matches),
            (BreakClass::PlaceMismatch, somebody && !place_matches),
            (BreakClass::HeadcountMismatch, left.persons != arrival.persons),
        ] {
            if differs {
                let evidence = vec![departure, record.id()];
                self.ledger.breaks.note(class, Owner::Both, record.signed_at(), evidence);
            }
        }
        day_matches && place_matches
    }

    /// Moves the cases that travel by this transport; those that have gone on by another stay.
    pub(super) fn move_cases(&mut self, notice: RecordId, state: &CaseState) {
        let Ledger { cases, transports, .. } = &mut self.ledger;
        for id in transports.get(&notice).iter().flat_map(|transport| &transport.cases) {
            if let Some(case) = cases.get_mut(id)
                && case.state == CaseState::Travelling(notice)
            {
                case.state = state.clone();
            }
        }
    }

    /// What only the end of the view can tell: journeys, and departures that nobody answered.
    pub(super) fn settle(&mut self) {
        self.settle_journeys();
        for (departure, left) in &self.departures {
            // A departure whose claim still stands has no arrival.
            if self.ledger.contributions.contains_key(departure)
                && let Some(began) = self.overdue(left.day)
            {
                let owner = Owner::Party(Party::Fra);
                let class = BreakClass::DepartedNotArrived;
                self.ledger.breaks.note(class, owner, began, vec![*departure]);
            }
        }
    }

    fn settle_journeys(&mut self) {
        for journey in self.ledger.journeys.values() {
            let (id, day, gbr, fra) = match (journey.admitted, journey.counted) {
                (Some((id, gbr, day)), counted) => {
                    (id, day, Some(gbr), counted.map(|(_, fra, _)| fra))
                }
                (None, Some((id, fra, day))) => (id, day, None, Some(fra)),
                (None, None) => continue,
            };
            let one = Contribution {
                direction: Direction::Admitted,
                week: day.week(),
                agreed: gbr.map_or(0, u64::from),
                gbr: gbr.map(u64::from),
                fra: fra.map(u64::from),
            };
            self.ledger.contributions.insert(id, one);
            let differs = match (journey.admitted, journey.counted) {
                (Some((admission, ..)), Some((count, ..))) if gbr != fra => {
                    Some((day.plus(1).start(), vec![admission, count]))
                }
                (None, Some((count, persons, day))) if persons.0 > 0 => {
                    self.overdue(day).map(|began| (began, vec![count]))
                }
                (Some(_), _) | (None, _) => None,
            };
            if let Some((began, evidence)) = differs {
                let class = BreakClass::AdmissionMismatch;
                self.ledger.breaks.note(class, Owner::Both, began, evidence);
            }
        }
    }

    /// When a movement of that day became overdue, if it has: the day after its tolerance.
    fn overdue(&self, day: Date) -> Option<Timestamp> {
        let tolerance = self.agreement.terms().provisions.date_tolerance_days;
        let began = day.plus(tolerance.saturating_add(1)).start();
        (began <= self.as_of).then_some(began)
    }
}
