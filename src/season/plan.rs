//! What a season is: steps in order of time, and the breaks that must be found in it.

use super::{Act, Fact, Label};
use crate::{
    ledger::Owner,
    names::{BadReference, BadTime, Date, PerParty, Timestamp, Week},
    record::{BreakClass, Certificate, Content},
};

/// How large a season is, and how it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Readmission requests and issued visas together, at least.
    pub cases: u32,
    /// Weeks from that in which the agreement enters into force.
    pub weeks: u32,
    /// How it ends.
    pub ending: Ending,
}

/// How a season ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In the middle of things.
    Open,
    /// Both logs end with the year.
    YearEnd,
    /// The agreement was terminated, and both logs end.
    Terminated,
}

/// What happens at one time. All that went before is receipted on both sides by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Records are signed. None of them refers to another of the same step, so they may go in at
    /// once and in any order.
    Submit {
        /// When.
        time: Timestamp,
        /// What is signed.
        acts: Vec<Act>,
    },
    /// A week has ended, and both daemons close it.
    WeekEnd {
        /// When: shortly after its end.
        time: Timestamp,
        /// The week.
        week: Week,
    },
}

/// A break that has to be found, because a procedural fault was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// What kind of discrepancy.
    pub class: BreakClass,
    /// Who has to act.
    pub owner: Owner,
    /// The record that shows it.
    pub shown_by: Label,
    /// The break's whole evidence, in any order, `shown_by` included.
    pub evidence: Vec<Label>,
    /// From when on it is open.
    pub from: Timestamp,
    /// From when on it is no longer open, if ever.
    pub until: Option<Timestamp>,
}

/// A plan of all that both sides sign, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    pub(super) steps: Vec<Step>,
    pub(super) planted: Vec<Planted>,
    /// Persons returned and admitted at the end, as planned.
    pub(super) agreed: (u64, u64),
}

/// Why no season could be made: faults of ours, which tests rule out.
#[derive(Debug, thiserror::Error)]
pub enum SeasonFault {
    /// No season can meet a total.
    #[error("no season can pass through {persons} persons on {date}")]
    Unreachable {
        /// The day at whose end it should be met.
        date: Date,
        /// The total.
        persons: u64,
    },
    /// A date in the plan is none.
    #[error(transparent)]
    Time(#[from] BadTime),
    /// A reference or place in the plan is none.
    #[error(transparent)]
    Reference(#[from] BadReference),
    /// A list of codes in the plan is none.
    #[error("a list of codes is empty, or names one twice")]
    Codes,
    /// No fault of procedure has this name.
    #[error("no fault is called {0}")]
    NoSuchFault(String),
}

impl Season {
    /// A season of these steps, in which nothing is out of order, with so many persons returned and
    /// admitted at its end.
    #[must_use]
    pub const fn of(steps: Vec<Step>, agreed: (u64, u64)) -> Self {
        Self { steps, planted: Vec::new(), agreed }
    }

    /// All steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The breaks that have to be found, and no others.
    #[must_use]
    pub fn planted(&self) -> &[Planted] {
        &self.planted
    }

    /// Persons returned and admitted on which both logs agree at the end.
    #[must_use]
    pub const fn agreed(&self) -> (u64, u64) {
        self.agreed
    }

    /// The weeks that are closed, in order.
    pub fn weeks(&self) -> impl Iterator<Item = Week> {
        self.steps.iter().filter_map(|step| match step {
            Step::WeekEnd { week, .. } => Some(*week),
            Step::Submit { .. } => None,
        })
    }

    /// Puts certificates that an authority of each party vouches for in the place of those of the
    /// spare keys, which have none.
    pub fn certify(&mut self, spares: &PerParty<Certificate>) {
        for step in &mut self.steps {
            let Step::Submit { acts, .. } = step else { continue };
            for act in acts {
                if let Fact::Whole(Content::KeyEvent(event)) = &mut act.fact
                    && let Some(certificate) = &mut event.certificate
                {
                    certificate.clone_from(spares.of(act.party));
                }
            }
        }
    }

    /// All that is signed, in order of time.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.steps.iter().flat_map(Step::acts)
    }
}

impl Step {
    /// When.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        match self {
            Self::Submit { time, .. } | Self::WeekEnd { time, .. } => *time,
        }
    }

    /// What is signed; nothing at a week's end.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        match self {
            Self::Submit { acts, .. } => acts,
            Self::WeekEnd { .. } => &[],
        }
    }
}

impl Planted {
    /// Whether it is open at a time.
    #[must_use]
    pub fn is_open(&self, as_of: Timestamp) -> bool {
        self.from <= as_of && self.until.is_none_or(|until| as_of < until)
    }
}
