//! What counts: each movement's contribution to the balance, three ways.

use crate::{
    names::{Hash, RecordId, Week},
    record::{Tally, Three},
};

/// Which way people went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Readmitted by France (chapter II).
    Returned,
    /// Admitted by the United Kingdom (chapter III).
    Admitted,
}

/// One movement's part in the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// Which way.
    pub direction: Direction,
    /// The week of the journey.
    pub week: Week,
    /// Persons, three ways.
    pub agreed: u64,
    /// What the United Kingdom claims.
    pub gbr: u64,
    /// What France claims.
    pub fra: u64,
}

impl Contribution {
    /// The contribution as a tally.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        let three = Three::new(self.agreed, self.gbr, self.fra);
        match self.direction {
            Direction::Returned => Tally { returned: three, admitted: Three::ZERO },
            Direction::Admitted => Tally { returned: Three::ZERO, admitted: three },
        }
    }

    /// Whether at least one person counts by it.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.agreed > 0
    }
}

impl super::Ledger {
    /// All that counts or is claimed.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.contributions.values().fold(Tally::ZERO, |sum, one| sum.plus(&one.tally()))
    }

    /// The ids of the movements of one direction that count, ascending.
    pub fn counted(&self, direction: Direction) -> impl Iterator<Item = RecordId> {
        self.contributions
            .iter()
            .filter(move |(_, one)| one.direction == direction && one.counts())
            .map(|(id, _)| *id)
    }

    /// The sorted-leaf RFC 6962 root of the ids that count in one direction.
    #[must_use]
    pub fn root(&self, direction: Direction) -> Hash {
        let mut tree = crate::tlog::Frontier::new();
        for id in self.counted(direction) {
            tree.append(crate::tlog::leaf_hash(id.as_bytes()));
        }
        tree.root()
    }
}
