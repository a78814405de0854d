//! How a verb ended, for whoever called it.

use std::process::ExitCode;

/// The exit code of every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is as it should be.
    Good,
    /// Findings: open breaks, a disputed week, a verification that failed.
    Findings,
    /// Usage or configuration: whoever called can put it right.
    Usage,
    /// Counterpart or daemon not reachable, or not enough evidence yet: ask again later.
    NotYet,
    /// Our own fault, or that of our disk.
    OwnFault,
    /// A fork was detected: an operator has to act before anything is signed.
    Fork,
}

impl Exit {
    /// Every one, in the order of the codes.
    pub const ALL: [Self; 6] =
        [Self::Good, Self::Findings, Self::Usage, Self::NotYet, Self::OwnFault, Self::Fork];

    /// The code that the caller sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NotYet => 3,
            Self::OwnFault => 4,
            Self::Fork => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
