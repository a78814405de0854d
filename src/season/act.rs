//! One act of the season, before the ids of the records that it refers to are known.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Numbers;
use crate::{
    envelope::Role,
    ledger::Break,
    names::{CaseRef, Commitment, Date, Party, RecordId, sha256},
    record::{
        At, BreakClass, BreakResolution, COMMITMENTS, Content, Correction, Decision, Kind, Record,
    },
};

/// What an act is called, so that later ones can refer to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(u32);

impl Label {
    /// Entry 0 of the British log, the agreement: whoever plays a season tells its id first.
    pub const FOUNDING: Self = Self(0);

    /// The label of this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "act-{:07}", self.0)
    }
}

/// The record ids of all acts so far.
#[derive(Debug, Clone, Default)]
pub struct Ids(BTreeMap<Label, RecordId>);

impl Ids {
    /// Only entry 0 of the British log is known.
    #[must_use]
    pub fn founded(agreement: RecordId) -> Self {
        Self(BTreeMap::from([(Label::FOUNDING, agreement)]))
    }

    /// An act has become a record.
    pub fn learn(&mut self, label: Label, id: RecordId) {
        self.0.insert(label, id);
    }

    /// The record of an act, if it is known.
    #[must_use]
    pub fn of(&self, label: Label) -> Option<RecordId> {
        self.0.get(&label).copied()
    }
}

/// One record that a side signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its name in the season.
    pub label: Label,
    /// Who signs it.
    pub party: Party,
    /// In which role: case-working systems submit most, and officers sign the rest.
    pub signer: Role,
    /// The case or movement reference.
    pub case: Option<CaseRef>,
    /// The acts of earlier steps whose records it answers or continues.
    pub re: Vec<Label>,
    /// The day of the movement, for kinds that have one.
    pub at: Option<Date>,
    /// What it says.
    pub fact: Fact,
}

/// What an act says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A content that names no record; a readmission request has no commitments yet.
    Whole(Content),
    /// A correction: by what one's own record is replaced, or consent if by nothing.
    Correction(Option<Box<Replacement>>),
    /// A break is decided.
    Resolution(Resolution),
}

/// The record by which a correction replaces another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// As in the record that is replaced.
    pub case: Option<CaseRef>,
    /// As in the record that is replaced.
    pub re: Vec<Label>,
    /// The day of the movement, for kinds that have one.
    pub at: Option<Date>,
    /// What should have been said.
    pub content: Content,
}

/// A break, and how it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The break's class.
    pub class: BreakClass,
    /// The break's whole evidence.
    pub evidence: Vec<Label>,
    /// The decision.
    pub decision: Decision,
}

/// Why an act cannot be signed yet.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The id of a record that it refers to is not known.
    #[error("{label}, {kind}, refers to {missing}, whose record id is not known yet")]
    Missing {
        /// The act.
        label: Label,
        /// Its kind.
        kind: Kind,
        /// The act that it refers to.
        missing: Label,
    },
    /// It has no JSON form; a fault of ours.
    #[error("{label}: {source}")]
    Json {
        /// The act.
        label: Label,
        /// Why.
        source: serde_json::Error,
    },
}

impl Act {
    /// An act with the next label, by the role of its kind.
    #[must_use]
    pub fn new(numbers: &mut Numbers, party: Party, fact: impl Into<Fact>) -> Self {
        let fact = fact.into();
        let signer = fact.kind().shape().role;
        let label = numbers.label();
        Self { label, party, signer, case: None, re: Vec::new(), at: None, fact }
    }

    /// The same under this reference.
    #[must_use]
    pub fn of(self, case: CaseRef) -> Self {
        Self { case: Some(case), ..self }
    }

    /// The same on this day.
    #[must_use]
    pub fn on(self, day: Date) -> Self {
        Self { at: Some(day), ..self }
    }

    /// The same as an answer to, or continuation of, these.
    #[must_use]
    pub fn after(self, re: &[Label]) -> Self {
        Self { re: re.to_vec(), ..self }
    }

    /// The idempotency key: submitting an act again under it makes no second record.
    #[must_use]
    pub fn key(&self) -> String {
        self.label.to_string()
    }

    /// The kind of its record.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.fact.kind()
    }

    /// Every earlier act that has to be known before this one can be signed.
    #[must_use]
    pub fn needs(&self) -> Vec<Label> {
        let more = match &self.fact {
            Fact::Correction(Some(one)) => one.re.as_slice(),
            Fact::Resolution(one) => one.evidence.as_slice(),
            Fact::Whole(_) | Fact::Correction(None) => &[],
        };
        [self.re.as_slice(), more].concat()
    }

    /// The record to be signed; `ids` holds the record ids of all acts of earlier steps. Its
    /// commitments are made up: they commit to nothing.
    ///
    /// # Errors
    /// If the id of a record that it refers to is not among them.
    pub fn record(&self, ids: &Ids) -> Result<Record, NotReady> {
        let content = match &self.fact {
            Fact::Whole(content) => self.committed(content),
            Fact::Correction(None) => Correction { replacement: None }.into(),
            Fact::Correction(Some(one)) => {
                let re = self.ids(&one.re, ids)?;
                let content = self.committed(&one.content);
                let at = one.at.map(At::Day);
                let record = Record { case: one.case.clone(), re, at, content };
                Correction { replacement: Some(record) }.into()
            }
            Fact::Resolution(one) => {
                let break_id = Break::id_of(one.class, &self.ids(&one.evidence, ids)?);
                BreakResolution { break_id, decision: one.decision }.into()
            }
        };
        let re = self.ids(&self.re, ids)?;
        Ok(Record { case: self.case.clone(), re, at: self.at.map(At::Day), content })
    }

    /// The JSON to submit, without commitments, which the daemon adds.
    ///
    /// # Errors
    /// If the id of a record that it refers to is not among `ids`.
    pub fn submission(&self, ids: &Ids) -> Result<Value, NotReady> {
        let mut json = serde_json::to_value(self.record(ids)?)
            .map_err(|source| NotReady::Json { label: self.label, source })?;
        drop_commitments(&mut json);
        if let Some(replacement) = json.pointer_mut("/content/replacement") {
            drop_commitments(replacement);
        }
        if let Some(fields) = json.as_object_mut() {
            fields.insert("key".to_owned(), self.key().into());
        }
        Ok(json)
    }

    fn ids(&self, labels: &[Label], ids: &Ids) -> Result<Vec<RecordId>, NotReady> {
        let (label, kind) = (self.label, self.kind());
        let id = |one: &Label| ids.of(*one).ok_or(NotReady::Missing { label, kind, missing: *one });
        let mut found = labels.iter().map(id).collect::<Result<Vec<_>, _>>()?;
        found.sort_unstable();
        Ok(found)
    }

    fn committed(&self, content: &Content) -> Content {
        let mut content = content.clone();
        if let Content::ReadmissionRequest(one) = &mut content {
            let decoy = |datum: usize| format!("entente season, decoy {datum} of {}", self.label);
            one.commitments = (0..COMMITMENTS)
                .map(|datum| Commitment::new(sha256(decoy(datum).as_bytes())))
                .collect();
        }
        content
    }
}

fn drop_commitments(record: &mut Value) {
    if let Some(content) = record.pointer_mut("/content").and_then(Value::as_object_mut) {
        content.remove("commitments");
    }
}

impl Fact {
    /// The kind of a record that says this.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Whole(content) => content.kind(),
            Self::Correction(_) => Kind::Correction,
            Self::Resolution(_) => Kind::BreakResolution,
        }
    }
}

impl<T: Into<Content>> From<T> for Fact {
    fn from(content: T) -> Self {
        Self::Whole(content.into())
    }
}

#[cfg(test)]
mod tests;
