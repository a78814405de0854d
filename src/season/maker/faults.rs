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

/// Every fault by its name, in the order in which they are planted.
const FAULTS: [(&str, Fault); 37] = [
    ("late-request", Maker::late_request),
    ("late-answer", Maker::late_answer),
    ("no-reply", Maker::no_reply),
    ("late-extension", Maker::late_extension),
    ("late-transfer", Maker::late_transfer),
    ("short-notice", Maker::short_notice),
    ("short-notice-of-a-group", Maker::short_notice_of_a_group),
    ("stale-attestations", Maker::stale_attestations),
    ("missing-attestation", Maker::missing_attestation),
    ("transfer-without-acceptance", Maker::transfer_without_acceptance),
    ("transfer-after-refusal", Maker::transfer_after_refusal),
    ("scope-not-in-force", Maker::scope_not_in_force),
    ("place-unknown", Maker::place_unknown),
    ("second-answer", Maker::second_answer),
    ("extension-after-answer", Maker::extension_after_answer),
    ("more-announced-than-accepted", Maker::more_announced_than_accepted),
    ("family-split", Maker::family_split),
    ("travelled-in-part", Maker::travelled_in_part),
    ("fewer-arrived", Maker::fewer_arrived),
    ("arrived-another-day", Maker::arrived_another_day),
    ("arrived-elsewhere", Maker::arrived_elsewhere),
    ("departed-only", Maker::departed_only),
    ("arrived-only", Maker::arrived_only),
    ("visa-too-long", Maker::visa_too_long),
    ("admitted-too-late", Maker::admitted_too_late),
    ("allocation-exceeded", Maker::allocation_exceeded),
    ("issued-while-paused", Maker::issued_while_paused),
    ("count-differs", Maker::count_differs),
    ("reversed-by-one", Maker::reversed_by_one),
    ("corrected-by-one", Maker::corrected_by_one),
    ("erased-by-one", Maker::erased_by_one),
    ("wrong-data-left", Maker::wrong_data_left),
    ("without-approval", Maker::without_approval),
    ("counted-only", Maker::counted_only),
    ("admitted-only", Maker::admitted_only),
    ("admitted-another-day", Maker::admitted_another_day),
    ("arrived-in-the-next-week", Maker::arrived_in_the_next_week),
];

/// The names of all faults.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().map(|(name, _)| *name)
}

impl Maker {
    /// Plants the fault of this number, whose list begins again at its end.
    pub(super) fn fault(&mut self, number: usize, week: u32) -> Result<(), SeasonFault> {
        let number = number.checked_rem(FAULTS.len()).unwrap_or_default();
        FAULTS.get(number).map_or(Ok(()), |(_, fault)| fault(self, week))
    }

    /// Plants the fault of this name.
    pub(super) fn named_fault(&mut self, name: &str, week: u32) -> Result<(), SeasonFault> {
        let fault = FAULTS.iter().find(|(known, _)| *known == name);
        let (_, fault) = fault.ok_or_else(|| SeasonFault::NoSuchFault(name.to_owned()))?;
        fault(self, week)
    }

    /// Now and then both sides decide a break whose evidence is certain, a week later.
    fn decide_some(&mut self, planted: Option<usize>, week: u32) {
        let class = planted.and_then(|number| self.planted.get(number)).map(|one| one.class);
        if class.is_some_and(Self::is_decidable) && self.dice.once_in(2) {
            self.resolve(planted, week.saturating_add(1));
        }
    }
}
