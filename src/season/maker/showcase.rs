//! Every kind beside a season that is planned already, and whose sums must not change: nobody is
//! counted in the end, and no break is open at a week's end.

use super::{
    BRITISH, Maker, SeasonFault,
    admissions::{BRIEF_DAYS, VALID_DAYS},
    flights::{answers, persons},
    on,
    stories::{Course, Stay},
};
use crate::{
    names::{Date, Persons},
    record::{
        Attestation, BreakClass, CodeList, DisclosureOutcome, DisclosureStatus, LapseReason,
        PauseReason, Scope,
    },
    season::{
        Calendar, Dice, Ending, Numbers, Season,
        times::{FRIDAY, MONDAY, MONDAY_EARLY, MONDAY_LATE, SATURDAY, TUESDAY, WEDNESDAY},
    },
};

/// Fewer weeks leave no room for all of it.
const WEEKS_MIN: u32 = 30;

impl Season {
    /// The season of a calendar, with every kind that somebody signs but objections, and with both
    /// logs ended. So many persons are returned and admitted in it, as the calendar has it.
    ///
    /// # Errors
    /// None in practice: a test reads every text in the plan.
    pub fn with_every_kind(
        calendar: Calendar,
        dice: Dice,
        numbers: Numbers,
        agreed: (u64, u64),
    ) -> Result<Self, SeasonFault> {
        let mut maker = Maker::beside(calendar, dice, numbers);
        if maker.calendar.weeks() >= WEEKS_MIN {
            maker.lifecycle(Ending::YearEnd)?;
            maker.cases_that_stay()?;
            maker.cases_put_off()?;
            maker.windows_and_visas()?;
            maker.settled_break()?;
            let group = maker.group(9, 2)?;
            maker.course(Course::Reversed, &group)?;
        }
        Ok(Self { agreed, ..maker.finish(Ending::YearEnd) })
    }
}

impl Maker {
    /// Cases that are refused, or taken back and erased, at every stage.
    fn cases_that_stay(&mut self) -> Result<(), SeasonFault> {
        for (week, stay) in [
            (2, Stay::WithdrawnAsked),
            (4, Stay::WithdrawnExtended),
            (6, Stay::WithdrawnAccepted),
            (8, Stay::Crossing),
            (11, Stay::WrongData),
        ] {
            self.stay(stay, week)?;
        }
        let asked = self.ask(3, 0)?;
        self.withdraw(asked.label, on(3, TUESDAY));
        self.erase_both(asked.label, 3);
        let asked = self.ask(5, 1)?;
        let data = None;
        let held = self.fra(DisclosureStatus { outcome: DisclosureOutcome::Held, data });
        self.put(on(5, WEDNESDAY), held.after(&[asked.label]));
        self.correct_request(&asked, asked.label, on(5, TUESDAY))?;
        self.accept(&asked, on(5, FRIDAY));
        // The amendment is in force by then.
        let when = on(self.re_entry.unwrap_or(WEEKS_MIN), MONDAY);
        let arrived = Date::new(self.day(when).days().saturating_sub(2));
        let asked = self.ask_so(when, arrived, Scope::ReEntry, 0)?;
        self.accept(&asked, on(when.week, FRIDAY));
        Ok(())
    }

    /// A transport that France would rather have another day; it is put off, and its cases are
    /// taken back at last.
    fn cases_put_off(&mut self) -> Result<(), SeasonFault> {
        let cases = self.group(18, 2)?;
        let week = 23;
        let flight = self.announced(&cases, on(week, WEDNESDAY))?;
        let other = Some(self.day(on(week, FRIDAY)));
        self.reply(&flight, other, None, on(week, MONDAY_LATE));
        self.put_off(&[flight.notice], on(week, TUESDAY));
        for case in &cases {
            self.withdraw(case.asked.label, on(week, SATURDAY));
        }
        Ok(())
    }

    /// A window that is paused for some days, and visas that are not used.
    fn windows_and_visas(&mut self) -> Result<(), SeasonFault> {
        let act = self.allocation(on(7, MONDAY_EARLY), Persons(40))?;
        let allocation = self.put(on(7, MONDAY_EARLY), act);
        for (week, days, reason, later) in
            [(7, BRIEF_DAYS, LapseReason::Expired, 6), (9, VALID_DAYS, LapseReason::GivenUp, 2)]
        {
            let visa = self.issue_so(on(week, MONDAY), &[allocation], (1, 0), days)?;
            self.lapse(&visa, reason, later);
        }
        self.window(allocation, Some(PauseReason::Operations), on(7, TUESDAY));
        self.window(allocation, None, on(7, FRIDAY));
        Ok(())
    }

    /// Something is not attested at first; both sides settle it before the week ends, and nobody
    /// travels.
    fn settled_break(&mut self) -> Result<(), SeasonFault> {
        let cases = self.group(25, 1)?;
        let week = 30;
        let mut content = self.flight(persons(&cases))?;
        let some = Attestation::ALL.iter().copied().skip(1).collect();
        content.attestations = CodeList::new(some).ok_or(SeasonFault::Codes)?;
        let (when, leaves) = (on(week, MONDAY), on(week, FRIDAY));
        let flight = self.announce(&answers(&cases), content, when, leaves)?;
        self.put_off(&[flight.notice], on(week, WEDNESDAY));
        let evidence = [flight.notice];
        let planted = self.plant(BreakClass::AttestationMissing, BRITISH, &evidence, when);
        self.resolve(planted, week);
        self.planted.clear();
        Ok(())
    }
}
