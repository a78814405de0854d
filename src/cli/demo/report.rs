//! What a demo has shown, as a value: the JSON of `entente demo --json`.

use serde::{Deserialize, Serialize};

use super::{Figure, Survival};
use crate::names::{Date, Week};

/// What came of a demo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoReport {
    /// Whether both sides worked under the terms of a rehearsal, as every demo does.
    pub rehearsal: bool,
    /// Entries of both logs together.
    pub records: u64,
    /// Weeks that the season has.
    pub weeks: u64,
    /// Weeks that both sides stated with identical bodies.
    pub joint_statements: u64,
    /// Breaks that are open at the end.
    pub breaks: u64,
    /// What both logs agree on at the end.
    pub agreed: Balance,
    /// The published figures, and what both stores say as at each one's date.
    pub published: Vec<PublishedRow>,
    /// Receipts that were put together from the stores and verified.
    pub receipts: Receipts,
    /// Whether the side that was killed came back with nothing lost and nothing doubled.
    pub kill_survived: bool,
    /// The same in numbers.
    pub kill: Survival,
    /// How long the demo took.
    pub seconds: f64,
    /// Both logs were verified in both stores from their first entry to their last, and both stores
    /// hold as many entries and agree on as many persons.
    pub verified: bool,
    /// The agreed totals at the end of each week, in order.
    pub by_week: Vec<WeekRow>,
    /// Where everything was left.
    pub folder: String,
    /// What to look at next: commands as they are typed.
    pub next: Vec<String>,
}

/// Persons since entry into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Persons effectively readmitted by France.
    pub returned: u64,
    /// Persons effectively admitted by the United Kingdom.
    pub admitted: u64,
    /// Returned less admitted.
    pub balance: i64,
}

/// A published figure beside what the demo's logs say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRow {
    /// The day at whose end it holds.
    pub date: Date,
    /// Persons returned, as published.
    pub returned: u64,
    /// Persons admitted, as published; `None` if no number was.
    pub admitted: Option<u64>,
    /// Whether both stores agree on these numbers as at that day.
    pub agrees: bool,
}

/// Receipts of each side's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// Of British records: cosigned by France.
    #[serde(rename = "GBR")]
    pub gbr: u64,
    /// Of French records: cosigned by the United Kingdom.
    #[serde(rename = "FRA")]
    pub fra: u64,
}

/// The agreed totals at the end of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekRow {
    /// The week.
    pub week: Week,
    /// Persons returned since entry into force.
    pub returned: u64,
    /// Persons admitted since entry into force.
    pub admitted: u64,
    /// Returned less admitted.
    pub balance: i64,
    /// Whether both sides stated identical bodies.
    pub joint: bool,
}

impl Balance {
    /// The balance of two totals.
    #[must_use]
    pub fn of(returned: u64, admitted: u64) -> Self {
        Self { returned, admitted, balance: balance(returned, admitted) }
    }
}

impl WeekRow {
    /// The row of a week.
    #[must_use]
    pub fn of(week: Week, returned: u64, admitted: u64, joint: bool) -> Self {
        Self { week, returned, admitted, balance: balance(returned, admitted), joint }
    }
}

impl PublishedRow {
    /// Holds a figure against what each store says as at its date: persons returned and admitted.
    /// It agrees only if every store gives it.
    #[must_use]
    pub fn of(figure: &Figure, stores: &[(u64, u64)]) -> Self {
        let agrees = |(returned, admitted): &(u64, u64)| figure.agrees(*returned, *admitted);
        Self {
            date: figure.date,
            returned: figure.returned,
            admitted: figure.admitted,
            agrees: !stores.is_empty() && stores.iter().all(agrees),
        }
    }
}

/// The difference of two counts of persons, which no season brings near the bounds of its type.
fn balance(returned: u64, admitted: u64) -> i64 {
    let signed = |persons| i64::try_from(persons).unwrap_or(i64::MAX);
    signed(returned).saturating_sub(signed(admitted))
}
