//! What a correction changes: the fields of the thing that its record brought about. What follows
//! from those fields, such as a limit that was missed, follows from them anew.

use super::{
    Contribution,
    admissions::agreeing,
    cases::{CaseState, Movement, Pending, Told, TransportState},
    fold::{Fold, Seen, Taken},
};
use crate::{
    names::{Party, Persons, Place, RecordId},
    record::{
        Answer, AnswerOutcome, Attestation, Content, ReadmissionRequest, ReplyOutcome,
        TransferNotice, VisaIssued,
    },
};

impl Fold {
    /// Puts the record of `taken`, which is the replacement, in the place of record `root`. Says
    /// whether the record can still be changed.
    pub(super) fn amend(&mut self, taken: &Taken<'_>, root: RecordId) -> bool {
        match &taken.record.content {
            Content::ReadmissionRequest(one) => self.amend_request(taken, root, one),
            Content::Answer(one) => self.amend_answer(taken, root, one),
            Content::TransferNotice(one) => self.amend_notice(taken, root, one),
            Content::TransferReply(one) => self.amend_reply(taken, root, one.outcome),
            Content::Departure(one) => self.amend_told(taken, root, one.persons, &one.place),
            Content::Arrival(one) => self.amend_told(taken, root, one.persons, &one.place),
            Content::DepartureCount(one) => self.amend_told(taken, root, one.persons, &one.place),
            Content::Admission(one) => self.amend_told(taken, root, one.persons, &one.place),
            Content::DisclosureStatus(one) => {
                let request = taken.named().unwrap_or(root);
                let Some(case) = self.ledger.cases.get_mut(&request) else { return false };
                if case.disclosures.is_some_and(|(_, record)| record == root) {
                    case.disclosures = Some((one.outcome, root));
                }
                case.history.push(taken.id);
                true
            }
            Content::Allocation(one) => {
                let Some(window) = self.ledger.windows.get_mut(&root) else { return false };
                window.places = one.places;
                window.history.push(taken.id);
                true
            }
            Content::WindowStatus(one) => {
                let named = taken.named().unwrap_or(root);
                let Some(window) = self.ledger.windows.get_mut(&named) else { return false };
                if window.status.is_some_and(|(_, record)| record == root) {
                    window.status = Some((one.status, root));
                }
                window.history.push(taken.id);
                true
            }
            Content::VisaIssued(one) => self.amend_visa(taken, root, one),
            Content::TravelNotice(one) => {
                let Some(journey) = self.ledger.journeys.get_mut(&root) else { return false };
                journey.persons = one.persons;
                journey.day = taken.record.day().unwrap_or_default();
                journey.history.push(taken.id);
                true
            }
            Content::OutageNotice(one) => {
                self.outages.insert(root, (**one).clone());
                true
            }
            // Their reasons alone can be corrected, and nothing follows from these.
            Content::ReplyExtension(_) | Content::Postponement(_) => true,
            Content::Agreement(_)
            | Content::Withdrawal(_)
            | Content::Lapse(_)
            | Content::Correction(_)
            | Content::Reversal(_)
            | Content::Objection(_)
            | Content::WrongDataNotice(_)
            | Content::Erasure(_)
            | Content::Entanglement(_)
            | Content::WeekClose(_)
            | Content::WeeklyStatement(_)
            | Content::BreakResolution(_)
            | Content::Approval(_)
            | Content::AgreementVersion(_)
            | Content::LogEnd(_)
            | Content::KeyEvent(_) => false,
        }
    }

    fn amend_request(
        &mut self,
        taken: &Taken<'_>,
        root: RecordId,
        one: &ReadmissionRequest,
    ) -> bool {
        let Some(case) = self.ledger.cases.get_mut(&root) else { return false };
        case.scope = one.scope;
        case.arrived = one.arrived;
        case.persons = one.persons();
        case.wrong_data.clear();
        case.history.push(taken.id);
        true
    }

    /// The place of a notice decides whether the arrival matches.
    fn amend_notice(&mut self, taken: &Taken<'_>, root: RecordId, one: &TransferNotice) -> bool {
        let Some(transport) = self.ledger.transports.get_mut(&root) else { return false };
        transport.to = one.to.clone();
        transport.persons = one.persons;
        transport.day = taken.record.day().unwrap_or_default();
        transport.attested = one.attestations.as_slice() == Attestation::ALL;
        transport.history.push(taken.id);
        // Where it was to arrive decides whether the arrival matches.
        if let Some(key) = transport.movement
            && let Some(movement) = self.ledger.movements.get(&key)
            && let Some(told) = movement.claim(Party::Gbr).cloned()
        {
            let pending = Pending { told, to: Some(one.to.clone()), correction: taken.word() };
            self.claim_movement(taken, key, pending);
        }
        true
    }

    /// An answer can turn as long as nothing was built on it.
    fn amend_answer(&mut self, taken: &Taken<'_>, root: RecordId, one: &Answer) -> bool {
        let Some(request) = taken.named() else { return false };
        let Some(case) = self.ledger.cases.get_mut(&request) else { return false };
        let Some(answer) = case.answer.as_mut().filter(|answer| answer.word.record == root) else {
            return false;
        };
        let accepted = one.outcome == AnswerOutcome::Accepted;
        let open = matches!(case.state, CaseState::Accepted | CaseState::Refused);
        if accepted != answer.accepted && !open {
            return false;
        }
        answer.accepted = accepted;
        answer.ground = one.ground;
        if open {
            case.state = if accepted { CaseState::Accepted } else { CaseState::Refused };
            case.since = taken.id;
        }
        case.history.push(taken.id);
        self.see_again(root, Seen::Answer { request, accepted });
        true
    }

    fn amend_reply(&mut self, taken: &Taken<'_>, root: RecordId, outcome: ReplyOutcome) -> bool {
        let Some(notice) = taken.named() else { return false };
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return false };
        let open =
            matches!(transport.state, TransportState::Confirmed | TransportState::CounterProposed);
        if open && transport.since == root {
            transport.state = match outcome {
                ReplyOutcome::Confirmed => TransportState::Confirmed,
                ReplyOutcome::CounterProposed => TransportState::CounterProposed,
            };
        }
        transport.history.push(taken.id);
        true
    }

    fn amend_visa(&mut self, taken: &Taken<'_>, root: RecordId, one: &VisaIssued) -> bool {
        let Some(visa) = self.ledger.visas.get_mut(&root) else { return false };
        if visa.is_outstanding() {
            self.redress.running.outstanding(visa.persons.into(), one.persons().into());
        }
        let more = one.persons() > visa.persons && visa.is_outstanding();
        visa.persons = one.persons();
        visa.issued = taken.record.day().unwrap_or_default();
        visa.expires = one.expires;
        visa.history.push(taken.id);
        if more {
            self.judge_head_start(taken);
        }
        true
    }

    /// Corrects what a side told of persons who crossed.
    fn amend_told(
        &mut self,
        taken: &Taken<'_>,
        root: RecordId,
        persons: Persons,
        place: &Place,
    ) -> bool {
        let Some(key) = self.movement_of(root) else { return false };
        let told = Told { record: root, ..taken.told(persons, place) };
        if let Some(old) = self.duplicates.get_mut(&root) {
            *old = Told { timing: old.timing, ..told.clone() };
        }
        let of_it = |old: Option<&Told>| old.filter(|old| old.record == root).map(|old| old.timing);
        if let Some(movement) = self.ledger.movements.get(&key) {
            let Some(timing) = of_it(movement.claim(taken.party)) else { return true };
            let to = movement.pending.of(taken.party).as_ref().and_then(|one| one.to.clone());
            let pending = Pending { told: Told { timing, ..told }, to, correction: taken.word() };
            self.claim_movement(taken, key, pending);
            return true;
        }
        let Some(journey) = self.ledger.journeys.get(&key) else { return false };
        let Some(timing) = of_it(journey.claim(taken.party)) else { return true };
        let pending = Pending { told: Told { timing, ..told }, to: None, correction: taken.word() };
        self.claim_journey(taken, key, pending);
        true
    }

    /// A side says something else of a movement. It binds both at once if nothing counts yet, if
    /// what counts stays as it is, or if both then say the same; until then it is only claimed.
    fn claim_movement(&mut self, taken: &Taken<'_>, key: RecordId, pending: Pending) {
        let Some(movement) = self.ledger.movements.get(&key) else { return };
        let before = self.contribution(movement);
        let alone = movement.bound_by(taken.party, pending.clone());
        let mut claimed = movement.clone();
        *claimed.pending.of_mut(taken.party) = Some(pending);
        let next = if binds(&before, &self.contribution(&alone)) { alone } else { claimed };
        let next = self.agreeing(&next).unwrap_or(next);
        self.ledger.movements.insert(key, next);
        self.recount(key);
        self.retold(taken, key);
    }

    /// The movement as both sides now say it, if their newest words are the same: the same persons,
    /// a day and place that match, and the same day if another week is at stake.
    fn agreeing(&self, movement: &Movement) -> Option<Movement> {
        if movement.pending.is_empty() {
            return None;
        }
        let before = self.contribution(movement);
        let mut agreed = movement.clone();
        for party in Party::BOTH {
            if let Some(pending) = movement.pending.of(party).clone() {
                agreed = agreed.bound_by(party, pending);
            }
        }
        let (left, came) = (agreed.left.as_ref()?, agreed.came.as_ref()?);
        let after = self.contribution(&agreed);
        let stays = after.week == before.week || left.day == came.day;
        let same = left.persons == came.persons && self.is_matched(&agreed);
        (same && stays).then_some(agreed)
    }

    /// The same of a journey.
    fn claim_journey(&mut self, taken: &Taken<'_>, key: RecordId, pending: Pending) {
        let Some(journey) = self.ledger.journeys.get_mut(&key) else { return };
        journey.history.push(taken.id);
        let alone = journey.bound_by(taken.party, pending.clone());
        let (Some((_, before)), Some((_, after))) =
            (Self::admitted(journey), Self::admitted(&alone))
        else {
            return;
        };
        let mut claimed = journey.clone();
        *claimed.pending.of_mut(taken.party) = Some(pending);
        let next = if binds(&before, &after) { alone } else { claimed };
        *journey = agreeing(&next).unwrap_or(next);
        self.recount_journey(key);
    }

    /// A correction may turn an arrival into a non-arrival or the reverse: once both sides are
    /// bound by it, transport and cases follow.
    pub(super) fn retold(&mut self, taken: &Taken<'_>, key: RecordId) {
        let Some(movement) = self.ledger.movements.get(&key) else { return };
        let (Some(notice), Some(came)) = (movement.notice, &movement.came) else { return };
        let nobody = came.is_nobody();
        let (record, state) =
            (came.record, if nobody { TransportState::Failed } else { TransportState::Arrived });
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        let turned = transport.since == record && transport.state != state;
        if turned {
            transport.state = state;
        }
        if turned {
            self.turn(taken, notice, record, nobody);
        }
    }

    /// Cases that had returned are free again; or those return after all that a non-arrival had
    /// freed, and that have gone nowhere since.
    fn turn(&mut self, taken: &Taken<'_>, notice: RecordId, arrival: RecordId, nobody: bool) {
        let cases = self.ledger.transports.get(&notice).map(|one| one.cases.clone());
        for request in cases.unwrap_or_default() {
            let Some(case) = self.ledger.cases.get_mut(&request) else { continue };
            if nobody && case.state == CaseState::Returned && case.transport == Some(notice) {
                case.state = CaseState::Accepted;
                case.transport = None;
            } else if !nobody && case.state == CaseState::Accepted && case.since == arrival {
                case.state = CaseState::Returned;
                case.transport = Some(notice);
            } else {
                continue;
            }
            case.since = arrival;
            case.history.push(taken.id);
        }
    }
}

/// Whether what a side says anew binds the other at once: nothing counts yet, or as many count in
/// the same week.
fn binds(before: &Contribution, after: &Contribution) -> bool {
    let as_it_was = after.agreed == before.agreed && after.week == before.week;
    !before.counts() || as_it_was
}
