//! A table of transitions with its faults and facts, and what follows from them: the state and the
//! break after one event, and after two that had not seen each other.

use std::fmt::Display;

use entente::ledger::{
    CASE, CaseEvent, CaseState, JOURNEY, JOURNEY_FACTS, JourneyEvent, JourneyState, TRANSPORT,
    TRANSPORT_FACTS, Transition, TransportEvent, TransportState, VISA, VISA_FACTS, VisaEvent,
    VisaState,
};
use entente::names::Party::{self, Fra, Gbr};
use entente::record::BreakClass;

/// What has states.
pub(crate) struct Machine<S: 'static, E: 'static> {
    pub(crate) name: &'static str,
    pub(crate) states: &'static [S],
    pub(crate) events: &'static [E],
    pub(crate) table: &'static [Transition<S, E>],
    pub(crate) facts: &'static [Transition<S, E>],
    pub(crate) fault: fn(E, S) -> BreakClass,
    /// Who may bring an event about.
    pub(crate) authors: fn(E) -> &'static [Party],
    /// Whether an event reaches this through something else, where its faults are named.
    pub(crate) indirect: fn(E) -> bool,
    /// Whether an event may cross another without effect and without a break.
    pub(crate) may_cross: fn(E) -> bool,
    /// Two events of which either rules out that the other is possible.
    pub(crate) exclude: fn(E, E) -> bool,
    /// What becomes of a French event that names what it knew before the British one.
    pub(crate) unaware: fn(E, E) -> Option<BreakClass>,
}

/// A state, and the break that came with it.
pub(crate) type After<S> = (S, Option<BreakClass>);

/// A British and a French event that had not seen each other.
pub(crate) struct Pair<S, E> {
    pub(crate) state: S,
    pub(crate) gbr: E,
    pub(crate) fra: E,
    pub(crate) after: After<S>,
}

fn row<S: Copy + PartialEq, E: Copy + PartialEq>(
    table: &[Transition<S, E>],
    state: S,
    event: E,
) -> Option<S> {
    table.iter().find(|row| row.event == event && row.from.contains(&state)).map(|row| row.to)
}

impl<S: Copy + PartialEq + Display, E: Copy + PartialEq + Display> Machine<S, E> {
    /// The transition, if there is one.
    pub(crate) fn next(&self, state: S, event: E) -> Option<S> {
        row(self.table, state, event)
    }

    /// What an event makes of a state that its author had seen.
    pub(crate) fn after(&self, state: S, event: E) -> After<S> {
        if let Some(next) = self.next(state, event) {
            return (next, None);
        }
        let fault = (!(self.indirect)(event)).then(|| (self.fault)(event, state));
        (self.fact(state, event).unwrap_or(state), fault)
    }

    /// The state that follows although there is no transition.
    pub(crate) fn fact(&self, state: S, event: E) -> Option<S> {
        row(self.facts, state, event)
    }

    /// Every pair of a British and a French event that are possible in one state.
    pub(crate) fn pairs(&self) -> Vec<Pair<S, E>> {
        let mut pairs = Vec::new();
        for state in self.states {
            for gbr in self.possible(*state, Gbr) {
                for fra in self.possible(*state, Fra) {
                    if !(self.exclude)(gbr, fra) {
                        let after = self.meeting(*state, gbr, fra);
                        pairs.push(Pair { state: *state, gbr, fra, after });
                    }
                }
            }
        }
        pairs
    }

    fn possible(&self, state: S, party: Party) -> impl Iterator<Item = E> + '_ {
        let of = move |event: &E| {
            (self.authors)(*event).contains(&party) && self.next(state, *event).is_some()
        };
        self.events.iter().copied().filter(of)
    }

    /// The British event goes first. The French one then finds another state than it knew: it
    /// takes effect if there is a transition, and is kept without effect otherwise.
    fn meeting(&self, state: S, gbr: E, fra: E) -> After<S> {
        let between = self.next(state, gbr).unwrap_or(state);
        if gbr == fra {
            return (between, None);
        }
        if let Some(fault) = (self.unaware)(gbr, fra) {
            return (between, Some(fault));
        }
        let crosses = (self.may_cross)(fra) && self.next(between, fra).is_none();
        if crosses { (between, None) } else { self.after(between, fra) }
    }
}

const BRITISH: &[Party] = &[Gbr];
const FRENCH: &[Party] = &[Fra];

pub(crate) const CASES: Machine<CaseState, CaseEvent> = Machine {
    name: "case",
    states: CaseState::ALL,
    events: CaseEvent::ALL,
    table: CASE,
    facts: &[],
    fault: CaseEvent::fault,
    authors: |event| match event {
        CaseEvent::Notice | CaseEvent::Postponement | CaseEvent::Withdrawal => BRITISH,
        CaseEvent::Extension
        | CaseEvent::Acceptance
        | CaseEvent::Refusal
        | CaseEvent::NonArrival
        | CaseEvent::Arrival => FRENCH,
        CaseEvent::Reversal => &Party::BOTH,
    },
    indirect: CaseEvent::is_of_transport,
    may_cross: CaseEvent::may_cross,
    // Who has arrived had left, and then no case is put off, taken back or announced anew.
    exclude: |gbr, fra| gbr != CaseEvent::Reversal && fra == CaseEvent::Arrival,
    // The word that nobody arrived by the transport that the new notice has put off.
    unaware: |gbr, fra| {
        let fault = TransportEvent::NonArrival.fault(TransportState::PutOff);
        (gbr == CaseEvent::Notice && fra == CaseEvent::NonArrival).then_some(fault)
    },
};

pub(crate) const TRANSPORTS: Machine<TransportState, TransportEvent> = Machine {
    name: "transport",
    states: TransportState::ALL,
    events: TransportEvent::ALL,
    table: TRANSPORT,
    facts: TRANSPORT_FACTS,
    fault: TransportEvent::fault,
    authors: |event| match event {
        TransportEvent::Postponement | TransportEvent::Departure => BRITISH,
        TransportEvent::Confirmation
        | TransportEvent::CounterProposal
        | TransportEvent::NonArrival
        | TransportEvent::Arrival => FRENCH,
    },
    indirect: |_| false,
    may_cross: TransportEvent::may_cross,
    exclude: |_, _| false,
    // It names the notice, as if nobody had left.
    unaware: |gbr, fra| {
        let fault = TransportEvent::NonArrival.fault(TransportState::Departed);
        (gbr == TransportEvent::Departure && fra == TransportEvent::NonArrival).then_some(fault)
    },
};

pub(crate) const VISAS: Machine<VisaState, VisaEvent> = Machine {
    name: "visa",
    states: VisaState::ALL,
    events: VisaEvent::ALL,
    table: VISA,
    facts: VISA_FACTS,
    fault: VisaEvent::fault,
    authors: |_| BRITISH,
    indirect: |event| event == VisaEvent::JourneyWithdrawal,
    may_cross: |_| false,
    exclude: |_, _| false,
    unaware: |_, _| None,
};

pub(crate) const JOURNEYS: Machine<JourneyState, JourneyEvent> = Machine {
    name: "journey",
    states: JourneyState::ALL,
    events: JourneyEvent::ALL,
    table: JOURNEY,
    facts: JOURNEY_FACTS,
    fault: JourneyEvent::fault,
    authors: |event| match event {
        JourneyEvent::Admission | JourneyEvent::Withdrawal => BRITISH,
        JourneyEvent::Count => FRENCH,
        JourneyEvent::Reversal => &Party::BOTH,
    },
    indirect: |_| false,
    may_cross: |_| false,
    // A reversal is one event of both sides.
    exclude: |gbr, fra| (gbr == JourneyEvent::Reversal) != (fra == JourneyEvent::Reversal),
    unaware: |_, _| None,
};
