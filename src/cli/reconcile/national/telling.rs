//! What a national list shows, as lines for people or for programs.

use std::collections::BTreeSet;

use super::Period;
use crate::{
    cli::{
        breaks::LocalView,
        output::{Output, count},
    },
    names::Party,
    reconcile::{ListDifference, LocalBreak, LocalClass, Logged},
};

/// Differences that a person is told; a program gets all of them.
const DIFFERENCES_TOLD_MAX: u64 = 50;

/// One difference, and the break that it is.
#[derive(serde::Serialize)]
struct Difference<'a> {
    #[serde(flatten)]
    difference: &'a ListDifference,
    #[serde(rename = "break")]
    found: LocalView,
}

/// The ends of a period, and how far apart the two sides may date one event.
pub(super) struct Ends {
    pub(super) period: Period,
    pub(super) tolerance_days: u32,
}

/// Says differences as they are found.
pub(super) struct Telling {
    json: bool,
    party: Party,
    pub(super) differences: u64,
    pub(super) repeats: u64,
    /// Events that the list lacks, and may have on the other side of an end of the period.
    at_ends: u64,
    ends: Ends,
    classes: BTreeSet<LocalClass>,
}

impl Telling {
    pub(super) const fn new(json: bool, party: Party, ends: Ends) -> Self {
        let classes = BTreeSet::new();
        Self { json, party, differences: 0, repeats: 0, at_ends: 0, ends, classes }
    }

    pub(super) fn tell(&mut self, out: &mut Output, one: &ListDifference) {
        let found: LocalView = LocalBreak::of_list(one, self.party).into();
        if found.guide.is_finding() {
            self.differences = self.differences.saturating_add(1);
        } else {
            self.repeats = self.repeats.saturating_add(1);
        }
        if let ListDifference::MissingInList { logged } = one
            && self.ends.period.is_at_an_end(logged.date, self.ends.tolerance_days)
        {
            self.at_ends = self.at_ends.saturating_add(1);
        }
        if self.json {
            out.json(&Difference { difference: one, found });
        } else if self.told() <= DIFFERENCES_TOLD_MAX {
            out.line(words(one));
            found.tell(out);
            self.classes.insert(found.found.class);
        }
    }

    const fn told(&self) -> u64 {
        self.differences.saturating_add(self.repeats)
    }

    pub(super) fn end(&self, out: &mut Output, forgotten: u64) {
        let more = self.told().saturating_sub(DIFFERENCES_TOLD_MAX);
        if more > 0 {
            let more = count(more, "more difference", "more differences");
            out.line(format!("{more}: all of them with --json"));
        }
        for class in &self.classes {
            out.line(format!("{class}: {}", class.guide().advice));
        }
        if self.at_ends > 0 {
            let (days, events) = (self.ends.tolerance_days, self.at_ends);
            let events = count(events, "missing event lies", "missing events lie");
            let days = count(days.into(), "day", "days");
            out.line(format!(
                "{events} within {days} of an end of the period: the list may have another day; \
                 give one that reaches {days} further"
            ));
        }
        if forgotten > 0 {
            let lines = count(forgotten, "line", "lines");
            out.line(format!("{lines} were not looked at for persons who travel twice: too many"));
        }
        if self.repeats > 0 {
            let persons = count(self.repeats, "person", "persons");
            out.line(format!("{persons} more than once in the list: information"));
        }
    }
}

fn words(one: &ListDifference) -> String {
    match one {
        ListDifference::MissingInLog { listed, times } => format!(
            "missing-in-log: line {}: {} {} on {}, {}{}",
            listed.line,
            listed.event,
            listed.reference,
            listed.date,
            count(listed.persons.into(), "person", "persons"),
            alike(*times),
        ),
        ListDifference::MissingInList { logged } => format!("missing-in-list: {}", said(logged)),
        ListDifference::Differing { logged, date, persons, lines } => {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            format!(
                "differs-from-list: {}; by the list on {date}, {} (line {})",
                said(logged),
                count(*persons, "person", "persons"),
                lines.join(", "),
            )
        }
        ListDifference::RepeatPerson { listed, first, times } => format!(
            "repeat-person: line {}: {} {} on {}, the same person as in line {first}{}",
            listed.line,
            listed.event,
            listed.reference,
            listed.date,
            alike(*times),
        ),
    }
}

/// How many lines say the same, if several do.
fn alike(times: u64) -> String {
    if times == 1 { String::new() } else { format!(" ({times} lines alike)") }
}

fn said(logged: &Logged) -> String {
    let reference = logged.reference.as_ref().map_or("-", |one| one.as_str());
    let persons = count(logged.persons.into(), "person", "persons");
    let id: String = logged.record.to_string().chars().take(12).collect();
    format!("{} {reference} on {}, {persons} (record {id})", logged.event, logged.date)
}
