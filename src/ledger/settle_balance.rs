//! What both sides state of a week, and how returns and admissions stand to each other.

use std::collections::BTreeMap;

use super::{
    BreakClass as Class, Direction, Owner, Phase,
    fold::{Fold, Taken},
};
use crate::{
    cbor,
    names::{Hash, Party, RecordId, Timestamp, Week, sha256},
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

impl Fold {
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
    /// whether they differ at all after the agreement's end.
    pub(super) fn settle_balance(&mut self) {
        let Some(founding) = self.founding else { return };
        let versions = &self.ledger.versions;
        let number = versions.number(Party::Gbr);
        let tolerance = versions.provisions(number).balance_tolerance;
        let weeks = self.balance_by_week();
        let apart = |balance: i128| balance.unsigned_abs() > u128::from(tolerance);
        // Since the week of journey after which it has never been within the tolerance.
        let since = weeks.iter().rev().take_while(|(_, balance)| apart(**balance)).last();
        let imbalance = since.map(|(week, _)| week.monday().start().min(self.now));
        let over = versions.phase(number, self.now.date()) == Phase::RunOff;
        let differs = weeks.values().next_back().is_some_and(|balance| *balance != 0);
        let ended = (over && differs).then(|| versions.last_day(number).plus(1).start());
        if let Some(began) = imbalance {
            self.found(Class::Imbalance, Owner::Both, Some(began), vec![founding]);
        }
        if let Some(began) = ended {
            self.found(Class::UnsettledAtTerm, Owner::Both, Some(began), vec![founding]);
        }
    }

    /// Persons returned less persons admitted, agreed, by the end of each week of journey.
    fn balance_by_week(&self) -> BTreeMap<Week, i128> {
        let mut weeks: BTreeMap<Week, i128> = BTreeMap::new();
        for one in self.ledger.contributions.values() {
            let persons = i128::from(one.agreed);
            let moved = match one.direction {
                Direction::Returned => persons,
                Direction::Admitted => persons.saturating_neg(),
            };
            let week = weeks.entry(one.week).or_default();
            *week = week.saturating_add(moved);
        }
        let mut balance = 0_i128;
        for week in weeks.values_mut() {
            balance = balance.saturating_add(*week);
            *week = balance;
        }
        weeks
    }
}
