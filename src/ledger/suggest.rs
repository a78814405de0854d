//! What may settle a break: records of both sides that nothing connects and that are alike. They
//! are offered to people. Nothing here changes what counts, and nothing is applied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Books, Break, Journey, Ledger, Movement, Told};
use crate::{
    limits::{MATCH_DAYS_BEYOND, MATCH_PERSONS_APART_MAX, SUGGESTIONS_MAX},
    names::{Date, Persons, Place, Position, RecordId},
    record::{BreakClass, Content, Kind, Provisions, Record},
};

/// Two records that may belong together, and how both sides would say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// From 1: the most alike comes first.
    pub rank: u8,
    /// The record that the break is about.
    pub record: RecordId,
    /// The record that it may belong to.
    pub other: RecordId,
    /// How alike they are.
    pub why: String,
    /// What would have to be signed, by whom.
    pub settle: String,
}

/// How far apart two records are: the smaller, the more alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Apart {
    other_case: bool,
    persons: u32,
    days: u32,
    place: Where,
}

/// How the places of two records compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Where {
    Same,
    CountsAsOne,
    NotTold,
}

/// A pair before it has its rank.
struct Pair {
    apart: Apart,
    record: RecordId,
    other: RecordId,
    why: String,
    settle: String,
}

/// What one side alone tells of persons who crossed.
#[derive(Clone, Copy)]
struct Half<'a> {
    told: &'a Told,
    /// Where it is to be compared by, if that is known.
    place: Option<&'a Place>,
    version: usize,
    /// Whether it belongs to a transport or journey that was announced.
    announced: bool,
}

/// What may settle an open break, the most alike first; at most three.
#[must_use]
pub fn suggestions(ledger: &Ledger, books: &Books, found: &Break) -> Vec<Suggestion> {
    let class = found.class;
    let mut pairs = if RETURNS.contains(&class) {
        returns(ledger, found)
    } else if ADMISSIONS.contains(&class) {
        admissions(ledger, found)
    } else if class == BreakClass::HeadcountMismatch {
        headcounts(ledger, found)
    } else if class == BreakClass::UnknownReference {
        references(ledger, books, found)
    } else {
        Vec::new()
    };
    pairs.sort_by_key(|pair| (pair.apart, pair.other, pair.record));
    let ranked = pairs.into_iter().take(SUGGESTIONS_MAX).zip(1..);
    let ranked = ranked.map(|(pair, rank)| Suggestion {
        rank,
        record: pair.record,
        other: pair.other,
        why: pair.why,
        settle: pair.settle,
    });
    ranked.collect()
}

/// Breaks in which one side of a return is missing.
const RETURNS: [BreakClass; 2] = [BreakClass::DepartedNotArrived, BreakClass::ArrivedNotDeparted];

/// Breaks in which one side of an admission is missing.
const ADMISSIONS: [BreakClass; 2] =
    [BreakClass::AdmittedNotDeparted, BreakClass::DepartedNotAdmitted];

/// A departure and an arrival that nothing connects.
fn returns(ledger: &Ledger, found: &Break) -> Vec<Pair> {
    let open = || ledger.movements.values().filter(|one| !one.reversed.is_full());
    let left: Vec<Half<'_>> = open().filter_map(only_left).collect();
    let came: Vec<Half<'_>> = open().filter_map(only_came).collect();
    pairs(ledger, found, &left, &came, |left, came| {
        format!(
            "France hands in an arrival that names the departure {}; then both sides sign and \
             approve a reversal of the arrival {}, which names no departure, and decide its break: \
             put-right.",
            short(left.told.record),
            short(came.told.record),
        )
    })
}

/// A departure-count and an admission that belong to no one journey. Each tells of a place in its
/// own country, so that places say nothing.
fn admissions(ledger: &Ledger, found: &Break) -> Vec<Pair> {
    let open = || ledger.journeys.iter().filter(|(_, one)| !one.reversed.is_full());
    let counted: Vec<Half<'_>> = open().filter_map(only_counted).collect();
    let admitted: Vec<Half<'_>> = open().filter_map(only_admitted).collect();
    pairs(ledger, found, &counted, &admitted, |counted, admitted| {
        let (left, came) = (short(counted.told.record), short(admitted.told.record));
        if admitted.announced {
            return format!(
                "France hands in a departure-count that names the journey of the admission \
                 {came}; then both sides decide the break of the departure-count {left}: put-right."
            );
        }
        format!(
            "The United Kingdom hands in an admission that names the journey of the \
             departure-count {left}; then both sides sign and approve a reversal of the admission \
             {came}, which names none, and decide its breaks: put-right."
        )
    })
}

/// All pairs of which one record is evidence of the break, and which are alike.
fn pairs(
    ledger: &Ledger,
    found: &Break,
    left: &[Half<'_>],
    came: &[Half<'_>],
    settle: impl Fn(&Half<'_>, &Half<'_>) -> String,
) -> Vec<Pair> {
    let is_evidence = |half: &Half<'_>| found.evidence.contains(&half.told.record);
    let all = left.iter().flat_map(|left| came.iter().map(move |came| (left, came)));
    let concerned = all.filter(|(left, came)| is_evidence(left) != is_evidence(came));
    let pair = |(left, came): (&Half<'_>, &Half<'_>)| {
        let apart = Apart::of(ledger.versions.provisions(left.version), left, came)?;
        let (from, to) = (left.told.record, came.told.record);
        let (record, other) = if is_evidence(left) { (from, to) } else { (to, from) };
        Some(Pair { apart, record, other, why: apart.to_string(), settle: settle(left, came) })
    };
    concerned.filter_map(pair).collect()
}

/// Movements whose own difference makes up for this one, on the same day.
fn headcounts(ledger: &Ledger, found: &Break) -> Vec<Pair> {
    let evidence = |told: &Told| found.evidence.contains(&told.record);
    let open = || ledger.movements.values().filter(|one| !one.reversed.is_full());
    let both = |one: &&Movement| {
        one.left.as_ref().is_some_and(evidence) && one.came.as_ref().is_some_and(evidence)
    };
    let Some(movement) = open().find(both) else { return Vec::new() };
    let (Some(left), missing) = (&movement.left, lacks(movement)) else { return Vec::new() };
    let pair = |other: &Movement| {
        let told = other.came.as_ref().or(other.left.as_ref())?;
        let makes_up = lacks(other) == missing.saturating_neg() && told.day == left.day;
        let persons = missing.unsigned_abs();
        let more = if missing > 0 { "more arrived than left" } else { "fewer arrived than left" };
        makes_up.then(|| Pair {
            apart: Apart { other_case: false, persons: 0, days: 0, place: Where::NotTold },
            record: left.record,
            other: told.record,
            why: format!("same day; by this record {persons} {more}, which makes up for it"),
            settle: "Both sides compare their lists for both transports; who is wrong corrects \
                     its record, and the other side consents."
                .to_owned(),
        })
    };
    open().filter(|other| !both(other)).filter_map(pair).collect()
}

/// How many more left than arrived, by what binds both sides.
fn lacks(movement: &Movement) -> i64 {
    let persons = |told: &Option<Told>| told.as_ref().map_or(0, |told| i64::from(told.persons.0));
    persons(&movement.left).saturating_sub(persons(&movement.came))
}

/// Which kinds of the counterpart a kind refers to.
const REFERS: [(Kind, Kind); 7] = [
    (Kind::ReplyExtension, Kind::ReadmissionRequest),
    (Kind::Answer, Kind::ReadmissionRequest),
    (Kind::DisclosureStatus, Kind::ReadmissionRequest),
    (Kind::TransferNotice, Kind::Answer),
    (Kind::TransferReply, Kind::TransferNotice),
    (Kind::Arrival, Kind::Departure),
    (Kind::DepartureCount, Kind::TravelNotice),
];

/// Records of the counterpart to which one that names an unknown record could have referred: no
/// other record of its kind names them, and its case, or day and persons, fit.
fn references(ledger: &Ledger, books: &Books, found: &Break) -> Vec<Pair> {
    let read = |id: &RecordId| {
        let (party, at) = books.find(*id)?;
        Some((party, *id, books.entry(party, at)?.sound()?.get()))
    };
    let Some((party, id, record)) = found.evidence.iter().find_map(read) else {
        return Vec::new();
    };
    let kind = record.kind();
    let Some((_, wanted)) = REFERS.into_iter().find(|(one, _)| *one == kind) else {
        return Vec::new();
    };
    let own = books.entries(party, Position(0)).filter_map(|(_, entry)| Some(entry.sound()?.get()));
    let own = own.filter(|one| one.kind() == kind);
    let named: BTreeSet<RecordId> = own.flat_map(|one| one.re.iter().copied()).collect();
    let provisions = ledger.versions.provisions(ledger.versions.number(party));
    let theirs = books.entries(party.other(), Position(0));
    let theirs = theirs.filter_map(|(_, entry)| entry.sound());
    let free = theirs.filter(|one| one.get().kind() == wanted && !named.contains(&one.id()));
    let pair = |one: &crate::envelope::Verified<Record>| {
        let apart = Apart::of_records(provisions, record, one.get())?;
        let other = one.id();
        let settle = format!(
            "{party} hands in the {kind} again, naming the {wanted} {}; then both sides decide \
             this break: put-right.",
            short(other),
        );
        Some(Pair { apart, record: id, other, why: apart.to_string(), settle })
    };
    free.filter_map(pair).collect()
}

fn only_left(movement: &Movement) -> Option<Half<'_>> {
    let told = alone(movement.left.as_ref(), movement.came.as_ref())?;
    Some(Half {
        told,
        place: movement.to.as_ref(),
        version: movement.version,
        announced: movement.notice.is_some(),
    })
}

fn only_came(movement: &Movement) -> Option<Half<'_>> {
    let told = alone(movement.came.as_ref(), movement.left.as_ref())?;
    Some(Half { told, place: Some(&told.place), version: movement.version, announced: false })
}

fn only_counted<'a>((key, journey): (&RecordId, &'a Journey)) -> Option<Half<'a>> {
    let told = alone(journey.counted.as_ref(), journey.admitted.as_ref())?;
    let announced = *key != told.record;
    Some(Half { told, place: None, version: journey.version, announced })
}

fn only_admitted<'a>((key, journey): (&RecordId, &'a Journey)) -> Option<Half<'a>> {
    let told = alone(journey.admitted.as_ref(), journey.counted.as_ref())?;
    let announced = *key != told.record;
    Some(Half { told, place: None, version: journey.version, announced })
}

/// What one side tells of somebody, and the other does not.
fn alone<'a>(told: Option<&'a Told>, other: Option<&Told>) -> Option<&'a Told> {
    told.filter(|told| other.is_none() && !told.is_nobody())
}

impl Apart {
    /// How far two halves are apart; `None` if too far to be offered.
    fn of(provisions: &Provisions, left: &Half<'_>, came: &Half<'_>) -> Option<Self> {
        let place = match (left.place, came.place) {
            (Some(one), Some(other)) if one == other => Where::Same,
            (Some(one), Some(other)) if provisions.same_place(one, other) => Where::CountsAsOne,
            (Some(_), Some(_)) => return None,
            (Some(_) | None, None) | (None, Some(_)) => Where::NotTold,
        };
        let persons = (left.told.persons, came.told.persons);
        Self::within(provisions, persons, (left.told.day, came.told.day), place)
    }

    /// The same for two records. If a side gives the other's number to the case, behind its own
    /// letters, that is enough.
    fn of_records(provisions: &Provisions, one: &Record, other: &Record) -> Option<Self> {
        let number =
            |record: &Record| record.case.as_ref().map(|case| case.national_number().to_owned());
        if number(one).is_some_and(|own| number(other) == Some(own)) {
            return Some(Self { other_case: false, persons: 0, days: 0, place: Where::NotTold });
        }
        let persons = (persons(&one.content)?, persons(&other.content)?);
        let days = (one.day()?, other.day()?);
        let apart = Self::within(provisions, persons, days, Where::NotTold)?;
        Some(Self { other_case: true, ..apart })
    }

    fn within(
        provisions: &Provisions,
        persons: (Persons, Persons),
        days: (Date, Date),
        place: Where,
    ) -> Option<Self> {
        let persons = u32::from(persons.0.0.abs_diff(persons.1.0));
        let days = days.0.days().abs_diff(days.1.days());
        let most = provisions.date_tolerance_days.saturating_add(MATCH_DAYS_BEYOND);
        let alike = persons <= MATCH_PERSONS_APART_MAX && days <= most;
        alike.then_some(Self { other_case: true, persons, days, place })
    }
}

impl std::fmt::Display for Apart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.other_case {
            return f.write_str("same number in the case reference");
        }
        match self.persons {
            0 => f.write_str("same number of persons")?,
            1 => f.write_str("1 person apart")?,
            persons => write!(f, "{persons} persons apart")?,
        }
        match self.days {
            0 => f.write_str(", same day")?,
            1 => f.write_str(", 1 day apart")?,
            days => write!(f, ", {days} days apart")?,
        }
        f.write_str(match self.place {
            Where::Same => ", same place",
            Where::CountsAsOne => ", places that count as one",
            Where::NotTold => "",
        })
    }
}

/// How many persons a record of a journey tells of.
const fn persons(content: &Content) -> Option<Persons> {
    if let Content::Departure(one) = content {
        return Some(one.persons);
    }
    if let Content::Arrival(one) = content {
        return Some(one.persons);
    }
    if let Content::TravelNotice(one) = content {
        return Some(one.persons);
    }
    if let Content::DepartureCount(one) = content {
        return Some(one.persons);
    }
    None
}

/// The digits of an id by which it can be asked for.
fn short(id: RecordId) -> String {
    id.to_string().chars().take(8).collect()
}
