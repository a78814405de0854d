//! What the records of the admission leg do to windows, visas and journeys, and what counts: the
//! British admission (Art. 1(3)), with which the French departure-count is compared.

use super::{
    Contribution, Direction,
    cases::{Journey, JourneyState, Told, Visa, VisaState, Window},
    faults,
    fold::{Fold, Seen, Taken},
    movements::Said,
    transitions::{self, JourneyEvent, VisaEvent},
};
use crate::{
    danger::{Bug, planted},
    names::{Party, PerParty, RecordId},
    record::{
        Admission, Allocation, BreakClass, DepartureCount, HeadStartRule, LapseReason,
        TravelNotice, VisaIssued, WindowState,
    },
};

impl Fold {
    pub(super) fn allocation(&mut self, taken: &Taken<'_>, one: &Allocation) -> Seen {
        self.first_of_reference(taken);
        self.outside_window(taken);
        let window = Window {
            reference: taken.record.case.clone(),
            places: one.places,
            status: None,
            visas: Vec::new(),
            history: vec![taken.id],
        };
        self.ledger.windows.insert(taken.id, window);
        Seen::Allocation
    }

    pub(super) fn window_status(&mut self, taken: &Taken<'_>, status: WindowState) {
        let Some(named) = taken.named() else { return };
        match self.ledger.windows.get_mut(&named) {
            Some(window) => {
                window.status = Some((status, taken.id));
                window.history.push(taken.id);
            }
            None => self.illegal(taken, named),
        }
    }

    pub(super) fn visa(&mut self, taken: &Taken<'_>, one: &VisaIssued) -> Seen {
        self.first_of_reference(taken);
        let visa = Visa {
            reference: taken.record.case.clone(),
            persons: one.persons(),
            issued: taken.record.day().unwrap_or_default(),
            expires: one.expires,
            state: VisaState::Issued,
            told: taken.timing,
            version: taken.version,
            history: vec![taken.id],
        };
        self.redress.running.outstanding(0, visa.persons.into());
        self.ledger.visas.insert(taken.id, visa);
        if let Some(named) = taken.named() {
            self.take_places(taken, named);
        }
        self.judge_head_start(taken);
        Seen::Visa
    }

    fn take_places(&mut self, taken: &Taken<'_>, named: RecordId) {
        let Some(window) = self.ledger.windows.get_mut(&named) else {
            return self.illegal(taken, named);
        };
        window.visas.push(taken.id);
        if let Some((WindowState::Paused, _)) = window.status {
            self.note(BreakClass::WindowPaused, taken, &[named]);
        }
    }

    pub(super) fn travel(&mut self, taken: &Taken<'_>, travel: &TravelNotice) -> Seen {
        let mut visas = Vec::new();
        for named in &taken.record.re {
            if self.move_visa(taken, *named, VisaEvent::Travel) {
                visas.push(*named);
            } else {
                self.illegal(taken, *named);
            }
        }
        let journey = Journey {
            reference: taken.record.case.clone(),
            valid: visas.len() == taken.record.re.len(),
            visas,
            persons: travel.persons,
            day: taken.record.day().unwrap_or_default(),
            announced: taken.timing,
            withdrawn: None,
            version: taken.version,
            counted: None,
            admitted: None,
            pending: PerParty::default(),
            reversed: PerParty::default(),
            history: vec![taken.id],
        };
        self.ledger.journeys.insert(taken.id, journey);
        Seen::Travel
    }

    /// Moves a visa, and says whether there was a transition.
    fn move_visa(&mut self, taken: &Taken<'_>, visa: RecordId, event: VisaEvent) -> bool {
        let Some(visa) = self.ledger.visas.get_mut(&visa) else { return false };
        visa.history.push(taken.id);
        let legal = transitions::next(transitions::VISA, visa.state, event);
        let fact = transitions::next(faults::VISA_FACTS, visa.state, event);
        let Some(next) = legal.or(fact) else { return false };
        let persons = |visa: &Visa| if visa.is_outstanding() { visa.persons.into() } else { 0 };
        let before = persons(visa);
        visa.state = next;
        self.redress.running.outstanding(before, persons(visa));
        legal.is_some()
    }

    pub(super) fn departure_count(&mut self, taken: &Taken<'_>, count: &DepartureCount) {
        let Some(travel) = taken.named() else { return };
        let told = taken.told(count.persons, &count.place);
        let Some(journey) = self.announced(travel) else {
            self.alone(taken, Some(told), None);
            return self.illegal(taken, travel);
        };
        journey.history.push(taken.id);
        let (event, state) = (JourneyEvent::Count, journey.state());
        let first = journey.counted.is_none();
        if transitions::next(transitions::JOURNEY, state, event).is_none() || !first {
            self.note(event.fault(state), taken, &[travel]);
        }
        // People have left, whatever was said before.
        if first && let Some(journey) = self.ledger.journeys.get_mut(&travel) {
            journey.counted = Some(told);
            journey.version = taken.version;
            // The count may be what the other side has corrected its admission to.
            let agreed = agreeing(journey);
            if let Some(agreed) = agreed {
                *journey = agreed;
            }
            self.redress.counted.insert(taken.id, travel);
            self.recount_journey(travel);
        }
    }

    pub(super) fn admission(&mut self, taken: &Taken<'_>, admission: &Admission) {
        let Some(travel) = taken.named() else { return };
        let told = taken.told(admission.persons, &admission.place);
        let Some(journey) = self.announced(travel) else {
            // It is signed, so it counts, though nobody announced the journey.
            self.alone(taken, None, Some(told));
            return self.illegal(taken, travel);
        };
        journey.history.push(taken.id);
        let (event, state) = (JourneyEvent::Admission, journey.state());
        let first = journey.admitted.is_none();
        if transitions::next(transitions::JOURNEY, state, event).is_none() || !first {
            self.note(event.fault(state), taken, &[travel]);
        }
        if first || planted(Bug::CountResentTwice) {
            self.enter(taken, travel, told, state == JourneyState::Withdrawn);
        }
    }

    /// Persons entered: what France counted stood for the journey until now. Of a journey that was
    /// taken back, the break of the journey says enough of its visas.
    fn enter(&mut self, taken: &Taken<'_>, travel: RecordId, told: Told, taken_back: bool) {
        let Some(journey) = self.ledger.journeys.get_mut(&travel) else { return };
        journey.admitted = Some(told);
        let visas = journey.visas.clone();
        if let Some(counted) = &journey.counted {
            self.ledger.contributions.remove(&counted.record);
        }
        for id in visas {
            let Some(state) = self.ledger.visas.get(&id).map(|visa| visa.state) else { continue };
            if !self.move_visa(taken, id, VisaEvent::Admission) && !taken_back {
                self.note(VisaEvent::Admission.fault(state), taken, &[id]);
            }
        }
        self.redress.counted.insert(taken.id, travel);
        self.recount_journey(travel);
    }

    /// A record of a journey that nobody announced: it is one by itself, and can be corrected.
    fn alone(&mut self, taken: &Taken<'_>, counted: Option<Told>, admitted: Option<Told>) {
        let told = admitted.as_ref().or(counted.as_ref());
        let journey = Journey {
            reference: taken.record.case.clone(),
            visas: Vec::new(),
            valid: false,
            persons: told.map(|one| one.persons).unwrap_or_default(),
            day: taken.record.day().unwrap_or_default(),
            announced: taken.timing,
            withdrawn: None,
            version: taken.version,
            counted,
            admitted,
            pending: PerParty::default(),
            reversed: PerParty::default(),
            history: vec![taken.id],
        };
        self.ledger.journeys.insert(taken.id, journey);
        self.redress.counted.insert(taken.id, taken.id);
        self.recount_journey(taken.id);
    }

    /// A journey by its travel notice.
    fn announced(&mut self, travel: RecordId) -> Option<&mut Journey> {
        let travels = self.what(travel) == Some(Seen::Travel);
        self.ledger.journeys.get_mut(&travel).filter(|_| travels)
    }

    pub(super) fn lapse(&mut self, taken: &Taken<'_>, reason: LapseReason) {
        let Some(named) = taken.named() else { return };
        let Some(visa) = self.ledger.visas.get(&named) else {
            return self.illegal(taken, named);
        };
        let last = visa.expires;
        let early = taken.timing.received.is_some_and(|time| time.date() <= last);
        let lapses = reason == LapseReason::GivenUp || !early;
        if !(lapses && self.move_visa(taken, named, VisaEvent::Lapse)) {
            self.note(BreakClass::IllegalTransition, taken, &[named]);
        }
    }

    pub(super) fn withdraw_visa(&mut self, taken: &Taken<'_>, visa: RecordId) {
        if !self.move_visa(taken, visa, VisaEvent::Withdrawal) {
            self.note(BreakClass::IllegalTransition, taken, &[visa]);
        }
    }

    pub(super) fn withdraw_journey(&mut self, taken: &Taken<'_>, travel: RecordId) {
        let Some(journey) = self.ledger.journeys.get_mut(&travel) else { return };
        journey.history.push(taken.id);
        let (event, state) = (JourneyEvent::Withdrawal, journey.state());
        if transitions::next(transitions::JOURNEY, state, event).is_none() {
            return self.note(event.fault(state), taken, &[travel]);
        }
        journey.withdrawn = Some(taken.id);
        for visa in journey.visas.clone() {
            self.move_visa(taken, visa, VisaEvent::JourneyWithdrawal);
        }
    }

    /// Computes anew what counts of a journey, and what each side claims.
    pub(super) fn recount_journey(&mut self, travel: RecordId) {
        let Some(journey) = self.ledger.journeys.get(&travel) else { return };
        let Some((id, one)) = Self::admitted(journey) else { return };
        let old = self.ledger.contributions.insert(id, one);
        self.redress.running.admitted(old.map_or(0, |old| old.agreed), one.agreed);
    }

    /// What counts of a journey, and the record by which it counts or is claimed.
    pub(super) fn admitted(journey: &Journey) -> Option<(RecordId, Contribution)> {
        let told = journey.admitted.as_ref().or(journey.counted.as_ref())?;
        let one = Said {
            direction: Direction::Admitted,
            week: told.day.week(),
            matched: journey.admitted.as_ref().map(|one| one.persons).unwrap_or_default(),
            claims: PerParty::from_fn(|party| journey.claim(party).map(|one| one.persons)),
            reversed: PerParty::from_fn(|party| journey.reversed.of(party).is_some()),
        }
        .contribution();
        Some((told.record, one))
    }

    /// Visas that take admissions further ahead of returns than the provisions allow.
    pub(super) fn judge_head_start(&mut self, taken: &Taken<'_>) {
        let provisions = self.provisions(taken);
        let flagged = provisions.head_start_rule != HeadStartRule::LetThrough;
        if flagged && self.redress.running.ahead() > provisions.head_start.into() {
            self.note(BreakClass::HeadStartExceeded, taken, &[]);
        }
    }

    /// A request or an allocation outside the time for which the agreement is in force.
    pub(super) fn outside_window(&mut self, taken: &Taken<'_>) {
        let Some(received) = taken.timing.received else { return };
        let phase = self.ledger.versions.phase(taken.version, received.date());
        if phase != super::Phase::InForce {
            self.note(BreakClass::OutsideAgreementWindow, taken, &[]);
        }
    }
}

/// The journey as both sides now say it, if their newest words are the same: the same persons, and
/// the same day if another week is at stake.
pub(super) fn agreeing(journey: &Journey) -> Option<Journey> {
    if journey.pending.is_empty() {
        return None;
    }
    let mut agreed = journey.clone();
    for party in Party::BOTH {
        if let Some(pending) = journey.pending.of(party).clone() {
            agreed = agreed.bound_by(party, pending);
        }
    }
    let (admitted, counted) = (agreed.admitted.as_ref()?, agreed.counted.as_ref()?);
    let week = journey.admitted.as_ref().map(|one| one.day.week());
    let stays = week == Some(admitted.day.week()) || admitted.day == counted.day;
    (admitted.persons == counted.persons && stays).then_some(agreed)
}

/// Persons returned and admitted, agreed, and persons who hold visas that may still be used: what
/// the head start is judged by at each visa. Owned by the fold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    returned: u64,
    admitted: u64,
    outstanding: u64,
}

impl Running {
    pub(super) const fn returned(&mut self, before: u64, now: u64) {
        self.returned = self.returned.saturating_sub(before).saturating_add(now);
    }

    pub(super) const fn admitted(&mut self, before: u64, now: u64) {
        self.admitted = self.admitted.saturating_sub(before).saturating_add(now);
    }

    pub(super) const fn outstanding(&mut self, before: u64, now: u64) {
        self.outstanding = self.outstanding.saturating_sub(before).saturating_add(now);
    }

    /// Persons returned less persons admitted.
    pub(super) fn balance(&self) -> i128 {
        i128::from(self.returned).saturating_sub(self.admitted.into())
    }

    /// By how many persons admissions, with the visas outstanding, are ahead of returns; negative
    /// while returns are ahead.
    pub(super) fn ahead(&self) -> i128 {
        let out = i128::from(self.admitted).saturating_add(self.outstanding.into());
        out.saturating_sub(self.returned.into())
    }
}
