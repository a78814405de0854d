//! What both sides state of a week, and how returns and admissions stand to each other.

use super::{
    BreakClass as Class, Owner, Phase,
    fold::{Fold, Taken},
};
use crate::{
    cbor,
    names::{Hash, Party, RecordId, Timestamp, sha256},
    record::{Body, Tally},
};

/// What a party's first statement of a week says, as far as two are held against each other.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    record: RecordId,
    received: Option<Timestamp>,
    /// Of the whole body.
    digest: Hash,
    closing: Tally,
    /// The roots of what counts: arrivals, admissions.
    sets: [Hash; 2],
}

/// Persons returned less persons admitted, agreed, as the fold goes on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weighed {
    balance: i128,
    /// The record that last changed it, and its time of receipt.
    last: Option<(RecordId, Option<Timestamp>)>,
    /// The record since which it has been beyond the tolerance, if it is, and its time of receipt.
    since: Option<(RecordId, Option<Timestamp>)>,
}

impl Fold {
    /// Follows the balance from record to record.
    pub(super) fn weigh(&mut self, taken: &Taken<'_>) {
        let balance = self.redress.running.balance();
        if balance == self.weighed.balance {
            return;
        }
        let shown_by = Some((taken.id, taken.timing.received));
        let since = self.weighed.since.or(shown_by).filter(|_| self.is_apart(balance));
        self.weighed = Weighed { balance, last: shown_by, since };
    }

    /// Whether a balance is beyond the tolerance of the provisions in force in the British log.
    fn is_apart(&self, balance: i128) -> bool {
        let versions = &self.ledger.versions;
        let provisions = versions.provisions(versions.number(Party::Gbr));
        balance.unsigned_abs() > u128::from(provisions.balance_tolerance)
    }

    /// A side states a week. Its first statement counts.
    pub(super) fn statement(&mut self, taken: &Taken<'_>, body: &Body) {
        let stated = Stated {
            record: taken.id,
            received: taken.timing.received,
            digest: Hash::new(sha256(&cbor::encode(body))),
            closing: body.closing.clone(),
            sets: [body.arrivals, body.admissions],
        };
        let week = self.stated.entry(body.week).or_default();
        week.of_mut(taken.party).get_or_insert(stated);
    }

    /// Weeks of which the two sides state different bodies.
    pub(super) fn settle_statements(&mut self) {
        let mut found = Vec::new();
        for week in self.stated.values() {
            let (Some(gbr), Some(fra)) = (&week.gbr, &week.fra) else { continue };
            if gbr.digest == fra.digest {
                continue;
            }
            let same_totals = gbr.closing == fra.closing && gbr.sets != fra.sets;
            let class =
                if same_totals { Class::TotalMatchRecordsDiffer } else { Class::StatementMismatch };
            let began = gbr.received.zip(fra.received).map(|(gbr, fra)| gbr.max(fra));
            found.push((class, began, vec![gbr.record, fra.record]));
        }
        for (class, began, evidence) in found {
            self.found(class, Owner::Both, began, evidence);
        }
    }

    /// Whether returns and admissions are further apart than the provisions' tolerance, and
    /// whether they differ at all after the agreement's end. The record that has brought it about
    /// is evidence: what both sides decide holds until the balance goes another way.
    pub(super) fn settle_balance(&mut self) {
        let Weighed { balance, last, since } = self.weighed;
        let Some((founding, last)) = self.founding.zip(last).filter(|_| balance != 0) else {
            return;
        };
        let versions = &self.ledger.versions;
        let number = versions.number(Party::Gbr);
        let over = versions.phase(number, self.now.date()) == Phase::RunOff;
        let ended = versions.last_day(number).plus(1).start();
        if self.is_apart(balance) {
            // A version may have narrowed the tolerance since.
            let (record, received) = since.unwrap_or(last);
            self.found(Class::Imbalance, Owner::Both, received, vec![founding, record]);
        }
        if over {
            let evidence = vec![founding, last.0];
            self.found(Class::UnsettledAtTerm, Owner::Both, Some(ended), evidence);
        }
    }
}
