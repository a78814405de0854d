//! What became of every break: in which bodies it stood, who decided it, and whether it cleared by
//! itself. A pure function of the two logs, so that both sides tell the same of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    envelope::Verified,
    ledger::{Books, Break, Ledger},
    names::{Hash, KeyId, Party, Position, RecordId, Timestamp, Week},
    record::{AgeBucket, ApprovalOutcome, Content, Decision, Record},
};

/// Every break that ever stood in a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chronicle(BTreeMap<Hash, Chapter>);

/// What the bodies say of one break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// The break, as the newest body that has it shows it.
    #[serde(flatten)]
    pub found: Break,
    /// The first body that has it.
    pub first: Stood,
    /// The newest body that has it.
    pub last: Stood,
    /// In how many bodies it stood: a break may clear and come back.
    pub bodies: u64,
    /// What the newest body of all says.
    pub end: End,
}

/// A body in which a break stood, and how old it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The body's number.
    pub number: u64,
    /// Its week.
    pub week: Week,
    /// The break's age at the week's end.
    pub age: AgeBucket,
}

/// How a break ended, if it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum End {
    /// It stands in the newest body.
    Open,
    /// It stood, and does not any more: records have put it right.
    Cleared {
        /// The first body without it.
        number: u64,
        /// Its week.
        week: Week,
    },
    /// Both sides have decided it.
    Resolved {
        /// The first body without it.
        number: u64,
        /// Its week.
        week: Week,
        /// How.
        decision: Decision,
    },
}

/// One side's decision of a break, and what its second signers said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The record.
    pub record: RecordId,
    /// Whose it is.
    pub author: Party,
    /// Where it stands in its author's log.
    pub position: Position,
    /// When it was signed.
    pub signed: Timestamp,
    /// When it was received; absent while it is in transit.
    pub received: Option<Timestamp>,
    /// How the break is decided.
    pub decision: Decision,
    /// Approvals and rejections by another key, in order; the first one holds.
    pub approvals: Vec<Approved>,
}

/// What a second signer said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The record.
    pub record: RecordId,
    /// Where it stands in the author's log.
    pub position: Position,
    /// The key that signed it.
    pub key: KeyId,
    /// Approved or rejected.
    pub outcome: ApprovalOutcome,
}

impl Chronicle {
    /// Goes on by a body, and the ledger at its cut-off.
    pub(super) fn write(&mut self, number: u64, week: Week, ledger: &Ledger) {
        for chapter in self.0.values_mut().filter(|one| one.end == End::Open) {
            // Those that still stand are opened again below.
            chapter.end = match ledger.resolved.get(&chapter.found.id) {
                Some(decision) => End::Resolved { number, week, decision: *decision },
                None => End::Cleared { number, week },
            };
        }
        for found in ledger.breaks.iter() {
            let stood = Stood { number, week, age: found.age(week.end()) };
            let chapter = self.0.entry(found.id).or_insert_with(|| Chapter {
                found: found.clone(),
                first: stood,
                last: stood,
                bodies: 0,
                end: End::Open,
            });
            chapter.found = found.clone();
            chapter.last = stood;
            chapter.bodies = chapter.bodies.saturating_add(1);
            chapter.end = End::Open;
        }
    }

    /// What the bodies say of a break.
    #[must_use]
    pub fn chapter(&self, id: Hash) -> Option<&Chapter> {
        self.0.get(&id)
    }

    /// All breaks, by id.
    pub fn chapters(&self) -> impl Iterator<Item = &Chapter> {
        self.0.values()
    }
}

/// Every decision of a break that the two logs hold, the British ones first, each side's in the
/// order of its log.
#[must_use]
pub fn decisions(books: &Books, id: Hash) -> Vec<Decided> {
    let mut decided = Vec::new();
    for author in Party::BOTH {
        for (position, record) in sound(books, author) {
            let Content::BreakResolution(one) = &record.get().content else { continue };
            if one.break_id == id && books.find(record.id()) == Some((author, position)) {
                decided.push(Decided {
                    record: record.id(),
                    author,
                    position: books.place(author, position).at,
                    signed: record.signed_at(),
                    received: books.receipt(author, position).map(|(_, time)| time),
                    decision: one.decision,
                    approvals: approvals(books, author, record),
                });
            }
        }
    }
    decided
}

/// What other keys of its author said of a record.
fn approvals(books: &Books, author: Party, of: &Verified<Record>) -> Vec<Approved> {
    let said = sound(books, author).filter_map(|(position, record)| {
        let Content::Approval(one) = &record.get().content else { return None };
        // A decision is a caseworker's and an approval an officer's: never of one key.
        let (key, outcome) = (record.signer().kid, one.outcome);
        (record.get().re == [of.id()]).then(|| Approved {
            record: record.id(),
            position: books.place(author, position).at,
            key,
            outcome,
        })
    });
    said.collect()
}

fn sound(books: &Books, party: Party) -> impl Iterator<Item = (Position, &Verified<Record>)> {
    let entries = books.entries(party, Position(0));
    entries.filter_map(|(position, entry)| Some((position, entry.sound()?)))
}
