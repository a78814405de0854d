//! Redress that one side leaves half done.

use crate::{
    names::{Party, Persons},
    record::{Arrival, ArrivalOutcome, BreakClass},
    season::{
        SeasonFault,
        maker::{BRITISH, FRENCH, Maker, flights::persons, less, on},
        times::{FRIDAY, SUNDAY, SUNDAY_APPROVALS, TUESDAY},
    },
};

impl Maker {
    /// The United Kingdom reverses a return, and France does not; it goes on counting.
    pub(super) fn reversed_by_one(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let flown = self.plain(&cases, week)?;
        let reversal = self.reverse(Party::Gbr, flown.arrival, week);
        let evidence = [reversal, flown.arrival];
        let when = on(week, SUNDAY_APPROVALS);
        self.plant(BreakClass::ReversalOneSided, FRENCH, &evidence, when);
        Ok(())
    }

    /// France corrects the number of an arrival, and the United Kingdom does not consent.
    pub(super) fn corrected_by_one(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = [self.accepted(week, 0)?, self.accepted(week, 0)?];
        let week = self.ready(&cases);
        let flown = self.plain(&cases, week)?;
        let place = flown.to.clone();
        let outcome = ArrivalOutcome::Partly;
        let mut instead = flown.came;
        let fewer = less(persons(&cases), Persons(1));
        instead.fact = Arrival { outcome, place, persons: fewer }.into();
        let correction = self.correct_movement(flown.arrival, instead, week);
        let evidence = [correction, flown.arrival];
        let when = on(week, SUNDAY_APPROVALS);
        self.plant(BreakClass::CorrectionOneSided, BRITISH, &evidence, when);
        Ok(())
    }

    /// Only the United Kingdom destroys the data of a case that was taken back.
    pub(super) fn erased_by_one(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.withdraw(asked.label, on(week, TUESDAY));
        let erasure = self.erase(Party::Gbr, asked.label, week);
        let when = on(week, SUNDAY_APPROVALS);
        self.approve(Party::Gbr, erasure, when);
        self.plant(BreakClass::ErasedOneSideOnly, FRENCH, &[erasure, asked.label], when);
        Ok(())
    }

    /// An erasure waits for its approval.
    pub(super) fn without_approval(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.withdraw(asked.label, on(week, TUESDAY));
        let erasure = self.erase(Party::Gbr, asked.label, week);
        self.plant(BreakClass::ApprovalAwaited, BRITISH, &[erasure], on(week, SUNDAY));
        Ok(())
    }

    /// France says that data are wrong, and nobody corrects them.
    pub(super) fn wrong_data_left(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        let when = on(week, TUESDAY);
        let notice = self.wrong_data(&asked, when)?;
        self.plant(BreakClass::WrongDataNotCorrected, BRITISH, &[notice, asked.label], when);
        self.accept(&asked, on(week, FRIDAY));
        Ok(())
    }
}
