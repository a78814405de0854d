//! A week on which bodies differ: where, and under which rules this side computed its own.

use serde::{Deserialize, Serialize};

use super::{Bodies, Chain, Differing, Known, statements};
use crate::{
    cbor,
    ledger::{Agreement, Books, Folder, Ledger, View},
    names::{Hash, Party, PerParty, RecordId, Week, sha256},
    record::Body,
};

/// A week on which bodies differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The rules in force in each log at the week's cut-off.
    pub rules: PerParty<Rules>,
    /// Where the statements differ from each other, or one of them from what this side computes.
    pub differences: Vec<Differing>,
}

/// A version of the agreement, as two sides that differ can compare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Its number; the founding one is 0.
    pub number: usize,
    /// The proposal behind it; none behind the founding one.
    pub proposal: Option<RecordId>,
    /// SHA-256 of the deterministic CBOR of its provisions.
    pub provisions: Hash,
}

impl Rules {
    /// The rules in force in each log where a ledger was cut off.
    #[must_use]
    pub fn at(ledger: &Ledger) -> PerParty<Self> {
        let versions = &ledger.versions;
        PerParty::from_fn(|party: Party| {
            let number = versions.number(party);
            let provisions = Hash::new(sha256(&cbor::encode(versions.provisions(number))));
            Self { number, proposal: versions.proposal(party), provisions }
        })
    }
}

impl<'a> Bodies<'a> {
    /// What both sides have stated of a week, and what the chain has of it.
    #[must_use]
    pub fn at(books: &'a Books, chain: &'a Chain, week: Week) -> Self {
        let stated = statements(books, week).map(|one| one.map(|one| &one.body));
        Self { stated, computed: chain.body(week) }
    }
}

impl Dispute {
    /// Locates the differences of a week, if there are any. It folds both logs twice.
    #[must_use]
    pub fn of(agreement: &Agreement, books: &Books, chain: &Chain, week: Week) -> Option<Self> {
        let bodies = Bodies::at(books, chain, week);
        if !bodies.differ() {
            return None;
        }
        let weeks = chain.bodies().iter().map(|body| body.week).filter(|one| *one < week);
        let earlier: Vec<Bodies<'_>> = weeks.map(|one| Bodies::at(books, chain, one)).collect();
        let first = bodies.first(&earlier).unwrap_or(week);
        let same = chain.bodies().iter().rfind(|body| body.week < first);
        let mut folder = Folder::new(agreement);
        let cut_of = |body: &Body| body.cut(agreement, books);
        let before = same.map_or(View::EMPTY, cut_of);
        let before = folder.ledger(books, before, first.monday().start());
        let cut = bodies.computed.map_or(books.all(), cut_of);
        let ledger = folder.ledger(books, cut, week.end());
        let known = Known { books, cut, ledger: &ledger, before: &before };
        let differences = bodies.locate(&earlier, known);
        Some(Self { rules: Rules::at(&ledger), differences })
    }
}
