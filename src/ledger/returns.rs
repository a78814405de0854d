//! What the records of the return leg do to cases and transports, up to the departure.

use super::{
    cases::{Answered, Case, CaseState, Transport, TransportState},
    fold::{Fold, Seen, Taken},
    transitions::{self, CaseEvent, TransportEvent},
};
use crate::{
    names::{PerParty, RecordId},
    record::{
        Answer, AnswerOutcome, Attestation, BreakClass, DisclosureOutcome, ReadmissionRequest,
        ReplyOutcome, Silence, TransferNotice, TransferReply, WithdrawalReason,
    },
};

impl Fold {
    pub(super) fn request(&mut self, taken: &Taken<'_>, one: &ReadmissionRequest) -> Seen {
        self.first_of_reference(taken);
        self.outside_window(taken);
        let case = Case {
            reference: taken.record.case.clone(),
            scope: one.scope,
            arrived: one.arrived,
            persons: one.persons(),
            state: CaseState::Requested,
            since: taken.id,
            asked: taken.timing,
            version: taken.version,
            extensions: Vec::new(),
            extended: false,
            answer: None,
            transport: None,
            disclosures: None,
            withdrawn: None,
            wrong_data: Vec::new(),
            erased: PerParty::default(),
            history: vec![taken.id],
        };
        self.ledger.cases.insert(taken.id, case);
        Seen::Request
    }

    pub(super) fn extension(&mut self, taken: &Taken<'_>) {
        let Some(request) = taken.named() else { return };
        let Some(case) = self.ledger.cases.get_mut(&request) else {
            return self.illegal(taken, request);
        };
        case.history.push(taken.id);
        let (state, since) = (case.state, case.since);
        if state == CaseState::Requested {
            case.extensions.push(taken.word());
            let provisions = self.ledger.versions.provisions(case.version);
            // One that came late extends nothing; the limits name it.
            if !case.answer_limit(provisions).is_missed_by(taken.timing) {
                case.extended = true;
                case.state = CaseState::Extended;
                case.since = taken.id;
            }
        } else if case.answer.is_some() || !taken.crosses(since) {
            self.note(CaseEvent::Extension.fault(state), taken, &[request]);
        }
    }

    pub(super) fn answer(&mut self, taken: &Taken<'_>, answer: &Answer) -> Seen {
        let Some(request) = taken.named() else { return Seen::Other };
        let accepted = answer.outcome == AnswerOutcome::Accepted;
        let event = if accepted { CaseEvent::Acceptance } else { CaseEvent::Refusal };
        let Some(case) = self.ledger.cases.get_mut(&request) else {
            self.illegal(taken, request);
            return Seen::Other;
        };
        case.history.push(taken.id);
        let (state, since) = (case.state, case.since);
        if let Some(next) = transitions::next(transitions::CASE, state, event) {
            case.state = next;
            case.since = taken.id;
            case.answer = Some(Answered { word: taken.word(), accepted, ground: answer.ground });
            return Seen::Answer { request, accepted };
        }
        // A withdrawal may have crossed a first answer; a second one is France's own doing.
        if case.answer.is_some() {
            self.note(BreakClass::Duplicate, taken, &[request]);
        } else if !taken.crosses(since) {
            self.note(event.fault(state), taken, &[request]);
        }
        Seen::Other
    }

    pub(super) fn notice(&mut self, taken: &Taken<'_>, notice: &TransferNotice) -> Seen {
        let mut cases = Vec::new();
        for named in &taken.record.re {
            if let Some(request) = self.travels(taken, *named) {
                cases.push(request);
            }
        }
        let transport = Transport {
            reference: taken.record.case.clone(),
            accepted: cases.len() == taken.record.re.len(),
            cases,
            to: notice.to.clone(),
            persons: notice.persons,
            day: taken.record.day().unwrap_or_default(),
            attested: notice.attestations.as_slice() == Attestation::ALL,
            state: TransportState::Notified,
            since: taken.id,
            announced: taken.timing,
            version: taken.version,
            movement: None,
            history: vec![taken.id],
        };
        self.ledger.transports.insert(taken.id, transport);
        Seen::Notice
    }

    /// The case that a notice names by its acceptance, now travelling; or a break.
    fn travels(&mut self, taken: &Taken<'_>, named: RecordId) -> Option<RecordId> {
        let (request, deemed) = match self.what(named) {
            Some(Seen::Answer { request, accepted: true }) => (request, false),
            Some(Seen::Answer { accepted: false, .. }) => {
                self.note(BreakClass::TransferAfterRefusal, taken, &[named]);
                return None;
            }
            Some(Seen::Request) => (named, true),
            Some(_) | None => {
                self.note(BreakClass::TransferWithoutAcceptance, taken, &[named]);
                return None;
            }
        };
        let case = self.ledger.cases.get(&request)?;
        let (state, old) = (case.state, case.transport);
        let silent = deemed && self.silence(taken, request) == Some(Silence::Acceptance);
        let countered = old.filter(|old| {
            let transport = self.ledger.transports.get(old);
            transport.is_some_and(|one| one.state == TransportState::CounterProposed)
        });
        let allowed = match state {
            CaseState::Requested | CaseState::Extended => silent,
            CaseState::Travelling => countered.is_some(),
            CaseState::Accepted
            | CaseState::Refused
            | CaseState::Returned
            | CaseState::Withdrawn
            | CaseState::Reversed => true,
        };
        let next = transitions::next(transitions::CASE, state, CaseEvent::Notice);
        let Some(next) = next.filter(|_| allowed) else {
            let silent = self.silence(taken, request) == Some(Silence::Refusal);
            let waits = matches!(state, CaseState::Requested | CaseState::Extended);
            let state = if waits && silent { CaseState::Refused } else { state };
            self.note(CaseEvent::Notice.fault(state), taken, &[named]);
            return None;
        };
        // The United Kingdom takes up a counter-proposal by announcing anew.
        if state == CaseState::Travelling
            && let Some(old) = countered
        {
            self.put_off(old, taken);
        }
        let case = self.ledger.cases.get_mut(&request)?;
        case.state = next;
        case.since = taken.id;
        case.transport = Some(taken.id);
        case.history.push(taken.id);
        Some(request)
    }

    /// What France's silence means, if it had been silent beyond its limit when the record was
    /// received. It makes a request accepted or refused for a notice alone: the case shows all the
    /// same that there is no reply.
    fn silence(&self, taken: &Taken<'_>, request: RecordId) -> Option<Silence> {
        let case = self.ledger.cases.get(&request)?;
        let provisions = self.ledger.versions.provisions(case.version);
        case.answer_limit(provisions).is_missed_by(taken.timing).then_some(provisions.silence)
    }

    pub(super) fn reply(&mut self, taken: &Taken<'_>, reply: &TransferReply) {
        let Some(notice) = taken.named() else { return };
        let event = match reply.outcome {
            ReplyOutcome::Confirmed => TransportEvent::Confirmation,
            ReplyOutcome::CounterProposed => TransportEvent::CounterProposal,
        };
        let Some(transport) = self.ledger.transports.get_mut(&notice) else {
            return self.illegal(taken, notice);
        };
        transport.history.push(taken.id);
        let (state, since) = (transport.state, transport.since);
        if let Some(next) = transitions::next(transitions::TRANSPORT, state, event) {
            transport.state = next;
            transport.since = taken.id;
        } else if !taken.crosses(since) {
            self.note(event.fault(state), taken, &[notice]);
        }
    }

    pub(super) fn postponement(&mut self, taken: &Taken<'_>) {
        for named in &taken.record.re {
            match self.what(*named) {
                Some(Seen::Notice) => self.postpone_transport(taken, *named),
                Some(Seen::Request) => self.leave_behind(taken, *named, CaseEvent::Postponement),
                Some(_) => self.note(BreakClass::IllegalTransition, taken, &[*named]),
                None => {}
            }
        }
    }

    fn postpone_transport(&mut self, taken: &Taken<'_>, notice: RecordId) {
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        transport.history.push(taken.id);
        let (event, state) = (TransportEvent::Postponement, transport.state);
        if transitions::next(transitions::TRANSPORT, state, event).is_some() {
            self.put_off(notice, taken);
        } else {
            self.note(event.fault(state), taken, &[notice]);
        }
    }

    /// A transport will not leave; its cases wait for another.
    fn put_off(&mut self, notice: RecordId, taken: &Taken<'_>) {
        if let Some(transport) = self.ledger.transports.get_mut(&notice) {
            transport.state = TransportState::PutOff;
            transport.since = taken.id;
            self.move_cases(notice, CaseState::Accepted, taken);
        }
    }

    /// A case is put off or taken back, and travels no more, if nobody has left yet, or if fewer
    /// left than were to travel, and this case may be one that stayed.
    fn leave_behind(&mut self, taken: &Taken<'_>, request: RecordId, event: CaseEvent) {
        let left = self.has_left(request);
        let stayed = self.stayed_behind(request);
        let Some(case) = self.ledger.cases.get_mut(&request) else { return };
        case.history.push(taken.id);
        let (state, persons) = (case.state, case.persons);
        let next = transitions::next(transitions::CASE, state, event).filter(|_| !left);
        let withdrawn = event == CaseEvent::Withdrawal;
        let after = if withdrawn { CaseState::Withdrawn } else { CaseState::Accepted };
        let Some(next) = next.or(stayed.map(|_| after)) else {
            return self.note(event.fault(state), taken, &[request]);
        };
        case.state = next;
        case.since = taken.id;
        case.transport = None;
        if let Some(movement) = stayed.and_then(|key| self.ledger.movements.get_mut(&key))
            && let Some(index) = movement.families.iter().position(|one| *one == persons)
        {
            movement.families.remove(index);
        }
    }

    /// The movement that left without a case which was to travel by it: one with fewer persons than
    /// were to leave, and room for no less without this case.
    fn stayed_behind(&self, request: RecordId) -> Option<RecordId> {
        let case = self.ledger.cases.get(&request)?;
        let key = self.ledger.transports.get(&case.transport?)?.movement?;
        let movement = self.ledger.movements.get(&key)?;
        let all = movement.families.iter().map(|one| u64::from(*one));
        let others = all.fold(0, u64::saturating_add).checked_sub(case.persons.into())?;
        (others >= u64::from(movement.left.as_ref()?.persons)).then_some(key)
    }

    /// Whether the transport by which a case travels has left.
    fn has_left(&self, request: RecordId) -> bool {
        let case = self.ledger.cases.get(&request);
        let travels = case.filter(|case| case.state == CaseState::Travelling);
        let notice = travels.and_then(|case| case.transport);
        let transport = notice.and_then(|notice| self.ledger.transports.get(&notice));
        transport.is_some_and(|one| one.state == TransportState::Departed)
    }

    pub(super) fn withdrawal(&mut self, taken: &Taken<'_>, reason: WithdrawalReason) {
        let Some(named) = taken.named() else { return };
        match self.what(named) {
            Some(Seen::Request) => {
                self.leave_behind(taken, named, CaseEvent::Withdrawal);
                if let Some(case) = self.ledger.cases.get_mut(&named)
                    && case.state == CaseState::Withdrawn
                    && case.withdrawn.is_none()
                {
                    case.withdrawn = Some(reason);
                }
            }
            Some(Seen::Visa) => self.withdraw_visa(taken, named),
            Some(Seen::Travel) => self.withdraw_journey(taken, named),
            Some(_) => self.note(BreakClass::IllegalTransition, taken, &[named]),
            None => {}
        }
    }

    pub(super) fn disclosures(&mut self, taken: &Taken<'_>, outcome: DisclosureOutcome) {
        let Some(request) = taken.named() else { return };
        match self.ledger.cases.get_mut(&request) {
            Some(case) => {
                case.disclosures = Some((outcome, taken.id));
                case.history.push(taken.id);
            }
            None => self.illegal(taken, request),
        }
    }

    /// Moves the cases that travel by this transport; those that have gone on by another stay.
    pub(super) fn move_cases(&mut self, notice: RecordId, state: CaseState, taken: &Taken<'_>) {
        let travelling: Vec<RecordId> = self.travelling(notice).collect();
        for request in travelling {
            if let Some(case) = self.ledger.cases.get_mut(&request) {
                case.state = state;
                case.since = taken.id;
                case.history.push(taken.id);
                if state == CaseState::Accepted {
                    case.transport = None;
                }
            }
        }
    }

    /// The cases that travel by this transport.
    pub(super) fn travelling(&self, notice: RecordId) -> impl Iterator<Item = RecordId> + '_ {
        let transport = self.ledger.transports.get(&notice);
        transport.into_iter().flat_map(|one| &one.cases).copied().filter(move |request| {
            self.ledger.cases.get(request).is_some_and(|case| {
                case.state == CaseState::Travelling && case.transport == Some(notice)
            })
        })
    }
}
