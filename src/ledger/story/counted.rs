//! Whether and how many persons count by a thing, and why not more.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    super::{
        Case, CaseState, Journey, JourneyState, Ledger, Movement, Pending, Told, Transport,
        TransportState, Visa, VisaState, Word,
    },
    Subject, Thing,
};
use crate::names::{CaseRef, Party, PerParty, Persons, Place, RecordId, Week};

/// How many persons count, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Persons on whom both sides agree. Those of one transport or journey count together.
    pub persons: u64,
    /// By which transport or journey they count, where the story is about a case.
    pub by: Option<CaseRef>,
    /// The week in which they count or are claimed.
    pub week: Option<Week>,
    /// What each side claims; `None` if it has not spoken, or need not.
    pub claimed: PerParty<Option<u64>>,
    /// Why not more, or why they count although a side says otherwise.
    pub why: Vec<Reason>,
}

/// Why persons do not count, or count otherwise than a side says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// France has not answered.
    NotAnswered,
    /// France has refused.
    Refused,
    /// The case was taken back.
    TakenBack,
    /// No transport or journey is announced, or none any more.
    NotAnnounced,
    /// It is announced, and nobody has left yet.
    NotLeft,
    /// It was put off.
    PutOff,
    /// The visas were not used.
    Lapsed,
    /// A side has not recorded the departure or the arrival.
    Missing {
        /// Which side.
        party: Party,
        /// Of what.
        what: MissingRecord,
    },
    /// The arrival says so.
    NobodyArrived,
    /// The days of departure and arrival are too far apart.
    DayDiffers {
        /// By so many days.
        days: u32,
    },
    /// Announced for another place than that of the arrival.
    PlaceDiffers {
        /// The place in the notice.
        announced: Place,
        /// The place in the arrival.
        arrived: Place,
    },
    /// The numbers differ; the smaller one counts (Art. 1(3)).
    NumberDiffers {
        /// By the United Kingdom's record.
        gbr: Persons,
        /// By France's.
        fra: Persons,
    },
    /// France counted another number; the admission counts (Art. 1(3)).
    CountDiffers {
        /// By France's count.
        counted: Persons,
    },
    /// One side has reversed it: it still counts.
    ReversedBy {
        /// Which side.
        party: Party,
    },
    /// Both sides have reversed it.
    ReversedByBoth,
    /// One side alone has signed a correction: what counted before still does.
    CorrectionBy {
        /// Which side.
        party: Party,
        /// How many count until both agree.
        still: u64,
    },
}

codes! {
    /// A record that only one side can write.
    pub enum MissingRecord: "missing record" {
        /// The departure.
        Departure = 1 => "departure",
        /// The arrival.
        Arrival = 2 => "arrival",
        /// The admission.
        Admission = 3 => "admission",
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnswered => f.write_str("France has not answered"),
            Self::Refused => f.write_str("France has refused"),
            Self::TakenBack => f.write_str("the United Kingdom has taken it back"),
            Self::NotAnnounced => f.write_str("no transport or journey is announced"),
            Self::NotLeft => f.write_str("nobody has left yet"),
            Self::PutOff => f.write_str("it was put off"),
            Self::Lapsed => f.write_str("the visas were not used"),
            Self::Missing { party, what } => {
                write!(f, "{} has not recorded the {what}", country(*party))
            }
            Self::NobodyArrived => f.write_str("nobody arrived"),
            Self::DayDiffers { days } => write!(f, "day differs by {days}"),
            Self::PlaceDiffers { announced, arrived } => {
                write!(f, "announced for {announced}, arrived at {arrived}")
            }
            Self::NumberDiffers { gbr, fra } => {
                write!(f, "GBR says {gbr}, FRA says {fra}: the smaller number counts")
            }
            Self::CountDiffers { counted } => {
                write!(f, "France counted {counted} leaving: the admission counts")
            }
            Self::ReversedBy { party } => {
                write!(f, "reversed by {} only: it still counts", country(*party))
            }
            Self::ReversedByBoth => f.write_str("reversed by both sides"),
            Self::CorrectionBy { party, still } => {
                write!(f, "correction signed by {} only: {still} still counts", country(*party))
            }
        }
    }
}

const fn country(party: Party) -> &'static str {
    match party {
        Party::Gbr => "the United Kingdom",
        Party::Fra => "France",
    }
}

impl Ledger {
    /// What counts by a thing; a window is only room for what may come to count.
    pub(super) fn counting(&self, subject: Subject) -> Option<Counted> {
        Some(match self.thing(subject)? {
            Thing::Case(case) => self.by_case(case),
            Thing::Transport(transport) => self.by_transport(transport),
            Thing::Movement(movement) => self.by_movement(movement),
            Thing::Visa(visa) => self.by_visa(subject.record, visa),
            Thing::Journey(journey) => self.by_journey(journey),
            Thing::Window(_) => return None,
        })
    }

    fn by_case(&self, case: &Case) -> Counted {
        let transport = case.transport.and_then(|notice| self.transports.get(&notice));
        match (case.state, transport) {
            (CaseState::Travelling | CaseState::Returned | CaseState::Reversed, Some(one)) => {
                Counted { by: one.reference.clone(), ..self.by_transport(one) }
            }
            (CaseState::Requested | CaseState::Extended, _) => nobody(Reason::NotAnswered),
            (CaseState::Refused, _) => nobody(Reason::Refused),
            (CaseState::Withdrawn, _) => nobody(Reason::TakenBack),
            (CaseState::Accepted, _)
            | (CaseState::Travelling | CaseState::Returned | CaseState::Reversed, None) => {
                nobody(Reason::NotAnnounced)
            }
        }
    }

    fn by_transport(&self, transport: &Transport) -> Counted {
        let movement = transport.movement.and_then(|movement| self.movements.get(&movement));
        match (movement, transport.state) {
            (Some(movement), _) => self.by_movement(movement),
            (None, TransportState::PutOff) => nobody(Reason::PutOff),
            (None, TransportState::Failed) => nobody(Reason::NobodyArrived),
            (
                None,
                TransportState::Notified
                | TransportState::Confirmed
                | TransportState::CounterProposed
                | TransportState::Departed
                | TransportState::Arrived,
            ) => nobody(Reason::NotLeft),
        }
    }

    fn by_movement(&self, movement: &Movement) -> Counted {
        let told = movement.came.as_ref().or(movement.left.as_ref());
        let mut why = Vec::new();
        if self.redressed(told, &movement.pending, &movement.reversed, &mut why) {
            self.differences(movement, &mut why);
        }
        self.by_record(told, why)
    }

    /// How departure and arrival differ.
    fn differences(&self, movement: &Movement, why: &mut Vec<Reason>) {
        let missing = |party, what| Reason::Missing { party, what };
        let (left, came) = match (&movement.left, &movement.came) {
            (Some(left), Some(came)) => (left, came),
            (Some(_), None) => return why.push(missing(Party::Fra, MissingRecord::Arrival)),
            (None, Some(_) | None) => {
                return why.push(missing(Party::Gbr, MissingRecord::Departure));
            }
        };
        if came.is_nobody() {
            return why.push(Reason::NobodyArrived);
        }
        let provisions = self.versions.provisions(movement.version);
        let days = left.day.days().abs_diff(came.day.days());
        if days > provisions.date_tolerance_days {
            why.push(Reason::DayDiffers { days });
        }
        let transport = movement.notice.and_then(|notice| self.transports.get(&notice));
        if let Some(transport) = transport
            && !provisions.same_place(&transport.to, &came.place)
        {
            let (announced, arrived) = (transport.to.clone(), came.place.clone());
            why.push(Reason::PlaceDiffers { announced, arrived });
        }
        if left.persons != came.persons {
            why.push(Reason::NumberDiffers { gbr: left.persons, fra: came.persons });
        }
    }

    fn by_visa(&self, id: RecordId, visa: &Visa) -> Counted {
        let journeys = self.journeys.values().filter(|one| one.visas.contains(&id));
        let journey = journeys.max_by_key(|one| (one.withdrawn.is_none(), one.announced.signed));
        match (visa.state, journey) {
            (VisaState::Lapsed, _) => nobody(Reason::Lapsed),
            (VisaState::Withdrawn, _) => nobody(Reason::TakenBack),
            (VisaState::Travelling | VisaState::Used, Some(journey)) => {
                Counted { by: journey.reference.clone(), ..self.by_journey(journey) }
            }
            (VisaState::Issued, _) | (VisaState::Travelling | VisaState::Used, None) => {
                nobody(Reason::NotAnnounced)
            }
        }
    }

    fn by_journey(&self, journey: &Journey) -> Counted {
        let told = journey.admitted.as_ref().or(journey.counted.as_ref());
        let mut why = Vec::new();
        if self.redressed(told, &journey.pending, &journey.reversed, &mut why) {
            match (&journey.admitted, &journey.counted) {
                (Some(admitted), Some(counted)) if admitted.persons != counted.persons => {
                    why.push(Reason::CountDiffers { counted: counted.persons });
                }
                (Some(_), _) => {}
                (None, Some(_)) => {
                    let (party, what) = (Party::Gbr, MissingRecord::Admission);
                    why.push(Reason::Missing { party, what });
                }
                (None, None) if journey.state() == JourneyState::Withdrawn => {
                    why.push(Reason::TakenBack);
                }
                (None, None) => why.push(Reason::NotLeft),
            }
        }
        self.by_record(told, why)
    }

    /// What counts by the record under which a movement or a journey is counted.
    fn by_record(&self, told: Option<&Told>, why: Vec<Reason>) -> Counted {
        let one = told.and_then(|told| self.contributions.get(&told.record));
        Counted {
            persons: one.map_or(0, |one| one.agreed),
            by: None,
            week: one.map(|one| one.week),
            claimed: PerParty {
                gbr: one.and_then(|one| one.gbr),
                fra: one.and_then(|one| one.fra),
            },
            why,
        }
    }

    /// Notes what corrections and reversals do to what counts, and says whether differences matter
    /// still: not once both sides have reversed it, nor while a correction binds its author only.
    fn redressed(
        &self,
        told: Option<&Told>,
        pending: &PerParty<Option<Pending>>,
        reversed: &PerParty<Option<Word>>,
        why: &mut Vec<Reason>,
    ) -> bool {
        if reversed.is_full() {
            why.push(Reason::ReversedByBoth);
            return false;
        }
        let one = told.and_then(|told| self.contributions.get(&told.record));
        let still = one.map_or(0, |one| one.agreed);
        for party in Party::BOTH {
            if reversed.of(party).is_some() {
                why.push(Reason::ReversedBy { party });
            }
            if pending.of(party).is_some() {
                why.push(Reason::CorrectionBy { party, still });
            }
        }
        pending.is_empty()
    }
}

fn nobody(why: Reason) -> Counted {
    let claimed = PerParty { gbr: None, fra: None };
    Counted { persons: 0, by: None, week: None, claimed, why: vec![why] }
}
