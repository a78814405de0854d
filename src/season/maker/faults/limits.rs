//! Limits that are missed between request and answer.

use crate::{
    names::Date,
    record::{BreakClass, RefusalGround, Scope},
    season::{
        SeasonFault,
        maker::{BRITISH, FRENCH, Maker, on, requests::Asked},
        times::{FRIDAY, MONDAY, TUESDAY, WEDNESDAY, When},
    },
};

/// Days from an arrival to a request that comes too late: fourteen are allowed (Art. 4).
const TOO_LATE_DAYS: u32 = 17;
/// Days from a request to the first day on which its answer is overdue.
const OVERDUE_DAYS: u32 = 15;

impl Maker {
    /// France is asked too late, and refuses for that.
    pub(super) fn late_request(&mut self, week: u32) -> Result<(), SeasonFault> {
        // Not in the first weeks, when nobody can have arrived so long ago.
        let week = week.saturating_add(3);
        let when = on(week, MONDAY);
        let arrived = Date::new(self.day(when).days().saturating_sub(TOO_LATE_DAYS));
        let asked = self.ask_so(when, arrived, Scope::ProtectionClaim, 0)?;
        let planted = self.plant(BreakClass::LateRequest, BRITISH, &[asked.label], when);
        self.refuse(&asked, RefusalGround::LateRequest, on(week, WEDNESDAY));
        self.decide_some(planted, week);
        Ok(())
    }

    /// France answers after its limit; until then there is no reply.
    pub(super) fn late_answer(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.answered_late(&asked, on(week.saturating_add(2), FRIDAY));
        Ok(())
    }

    /// France never answers.
    pub(super) fn no_reply(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.unanswered(&asked);
        Ok(())
    }

    /// France asks for more time after its limit, which has no effect, and answers late.
    pub(super) fn late_extension(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        let later = week.saturating_add(2);
        let extended = on(later, WEDNESDAY);
        let label = self.extend(&asked, extended);
        self.plant(BreakClass::LateExtension, FRENCH, &[label, asked.label], extended);
        self.answered_late(&asked, on(later, FRIDAY));
        Ok(())
    }

    /// A scope is claimed before the version that brings it is in force.
    pub(super) fn scope_not_in_force(&mut self, week: u32) -> Result<(), SeasonFault> {
        let first = self.re_entry.unwrap_or(u32::MAX);
        let week = if week < first { week } else { 1 };
        let when = on(week, MONDAY);
        let arrived = Date::new(self.day(when).days().saturating_sub(2));
        let asked = self.ask_so(when, arrived, Scope::ReEntry, 0)?;
        self.plant(BreakClass::ScopeNotInForce, BRITISH, &[asked.label], when);
        self.refuse(&asked, RefusalGround::NotInScope, on(week, FRIDAY));
        Ok(())
    }

    /// France answers a second time, and not alike.
    pub(super) fn second_answer(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.accept(&asked, on(week, WEDNESDAY));
        let when = on(week, FRIDAY);
        let again = self.refuse(&asked, RefusalGround::PublicOrder, when);
        self.plant(BreakClass::Duplicate, FRENCH, &[again, asked.label], when);
        Ok(())
    }

    /// France asks for more time after it has answered.
    pub(super) fn extension_after_answer(&mut self, week: u32) -> Result<(), SeasonFault> {
        let asked = self.ask(week, 0)?;
        self.accept(&asked, on(week, WEDNESDAY));
        let when = on(week.saturating_add(1), TUESDAY);
        let extended = self.extend(&asked, when);
        self.plant(BreakClass::IllegalTransition, FRENCH, &[extended, asked.label], when);
        Ok(())
    }

    fn answered_late(&mut self, asked: &Asked, when: When) {
        let planted = self.unanswered(asked);
        let answer = self.accept(asked, when);
        self.close(planted, when);
        self.plant(BreakClass::LateAnswer, FRENCH, &[answer, asked.label], when);
    }

    /// From the day after the limit on there is no reply.
    fn unanswered(&mut self, asked: &Asked) -> Option<usize> {
        let from = self.day(on(asked.week, MONDAY)).plus(OVERDUE_DAYS).start();
        self.plant_from(BreakClass::NoReply, FRENCH, &[asked.label], from)
    }
}
