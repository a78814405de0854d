//! The fold: records of both logs, in their one order, into a ledger.
//!
//! An unexpected record never stops it. It is kept, it moves its case as far as it can, and it
//! surfaces as a break.

use std::collections::BTreeMap;

use super::{
    Agreement, Books, Case, CaseState, Entry, Journey, Ledger, Owner, Transport, TransportState,
    View, Visa, order::Ordered, settle::Left,
};
use crate::{
    envelope::Verified,
    names::{CaseRef, Party, RecordId, Timestamp},
    record::{
        Admission, Answer, AnswerOutcome, Arrival, ArrivalOutcome, Attestation, BreakClass,
        Content, Departure, DepartureCount, Record, TransferNotice, TravelNotice,
    },
};

/// Folds what `view` shows of both logs, as it stands at `as_of`.
///
/// A pure function: the same entries give the same ledger on every machine.
#[must_use]
pub fn fold(agreement: &Agreement, books: &Books, view: View, as_of: Timestamp) -> Ledger {
    let mut fold = Fold {
        agreement,
        as_of,
        ledger: Ledger::default(),
        departures: BTreeMap::new(),
        seen: BTreeMap::new(),
        references: BTreeMap::new(),
    };
    for (party, position, entry) in Ordered::new(books, view) {
        fold.take(party, entry, books.receipt(party, position).map(|(_, time)| time));
    }
    fold.settle();
    fold.ledger
}

pub(super) struct Fold<'a> {
    pub(super) agreement: &'a Agreement,
    pub(super) as_of: Timestamp,
    pub(super) ledger: Ledger,
    /// Every departure, for the arrival that names it.
    pub(super) departures: BTreeMap<RecordId, Left>,
    /// What each record was, so that later ones can continue it.
    seen: BTreeMap<RecordId, Seen>,
    /// The request or visa that first had a British reference: each begins one case.
    references: BTreeMap<CaseRef, RecordId>,
}

/// What a record was, and the case that an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Request,
    Answer { request: RecordId, accepted: bool },
    Notice,
    Departure,
    Visa,
    Travel,
    Other,
}

impl Fold<'_> {
    /// Takes the next entry, with its time of receipt if it has one yet.
    fn take(&mut self, party: Party, entry: &Entry, receipt: Option<Timestamp>) {
        // A signer is valid if unexpired at receipt: a key that leaks after its end signs nothing
        // that it could date back.
        let valid = |record: &&Verified<Record>| {
            receipt.is_none_or(|receipt| receipt <= record.not_after())
        };
        let Some(record) = entry.sound().filter(valid) else {
            let evidence = entry.id().unwrap_or_else(|| RecordId::new(*entry.leaf.as_bytes()));
            let began = receipt.unwrap_or(self.as_of);
            let class = BreakClass::ContestedEntry;
            self.ledger.breaks.note(class, Owner::Party(party), began, vec![evidence]);
            return;
        };
        if self.seen.contains_key(&record.id()) {
            // The same record a second time: the first position wins.
            return self.note(BreakClass::Duplicate, party, record, &[]);
        }
        let seen = self.take_record(party, record);
        self.seen.insert(record.id(), seen);
    }

    fn take_record(&mut self, party: Party, record: &Verified<Record>) -> Seen {
        for id in &record.get().re {
            if !self.seen.contains_key(id) {
                self.note(BreakClass::UnknownReference, party, record, &[*id]);
            }
        }
        match &record.get().content {
            Content::ReadmissionRequest(one) => {
                self.first_of_reference(party, record);
                let case = Case {
                    reference: record.get().case.clone(),
                    persons: one.persons(),
                    state: CaseState::Requested,
                };
                self.ledger.cases.insert(record.id(), case);
                Seen::Request
            }
            Content::Answer(one) => self.answer(record, one),
            Content::TransferNotice(one) => self.notice(record, one),
            Content::Departure(one) => self.departure(record, one),
            Content::Arrival(one) => self.arrival(record, one),
            Content::VisaIssued(one) => {
                self.first_of_reference(party, record);
                let visa = Visa {
                    reference: record.get().case.clone(),
                    persons: one.persons(),
                    expires: one.expires,
                    used: false,
                };
                self.ledger.visas.insert(record.id(), visa);
                Seen::Visa
            }
            Content::TravelNotice(one) => self.travel(record, one),
            Content::DepartureCount(one) => self.departure_count(record, one),
            Content::Admission(one) => self.admission(record, one),
            Content::Agreement(_)
            | Content::ReplyExtension(_)
            | Content::TransferReply(_)
            | Content::Postponement(_)
            | Content::Withdrawal(_)
            | Content::DisclosureStatus(_)
            | Content::Allocation(_)
            | Content::WindowStatus(_)
            | Content::Lapse(_)
            | Content::Correction(_)
            | Content::Reversal(_)
            | Content::Objection(_)
            | Content::WrongDataNotice(_)
            | Content::Erasure(_)
            | Content::OutageNotice(_)
            | Content::Entanglement(_)
            | Content::WeekClose(_)
            | Content::WeeklyStatement(_)
            | Content::BreakResolution(_)
            | Content::Approval(_)
            | Content::AgreementVersion(_)
            | Content::LogEnd(_)
            | Content::KeyEvent(_) => Seen::Other,
        }
    }

    fn answer(&mut self, record: &Verified<Record>, answer: &Answer) -> Seen {
        let accepted = answer.outcome == AnswerOutcome::Accepted;
        for request in &record.get().re {
            let state = self.ledger.cases.get_mut(request).map(|case| &mut case.state);
            match state {
                Some(state) if *state == CaseState::Requested => {
                    *state = if accepted {
                        CaseState::Accepted
                    } else {
                        CaseState::Refused(answer.ground)
                    };
                    return Seen::Answer { request: *request, accepted };
                }
                Some(_) => self.note(BreakClass::Duplicate, Party::Fra, record, &[*request]),
                None => self.illegal(Party::Fra, record, request),
            }
        }
        Seen::Other
    }

    fn notice(&mut self, record: &Verified<Record>, notice: &TransferNotice) -> Seen {
        let mut cases = Vec::new();
        for answer in &record.get().re {
            let Some(Seen::Answer { request, accepted: true }) = self.seen.get(answer).copied()
            else {
                self.note(BreakClass::TransferWithoutAcceptance, Party::Gbr, record, &[*answer]);
                continue;
            };
            match self.ledger.cases.get_mut(&request) {
                Some(case) if case.state == CaseState::Accepted => {
                    case.state = CaseState::Travelling(record.id());
                    cases.push(request);
                }
                Some(_) | None => {
                    self.note(BreakClass::IllegalTransition, Party::Gbr, record, &[*answer]);
                }
            }
        }
        if notice.attestations.as_slice() != Attestation::ALL {
            self.note(BreakClass::AttestationMissing, Party::Gbr, record, &[]);
        }
        let transport = Transport {
            reference: record.get().case.clone(),
            cases,
            to: notice.to.clone(),
            persons: notice.persons,
            day: record.get().day().unwrap_or_default(),
            state: TransportState::Notified,
        };
        self.ledger.transports.insert(record.id(), transport);
        Seen::Notice
    }

    fn departure(&mut self, record: &Verified<Record>, departure: &Departure) -> Seen {
        let Some(named) = record.get().re.first().copied() else { return Seen::Other };
        let day = record.get().day().unwrap_or_default();
        let state = self.ledger.transports.get(&named).map(|transport| transport.state.clone());
        let notice = state.is_some().then_some(named);
        let mut left = Left { claim: record.id(), notice, persons: departure.persons, day };
        match state {
            Some(TransportState::Notified) => self.leave(record.id(), &left),
            Some(TransportState::Failed(word)) => {
                self.leave(record.id(), &left);
                self.note(BreakClass::IllegalTransition, Party::Gbr, record, &[word]);
            }
            Some(TransportState::Departed(first, ..)) => {
                // The arrival may name either of the two, and counts once.
                left.claim = first;
                self.note(BreakClass::Duplicate, Party::Gbr, record, &[first]);
            }
            Some(TransportState::Arrived(_)) => {
                self.note(BreakClass::Duplicate, Party::Gbr, record, &[named]);
            }
            None => {
                self.leave(record.id(), &left);
                self.illegal(Party::Gbr, record, &named);
            }
        }
        self.departures.insert(record.id(), left);
        Seen::Departure
    }

    fn arrival(&mut self, record: &Verified<Record>, arrival: &Arrival) -> Seen {
        let Some(named) = record.get().re.first().copied() else { return Seen::Other };
        match self.seen.get(&named) {
            Some(Seen::Departure) => self.arrived(record, arrival, named),
            Some(Seen::Notice) if arrival.outcome == ArrivalOutcome::NotArrived => {
                self.nobody_left(record, named);
            }
            Some(Seen::Notice) | None => self.arrived_alone(record, arrival),
            Some(_) => {
                self.claim_arrival(record, arrival.persons);
                self.illegal(Party::Fra, record, &named);
            }
        }
        Seen::Other
    }

    /// Nobody came, and the arrival names the notice: right if nobody left.
    fn nobody_left(&mut self, record: &Verified<Record>, notice: RecordId) {
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        match transport.state {
            TransportState::Notified => {
                transport.state = TransportState::Failed(record.id());
                self.move_cases(notice, &CaseState::Accepted);
            }
            TransportState::Failed(first) => {
                self.note(BreakClass::Duplicate, Party::Fra, record, &[first]);
            }
            TransportState::Departed(other, ..) | TransportState::Arrived(other) => {
                self.note(BreakClass::IllegalTransition, Party::Fra, record, &[other]);
            }
        }
    }

    /// An arrival without a departure. If nobody came either, there is nothing to claim.
    fn arrived_alone(&mut self, record: &Verified<Record>, arrival: &Arrival) {
        if arrival.outcome != ArrivalOutcome::NotArrived {
            self.claim_arrival(record, arrival.persons);
            self.note(BreakClass::ArrivedNotDeparted, Party::Gbr, record, &record.get().re);
        }
    }

    fn travel(&mut self, record: &Verified<Record>, travel: &TravelNotice) -> Seen {
        for visa in &record.get().re {
            if !self.ledger.visas.contains_key(visa) {
                self.illegal(Party::Gbr, record, visa);
            }
        }
        let journey = Journey {
            reference: record.get().case.clone(),
            visas: record.get().re.clone(),
            persons: travel.persons,
            counted: None,
            admitted: None,
        };
        self.ledger.journeys.insert(record.id(), journey);
        Seen::Travel
    }

    fn departure_count(&mut self, record: &Verified<Record>, count: &DepartureCount) -> Seen {
        let day = record.get().day().unwrap_or_default();
        for travel in &record.get().re {
            match self.ledger.journeys.get_mut(travel) {
                Some(journey) if journey.counted.is_none() => {
                    journey.counted = Some((record.id(), count.persons, day));
                }
                Some(_) => self.note(BreakClass::Duplicate, Party::Fra, record, &[*travel]),
                None => {
                    self.count_alone(record, count.persons);
                    self.illegal(Party::Fra, record, travel);
                }
            }
        }
        Seen::Other
    }

    fn admission(&mut self, record: &Verified<Record>, admission: &Admission) -> Seen {
        let day = record.get().day().unwrap_or_default();
        for travel in &record.get().re {
            match self.ledger.journeys.get_mut(travel) {
                Some(journey) if journey.admitted.is_none() => {
                    journey.admitted = Some((record.id(), admission.persons, day));
                    for visa in &journey.visas {
                        if let Some(visa) = self.ledger.visas.get_mut(visa) {
                            visa.used = true;
                        }
                    }
                }
                Some(_) => self.note(BreakClass::Duplicate, Party::Gbr, record, &[*travel]),
                None => {
                    self.admit_alone(record, admission.persons);
                    self.illegal(Party::Gbr, record, travel);
                }
            }
        }
        Seen::Other
    }

    fn first_of_reference(&mut self, party: Party, record: &Verified<Record>) {
        let Some(reference) = record.get().case.clone() else { return };
        let first = *self.references.entry(reference).or_insert(record.id());
        if first != record.id() {
            self.note(BreakClass::Duplicate, party, record, &[first]);
        }
    }

    fn illegal(&mut self, party: Party, record: &Verified<Record>, other: &RecordId) {
        // A reference that nothing answers to has a break of its own.
        if self.seen.contains_key(other) {
            self.note(BreakClass::IllegalTransition, party, record, &[*other]);
        }
    }

    pub(super) fn note(
        &mut self,
        class: BreakClass,
        owner: Party,
        record: &Verified<Record>,
        others: &[RecordId],
    ) {
        let mut evidence = others.to_vec();
        evidence.push(record.id());
        self.ledger.breaks.note(class, Owner::Party(owner), record.signed_at(), evidence);
    }
}
