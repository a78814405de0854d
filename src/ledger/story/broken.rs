//! Open breaks, and the cases that each of them concerns.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    super::{Books, Break, Ledger, Owner},
    subject::{Subject, What},
};
use crate::{
    limits::STORY_RECORDS_MAX,
    names::{RecordId, Timestamp},
    record::AgeBucket,
};

/// An open break, as it stands at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBreak {
    /// The break.
    #[serde(flatten)]
    pub found: Break,
    /// Its age.
    pub age: AgeBucket,
    /// What to do about it.
    pub advice: String,
}

/// Open breaks by what they concern. Owned by one look at a ledger.
pub(super) struct Concerned<'a>(BTreeMap<Subject, Vec<&'a Break>>);

impl<'a> Concerned<'a> {
    /// Every open break of a ledger.
    pub(super) fn of(ledger: &'a Ledger, books: &Books) -> Self {
        let mut concerned: BTreeMap<Subject, Vec<&Break>> = BTreeMap::new();
        for one in ledger.breaks.iter() {
            let mut subjects: BTreeSet<Subject> = BTreeSet::new();
            for id in &one.evidence {
                subjects.extend(ledger.subjects(books, *id));
            }
            for subject in with_cases(ledger, subjects) {
                concerned.entry(subject).or_default().push(one);
            }
        }
        Self(concerned)
    }

    /// Who has to act on the breaks that concern a thing.
    pub(super) fn owners(&self, subject: Subject) -> impl Iterator<Item = Owner> + '_ {
        self.0.get(&subject).into_iter().flatten().map(|one| one.owner)
    }

    /// The breaks that concern a thing, as many as a story tells, by their beginning.
    pub(super) fn breaks(&self, subject: Subject, as_of: Timestamp) -> Vec<OpenBreak> {
        let found = self.0.get(&subject).into_iter().flatten();
        let mut breaks: Vec<OpenBreak> = found
            .take(STORY_RECORDS_MAX)
            .map(|one| OpenBreak {
                found: Break::clone(one),
                age: one.age(as_of),
                advice: one.class.guide().advice.to_owned(),
            })
            .collect();
        breaks.sort_by_key(|one| (one.found.began, one.found.class));
        breaks
    }
}

/// Evidence that names cases concerns these; where it names only a transport or a journey, it
/// concerns all cases of it.
fn with_cases(ledger: &Ledger, mut subjects: BTreeSet<Subject>) -> BTreeSet<Subject> {
    let is_case = |one: &Subject| matches!(one.what, What::ReturnCase | What::AdmissionCase);
    if subjects.iter().any(is_case) {
        return subjects;
    }
    let of = |what, ids: &[RecordId]| {
        ids.iter().map(|record| Subject { what, record: *record }).collect::<Vec<_>>()
    };
    let mut cases = Vec::new();
    for one in &subjects {
        if let Some(transport) = ledger.transports.get(&one.record) {
            cases.extend(of(What::ReturnCase, &transport.cases));
        } else if let Some(journey) = ledger.journeys.get(&one.record) {
            cases.extend(of(What::AdmissionCase, &journey.visas));
        }
    }
    subjects.extend(cases);
    subjects
}
