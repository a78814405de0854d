//! Why a link is refused, for the operator: by whom, by what name, and the two values that do not
//! fit together.

use serde::{Deserialize, Serialize};

use super::{Close, Hello, PROTOCOL, ProblemCode};
use crate::{ledger::Agreement, names::Party};

/// A session that one side has refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Who refused the other.
    pub by: Party,
    /// For what.
    pub problem: ProblemCode,
    /// What does not fit together, if it is one thing with two values.
    pub values: Option<TwoValues>,
}

/// One thing of which the two sides have different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoValues {
    /// Of this side.
    pub ours: String,
    /// Of the other.
    pub theirs: String,
}

impl TwoValues {
    /// What in a hello does not fit, by the problem that it gives.
    pub(super) fn of(
        agreement: &Agreement,
        party: Party,
        term_seen: u64,
        hello: &Hello,
        problem: ProblemCode,
    ) -> Option<Self> {
        let (ours, theirs) = match problem {
            ProblemCode::ProtocolVersion => (PROTOCOL.to_string(), hello.protocol.to_string()),
            ProblemCode::Agreement => (agreement.digest().to_string(), hello.agreement.to_string()),
            ProblemCode::Party => (party.other().to_string(), hello.party.to_string()),
            ProblemCode::Term => (term_seen.to_string(), hello.term.to_string()),
            ProblemCode::Contradiction
            | ProblemCode::Malformed
            | ProblemCode::OutOfOrder
            | ProblemCode::Gap
            | ProblemCode::Root
            | ProblemCode::Note
            | ProblemCode::Cosignature
            | ProblemCode::Oversized
            | ProblemCode::Internal
            | ProblemCode::Fork => return None,
        };
        Some(Self { ours, theirs })
    }
}

impl Refusal {
    /// What an end of a session says, as `party` sees it.
    pub(super) fn of(party: Party, close: Close, values: Option<&TwoValues>) -> Option<Self> {
        let (by, problem) = match close {
            Close::TheirProblem(code) => (party, code),
            Close::OurProblem(code) => (party.other(), code),
            Close::Ours(_) | Close::Theirs(_) | Close::Silent => return None,
        };
        Some(Self { by, problem, values: values.cloned() })
    }

    /// Whether it says that a side has signed two histories, whoever says it.
    #[must_use]
    pub const fn speaks_of_fork(&self) -> bool {
        matches!(self.problem, ProblemCode::Contradiction | ProblemCode::Fork)
    }

    /// Whether `party` itself holds the signatures that contradict each other. What the other says
    /// of a fork is a word; if it shows one, the gate knows.
    #[must_use]
    pub fn is_held_by(&self, party: Party) -> bool {
        self.by == party && self.problem == ProblemCode::Contradiction
    }
}
