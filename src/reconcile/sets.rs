//! Two sets of ids that count, held against each other by their sorted-leaf trees.

use std::cmp::Ordering;

use super::compare::Cause;
use crate::{
    ledger::{Direction, Ledger},
    names::{Hash, PerParty, RecordId},
    tlog::{EMPTY_ROOT, MemoryNodes, Nodes, leaf_hash},
};

/// The ids that count in one direction, ascending, and the tree over them, whose root stands in a
/// body.
#[derive(Debug, Clone, Default)]
pub struct CountedSet {
    ids: Vec<RecordId>,
    nodes: MemoryNodes,
}

/// What two sets do not share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetDifference {
    /// Ids of the first set alone, and of the second alone; ascending.
    pub only_in: [Vec<RecordId>; 2],
    /// Pairs of hashes that were looked at.
    pub hashes: u64,
    /// Ids that were looked at one by one.
    pub ids: u64,
}

impl FromIterator<RecordId> for CountedSet {
    fn from_iter<I: IntoIterator<Item = RecordId>>(ids: I) -> Self {
        let mut ids: Vec<RecordId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let nodes = ids.iter().map(|id| leaf_hash(id.as_bytes())).collect();
        Self { ids, nodes }
    }
}

impl CountedSet {
    /// What counts by a ledger.
    #[must_use]
    pub fn of(ledger: &Ledger, direction: Direction) -> Self {
        ledger.counted(direction).collect()
    }

    /// The ids, ascending.
    #[must_use]
    pub fn ids(&self) -> &[RecordId] {
        &self.ids
    }

    /// The root over the ids, as in a body.
    #[must_use]
    pub fn root(&self) -> Hash {
        if self.ids.is_empty() { EMPTY_ROOT } else { self.nodes.head().root }
    }

    /// What the two sets do not share.
    ///
    /// Both ascend, so before the first leaf in which they differ they are the same; and if they
    /// are of one size, so they are after the last. Both places are found by going down the trees,
    /// at the cost of their height: of two sets in which one id was swapped for another, these two
    /// places are the two ids. What lies between is held together id by id.
    #[must_use]
    pub fn difference(&self, other: &Self) -> SetDifference {
        let mut found = SetDifference::default();
        let (ours, theirs) = (self.ids.len(), other.ids.len());
        if ours == theirs && self.root() == other.root() {
            found.hashes = 1;
            return found;
        }
        let start = self.first_difference(other, &mut found.hashes);
        let same_after = if ours == theirs {
            ours.saturating_sub(self.last_difference(other, start, &mut found.hashes))
        } else {
            0
        };
        let until = |len: usize| len.saturating_sub(same_after);
        let one = self.ids.get(start..until(ours)).unwrap_or_default();
        let two = other.ids.get(start..until(theirs)).unwrap_or_default();
        found.merge(one, two);
        found
    }

    /// How many leading ids the two share.
    fn first_difference(&self, other: &Self, looked: &mut u64) -> usize {
        let shared = self.ids.len().min(other.ids.len());
        let (mut at, mut level) = (0_usize, 63_u32);
        while at < shared {
            let width = width(level);
            let fits = at.is_multiple_of(width) && width <= shared.saturating_sub(at);
            if fits && self.is_same(other, at, level, looked) {
                at = at.saturating_add(width);
                // The next subtree is no larger than its alignment allows.
                level = at.trailing_zeros().min(63);
            } else if level == 0 {
                break;
            } else {
                level = level.saturating_sub(1);
            }
        }
        at
    }

    /// Where the last difference ends, of two sets of one size that differ from `start` on.
    fn last_difference(&self, other: &Self, start: usize, looked: &mut u64) -> usize {
        let (mut end, mut level) = (self.ids.len(), 63_u32);
        while end > start {
            let width = width(level);
            let fits = end.is_multiple_of(width) && width <= end.saturating_sub(start);
            if fits && self.is_same(other, end.saturating_sub(width), level, looked) {
                end = end.saturating_sub(width);
                level = end.trailing_zeros().min(63);
            } else if level == 0 {
                break;
            } else {
                level = level.saturating_sub(1);
            }
        }
        end
    }

    /// Whether the subtrees of a level that begin at a leaf are the same.
    fn is_same(&self, other: &Self, at: usize, level: u32, looked: &mut u64) -> bool {
        *looked = looked.saturating_add(1);
        let index = u64::try_from(at >> level).unwrap_or(u64::MAX);
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        let node = |set: &Self| set.nodes.node(level, index).ok();
        node(self).is_some_and(|node_here| node(other) == Some(node_here))
    }
}

/// Leaves in a complete subtree; none is so wide at the highest levels.
fn width(level: u32) -> usize {
    1_usize.checked_shl(level).unwrap_or(usize::MAX)
}

impl SetDifference {
    /// Whether the sets are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.only_in.iter().all(Vec::is_empty)
    }

    fn merge(&mut self, mut one: &[RecordId], mut two: &[RecordId]) {
        let [only_one, only_two] = &mut self.only_in;
        while let ([first, rest @ ..], [second, others @ ..]) = (one, two) {
            self.ids = self.ids.saturating_add(1);
            match first.cmp(second) {
                Ordering::Less => {
                    only_one.push(*first);
                    one = rest;
                }
                Ordering::Greater => {
                    only_two.push(*second);
                    two = others;
                }
                Ordering::Equal => (one, two) = (rest, others),
            }
        }
        only_one.extend_from_slice(one);
        only_two.extend_from_slice(two);
    }
}

/// What counts by two ledgers of one week, in both directions.
#[must_use]
pub fn compare_counted(ledgers: &PerParty<Ledger>) -> Vec<(Cause, SetDifference)> {
    let causes = [(Cause::Arrivals, Direction::Returned), (Cause::Admissions, Direction::Admitted)];
    let found = causes.into_iter().map(|(cause, direction)| {
        let [gbr, fra] = [&ledgers.gbr, &ledgers.fra].map(|one| CountedSet::of(one, direction));
        (cause, gbr.difference(&fra))
    });
    found.filter(|(_, difference)| !difference.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::names::sha256;
    use proptest::prelude::*;

    fn id(number: u64) -> RecordId {
        RecordId::new(sha256(&number.to_be_bytes()))
    }

    fn set(numbers: impl IntoIterator<Item = u64>) -> CountedSet {
        numbers.into_iter().map(id).collect()
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_differs(
            shared in proptest::collection::btree_set(0_u64..5000, 0..200),
            one in proptest::collection::btree_set(5000_u64..9000, 0..6),
            two in proptest::collection::btree_set(9000_u64..13000, 0..6),
        ) {
            let with = |more: &BTreeSet<u64>| set(shared.iter().chain(more).copied());
            let found = with(&one).difference(&with(&two));
            let sorted = |more: &BTreeSet<u64>| set(more.iter().copied()).ids;
            prop_assert_eq!(&found.only_in, &[sorted(&one), sorted(&two)]);
            prop_assert_eq!(found.is_empty(), one.is_empty() && two.is_empty());
            let back = with(&two).difference(&with(&one));
            prop_assert_eq!(back.only_in, [sorted(&two), sorted(&one)]);
        }
    }

    #[test]
    fn a_swapped_id_costs_the_height_of_the_tree_and_what_lies_between() {
        let size = 50_000;
        let whole = set(0..size);
        for number in [0, 1, 777, size / 2, size - 1] {
            let other = set((0..size).filter(|one| *one != number).chain([size]));
            let found = whole.difference(&other);
            assert_eq!(found.only_in, [vec![id(number)], vec![id(size)]]);
            let place = |set: &CountedSet, id| set.ids.binary_search(&id).unwrap();
            let apart = place(&whole, id(number)).abs_diff(place(&other, id(size)));
            assert!(found.hashes <= 4 * 17, "{}", found.hashes);
            assert!(found.ids <= u64::try_from(apart).unwrap() + 2, "{found:?}");
        }
        // Neighbours in their order: next to nothing is looked at.
        let mut near: Vec<u64> = (0..size).collect();
        near.sort_by_key(|number| id(*number));
        let found = set(near[..40_000].iter().copied())
            .difference(&set(near[..40_001].iter().copied().filter(|one| *one != near[39_000])));
        assert_eq!(found.only_in, [vec![id(near[39_000])], vec![id(near[40_000])]]);
        assert!(found.ids < 1010, "{}", found.ids);
    }

    #[test]
    fn equal_sets_cost_one_hash_and_the_root_is_that_of_a_body() {
        let found = set(0..1000).difference(&set(0..1000));
        assert_eq!((found.is_empty(), found.hashes, found.ids), (true, 1, 0));
        assert_eq!(set([]).root(), EMPTY_ROOT);
        assert!(set([]).difference(&set([])).is_empty());
        let mut sides = crate::ledger::fixture::TwoSides::founded();
        sides.returned(1, "2025-08-07", 3);
        sides.returned(2, "2025-08-08", 1);
        let ledger = sides.ledger(sides.now);
        for direction in [Direction::Returned, Direction::Admitted] {
            assert_eq!(CountedSet::of(&ledger, direction).root(), ledger.root(direction));
        }
        let empty = crate::ledger::fixture::TwoSides::founded();
        let ledgers = PerParty { gbr: ledger, fra: empty.ledger(empty.now) };
        let found = compare_counted(&ledgers);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1.only_in[0].len()), (Cause::Arrivals, 2));
    }
}
