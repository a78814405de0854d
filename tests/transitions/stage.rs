//! Things that stand in every state, and what can be done to them, by the records of real logs.

use std::collections::BTreeSet;

use entente::ledger::{
    CaseEvent, CaseState, JourneyEvent, JourneyState, Ledger, TransportEvent, TransportState,
    VisaEvent, VisaState,
};
use entente::names::Party::{Fra, Gbr};
use entente::names::{Hash, RecordId};
use entente::record::{BreakClass, LapseReason, PostponementReason, Provisions, Silence};

use crate::fixture::{
    TwoSides, accept, admission, arrival, at, confirmed, count, counter_proposed, departure,
    extension, lapse, not_arrived, notice, postponed, provisions, refuse, request, reversal,
    travel, visa, withdrawn,
};

/// The day of every movement, but of those after a long silence.
const DAY: &str = "2025-08-12";
const LATE_DAY: &str = "2025-11-02";
const PERSONS: u16 = 3;

/// Two sides, and the newest record of each sort about one thing.
pub(crate) struct Stage {
    pub(crate) sides: TwoSides,
    request: RecordId,
    answer: Option<RecordId>,
    /// The answer that the United Kingdom had seen when the stage was set.
    seen: Option<RecordId>,
    notice: Option<RecordId>,
    left: Option<RecordId>,
    came: Option<RecordId>,
    visa: RecordId,
    travel: Option<RecordId>,
    counted: Option<RecordId>,
    admitted: Option<RecordId>,
    references: u32,
    /// The day of the next transport.
    day: &'static str,
}

impl Stage {
    fn new(silence: Silence) -> Self {
        let mut sides = TwoSides::under(Provisions { silence, ..provisions() });
        let request = sides.append(Gbr, request("GB01-1", PERSONS - 1));
        let visa = sides.append(Gbr, visa("GB13-1", PERSONS, 0, "2025-12-31"));
        sides.exchange();
        Self {
            sides,
            request,
            visa,
            answer: None,
            seen: None,
            notice: None,
            left: None,
            came: None,
            travel: None,
            counted: None,
            admitted: None,
            references: 0,
            day: DAY,
        }
    }

    /// What the two sides see.
    pub(crate) fn ledger(&self) -> Ledger {
        self.sides.ledger(self.sides.now)
    }

    /// The classes of the breaks that were not there before, each once. How many crossed is another
    /// question than what is in order.
    pub(crate) fn new_breaks(&self, before: &BTreeSet<Hash>) -> Vec<BreakClass> {
        let ledger = self.ledger();
        let new = ledger.breaks.iter().filter(|one| !before.contains(&one.id));
        let classes = new.map(|one| one.class);
        let classes = classes.filter(|class| *class != BreakClass::HeadcountMismatch);
        classes.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The breaks that are there.
    pub(crate) fn breaks(&self) -> BTreeSet<Hash> {
        self.ledger().breaks.iter().map(|one| one.id).collect()
    }

    fn reference(&mut self, kind: &str) -> String {
        self.references += 1;
        format!("{kind}-{}", self.references)
    }

    fn leave(&mut self) {
        let notice = self.notice.unwrap();
        self.left = Some(self.sides.append(Gbr, departure(notice, DAY, PERSONS)));
    }

    fn answered(&mut self, accepts: bool) {
        let record = if accepts { accept(self.request) } else { refuse(self.request) };
        self.answer = Some(self.sides.append(Fra, record));
    }

    /// A side's own part of a reversal by both.
    fn reverse(&mut self, came: RecordId, gbr: bool, fra: bool) {
        if gbr {
            self.sides.approved(Gbr, reversal(came));
        }
        if fra {
            self.sides.approved(Fra, reversal(came));
        }
    }
}

/// Who does something: what both do together, either may do alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Gbr,
    Fra,
    Both,
}

/// A case in a state, such that what an event requires of it holds.
pub(crate) fn case_in(state: CaseState, event: CaseEvent) -> Stage {
    let waits = matches!(state, CaseState::Requested | CaseState::Extended);
    let silent = event == CaseEvent::Notice && waits;
    let mut it = Stage::new(if silent { Silence::Acceptance } else { Silence::Nothing });
    let path: &[CaseEvent] = {
        use CaseEvent as E;
        match state {
            CaseState::Requested => &[],
            CaseState::Extended => &[E::Extension],
            CaseState::Accepted => &[E::Acceptance],
            CaseState::Refused => &[E::Refusal],
            CaseState::Travelling => &[E::Acceptance, E::Notice],
            CaseState::Returned => &[E::Acceptance, E::Notice, E::Arrival],
            CaseState::Withdrawn => &[E::Withdrawal],
            CaseState::Reversed => &[E::Acceptance, E::Notice, E::Arrival, E::Reversal],
        }
    };
    for step in path {
        case_deed(&mut it, *step, By::Both);
        it.sides.exchange();
    }
    if event == CaseEvent::Notice && state == CaseState::Travelling {
        let notice = it.notice.unwrap();
        it.sides.append(Fra, counter_proposed(notice, Some(DAY), None));
    }
    if silent {
        it.sides.go_to(at("2025-11-01T00:00:00Z"));
        it.day = LATE_DAY;
    }
    it.sides.exchange();
    it.seen = it.answer;
    assert_eq!(case_state(&it), state, "the stage of a case");
    it
}

/// Does to a case what an event says.
pub(crate) fn case_deed(it: &mut Stage, event: CaseEvent, by: By) {
    match event {
        CaseEvent::Extension => {
            it.sides.append(Fra, extension(it.request));
        }
        CaseEvent::Acceptance => it.answered(true),
        CaseEvent::Refusal => it.answered(false),
        CaseEvent::Notice => {
            let reference = it.reference("GB04");
            let known = if by == By::Gbr { it.seen } else { it.answer };
            let of = known.unwrap_or(it.request);
            let id = it.sides.append(Gbr, notice(&reference, &[of], it.day, PERSONS));
            it.notice = it.notice.or(Some(id));
        }
        CaseEvent::Postponement => {
            let record = postponed(&[it.request], PostponementReason::Absconded);
            it.sides.append(Gbr, record);
        }
        CaseEvent::Withdrawal => {
            it.sides.append(Gbr, withdrawn(it.request));
        }
        CaseEvent::NonArrival => {
            it.sides.append(Fra, not_arrived(it.notice.unwrap(), DAY));
        }
        CaseEvent::Arrival => {
            it.leave();
            it.came = Some(it.sides.append(Fra, arrival(it.left.unwrap(), DAY, PERSONS)));
        }
        CaseEvent::Reversal => it.reverse(it.came.unwrap(), by != By::Fra, by != By::Gbr),
    }
}

pub(crate) fn case_state(it: &Stage) -> CaseState {
    it.ledger().cases[&it.request].state
}

/// A transport in a state.
pub(crate) fn transport_in(state: TransportState, _: TransportEvent) -> Stage {
    let mut it = case_in(CaseState::Travelling, CaseEvent::Arrival);
    let path: &[TransportEvent] = {
        use TransportEvent as E;
        match state {
            TransportState::Notified => &[],
            TransportState::Confirmed => &[E::Confirmation],
            TransportState::CounterProposed => &[E::CounterProposal],
            TransportState::PutOff => &[E::Postponement],
            TransportState::Departed => &[E::Departure],
            TransportState::Arrived => &[E::Departure, E::Arrival],
            TransportState::Failed => &[E::Departure, E::NonArrival],
        }
    };
    for step in path {
        transport_deed(&mut it, *step, By::Both);
        it.sides.exchange();
    }
    assert_eq!(transport_state(&it), state, "the stage of a transport");
    it
}

/// Does to a transport what an event says. France speaks of the departure if it knows one.
pub(crate) fn transport_deed(it: &mut Stage, event: TransportEvent, by: By) {
    let notice = it.notice.unwrap();
    let known = it.left.filter(|_| by == By::Both).unwrap_or(notice);
    match event {
        TransportEvent::Confirmation => {
            it.sides.append(Fra, confirmed(notice));
        }
        TransportEvent::CounterProposal => {
            it.sides.append(Fra, counter_proposed(notice, Some(DAY), None));
        }
        TransportEvent::Postponement => {
            let record = postponed(&[notice], PostponementReason::Carrier);
            it.sides.append(Gbr, record);
        }
        TransportEvent::Departure => it.leave(),
        TransportEvent::NonArrival => {
            it.sides.append(Fra, not_arrived(known, DAY));
        }
        TransportEvent::Arrival => {
            it.sides.append(Fra, arrival(known, DAY, PERSONS));
        }
    }
}

pub(crate) fn transport_state(it: &Stage) -> TransportState {
    it.ledger().transports[&it.notice.unwrap()].state
}

/// Visas in a state, with a journey that names or named them.
pub(crate) fn visa_in(state: VisaState, event: VisaEvent) -> Stage {
    let mut it = Stage::new(Silence::Nothing);
    let path: &[VisaEvent] = {
        use VisaEvent as E;
        match state {
            VisaState::Issued if event == E::Admission => &[E::Travel, E::JourneyWithdrawal],
            VisaState::Issued => &[],
            VisaState::Travelling => &[E::Travel],
            VisaState::Used => &[E::Travel, E::Admission],
            VisaState::Lapsed => &[E::Travel, E::Lapse],
            VisaState::Withdrawn => &[E::Travel, E::Withdrawal],
        }
    };
    for step in path {
        visa_deed(&mut it, *step, By::Both);
        it.sides.exchange();
    }
    assert_eq!(visa_state(&it), state, "the stage of visas");
    it
}

/// Does to visas what an event says.
pub(crate) fn visa_deed(it: &mut Stage, event: VisaEvent, _: By) {
    match event {
        VisaEvent::Travel => {
            let reference = it.reference("GB15");
            let id = it.sides.append(Gbr, travel(&reference, &[it.visa], DAY, PERSONS));
            it.travel = it.travel.or(Some(id));
        }
        VisaEvent::Admission => {
            let _ = it.sides.append(Gbr, admission(it.travel.unwrap(), DAY, PERSONS));
        }
        VisaEvent::Lapse => {
            it.sides.append(Gbr, lapse(it.visa, LapseReason::GivenUp));
        }
        VisaEvent::Withdrawal => {
            it.sides.append(Gbr, withdrawn(it.visa));
        }
        VisaEvent::JourneyWithdrawal => {
            let _ = it.sides.append(Gbr, withdrawn(it.travel.unwrap_or(it.visa)));
        }
    }
}

pub(crate) fn visa_state(it: &Stage) -> VisaState {
    it.ledger().visas[&it.visa].state
}

/// A journey in a state.
pub(crate) fn journey_in(state: JourneyState, _: JourneyEvent) -> Stage {
    let mut it = visa_in(VisaState::Travelling, VisaEvent::Admission);
    let path: &[JourneyEvent] = {
        use JourneyEvent as E;
        match state {
            JourneyState::Notified => &[],
            JourneyState::Departed => &[E::Count],
            JourneyState::Admitted => &[E::Admission],
            JourneyState::Reversed => &[E::Admission, E::Reversal],
            JourneyState::Withdrawn => &[E::Withdrawal],
        }
    };
    for step in path {
        journey_deed(&mut it, *step, By::Both);
        it.sides.exchange();
    }
    assert_eq!(journey_state(&it), state, "the stage of a journey");
    it
}

/// Does to a journey what an event says. What is reversed is the newest word on it.
pub(crate) fn journey_deed(it: &mut Stage, event: JourneyEvent, by: By) {
    let travel = it.travel.unwrap();
    match event {
        JourneyEvent::Count => {
            it.counted = Some(it.sides.append(Fra, count(travel, DAY, PERSONS)));
        }
        JourneyEvent::Admission => {
            it.admitted = Some(it.sides.append(Gbr, admission(travel, DAY, PERSONS)));
        }
        JourneyEvent::Withdrawal => {
            it.sides.append(Gbr, withdrawn(travel));
        }
        JourneyEvent::Reversal => {
            let of = it.admitted.or(it.counted).unwrap_or(travel);
            it.reverse(of, by != By::Fra, by != By::Gbr);
        }
    }
}

pub(crate) fn journey_state(it: &Stage) -> JourneyState {
    it.ledger().journeys[&it.travel.unwrap()].state()
}
