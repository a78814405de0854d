//! The provisions: everything about the agreement that a version may change. What the published
//! text leaves open is a term here, with its default in the example that ships, and never a
//! constant of the code.

use std::collections::BTreeSet;

use super::{Content, code_list::CodeList, return_leg::Scope};
use crate::names::{Date, Persons, Place};

/// The rules that this version of the software knows.
pub const RULES: u64 = 1;

codes! {
    /// How the days of a period are counted. The treaty's own rule was not seen.
    pub enum DayCounting: "day counting" {
        /// From the day after the event, weekends included (Regulation (EU) 604/2013 Art. 42).
        DayAfter = 1 => "day-after",
        /// From the day of the event, weekends included.
        SameDay = 2 => "same-day",
        /// From the day after the event; a period that would end on a Saturday or Sunday ends on
        /// the Monday that follows.
        DayAfterToMonday = 3 => "day-after-to-monday",
    }
}

codes! {
    /// What it means that France has not answered in time, for a transfer notice that names the
    /// request: in every case France is still to answer, and `no-reply` stays until it does or the
    /// persons travel. The sources are silent on it.
    pub enum Silence: "effect of silence" {
        /// Nothing: the notice is a transfer without acceptance.
        Nothing = 1 => "nothing",
        /// The request counts as accepted.
        Acceptance = 2 => "acceptance",
        /// The request counts as refused: the notice is a transfer after a refusal.
        Refusal = 3 => "refusal",
    }
}

codes! {
    /// What becomes of visas beyond the head start that admissions may have over returns.
    pub enum HeadStartRule: "head start rule" {
        /// The British daemon refuses them when they are submitted.
        Refuse = 1 => "refuse",
        /// They are let through, and are a break.
        Flag = 2 => "flag",
        /// They are let through.
        LetThrough = 3 => "let-through",
    }
}

int_map! {
    /// What a version of the agreement provides. Periods count in the way of `counting`.
    pub struct Provisions {
        /// The rules version: kinds, schemas, code lists, fold and week boundaries.
        0 => rules: u64,
        /// The first day on which it is in force; the week of the founding provisions' day is the
        /// first that is closed.
        1 => in_force: Date,
        /// The last day on which it is in force unless it is renewed.
        2 => expires: Date,
        /// Months of notice after which a termination takes effect (Art. 22(2)).
        3 => termination_months: u32,
        /// The scope codes that are in force (Art. 3, and what amends it).
        4 => scopes: CodeList<Scope>,
        /// Days from arrival within which France is asked.
        5 => request_days: u32,
        /// Days from receipt of the request within which France answers.
        6 => answer_days: u32,
        /// The same after an extension that came in time.
        7 => extended_answer_days: u32,
        /// What silence means.
        8 => silence: Silence,
        /// Months from arrival within which persons are transferred (Art. 1(1)).
        9 => procedure_months: u32,
        /// Days from receipt of a transfer notice to the transport, at least.
        10 => notice_days: u32,
        /// From so many persons on, a transport is a group.
        11 => group_persons: Persons,
        /// Days from receipt of the notice of a group to the transport, at least.
        12 => group_notice_days: u32,
        /// Days after receipt of a transfer notice for which its attestations hold (Art. 4(1)).
        13 => attestation_days: u32,
        /// Months for which a visa is valid, at most (Art. 12(4)).
        14 => visa_months: u32,
        /// Persons by whom admissions, with the visas outstanding, may be ahead of returns.
        15 => head_start: u64,
        /// What becomes of visas beyond it.
        16 => head_start_rule: HeadStartRule,
        /// How days are counted.
        17 => counting: DayCounting,
        /// How many days an arrival may differ from the departure that it names, and still match.
        18 => date_tolerance_days: u32,
        /// The places that records may name (UN/LOCODE); another one is kept and is a break.
        19 => places: Vec<Place>,
        /// Places that count as one when an arrival is held against its notice, group by group.
        20 => same_places: Vec<Vec<Place>>,
        /// Persons by whom returns and admissions, agreed, may differ before the balance is shown
        /// as the information imbalance (Art. 1(3) gives no figure).
        21 => balance_tolerance: u64,
    }
}

/// A year: no period of the agreement is near it, and one that is longer is a slip of the pen.
const DAYS_MAX: u32 = 366;
/// Likewise.
const MONTHS_MAX: u32 = 12;

impl Provisions {
    /// What is wrong with the provisions taken by themselves, each with the term's name.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.rules != RULES {
            faults.push(format!("rules = {}: this software knows rules {RULES} only", self.rules));
        }
        if self.expires < self.in_force {
            faults.push("expires: before in_force".to_owned());
        }
        if self.date_tolerance_days > 31 {
            faults.push("date_tolerance_days: at most 31".to_owned());
        }
        for (name, days) in [
            ("request_days", self.request_days),
            ("answer_days", self.answer_days),
            ("extended_answer_days", self.extended_answer_days),
            ("notice_days", self.notice_days),
            ("group_notice_days", self.group_notice_days),
            ("attestation_days", self.attestation_days),
        ] {
            if days > DAYS_MAX {
                faults.push(format!("{name}: at most {DAYS_MAX}"));
            }
        }
        for (name, months) in [
            ("termination_months", self.termination_months),
            ("procedure_months", self.procedure_months),
            ("visa_months", self.visa_months),
        ] {
            if months > MONTHS_MAX {
                faults.push(format!("{name}: at most {MONTHS_MAX}"));
            }
        }
        if self.extended_answer_days < self.answer_days {
            faults.push("extended_answer_days: shorter than answer_days".to_owned());
        }
        self.place_faults(&mut faults);
        faults
    }

    fn place_faults(&self, faults: &mut Vec<String>) {
        if !self.places.is_sorted_by(|one, next| one < next) {
            faults.push("places: they ascend, and none stands twice".to_owned());
        }
        let mut places = BTreeSet::new();
        for place in self.same_places.iter().flatten() {
            if !places.insert(place) {
                faults.push(format!("same_places: {place} stands in them twice"));
            }
            if !self.knows(place) {
                faults.push(format!("same_places: {place} is not one of the places"));
            }
        }
    }

    /// Whether records may name this place.
    #[must_use]
    pub fn knows(&self, place: &Place) -> bool {
        self.places.binary_search(place).is_ok()
    }

    /// Whether two places count as one.
    #[must_use]
    pub fn same_place(&self, one: &Place, other: &Place) -> bool {
        let groups = &self.same_places;
        one == other || groups.iter().any(|group| group.contains(one) && group.contains(other))
    }
}

impl Content {
    /// The places that a record names.
    #[must_use]
    pub fn places(&self) -> Vec<&Place> {
        match self {
            Self::TransferNotice(one) => vec![&one.from, &one.to],
            Self::TransferReply(one) => one.place.iter().collect(),
            Self::Departure(one) => vec![&one.place],
            Self::Arrival(one) => vec![&one.place],
            Self::TravelNotice(one) => vec![&one.to],
            Self::DepartureCount(one) => vec![&one.place],
            Self::Admission(one) => vec![&one.place],
            Self::Agreement(_)
            | Self::ReadmissionRequest(_)
            | Self::ReplyExtension(_)
            | Self::Answer(_)
            | Self::Postponement(_)
            | Self::Withdrawal(_)
            | Self::DisclosureStatus(_)
            | Self::Allocation(_)
            | Self::WindowStatus(_)
            | Self::VisaIssued(_)
            | Self::Lapse(_)
            | Self::Correction(_)
            | Self::Reversal(_)
            | Self::Objection(_)
            | Self::WrongDataNotice(_)
            | Self::Erasure(_)
            | Self::OutageNotice(_)
            | Self::Entanglement(_)
            | Self::WeekClose(_)
            | Self::WeeklyStatement(_)
            | Self::BreakResolution(_)
            | Self::Approval(_)
            | Self::AgreementVersion(_)
            | Self::LogEnd(_)
            | Self::KeyEvent(_) => Vec::new(),
        }
    }
}
