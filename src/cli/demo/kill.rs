//! Half-way one side is killed with SIGKILL amid submissions, and started again.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::{
    look::Look,
    play::{Logged, Play, PlayError},
};
use crate::{
    names::{Party, RecordId, SubmissionId},
    record::Submission,
    season::{Act, Label},
};

/// How many submissions must not be receipted yet when the kill falls.
const UNRECEIPTED_MIN: usize = 20;

/// What a kill did, counted in the stores.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Survival {
    /// Who was killed.
    pub killed: Party,
    /// Submissions that were under way.
    pub submitted: usize,
    /// Of these, answered before the kill.
    pub acknowledged: usize,
    /// Of these, without a receipt in the store when the kill fell.
    pub unreceipted: usize,
    /// Acknowledged before and afterwards elsewhere, or missing in the log or its mirror.
    pub lost: usize,
    /// In the log or its mirror more than once.
    pub doubled: usize,
}

impl Survival {
    /// Whether the kill fell where it hurts, and nothing was lost or doubled.
    #[must_use]
    pub const fn survived(&self) -> bool {
        self.acknowledged > 0
            && self.unreceipted >= UNRECEIPTED_MIN
            && self.lost == 0
            && self.doubled == 0
    }
}

impl Play<'_> {
    /// Submits all acts at once, kills their side at the first answer, counts what the store holds,
    /// starts the side again and submits everything again.
    pub(super) async fn kill_amid(&mut self, party: Party, acts: &[Act]) -> Result<(), PlayError> {
        let mut under_way = JoinSet::new();
        for act in acts {
            under_way.spawn(self.submission(act)?);
        }
        let mut acknowledged = Vec::new();
        let first = under_way.join_next().await;
        self.sides.of_mut(party).kill()?;
        acknowledged.extend(first.and_then(Result::ok).and_then(Result::ok));
        // The other answers that had left before the kill; what had not left fails, as it must.
        while let Some(finished) = under_way.join_next().await {
            acknowledged.extend(finished.ok().and_then(Result::ok));
        }

        let ids = self.submission_ids(party, acts)?;
        let unreceipted = {
            let at_kill = Look::at(self.stage, party)?;
            ids.values().filter(|id| !at_kill.is_receipted(**id)).count()
        };
        self.sides.of_mut(party).start().await?;
        let again = self.submit_all(acts).await?;
        self.receipts().await?;

        // All is receipted by now, so the counterpart's mirror holds all of it too.
        let stores = [Look::at(self.stage, party)?, Look::at(self.stage, party.other())?];
        let times = |id, record| stores.each_ref().map(|look| look.times(party, id, record));
        let (lost, doubled) = compare(&acknowledged, &again, &ids, times);
        self.learn(&again);
        self.kill = Some(Survival {
            killed: party,
            submitted: acts.len(),
            acknowledged: acknowledged.len(),
            unreceipted,
            lost,
            doubled,
        });
        Ok(())
    }

    /// The ids under which the log knows these submissions again.
    fn submission_ids(
        &self,
        party: Party,
        acts: &[Act],
    ) -> Result<BTreeMap<Label, SubmissionId>, PlayError> {
        acts.iter()
            .map(|act| {
                let json = act.submission(&self.ids)?.to_string();
                let none = &mut || crate::names::Commitment::new([0; 32]);
                let parsed = Submission::parse(json.as_bytes(), party, None, none)
                    .map_err(|refused| PlayError::Store(refused.to_string()))?;
                Ok((act.label, parsed.id))
            })
            .collect()
    }
}

/// What was acknowledged before the kill has to stand where it was said to stand, under the same
/// id; and every submission has to stand in the log and in its mirror exactly once. `times` says
/// how often it does in each. The answer is how many are lost, and how many doubled.
fn compare(
    before: &[Logged],
    again: &[Logged],
    ids: &BTreeMap<Label, SubmissionId>,
    times: impl Fn(SubmissionId, RecordId) -> [usize; 2],
) -> (usize, usize) {
    let now: BTreeMap<Label, &Logged> = again.iter().map(|one| (one.label, one)).collect();
    let moved = before.iter().filter(|one| now.get(&one.label) != Some(one)).count();
    let times = |one: &Logged| ids.get(&one.label).map_or([0; 2], |id| times(*id, one.record));
    let missing = again.iter().filter(|one| times(one).contains(&0)).count();
    let unanswered = ids.len().saturating_sub(again.len());
    let doubled = again.iter().filter(|one| times(one).iter().any(|times| *times > 1)).count();
    (moved.saturating_add(missing).saturating_add(unanswered), doubled)
}

#[cfg(test)]
mod tests;
