//! One week, from this side's close to what both sides say: asked of the daemon, which does it.
//!
//! Each step is one that may be repeated: a close, a statement and a look. So a run that broke off
//! anywhere is finished by the next one, and both sides may run at the same time, or one of them
//! days later.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    cli::client::{Client, ClientError},
    daemon::{
        api::{Beside, ProblemType},
        scribe::{StatusView, WeekView},
    },
    limits::API_WAIT_SECONDS_MAX,
    names::{Date, Party, Timestamp, Week},
    reconcile::{Missing, Verdict},
};

/// How a week stands after a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Both sides stated the same body.
    Joint(WeekView),
    /// The two statements differ, and the view names in what.
    Disputed(WeekView),
    /// Not enough evidence yet.
    Waiting(WeekView, Vec<Awaited>),
}

/// What is still missing before both sides have spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "awaited", content = "of")]
pub enum Awaited {
    /// The party has to close the week.
    Close(Party),
    /// The party has to receive and cover the other side's close.
    Cover(Party),
    /// The party has to send entries of its log that are known to exist.
    Entries(Party),
    /// The party has to state the week.
    Statement(Party),
}

/// Why a week was not run.
#[derive(Debug, thiserror::Error)]
pub enum RunRefused {
    /// The week goes on, by the daemon's clock.
    #[error("{week} has not ended: it is {clock}")]
    NotEnded {
        /// The week.
        week: Week,
        /// The time, by the daemon's clock.
        clock: Timestamp,
    },
    /// The week lies before the agreement.
    #[error("{week} ended before the agreement entered into force, in {first}")]
    NotInForce {
        /// The week.
        week: Week,
        /// The first week that is closed.
        first: Week,
    },
    /// The daemon did not answer, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Outcome {
    /// A week for which something is still missing.
    pub(super) fn waiting(view: WeekView) -> Self {
        let awaited = awaited(&view);
        Self::Waiting(view, awaited)
    }
}

impl RunRefused {
    /// Whether this side may not sign now: its gate is closed, or its clock is not right.
    pub(super) fn may_not_sign(&self) -> bool {
        let Self::Client(ClientError::Refused(problem)) = self else { return false };
        matches!(problem.problem, ProblemType::NotPassed | ProblemType::Clock)
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::NotEnded { .. } => "wait for the end of its Sunday in UTC".to_owned(),
            Self::NotInForce { .. } => "choose a later week".to_owned(),
            Self::Client(error) => error.advice(),
        }
    }
}

impl std::fmt::Display for Awaited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Close(party) => write!(f, "{party} has not closed the week"),
            Self::Cover(party) => {
                write!(f, "{party} has not covered what {} closed", party.other())
            }
            Self::Entries(party) => write!(f, "entries of {party} are not held here yet"),
            Self::Statement(party) => write!(f, "{party} has not stated the week"),
        }
    }
}

impl Awaited {
    /// Whose turn it is.
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::Close(party)
            | Self::Cover(party)
            | Self::Entries(party)
            | Self::Statement(party) => party,
        }
    }

    /// What is awaited and of whom, in one word.
    #[must_use]
    pub fn name(self) -> String {
        let what = match self {
            Self::Close(_) => "close",
            Self::Cover(_) => "cover",
            Self::Entries(_) => "entries",
            Self::Statement(_) => "statement",
        };
        format!("{what}:{}", self.party())
    }

    /// What that party has to do, in one sentence.
    #[must_use]
    pub fn advice(self) -> String {
        let party = self.party();
        match self {
            Self::Close(_) => format!("it is the turn of {party}: `entente reconcile` there"),
            Self::Cover(_) => format!(
                "it is the turn of {party}: its daemon covers the close by itself as soon as a \
                 session is up and its clock is right; see `entente status` on both sides"
            ),
            Self::Entries(_) => format!(
                "it is the turn of {party}: its daemon sends them as soon as a session is up; see \
                 `entente status` on both sides"
            ),
            Self::Statement(_) => format!(
                "it is the turn of {party}: `entente reconcile` there; what it has logged already \
                 comes with the next session"
            ),
        }
    }
}

/// An earlier week that is not joint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Unsettled {
    pub(super) week: Week,
    pub(super) outcome: NotJoint,
}

/// How a week stands that is not joint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NotJoint {
    Disputed,
    Waiting,
}

/// The weeks before `week` that are not joint, oldest first. A joint week says nothing about those
/// before it: each stands by its own two statements.
pub(super) async fn unsettled(
    client: &Client,
    first: Week,
    week: Week,
) -> Result<Vec<Unsettled>, ClientError> {
    let mut found = Vec::new();
    let mut week_before = first;
    while week_before < week {
        let outcome = match client.week(week_before, 0).await?.verdict {
            Verdict::Joint => None,
            Verdict::Disputed => Some(NotJoint::Disputed),
            Verdict::Awaiting => Some(NotJoint::Waiting),
        };
        found.extend(outcome.map(|outcome| Unsettled { week: week_before, outcome }));
        week_before = week_before.next();
    }
    Ok(found)
}

/// The week that a run is about if none is named: the last one that has ended. A log that has
/// ended closes no more, and what remains to be reported is the last week that it closed.
pub(super) fn newest(status: &StatusView) -> Week {
    let due = *status.week_due.of(status.party);
    let closes_no_more = status.logs.of(status.party).ended && due > status.first_week;
    if closes_no_more { before(due) } else { last_ended(status.clock) }
}

/// The last week that has ended at a time.
#[must_use]
pub fn last_ended(clock: Timestamp) -> Week {
    before(clock.date().week())
}

/// Closes the week, and every earlier one that is still due; waits up to `wait` for the evidence;
/// states what has become computable; and waits, within the same time, for the other side.
///
/// # Errors
/// If the week cannot be closed, or the daemon does not do its part.
pub async fn run_week(client: &Client, week: Week, wait: Duration) -> Result<Outcome, RunRefused> {
    run_week_beside(client, week, wait, &Beside { national: None }).await
}

/// The same, with what stands beside the body in this side's statement of this week.
///
/// # Errors
/// The same, and if the week is already stated with something else beside its body.
pub async fn run_week_beside(
    client: &Client,
    week: Week,
    wait: Duration,
    beside: &Beside,
) -> Result<Outcome, RunRefused> {
    let status = client.status().await?;
    let (party, clock) = (status.party, status.clock);
    let side = Side { party, beside, writes: !status.logs.of(party).ended };
    let first = status.first_week;
    if week < first {
        return Err(RunRefused::NotInForce { week, first });
    }
    if clock < week.end() {
        return Err(RunRefused::NotEnded { week, clock });
    }
    let mut due = *status.week_due.of(party);
    while due <= week {
        client.close_week(due).await?;
        due = due.next();
    }
    if beside.national.is_some() {
        // What is stated already is held against it, and nothing is logged before the turn of the
        // weeks before this one.
        let view = client.week(week, 0).await?;
        if view.stated.of(party).is_some() {
            client.state_week_beside(week, beside).await?;
        }
    }
    let mut view = step(client, week, side).await?;
    if view.verdict == Verdict::Awaiting && !wait.is_zero() {
        view = match timeout(wait, settled(client, week, side)).await {
            Ok(view) => view?,
            Err(_) => step(client, week, side).await?,
        };
    }
    Ok(match view.verdict {
        Verdict::Joint => Outcome::Joint(view),
        Verdict::Disputed => Outcome::Disputed(view),
        Verdict::Awaiting => Outcome::waiting(view),
    })
}

/// This side, in one run.
#[derive(Clone, Copy)]
struct Side<'a> {
    party: Party,
    /// What stands beside the body in its statement.
    beside: &'a Beside,
    /// Whether anything is still taken into its log.
    writes: bool,
}

/// Goes on with every change until both sides have spoken.
async fn settled(client: &Client, week: Week, side: Side<'_>) -> Result<WeekView, ClientError> {
    loop {
        // The count first and the look second: a change between the two ends the wait at once.
        let before = client.progress(None, 0).await?;
        let view = step(client, week, side).await?;
        if view.verdict != Verdict::Awaiting {
            return Ok(view);
        }
        client.progress(Some(before.commits), API_WAIT_SECONDS_MAX).await?;
    }
}

/// Looks at the week, and states it and all before it that can be stated by now.
async fn step(client: &Client, week: Week, side: Side<'_>) -> Result<WeekView, ClientError> {
    let view = client.week(week, 0).await?;
    let Side { party, beside, writes } = side;
    let due = writes && view.stated.of(party).is_none();
    let Some(body) = view.body.as_ref().filter(|_| due) else { return Ok(view) };
    // Bodies are gapless from 1, and every side states them in order.
    let mut unstated = Vec::new();
    let mut earlier = week;
    for _ in 1..body.number {
        earlier = before(earlier);
        if client.week(earlier, 0).await?.stated.of(party).is_some() {
            break;
        }
        unstated.push(earlier);
    }
    for earlier in unstated.into_iter().rev() {
        client.state_week(earlier).await?;
    }
    client.state_week_beside(week, beside).await
}

fn awaited(view: &WeekView) -> Vec<Awaited> {
    let missing = view.missing.iter().map(|missing| match missing {
        Missing::Close(party) => Awaited::Close(*party),
        Missing::Cover(party) => Awaited::Cover(party.other()),
        Missing::Entries(party) => Awaited::Entries(*party),
    });
    let unstated = Party::BOTH
        .into_iter()
        .filter(|party| view.body.is_some() && view.stated.of(*party).is_none())
        .map(Awaited::Statement);
    missing.chain(unstated).collect()
}

fn before(week: Week) -> Week {
    Date::new(week.monday().days().saturating_sub(7)).week()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ended_week_ends_with_sunday_in_utc() {
        for (clock, week) in [
            ("2025-11-09T23:59:59Z", "2025-W44"),
            ("2025-11-10T00:00:00Z", "2025-W45"),
            ("2025-11-16T23:59:59Z", "2025-W45"),
            ("2026-01-01T12:00:00Z", "2025-W52"),
            ("2027-01-04T00:00:00Z", "2026-W53"),
        ] {
            assert_eq!(last_ended(clock.parse().unwrap()).to_string(), week, "{clock}");
        }
    }
}
