//! Visas and journeys that do not keep what the agreement says.

use crate::{
    ledger::Owner::Both,
    names::{Persons, Timestamp},
    record::{BreakClass, DepartureCount, PauseReason},
    season::{
        Act, Label, SeasonFault,
        maker::{
            BRITISH, FRENCH, Maker,
            admissions::{Journey, Visa},
            less, on, place,
        },
        times::{MONDAY, MONDAY_EARLY, SATURDAY, TUESDAY, WEDNESDAY, WEDNESDAY_EVENING},
    },
};

/// Days of a visa that is too long: three months are at most 92.
const TOO_LONG_DAYS: u32 = 120;
/// Days of a visa whose last day is the Tuesday before its holders enter.
const LAPSED_DAYS: u32 = 15;
/// Days of a visa that is in order.
const VALID_DAYS: u32 = 88;

impl Maker {
    /// A visa is valid for longer than three months.
    pub(super) fn visa_too_long(&mut self, week: u32) -> Result<(), SeasonFault> {
        let visa = self.issue(week, TOO_LONG_DAYS, false)?;
        let when = on(week, MONDAY);
        let planted = self.plant(BreakClass::VisaTooLong, BRITISH, &[visa.label], when);
        self.decide_some(planted, week);
        Ok(())
    }

    /// The holders of a visa enter on the day after its last.
    pub(super) fn admitted_too_late(&mut self, week: u32) -> Result<(), SeasonFault> {
        let visa = self.issue(week, LAPSED_DAYS, false)?;
        let week = week.saturating_add(2);
        let admitted = self.admitted_on_wednesday(&visa, week)?;
        let evidence = [admitted, visa.label];
        let when = on(week, WEDNESDAY_EVENING);
        self.plant(BreakClass::VisaLapsedButAdmitted, BRITISH, &evidence, when);
        Ok(())
    }

    /// More persons have visas of a window than it has places.
    pub(super) fn allocation_exceeded(&mut self, week: u32) -> Result<(), SeasonFault> {
        let act = self.allocation(on(week, MONDAY_EARLY), Persons(2))?;
        let allocation = self.put(on(week, MONDAY_EARLY), act);
        let re = [allocation];
        self.issue_so(on(week, MONDAY), &re, (2, 0), VALID_DAYS)?;
        let when = on(week, TUESDAY);
        let visa = self.issue_so(when, &re, (1, 1), VALID_DAYS)?;
        self.plant(BreakClass::AllocationExceeded, BRITISH, &[visa.label, allocation], when);
        Ok(())
    }

    /// A visa is taken from a window that is paused.
    pub(super) fn issued_while_paused(&mut self, week: u32) -> Result<(), SeasonFault> {
        let act = self.allocation(on(week, MONDAY_EARLY), Persons(20))?;
        let allocation = self.put(on(week, MONDAY_EARLY), act);
        self.window(allocation, Some(PauseReason::Operations), on(week, MONDAY));
        let when = on(week, TUESDAY);
        let visa = self.issue_so(when, &[allocation], (1, 0), VALID_DAYS)?;
        self.plant(BreakClass::WindowPaused, BRITISH, &[visa.label, allocation], when);
        Ok(())
    }

    /// France counts another number than enters; what enters counts.
    pub(super) fn count_differs(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (journey, week) = self.journey(week)?;
        let all = journey.persons;
        let persons = less(all, Persons(1));
        let fact = DepartureCount { place: place("FRCDG")?, persons }.into();
        let counted = self.put(on(week, WEDNESDAY), Act { fact, ..journey.counted });
        let when = on(week, WEDNESDAY_EVENING);
        let admitted = self.put(when, journey.admitted);
        self.admitted.insert(admitted, all.0.into());
        self.plant(BreakClass::AdmissionMismatch, Both, &[admitted, counted], when);
        Ok(())
    }

    /// France counts persons who leave, and nobody says that they entered.
    pub(super) fn counted_only(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (journey, week) = self.journey(week)?;
        let counted = self.put(on(week, WEDNESDAY), journey.counted);
        self.plant_from(BreakClass::DepartedNotAdmitted, Both, &[counted], self.overdue(week));
        Ok(())
    }

    /// Persons enter, and France counts nobody; they count.
    pub(super) fn admitted_only(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (journey, week) = self.journey(week)?;
        let admitted = self.put(on(week, WEDNESDAY_EVENING), journey.admitted);
        self.admitted.insert(admitted, journey.persons.0.into());
        self.plant_from(BreakClass::AdmittedNotDeparted, FRENCH, &[admitted], self.overdue(week));
        Ok(())
    }

    /// Persons enter on another day than France counted them on; they count.
    pub(super) fn admitted_another_day(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (journey, week) = self.journey(week)?;
        let counted = self.put(on(week, WEDNESDAY), journey.counted);
        // Before the United Kingdom speaks, the admission is overdue for a day.
        let from = self.overdue(week);
        let missing = self.plant_from(BreakClass::DepartedNotAdmitted, Both, &[counted], from);
        let when = on(week, SATURDAY);
        self.close(missing, when);
        let admitted = journey.admitted.on(self.day(when));
        let admitted = self.put(when, admitted);
        self.admitted.insert(admitted, journey.persons.0.into());
        self.plant(BreakClass::DateMismatch, Both, &[admitted, counted], when);
        Ok(())
    }

    /// The visas of a family, and its journey two weeks later.
    fn journey(&mut self, week: u32) -> Result<(Journey, u32), SeasonFault> {
        let visa = self.issue_so(on(week, MONDAY), &[], (2, 1), VALID_DAYS)?;
        let week = week.saturating_add(2);
        let all = visa.content.persons();
        Ok((self.travel(&[visa], week, all)?, week))
    }

    /// When the other side's word on a Wednesday's journey is overdue.
    fn overdue(&self, week: u32) -> Timestamp {
        self.day(on(week, WEDNESDAY)).plus(2).start()
    }

    /// The holders of a visa are counted and enter on a Wednesday.
    pub(super) fn admitted_on_wednesday(
        &mut self,
        visa: &Visa,
        week: u32,
    ) -> Result<Label, SeasonFault> {
        let all = visa.content.persons();
        let journey = self.travel(std::slice::from_ref(visa), week, all)?;
        self.put(on(week, WEDNESDAY), journey.counted);
        let admitted = self.put(on(week, WEDNESDAY_EVENING), journey.admitted);
        self.admitted.insert(admitted, all.0.into());
        Ok(admitted)
    }
}
