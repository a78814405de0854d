//! A step that an officer has to approve, handed in once more where it came to nothing before.
//!
//! The same submission is logged once, so a step that was rejected would be answered with the
//! record that was rejected, for ever. What was decided without effect is therefore handed in anew,
//! under an idempotency key that names the record before: whoever repeats the verb goes the same
//! way.

use std::path::Path;

use serde_json::Value;

use super::{
    Exit,
    client::{Client, ClientError},
    failure::{Complaint, Failure},
    output::Output,
    status::wait_for,
};
use crate::{
    daemon::{
        api::ProblemType,
        scribe::{LoggedAt, RecordKey, Submitted},
    },
    ledger::Fate,
    limits::STEP_TRIES_MAX,
    names::{Commitment, Party, RecordId, SubmissionId},
    record::Submission,
};

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Attempt {
    #[serde(flatten)]
    pub(super) submitted: Submitted,
    /// Whether it was handed in before, and not anew.
    before: bool,
    /// What its second signer has decided.
    approval: Fate,
}

/// Hands a step in, unless the same one waits or is in effect.
pub(super) fn hand_in(client: &Client, party: Party, step: &Value) -> Result<Attempt, Failure> {
    let json = step.to_string();
    let mut key: Option<String> = None;
    for _ in 0..STEP_TRIES_MAX {
        let id = submission(&json, party, key.as_deref())?;
        let shown = match wait_for(client.record(RecordKey::Submission(id)))? {
            Ok(shown) => shown,
            Err(ClientError::Refused(problem)) if problem.problem == ProblemType::NoSuchRecord => {
                let submitted = wait_for(client.submit(json.as_bytes(), key.as_deref()))??;
                return Ok(Attempt { submitted, before: false, approval: Fate::AwaitsApproval });
            }
            Err(error) => return Err(error.into()),
        };
        let approval = shown.approval.unwrap_or(Fate::AwaitsApproval);
        let inherited = shown.state == "inherited";
        let submitted = match (shown.id, shown.position) {
            (Some(record), Some(position)) => {
                let logged = LoggedAt { position, origin: shown.origin, inherited };
                Submitted::Logged { record, logged }
            }
            _ => Submitted::Queued { submission: id },
        };
        match (approval, shown.id) {
            (Fate::Rejected | Fate::WithoutEffect, Some(record)) => {
                key = Some(format!("after:{record}"));
            }
            (Fate::AwaitsApproval | Fate::Approved | Fate::Rejected | Fate::WithoutEffect, _) => {
                return Ok(Attempt { submitted, before: true, approval });
            }
        }
    }
    let what = format!("the same step came to nothing {STEP_TRIES_MAX} times");
    let advice = "see `entente log show` for what was decided; to try again all the same, hand it \
                  in with `entente submit --key` and a key of your own";
    Err(Failure::of(Exit::Usage, Complaint::new(what, advice)))
}

impl Attempt {
    /// Says which record it is and who has to decide it; `officer` is who may.
    pub(super) fn tell(&self, out: &mut Output, officer: &str, config: &Path) {
        let config = config.display();
        match &self.submitted {
            Submitted::Logged { record, logged } => {
                self.tell_logged(out, *record, logged);
                if self.approval == Fate::AwaitsApproval {
                    out.line(format!("{officer} now has to approve it:"));
                    out.line(format!("  entente approve --config {config} {record}"));
                }
            }
            Submitted::Queued { submission } => {
                out.line(format!("{submission} queued: durable, and signed as soon as possible"));
                out.line(format!("{officer} then has to approve it:"));
                out.line(format!("  entente approve --config {config}"));
            }
        }
    }

    fn tell_logged(&self, out: &mut Output, record: RecordId, at: &LoggedAt) {
        out.line(match (self.before, self.approval) {
            (false, _) => format!("{record} logged at {at}"),
            (true, Fate::AwaitsApproval) => {
                format!("{record} logged before at {at}; still awaits approval")
            }
            (true, Fate::Approved | Fate::Rejected | Fate::WithoutEffect) => {
                format!("{record} logged before at {at}, and approved: nothing is to do")
            }
        });
    }
}

/// The id of a submission, as the daemon of `party` reads it. Nothing that is kept secret is in a
/// step.
fn submission(json: &str, party: Party, key: Option<&str>) -> Result<SubmissionId, Failure> {
    let mut decoy = || Commitment::new([0; 32]);
    let read = Submission::parse(json.as_bytes(), party, key, &mut decoy);
    read.map(|submission| submission.id).map_err(|refused| {
        let advice = "correct what the step says";
        Failure::of(Exit::Usage, Complaint::new(refused, advice))
    })
}
