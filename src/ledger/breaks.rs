//! Breaks: named discrepancies with an identity that is the same from run to run and side to side.

use std::collections::BTreeMap;

use crate::{
    cbor,
    names::{Hash, Party, RecordId, Timestamp, sha256},
    record::{AgeBucket, BreakClass, BreakCount},
};

/// Who has to act on a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// One party, whose record is missing or wrong.
    Party(Party),
    /// Both, together.
    Both,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party(party) => party.fmt(f),
            Self::Both => f.pad("both"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Owner {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text == "both" {
            return Ok(Self::Both);
        }
        text.parse().map(Self::Party).map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Owner {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A named discrepancy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Break {
    /// SHA-256 of class and evidence.
    pub id: Hash,
    /// What kind of discrepancy.
    pub class: BreakClass,
    /// Who has to act.
    pub owner: Owner,
    /// When it began.
    pub began: Timestamp,
    /// The records that show it, ascending; of a contested entry, its leaf hash.
    pub evidence: Vec<RecordId>,
}

/// Open breaks, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Breaks(BTreeMap<Hash, Break>);

impl Breaks {
    /// Notes a break; one that is noted already keeps its beginning.
    pub fn note(
        &mut self,
        class: BreakClass,
        owner: Owner,
        began: Timestamp,
        mut evidence: Vec<RecordId>,
    ) {
        evidence.sort_unstable();
        evidence.dedup();
        let id = Break::id_of(class, &evidence);
        self.0.entry(id).or_insert(Break { id, class, owner, began, evidence });
    }

    /// Closes a break, and says whether it was open.
    pub(super) fn close(&mut self, id: Hash) -> bool {
        self.0.remove(&id).is_some()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Break> {
        self.0.values()
    }

    /// One of them, if it is open.
    #[must_use]
    pub fn open(&self, id: Hash) -> Option<&Break> {
        self.0.get(&id)
    }

    /// How many are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many by class and age at `as_of`, ascending.
    #[must_use]
    pub fn counts(&self, as_of: Timestamp) -> Vec<BreakCount> {
        let mut counts: BTreeMap<(BreakClass, AgeBucket), u64> = BTreeMap::new();
        for one in self.iter() {
            let count = counts.entry((one.class, one.age(as_of))).or_default();
            *count = count.saturating_add(1);
        }
        counts.into_iter().map(|((class, age), count)| BreakCount { class, age, count }).collect()
    }
}

impl Break {
    /// The id of a break: SHA-256 of its class and its evidence, which ascends.
    #[must_use]
    pub fn id_of(class: BreakClass, evidence: &[RecordId]) -> Hash {
        Hash::new(sha256(&cbor::encode(&("entente break v1", class, evidence))))
    }

    /// Its age at `as_of`; what began later has age 0.
    #[must_use]
    pub fn age(&self, as_of: Timestamp) -> AgeBucket {
        AgeBucket::of(self.began, as_of)
    }
}
