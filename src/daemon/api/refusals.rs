//! Every refusal of the floors below, as a problem. The matches are exhaustive: a new refusal does
//! not compile until it has an answer.

use super::problem::{Place, Problem, ProblemType};
use crate::{
    daemon::scribe::{Refused, ScribeGone},
    ledger::Hindrance,
    record::{FormFault, SubmissionRefused},
};

impl From<SubmissionRefused> for Problem {
    fn from(refused: SubmissionRefused) -> Self {
        let (problem, place) = match &refused {
            SubmissionRefused::TooLong { .. } => (ProblemType::TooLong, None),
            SubmissionRefused::Json { line, column, .. } => {
                (ProblemType::Malformed, Some(Place { line: *line, column: *column }))
            }
            SubmissionRefused::WrongSide { .. } => (ProblemType::WrongSide, None),
            SubmissionRefused::DaemonsOwn(_) | SubmissionRefused::OfficersOwn(_) => {
                (ProblemType::DaemonsOwn, None)
            }
            SubmissionRefused::Form(fault) => (form(fault), None),
            SubmissionRefused::Key | SubmissionRefused::TwoKeys => (ProblemType::BadKey, None),
        };
        Self { place, ..Self::new(problem, refused) }
    }
}

const fn form(fault: &FormFault) -> ProblemType {
    match fault {
        FormFault::Commitment { .. } => ProblemType::Commitment,
        FormFault::Cbor(_)
        | FormFault::NoSuchKind(_)
        | FormFault::Uncorrectable { .. }
        | FormFault::Missing { .. }
        | FormFault::Unwanted { .. }
        | FormFault::Unit { .. }
        | FormFault::References { .. }
        | FormFault::ReferencesOrder
        | FormFault::CaseOfOther { .. }
        | FormFault::Fields(_) => ProblemType::Form,
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let problem = match &refused {
            Refused::UnknownReference { .. } => ProblemType::UnknownReference,
            Refused::Hindered(Hindrance::HeadStart { .. }) => ProblemType::HeadStart,
            Refused::Hindered(Hindrance::Before { .. } | Hindrance::RunOff { .. }) => {
                ProblemType::OutsideAgreement
            }
            Refused::LogEnded => ProblemType::LogEnded,
            Refused::KeyReused => ProblemType::KeyReused,
            Refused::Form { .. } => ProblemType::Form,
            Refused::NoKey { .. } | Refused::NotEnrolled { .. } => ProblemType::NoKey,
            Refused::Untrusted { .. } => ProblemType::UntrustedKey,
            Refused::KeysAway => ProblemType::KeysAway,
            Refused::Full => ProblemType::StoreFull,
            Refused::NotPassed => ProblemType::NotPassed,
            Refused::WeekOutOfTurn { .. } => ProblemType::WeekOutOfTurn,
            Refused::WeekNotEnded { .. } => ProblemType::WeekNotEnded,
            Refused::AlreadyStated { .. } => ProblemType::AlreadyStated,
            Refused::Clock(_) => ProblemType::Clock,
            Refused::Envelope { .. } => ProblemType::BadEnvelope,
            Refused::NotOfficers { .. } => ProblemType::NotOfficers,
            Refused::NotTimely { .. } => ProblemType::NotTimely,
            Refused::NotAwaiting { .. } => ProblemType::NotAwaiting,
            Refused::NoSuchCase => ProblemType::NoSuchCase,
            Refused::NotFound => ProblemType::NoSuchRecord,
            Refused::Internal => ProblemType::Internal,
        };
        Self::new(problem, refused)
    }
}

impl From<ScribeGone> for Problem {
    fn from(gone: ScribeGone) -> Self {
        Self::new(ProblemType::Stopped, gone)
    }
}
