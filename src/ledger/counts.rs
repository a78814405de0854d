//! What counts: each movement's contribution to the balance, three ways.

use serde::{Deserialize, Serialize};

use crate::{
    names::{Hash, RecordId, Week},
    record::{Tally, Three},
};

/// Which way people went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Readmitted by France (chapter II).
    Returned,
    /// Admitted by the United Kingdom (chapter III).
    Admitted,
}

/// One movement's part in the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which way.
    pub direction: Direction,
    /// The week of the journey.
    pub week: Week,
    /// Persons, three ways.
    pub agreed: u64,
    /// What the United Kingdom claims; `None` if it has not spoken.
    pub gbr: Option<u64>,
    /// What France claims; `None` if it has not spoken, or need not.
    pub fra: Option<u64>,
}

impl Contribution {
    /// The contribution as a tally.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let three =
            Three::new(self.agreed, self.gbr.unwrap_or_default(), self.fra.unwrap_or_default());
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

    /// Persons over whom the two sides differ, once both have spoken. A claim that the other side
    /// has not spoken to yet is under way, not disputed.
    #[must_use]
    pub fn disputed(&self) -> u64 {
        match (self.gbr, self.fra) {
            (Some(gbr), Some(fra)) => gbr.max(fra).saturating_sub(self.agreed.min(gbr).min(fra)),
            (Some(_), None) | (None, Some(_)) | (None, None) => 0,
        }
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
