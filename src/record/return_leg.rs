//! The return leg: the United Kingdom asks, France readmits (chapter II of the agreement).

use super::{code_list::CodeList, disclosure::Datum};
use crate::names::{Commitment, Date, Persons, Place};

mod codes;

pub use codes::{
    AnswerOutcome, ArrivalOutcome, Attestation, DisclosureOutcome, Evidence, ExtensionReason,
    PostponementReason, RefusalGround, ReplyOutcome, Scope, Transport, WithdrawalReason,
};

/// How many personal data a readmission request commits to: one for each [`Datum`]. Every request
/// carries that many commitments, so that their number says nothing: absent data have decoys.
pub const COMMITMENTS: usize = Datum::ALL.len();

int_map! {
    /// The United Kingdom asks France to readmit one person, with the minors who accompany them.
    pub struct ReadmissionRequest {
        /// Which criterion of Art. 3 applies.
        0 => scope: Scope,
        /// The day of arrival in the United Kingdom, from which the limit for asking runs.
        1 => arrived: Date,
        /// What shows it; at least one kind.
        2 => evidence: CodeList<Evidence>,
        /// Accompanying minors.
        3 => minors: Persons,
        /// One commitment for each datum of the fixed list, in its order.
        15 => commitments: Vec<Commitment>,
    }
}

int_map! {
    /// France takes longer to answer a request, in an exceptional case.
    pub struct ReplyExtension {
        /// Why.
        0 => reason: ExtensionReason,
    }
}

int_map! {
    /// France accepts or refuses a readmission request.
    pub struct Answer {
        /// Accepted or refused.
        0 => outcome: AnswerOutcome,
    } optional {
        /// The ground of a refusal; absent from an acceptance.
        1 => ground: RefusalGround,
    }
}

int_map! {
    /// A transport of persons whose readmission was accepted; it refers to the acceptances.
    pub struct TransferNotice {
        /// How they travel.
        0 => transport: Transport,
        /// Where they leave.
        1 => from: Place,
        /// Where they are to arrive.
        2 => to: Place,
        /// How many persons.
        3 => persons: Persons,
        /// What is attested for all of them.
        4 => attestations: CodeList<Attestation>,
    }
}

int_map! {
    /// France confirms a transport or proposes another day or place; refers to its notice.
    pub struct TransferReply {
        /// Confirmed or counter-proposed.
        0 => outcome: ReplyOutcome,
    } optional {
        /// The day proposed; absent from a confirmation.
        1 => day: Date,
        /// The place of arrival proposed; absent from a confirmation.
        2 => place: Place,
    }
}

int_map! {
    /// A transport is put off, whole if it refers to the notice, or for the cases to whose requests
    /// it refers.
    pub struct Postponement {
        /// Why.
        0 => reason: PostponementReason,
    }
}

int_map! {
    /// A request or a visa is taken back, to which it refers.
    pub struct Withdrawal {
        /// Why.
        0 => reason: WithdrawalReason,
    }
}

int_map! {
    /// Persons left the United Kingdom; refers to the transfer notice.
    pub struct Departure {
        /// Where they left.
        0 => place: Place,
        /// How many left.
        1 => persons: Persons,
    }
}

int_map! {
    /// Persons arrived in France or did not; refers to the departure, or to the notice if nobody
    /// left.
    pub struct Arrival {
        /// What came of the transport.
        0 => outcome: ArrivalOutcome,
        /// Where they arrived, or were expected.
        1 => place: Place,
        /// How many arrived.
        2 => persons: Persons,
    }
}

int_map! {
    /// France says whether it holds what a request commits to, by the names of the data and never
    /// by their values (Art. 16(1)).
    pub struct DisclosureStatus {
        /// Held, missing or mismatching.
        0 => outcome: DisclosureOutcome,
    } optional {
        /// Which data; absent if all are held.
        1 => data: CodeList<Datum>,
    }
}

impl ReadmissionRequest {
    /// How many persons the case concerns; the form sees to it that the sum fits.
    #[must_use]
    pub const fn persons(&self) -> Persons {
        Persons(self.minors.0.saturating_add(1))
    }

    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.minors.0.checked_add(1).is_none() {
            return Some("more persons than one record can count");
        }
        (self.commitments.len() != COMMITMENTS).then_some(
            "a readmission request carries ten commitments, decoys where data are absent",
        )
    }
}

impl Answer {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let refused = self.outcome == AnswerOutcome::Refused;
        (refused != self.ground.is_some())
            .then_some("a refusal names its ground, and an acceptance has none")
    }
}

impl TransferNotice {
    pub(super) fn fault(&self) -> Option<&'static str> {
        (self.persons.0 == 0).then_some("a transport carries at least one person")
    }
}

impl TransferReply {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let other = self.day.is_some() || self.place.is_some();
        let proposed = self.outcome == ReplyOutcome::CounterProposed;
        (proposed != other)
            .then_some("a counter-proposal names another day or place, and a confirmation neither")
    }
}

impl DisclosureStatus {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let held = self.outcome == DisclosureOutcome::Held;
        (held == self.data.is_some())
            .then_some("what is missing or mismatching is named, and nothing is if all is held")
    }
}

impl Departure {
    pub(super) fn fault(&self) -> Option<&'static str> {
        (self.persons.0 == 0).then_some("a departure concerns at least one person")
    }
}

impl Arrival {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let nobody = self.outcome == ArrivalOutcome::NotArrived;
        (nobody != (self.persons.0 == 0))
            .then_some("an arrival has persons, and a non-arrival has none")
    }
}
