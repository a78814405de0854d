//! What operators ask: one record with its receipt, and how this side stands.

use super::{
    Gate, LogView, LoggedAt, ReceiptView, RecordKey, RecordView, Refused, Reply, Signatures,
    StatusView, VersionView, group::Scribe,
};
use crate::{
    daemon::{
        casebook::{CaseQuery, CaseView, Casebook, CasesView},
        edge::EdgeView,
    },
    danger::{Bug, planted},
    envelope::Role,
    ledger::{Ledger, Wanted},
    names::{Party, PerParty, Position, Size, Timestamp},
    store::{LogNodes, Store},
    tlog::{Receipt, inclusion_proof},
    trust::{Ending, EndingUse},
};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// One record, with its receipt if there is one.
    pub(super) fn record(&mut self, key: RecordKey) -> Result<RecordView, Refused> {
        let own = self.seat.party;
        let place = match key {
            RecordKey::Id(id) => self.state.books.find(id),
            RecordKey::At(log, position) => {
                let begin = self.state.books.begin(log);
                Some((log, begin.plus(position.0).next()))
            }
            RecordKey::Submission(id) => {
                self.state.submissions.get(&id).map(|position| (own, *position))
            }
        };
        let rehearsal = self.seat.agreement.terms().rehearsal;
        if let (None, RecordKey::Submission(id)) = (place, key) {
            let waiting = self.queue.iter().find(|(waiting, _)| *waiting == id);
            let (_, record) = waiting.ok_or(Refused::NotFound)?;
            return Ok(RecordView {
                state: "queued",
                id: None,
                log: own,
                origin: self.seat.agreement.origin(own).to_string(),
                position: None,
                signed_at: None,
                record: record.clone(),
                receipt: None,
                approval: None,
                rehearsal,
            });
        }
        let (log, position) = place.ok_or(Refused::NotFound)?;
        let entry = self.state.books.entry(log, position);
        let record = entry.and_then(|entry| entry.record()).ok_or(Refused::NotFound)?.clone();
        let place = self.state.books.place(log, position);
        let is_newest = place.generation == self.state.books.generation();
        let receipt = if is_newest { self.receipt(log, place.at)? } else { None };
        let needs = record.get().content.needs_approval();
        let approval = needs.then(|| self.state.fate(record.id(), self.now.wall));
        Ok(RecordView {
            // The receipt of what stands in a log that has ended comes from the store of that log.
            state: if is_newest { "logged" } else { "inherited" },
            id: Some(record.id()),
            log,
            origin: self.seat.agreement.origin_in(log, place.generation).to_string(),
            position: Some(place.at),
            signed_at: Some(record.signed_at()),
            approval,
            record: record.into_inner(),
            receipt,
            rehearsal,
        })
    }

    /// A position of the row of our own logs, as the log counts it in which it is.
    pub(super) fn logged_at(&self, position: Position) -> LoggedAt {
        let (own, books) = (self.seat.party, &self.state.books);
        let place = books.place(own, position);
        let origin = self.seat.agreement.origin_in(own, place.generation).to_string();
        let inherited = place.generation != books.generation();
        LoggedAt { position: place.at, origin, inherited }
    }

    /// A position of our newest log.
    pub(super) fn logged_now(&self, position: Position) -> LoggedAt {
        let origin = self.seat.agreement.origin(self.seat.party).to_string();
        LoggedAt { position, origin, inherited: false }
    }

    /// The receipt of a position: by the first cosigned checkpoint that covers it, so that the same
    /// question always gets the same receipt.
    fn receipt(&self, log: Party, position: Position) -> Result<Option<ReceiptView>, Refused> {
        let identity = self.seat.agreement.identity(log);
        let mirror = &self.seat.agreement.identity(log.other()).mirror;
        let mut first = self.state.books.newest().receipt(log, position);
        if planted(Bug::ReceiptByNewest) {
            first = first.and(self.state.reader(log.other()).entangled());
        }
        let Some((size, time)) = first else {
            return Ok(None);
        };
        let above = Size(size.0.saturating_sub(1));
        let found = self.store.cosignatures_above(log, above, 1).map_err(Refused::store)?;
        let Some(note) = found.into_iter().find(|note| note.size == size) else {
            return Ok(None);
        };
        let cosigned = mirror.open(&identity.log, &note.note).map_err(|_| Refused::Internal)?;
        let leaf = self.state.books.newest().entry(log, position).ok_or(Refused::Internal)?.leaf;
        let proof = inclusion_proof(&LogNodes::new(&self.store, log), position, size)
            .map_err(|_| Refused::Internal)?;
        let receipt =
            Receipt::new(leaf, position, proof, cosigned).map_err(|_| Refused::Internal)?;
        Ok(Some(ReceiptView { time, size, proof: receipt.text() }))
    }

    /// How this side stands.
    pub(super) fn status(&mut self) -> StatusView {
        let agreement = std::sync::Arc::clone(&self.seat.agreement);
        let clock_fault = self.clock_fault().map(|fault| fault.to_string());
        self.extend_chain();
        let ledger = self.state.ledger(self.now.wall);
        let enrolments = self.enrolments();
        self.tell_enrolments(&enrolments);
        let (gate, gate_reason) = match self.gate {
            Gate::Open => ("open", None),
            Gate::Closed => ("closed", Some(self.closed_reason())),
            Gate::Fork => (
                "fork",
                Some(
                    "our own signature stands under another history; nothing is signed until the \
                     operators of both sides have compared the two logs"
                        .into(),
                ),
            ),
        };
        let mut status = StatusView {
            party: self.seat.party,
            rehearsal: agreement.terms().rehearsal,
            agreement: agreement.digest(),
            clock: self.now.wall,
            gate: gate.to_owned(),
            gate_reason,
            clock_fault,
            keys_away: self.keys.away(),
            connected: self.connected,
            refusal: self.refusal.clone(),
            logs: PerParty::from_fn(|log| self.log_view(log)),
            queued: self.queue.len(),
            first_week: agreement.terms().provisions.in_force.week(),
            week_due: PerParty::from_fn(|log| self.state.reader(log).next_close()),
            weeks: self.state.chain.bodies().len(),
            version: version_in_force(&ledger, self.seat.party, self.now.wall),
            other_version: version_in_force(&ledger, self.seat.party.other(), self.now.wall),
            edge: EdgeView::default(),
            certificates: Vec::new(),
            record_trust: self.judges.view(self.now.wall),
            enrolments,
            tally: ledger.tally(),
            breaks: ledger.breaks.iter().cloned().collect(),
        };
        let endings = self.signers().chain(self.judges.endings());
        status.add_endings(endings.map(|one| one.view(self.now.wall)));
        status
    }

    /// The certificates of the keys that may sign the next record of each log.
    fn signers(&self) -> impl Iterator<Item = Ending> {
        let of = |party| self.state.reader(party).keys().valid(self.state.size(party).next());
        Party::BOTH.into_iter().flat_map(of).map(|key| Ending {
            party: key.party,
            purpose: match key.role {
                Role::Caseworker => EndingUse::Caseworker,
                Role::Ledger => EndingUse::Ledger,
                Role::Officer => EndingUse::Officer,
            },
            fingerprint: key.thumbprint,
            not_after: key.not_after,
        })
    }

    /// Tells the story of what is asked for, or what it may mean.
    pub(super) fn case(&mut self, wanted: &Wanted, reply: Reply<CaseView>) {
        let found = Casebook::open(&self.seat, &mut self.state, self.now.wall).show(wanted);
        self.answer(reply, found.ok_or(Refused::NoSuchCase));
    }

    /// Lists the cases that fit.
    pub(super) fn cases(&mut self, query: &CaseQuery, reply: Reply<CasesView>) {
        let found = Casebook::open(&self.seat, &mut self.state, self.now.wall).list(query);
        self.answer(reply, Ok(found));
    }

    fn log_view(&self, log: Party) -> LogView {
        let cosigned = self.state.cosigned.of(log).as_ref();
        let covered = cosigned.map_or(Size(0), |one| one.checkpoint().size());
        let beyond = self.state.books.newest().entries(log, covered.next());
        let unreceipted = beyond.filter(|(_, entry)| entry.entanglement().is_none()).count();
        let all = self.state.books.newest().entries(log, Position(0));
        let contested = all.filter(|(_, entry)| entry.record().is_none()).count();
        LogView {
            origin: self.seat.agreement.origin(log).to_string(),
            size: self.state.size(log),
            root: self.state.frontier(log).root(),
            cosigned: covered,
            cosigned_at: cosigned.map(|one| one.time()),
            unreceipted: u64::try_from(unreceipted).unwrap_or(u64::MAX),
            contested: u64::try_from(contested).unwrap_or(u64::MAX),
            ended: self.state.reader(log).has_ended(),
        }
    }

    /// What keeps the gate closed.
    fn closed_reason(&self) -> String {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let (held, mirror) = (self.state.size(party), self.state.size(other));
        if let Some(signed) = self.newest.own().filter(|signed| *signed > held) {
            return format!(
                "{signed} entries of our own log were signed and {held} are held: waiting for the \
                 counterpart's mirror; if it does not hold them either, operators end the logs \
                 (tail-lost)"
            );
        }
        if let Some((cosigned, _)) = self.state.awaited().last_key_value() {
            return format!(
                "{cosigned} entries of the counterpart's log were cosigned and {mirror} are held: \
                 waiting for the counterpart; if it does not hold them either, operators end the \
                 logs (tail-lost)"
            );
        }
        "waiting for a counterpart that has itself passed, or for the high-water mark; if neither \
         side can pass, operators end the logs (tail-lost)"
            .to_owned()
    }
}

/// The version of the agreement in force in a side's log at a time.
fn version_in_force(ledger: &Ledger, party: Party, now: Timestamp) -> VersionView {
    let versions = &ledger.versions;
    let number = versions.number(party);
    VersionView {
        number,
        proposal: versions.proposal(party),
        phase: versions.phase(number, now.date()),
        last_day: versions.last_day(number),
    }
}
