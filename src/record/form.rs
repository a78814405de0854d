//! The form of a record: which heads its kind carries, and what its fields may not say together.

use super::{At, Content, Kind, Need, Record, WeeklyStatement, When};
use crate::{
    cbor::CborError,
    limits::{BODY_IDS_MAX, BODY_WEEKS_MAX},
    names::{CaseRef, Party},
};

/// Why a payload is not a record of form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// Not on the strict road.
    #[error("payload: {0}")]
    Cbor(CborError),
    /// A kind that holds no personal data holds a commitment.
    #[error(
        "{kind} cannot hold a commitment: France sends no personal data (Art. 16(1)), and of \
         British records only a readmission-request commits to any"
    )]
    Commitment {
        /// The kind.
        kind: Kind,
    },
    /// A kind that rules version 1 does not have, by its number.
    #[error("rules version 1 has no kind {0}")]
    NoSuchKind(u64),
    /// A kind that no correction supersedes.
    #[error("{a} is not superseded by a correction", a = .kind.with_article())]
    Uncorrectable {
        /// The kind.
        kind: Kind,
    },
    /// A head is missing.
    #[error("{a} needs `{head}`", a = .kind.with_article())]
    Missing {
        /// The kind.
        kind: Kind,
        /// The head.
        head: &'static str,
    },
    /// A head stands where there is none.
    #[error("{a} has no `{head}`", a = .kind.with_article())]
    Unwanted {
        /// The kind.
        kind: Kind,
        /// The head.
        head: &'static str,
    },
    /// A day where a second belongs, or a second where a day belongs.
    #[error("the `at` of {a} is in another unit", a = .kind.with_article())]
    Unit {
        /// The kind.
        kind: Kind,
    },
    /// Too few or too many references.
    #[error("{a} refers to {wanted}, not to {given}", a = .kind.with_article(),
        wanted = references(*.fewest, *.most))]
    References {
        /// The kind.
        kind: Kind,
        /// Fewest.
        fewest: usize,
        /// Most.
        most: usize,
        /// Given.
        given: usize,
    },
    /// References out of order or repeated.
    #[error("`re` ascends, and names no record twice")]
    ReferencesOrder,
    /// A reference of another party.
    #[error("{case} begins with the letters of {letters}, and {author} writes this record")]
    CaseOfOther {
        /// The reference.
        case: CaseRef,
        /// Whose letters it has.
        letters: Party,
        /// Who writes the record.
        author: Party,
    },
    /// Fields that contradict one another.
    #[error("{0}")]
    Fields(&'static str),
}

/// How many records a kind refers to, in words.
fn references(fewest: usize, most: usize) -> String {
    match (fewest, most) {
        (_, 0) => "no record".to_owned(),
        (1, 1) => "exactly one record".to_owned(),
        (fewest, most) if fewest == most => format!("exactly {most} records"),
        (fewest, most) => format!("{fewest} to {most} records"),
    }
}

impl Record {
    /// Checks the form of the record's kind.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_form(&self) -> Result<(), FormFault> {
        let kind = self.kind();
        let shape = kind.shape();
        need(kind, "case", shape.case, self.case.is_some())?;
        let at = if shape.at == When::Absent { Need::Absent } else { Need::Required };
        need(kind, "at", at, self.at.is_some())?;
        if matches!(
            (shape.at, self.at),
            (When::Day, Some(At::Second(_))) | (When::Second, Some(At::Day(_)))
        ) {
            return Err(FormFault::Unit { kind });
        }
        let (fewest, most) = shape.re;
        let given = self.re.len();
        if !(fewest..=most).contains(&given) {
            return Err(FormFault::References { kind, fewest, most, given });
        }
        if !self.re.iter().zip(self.re.iter().skip(1)).all(|(one, next)| one < next) {
            return Err(FormFault::ReferencesOrder);
        }
        if let super::Author::Only(author) = shape.author {
            self.check_case(author)?;
        }
        if let Content::Correction(one) = &self.content {
            one.check()?;
        }
        self.content.fault().map_or(Ok(()), |fault| Err(FormFault::Fields(fault)))
    }
}

impl Record {
    /// Checks that a reference is the author's own, where the kind does not already say whose it
    /// is.
    ///
    /// # Errors
    /// If it has the letters of the other party.
    pub(super) fn check_case(&self, author: Party) -> Result<(), FormFault> {
        match &self.case {
            Some(case) if case.party() != author => {
                let letters = case.party();
                Err(FormFault::CaseOfOther { case: case.clone(), letters, author })
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn need(kind: Kind, head: &'static str, need: Need, here: bool) -> Result<(), FormFault> {
    match (need, here) {
        (Need::Required, false) => Err(FormFault::Missing { kind, head }),
        (Need::Absent, true) => Err(FormFault::Unwanted { kind, head }),
        (Need::Required | Need::Optional, true) | (Need::Absent | Need::Optional, false) => Ok(()),
    }
}

impl Content {
    fn fault(&self) -> Option<&'static str> {
        match self {
            Self::ReadmissionRequest(one) => one.fault(),
            Self::Answer(one) => one.fault(),
            Self::TransferNotice(one) => one.fault(),
            Self::Departure(one) => one.fault(),
            Self::Arrival(one) => one.fault(),
            Self::VisaIssued(one) => one.fault(),
            Self::TravelNotice(one) => one.fault(),
            Self::Admission(one) => one.fault(),
            Self::Entanglement(one) => {
                (one.size.0 == 0).then_some("an entanglement covers entries")
            }
            Self::WeeklyStatement(one) => one.fault(),
            Self::TransferReply(one) => one.fault(),
            Self::DisclosureStatus(one) => one.fault(),
            Self::Allocation(one) => one.fault(),
            Self::WindowStatus(one) => one.fault(),
            Self::AgreementVersion(one) => one.fault(),
            Self::KeyEvent(one) => one.fault(),
            Self::OutageNotice(one) => one.fault(),
            Self::Agreement(_)
            | Self::ReplyExtension(_)
            | Self::Postponement(_)
            | Self::Withdrawal(_)
            | Self::DepartureCount(_)
            | Self::Lapse(_)
            | Self::Correction(_)
            | Self::Reversal(_)
            | Self::Objection(_)
            | Self::WrongDataNotice(_)
            | Self::Erasure(_)
            | Self::WeekClose(_)
            | Self::BreakResolution(_)
            | Self::Approval(_)
            | Self::LogEnd(_) => None,
        }
    }
}

impl WeeklyStatement {
    fn fault(&self) -> Option<&'static str> {
        let ids = [&self.body.counted, &self.body.uncounted];
        let named: usize = ids.into_iter().flatten().map(Vec::len).sum();
        if named > BODY_IDS_MAX {
            return Some("a body names at most 256 records");
        }
        (self.body.movements.len() > BODY_WEEKS_MAX).then_some("a body lists at most 32 weeks")
    }
}
