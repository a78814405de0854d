//! The admission leg: windows of applications, visas, journeys, and visas that nobody uses.

use super::{Maker, SeasonFault, less, on, place, sum};
use crate::{
    names::{CaseRef, Persons},
    record::{
        Admission, Allocation, DepartureCount, Lapse, LapseReason, PauseReason, TravelNotice,
        VisaIssued, WindowState, WindowStatus,
    },
    season::{
        Act, Label,
        times::{
            FRIDAY, MONDAY, MONDAY_EARLY, MONDAY_LATE, TUESDAY, TUESDAY_NOON, WEDNESDAY,
            WEDNESDAY_EVENING, When,
        },
    },
};

/// Days of a visa's validity: three months are never fewer (Art. 12(4)).
pub(super) const VALID_DAYS: u32 = 88;
/// Days of a visa that is to expire unused.
pub(super) const BRIEF_DAYS: u32 = 30;
/// Weeks between a visa and its use, at most.
const LEAD_WEEKS: u32 = 6;
/// Weeks for which a window of applications is open.
const WINDOW_WEEKS: u32 = 4;
/// So many places at most are taken from one window.
const PLACES_MAX: u32 = 60_000;

/// What comes of visas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visit {
    /// Their holders are admitted.
    Admitted,
    /// They expire.
    Expired,
    /// They are given up.
    GivenUp,
    /// They are taken back.
    Withdrawn,
    /// Nobody has used them yet.
    Outstanding,
    /// Their holders are admitted, and it is not to count.
    Reversed,
    /// Their holders are admitted, and it is corrected by consent.
    Consented,
    /// Their holders are admitted, and France miscounts at first.
    Miscounted,
}

/// A window of applications. Its places are known when all visas are planned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    allocation: Label,
    taken: u32,
}

/// Visas that were issued.
#[derive(Debug, Clone)]
pub(super) struct Visa {
    pub(super) label: Label,
    pub(super) content: VisaIssued,
    reference: CaseRef,
    /// The allocation that it is taken from.
    re: Vec<Label>,
    week: u32,
}

/// A journey whose holders entered.
#[derive(Debug, Clone)]
pub(super) struct Journey {
    pub(super) counted: Act,
    pub(super) admitted: Act,
    pub(super) persons: Persons,
}

impl Maker {
    pub(super) fn visit(&mut self, visit: Visit, week: u32) -> Result<(), SeasonFault> {
        match visit {
            Visit::Admitted => self.admitted_family(week).map(drop),
            Visit::Expired => {
                let visa = self.issue(week, BRIEF_DAYS, true)?;
                let weeks = (BRIEF_DAYS / 7).saturating_add(1);
                self.lapse(&visa, LapseReason::Expired, weeks);
                Ok(())
            }
            Visit::GivenUp => {
                let visa = self.issue(week, VALID_DAYS, true)?;
                self.lapse(&visa, LapseReason::GivenUp, 2);
                Ok(())
            }
            Visit::Withdrawn => {
                let visa = self.issue(week, VALID_DAYS, true)?;
                self.withdraw(visa.label, on(week.saturating_add(1), FRIDAY));
                Ok(())
            }
            Visit::Outstanding => self.issue(week, VALID_DAYS, true).map(drop),
            Visit::Reversed => {
                let (journey, week) = self.admitted_family(week)?;
                self.reverse_both(journey.admitted.label, week);
                self.admitted.remove(&journey.admitted.label);
                Ok(())
            }
            Visit::Consented => self.consented_journey(week),
            Visit::Miscounted => self.miscounted_journey(week),
        }
    }

    /// Visas for one person or family, from the window that is open or from none.
    pub(super) fn issue(
        &mut self,
        week: u32,
        days: u32,
        windowed: bool,
    ) -> Result<Visa, SeasonFault> {
        let family = [(1, 0), (1, 0), (2, 0), (1, 1), (2, 1), (2, 2), (2, 3)];
        let (adults, minors) = self.dice.pick((1, 0), &family);
        let re = if windowed && !self.dice.once_in(3) {
            self.take_places(week, adults, minors)
        } else {
            Vec::new()
        };
        self.issue_so(on(week, MONDAY), &re, (adults, minors), days)
    }

    pub(super) fn issue_so(
        &mut self,
        when: When,
        re: &[Label],
        (adults, minors): (u16, u16),
        days: u32,
    ) -> Result<Visa, SeasonFault> {
        let day = self.day(when);
        let content = VisaIssued {
            adults: Persons(adults),
            minors: Persons(minors),
            expires: day.plus(days),
        };
        let reference = self.reference("GB14", minors > 0)?;
        let act = self.gbr(content.clone()).of(reference.clone()).after(re).on(day);
        let label = self.put(when, act);
        self.cases = self.cases.saturating_add(1);
        Ok(Visa { label, content, reference, re: re.to_vec(), week: when.week })
    }

    /// The allocation from which a family's places are taken, if it has them.
    fn take_places(&mut self, week: u32, adults: u16, minors: u16) -> Vec<Label> {
        let numbers = &mut self.numbers;
        let window = self
            .windows
            .entry(week / WINDOW_WEEKS)
            .or_insert_with(|| Window { allocation: numbers.label(), taken: 0 });
        let taken = window.taken.saturating_add(adults.saturating_add(minors).into());
        if taken > PLACES_MAX {
            return Vec::new();
        }
        window.taken = taken;
        vec![window.allocation]
    }

    /// Every window from which visas were taken: allocated, and now and then paused meanwhile.
    pub(super) fn allocations(&mut self) -> Result<(), SeasonFault> {
        for (period, window) in std::mem::take(&mut self.windows) {
            let week = period.saturating_mul(WINDOW_WEEKS);
            let slack = self.dice.below_u32(20).saturating_add(1);
            let places =
                Persons(u16::try_from(window.taken.saturating_add(slack)).unwrap_or(u16::MAX));
            let mut act = self.allocation(on(week, MONDAY_EARLY), places)?;
            act.label = window.allocation;
            self.put(on(week, MONDAY_EARLY), act);
            if self.dice.once_in(2) || period == 1 {
                use PauseReason::{Capacity, Operations, Parity};
                let reason = self.dice.pick(Operations, &[Capacity, Parity]);
                self.window(window.allocation, Some(reason), on(week, TUESDAY));
                self.window(window.allocation, None, on(week, FRIDAY));
            }
        }
        Ok(())
    }

    /// Places for applications from this week on.
    pub(super) fn allocation(&mut self, when: When, places: Persons) -> Result<Act, SeasonFault> {
        let opens = self.day(when);
        let closes = opens.plus(WINDOW_WEEKS.saturating_mul(7).saturating_sub(1));
        let reference = self.reference("GB12", false)?;
        Ok(self.gbr(Allocation { places, opens, closes }).of(reference))
    }

    /// A window is paused for a reason, or open.
    pub(super) fn window(
        &mut self,
        allocation: Label,
        reason: Option<PauseReason>,
        when: When,
    ) -> Label {
        let status = if reason.is_some() { WindowState::Paused } else { WindowState::Open };
        let act = self.gbr(WindowStatus { status, reason }).after(&[allocation]);
        self.put(when, act)
    }

    pub(super) fn lapse(&mut self, visa: &Visa, reason: LapseReason, weeks: u32) {
        let act = self.gbr(Lapse { reason }).after(&[visa.label]);
        self.put(on(visa.week.saturating_add(weeks), FRIDAY), act);
    }

    /// Families whose visas are issued in one week, and who travel together some weeks later.
    fn families(&mut self, week: u32) -> Result<(Vec<Visa>, u32), SeasonFault> {
        let more = self.dice.below_u32(3);
        let visas = (0..=more)
            .map(|_| self.issue(week, VALID_DAYS, true))
            .collect::<Result<Vec<_>, _>>()?;
        if self.dice.once_in(6)
            && let Some(visa) = visas.first()
        {
            self.visa_corrected(visa);
        }
        let lead = self.dice.below_u32(LEAD_WEEKS).saturating_add(1);
        Ok((visas, week.saturating_add(lead)))
    }

    /// The last day of a visa was one too late.
    fn visa_corrected(&mut self, visa: &Visa) {
        let expires = crate::names::Date::new(visa.content.expires.days().saturating_sub(1));
        let content = VisaIssued { expires, ..visa.content.clone() };
        let instead = self.gbr(content).of(visa.reference.clone());
        let day = self.day(on(visa.week, MONDAY));
        let instead = instead.after(&visa.re).on(day);
        self.correct(visa.label, instead, on(visa.week, TUESDAY_NOON));
    }

    fn admitted_family(&mut self, week: u32) -> Result<(Journey, u32), SeasonFault> {
        let (visas, week) = self.families(week)?;
        let all = sum(visas.iter().map(|visa| visa.content.persons()));
        let journey = self.travel(&visas, week, all)?;
        self.put(on(week, WEDNESDAY), journey.counted.clone());
        self.put(on(week, WEDNESDAY_EVENING), journey.admitted.clone());
        self.admitted.insert(journey.admitted.label, all.0.into());
        Ok((journey, week))
    }

    /// Holders of visas are announced; how many are counted and enter is not signed yet.
    pub(super) fn travel(
        &mut self,
        visas: &[Visa],
        week: u32,
        persons: Persons,
    ) -> Result<Journey, SeasonFault> {
        let to = place(self.dice.pick("GBLHR", &["GBLHR", "GBLGW"]))?;
        let day = self.day(on(week, WEDNESDAY));
        let re: Vec<Label> = visas.iter().map(|visa| visa.label).collect();
        let reference = self.reference("GB15", false)?;
        let act = self.gbr(TravelNotice { to: to.clone(), persons });
        let act = act.of(reference).after(&re).on(day);
        let travel = self.put(on(week, MONDAY), act.clone());
        if self.dice.once_in(10) {
            let instead = Act { fact: TravelNotice { to: place("GBSTN")?, persons }.into(), ..act };
            self.correct(travel, instead, on(week, MONDAY_LATE));
        }
        let reference = self.reference("FR16", false)?;
        let counted = self.fra(DepartureCount { place: place("FRCDG")?, persons });
        let counted = counted.of(reference).after(&[travel]).on(day);
        let reference = self.reference("GB17", false)?;
        let admitted = self.gbr(Admission { place: to, persons });
        let admitted = admitted.of(reference).after(&[travel]).on(day);
        Ok(Journey { counted, admitted, persons })
    }

    /// One side corrects where it counted, and the other consents.
    fn consented_journey(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (journey, week) = self.admitted_family(week)?;
        let persons = journey.persons;
        if self.dice.once_in(2) {
            let fact = DepartureCount { place: place("FRORY")?, persons }.into();
            let label = journey.counted.label;
            self.correct_by_consent(label, Act { fact, ..journey.counted }, week);
        } else {
            let fact = Admission { place: place("GBLON")?, persons }.into();
            let label = journey.admitted.label;
            self.correct_by_consent(label, Act { fact, ..journey.admitted }, week);
        }
        Ok(())
    }

    /// France counts one person too few, and puts it right in the same week.
    fn miscounted_journey(&mut self, week: u32) -> Result<(), SeasonFault> {
        let (visas, week) = self.families(week)?;
        let all = sum(visas.iter().map(|visa| visa.content.persons()));
        let journey = self.travel(&visas, week, all)?;
        let persons = less(all, Persons(1));
        let fact = DepartureCount { place: place("FRCDG")?, persons }.into();
        let wrong = Act { fact, ..journey.counted.clone() };
        let counted = self.put(on(week, WEDNESDAY), wrong);
        self.put(on(week, WEDNESDAY_EVENING), journey.admitted.clone());
        self.admitted.insert(journey.admitted.label, all.0.into());
        self.correct_movement(counted, journey.counted, week);
        Ok(())
    }
}
