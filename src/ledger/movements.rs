//! Departures and arrivals, and what counts of them: the smaller number, if both sides tell of the
//! same day and place.

use super::{
    Contribution, Direction, Owner,
    cases::{CaseState, Movement, Told, TransportState},
    faults,
    fold::{Fold, Seen, Taken},
    transitions::{self, TransportEvent},
};
use crate::{
    danger::{Bug, planted},
    names::{Party, PerParty, Persons, Place, RecordId, Week},
    record::{Arrival, ArrivalOutcome, BreakClass, Departure},
};

impl Fold {
    pub(super) fn departure(&mut self, taken: &Taken<'_>, one: &Departure) -> Seen {
        let Some(named) = taken.named() else { return Seen::Departure };
        let told = taken.told(one.persons, &one.place);
        let transport = self.ledger.transports.get_mut(&named);
        let Some(transport) = transport else {
            self.leave(taken, told, None);
            self.illegal(taken, named);
            return Seen::Departure;
        };
        transport.history.push(taken.id);
        let (event, state) = (TransportEvent::Departure, transport.state);
        let (since, movement) = (transport.since, transport.movement);
        if transitions::next(transitions::TRANSPORT, state, event).is_some() {
            self.leave(taken, told, Some(named));
        } else if transitions::next(faults::TRANSPORT_FACTS, state, event).is_some() {
            // People have left, whatever was said before.
            self.go_with(taken, named, since);
            self.leave(taken, told, Some(named));
            self.note(event.fault(state), taken, &[since]);
        } else {
            // An arrival may name either departure, and counts once.
            if let Some(movement) = movement {
                self.departures.insert(taken.id, movement);
                self.duplicates.insert(taken.id, told);
            }
            self.note(event.fault(state), taken, &[movement.unwrap_or(named)]);
        }
        Seen::Departure
    }

    /// Persons have left: claimed by the United Kingdom, agreed by nobody yet.
    fn leave(&mut self, taken: &Taken<'_>, left: Told, notice: Option<RecordId>) {
        let families = notice.map(|notice| self.families(notice)).unwrap_or_default();
        let transport = notice.and_then(|notice| self.ledger.transports.get(&notice));
        let movement = Movement {
            notice,
            to: transport.map(|transport| transport.to.clone()),
            left: Some(left),
            families,
            came: None,
            version: taken.version,
            pending: PerParty::default(),
            reversed: PerParty::default(),
        };
        self.ledger.movements.insert(taken.id, movement);
        self.departures.insert(taken.id, taken.id);
        if let Some(notice) = notice
            && let Some(transport) = self.ledger.transports.get_mut(&notice)
        {
            transport.state = TransportState::Departed;
            transport.since = taken.id;
            transport.movement = Some(taken.id);
        }
        self.recount(taken.id);
    }

    /// Cases that an unforeseen departure takes along: those that its transport's end had freed.
    fn go_with(&mut self, taken: &Taken<'_>, notice: RecordId, end: RecordId) {
        let cases = self.ledger.transports.get(&notice).map(|one| one.cases.clone());
        for request in cases.unwrap_or_default() {
            if let Some(case) = self.ledger.cases.get_mut(&request)
                && case.state == CaseState::Accepted
                && case.since == end
            {
                case.state = CaseState::Travelling;
                case.since = taken.id;
                case.transport = Some(notice);
            }
        }
    }

    /// How many persons each case has that travels by this transport.
    fn families(&self, notice: RecordId) -> Vec<Persons> {
        let cases = self.travelling(notice).filter_map(|request| self.ledger.cases.get(&request));
        cases.map(|case| case.persons).collect()
    }

    pub(super) fn arrival(&mut self, taken: &Taken<'_>, one: &Arrival) -> Seen {
        let Some(named) = taken.named() else { return Seen::Arrival };
        match self.what(named) {
            Some(Seen::Departure) => self.arrived(taken, one, named),
            Some(Seen::Notice) if one.outcome == ArrivalOutcome::NotArrived => {
                self.nobody_left(taken, named)
            }
            Some(Seen::Notice) | None => self.arrived_alone(taken, one),
            Some(_) => {
                self.claim_arrival(taken, one);
                self.illegal(taken, named);
            }
        }
        Seen::Arrival
    }

    /// Nobody came, and the arrival names the notice: right if nobody left.
    fn nobody_left(&mut self, taken: &Taken<'_>, notice: RecordId) {
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        transport.history.push(taken.id);
        let (event, state) = (TransportEvent::NonArrival, transport.state);
        let other = transport.movement.unwrap_or(transport.since);
        let next = transitions::next(transitions::TRANSPORT, state, event);
        match next.filter(|_| state != TransportState::Departed) {
            Some(next) => {
                transport.state = next;
                transport.since = taken.id;
                self.move_cases(notice, CaseState::Accepted, taken);
            }
            None => self.note(event.fault(state), taken, &[other]),
        }
    }

    /// An arrival without a departure. If nobody came either, there is nothing to claim.
    fn arrived_alone(&mut self, taken: &Taken<'_>, one: &Arrival) {
        if one.outcome != ArrivalOutcome::NotArrived {
            self.claim_arrival(taken, one);
            let owner = Owner::Party(taken.party.other());
            let named = taken.record.re.clone();
            self.note_for(owner, BreakClass::ArrivedNotDeparted, taken, &named);
        }
    }

    /// An arrival by itself: claimed by France.
    fn claim_arrival(&mut self, taken: &Taken<'_>, one: &Arrival) {
        let movement = Movement {
            notice: None,
            to: None,
            left: None,
            families: Vec::new(),
            came: Some(taken.told(one.persons, &one.place)),
            version: taken.version,
            pending: PerParty::default(),
            reversed: PerParty::default(),
        };
        self.ledger.movements.insert(taken.id, movement);
        self.redress.counted.insert(taken.id, taken.id);
        self.recount(taken.id);
    }

    /// An arrival that names a departure.
    fn arrived(&mut self, taken: &Taken<'_>, one: &Arrival, departure: RecordId) {
        let key = self.departures.get(&departure).copied().unwrap_or(departure);
        let Some(movement) = self.ledger.movements.get_mut(&key) else { return };
        let notice = movement.notice;
        if let Some(transport) = notice.and_then(|id| self.ledger.transports.get_mut(&id)) {
            transport.history.push(taken.id);
        }
        if movement.came.is_some() && !planted(Bug::CountResentTwice) {
            // The same persons do not arrive twice.
            return self.note(BreakClass::Duplicate, taken, &[departure]);
        }
        if let Some(left) = self.duplicates.get(&departure) {
            movement.left = Some(left.clone());
        }
        movement.came = Some(taken.told(one.persons, &one.place));
        movement.version = taken.version;
        self.redress.counted.insert(taken.id, key);
        self.ledger.contributions.remove(&key);
        self.recount(key);
        self.end_of_transport(taken, key);
    }

    /// What an arrival means to the transport and its cases.
    pub(super) fn end_of_transport(&mut self, taken: &Taken<'_>, key: RecordId) {
        let Some(movement) = self.ledger.movements.get(&key) else { return };
        let Some(notice) = movement.notice else { return };
        let nobody = movement.came.as_ref().is_some_and(Told::is_nobody);
        let (state, cases) = if nobody {
            (TransportState::Failed, CaseState::Accepted)
        } else {
            (TransportState::Arrived, CaseState::Returned)
        };
        if let Some(transport) = self.ledger.transports.get_mut(&notice) {
            transport.state = state;
            transport.since = taken.id;
        }
        self.move_cases(notice, cases, taken);
    }

    /// Computes anew what counts of a movement, and what each side claims.
    pub(super) fn recount(&mut self, key: RecordId) {
        let Some(movement) = self.ledger.movements.get(&key) else { return };
        let Some(id) = movement.came.as_ref().or(movement.left.as_ref()).map(|one| one.record)
        else {
            return;
        };
        let one = self.contribution(movement);
        let old = self.ledger.contributions.insert(id, one);
        self.redress.running.returned(old.map_or(0, |old| old.agreed), one.agreed);
    }

    pub(super) fn contribution(&self, movement: &Movement) -> Contribution {
        let bound = movement.came.as_ref().or(movement.left.as_ref());
        let matched = match (&movement.left, &movement.came) {
            (Some(left), Some(came)) if self.is_matched(movement) => left.persons.min(came.persons),
            (Some(_) | None, Some(_) | None) => Persons(0),
        };
        Said {
            direction: Direction::Returned,
            week: bound.map(|one| one.day).unwrap_or_default().week(),
            matched,
            claims: PerParty::from_fn(|party| movement.claim(party).map(|one| one.persons)),
            reversed: PerParty::from_fn(|party| movement.reversed.of(party).is_some()),
        }
        .contribution()
    }

    /// Whether both sides tell of the same day and place. Of a transport that nobody announced, no
    /// place of arrival is known.
    pub(super) fn is_matched(&self, movement: &Movement) -> bool {
        self.same_day(movement) && self.same_place(movement)
    }

    pub(super) fn same_day(&self, movement: &Movement) -> bool {
        let tolerance = self.ledger.versions.provisions(movement.version).date_tolerance_days;
        match (&movement.left, &movement.came) {
            (Some(left), Some(came)) => left.day.days().abs_diff(came.day.days()) <= tolerance,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    pub(super) fn same_place(&self, movement: &Movement) -> bool {
        let provisions = self.ledger.versions.provisions(movement.version);
        match (&movement.to, &movement.came) {
            (Some(to), Some(came)) => provisions.same_place(to, &came.place),
            (Some(_) | None, None) | (None, Some(_)) => true,
        }
    }
}

/// What is said of a movement or journey, from which follow what counts and what is claimed.
pub(super) struct Said {
    pub(super) direction: Direction,
    /// By what binds both sides.
    pub(super) week: Week,
    /// Persons that count unless both sides have reversed it.
    pub(super) matched: Persons,
    /// Each side's newest word.
    pub(super) claims: PerParty<Option<Persons>>,
    /// Who has reversed it.
    pub(super) reversed: PerParty<bool>,
}

impl Said {
    pub(super) fn contribution(&self) -> Contribution {
        let both = self.reversed.gbr && self.reversed.fra;
        let claim = |party: Party| {
            let reversed = *self.reversed.of(party);
            self.claims.of(party).map(|persons| if reversed { 0 } else { persons.into() })
        };
        Contribution {
            direction: self.direction,
            week: self.week,
            agreed: if both { 0 } else { self.matched.into() },
            gbr: claim(Party::Gbr),
            fra: claim(Party::Fra),
        }
    }
}

impl Taken<'_> {
    /// What the record tells of persons who crossed.
    pub(super) fn told(&self, persons: Persons, place: &Place) -> Told {
        let day = self.record.day().unwrap_or_default();
        Told { record: self.id, persons, day, place: place.clone(), timing: self.timing }
    }
}
