//! A run that came to no outcome: which week it was about, and why, in one word for the journal.

use super::RunRefused;
use crate::{
    cli::{
        Exit,
        client::ClientError,
        failure::{Complaint, Failure},
    },
    names::Week,
};

/// Why there is no outcome.
pub(super) struct Stopped {
    /// The week, as far as it was known by then.
    pub(super) week: Option<Week>,
    /// In one word.
    pub(super) reason: &'static str,
    /// In full, with what to do.
    pub(super) failure: Failure,
}

impl Stopped {
    /// The run was refused, or the daemon did not do its part.
    pub(super) fn refused(week: Option<Week>, refused: RunRefused) -> Self {
        Self { week, reason: reason(&refused), failure: refused.into() }
    }

    /// The one line for the journal.
    pub(super) fn summary(&self) -> String {
        let week = self.week.map_or("-".to_owned(), |week| week.to_string());
        format!("week={week} outcome=failed reason={}", self.reason)
    }
}

/// The slug of the problem, if the daemon gave one.
const fn reason(refused: &RunRefused) -> &'static str {
    match refused {
        RunRefused::NotEnded { .. } => "not-ended",
        RunRefused::NotInForce { .. } => "not-in-force",
        RunRefused::Client(ClientError::Unreachable { .. }) => "daemon-unreachable",
        RunRefused::Client(ClientError::Refused(problem)) => problem.problem.slug(),
        RunRefused::Client(ClientError::Key) => "bad-key",
        RunRefused::Client(ClientError::TooLate { .. }) => "no-answer",
        RunRefused::Client(ClientError::BrokenOff(_)) => "broken-off",
        RunRefused::Client(ClientError::BadAnswer { .. }) => "bad-answer",
    }
}

impl From<RunRefused> for Failure {
    fn from(refused: RunRefused) -> Self {
        match refused {
            RunRefused::Client(error) => error.into(),
            RunRefused::NotEnded { .. } | RunRefused::NotInForce { .. } => {
                Self::of(Exit::Usage, Complaint::new(&refused, refused.advice()))
            }
        }
    }
}
