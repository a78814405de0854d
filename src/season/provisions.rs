//! The provisions under which a season is planned: those of the example that ships.

use super::SeasonFault;
use crate::{
    names::{Persons, Place},
    record::{CodeList, DayCounting, HeadStartRule, Provisions, RULES, Scope, Silence},
};

/// By so many persons admissions may be ahead of returns: more than any season has, because one is
/// of any size and keeps no balance.
const HEAD_START: u64 = 1_000_000_000;

/// Likewise returns and admissions may differ.
const BALANCE_TOLERANCE: u64 = 1_000_000_000;

/// The places that records may name.
const PLACES: [&str; 18] = [
    "FRCDG", "FRCQF", "FRCQS", "FRDKK", "FRLIL", "FRLYS", "FRMRS", "FRORY", "FRPAR", "FRTLS",
    "GBBHM", "GBDVR", "GBFOL", "GBLGW", "GBLHR", "GBLON", "GBMNC", "GBSTN",
];

/// The provisions of every season: those of the example that ships, but for the head start.
///
/// # Errors
/// None in practice: a test reads the lists.
pub fn provisions() -> Result<Provisions, SeasonFault> {
    let scopes = vec![Scope::ProtectionClaim, Scope::Apprehended, Scope::SearchAndRescue];
    let places = |all: &[&str]| all.iter().map(|place| place.parse()).collect::<Result<_, _>>();
    let paris: Vec<Place> = places(&["FRCDG", "FRORY", "FRPAR"])?;
    Ok(Provisions {
        rules: RULES,
        in_force: "2025-08-06".parse()?,
        expires: "2026-06-11".parse()?,
        termination_months: 1,
        scopes: CodeList::new(scopes).ok_or(SeasonFault::Codes)?,
        request_days: 14,
        answer_days: 14,
        extended_answer_days: 28,
        silence: Silence::Nothing,
        procedure_months: 3,
        notice_days: 1,
        group_persons: Persons(10),
        group_notice_days: 2,
        attestation_days: 7,
        visa_months: 3,
        head_start: HEAD_START,
        head_start_rule: HeadStartRule::Flag,
        counting: DayCounting::DayAfter,
        date_tolerance_days: 1,
        places: places(&PLACES)?,
        same_places: vec![paris],
        balance_tolerance: BALANCE_TOLERANCE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Example {
        provisions: Provisions,
    }

    #[test]
    fn they_are_those_of_the_example_that_ships_but_for_the_balance() {
        let text = include_str!("../../docs/examples/provisions.toml");
        let example: Example = toml::from_str(text).unwrap();
        let ours = provisions().unwrap();
        assert_ne!(ours, example.provisions);
        let Provisions { head_start, balance_tolerance, .. } = example.provisions;
        assert_eq!(Provisions { head_start, balance_tolerance, ..ours }, example.provisions);
    }
}
