//! The weeks that two copies of both logs show as disputed, by the statements logged in them.

use super::dispute;
use crate::{
    cli::output::Output,
    daemon::copies::StoreCopies,
    names::{Party, PerParty, Week},
    reconcile::Dispute,
    store::Store,
};

/// A week whose statements differ, or one of them from what a copy gives.
#[derive(serde::Serialize)]
pub(super) struct Disputed {
    pub(super) week: Week,
    /// Whose copies show it so.
    at: Vec<Party>,
    #[serde(flatten)]
    dispute: Dispute,
}

/// Every disputed week, in order. A week of which the two copies do not show the same stands twice.
pub(super) fn weeks<S: Store>(copies: &PerParty<StoreCopies<S>>) -> Vec<Disputed> {
    let mut weeks: Vec<Week> = copies.gbr.weeks();
    weeks.extend(copies.fra.weeks());
    weeks.sort_unstable();
    weeks.dedup();
    let mut all: Vec<Disputed> = Vec::new();
    for week in weeks {
        for party in Party::BOTH {
            let Some(dispute) = copies.of(party).dispute(week) else { continue };
            match all.last_mut() {
                Some(last) if last.week == week && last.dispute == dispute => last.at.push(party),
                Some(_) | None => all.push(Disputed { week, at: vec![party], dispute }),
            }
        }
    }
    all
}

impl Disputed {
    /// For a person: the week, and where its bodies differ.
    pub(super) fn tell(&self, out: &mut Output) {
        let at = match self.at.as_slice() {
            [party] => format!(" by the copy of {party}"),
            _ => String::new(),
        };
        out.line(format!("Disputed: week {}{at}", self.week));
        dispute::versions(out, &self.dispute.rules);
        for one in &self.dispute.differences {
            dispute::differing(out, one, self.week);
        }
        out.line("");
    }
}
