//! Where two bodies for one week differ: what comes first, and which records.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    names::{Party, RecordId, Week},
    record::{Body, BreakClass},
};

/// Whose body it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The United Kingdom's statement.
    #[serde(rename = "GBR")]
    Gbr,
    /// France's statement.
    #[serde(rename = "FRA")]
    Fra,
    /// What this side computes from both logs.
    #[serde(rename = "computed")]
    Computed,
}

impl Source {
    /// What a party has stated.
    #[must_use]
    pub const fn of(party: Party) -> Self {
        match party {
            Party::Gbr => Self::Gbr,
            Party::Fra => Self::Fra,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Gbr => Party::Gbr.code(),
            Self::Fra => Party::Fra.code(),
            Self::Computed => "computed",
        })
    }
}

/// What a difference comes from, in the order in which one looks for it: each explains those after
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The bodies are not of the same entries: they stand on different cut-offs, or count the weeks
    /// otherwise.
    CutOff,
    /// They continue different bodies.
    Previous,
    /// Other arrivals count.
    Arrivals,
    /// Other admissions count.
    Admissions,
    /// The same records count, and give other figures.
    Figures,
}

impl Cause {
    /// Every one, as they are looked for.
    pub const ALL: [Self; 5] =
        [Self::CutOff, Self::Previous, Self::Arrivals, Self::Admissions, Self::Figures];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::Previous => "previous",
            Self::Arrivals => "arrivals",
            Self::Admissions => "admissions",
            Self::Figures => "figures",
        }
    }

    /// What it means, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CutOff => "the two bodies stand on different cut-offs, so on different entries",
            Self::Previous => "the two bodies continue different bodies of the week before",
            Self::Arrivals => "other arrivals count, by the roots over their ids",
            Self::Admissions => "other admissions count, by the roots over their ids",
            Self::Figures => "the same records count and give other figures: compare the rules",
        }
    }
}

/// Where two bodies for one week differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What it comes from.
    pub causes: Vec<Cause>,
    /// The fields that have two values.
    pub fields: Vec<&'static str>,
    /// Weeks of journeys of which the two have other movements.
    pub weeks: Vec<Week>,
    /// Records that count in the first body alone, and in the second alone; ascending.
    pub only_in: [Vec<RecordId>; 2],
    /// Whether both name their records. A body that names none, because there are too many, says
    /// nothing about any one record.
    pub named: bool,
    /// Whether both close with the same totals.
    pub same_totals: bool,
}

/// Names what differs between two bodies, and every record that only one of them counts.
#[must_use]
pub fn compare(one: &Body, other: &Body) -> Comparison {
    let fields: [(&'static str, bool, Cause); 15] = [
        ("number", one.number != other.number, Cause::CutOff),
        ("week", one.week != other.week, Cause::CutOff),
        ("gbr", one.gbr != other.gbr, Cause::CutOff),
        ("fra", one.fra != other.fra, Cause::CutOff),
        ("as_of", one.as_of != other.as_of, Cause::CutOff),
        ("previous", one.previous != other.previous, Cause::Previous),
        ("arrivals", one.arrivals != other.arrivals, Cause::Arrivals),
        ("admissions", one.admissions != other.admissions, Cause::Admissions),
        ("opening", one.opening != other.opening, Cause::Figures),
        ("movements", one.movements != other.movements, Cause::Figures),
        ("closing", one.closing != other.closing, Cause::Figures),
        ("pipeline", one.pipeline != other.pipeline, Cause::Figures),
        ("breaks", one.breaks != other.breaks, Cause::Figures),
        ("counted", one.counted != other.counted, Cause::Figures),
        ("uncounted", one.uncounted != other.uncounted, Cause::Figures),
    ];
    let differing = || fields.iter().filter(|(_, differs, _)| *differs);
    let mut causes: BTreeSet<Cause> = differing().map(|(_, _, cause)| *cause).collect();
    if causes.len() > 1 {
        // Other figures follow from any other cause.
        causes.remove(&Cause::Figures);
    }
    Comparison {
        causes: causes.into_iter().collect(),
        fields: differing().map(|(name, _, _)| *name).collect(),
        weeks: weeks(one, other),
        only_in: [records(one, other), records(other, one)],
        named: [one, other].iter().all(|body| body.counted.is_some() && body.uncounted.is_some()),
        same_totals: one.closing == other.closing,
    }
}

impl Comparison {
    /// Whether other records count, by the roots over them.
    #[must_use]
    pub fn of_sets(&self) -> bool {
        [Cause::Arrivals, Cause::Admissions].iter().any(|cause| self.causes.contains(cause))
    }

    /// Whether nothing differs.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// What to call it: equal totals over different records are the more treacherous break.
    #[must_use]
    pub fn class(&self) -> BreakClass {
        if self.same_totals && self.of_sets() {
            BreakClass::TotalMatchRecordsDiffer
        } else {
            BreakClass::StatementMismatch
        }
    }
}

/// Weeks of journeys of which the two have other movements, ascending.
fn weeks(one: &Body, other: &Body) -> Vec<Week> {
    let lacks = |body: &Body, movement| !body.movements.contains(movement);
    let mut weeks: Vec<Week> = one
        .movements
        .iter()
        .filter(|movement| lacks(other, movement))
        .chain(other.movements.iter().filter(|movement| lacks(one, movement)))
        .map(|movement| movement.week)
        .collect();
    weeks.sort_unstable();
    weeks.dedup();
    weeks
}

/// The records that count in `one` and not in `other`. What one alone comes to count, counts in it;
/// what the other alone ceases to count, still counts in the one.
fn records(one: &Body, other: &Body) -> Vec<RecordId> {
    let mut found = BTreeSet::new();
    if let (Some(one), Some(other)) = (&one.counted, &other.counted) {
        found.extend(only_in(one, other));
    }
    if let (Some(one), Some(other)) = (&one.uncounted, &other.uncounted) {
        found.extend(only_in(other, one));
    }
    found.into_iter().collect()
}

/// What `one` lists and `other` does not. A list by the counterpart may be in any order.
fn only_in(one: &[RecordId], other: &[RecordId]) -> impl Iterator<Item = RecordId> {
    let other: BTreeSet<RecordId> = other.iter().copied().collect();
    one.iter().copied().filter(move |id| !other.contains(id))
}
