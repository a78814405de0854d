//! Making a season of any size: stories are dealt, each is written into the calendar, and what
//! faults must show is noted beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Act, Calendar, Dice, Ending, Fact, Label, Numbers, Planted, Season, SeasonFault, Size, Step,
    provisions::provisions,
    times::{When, on},
};
use crate::{
    ledger::Owner,
    names::{CaseRef, Date, Party, Persons, Place, Timestamp},
    record::{BreakClass, Content},
};

mod admissions;
mod faults;
mod flights;
mod lifecycle;
mod redress;
mod requests;
mod showcase;
mod stories;

/// So many weeks a story takes at most, from the first request to the last correction.
const STORY_WEEKS: u32 = 15;

impl Season {
    /// A season of a size. Of a thousand stories, about `faults` have a planted fault of procedure;
    /// with none, no break is open at any week's end.
    ///
    /// The same arguments give the same season on every machine.
    ///
    /// # Errors
    /// None in practice: a test reads every text in the plan.
    pub fn generate(size: Size, seed: u64, faults: u32) -> Result<Self, SeasonFault> {
        let mut maker = Maker::new(size, seed)?;
        maker.lifecycle(size.ending)?;
        let mut stories = stories::Deck::default();
        let mut fault = 0;
        while maker.cases < size.cases {
            if maker.dice.below(1000) < u64::from(faults) {
                let week = maker.early_week();
                maker.fault(fault, week)?;
                fault = fault.wrapping_add(1);
            } else {
                let week = maker.any_week();
                let story = stories.next(&mut maker.dice);
                maker.story(story, week)?;
            }
        }
        maker.allocations()?;
        Ok(maker.finish(size.ending))
    }

    /// A season of a size with these faults of procedure, each by its name, and no others.
    ///
    /// # Errors
    /// If there is no fault of a name.
    pub fn planting(size: Size, seed: u64, faults: &[&str]) -> Result<Self, SeasonFault> {
        let mut maker = Maker::new(size, seed)?;
        maker.lifecycle(size.ending)?;
        for fault in faults {
            let week = maker.early_week();
            maker.named_fault(fault, week)?;
        }
        let mut stories = stories::Deck::default();
        while maker.cases < size.cases {
            let week = maker.any_week();
            let story = stories.next(&mut maker.dice);
            maker.story(story, week)?;
        }
        maker.allocations()?;
        Ok(maker.finish(size.ending))
    }

    /// The names of all faults of procedure that can be planted.
    pub fn faults() -> impl Iterator<Item = &'static str> {
        faults::names()
    }
}

/// A season in the making.
struct Maker {
    calendar: Calendar,
    dice: Dice,
    numbers: Numbers,
    planted: Vec<Planted>,
    /// What would be signed after the season's end.
    dropped: BTreeSet<Label>,
    /// Persons that count, by the record that shows it.
    returned: BTreeMap<Label, u64>,
    admitted: BTreeMap<Label, u64>,
    /// Windows of applications, by the number of their period.
    windows: BTreeMap<u32, admissions::Window>,
    /// From this week on the re-entry scope is in force.
    re_entry: Option<u32>,
    /// The version of the agreement in force at the end.
    version: Label,
    /// Requests and visas so far.
    cases: u32,
}

impl Maker {
    fn new(size: Size, seed: u64) -> Result<Self, SeasonFault> {
        let calendar = Calendar::new(provisions()?.in_force, size.weeks.max(2));
        Ok(Self::beside(calendar, Dice::new(seed), Numbers::default()))
    }

    /// Goes on with a season.
    const fn beside(calendar: Calendar, dice: Dice, numbers: Numbers) -> Self {
        Self {
            calendar,
            dice,
            numbers,
            planted: Vec::new(),
            dropped: BTreeSet::new(),
            returned: BTreeMap::new(),
            admitted: BTreeMap::new(),
            windows: BTreeMap::new(),
            re_entry: None,
            version: Label::FOUNDING,
            cases: 0,
        }
    }

    /// The United Kingdom says this.
    fn gbr(&mut self, fact: impl Into<Fact>) -> Act {
        Act::new(&mut self.numbers, Party::Gbr, fact)
    }

    /// France says this.
    fn fra(&mut self, fact: impl Into<Fact>) -> Act {
        Act::new(&mut self.numbers, Party::Fra, fact)
    }

    /// `party` says this.
    fn said(&mut self, party: Party, fact: impl Into<Fact>) -> Act {
        Act::new(&mut self.numbers, party, fact)
    }

    fn reference(&mut self, sort: &'static str, priority: bool) -> Result<CaseRef, SeasonFault> {
        Ok(self.numbers.reference(sort, priority)?)
    }

    /// Signs an act at a time, if the season lasts so long.
    fn put(&mut self, when: When, act: Act) -> Label {
        let label = act.label;
        if !self.calendar.add(when.week, when.moment, act) {
            self.dropped.insert(label);
        }
        label
    }

    fn day(&self, when: When) -> Date {
        self.calendar.day(when.week, when.moment)
    }

    fn time(&self, when: When) -> Timestamp {
        self.calendar.time(when.week, when.moment)
    }

    /// A break that the first of these records shows, from the time at which it is signed.
    fn plant(
        &mut self,
        class: BreakClass,
        owner: Owner,
        evidence: &[Label],
        when: When,
    ) -> Option<usize> {
        let from = self.time(when);
        self.plant_from(class, owner, evidence, from)
    }

    fn plant_from(
        &mut self,
        class: BreakClass,
        owner: Owner,
        evidence: &[Label],
        from: Timestamp,
    ) -> Option<usize> {
        let shown_by = *evidence.first()?;
        let number = self.planted.len();
        let evidence = evidence.to_vec();
        self.planted.push(Planted { class, owner, shown_by, evidence, from, until: None });
        Some(number)
    }

    /// A planted break is not open any more.
    fn close(&mut self, planted: Option<usize>, when: When) {
        let until = self.time(when);
        if let Some(one) = planted.and_then(|number| self.planted.get_mut(number)) {
            one.until = Some(until);
        }
    }

    /// A week in which most stories still come to their end, if there is one.
    fn early_week(&mut self) -> u32 {
        let weeks = self.calendar.weeks();
        let end = weeks.saturating_sub(STORY_WEEKS).max(2);
        self.week_before(end)
    }

    /// Any week but the first, which is too short for a request and its answer.
    fn any_week(&mut self) -> u32 {
        if !self.dice.once_in(3) {
            return self.early_week();
        }
        let end = self.calendar.weeks();
        self.week_before(end)
    }

    fn week_before(&mut self, end: u32) -> u32 {
        self.dice.below_u32(end.saturating_sub(1)).saturating_add(1)
    }

    fn finish(self, ending: Ending) -> Season {
        let Self { calendar, mut numbers, planted, dropped, returned, admitted, .. } = self;
        let weeks = calendar.weeks();
        let after = calendar.time(weeks, super::times::MONDAY);
        let mut steps = calendar.into_steps();
        if let Some(reason) = lifecycle::reason(ending) {
            let end = |party| Act::new(&mut numbers, party, crate::record::LogEnd { reason });
            steps.push(Step::Submit { time: after, acts: Party::BOTH.map(end).to_vec() });
        }
        let here = |one: &Planted| !one.evidence.iter().any(|label| dropped.contains(label));
        let end = after;
        let planted =
            planted.into_iter().filter(|one| here(one) && one.from < end).collect::<Vec<_>>();
        let sum = |moved: BTreeMap<Label, u64>| {
            let counted = moved.into_iter().filter(|(label, _)| !dropped.contains(label));
            counted.fold(0_u64, |sum, (_, persons)| sum.saturating_add(persons))
        };
        Season { steps, planted, agreed: (sum(returned), sum(admitted)) }
    }
}

/// The United Kingdom acts on it.
const BRITISH: Owner = Owner::Party(Party::Gbr);
/// France acts on it.
const FRENCH: Owner = Owner::Party(Party::Fra);

fn place(text: &str) -> Result<Place, SeasonFault> {
    Ok(text.parse()?)
}

/// Persons of a group that is never near the bounds of its type.
fn sum(persons: impl Iterator<Item = Persons>) -> Persons {
    Persons(persons.fold(0, |sum, one| sum.saturating_add(one.0)))
}

fn less(persons: Persons, others: Persons) -> Persons {
    Persons(persons.0.saturating_sub(others.0))
}

/// A content, whatever its kind.
fn content(one: impl Into<Content>) -> Content {
    one.into()
}
