//! What a story can be about, and how it is asked for.

use std::{borrow::Cow, collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{
    super::{Books, CaseState, JourneyState, Ledger, TransportState, VisaState},
    Glance, Since, Thing,
    says::persons,
};
use crate::{
    envelope::Verified,
    names::{CaseRef, Party, Persons, Position, RecordId, UnknownCode},
    record::{Kind, Record, WindowState},
};

/// Digits of a record id by which it can be named: among a million records, eight leave one lookup
/// in some four thousand ambiguous, and then all that is meant is listed.
const PREFIX_DIGITS_MIN: usize = 8;

codes! {
    /// What a story is about.
    pub enum What: "subject of a story" {
        /// A person or family that France is asked to readmit.
        ReturnCase = 1 => "return-case",
        /// A person or family to whom visas were issued.
        AdmissionCase = 2 => "admission-case",
        /// A transport to France.
        Transport = 3 => "transport",
        /// A journey of visa holders.
        Journey = 4 => "journey",
        /// A window of applications.
        Window = 5 => "window",
        /// Persons who left or arrived without a transport that was announced.
        Movement = 6 => "movement",
    }
}

/// One thing, by the record that began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub what: What,
    /// The record.
    pub record: RecordId,
}

/// The state of a thing, whatever it is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateName(&'static str);

/// How a thing is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// By a reference that one of its records carries.
    Reference(CaseRef),
    /// By the beginning of the id of any of its records.
    Prefix(IdPrefix),
}

/// The beginning of a record id: at least eight hexadecimal digits, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPrefix(String);

/// Neither a reference nor the beginning of an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is neither a reference as GB01-000123 nor the first 8 or more digits of a record id, \
     in lower case"
)]
pub struct BadWanted(String);

impl StateName {
    /// The names of all states in which a case of either leg can be.
    pub fn of_cases() -> impl Iterator<Item = &'static str> {
        let returns = CaseState::ALL.iter().map(|state| state.name());
        let twice = |name: &&str| CaseState::ALL.iter().all(|state| state.name() != *name);
        returns.chain(VisaState::ALL.iter().map(|state| state.name()).filter(twice))
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Reads the state of a case of either leg.
impl FromStr for StateName {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::of_cases().find(|name| *name == text).map(Self).ok_or_else(|| UnknownCode {
            list: "state of a case",
            value: format!("{:?}", text.chars().take(40).collect::<String>()),
            known: Self::of_cases().collect::<Vec<_>>().join(", "),
        })
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Serialize for StateName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for StateName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let others = TransportState::ALL.iter().map(|state| state.name());
        let others = others.chain(JourneyState::ALL.iter().map(|state| state.name()));
        let others = others.chain(WindowState::ALL.iter().map(|state| state.name()));
        let found = Self::of_cases().chain(others).find(|name| *name == text);
        found.map(Self).ok_or_else(|| D::Error::custom(format!("{text:?} is no state")))
    }
}

impl FromStr for Wanted {
    type Err = BadWanted;

    fn from_str(text: &str) -> Result<Self, BadWanted> {
        if let Ok(reference) = text.parse() {
            return Ok(Self::Reference(reference));
        }
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let longest = RecordId::LEN.saturating_mul(2);
        if digits && (PREFIX_DIGITS_MIN..=longest).contains(&text.len()) {
            return Ok(Self::Prefix(IdPrefix(text.to_owned())));
        }
        Err(BadWanted(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(reference) => reference.fmt(f),
            Self::Prefix(prefix) => f.pad(&prefix.0),
        }
    }
}

impl Wanted {
    fn is(&self, record: &Verified<Record>) -> bool {
        match self {
            Self::Reference(reference) => record.get().case.as_ref() == Some(reference),
            Self::Prefix(prefix) => record.id().to_string().starts_with(&prefix.0),
        }
    }
}

impl Ledger {
    /// The things that are meant by a reference or the beginning of an id.
    #[must_use]
    pub fn wanted(&self, books: &Books, wanted: &Wanted) -> BTreeSet<Subject> {
        let mut found = BTreeSet::new();
        for party in Party::BOTH {
            for (_, entry) in books.entries(party, Position(0)) {
                if let Some(record) = entry.sound().filter(|record| wanted.is(record)) {
                    found.extend(self.subjects(books, record.id()));
                }
            }
        }
        found
    }

    /// What records are about, each thing in one line.
    #[must_use]
    pub fn glances(&self, books: &Books, records: &[RecordId]) -> Vec<Glance> {
        let subjects = records.iter().flat_map(|id| self.subjects(books, *id));
        let subjects: BTreeSet<Subject> = subjects.collect();
        subjects.into_iter().filter_map(|one| self.glance(one)).collect()
    }

    /// What a record belongs to: what it began, or else what the records that it names belong to.
    pub(super) fn subjects(&self, books: &Books, record: RecordId) -> BTreeSet<Subject> {
        let mut found = BTreeSet::new();
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![record]);
        while let Some(id) = waiting.pop() {
            // References that run in a circle end here.
            if !seen.insert(id) {
                continue;
            }
            if let Some(subject) = self.subject(id) {
                found.insert(subject);
                continue;
            }
            let place = books.find(id);
            let entry = place.and_then(|(party, position)| books.entry(party, position));
            if let Some(record) = entry.and_then(|entry| entry.sound()) {
                waiting.extend(&record.get().re);
            }
        }
        found
    }

    /// What a record began. Persons who left by a transport that was announced belong to that.
    fn subject(&self, record: RecordId) -> Option<Subject> {
        let is = |what| Some(Subject { what, record });
        if self.cases.contains_key(&record) {
            is(What::ReturnCase)
        } else if self.visas.contains_key(&record) {
            is(What::AdmissionCase)
        } else if self.transports.contains_key(&record) {
            is(What::Transport)
        } else if self.journeys.contains_key(&record) {
            is(What::Journey)
        } else if self.windows.contains_key(&record) {
            is(What::Window)
        } else {
            let movement = self.movements.get(&record)?;
            let transport = |record| Subject { what: What::Transport, record };
            movement.notice.map(transport).or_else(|| is(What::Movement))
        }
    }

    /// The thing itself.
    pub(super) fn thing(&self, subject: Subject) -> Option<Thing<'_>> {
        let id = &subject.record;
        match subject.what {
            What::ReturnCase => self.cases.get(id).map(Thing::Case),
            What::AdmissionCase => self.visas.get(id).map(Thing::Visa),
            What::Transport => self.transports.get(id).map(Thing::Transport),
            What::Journey => self.journeys.get(id).map(Thing::Journey),
            What::Window => self.windows.get(id).map(Thing::Window),
            What::Movement => self.movements.get(id).map(Thing::Movement),
        }
    }

    /// A thing in one line.
    #[must_use]
    pub fn glance(&self, subject: Subject) -> Option<Glance> {
        let (reference, number, about, state) = match self.thing(subject)? {
            Thing::Case(one) => {
                let about = format!("{}, arrived {}", one.scope, one.arrived);
                (&one.reference, one.persons, about, one.state.name())
            }
            Thing::Visa(one) => {
                let about = format!("visas of {}, valid to {}", one.issued, one.expires);
                (&one.reference, one.persons, about, one.state.name())
            }
            Thing::Transport(one) => {
                let about = format!("to {} on {}", one.to, one.day);
                (&one.reference, one.persons, about, one.state.name())
            }
            Thing::Journey(one) => {
                (&one.reference, one.persons, format!("on {}", one.day), one.state().name())
            }
            Thing::Window(one) => {
                let taken = self.visas.iter().filter(|(id, _)| one.visas.contains(id));
                let taken = taken.fold(0_u16, |sum, (_, visa)| sum.saturating_add(visa.persons.0));
                let state = one.status.map_or(WindowState::Open, |(state, _)| state);
                let about = format!("visas for {}", persons(Persons(taken)));
                (&one.reference, one.places, about, state.name())
            }
            Thing::Movement(one) => {
                let told = one.came.as_ref().or(one.left.as_ref());
                let number = told.map(|told| told.persons).unwrap_or_default();
                let day = told.map(|told| told.day).unwrap_or_default();
                let came = one.came.is_some();
                let state = if came { TransportState::Arrived } else { TransportState::Departed };
                (&None, number, format!("unannounced, on {day}"), state.name())
            }
        };
        let reference = reference.clone();
        Some(Glance { subject, reference, persons: number, about, state: StateName(state) })
    }

    /// Since when a thing stands as it does.
    pub(super) fn since(&self, books: &Books, subject: Subject) -> Option<Since> {
        let told = |told: Option<&super::super::Told>| told.map(|told| told.record);
        let id = match self.thing(subject)? {
            Thing::Case(one) => one.since,
            Thing::Transport(one) => one.since,
            Thing::Movement(one) => told(one.came.as_ref().or(one.left.as_ref()))?,
            Thing::Window(one) => one.status.map_or(subject.record, |(_, record)| record),
            // Whatever happens to visas moves them, except a correction.
            Thing::Visa(one) => {
                let moves = |id: &&RecordId| {
                    record(books, **id).is_some_and(|one| one.get().kind() != Kind::Correction)
                };
                one.history.iter().rev().find(moves).copied()?
            }
            Thing::Journey(one) => match one.state() {
                JourneyState::Notified => subject.record,
                JourneyState::Departed => told(one.counted.as_ref())?,
                JourneyState::Admitted => told(one.admitted.as_ref())?,
                JourneyState::Withdrawn => one.withdrawn?,
                JourneyState::Reversed => {
                    let words = [one.reversed.gbr, one.reversed.fra].into_iter().flatten();
                    words.max_by_key(|word| word.timing.signed)?.record
                }
            },
        };
        Some(Since { record: id, day: record(books, id)?.signed_at().date() })
    }
}

/// A record that has effect, by its id.
pub(super) fn record(books: &Books, id: RecordId) -> Option<&Verified<Record>> {
    let (party, position) = books.find(id)?;
    books.entry(party, position)?.sound()
}
