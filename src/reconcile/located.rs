//! A difference between two bodies, with the evidence that this side holds about every record in
//! it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    compare::{Cause, Source, compare},
    run::Run,
    values::{TwoValues, two_values},
};
use crate::{
    ledger::{Books, Contribution, Direction, Ledger, Told, View},
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
    /// Both values of every leaf that has two; ids are told record by record.
    pub values: Vec<TwoValues>,
    /// The first week of those in a row in which the bodies of these two differ.
    pub since: Week,
    /// Weeks of journeys of which the two have other movements.
    pub weeks: Vec<Week>,
    /// Whether both name their records one by one; with too many in a week, a body has their roots
    /// alone.
    pub named: bool,
    /// The records that count in one of the two alone, whichever of the weeks in a row came to
    /// differ by them.
    pub records: Vec<Located>,
    /// If other records count and not all are named: what came to count here in those weeks of
    /// journeys, or ceased to; all that counts, if nothing did.
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
    /// The week from whose body on it does.
    pub week: Week,
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
    /// The ledger at the cut-off before, or before the first of the weeks in a row that differ.
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

    /// What a source says.
    pub(super) const fn of(self, source: Source) -> Option<&'a Body> {
        let [gbr, fra] = self.stated;
        match source {
            Source::Gbr => gbr,
            Source::Fra => fra,
            Source::Computed => self.computed,
        }
    }

    /// Whether any two differ.
    #[must_use]
    pub fn differ(self) -> bool {
        !self.pairs().is_empty()
    }

    /// The first of the weeks in a row up to this one in which any two that differ now count other
    /// records; `earlier` has the bodies of the weeks before, oldest first.
    #[must_use]
    pub fn first(self, earlier: &[Self]) -> Option<Week> {
        let pairs = self.pairs().into_iter();
        pairs.filter_map(|pair| Run::of_sets(pair, earlier).first()).min()
    }

    /// Locates every difference, down to the record.
    #[must_use]
    pub fn locate(self, earlier: &[Self], known: Known<'_>) -> Vec<Differing> {
        self.pairs().into_iter().map(|pair| locate(pair, earlier, known)).collect()
    }
}

fn locate(pair: [(Source, &Body); 2], earlier: &[Bodies<'_>], known: Known<'_>) -> Differing {
    let [one, other] = pair;
    let found = compare(one.1, other.1);
    let run = Run::of_sets(pair, earlier);
    let ids = run.records();
    let told = told(known.ledger, &ids.keys().copied().collect());
    let records: Vec<Located> = ids
        .into_iter()
        .map(|(record, (counts_in, week))| Located {
            record,
            counts_in,
            week,
            here: evidence(known, record, told.get(&record)),
        })
        .collect();
    let (weeks, named) = (run.weeks(), run.names());
    let (candidates, more) = if named && !records.is_empty() {
        (Vec::new(), 0)
    } else {
        candidates(&found.causes, &weeks, known)
    };
    Differing {
        between: [one.0, other.0],
        class: found.class(),
        causes: found.causes,
        fields: found.fields.into_iter().map(str::to_owned).collect(),
        values: two_values(one.1, other.1),
        since: Run::of_bodies(pair, earlier).first().unwrap_or(one.1.week),
        weeks,
        named,
        records,
        candidates,
        more,
    }
}

/// What came to count here since the bodies were the same, or ceased to, in the weeks in which the
/// movements differ; in any week if they do not, for then only the records do. Where nothing did,
/// whatever counts here may be what does not count there.
fn candidates(causes: &[Cause], weeks: &[Week], known: Known<'_>) -> (Vec<RecordId>, u64) {
    let (now, before) = (&known.ledger.contributions, &known.before.contributions);
    let sets = [(Cause::Arrivals, Direction::Returned), (Cause::Admissions, Direction::Admitted)];
    let directions = sets.iter().filter(|(cause, _)| causes.contains(cause));
    let directions: Vec<Direction> = directions.map(|(_, direction)| *direction).collect();
    let wanted = |one: &Contribution| {
        directions.contains(&one.direction) && (weeks.is_empty() || weeks.contains(&one.week))
    };
    let counts =
        |all: &BTreeMap<RecordId, Contribution>, id| all.get(&id).is_some_and(Contribution::counts);
    let changed = |id: &RecordId| counts(now, *id) != counts(before, *id);
    let of_weeks = now.iter().chain(before).filter(|(_, one)| wanted(one));
    let mut all: BTreeSet<RecordId> = of_weeks.map(|(id, _)| *id).filter(changed).collect();
    if all.is_empty() {
        all = directions.iter().flat_map(|one| known.ledger.counted(*one)).collect();
    }
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
        position: known.books.place(author, position).at,
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
