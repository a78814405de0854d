//! What the fold makes of the records: cases, transports, visas, journeys, windows.
//!
//! Every field follows from records; only the fold writes them. `history` holds the records that
//! concern a thing, in the one order of both logs.

use serde::{Deserialize, Serialize};

use crate::{
    names::{CaseRef, Date, Party, PerParty, Persons, Place, RecordId, Timestamp},
    record::{DisclosureOutcome, RefusalGround, Scope, WindowState, WithdrawalReason},
};

codes! {
    /// Where a return case stands.
    pub enum CaseState: "case state" {
        /// France is asked.
        Requested = 1 => "requested",
        /// France takes longer to answer.
        Extended = 2 => "extended",
        /// France has accepted; no transport is under way.
        Accepted = 3 => "accepted",
        /// France has refused.
        Refused = 4 => "refused",
        /// A transport is announced or under way.
        Travelling = 5 => "travelling",
        /// The transport arrived.
        Returned = 6 => "returned",
        /// The United Kingdom has taken the case back.
        Withdrawn = 7 => "withdrawn",
        /// Both sides have reversed the return.
        Reversed = 8 => "reversed",
    }
}

codes! {
    /// Where a transport to France stands.
    pub enum TransportState: "transport state" {
        /// Announced.
        Notified = 1 => "notified",
        /// Confirmed by France.
        Confirmed = 2 => "confirmed",
        /// France proposes another day or place.
        CounterProposed = 3 => "counter-proposed",
        /// Put off, or replaced by another.
        PutOff = 4 => "put-off",
        /// Left, no word of arrival.
        Departed = 5 => "departed",
        /// Arrived.
        Arrived = 6 => "arrived",
        /// Nobody arrived.
        Failed = 7 => "failed",
    }
}

codes! {
    /// Where the visas of a person or family stand.
    pub enum VisaState: "visa state" {
        /// Issued.
        Issued = 1 => "issued",
        /// Their holders are announced.
        Travelling = 2 => "travelling",
        /// Their holders were admitted.
        Used = 3 => "used",
        /// Not used.
        Lapsed = 4 => "lapsed",
        /// Taken back.
        Withdrawn = 5 => "withdrawn",
    }
}

codes! {
    /// Where a journey of visa holders stands.
    pub enum JourneyState: "journey state" {
        /// Announced.
        Notified = 1 => "notified",
        /// Left France, by the French count.
        Departed = 2 => "departed",
        /// Entered the United Kingdom.
        Admitted = 3 => "admitted",
        /// Both sides have reversed the admission.
        Reversed = 4 => "reversed",
        /// Taken back before anybody left.
        Withdrawn = 5 => "withdrawn",
    }
}

/// When a record was signed, and when it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// By its author's clock.
    pub signed: Timestamp,
    /// By the first entanglement that covers it; `None` while it is in transit.
    pub received: Option<Timestamp>,
}

/// A record, what it is about, and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The record.
    pub record: RecordId,
    /// The record that it refers to.
    pub about: Option<RecordId>,
    /// When.
    pub timing: Timing,
}

/// France's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The record and its time.
    pub word: Word,
    /// Whether it accepts.
    pub accepted: bool,
    /// The ground of a refusal.
    pub ground: Option<RefusalGround>,
}

/// A readmission case, by the id of its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The British reference.
    pub reference: Option<CaseRef>,
    /// Which criterion of Art. 3 applies.
    pub scope: Scope,
    /// The day of arrival in the United Kingdom.
    pub arrived: Date,
    /// Persons concerned: the person and the accompanying minors.
    pub persons: Persons,
    /// Where it stands.
    pub state: CaseState,
    /// The record that brought the state about.
    pub since: RecordId,
    /// When the request was signed and received.
    pub asked: Timing,
    /// The provisions under which its limits started, by their number.
    pub version: usize,
    /// Every extension that France sent, in time or not.
    pub extensions: Vec<Word>,
    /// Whether one of them came in time, so that France has longer to answer.
    pub extended: bool,
    /// France's answer.
    pub answer: Option<Answered>,
    /// The transport that it travels or travelled by: its notice.
    pub transport: Option<RecordId>,
    /// Whether France holds the disclosures, and the record that says so.
    pub disclosures: Option<(DisclosureOutcome, RecordId)>,
    /// Why it was taken back.
    pub withdrawn: Option<WithdrawalReason>,
    /// Notices of wrong data that nothing has put right yet.
    pub wrong_data: Vec<Word>,
    /// Each side's erasure.
    pub erased: PerParty<Option<Word>>,
    /// The records that concern it.
    pub history: Vec<RecordId>,
}

/// A transport of persons to France, by the id of its notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transport {
    /// The movement's reference.
    pub reference: Option<CaseRef>,
    /// The cases that were announced with it, by their requests.
    pub cases: Vec<RecordId>,
    /// Whether every acceptance that the notice names is one.
    pub accepted: bool,
    /// Where it is to arrive.
    pub to: Place,
    /// How many were announced.
    pub persons: Persons,
    /// The day announced.
    pub day: Date,
    /// Whether all of Art. 4(1) was attested.
    pub attested: bool,
    /// Where it stands.
    pub state: TransportState,
    /// The record that brought the state about.
    pub since: RecordId,
    /// When the notice was signed and received.
    pub announced: Timing,
    /// The provisions under which it was announced, by their number.
    pub version: usize,
    /// The movement, once persons have left.
    pub movement: Option<RecordId>,
    /// The records that concern it.
    pub history: Vec<RecordId>,
}

/// What a side's record says of persons who crossed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The record, as it was first written.
    pub record: RecordId,
    /// How many.
    pub persons: Persons,
    /// On which day.
    pub day: Date,
    /// Where.
    pub place: Place,
    /// When it was said.
    pub timing: Timing,
}

/// A correction of what a side told, to which the other has not agreed: the side claims it, and
/// what counts stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What the side says now.
    pub told: Told,
    /// Where the transport was to arrive, if that is what its notice says now.
    pub to: Option<Place>,
    /// The correction, and its time.
    pub correction: Word,
}

/// Persons who left for France, by the departure's id, or the arrival's if no departure is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The transport, if it was announced.
    pub notice: Option<RecordId>,
    /// Where it was to arrive, if that was announced.
    pub to: Option<Place>,
    /// What the United Kingdom says, as it binds both sides.
    pub left: Option<Told>,
    /// The cases that were to leave, and persons in them, when they left.
    pub families: Vec<Persons>,
    /// What France says, as it binds both sides.
    pub came: Option<Told>,
    /// The provisions by which it is matched, by their number.
    pub version: usize,
    /// Each side's correction by which the other is not bound yet.
    pub pending: PerParty<Option<Pending>>,
    /// Each side's reversal.
    pub reversed: PerParty<Option<Word>>,
}

/// Places in a window, by the allocation's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The British reference.
    pub reference: Option<CaseRef>,
    /// Places.
    pub places: Persons,
    /// Open or paused, and the record that says so.
    pub status: Option<(WindowState, RecordId)>,
    /// The visas taken from it, in order.
    pub visas: Vec<RecordId>,
    /// The records that concern it.
    pub history: Vec<RecordId>,
}

/// Visas of one person or family, by their record's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visa {
    /// The British reference.
    pub reference: Option<CaseRef>,
    /// Holders.
    pub persons: Persons,
    /// The day of issue.
    pub issued: Date,
    /// The last day of validity.
    pub expires: Date,
    /// Where they stand.
    pub state: VisaState,
    /// When the record was signed and received.
    pub told: Timing,
    /// The provisions under which they were issued, by their number.
    pub version: usize,
    /// The records that concern them.
    pub history: Vec<RecordId>,
}

/// A journey of visa holders, by the id of its travel notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// The movement's reference.
    pub reference: Option<CaseRef>,
    /// The visas used.
    pub visas: Vec<RecordId>,
    /// Whether every visa that the notice names could be used.
    pub valid: bool,
    /// How many were announced.
    pub persons: Persons,
    /// The day announced.
    pub day: Date,
    /// When it was announced.
    pub announced: Timing,
    /// The withdrawal, if it was taken back.
    pub withdrawn: Option<RecordId>,
    /// The provisions by which a count without an admission becomes overdue, by their number.
    pub version: usize,
    /// France's departure-count, as it binds both sides.
    pub counted: Option<Told>,
    /// The admission, as it binds both sides.
    pub admitted: Option<Told>,
    /// Each side's correction by which the other is not bound yet.
    pub pending: PerParty<Option<Pending>>,
    /// Each side's reversal.
    pub reversed: PerParty<Option<Word>>,
    /// The records that concern it.
    pub history: Vec<RecordId>,
}

/// A record that waits for its second signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaiting {
    /// Whose record it is.
    pub author: Party,
    /// When it was signed and received.
    pub told: Timing,
}

impl Journey {
    /// Where the journey stands.
    #[must_use]
    pub const fn state(&self) -> JourneyState {
        if self.reversed.gbr.is_some() && self.reversed.fra.is_some() {
            return JourneyState::Reversed;
        }
        match (&self.admitted, &self.counted) {
            (None, None) if self.withdrawn.is_some() => JourneyState::Withdrawn,
            (Some(_), _) => JourneyState::Admitted,
            (None, Some(_)) => JourneyState::Departed,
            (None, None) => JourneyState::Notified,
        }
    }
}

impl Visa {
    /// Whether its holders may still come.
    #[must_use]
    pub const fn is_outstanding(&self) -> bool {
        matches!(self.state, VisaState::Issued | VisaState::Travelling)
    }
}

impl Told {
    /// Whether this tells of an arrival of nobody.
    #[must_use]
    pub const fn is_nobody(&self) -> bool {
        self.persons.0 == 0
    }
}

impl Word {
    /// The record and what it is about, as evidence of a break.
    #[must_use]
    pub fn evidence(&self) -> Vec<RecordId> {
        [Some(self.record), self.about].into_iter().flatten().collect()
    }
}

impl Movement {
    /// What a side claims: its newest word, whether it binds the other or not.
    #[must_use]
    pub fn claim(&self, party: Party) -> Option<&Told> {
        let bound = match party {
            Party::Gbr => self.left.as_ref(),
            Party::Fra => self.came.as_ref(),
        };
        self.pending.of(party).as_ref().map(|pending| &pending.told).or(bound)
    }

    /// The same movement, in which a side's correction binds both.
    pub(super) fn bound_by(&self, party: Party, pending: Pending) -> Self {
        let mut bound = self.clone();
        *bound.pending.of_mut(party) = None;
        bound.to = pending.to.or(bound.to);
        match party {
            Party::Gbr => bound.left = Some(pending.told),
            Party::Fra => bound.came = Some(pending.told),
        }
        bound
    }
}

impl Journey {
    /// What a side claims: its newest word, whether it binds the other or not.
    #[must_use]
    pub fn claim(&self, party: Party) -> Option<&Told> {
        let bound = match party {
            Party::Gbr => self.admitted.as_ref(),
            Party::Fra => self.counted.as_ref(),
        };
        self.pending.of(party).as_ref().map(|pending| &pending.told).or(bound)
    }

    /// The same journey, in which a side's correction binds both.
    pub(super) fn bound_by(&self, party: Party, pending: Pending) -> Self {
        let mut bound = self.clone();
        *bound.pending.of_mut(party) = None;
        match party {
            Party::Gbr => bound.admitted = Some(pending.told),
            Party::Fra => bound.counted = Some(pending.told),
        }
        bound
    }
}
