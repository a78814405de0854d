//! The transitions of cases, transports, visas and journeys, as tables: the fold looks them up, and
//! `docs/TRANSITIONS.md` is written from them.
//!
//! What is not in a table is kept, and it is the break that its `fault` names; the facts beside the
//! faults move the state all the same.

use super::cases::{CaseState, JourneyState, TransportState, VisaState};

codes! {
    /// What can happen to a return case.
    pub enum CaseEvent: "case event" {
        /// France takes longer.
        Extension = 1 => "reply-extension",
        /// France accepts.
        Acceptance = 2 => "answer: accepted",
        /// France refuses.
        Refusal = 3 => "answer: refused",
        /// A transport is announced with it.
        Notice = 4 => "transfer-notice",
        /// It is put off, by itself or with its transport.
        Postponement = 5 => "postponement",
        /// It is taken back.
        Withdrawal = 6 => "withdrawal",
        /// Nobody of its transport arrived.
        NonArrival = 7 => "arrival: not-arrived",
        /// Its transport arrived, whole or partly.
        Arrival = 8 => "arrival",
        /// Both sides have reversed its return.
        Reversal = 9 => "reversal by both",
    }
}

codes! {
    /// What can happen to a transport.
    pub enum TransportEvent: "transport event" {
        /// France confirms it.
        Confirmation = 1 => "transfer-reply: confirmed",
        /// France proposes another day or place.
        CounterProposal = 2 => "transfer-reply: counter-proposed",
        /// It is put off.
        Postponement = 3 => "postponement",
        /// Persons leave.
        Departure = 4 => "departure",
        /// Nobody arrived.
        NonArrival = 5 => "arrival: not-arrived",
        /// Persons arrived.
        Arrival = 6 => "arrival",
    }
}

codes! {
    /// What can happen to visas.
    pub enum VisaEvent: "visa event" {
        /// Their holders are announced.
        Travel = 1 => "travel-notice",
        /// Their holders are admitted.
        Admission = 2 => "admission",
        /// They are not used.
        Lapse = 3 => "lapse",
        /// They are taken back.
        Withdrawal = 4 => "withdrawal",
        /// Their journey is taken back.
        JourneyWithdrawal = 5 => "withdrawal of the journey",
    }
}

codes! {
    /// What can happen to a journey.
    pub enum JourneyEvent: "journey event" {
        /// France counts those who leave.
        Count = 1 => "departure-count",
        /// The United Kingdom admits.
        Admission = 2 => "admission",
        /// It is taken back.
        Withdrawal = 3 => "withdrawal",
        /// Both sides have reversed the admission.
        Reversal = 4 => "reversal by both",
    }
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Transition<S: 'static, E> {
    /// From which states.
    pub from: &'static [S],
    /// At which event.
    pub event: E,
    /// To which state.
    pub to: S,
    /// What else has to hold, for people; where it does not, the break that is named.
    pub requires: &'static str,
    /// The article of the agreement, or the model where it is silent or was not seen.
    pub source: &'static str,
}

/// The state after an event, if the table has a transition for it.
pub(super) fn next<S: Copy + PartialEq, E: Copy + PartialEq>(
    table: &[Transition<S, E>],
    state: S,
    event: E,
) -> Option<S> {
    table.iter().find(|row| row.event == event && row.from.contains(&state)).map(|row| row.to)
}

/// The transitions of a return case.
pub const CASE: &[Transition<CaseState, CaseEvent>] = {
    use CaseEvent as E;
    use CaseState as S;
    &[
        Transition {
            from: &[S::Requested],
            event: E::Extension,
            to: S::Extended,
            requires: "received within the limit for answering (late-extension)",
            source: "practice; (EU) 2025/2055 Annex IV",
        },
        Transition {
            from: &[S::Requested, S::Extended],
            event: E::Acceptance,
            to: S::Accepted,
            requires: "received within its limit (late-answer)",
            source: "Art. 4(1)",
        },
        Transition {
            from: &[S::Requested, S::Extended],
            event: E::Refusal,
            to: S::Refused,
            requires: "received within its limit (late-answer)",
            source: "Art. 4(1)",
        },
        Transition {
            from: &[S::Accepted],
            event: E::Notice,
            to: S::Travelling,
            requires: "lead time (short-notice); attestations (attestation-missing)",
            source: "Art. 4(1); (EU) 2025/2055 Art. 22",
        },
        Transition {
            from: &[S::Requested, S::Extended],
            event: E::Notice,
            to: S::Travelling,
            requires: "silence is acceptance, and the limit for answering has passed \
                       (transfer-without-acceptance)",
            source: "silent",
        },
        Transition {
            from: &[S::Travelling],
            event: E::Notice,
            to: S::Travelling,
            requires: "its transport is counter-proposed, and is put off (illegal-transition)",
            source: "(EU) 2025/2055 Art. 24",
        },
        Transition {
            from: &[S::Accepted, S::Travelling],
            event: E::Postponement,
            to: S::Accepted,
            requires: "nobody of the transport has left, or fewer than were to and this case \
                       stayed behind (travelled-in-part), then from returned too",
            source: "(EU) 2025/2055 Art. 28",
        },
        Transition {
            from: &[S::Requested, S::Extended, S::Accepted, S::Travelling],
            event: E::Withdrawal,
            to: S::Withdrawn,
            requires: "nobody of the transport has left, or fewer than were to and this case \
                       stayed behind (travelled-in-part), then from returned too",
            source: "practice; makes erasure due",
        },
        Transition {
            from: &[S::Travelling],
            event: E::NonArrival,
            to: S::Accepted,
            requires: "the case travels by this transport",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Travelling],
            event: E::Arrival,
            to: S::Returned,
            requires: "the case travels by this transport",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Returned],
            event: E::Reversal,
            to: S::Reversed,
            requires: "each side's reversal is approved (reversal-one-sided)",
            source: "silent",
        },
    ]
};

/// The transitions of a transport.
pub const TRANSPORT: &[Transition<TransportState, TransportEvent>] = {
    use TransportEvent as E;
    use TransportState as S;
    &[
        Transition {
            from: &[S::Notified, S::CounterProposed],
            event: E::Confirmation,
            to: S::Confirmed,
            requires: "",
            source: "(EU) 2025/2055 Art. 24",
        },
        Transition {
            from: &[S::Notified, S::Confirmed],
            event: E::CounterProposal,
            to: S::CounterProposed,
            requires: "",
            source: "(EU) 2025/2055 Art. 24",
        },
        Transition {
            from: &[S::Notified, S::Confirmed, S::CounterProposed],
            event: E::Postponement,
            to: S::PutOff,
            requires: "",
            source: "(EU) 2025/2055 Art. 28",
        },
        Transition {
            from: &[S::Notified, S::Confirmed, S::CounterProposed],
            event: E::Departure,
            to: S::Departed,
            requires: "attestations still hold (attestation-stale); within the procedure \
                       (late-transfer); whole families (family-split)",
            source: "Art. 1(1), Art. 4(1)",
        },
        Transition {
            from: &[S::Notified, S::Confirmed, S::CounterProposed, S::Departed],
            event: E::NonArrival,
            to: S::Failed,
            requires: "names the departure, or the notice if nobody left",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Departed],
            event: E::Arrival,
            to: S::Arrived,
            requires: "names the departure",
            source: "Art. 1(3)",
        },
    ]
};

/// The transitions of visas.
pub const VISA: &[Transition<VisaState, VisaEvent>] = {
    use VisaEvent as E;
    use VisaState as S;
    &[
        Transition {
            from: &[S::Issued],
            event: E::Travel,
            to: S::Travelling,
            requires: "",
            source: "Art. 12",
        },
        Transition {
            from: &[S::Travelling],
            event: E::Admission,
            to: S::Used,
            requires: "on or before the last day (visa-lapsed-but-admitted)",
            source: "Art. 12(4)",
        },
        Transition {
            from: &[S::Issued, S::Travelling],
            event: E::Lapse,
            to: S::Lapsed,
            requires: "given up, or received after the last day (illegal-transition)",
            source: "Art. 12(4)",
        },
        Transition {
            from: &[S::Issued, S::Travelling],
            event: E::Withdrawal,
            to: S::Withdrawn,
            requires: "",
            source: "practice",
        },
        Transition {
            from: &[S::Travelling],
            event: E::JourneyWithdrawal,
            to: S::Issued,
            requires: "",
            source: "practice",
        },
    ]
};

/// The transitions of a journey.
pub const JOURNEY: &[Transition<JourneyState, JourneyEvent>] = {
    use JourneyEvent as E;
    use JourneyState as S;
    &[
        Transition {
            from: &[S::Notified],
            event: E::Count,
            to: S::Departed,
            requires: "the first count",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Admitted],
            event: E::Count,
            to: S::Admitted,
            requires: "the first count; as many as were admitted (admission-mismatch)",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Notified, S::Departed],
            event: E::Admission,
            to: S::Admitted,
            requires: "as many as were counted (admission-mismatch)",
            source: "Art. 1(3)",
        },
        Transition {
            from: &[S::Notified],
            event: E::Withdrawal,
            to: S::Withdrawn,
            requires: "",
            source: "practice",
        },
        Transition {
            from: &[S::Admitted],
            event: E::Reversal,
            to: S::Reversed,
            requires: "each side's reversal is approved (reversal-one-sided)",
            source: "silent",
        },
    ]
};
