//! What each entry of a liar's log deserves, told from what the liar did and not from how it is
//! judged.

use std::collections::{BTreeMap, BTreeSet};

use entente::{
    ledger::Entry,
    names::{Hash, Party, Position, Size, Timestamp},
    record::{Content, ObjectionReason},
    tlog::leaf_hash,
};

use crate::{
    breach::{Breach, Promise, hold},
    forgeries::Forgery,
    truth::Truth,
};

/// What a forged entry deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Desert {
    /// It is objected to wherever it stands.
    Always(ObjectionReason),
    /// It is objected to for this or not at all; after the end of its log for that.
    Unended(Option<ObjectionReason>),
    /// It ends its log, if that has not ended.
    Ends,
    /// It says that so much of the other log was held at that time, with a root that is true or
    /// not.
    Entangles(Size, Timestamp, bool),
}

/// All that a liar has forged, whether it was heard or not.
#[derive(Debug, Default)]
pub(crate) struct Forged {
    deserts: BTreeMap<Hash, Desert>,
    told: Vec<(Forgery, Hash)>,
}

impl Forged {
    /// Keeps what the entries of a lie deserve. What is logged again deserves what it did before.
    pub(crate) fn keep(&mut self, lie: Forgery, entries: &[Vec<u8>], deserts: &[Desert]) {
        let Some(first) = entries.first() else { return };
        self.told.push((lie, leaf_hash(first)));
        if lie != Forgery::OwnAgain {
            entries.iter().zip(deserts).for_each(|(bytes, desert)| self.deserves(bytes, *desert));
        }
    }

    /// Keeps what one entry deserves.
    pub(crate) fn deserves(&mut self, bytes: &[u8], desert: Desert) {
        self.deserts.insert(leaf_hash(bytes), desert);
    }

    /// Holds what each entry of the liar's log is found to be against what it deserves, as far as
    /// the honest side has it; the lies that it has.
    pub(crate) fn held(
        &self,
        truth: &Truth,
        liar: Party,
        held: Size,
    ) -> Result<BTreeSet<&'static str>, Breach> {
        let mut log = Log::default();
        // How often each leaf stands there, and what it deserves when it stands there again.
        let mut leaves: BTreeMap<Hash, (u32, Desert)> = BTreeMap::new();
        for (position, entry) in truth.books.entries(liar, Position(0)) {
            if !held.covers(position) {
                break;
            }
            let forged = self.deserts.get(&entry.leaf).copied();
            let first = || (0, forged.unwrap_or_else(|| again(entry)));
            let (times, later) = leaves.entry(entry.leaf).or_insert_with(first);
            let desert = match forged {
                None if *times == 0 => honest(entry),
                _ => *later,
            };
            *times += 1;
            let deserved = log.take(desert);
            hold(entry.objection() == deserved, Promise::Peace, || {
                let (found, lie) = (entry.objection(), self.lie(entry.leaf));
                format!("entry {position} of {liar} ({lie:?}) is {found:?}, and not {deserved:?}")
            })?;
        }
        let is_held = |(lie, leaf): &&(Forgery, Hash)| {
            let times = leaves.get(leaf).map_or(0, |(times, _)| *times);
            times > u32::from(*lie == Forgery::OwnAgain)
        };
        Ok(self.told.iter().filter(is_held).map(|(lie, _)| lie.name()).collect())
    }

    fn lie(&self, leaf: Hash) -> Option<Forgery> {
        self.told.iter().find(|(_, known)| *known == leaf).map(|(lie, _)| *lie)
    }
}

/// What an entry deserves that its daemon has written, or that was said in truth.
fn honest(entry: &Entry) -> Desert {
    let entangled = entry.entanglement();
    entangled.map_or(Desert::Unended(None), |(one, time)| Desert::Entangles(one.size, time, true))
}

/// What the same deserves when it stands there again.
fn again(entry: &Entry) -> Desert {
    match entry.record().map(|record| &record.get().content) {
        Some(Content::Agreement(_)) => Desert::Always(ObjectionReason::Founding),
        Some(Content::WeekClose(_)) => Desert::Unended(Some(ObjectionReason::WeekClose)),
        _ => honest(entry),
    }
}

/// What a log has come to, entry by entry.
#[derive(Debug, Default)]
struct Log {
    ended: bool,
    entangled: Option<(Size, Timestamp)>,
}

impl Log {
    /// What the next entry is objected to for.
    fn take(&mut self, desert: Desert) -> Option<ObjectionReason> {
        match desert {
            Desert::Always(reason) => Some(reason),
            Desert::Unended(_) | Desert::Ends if self.ended => Some(ObjectionReason::LogEnded),
            Desert::Unended(reason) => reason,
            Desert::Ends => {
                self.ended = true;
                None
            }
            Desert::Entangles(size, time, is_true) => {
                let falls = self.entangled.is_some_and(|(last, at)| size <= last || time < at);
                match (falls, is_true) {
                    (true, _) => Some(ObjectionReason::EntanglementFalls),
                    (false, false) => Some(ObjectionReason::EntanglementRoot),
                    (false, true) => {
                        self.entangled = Some((size, time));
                        None
                    }
                }
            }
        }
    }
}
