//! Weeks in a row in which the bodies of two sources differ. Once a record counts on one side
//! alone, every later body has another root over it, and only the first one names it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    compare::{Comparison, Source, compare},
    located::Bodies,
};
use crate::{
    names::{RecordId, Week},
    record::Body,
};

/// The weeks up to one, oldest first, with what the two bodies of each differ in.
pub(super) struct Run {
    between: [Source; 2],
    weeks: Vec<(Week, Comparison)>,
}

impl Run {
    /// Weeks in a row in which the bodies differ in anything.
    pub(super) fn of_bodies(pair: [(Source, &Body); 2], earlier: &[Bodies<'_>]) -> Self {
        Self::back(pair, earlier, |found| !found.is_empty())
    }

    /// Weeks in a row in which other records count. If the same records count in the newest, it
    /// stands here alone: its lists may differ nevertheless.
    pub(super) fn of_sets(pair: [(Source, &Body); 2], earlier: &[Bodies<'_>]) -> Self {
        let mut run = Self::back(pair, earlier, Comparison::of_sets);
        if run.weeks.is_empty() {
            let [(_, one), (_, other)] = pair;
            run.weeks.push((one.week, compare(one, other)));
        }
        run
    }

    /// Goes back for as long as the bodies differ. A week that one of the two has not stated says
    /// nothing, and is passed over.
    fn back(
        pair: [(Source, &Body); 2],
        earlier: &[Bodies<'_>],
        differ: impl Fn(&Comparison) -> bool,
    ) -> Self {
        let [(first, one), (second, other)] = pair;
        let before = earlier.iter().rev();
        let before = before.filter_map(|week| Some([week.of(first)?, week.of(second)?]));
        let all = std::iter::once([one, other]).chain(before);
        let compared = all.map(|[one, other]| (one.week, compare(one, other)));
        let mut weeks: Vec<_> = compared.take_while(|(_, found)| differ(found)).collect();
        weeks.reverse();
        Self { between: [first, second], weeks }
    }

    /// The first of the weeks.
    pub(super) fn first(&self) -> Option<Week> {
        self.weeks.first().map(|(week, _)| *week)
    }

    /// Whether all the bodies name their records.
    pub(super) fn names(&self) -> bool {
        self.weeks.iter().all(|(_, found)| found.named)
    }

    /// Weeks of journeys of which any two bodies have other movements, ascending.
    pub(super) fn weeks(&self) -> Vec<Week> {
        let all: BTreeSet<Week> =
            self.weeks.iter().flat_map(|(_, found)| &found.weeks).copied().collect();
        all.into_iter().collect()
    }

    /// The records that count in one of the two alone at the end, and from which week on. What
    /// counts in one first and then in the other as well does not.
    pub(super) fn records(&self) -> BTreeMap<RecordId, (Source, Week)> {
        let mut all: BTreeMap<RecordId, (Source, Week)> = BTreeMap::new();
        for (week, found) in &self.weeks {
            let mut now: BTreeMap<RecordId, (Source, Week)> = BTreeMap::new();
            for (source, ids) in self.between.into_iter().zip(&found.only_in) {
                now.extend(ids.iter().map(|id| (*id, (source, *week))));
            }
            for (id, (source, week)) in now {
                match all.get(&id) {
                    Some((before, _)) if *before != source => drop(all.remove(&id)),
                    Some(_) => {}
                    None => drop(all.insert(id, (source, week))),
                }
            }
        }
        all
    }
}
