//! The fold: records of both logs, in their one order, into a ledger.
//!
//! An unexpected record never stops it. It is kept, it moves its case as far as it can, and it
//! surfaces as a break.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Agreement, Books, Case, CaseState, Entry, Journey, Ledger, Owner, Transport, TransportState,
    View, Visa, order::Ordered,
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
        ledger: Ledger::default(),
        seen: BTreeMap::new(),
        references: BTreeSet::new(),
    };
    for (party, _, entry) in Ordered::new(books, view) {
        fold.take(party, entry);
    }
    fold.settle(as_of);
    fold.ledger
}

pub(super) struct Fold<'a> {
    pub(super) agreement: &'a Agreement,
    pub(super) ledger: Ledger,
    /// What each record was, so that later ones can continue it.
    seen: BTreeMap<RecordId, Seen>,
    /// British references of requests and visas: each begins one case.
    references: BTreeSet<CaseRef>,
}

/// What a record was, and the case, transport or journey that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Request,
    Answer { request: RecordId, accepted: bool },
    Notice,
    Departure { notice: RecordId },
    Visa,
    Travel,
    Other,
}

impl Fold<'_> {
    fn take(&mut self, party: Party, entry: &Entry) {
        let Some(record) = entry.sound() else {
            let evidence = entry.id().unwrap_or_else(|| RecordId::new(*entry.leaf.as_bytes()));
            let began = entry.record().map_or(Timestamp::default(), Verified::signed_at);
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
            | Content::Objection(_)
            | Content::Entanglement(_)
            | Content::WeekClose(_)
            | Content::WeeklyStatement(_) => Seen::Other,
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
        let day = record.get().day().unwrap_or_default();
        for notice in &record.get().re {
            match self.ledger.transports.get_mut(notice) {
                Some(transport) if transport.state == TransportState::Notified => {
                    transport.state = TransportState::Departed(record.id(), departure.persons, day);
                    self.claim_departure(record.id(), departure.persons, day);
                    return Seen::Departure { notice: *notice };
                }
                Some(_) => self.note(BreakClass::Duplicate, Party::Gbr, record, &[*notice]),
                None => self.illegal(Party::Gbr, record, notice),
            }
        }
        Seen::Other
    }

    fn arrival(&mut self, record: &Verified<Record>, arrival: &Arrival) -> Seen {
        for id in &record.get().re {
            match self.seen.get(id).copied() {
                Some(Seen::Departure { notice }) => self.arrived(record, arrival, notice),
                Some(Seen::Notice) => self.not_departed(record, arrival, *id),
                Some(_) => self.illegal(Party::Fra, record, id),
                None => self.arrived_alone(record, arrival),
            }
        }
        Seen::Other
    }

    /// An arrival that names the notice: right if nobody left and nobody came.
    fn not_departed(&mut self, record: &Verified<Record>, arrival: &Arrival, notice: RecordId) {
        if arrival.outcome != ArrivalOutcome::NotArrived {
            return self.arrived_alone(record, arrival);
        }
        let failed = self.ledger.transports.get_mut(&notice).and_then(|transport| {
            (transport.state == TransportState::Notified).then(|| {
                transport.state = TransportState::Failed(record.id());
                transport.cases.clone()
            })
        });
        match failed {
            Some(cases) => self.move_cases(&cases, &CaseState::Accepted),
            None => self.illegal(Party::Fra, record, &notice),
        }
    }

    fn arrived_alone(&mut self, record: &Verified<Record>, arrival: &Arrival) {
        self.claim_arrival(record, arrival.persons);
        self.note(BreakClass::ArrivedNotDeparted, Party::Gbr, record, &record.get().re.clone());
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
                None => self.illegal(Party::Fra, record, travel),
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

    pub(super) fn move_cases(&mut self, cases: &[RecordId], state: &CaseState) {
        for id in cases {
            if let Some(case) = self.ledger.cases.get_mut(id) {
                case.state = state.clone();
            }
        }
    }

    fn first_of_reference(&mut self, party: Party, record: &Verified<Record>) {
        let Some(reference) = record.get().case.clone() else { return };
        if !self.references.insert(reference) {
            self.note(BreakClass::Duplicate, party, record, &[]);
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
