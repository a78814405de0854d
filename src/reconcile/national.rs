//! Three-way: what a side's own case-working system lists, held against what both logs say.
//!
//! A list is read line by line and may be of any length: what is kept follows from the logs alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ledger::{Books, Journey, Ledger, Movement, Told},
    names::{CaseRef, Date, Party, Persons, RecordId},
    record::Kind,
};

/// Lines that are named for one event; of further ones only persons are summed up.
const LINES_NAMED_MAX: usize = 16;

/// The events that a list may hold: those in which visas are issued or persons cross.
pub const LISTED: [Kind; 5] =
    [Kind::VisaIssued, Kind::Departure, Kind::Arrival, Kind::DepartureCount, Kind::Admission];

/// One line of a list, read and in order by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The line; the first has number 1.
    pub line: u64,
    /// Of the movement, or of one of the cases in it.
    pub reference: CaseRef,
    /// What happened.
    pub event: Kind,
    /// On which day.
    pub date: Date,
    /// To how many.
    pub persons: Persons,
}

/// One event as the author's log has it: its author's newest word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Of the movement.
    pub reference: Option<CaseRef>,
    /// What happened.
    pub event: Kind,
    /// On which day.
    pub date: Date,
    /// To how many.
    pub persons: Persons,
    /// The record that says so, as it was first logged.
    pub record: RecordId,
}

/// One difference between a list and the logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum ListDifference {
    /// The list has it, and neither log does.
    MissingInLog {
        /// The line, and the first of several that say the same.
        listed: Listed,
        /// How many say so.
        times: u64,
    },
    /// A log has it, and no line does.
    MissingInList {
        /// The event.
        logged: Logged,
    },
    /// Both have it, with other values.
    #[serde(rename = "differs-from-list")]
    Differing {
        /// What the log says.
        logged: Logged,
        /// On which day by the list.
        date: Date,
        /// How many by the list, all its lines together.
        persons: u64,
        /// The first of its lines.
        lines: Vec<u64>,
    },
    /// The list has one person in two movements, on two days.
    RepeatPerson {
        /// The later line, and the first of several that say the same.
        listed: Listed,
        /// The line of the first movement.
        first: u64,
        /// How many say so.
        times: u64,
    },
}

/// Which events of the logs a list is to have. What a list and a log date on either side of an end
/// of the period is one event that differs in its day: events and lines outside are looked at for
/// that, and for nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Of these kinds.
    pub events: Vec<Kind>,
    /// From this day on.
    pub from: Date,
    /// To this day.
    pub to: Date,
}

impl Scope {
    fn has(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// An event of a log, and what the list has said of it so far.
#[derive(Debug, Clone)]
struct Held {
    logged: Logged,
    /// Another day than the log's, if the list says so.
    date: Option<Date>,
    persons: u64,
    lines: Vec<u64>,
}

/// Holds a list against the logs, one line after the other.
#[derive(Debug, Clone)]
pub struct Match {
    held: Vec<Held>,
    /// Where in `held` each reference stands, of movements and of the cases in them.
    by_reference: BTreeMap<(CaseRef, Kind), Vec<usize>>,
    /// Lines of another day than any event under their reference. Never more under one reference
    /// than persons in the log: each line is about one person at least.
    waiting: BTreeMap<(CaseRef, Kind), Vec<Listed>>,
    scope: Scope,
    lines: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// Lines that were held against the logs.
    pub lines: u64,
    /// Events of the logs that the list was to have.
    pub events: u64,
    /// Events on which list and log agree.
    pub agreeing: u64,
    /// Differences that only the end of the list could tell, in the order of the events' days.
    pub differences: Vec<ListDifference>,
}

impl Match {
    /// Begins with what the logs say.
    #[must_use]
    pub fn new(ledger: &Ledger, books: &Books, scope: Scope) -> Self {
        let mut begun = Self {
            held: Vec::new(),
            by_reference: BTreeMap::new(),
            waiting: BTreeMap::new(),
            scope,
            lines: 0,
        };
        for movement in ledger.movements.values() {
            begun.take_movement(ledger, books, movement);
        }
        for journey in ledger.journeys.values() {
            begun.take_journey(ledger, books, journey);
        }
        for (id, visa) in &ledger.visas {
            let (date, persons) = (visa.issued, visa.persons);
            let reference = visa.reference.clone();
            let event = Kind::VisaIssued;
            begun.take(Logged { reference, event, date, persons, record: *id }, &[]);
        }
        begun
    }

    fn take_movement(&mut self, ledger: &Ledger, books: &Books, movement: &Movement) {
        let transport = movement.notice.and_then(|notice| ledger.transports.get(&notice));
        let announced = transport.and_then(|one| one.reference.clone());
        let cases = transport.into_iter().flat_map(|one| &one.cases);
        let cases: Vec<CaseRef> =
            cases.filter_map(|request| ledger.cases.get(request)?.reference.clone()).collect();
        for (party, event) in [(Party::Gbr, Kind::Departure), (Party::Fra, Kind::Arrival)] {
            if let Some(told) = movement.claim(party).filter(|one| !one.is_nobody())
                && movement.reversed.of(party).is_none()
            {
                self.take_told(books, event, told, announced.as_ref(), &cases);
            }
        }
    }

    fn take_journey(&mut self, ledger: &Ledger, books: &Books, journey: &Journey) {
        let visas = journey.visas.iter();
        let visas: Vec<CaseRef> =
            visas.filter_map(|visa| ledger.visas.get(visa)?.reference.clone()).collect();
        for (party, event) in [(Party::Gbr, Kind::Admission), (Party::Fra, Kind::DepartureCount)] {
            if let Some(told) = journey.claim(party).filter(|one| !one.is_nobody())
                && journey.reversed.of(party).is_none()
            {
                self.take_told(books, event, told, journey.reference.as_ref(), &visas);
            }
        }
    }

    fn take_told(
        &mut self,
        books: &Books,
        event: Kind,
        told: &Told,
        announced: Option<&CaseRef>,
        cases: &[CaseRef],
    ) {
        let entry = books.find(told.record).and_then(|(log, at)| books.entry(log, at));
        let own = entry.and_then(|entry| entry.record()?.get().case.clone());
        let also: Vec<CaseRef> = announced.iter().copied().chain(cases).cloned().collect();
        let reference = own.or_else(|| announced.cloned());
        let (date, persons, record) = (told.day, told.persons, told.record);
        self.take(Logged { reference, event, date, persons, record }, &also);
    }

    fn take(&mut self, logged: Logged, also: &[CaseRef]) {
        if !self.scope.events.contains(&logged.event) {
            return;
        }
        let (at, event) = (self.held.len(), logged.event);
        for reference in logged.reference.iter().chain(also) {
            let all = self.by_reference.entry((reference.clone(), event)).or_default();
            if all.last() != Some(&at) {
                all.push(at);
            }
        }
        self.held.push(Held { logged, date: None, persons: 0, lines: Vec::new() });
    }

    /// Holds one line against the logs. What can be said of it at once is given back.
    pub fn hold(&mut self, listed: Listed) -> Option<ListDifference> {
        if self.scope.has(listed.date) {
            self.lines = self.lines.saturating_add(1);
        }
        let key = (listed.reference.clone(), listed.event);
        let Some(found) = self.by_reference.get(&key) else {
            return self.missing(listed);
        };
        let same_day = found
            .iter()
            .find(|at| self.held.get(**at).is_some_and(|one| one.logged.date == listed.date));
        if let Some(one) = same_day.and_then(|at| self.held.get_mut(*at)) {
            one.take(&listed);
            return None;
        }
        let persons = found.iter().filter_map(|at| self.held.get(*at));
        let most: u64 = persons.map(|one| u64::from(one.logged.persons)).sum();
        let waiting = self.waiting.entry(key).or_default();
        if u64::try_from(waiting.len()).is_ok_and(|count| count < most) {
            waiting.push(listed);
            return None;
        }
        self.missing(listed)
    }

    /// No log has it, which outside of the period is nobody's concern.
    fn missing(&self, listed: Listed) -> Option<ListDifference> {
        self.scope.has(listed.date).then_some(ListDifference::MissingInLog { listed, times: 1 })
    }

    /// The event nearest to the day of a line, of those that no other day has been said of.
    fn nearest(&self, listed: &Listed) -> Option<usize> {
        let found = self.by_reference.get(&(listed.reference.clone(), listed.event))?;
        let days = found.iter().filter_map(|at| {
            let one = self.held.get(*at)?;
            let free = one.lines.is_empty() || one.date == Some(listed.date);
            free.then(|| (one.logged.date.days().abs_diff(listed.date.days()), *at))
        });
        days.min().map(|(_, at)| at)
    }

    /// How many lines are held back until the end of the list.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    /// The list has ended.
    #[must_use]
    pub fn finish(mut self) -> Matched {
        let mut differences = Vec::new();
        for listed in std::mem::take(&mut self.waiting).into_values().flatten() {
            match self.nearest(&listed).and_then(|at| self.held.get_mut(at)) {
                Some(one) => {
                    one.date = Some(listed.date);
                    one.take(&listed);
                }
                None => differences.extend(self.missing(listed)),
            }
        }
        let Self { held, scope, lines, .. } = self;
        let due: Vec<Held> = held.into_iter().filter(|one| one.concerns(&scope)).collect();
        let events = count(&due);
        let mut differing: Vec<Held> = due.into_iter().filter(|one| !one.agrees()).collect();
        differing.sort_by_key(|one| (one.logged.date, one.logged.record));
        let agreeing = events.saturating_sub(count(&differing));
        differences.extend(differing.into_iter().map(Held::difference));
        Matched { lines, events, agreeing, differences }
    }
}

fn count<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

impl Held {
    fn take(&mut self, listed: &Listed) {
        self.persons = self.persons.saturating_add(listed.persons.into());
        if self.lines.len() < LINES_NAMED_MAX {
            self.lines.push(listed.line);
        }
    }

    /// Whether the log or the list has it within the period.
    fn concerns(&self, scope: &Scope) -> bool {
        scope.has(self.logged.date) || self.date.is_some_and(|date| scope.has(date))
    }

    fn agrees(&self) -> bool {
        self.date.is_none() && self.persons == u64::from(self.logged.persons)
    }

    fn difference(self) -> ListDifference {
        let Self { logged, date, persons, lines } = self;
        if lines.is_empty() {
            return ListDifference::MissingInList { logged };
        }
        let date = date.unwrap_or(logged.date);
        ListDifference::Differing { logged, date, persons, lines }
    }
}

#[cfg(test)]
mod tests;
