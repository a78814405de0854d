//! Limits that were missed, and what else the provisions ask of cases, transports and visas.

use super::{
    BreakClass as Class, Owner,
    cases::{Case, CaseState, Timing, Transport, TransportState, Visa},
    deadlines::LastDay,
    fold::Fold,
};
use crate::{
    names::{Date, Party, RecordId},
    record::OutageNotice,
};

impl Fold {
    pub(super) fn settle_limits(&mut self) {
        let cases = std::mem::take(&mut self.ledger.cases);
        for (request, case) in &cases {
            self.case_limits(*request, case);
        }
        self.ledger.cases = cases;
        let transports = std::mem::take(&mut self.ledger.transports);
        for (notice, transport) in &transports {
            self.transport_limits(*notice, transport);
        }
        self.ledger.transports = transports;
        let visas = std::mem::take(&mut self.ledger.visas);
        for (id, visa) in &visas {
            self.visa_limit(*id, visa);
        }
        self.ledger.visas = visas;
    }

    fn case_limits(&mut self, request: RecordId, case: &Case) {
        let provisions = self.ledger.versions.provisions(case.version);
        let (gbr, fra) = (Owner::Party(Party::Gbr), Owner::Party(Party::Fra));
        let (asking, answering) = (case.request_limit(provisions), case.answer_limit(provisions));
        let extending = Case { extended: false, ..case.clone() }.answer_limit(provisions);
        if !provisions.scopes.as_slice().contains(&case.scope) {
            self.found(Class::ScopeNotInForce, gbr, case.asked.received, vec![request]);
        }
        self.missed(Class::LateRequest, gbr, asking, case.asked, &[request]);
        for word in &case.extensions {
            self.missed(Class::LateExtension, fra, extending, word.timing, &word.evidence());
        }
        if let Some(answer) = &case.answer {
            let word = answer.word;
            self.missed(Class::LateAnswer, fra, answering, word.timing, &word.evidence());
        }
        let waits = matches!(case.state, CaseState::Requested | CaseState::Extended);
        // An answer in transit has not been received.
        let silent = case.answer.is_none_or(|answer| answer.word.timing.received.is_none());
        if silent
            && (waits || case.answer.is_some())
            && answering.has_passed(self.now)
            && let Some(last) = answering.0
        {
            let began = Some(last.plus(1).start());
            self.found(Class::NoReply, fra, began, vec![request]);
        }
    }

    /// Names a limit that was missed by receipt: late, unless it was signed in time while one side
    /// was out of service.
    fn missed(
        &mut self,
        class: Class,
        owner: Owner,
        last: LastDay,
        timing: Timing,
        evidence: &[RecordId],
    ) {
        if !last.is_missed_by(timing) {
            return;
        }
        let in_time = last.0.is_some_and(|last| timing.signed.date() <= last);
        let covers = |outage: &OutageNotice| {
            outage.from <= timing.signed && outage.until.is_none_or(|until| timing.signed <= until)
        };
        if in_time && self.outages.values().any(covers) {
            self.found(Class::ReceiptWithheld, Owner::Both, timing.received, evidence.to_vec());
        } else {
            self.found(class, owner, timing.received, evidence.to_vec());
        }
    }

    fn transport_limits(&mut self, notice: RecordId, transport: &Transport) {
        let gbr = Owner::Party(Party::Gbr);
        let announced = transport.announced.received;
        let provisions = self.ledger.versions.provisions(transport.version);
        let group = transport.persons >= provisions.group_persons;
        let lead = if group { provisions.group_notice_days } else { provisions.notice_days };
        let attested =
            announced.map(|time| provisions.last_day(time.date(), provisions.attestation_days));
        if let Some(received) = announced
            && transport.day < received.date().plus(lead)
        {
            self.found(Class::ShortNotice, gbr, announced, vec![notice]);
        }
        if !transport.attested {
            self.found(Class::AttestationMissing, gbr, announced, vec![notice]);
        }
        self.announced_families(notice, transport);
        let Some(movement) = transport.movement else { return };
        let told = self.ledger.movements.get(&movement).and_then(|one| one.left.clone());
        let Some(left) = told else { return };
        if attested.is_some_and(|last| left.day > last) {
            let evidence = vec![left.record, notice];
            self.found(Class::AttestationStale, gbr, left.timing.received, evidence);
        }
        if transport.state != TransportState::Failed {
            self.late_transfers(notice, transport, left.day, left.record, left.timing);
        }
    }

    /// Whether as many persons are announced as the cases have that were accepted.
    fn announced_families(&mut self, notice: RecordId, transport: &Transport) {
        let cases = transport.cases.iter().filter_map(|id| self.ledger.cases.get(id));
        let persons = cases.map(|case| u64::from(case.persons)).fold(0, u64::saturating_add);
        if transport.accepted && persons != u64::from(transport.persons) {
            let owner = Owner::Party(Party::Gbr);
            let began = transport.announced.received;
            self.found(Class::HeadcountMismatch, owner, began, vec![notice]);
        }
    }

    fn late_transfers(
        &mut self,
        notice: RecordId,
        transport: &Transport,
        day: Date,
        departure: RecordId,
        timing: Timing,
    ) {
        for request in &transport.cases {
            let Some(case) = self.ledger.cases.get(request) else { continue };
            let provisions = self.ledger.versions.provisions(case.version);
            let late = case.transfer_limit(provisions).0.is_some_and(|last| day > last);
            if late && case.transport == Some(notice) {
                let evidence = vec![departure, *request];
                let owner = Owner::Party(Party::Gbr);
                self.found(Class::LateTransfer, owner, timing.received, evidence);
            }
        }
    }

    fn visa_limit(&mut self, id: RecordId, visa: &Visa) {
        let provisions = self.ledger.versions.provisions(visa.version);
        if visa.expires > provisions.last_day_of_months(visa.issued, provisions.visa_months) {
            self.found(Class::VisaTooLong, Owner::Party(Party::Gbr), visa.told.received, vec![id]);
        }
    }
}
