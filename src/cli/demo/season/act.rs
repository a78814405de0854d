//! One submission of the season, before the ids of the records that it refers to are known.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    names::{CaseRef, Date, Party, Persons, RecordId},
    record::{Content, Evidence, Kind, Scope},
};

/// One fact that a side's case-working system submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who submits it.
    pub party: Party,
    /// Its own reference: unique in the season, and so its idempotency key too.
    pub reference: CaseRef,
    /// The acts of earlier steps whose records it answers or continues.
    pub needs: Vec<CaseRef>,
    /// The day of the movement, for kinds that have one.
    pub at: Option<Date>,
    /// What it says.
    pub fact: Fact,
}

/// What an act says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Fact {
    /// A readmission request, whose commitments the daemon adds.
    Request(Request),
    /// Any other kind, whole.
    Other(Content),
}

/// A readmission request as a case-working system submits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Which criterion of Art. 3 applies.
    pub scope: Scope,
    /// The day of arrival in the United Kingdom.
    pub arrived: Date,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Accompanying minors.
    pub minors: Persons,
}

/// Why an act cannot be submitted yet.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The id of a record that it refers to is not known.
    #[error("{reference} refers to {missing}, whose record id is not known yet")]
    Missing {
        /// The act.
        reference: CaseRef,
        /// The act that it refers to.
        missing: CaseRef,
    },
    /// It has no JSON form; a fault of ours.
    #[error("{reference}: {source}")]
    Json {
        /// The act.
        reference: CaseRef,
        /// Why.
        source: serde_json::Error,
    },
}

/// The body of a submission to the local API.
#[derive(Serialize)]
struct Body<'a> {
    kind: Kind,
    case: &'a CaseRef,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    re: Vec<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Date>,
    content: &'a Fact,
    key: &'a str,
}

impl Act {
    pub(super) fn new(reference: CaseRef, fact: impl Into<Fact>) -> Self {
        let party = reference.party();
        Self { party, reference, needs: Vec::new(), at: None, fact: fact.into() }
    }

    pub(super) fn on(self, day: Date) -> Self {
        Self { at: Some(day), ..self }
    }

    pub(super) fn after(self, needs: &[&CaseRef]) -> Self {
        Self { needs: needs.iter().copied().cloned().collect(), ..self }
    }

    /// The idempotency key: submitting an act again under it makes no second record.
    #[must_use]
    pub fn key(&self) -> &str {
        self.reference.as_str()
    }

    /// The kind of its record.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.fact {
            Fact::Request(_) => Kind::ReadmissionRequest,
            Fact::Other(content) => content.kind(),
        }
    }

    /// The JSON to submit; `ids` holds the record ids of all acts of earlier steps.
    ///
    /// # Errors
    /// If the id of a record that it refers to is not among them.
    pub fn submission(&self, ids: &BTreeMap<CaseRef, RecordId>) -> Result<Value, NotReady> {
        let id = |need: &CaseRef| {
            ids.get(need).copied().ok_or_else(|| NotReady::Missing {
                reference: self.reference.clone(),
                missing: need.clone(),
            })
        };
        let body = Body {
            kind: self.kind(),
            case: &self.reference,
            re: self.needs.iter().map(id).collect::<Result<_, _>>()?,
            at: self.at,
            content: &self.fact,
            key: self.key(),
        };
        serde_json::to_value(body)
            .map_err(|source| NotReady::Json { reference: self.reference.clone(), source })
    }
}

impl From<Request> for Fact {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

macro_rules! others {
    ($( $kind:ident, )+) => {
        $(
            impl From<crate::record::$kind> for Fact {
                fn from(content: crate::record::$kind) -> Self {
                    Self::Other(content.into())
                }
            }
        )+
    };
}
others! {
    Answer, TransferNotice, Departure, Arrival, VisaIssued, TravelNotice, DepartureCount, Admission,
}
