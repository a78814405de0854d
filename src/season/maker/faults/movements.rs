//! Departures and arrivals that do not fit one another, or their notice.

use crate::ledger::Owner::Both;
use crate::{
    names::Persons,
    record::{Arrival, ArrivalOutcome, BreakClass},
    season::{
        Label, SeasonFault,
        maker::{
            BRITISH, FRENCH, Maker,
            flights::{Flight, arrives, persons},
            less, on, place,
            requests::Case,
        },
        times::{MONDAY, SATURDAY, SUNDAY, WEDNESDAY},
    },
};

impl Maker {
    /// A family of three is announced, and one of it stays behind.
    pub(super) fn family_split(&mut self, week: u32) -> Result<(), SeasonFault> {
        let case = self.accepted(week, 2)?;
        let ready = self.ready(std::slice::from_ref(&case));
        self.fewer_leave(&[case], ready, BreakClass::FamilySplit)
    }

    /// Two cases are announced, and only one of them leaves; nobody says which.
    pub(super) fn travelled_in_part(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = [self.accepted(week, 0)?, self.accepted(week, 0)?];
        let ready = self.ready(&cases);
        self.fewer_leave(&cases, ready, BreakClass::TravelledInPart)
    }

    fn fewer_leave(
        &mut self,
        cases: &[Case],
        week: u32,
        class: BreakClass,
    ) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        let flown = self.fly(&flight, less(persons(cases), Persons(1)))?;
        self.plant(class, BRITISH, &[flown.departure, flight.notice], leaves);
        Ok(())
    }

    /// One of those who left does not arrive.
    pub(super) fn fewer_arrived(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = [self.accepted(week, 0)?, self.accepted(week, 0)?];
        let week = self.ready(&cases);
        let (flight, departure) = self.left_on_wednesday(&cases, week)?;
        let when = arrives(flight.leaves);
        let came = self.arrive(&flight, departure, ArrivalOutcome::Partly, Persons(1))?;
        let arrival = self.put(when, came);
        self.returned.insert(arrival, 1);
        let evidence = [arrival, departure];
        let planted = self.plant(BreakClass::HeadcountMismatch, Both, &evidence, when);
        self.decide_some(planted, week);
        Ok(())
    }

    /// An arrival names a day that is too far from that of the departure, and does not count.
    pub(super) fn arrived_another_day(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let (flight, departure) = self.left_on_wednesday(&cases, week)?;
        let when = on(week, SATURDAY);
        let came = self.arrive(&flight, departure, ArrivalOutcome::Arrived, persons(&cases))?;
        let came = came.on(self.day(when));
        let arrival = self.put(when, came);
        // Before France speaks, the arrival is overdue for a day.
        let overdue = self.day(on(week, WEDNESDAY)).plus(2).start();
        let missing =
            self.plant_from(BreakClass::DepartedNotArrived, FRENCH, &[departure], overdue);
        self.close(missing, when);
        let evidence = [arrival, departure];
        let planted = self.plant(BreakClass::DateMismatch, Both, &evidence, when);
        self.decide_some(planted, week);
        Ok(())
    }

    /// Persons leave on a Sunday and arrive on the Monday, in the week of which they count.
    pub(super) fn arrived_in_the_next_week(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let flight = self.announced(&cases, on(week, SUNDAY))?;
        let all = persons(&cases);
        let left = self.depart(&flight, all)?;
        let departure = self.put(flight.leaves, left);
        let when = on(week.saturating_add(1), MONDAY);
        let came = self.arrive(&flight, departure, ArrivalOutcome::Arrived, all)?;
        let came = came.on(self.day(when));
        let arrival = self.put(when, came);
        self.returned.insert(arrival, all.0.into());
        self.plant(BreakClass::WeekBoundary, Both, &[arrival, departure], when);
        Ok(())
    }

    /// An arrival names another place than the notice, and does not count.
    pub(super) fn arrived_elsewhere(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let (flight, departure) = self.left_on_wednesday(&cases, week)?;
        let all = persons(&cases);
        let when = arrives(flight.leaves);
        let mut came = self.arrive(&flight, departure, ArrivalOutcome::Arrived, all)?;
        let elsewhere = place("FRLIL")?;
        came.fact =
            Arrival { outcome: ArrivalOutcome::Arrived, place: elsewhere, persons: all }.into();
        let arrival = self.put(when, came);
        let evidence = [arrival, departure];
        let planted = self.plant(BreakClass::PlaceMismatch, Both, &evidence, when);
        self.decide_some(planted, week);
        Ok(())
    }

    /// A departure without an arrival.
    pub(super) fn departed_only(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let (_, departure) = self.left_on_wednesday(&cases, week)?;
        let overdue = self.day(on(week, WEDNESDAY)).plus(2).start();
        self.plant_from(BreakClass::DepartedNotArrived, FRENCH, &[departure], overdue);
        Ok(())
    }

    /// An arrival without a departure.
    pub(super) fn arrived_only(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let flight = self.announced(&cases, on(week, WEDNESDAY))?;
        let all = persons(&cases);
        let came = self.arrive(&flight, flight.notice, ArrivalOutcome::Arrived, all)?;
        let when = arrives(flight.leaves);
        let arrival = self.put(when, came);
        let evidence = [arrival, flight.notice];
        self.plant(BreakClass::ArrivedNotDeparted, BRITISH, &evidence, when);
        Ok(())
    }

    /// All persons of these cases leave on a Wednesday.
    fn left_on_wednesday(
        &mut self,
        cases: &[Case],
        week: u32,
    ) -> Result<(Flight, Label), SeasonFault> {
        let flight = self.announced(cases, on(week, WEDNESDAY))?;
        let left = self.depart(&flight, persons(cases))?;
        let departure = self.put(flight.leaves, left);
        Ok((flight, departure))
    }
}
