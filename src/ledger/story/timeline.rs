//! The records that concern a thing, in the one order of both logs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    super::{
        Books, Ledger, View,
        order::{Cursor, Step},
    },
    says::says_there,
    subject::{Subject, What, record},
};
use crate::{
    envelope::Verified,
    names::{Party, Position, RecordId, Timestamp},
    record::{ApprovalOutcome, BreakClass, Content, Kind, Record},
};

codes! {
    /// What became of a record.
    pub enum Mark: "mark of a record" {
        /// It waits for a second signer, and has no effect before.
        AwaitsApproval = 1 => "awaits-approval",
        /// A second signer has approved it.
        Approved = 2 => "approved",
        /// A second signer has rejected it: it has no effect.
        Rejected = 3 => "rejected",
        /// A correction stands in its place.
        Corrected = 4 => "corrected",
        /// It is a correction, and a later one stands in its place.
        Superseded = 5 => "superseded",
        /// It has no effect.
        WithoutEffect = 6 => "without-effect",
    }
}

/// One record in a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The record.
    pub record: RecordId,
    /// Whose log it stands in.
    pub log: Party,
    /// Where.
    pub position: Position,
    /// What it states.
    pub kind: Kind,
    /// When it was signed, by its author's clock.
    pub signed: Timestamp,
    /// When it was received; `None` while it is in transit.
    pub received: Option<Timestamp>,
    /// What it says, in one line.
    pub says: String,
    /// What became of it.
    pub marks: Vec<Mark>,
}

/// What later records say of earlier ones.
struct Fates<'a> {
    ledger: &'a Ledger,
    /// The decisions of second signers, the first one of each record.
    approvals: BTreeMap<RecordId, ApprovalOutcome>,
    /// Entries to which nobody is bound, though they are of form.
    contested: BTreeSet<RecordId>,
}

impl Ledger {
    /// The records that began a thing, that continue it, and what was made of these: approvals,
    /// corrections, reversals. What belongs to another case of the same transport does not.
    pub(super) fn timeline(&self, books: &Books, view: View, subject: Subject) -> Vec<Event> {
        let mut concerned = BTreeSet::from([subject.record]);
        let mut told = Vec::new();
        let mut cursor = Cursor::new();
        while let Some(step) = cursor.step(books, view) {
            let Some((id, record)) = first(books, &step) else { continue };
            let continues = record.re.iter().any(|named| concerned.contains(named));
            if id != subject.record && !continues {
                continue;
            }
            told.push((step, id));
            // The visas of a window have stories of their own.
            if subject.what != What::Window || !self.visas.contains_key(&id) {
                concerned.insert(id);
            }
        }
        let fates = Fates::of(self, books, &told);
        told.iter().filter_map(|(step, id)| fates.event(books, step, *id)).collect()
    }
}

/// The record at a step, if it has effect there: of copies the first has.
fn first<'a>(books: &Books, step: &Step<'a>) -> Option<(RecordId, &'a Record)> {
    let record = step.entry.sound()?;
    let place = books.find(record.id())?;
    (place == (step.party, step.position)).then(|| (record.id(), record.get()))
}

/// What a correction supersedes: a record, or what an earlier correction put in its place.
fn superseded<'a>(books: &'a Books, correction: &Record) -> Option<&'a Record> {
    let before = record(books, *correction.re.first()?)?.get();
    if let Content::Correction(one) = &before.content {
        return one.replacement.as_ref();
    }
    Some(before)
}

impl<'a> Fates<'a> {
    fn of(ledger: &'a Ledger, books: &Books, told: &[(Step<'_>, RecordId)]) -> Self {
        let mut approvals = BTreeMap::new();
        for one in told.iter().filter_map(|(step, _)| step.entry.sound()) {
            let (Content::Approval(approval), Some(named)) =
                (&one.get().content, one.get().re.first())
            else {
                continue;
            };
            let (second, first) = (one.signer(), record(books, *named).map(Verified::signer));
            // One pair of eyes is not two, and nobody approves for the other side.
            if first.is_some_and(|first| first.party == second.party && first.kid != second.kid) {
                approvals.entry(*named).or_insert(approval.outcome);
            }
        }
        let contested = ledger.breaks.iter().filter(|one| one.class == BreakClass::ExpiredKey);
        let contested = contested.flat_map(|one| one.evidence.iter().copied()).collect();
        Self { ledger, approvals, contested }
    }

    fn event(&self, books: &Books, step: &Step<'_>, id: RecordId) -> Option<Event> {
        let record = step.entry.sound()?;
        let marks = self.marks(books, id, record.get());
        let without_effect = |mark: &Mark| {
            matches!(mark, Mark::AwaitsApproval | Mark::Rejected | Mark::WithoutEffect)
        };
        let in_effect = !marks.iter().any(without_effect);
        Some(Event {
            record: id,
            log: step.party,
            position: books.place(step.party, step.position).at,
            kind: record.get().kind(),
            signed: record.signed_at(),
            received: books.receipt(step.party, step.position).map(|(_, time)| time),
            says: says_there(record.get(), in_effect, superseded(books, record.get())),
            marks,
        })
    }

    fn marks(&self, books: &Books, id: RecordId, record: &Record) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.contested.contains(&id) {
            marks.push(Mark::WithoutEffect);
        }
        if self.ledger.awaiting.contains_key(&id) {
            marks.push(Mark::AwaitsApproval);
            return marks;
        }
        if record.content.needs_approval() {
            match self.approvals.get(&id) {
                Some(ApprovalOutcome::Approved) => marks.push(Mark::Approved),
                Some(ApprovalOutcome::Rejected) => {
                    marks.push(Mark::Rejected);
                    return marks;
                }
                None => {}
            }
        }
        if let Content::Correction(one) = &record.content {
            // A consent stands beside a correction, and in nothing's place.
            marks.extend(one.replacement.is_some().then(|| self.correction(books, id)).flatten());
        } else if self.ledger.corrected.contains_key(&id) {
            marks.push(Mark::Corrected);
        }
        marks
    }

    /// What became of a correction: it stands, another one stands in its place, or it never had
    /// effect.
    fn correction(&self, books: &Books, id: RecordId) -> Option<Mark> {
        let newest = self.ledger.corrected.values();
        // Each correction names the one before it, so that the newest leads to all that stood.
        for one in newest {
            let (mut at, mut chain) = (*one, BTreeSet::new());
            while chain.insert(at) {
                if at == id {
                    return (at != *one).then_some(Mark::Superseded);
                }
                let before = record(books, at).and_then(|record| record.get().re.first().copied());
                match before {
                    Some(before) => at = before,
                    None => break,
                }
            }
        }
        Some(Mark::WithoutEffect)
    }
}
