//! What has to be found, written down when it is planted, and what a side finds.

use std::collections::BTreeSet;

use entente::ledger::{Break, Ledger, Owner};
use entente::names::{RecordId, Timestamp};
use entente::record::BreakClass;
use entente::season::{Ids, Planted};

/// A break that has to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) class: BreakClass,
    pub(crate) owner: Owner,
    /// All of it, ascending.
    pub(crate) evidence: Vec<RecordId>,
    /// From when on it is open.
    pub(crate) from: Timestamp,
    /// From when on it is not, if ever.
    pub(crate) until: Option<Timestamp>,
}

impl Expected {
    /// What a season says that must be found, once its records have ids.
    pub(crate) fn of(planted: &Planted, ids: &Ids) -> Self {
        let mut evidence: Vec<RecordId> =
            planted.evidence.iter().map(|label| ids.of(*label).unwrap()).collect();
        evidence.sort_unstable();
        evidence.dedup();
        let Planted { class, owner, from, until, .. } = *planted;
        Self { class, owner, evidence, from, until }
    }

    pub(crate) fn is_open(&self, as_of: Timestamp) -> bool {
        self.from <= as_of && self.until.is_none_or(|until| as_of < until)
    }
}

/// Both sides have covered what was signed after so many seconds.
const RECEIPT_SECONDS_MAX: u64 = 120;

/// Class, owner and evidence: what makes a break the one that was planted.
type Named = (BreakClass, Owner, Vec<RecordId>);

fn named(one: &Break) -> Named {
    (one.class, one.owner, one.evidence.clone())
}

/// What a side finds at a time and nobody planted, and what was planted and it does not find.
pub(crate) fn surprises(ledger: &Ledger, expected: &[Expected], as_of: Timestamp) -> Vec<String> {
    let found: BTreeSet<Named> = ledger.breaks.iter().map(named).collect();
    let open = expected.iter().filter(|one| one.is_open(as_of));
    let wanted: BTreeSet<Named> =
        open.map(|one| (one.class, one.owner, one.evidence.clone())).collect();
    // It began when the record that shows it was received, or when something was due.
    let begun = ledger.breaks.iter().filter_map(|one| {
        let planted = expected.iter().find(|planted| {
            planted.is_open(as_of)
                && (planted.class, &planted.evidence) == (one.class, &one.evidence)
        })?;
        let soon = planted.from <= one.began && one.began <= planted.from.plus(RECEIPT_SECONDS_MAX);
        let told = planted.from == Timestamp::default() || soon;
        (!told).then(|| format!("{} began at {}, not at {}", one.class, one.began, planted.from))
    });
    let begun: Vec<String> = begun.collect();
    let all = found.difference(&wanted).map(|one| format!("found at {as_of}: {one:?}"));
    let missed = wanted.difference(&found).map(|one| format!("missed at {as_of}: {one:?}"));
    all.chain(missed).chain(begun).collect()
}

/// What a side tells of all that is open, word by word.
pub(crate) fn words(ledger: &Ledger, as_of: Timestamp) -> Vec<String> {
    let told = |one: &Break| {
        let break_ = serde_json::to_string(one).unwrap();
        let guide = serde_json::to_string(&one.class.guide()).unwrap();
        format!("{break_} {} {guide}", one.age(as_of))
    };
    ledger.breaks.iter().map(told).collect()
}
