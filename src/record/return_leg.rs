//! The return leg: the United Kingdom asks, France readmits (chapter II of the agreement).

use super::code_list::CodeList;
use crate::names::{Commitment, Date, Persons, Place};

codes! {
    /// Why a person falls under readmission (Art. 3).
    pub enum Scope: "scope code" {
        /// Claims protection after a dangerous journey by small craft from France (Art. 3(a)).
        ProtectionClaim = 1 => "protection-claim",
        /// Apprehended in connection with such a crossing (Art. 3(b)).
        Apprehended = 2 => "apprehended",
        /// Disembarked after search and rescue following such a journey (Art. 3(c)).
        SearchAndRescue = 3 => "search-and-rescue",
    }
}

codes! {
    /// What shows that a scope code applies (Art. 7); the evidence itself never travels here.
    pub enum Evidence: "evidence kind" {
        /// An officer's report of the interception or landing.
        OfficerReport = 1 => "officer-report",
        /// The person's own statement.
        OwnStatement = 2 => "own-statement",
        /// A travel or identity document.
        Document = 3 => "document",
        /// A match of fingerprints or photographs.
        BiometricMatch = 4 => "biometric-match",
        /// Pictures or positions of the craft.
        CraftTrack = 5 => "craft-track",
    }
}

codes! {
    /// Whether France accepts.
    pub enum AnswerOutcome: "answer" {
        /// The person will be readmitted.
        Accepted = 1 => "accepted",
        /// The person will not; a ground stands beside it.
        Refused = 2 => "refused",
    }
}

codes! {
    /// Grounds of refusal: a code, and nothing about the person (Art. 4(1), Art. 16(1)).
    pub enum RefusalGround: "refusal ground" {
        /// No scope code of Art. 3 applies.
        NotInScope = 1 => "not-in-scope",
        /// The evidence does not suffice (Art. 7).
        EvidenceInsufficient = 2 => "evidence-insufficient",
        /// Asked more than 14 days after arrival.
        LateRequest = 3 => "late-request",
        /// An unaccompanied minor.
        UnaccompaniedMinor = 4 => "unaccompanied-minor",
        /// Merely in the transit zone of a French crossing point.
        TransitZoneOnly = 5 => "transit-zone-only",
        /// Public order, internal security, public health or international relations.
        PublicOrder = 6 => "public-order",
        /// The numbers are out of balance (Art. 1(3)).
        Imbalance = 7 => "imbalance",
        /// The three months of the procedure have passed (Art. 1(1)).
        TimeExhausted = 8 => "time-exhausted",
        /// The agreement is not in force.
        NotInForce = 9 => "not-in-force",
    }
}

codes! {
    /// What the United Kingdom attests at the time of transfer (Art. 4(1)(b), (d), (e)).
    pub enum Attestation: "attestation" {
        /// Adults, or minors who are accompanied.
        AdultOrAccompanied = 1 => "adult-or-accompanied",
        /// No protection claim is pending.
        NoPendingClaim = 2 => "no-pending-claim",
        /// No suspensive remedy is pending.
        NoSuspensiveRemedy = 3 => "no-suspensive-remedy",
        /// No court forbids the transfer.
        NoCourtBar = 4 => "no-court-bar",
    }
}

codes! {
    /// How persons travel.
    pub enum Transport: "means of transport" {
        /// By air.
        Air = 1 => "air",
        /// By sea.
        Sea = 2 => "sea",
        /// By rail.
        Rail = 3 => "rail",
        /// By road.
        Road = 4 => "road",
    }
}

codes! {
    /// What came of a transport.
    pub enum ArrivalOutcome: "arrival outcome" {
        /// All who departed arrived.
        Arrived = 1 => "arrived",
        /// Some of those who departed arrived.
        Partly = 2 => "partly",
        /// Nobody arrived.
        NotArrived = 3 => "not-arrived",
    }
}

/// How many personal data a readmission request commits to. Every request carries that many
/// commitments, so that their number says nothing: absent data have decoys.
pub const COMMITMENTS: usize = 10;

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
