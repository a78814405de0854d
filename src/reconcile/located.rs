//! A difference between two bodies, with the evidence that this side holds about every record in
//! it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::compare::{Cause, Comparison, Source, compare};
use crate::{
    ledger::{Books, Contribution, Ledger, Told, View},
    limits::CANDIDATES_LISTED_MAX,
    names::{Date, Hash, Party, PerParty, Persons, Place, Position, RecordId, Timestamp, Week},
    record::{Body, BreakClass, Kind},
};

/// Two bodies of one week that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// Which two.
    pub between: [Source; 2],
    /// `total-match-records-differ` or `statement-mismatch`.
    pub class: BreakClass,
    /// What it comes from.
    pub causes: Vec<Cause>,
    /// The fields that have two values.
    pub fields: Vec<String>,
    /// Weeks of journeys of which the two have other movements.
    pub weeks: Vec<Week>,
    /// Whether both name their records one by one; with too many in a week, a body has their roots
    /// alone.
    pub named: bool,
    /// The records that count in one of the two alone.
    pub records: Vec<Located>,
    /// If records are not named: what came to count here in those weeks of journeys, or ceased to,
    /// so that the two sides can hold their lists against each other.
    pub candidates: Vec<RecordId>,
    /// How many more there are than are listed.
    pub more: u64,
}

/// A record that counts in one of two bodies alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// The arrival or admission.
    pub record: RecordId,
    /// In which body it counts.
    pub counts_in: Source,
    /// What is known of it here; nothing, if no log that is held has it.
    pub here: Option<Evidence>,
}

/// What this side holds about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: Kind,
    /// In whose log.
    pub author: Party,
    /// Where.
    pub position: Position,
    /// Its time of receipt, if there is one yet.
    pub received: Option<Timestamp>,
    /// Whether it stands beyond the cut-off of the week, and so cannot count in it.
    pub beyond: bool,
    /// What counts and is claimed of it here, at the cut-off.
    pub counts: Option<Contribution>,
    /// What each side tells of the same persons, by its own record.
    pub told: PerParty<Option<Tells>>,
    /// Open breaks that name one of these records.
    pub breaks: Vec<Named>,
}

/// What one side's record tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tells {
    /// The record.
    pub record: RecordId,
    /// How many persons.
    pub persons: Persons,
    /// On which day.
    pub day: Date,
    /// Where.
    pub place: Place,
}

/// An open break, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: Hash,
    /// Its class.
    pub class: BreakClass,
}

/// What this side knows at the cut-off of a week.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Both logs, as far as they are held.
    pub books: &'a Books,
    /// The cut-off.
    pub cut: View,
    /// The ledger there.
    pub ledger: &'a Ledger,
    /// The ledger at the cut-off before.
    pub before: &'a Ledger,
}

/// The bodies of a week: what the two sides have stated, and what this side computes.
#[derive(Debug, Clone, Copy)]
pub struct Bodies<'a> {
    /// The United Kingdom's, then France's.
    pub stated: [Option<&'a Body>; 2],
    /// Of this side.
    pub computed: Option<&'a Body>,
}

impl<'a> Bodies<'a> {
    /// Which two differ: the two statements, and a statement that differs from what this side
    /// computes, unless the other statement says so already.
    fn pairs(self) -> Vec<[(Source, &'a Body); 2]> {
        let [gbr, fra] = self.stated;
        let mut pairs = Vec::new();
        if let (Some(gbr), Some(fra)) = (gbr, fra)
            && gbr != fra
        {
            pairs.push([(Source::Gbr, gbr), (Source::Fra, fra)]);
        }
        let Some(computed) = self.computed else { return pairs };
        let is_stated = [gbr, fra].contains(&Some(computed));
        for (source, stated) in [(Source::Gbr, gbr), (Source::Fra, fra)] {
            if let Some(stated) = stated
                && stated != computed
                && (!is_stated || pairs.is_empty())
            {
                pairs.push([(source, stated), (Source::Computed, computed)]);
            }
        }
        pairs
    }

    /// Whether any two differ.
    #[must_use]
    pub fn differ(self) -> bool {
        !self.pairs().is_empty()
    }

    /// Locates every difference, down to the record.
    #[must_use]
    pub fn locate(self, known: Known<'_>) -> Vec<Differing> {
        self.pairs().into_iter().map(|pair| locate(pair, known)).collect()
    }
}

fn locate([one, other]: [(Source, &Body); 2], known: Known<'_>) -> Differing {
    let found = compare(one.1, other.1);
    let (candidates, more) = candidates(&found, known);
    let class = found.class();
    let [only_one, only_other] = found.only_in;
    let mut ids: Vec<(RecordId, Source)> = only_one
        .into_iter()
        .map(|id| (id, one.0))
        .chain(only_other.into_iter().map(|id| (id, other.0)))
        .collect();
    ids.sort_unstable();
    let told = told(known.ledger, &ids.iter().map(|(id, _)| *id).collect());
    let records = ids
        .into_iter()
        .map(|(record, counts_in)| Located {
            record,
            counts_in,
            here: evidence(known, record, told.get(&record)),
        })
        .collect();
    Differing {
        between: [one.0, other.0],
        class,
        causes: found.causes,
        fields: found.fields.into_iter().map(str::to_owned).collect(),
        weeks: found.weeks,
        named: found.named,
        records,
        candidates,
        more,
    }
}

/// What came to count here at this cut-off, or ceased to, in the weeks in which the movements
/// differ; in any week if they do not, for then only the records do.
fn candidates(found: &Comparison, known: Known<'_>) -> (Vec<RecordId>, u64) {
    let (now, before) = (&known.ledger.contributions, &known.before.contributions);
    let sets = [Cause::Arrivals, Cause::Admissions];
    if found.named || !sets.iter().any(|cause| found.causes.contains(cause)) {
        return (Vec::new(), 0);
    }
    let wanted = |week: Week| found.weeks.is_empty() || found.weeks.contains(&week);
    let counts =
        |all: &BTreeMap<RecordId, Contribution>, id| all.get(&id).is_some_and(Contribution::counts);
    let changed = |id: &RecordId| counts(now, *id) != counts(before, *id);
    let of_weeks = now.iter().chain(before).filter(|(_, one)| wanted(one.week));
    let all: BTreeSet<RecordId> = of_weeks.map(|(id, _)| *id).filter(changed).collect();
    let more = all.len().saturating_sub(CANDIDATES_LISTED_MAX);
    let listed = all.into_iter().take(CANDIDATES_LISTED_MAX).collect();
    (listed, u64::try_from(more).unwrap_or(u64::MAX))
}

/// What both sides tell of the movements and journeys in which these records stand.
fn told(
    ledger: &Ledger,
    wanted: &BTreeSet<RecordId>,
) -> BTreeMap<RecordId, PerParty<Option<Tells>>> {
    let movements = ledger.movements.values().map(|one| (&one.left, &one.came));
    let journeys = ledger.journeys.values().map(|one| (&one.admitted, &one.counted));
    let mut found = BTreeMap::new();
    for (gbr, fra) in movements.chain(journeys) {
        for id in [gbr, fra].into_iter().flatten().map(|one| one.record) {
            if wanted.contains(&id) {
                let tells = |one: &Option<Told>| one.as_ref().map(Tells::of);
                found.insert(id, PerParty { gbr: tells(gbr), fra: tells(fra) });
            }
        }
    }
    found
}

fn evidence(
    known: Known<'_>,
    record: RecordId,
    told: Option<&PerParty<Option<Tells>>>,
) -> Option<Evidence> {
    let (author, position) = known.books.find(record)?;
    let kind = known.books.entry(author, position)?.record()?.get().kind();
    let told = told.cloned().unwrap_or_default();
    let tellers = [&told.gbr, &told.fra].into_iter().flatten().map(|one| one.record);
    let concerned: BTreeSet<RecordId> = tellers.chain([record]).collect();
    let named = known.ledger.breaks.iter().filter(|one| {
        let mut evidence = one.evidence.iter();
        evidence.any(|id| concerned.contains(id))
    });
    let breaks = named.map(|one| Named { id: one.id, class: one.class }).collect();
    Some(Evidence {
        kind,
        author,
        position,
        received: known.books.receipt(author, position).map(|(_, time)| time),
        beyond: !known.cut.size(author).covers(position),
        counts: known.ledger.contributions.get(&record).copied(),
        told,
        breaks,
    })
}

impl Tells {
    fn of(told: &Told) -> Self {
        let Told { record, persons, day, place, timing: _ } = told;
        Self { record: *record, persons: *persons, day: *day, place: place.clone() }
    }
}
