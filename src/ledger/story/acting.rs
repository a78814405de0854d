//! Who has to act next, and how.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        Books, Case, CaseState, DeadlineStanding, Journey, JourneyState, Ledger, Limit, Movement,
        Owner, Transport, TransportState, Visa, VisaState,
    },
    Subject, Thing,
};
use crate::{
    envelope::Verified,
    names::{Date, Party, Position, Timestamp},
    record::{Content, Record, Silence},
};

codes! {
    /// What can have to be done next.
    pub enum Deed: "deed" {
        /// France answers a request.
        Answer = 1 => "answer",
        /// The United Kingdom announces a transport.
        AnnounceTransport = 2 => "announce-transport",
        /// France confirms a transport, or proposes another.
        Reply = 3 => "reply",
        /// The United Kingdom announces what France has proposed, or puts the transport off.
        TakeUpProposal = 4 => "take-up-proposal",
        /// The United Kingdom records the departure, or puts the transport off.
        RecordDeparture = 5 => "record-departure",
        /// France records the arrival.
        RecordArrival = 6 => "record-arrival",
        /// The United Kingdom announces a journey.
        AnnounceJourney = 7 => "announce-journey",
        /// France counts those who leave.
        CountDeparture = 8 => "count-departure",
        /// The United Kingdom records the admission.
        RecordAdmission = 9 => "record-admission",
        /// The United Kingdom records that visas were not used.
        RecordLapse = 10 => "record-lapse",
        /// The United Kingdom withdraws a case whose time for a transfer is over, unless both sides
        /// agree on more time.
        Withdraw = 11 => "withdraw",
    }
}

/// What one side has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which side.
    pub party: Party,
    /// What.
    pub deed: Deed,
}

impl Deed {
    /// What is to be done, for people; the side comes before it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Answer => "answers the request",
            Self::AnnounceTransport => "announces a transport",
            Self::Reply => "may confirm the transport, or propose another",
            Self::TakeUpProposal => "announces what France proposes, or puts the transport off",
            Self::RecordDeparture => "records the departure, or puts the transport off",
            Self::RecordArrival => "records the arrival",
            Self::AnnounceJourney => "announces the journey",
            Self::CountDeparture => "counts those who leave",
            Self::RecordAdmission => "records the admission",
            Self::RecordLapse => "records that the visas were not used",
            Self::Withdraw => {
                "withdraws the case, or both sides agree: France need not take it any more"
            }
        }
    }

    const fn by(self) -> Step {
        let party = match self {
            Self::Answer | Self::Reply | Self::RecordArrival | Self::CountDeparture => Party::Fra,
            Self::AnnounceTransport
            | Self::TakeUpProposal
            | Self::RecordDeparture
            | Self::AnnounceJourney
            | Self::RecordAdmission
            | Self::RecordLapse
            | Self::Withdraw => Party::Gbr,
        };
        Step { party, deed: self }
    }
}

/// Who has to act, given what is to be done and who owns open breaks.
pub(super) fn owner(steps: &[Step], breaks: impl Iterator<Item = Owner>) -> Option<Owner> {
    let steps = steps.iter().map(|step| Owner::Party(step.party));
    steps.chain(breaks).reduce(|one, other| if one == other { one } else { Owner::Both })
}

/// Whether both logs have ended, so that nobody can do anything in them any more.
pub(super) fn is_over(books: &Books) -> bool {
    let ends = |record: &Verified<Record>| matches!(record.get().content, Content::LogEnd(_));
    Party::BOTH.into_iter().all(|party| {
        let mut entries = books.entries(party, Position(0));
        entries.any(|(_, entry)| entry.sound().is_some_and(ends))
    })
}

impl Ledger {
    /// What has to be done next, while a log still takes anything in.
    pub(super) fn steps(&self, subject: Subject, as_of: Timestamp) -> Vec<Step> {
        let deeds = match self.thing(subject) {
            Some(Thing::Case(case)) => self.next_of_case(case, as_of),
            Some(Thing::Transport(transport)) => next_of_transport(transport, as_of.date()),
            Some(Thing::Movement(movement)) => next_of_movement(movement),
            Some(Thing::Visa(visa)) => self.next_of_visa(subject, visa, as_of.date()),
            Some(Thing::Journey(journey)) => next_of_journey(journey, as_of.date()),
            Some(Thing::Window(_)) | None => Vec::new(),
        };
        deeds.into_iter().map(Deed::by).collect()
    }

    fn next_of_case(&self, case: &Case, as_of: Timestamp) -> Vec<Deed> {
        match case.state {
            CaseState::Requested | CaseState::Extended => {
                let deemed = self.versions.provisions(case.version).silence == Silence::Acceptance
                    && self.is_missed(case, Limit::Answer, as_of);
                let announce = deemed.then_some(Deed::AnnounceTransport);
                [Deed::Answer].into_iter().chain(announce).collect()
            }
            CaseState::Accepted if self.is_missed(case, Limit::Transfer, as_of) => {
                vec![Deed::Withdraw]
            }
            CaseState::Accepted => vec![Deed::AnnounceTransport],
            CaseState::Travelling => {
                let transport = case.transport.and_then(|notice| self.transports.get(&notice));
                transport.map(|one| next_of_transport(one, as_of.date())).unwrap_or_default()
            }
            CaseState::Refused
            | CaseState::Returned
            | CaseState::Withdrawn
            | CaseState::Reversed => Vec::new(),
        }
    }

    /// Whether a limit is over, and what it limits has not happened.
    fn is_missed(&self, case: &Case, limit: Limit, as_of: Timestamp) -> bool {
        let missed = DeadlineStanding::Missed { on: None };
        self.deadlines(case, as_of).iter().any(|one| one.limit == limit && one.standing == missed)
    }

    fn next_of_visa(&self, subject: Subject, visa: &Visa, today: Date) -> Vec<Deed> {
        match visa.state {
            VisaState::Issued if today > visa.expires => vec![Deed::RecordLapse],
            VisaState::Issued => vec![Deed::AnnounceJourney],
            VisaState::Travelling => {
                let journeys = self.journeys.values();
                let under_way = journeys.filter(|one| one.visas.contains(&subject.record));
                under_way.flat_map(|one| next_of_journey(one, today)).collect()
            }
            VisaState::Used | VisaState::Lapsed | VisaState::Withdrawn => Vec::new(),
        }
    }
}

fn next_of_transport(transport: &Transport, today: Date) -> Vec<Deed> {
    match transport.state {
        // A reply to a transport whose day has passed helps nobody.
        TransportState::Notified if today <= transport.day => {
            vec![Deed::Reply, Deed::RecordDeparture]
        }
        TransportState::Notified | TransportState::Confirmed => vec![Deed::RecordDeparture],
        TransportState::CounterProposed => vec![Deed::TakeUpProposal],
        TransportState::Departed => vec![Deed::RecordArrival],
        TransportState::PutOff | TransportState::Arrived | TransportState::Failed => Vec::new(),
    }
}

fn next_of_movement(movement: &Movement) -> Vec<Deed> {
    match (&movement.left, &movement.came) {
        (Some(_), None) => vec![Deed::RecordArrival],
        (None, Some(_)) => vec![Deed::RecordDeparture],
        (Some(_), Some(_)) | (None, None) => Vec::new(),
    }
}

fn next_of_journey(journey: &Journey, today: Date) -> Vec<Deed> {
    match journey.state() {
        JourneyState::Notified if today <= journey.day => {
            vec![Deed::CountDeparture, Deed::RecordAdmission]
        }
        JourneyState::Notified | JourneyState::Departed => vec![Deed::RecordAdmission],
        JourneyState::Admitted | JourneyState::Reversed | JourneyState::Withdrawn => Vec::new(),
    }
}
