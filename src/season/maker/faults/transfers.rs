//! Transports that are announced too late, too early, or for whom nothing was accepted.

use crate::{
    names::{Date, Persons},
    record::{Attestation, BreakClass, CodeList, Departure, RefusalGround, Scope},
    season::{
        SeasonFault,
        maker::{
            BRITISH, Maker,
            flights::{answers, persons},
            on, place,
            requests::Case,
        },
        times::{FRIDAY, MONDAY, TUESDAY, TUESDAY_LATE, WEDNESDAY},
    },
};

/// Persons of a group, which is announced two days before.
const GROUP_PERSONS: u32 = 10;

impl Maker {
    /// Someone is transferred after the three months of the procedure.
    pub(super) fn late_transfer(&mut self, week: u32) -> Result<(), SeasonFault> {
        let when = on(week, MONDAY);
        let arrived = Date::new(self.day(when).days().saturating_sub(5));
        let asked = self.ask_so(when, arrived, Scope::ProtectionClaim, 0)?;
        let answer = self.accept(&asked, on(week, WEDNESDAY));
        let ready = week.saturating_add(13);
        let case = Case { asked, answer, ready };
        let flown = self.plain(std::slice::from_ref(&case), ready)?;
        let evidence = [flown.departure, case.asked.label];
        self.plant(BreakClass::LateTransfer, BRITISH, &evidence, flown.leaves);
        Ok(())
    }

    /// A transport is announced on its own day.
    pub(super) fn short_notice(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let (when, leaves) = (on(week, TUESDAY), on(week, TUESDAY_LATE));
        let content = self.flight(persons(&cases))?;
        let flight = self.announce(&answers(&cases), content, when, leaves)?;
        let planted = self.plant(BreakClass::ShortNotice, BRITISH, &[flight.notice], when);
        self.fly(&flight, persons(&cases))?;
        self.decide_some(planted, week);
        Ok(())
    }

    /// A group is announced a day before.
    pub(super) fn short_notice_of_a_group(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, GROUP_PERSONS)?;
        let week = self.ready(&cases);
        let (when, leaves) = (on(week, TUESDAY), on(week, WEDNESDAY));
        let content = self.flight(persons(&cases))?;
        let flight = self.announce(&answers(&cases), content, when, leaves)?;
        self.plant(BreakClass::ShortNotice, BRITISH, &[flight.notice], when);
        self.fly(&flight, persons(&cases)).map(drop)
    }

    /// A transport leaves when its attestations do not hold any more.
    pub(super) fn stale_attestations(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let leaves = on(week.saturating_add(1), FRIDAY);
        let content = self.flight(persons(&cases))?;
        let flight = self.announce(&answers(&cases), content, on(week, MONDAY), leaves)?;
        let flown = self.fly(&flight, persons(&cases))?;
        let evidence = [flown.departure, flight.notice];
        self.plant(BreakClass::AttestationStale, BRITISH, &evidence, leaves);
        Ok(())
    }

    /// One thing is not attested.
    pub(super) fn missing_attestation(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let leaves = self.leaving(week);
        let mut content = self.flight(persons(&cases))?;
        let some = Attestation::ALL.iter().copied().skip(1).collect();
        content.attestations = CodeList::new(some).ok_or(SeasonFault::Codes)?;
        let when = on(week, MONDAY);
        let flight = self.announce(&answers(&cases), content, when, leaves)?;
        let planted = self.plant(BreakClass::AttestationMissing, BRITISH, &[flight.notice], when);
        self.fly(&flight, persons(&cases))?;
        self.decide_some(planted, week);
        Ok(())
    }

    /// A case is announced that is not answered yet; nobody leaves.
    pub(super) fn transfer_without_acceptance(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        let when = on(week, TUESDAY);
        let content = self.flight(asked.content.persons())?;
        let flight = self.announce(&[asked.label], content, when, on(week, FRIDAY))?;
        let evidence = [flight.notice, asked.label];
        self.plant(BreakClass::TransferWithoutAcceptance, BRITISH, &evidence, when);
        self.put_off(&[flight.notice], on(week, WEDNESDAY));
        self.accept(&asked, on(week, FRIDAY));
        Ok(())
    }

    /// A case is announced that was refused; nobody leaves.
    pub(super) fn transfer_after_refusal(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        let refused = self.refuse(&asked, RefusalGround::NotInScope, on(week, WEDNESDAY));
        let next = week.saturating_add(1);
        let when = on(next, MONDAY);
        let content = self.flight(asked.content.persons())?;
        let flight = self.announce(&[refused], content, when, on(next, FRIDAY))?;
        let evidence = [flight.notice, refused];
        self.plant(BreakClass::TransferAfterRefusal, BRITISH, &evidence, when);
        self.put_off(&[flight.notice], on(next, WEDNESDAY));
        Ok(())
    }

    /// A departure names a place that the agreement does not.
    pub(super) fn place_unknown(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let leaves = self.leaving(week);
        let flight = self.announced(&cases, leaves)?;
        let all = persons(&cases);
        let mut left = self.depart(&flight, all)?;
        left.fact = Departure { place: place("GBEDI")?, persons: all }.into();
        let flown = self.flown(&flight, left, all)?;
        self.plant(BreakClass::PlaceUnknown, BRITISH, &[flown.departure], leaves);
        Ok(())
    }

    /// One person more is announced than was accepted.
    pub(super) fn more_announced_than_accepted(&mut self, week: u32) -> Result<(), SeasonFault> {
        let cases = self.group(week, 2)?;
        let week = self.ready(&cases);
        let (when, leaves) = (on(week, MONDAY), on(week, WEDNESDAY));
        let all = persons(&cases);
        let content = self.flight(Persons(all.0.saturating_add(1)))?;
        let flight = self.announce(&answers(&cases), content, when, leaves)?;
        self.plant(BreakClass::HeadcountMismatch, BRITISH, &[flight.notice], when);
        // As many leave as were accepted.
        self.fly(&flight, all).map(drop)
    }
}
