//! Planted faults of procedure: what two honest daemons can log, and what must be found for it.
//!
//! What each must show follows the rules of the ledger and not its code, which is never asked.

mod admissions;
mod limits;
mod movements;
mod redress;
mod transfers;

use super::{Maker, SeasonFault};

/// One planted fault, from a week on.
type Fault = fn(&mut Maker, u32) -> Result<(), SeasonFault>;

/// Every fault, in the order in which they are planted.
const FAULTS: [Fault; 37] = [
    Maker::late_request,
    Maker::late_answer,
    Maker::no_reply,
    Maker::late_extension,
    Maker::late_transfer,
    Maker::short_notice,
    Maker::short_notice_of_a_group,
    Maker::stale_attestations,
    Maker::missing_attestation,
    Maker::transfer_without_acceptance,
    Maker::transfer_after_refusal,
    Maker::scope_not_in_force,
    Maker::place_unknown,
    Maker::second_answer,
    Maker::extension_after_answer,
    Maker::more_announced_than_accepted,
    Maker::family_split,
    Maker::travelled_in_part,
    Maker::fewer_arrived,
    Maker::arrived_another_day,
    Maker::arrived_elsewhere,
    Maker::departed_only,
    Maker::arrived_only,
    Maker::visa_too_long,
    Maker::admitted_too_late,
    Maker::allocation_exceeded,
    Maker::issued_while_paused,
    Maker::count_differs,
    Maker::reversed_by_one,
    Maker::corrected_by_one,
    Maker::erased_by_one,
    Maker::wrong_data_left,
    Maker::without_approval,
    Maker::counted_only,
    Maker::admitted_only,
    Maker::admitted_another_day,
    Maker::arrived_in_the_next_week,
];

impl Maker {
    /// Plants the fault of this number, whose list begins again at its end.
    pub(super) fn fault(&mut self, number: usize, week: u32) -> Result<(), SeasonFault> {
        let number = number.checked_rem(FAULTS.len()).unwrap_or_default();
        FAULTS.get(number).map_or(Ok(()), |fault| fault(self, week))
    }

    /// Now and then both sides decide a break whose evidence is certain, a week later.
    fn decide_some(&mut self, planted: Option<usize>, week: u32) {
        let class = planted.and_then(|number| self.planted.get(number)).map(|one| one.class);
        if class.is_some_and(Self::is_decidable) && self.dice.once_in(2) {
            self.resolve(planted, week.saturating_add(1));
        }
    }
}
