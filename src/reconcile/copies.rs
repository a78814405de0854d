//! Two copies of both logs, one of each side, held against each other: for the day on which the
//! link is down, and for whoever audits both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    names::{Hash, Party, PerParty, Position, Size},
    tlog::{EMPTY_ROOT, SignedCheckpoint},
};

/// Leaves that are named on each side of a divergence; there may be more.
pub const LEAVES_NAMED_MAX: usize = 100;

/// What one side holds of both logs.
pub trait Copies {
    /// Why something that is held could not be read.
    type Error;

    /// How many entries of a log are held.
    ///
    /// # Errors
    /// If it cannot be read.
    fn size(&self, log: Party) -> Result<Size, Self::Error>;

    /// The root of the first entries of a log, of which at least `size` are held.
    ///
    /// # Errors
    /// If it cannot be read.
    fn root(&self, log: Party, size: Size) -> Result<Hash, Self::Error>;

    /// The leaf hashes of a log from a position on, at most `count`.
    ///
    /// # Errors
    /// If they cannot be read.
    fn leaves(&self, log: Party, from: Position, count: u64) -> Result<Vec<Hash>, Self::Error>;

    /// The newest checkpoint of a log, by its author.
    ///
    /// # Errors
    /// If it cannot be read.
    fn newest(&self, log: Party) -> Result<Option<SignedCheckpoint>, Self::Error>;
}

/// How the two copies of one log stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum CopyDifference {
    /// A side lacks the end of a log, which the other holds.
    Missing {
        /// Whose copy is the shorter one.
        at: Party,
        /// Whose log.
        log: Party,
        /// How much of it the side holds.
        held: Size,
        /// How much there is.
        of: Size,
        /// The first leaf that the side lacks.
        next: Hash,
    },
    /// The two copies differ within what both hold.
    Divergent {
        /// Whose log.
        log: Party,
        /// Where the first difference is.
        first: Position,
        /// What each copy holds there.
        leaves: PerParty<Hash>,
        /// Leaves that one copy alone holds, by who holds them; the first hundred.
        only_at: PerParty<Vec<Leaf>>,
        /// The author's two checkpoints, if both copies stand under one: then its own signatures
        /// contradict each other, and it has forked its log.
        fork: Option<Box<PerParty<ForkedAt>>>,
    },
}

/// A leaf and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Where it stands in that copy.
    pub position: Position,
    /// Its hash.
    pub leaf: Hash,
}

/// One of two checkpoints that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkedAt {
    /// How many entries it covers.
    pub size: Size,
    /// Their root.
    pub root: Hash,
    /// The note, as the author signed it.
    pub note: String,
}

/// Holds the copies of both sides against each other, log by log. A log whose copies are the same
/// gives nothing. The first difference is looked for by halves, so that the cost of two copies that
/// differ nowhere is that of a few roots; only what comes after the first difference is read.
///
/// # Errors
/// If one of them cannot be read.
pub fn compare_copies<C: Copies>(copies: &PerParty<C>) -> Result<Vec<CopyDifference>, C::Error> {
    let mut found = Vec::new();
    for log in Party::BOTH {
        let sizes = PerParty { gbr: copies.gbr.size(log)?, fra: copies.fra.size(log)? };
        let shared = sizes.gbr.min(sizes.fra);
        match first_difference(copies, log, shared)? {
            Some(first) => found.push(divergent(copies, log, first)?),
            None if sizes.gbr == sizes.fra => {}
            None => {
                let at = if sizes.gbr < sizes.fra { Party::Gbr } else { Party::Fra };
                let of = *sizes.of(at.other());
                let longer = copies.of(at.other()).leaves(log, shared.next(), 1)?;
                let next = longer.first().copied().unwrap_or(EMPTY_ROOT);
                found.push(CopyDifference::Missing { at, log, held: shared, of, next });
            }
        }
    }
    Ok(found)
}

/// The first position at which the copies differ, of those that both hold.
fn first_difference<C: Copies>(
    copies: &PerParty<C>,
    log: Party,
    shared: Size,
) -> Result<Option<Position>, C::Error> {
    let same = |size: u64| {
        let size = Size(size);
        Ok(size.0 == 0 || copies.gbr.root(log, size)? == copies.fra.root(log, size)?)
    };
    if same(shared.0)? {
        return Ok(None);
    }
    // The first `low` entries are the same, the first `high` are not.
    let (mut low, mut high) = (0, shared.0);
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if same(middle)? { low = middle } else { high = middle }
    }
    Ok(Some(Position(low)))
}

fn divergent<C: Copies>(
    copies: &PerParty<C>,
    log: Party,
    first: Position,
) -> Result<CopyDifference, C::Error> {
    let gbr = leaves_from(&copies.gbr, log, first)?;
    let fra = leaves_from(&copies.fra, log, first)?;
    let only_at = PerParty { gbr: only_in(&gbr, &fra), fra: only_in(&fra, &gbr) };
    let fork = match [signed(&copies.gbr, log, first)?, signed(&copies.fra, log, first)?] {
        [Some(gbr), Some(fra)] => {
            Some(Box::new(PerParty { gbr: ForkedAt::of(&gbr), fra: ForkedAt::of(&fra) }))
        }
        [Some(_), None] | [None, Some(_)] | [None, None] => None,
    };
    // Both hold it: they differ there.
    let there = |leaves: &[Leaf]| leaves.first().map_or(EMPTY_ROOT, |one| one.leaf);
    let leaves = PerParty { gbr: there(&gbr), fra: there(&fra) };
    Ok(CopyDifference::Divergent { log, first, leaves, only_at, fork })
}

/// The newest checkpoint of a copy, if its author's signature stands under what this copy holds at
/// a position. A checkpoint whose root the copy does not give says nothing about its entries.
fn signed<C: Copies>(
    copy: &C,
    log: Party,
    position: Position,
) -> Result<Option<SignedCheckpoint>, C::Error> {
    let Some(newest) = copy.newest(log)? else { return Ok(None) };
    let (size, root) = (newest.checkpoint().size(), newest.checkpoint().root());
    let held = size <= copy.size(log)? && size.covers(position);
    Ok(if held && copy.root(log, size)? == root { Some(newest) } else { None })
}

fn leaves_from<C: Copies>(copy: &C, log: Party, first: Position) -> Result<Vec<Leaf>, C::Error> {
    let count = copy.size(log)?.0.saturating_sub(first.0);
    let leaves = copy.leaves(log, first, count)?;
    let numbered = leaves.into_iter().zip(first.0..);
    Ok(numbered.map(|(leaf, at)| Leaf { position: Position(at), leaf }).collect())
}

/// The leaves of one copy that the other does not hold anywhere, each as often as it is too many.
fn only_in(one: &[Leaf], other: &[Leaf]) -> Vec<Leaf> {
    let mut left: BTreeMap<Hash, u64> = BTreeMap::new();
    for leaf in other {
        let count = left.entry(leaf.leaf).or_default();
        *count = count.saturating_add(1);
    }
    let alone = one.iter().filter(|leaf| match left.get_mut(&leaf.leaf) {
        Some(count) if *count > 0 => {
            *count = count.saturating_sub(1);
            false
        }
        Some(_) | None => true,
    });
    alone.take(LEAVES_NAMED_MAX).copied().collect()
}

impl ForkedAt {
    fn of(signed: &SignedCheckpoint) -> Self {
        let checkpoint = signed.checkpoint();
        Self { size: checkpoint.size(), root: checkpoint.root(), note: signed.note() }
    }
}

#[cfg(test)]
mod classes;
#[cfg(test)]
mod tests;
