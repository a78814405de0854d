//! What an event is called that finds a state from which there is no transition, and which of such
//! events move the state all the same: persons have left or entered, whatever was said before.

use super::{
    cases::{CaseState, JourneyState, TransportState, VisaState},
    transitions::{CaseEvent, JourneyEvent, Transition, TransportEvent, VisaEvent},
};
use crate::record::BreakClass;

/// Departures of transports that were not to leave.
pub const TRANSPORT_FACTS: &[Transition<TransportState, TransportEvent>] = &[Transition {
    from: &[TransportState::PutOff, TransportState::Failed],
    event: TransportEvent::Departure,
    to: TransportState::Departed,
    requires: "",
    source: "Art. 1(3)",
}];

/// Entries on visas that were not to be used.
pub const VISA_FACTS: &[Transition<VisaState, VisaEvent>] = &[Transition {
    from: &[VisaState::Issued, VisaState::Lapsed, VisaState::Withdrawn],
    event: VisaEvent::Admission,
    to: VisaState::Used,
    requires: "",
    source: "Art. 1(3)",
}];

/// Journeys that took place although they were taken back.
pub const JOURNEY_FACTS: &[Transition<JourneyState, JourneyEvent>] = &[
    Transition {
        from: &[JourneyState::Withdrawn],
        event: JourneyEvent::Count,
        to: JourneyState::Departed,
        requires: "",
        source: "Art. 1(3)",
    },
    Transition {
        from: &[JourneyState::Withdrawn],
        event: JourneyEvent::Admission,
        to: JourneyState::Admitted,
        requires: "",
        source: "Art. 1(3)",
    },
];

impl CaseEvent {
    /// What it is called if it finds a case in a state from which there is no transition.
    #[must_use]
    pub const fn fault(self, state: CaseState) -> BreakClass {
        use CaseState as S;
        let answered =
            matches!(state, S::Accepted | S::Refused | S::Travelling | S::Returned | S::Reversed);
        match (self, state) {
            (Self::Acceptance | Self::Refusal, _) if answered => BreakClass::Duplicate,
            (Self::Extension, S::Extended) => BreakClass::Duplicate,
            (Self::Notice, S::Requested | S::Extended) => BreakClass::TransferWithoutAcceptance,
            (Self::Notice, S::Refused) => BreakClass::TransferAfterRefusal,
            (_, _) => BreakClass::IllegalTransition,
        }
    }

    /// Whether it reaches cases through their transport alone. A case that does not travel by it
    /// is not concerned, and what is wrong about the transport is named there.
    #[must_use]
    pub const fn is_of_transport(self) -> bool {
        matches!(self, Self::NonArrival | Self::Arrival | Self::Reversal)
    }

    /// Whether it may cross what the counterpart did: it is then kept without effect and without a
    /// break, if its author could not have seen what brought the state about.
    #[must_use]
    pub const fn may_cross(self) -> bool {
        matches!(self, Self::Extension | Self::Acceptance | Self::Refusal)
    }
}

impl TransportEvent {
    /// What it is called if it finds a transport in a state from which there is no transition. An
    /// arrival that names the notice, since no departure is known, is `arrived-not-departed` in
    /// every state.
    #[must_use]
    pub const fn fault(self, state: TransportState) -> BreakClass {
        use TransportState as S;
        match (self, state) {
            (Self::Confirmation, S::Confirmed)
            | (Self::CounterProposal, S::CounterProposed)
            | (Self::Departure | Self::Arrival | Self::NonArrival, S::Arrived)
            | (Self::Departure, S::Departed)
            | (Self::Arrival | Self::NonArrival, S::Failed) => BreakClass::Duplicate,
            (Self::Arrival, _) => BreakClass::ArrivedNotDeparted,
            (_, _) => BreakClass::IllegalTransition,
        }
    }

    /// The same as of cases: replies may cross what the United Kingdom did with the transport.
    #[must_use]
    pub const fn may_cross(self) -> bool {
        matches!(self, Self::Confirmation | Self::CounterProposal)
    }
}

impl VisaEvent {
    /// What it is called if it finds visas in a state from which there is no transition.
    #[must_use]
    pub const fn fault(self, _: VisaState) -> BreakClass {
        BreakClass::IllegalTransition
    }
}

impl JourneyEvent {
    /// What it is called if it finds a journey in a state from which there is no transition.
    #[must_use]
    pub const fn fault(self, state: JourneyState) -> BreakClass {
        match (self, state) {
            (Self::Count, JourneyState::Departed | JourneyState::Admitted)
            | (Self::Admission, JourneyState::Admitted)
            | (Self::Reversal, JourneyState::Reversed) => BreakClass::Duplicate,
            (_, _) => BreakClass::IllegalTransition,
        }
    }
}
