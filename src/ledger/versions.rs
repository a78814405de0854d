//! Which provisions are in force where: the founding ones, until a version that the United Kingdom
//! proposed and France accepted takes effect in a log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    names::{Date, Party, PerParty, Position, RecordId, Size},
    record::Provisions,
};

/// Every version so far, and which of them is in force in each log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The founding one, whose number is 0.
    founding: Version,
    /// Those that were accepted since, in order, from number 1.
    later: Vec<Version>,
    /// Which is in force in each log, by number.
    in_force: PerParty<usize>,
    /// Where in the French log each took effect, in order; the British log follows when it has
    /// covered that place.
    effective: Vec<(Position, usize)>,
    /// Approved proposals that nobody has accepted yet.
    proposals: BTreeMap<RecordId, Proposal>,
    /// The last day, once a termination was signed and approved.
    terminated: Option<Date>,
}

/// A version: provisions, and the proposal that they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The proposal; `None` for the founding provisions.
    pub proposal: Option<RecordId>,
    /// The provisions.
    pub provisions: Provisions,
}

/// An approved proposal, and the version that it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Proposal {
    follows: Option<RecordId>,
    /// Where in the British log it was approved.
    at: Position,
    provisions: Provisions,
}

/// How the agreement stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Not in force yet.
    Before,
    /// In force.
    InForce,
    /// Ended: no new requests; arrivals, corrections and settlement go on (Art. 1(3), 22(2)).
    RunOff,
}

impl Versions {
    /// The founding provisions in both logs.
    pub(super) fn founding(provisions: &Provisions) -> Self {
        Self {
            founding: Version { proposal: None, provisions: provisions.clone() },
            later: Vec::new(),
            in_force: PerParty { gbr: 0, fra: 0 },
            effective: Vec::new(),
            proposals: BTreeMap::new(),
            terminated: None,
        }
    }

    /// Every version, the founding one first.
    pub fn all(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.founding).chain(&self.later)
    }

    /// The version of a number; the founding one if there is none.
    #[must_use]
    pub fn version(&self, number: usize) -> &Version {
        number.checked_sub(1).and_then(|index| self.later.get(index)).unwrap_or(&self.founding)
    }

    /// The provisions of a version.
    #[must_use]
    pub fn provisions(&self, number: usize) -> &Provisions {
        &self.version(number).provisions
    }

    /// The number of the version in force in `party`'s log.
    #[must_use]
    pub const fn number(&self, party: Party) -> usize {
        match party {
            Party::Gbr => self.in_force.gbr,
            Party::Fra => self.in_force.fra,
        }
    }

    /// The proposal behind the version in force in `party`'s log; `None` for the founding one.
    #[must_use]
    pub fn proposal(&self, party: Party) -> Option<RecordId> {
        self.version(self.number(party)).proposal
    }

    /// The last day on which the agreement is in force under a version.
    #[must_use]
    pub fn last_day(&self, number: usize) -> Date {
        let expires = self.provisions(number).expires;
        self.terminated.map_or(expires, |ended| ended.min(expires))
    }

    /// How the agreement stands on a day, in the United Kingdom's log.
    #[must_use]
    pub fn phase(&self, number: usize, day: Date) -> Phase {
        // A later version continues what is in force; it begins nothing.
        if day < self.provisions(0).in_force {
            Phase::Before
        } else if day <= self.last_day(number) {
            Phase::InForce
        } else {
            Phase::RunOff
        }
    }

    /// Notes a proposal that was approved, at this position of the British log.
    pub(super) fn propose(
        &mut self,
        id: RecordId,
        follows: Option<RecordId>,
        provisions: Provisions,
        at: Position,
    ) {
        self.proposals.insert(id, Proposal { follows, at, provisions });
    }

    /// France accepts a proposal, at this position of its log, having seen so much of the British
    /// one. Whether that has effect: the first acceptance does of a proposal that follows the
    /// version in force, and whose approval France had seen.
    pub(super) fn accept(&mut self, id: RecordId, at: Position, seen: Size) -> bool {
        let current = self.proposal(Party::Fra);
        let holds = |one: &&Proposal| one.follows == current && seen.covers(one.at);
        let Some(proposal) = self.proposals.get(&id).filter(holds) else { return false };
        self.later.push(Version { proposal: Some(id), provisions: proposal.provisions.clone() });
        let number = self.later.len();
        self.in_force.fra = number;
        self.effective.push((at, number));
        self.proposals.remove(&id);
        true
    }

    /// The British log has covered so much of the French one.
    pub(super) fn covered(&mut self, french: Size) {
        for (at, number) in &self.effective {
            if french.covers(*at) {
                self.in_force.gbr = self.in_force.gbr.max(*number);
            }
        }
    }

    /// The agreement is terminated, with this last day; the first termination holds.
    pub(super) fn terminate(&mut self, last: Date) {
        self.terminated = Some(self.terminated.map_or(last, |first| first.min(last)));
    }
}
