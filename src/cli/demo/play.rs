//! Playing the season: step the clock, submit, wait for receipts, close the weeks.

use std::{io, time::Duration};

use tokio::task::JoinSet;

use super::{look::Look, season::Season, sides::Side, stage::Stage};
use crate::{
    cli::{
        client::{Client, ClientError},
        failure::Failure,
        officer::Officer,
        reconcile::{self, Outcome},
    },
    daemon::{
        config::Config,
        scribe::{StatusView, Submitted},
    },
    envelope::Role,
    names::{Party, PerParty, Position, RecordId, Week},
    season::{Act, Ids, Label, NotReady, Step},
};

/// Why a demo failed.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// A daemon did not answer, or refused.
    #[error("{party}: {error}")]
    Client {
        /// Which side.
        party: Party,
        /// Why.
        error: ClientError,
    },
    /// A submission was not logged.
    #[error("{party}: {label} was not logged at once")]
    NotLogged {
        /// Which side.
        party: Party,
        /// Which submission.
        label: Label,
    },
    /// Receipts did not come.
    #[error("receipts did not come within {0} s")]
    NoReceipts(u64),
    /// A week was not closed jointly.
    #[error("{week} was not closed jointly by {party}: {outcome}")]
    NotJoint {
        /// The week.
        week: Week,
        /// Who saw it so.
        party: Party,
        /// How it was.
        outcome: String,
    },
    /// An officer could not sign.
    #[error("{party}: the officer did not sign: {reason}")]
    Officer {
        /// Which side's.
        party: Party,
        /// Why.
        reason: String,
    },
    /// The season is at fault.
    #[error(transparent)]
    Season(#[from] NotReady),
    /// A process or a file.
    #[error(transparent)]
    System(#[from] io::Error),
    /// A store could not be read.
    #[error("{0}")]
    Store(String),
}

/// How long the receipts of one step may take; on a quiet machine it is a matter of milliseconds.
const RECEIPT_SECONDS_MAX: u64 = 60;
/// How long a week may take to become joint.
const JOINT_SECONDS_MAX: u64 = 60;
/// How long one question for changes waits.
const WAIT_SECONDS: u64 = 5;
/// Submissions under way at once to one side.
const SUBMISSIONS_AT_ONCE: usize = 16;

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logged {
    pub(super) label: Label,
    pub(super) record: RecordId,
    pub(super) position: Position,
}

/// The play as it goes.
pub(super) struct Play<'a> {
    pub(super) stage: &'a Stage,
    pub(super) sides: PerParty<Side>,
    officers: PerParty<Officer>,
    pub(super) ids: Ids,
    pub(super) joint: Vec<Week>,
    pub(super) kill: Option<super::kill::Survival>,
}

impl<'a> Play<'a> {
    /// Starts both daemons.
    pub(super) async fn begin(stage: &'a Stage) -> Result<Self, PlayError> {
        let officers =
            PerParty { gbr: officer(stage, Party::Gbr)?, fra: officer(stage, Party::Fra)? };
        // Before a daemon runs: nothing but the founding entry is in the store, and nobody writes.
        let ids = Ids::founded(Look::at(stage, Party::Gbr)?.founding()?);
        let mut sides = PerParty::from_fn(|party| Side::new(stage, party));
        for party in Party::BOTH {
            sides.of_mut(party).start().await?;
        }
        Ok(Self { stage, sides, officers, ids, joint: Vec::new(), kill: None })
    }

    /// Plays the whole season. `progress` is told of each step.
    pub(super) async fn play(
        &mut self,
        season: &Season,
        mut progress: impl FnMut(&Step),
    ) -> Result<(), PlayError> {
        for step in season.steps() {
            // Only when both sides hold receipts for all that went before but entanglements.
            self.receipts().await?;
            self.stage.step_clock(step.time())?;
            match (step, season.kill(step)) {
                (Step::Submit { acts, .. }, Some(party)) => self.kill_amid(party, acts).await?,
                (Step::Submit { acts, .. }, None) => {
                    let logged = self.submit_all(acts).await?;
                    self.learn(&logged);
                }
                (Step::WeekEnd { week, .. }, _) => self.close(*week).await?,
            }
            progress(step);
        }
        self.receipts().await
    }

    /// Later acts may refer to these.
    pub(super) fn learn(&mut self, logged: &[Logged]) {
        for one in logged {
            self.ids.learn(one.label, one.record);
        }
    }

    /// Submits acts to their sides, some at once, and waits until all are logged.
    pub(super) async fn submit_all(&self, acts: &[Act]) -> Result<Vec<Logged>, PlayError> {
        let mut logged = Vec::new();
        let mut under_way = JoinSet::new();
        for act in acts {
            while under_way.len() >= SUBMISSIONS_AT_ONCE {
                logged.extend(finished(&mut under_way).await?);
            }
            under_way.spawn(self.submission(act)?);
        }
        while !under_way.is_empty() {
            logged.extend(finished(&mut under_way).await?);
        }
        Ok(logged)
    }

    /// One act, ready to be sent: as a submission, or as an envelope that an officer has signed.
    pub(super) fn submission(
        &self,
        act: &Act,
    ) -> Result<impl Future<Output = Result<Logged, PlayError>> + use<>, PlayError> {
        let (party, label) = (act.party, act.label);
        let body = match act.signer {
            Role::Officer => {
                let signed = self.officers.of(party).sign(&act.record(&self.ids)?);
                Body::Envelope(signed.map_err(|failure| not_signed(party, &failure))?)
            }
            Role::Caseworker | Role::Ledger => {
                Body::Submission(act.submission(&self.ids)?.to_string())
            }
        };
        let client = self.sides.of(party).client.clone();
        Ok(async move { submit(&client, party, label, &body).await })
    }

    /// Waits until both sides hold receipts for all of their entries but entanglements.
    pub(super) async fn receipts(&self) -> Result<(), PlayError> {
        let both = async {
            for party in Party::BOTH {
                receipted(&self.sides.of(party).client, party).await?;
            }
            Ok(())
        };
        let deadline = Duration::from_secs(RECEIPT_SECONDS_MAX);
        tokio::time::timeout(deadline, both)
            .await
            .unwrap_or(Err(PlayError::NoReceipts(RECEIPT_SECONDS_MAX)))
    }

    /// Both sides reconcile the week at the same moment, as their timers would.
    async fn close(&mut self, week: Week) -> Result<(), PlayError> {
        let run = |party| {
            let client = self.sides.of(party).client.clone();
            async move {
                let wait = Duration::from_secs(JOINT_SECONDS_MAX);
                let outcome = reconcile::run_week(&client, week, wait).await;
                let not_joint = |outcome| Err(PlayError::NotJoint { week, party, outcome });
                match outcome {
                    Ok(Outcome::Joint(_)) => Ok(()),
                    Ok(Outcome::Disputed(view)) => not_joint(format!("{:?}", view.differences)),
                    Ok(Outcome::Waiting(_, awaited)) => not_joint(format!("{awaited:?}")),
                    Err(refused) => not_joint(refused.to_string()),
                }
            }
        };
        tokio::try_join!(run(Party::Gbr), run(Party::Fra))?;
        self.joint.push(week);
        Ok(())
    }

    /// Waits until both sides hold as much of both logs.
    async fn exchanged(&self) -> Result<(), PlayError> {
        let (gbr, fra) = (&self.sides.gbr.client, &self.sides.fra.client);
        let fault = |party| move |error| PlayError::Client { party, error };
        loop {
            let before = gbr.progress(None, 0).await.map_err(fault(Party::Gbr))?;
            let ours = gbr.status().await.map_err(fault(Party::Gbr))?;
            let theirs = fra.status().await.map_err(fault(Party::Fra))?;
            let sizes = |status: &StatusView| (status.logs.gbr.size, status.logs.fra.size);
            if sizes(&ours) == sizes(&theirs) {
                return Ok(());
            }
            gbr.progress(Some(before.commits), 1).await.map_err(fault(Party::Gbr))?;
        }
    }

    /// Waits until both sides hold equally many entries, the last entanglements too, and stops both
    /// daemons in order.
    pub(super) async fn end(&mut self) -> Result<(), PlayError> {
        let deadline = Duration::from_secs(RECEIPT_SECONDS_MAX);
        // If they never do, what the two stores hold says so in the report.
        if let Ok(fault) = tokio::time::timeout(deadline, self.exchanged()).await {
            fault?;
        }
        for party in Party::BOTH {
            self.sides.of_mut(party).stop().await?;
        }
        Ok(())
    }
}

/// What is sent to a side.
enum Body {
    Submission(String),
    Envelope(Vec<u8>),
}

async fn submit(
    client: &Client,
    party: Party,
    label: Label,
    body: &Body,
) -> Result<Logged, PlayError> {
    let answer = match body {
        Body::Submission(json) => client.submit(json.as_bytes(), None).await,
        Body::Envelope(bytes) => client.envelope(bytes).await,
    };
    match answer.map_err(|error| PlayError::Client { party, error })? {
        Submitted::Logged { record, logged } => {
            Ok(Logged { label, record, position: logged.position })
        }
        Submitted::Queued { .. } => Err(PlayError::NotLogged { party, label }),
    }
}

/// The officer of a side, whose key a rehearsal keeps beside the others.
fn officer(stage: &Stage, party: Party) -> Result<Officer, PlayError> {
    let config = Config::load(stage.configs.of(party))
        .map_err(|error| PlayError::Store(format!("{party}: {error}")))?;
    Officer::beside(&config).map_err(|failure| not_signed(party, &failure))
}

fn not_signed(party: Party, failure: &Failure) -> PlayError {
    let said: Vec<&str> = failure.complaints.iter().map(|one| one.what.as_str()).collect();
    PlayError::Officer { party, reason: said.join("; ") }
}

async fn finished(
    under_way: &mut JoinSet<Result<Logged, PlayError>>,
) -> Result<Option<Logged>, PlayError> {
    match under_way.join_next().await {
        None => Ok(None),
        Some(Ok(outcome)) => outcome.map(Some),
        Some(Err(error)) => Err(PlayError::System(io::Error::other(error))),
    }
}

async fn receipted(client: &Client, party: Party) -> Result<(), PlayError> {
    let fault = |error| PlayError::Client { party, error };
    loop {
        let progress = client.progress(None, 0).await.map_err(fault)?;
        let status = client.status().await.map_err(fault)?;
        if status.logs.of(party).unreceipted == 0 && status.queued == 0 {
            return Ok(());
        }
        // Waits for the next commit after the one that this status may have missed.
        client.progress(Some(progress.commits), WAIT_SECONDS).await.map_err(fault)?;
    }
}
