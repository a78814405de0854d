//! What puts earlier records right or takes their effect away: approvals, corrections, consents,
//! reversals, erasures, notices of wrong data, decisions of breaks, and versions of the agreement.

use std::collections::BTreeMap;

use super::{
    admissions::Running,
    cases::{Awaiting, Pending},
    fate::Fate,
    fold::{Fold, Seen, Taken},
    keybook::may_approve,
    transitions::{self, CaseEvent},
};
use crate::{
    names::{Hash, Party, PerParty, RecordId},
    record::{
        AgreementVersion, ApprovalOutcome, BreakClass, BreakResolution, Correction, Decision,
        Record, VersionStep,
    },
};

/// What redress needs to know of what went before. Owned by the fold.
#[derive(Debug, Clone, Default)]
pub(super) struct Redress {
    /// The movement or journey that a record which counts, or could, belongs to.
    pub(super) counted: BTreeMap<RecordId, RecordId>,
    /// The record that each effective correction corrects in the end.
    roots: BTreeMap<RecordId, RecordId>,
    /// Each side's decision of a break.
    pub(super) decisions: BTreeMap<Hash, PerParty<Option<Decision>>>,
    /// What became of each record that a second signer has decided.
    pub(super) fates: BTreeMap<RecordId, Fate>,
    /// What the head start is judged by.
    pub(super) running: Running,
}

impl Redress {
    /// The record that stands behind a correction; a record that is none stands for itself.
    pub(super) fn root(&self, record: RecordId) -> RecordId {
        self.roots.get(&record).copied().unwrap_or(record)
    }
}

impl Fold {
    /// A record has effect only once a second signer has approved it.
    pub(super) fn await_approval(&mut self, taken: &Taken<'_>) {
        let awaiting = Awaiting { author: taken.party, told: taken.timing };
        self.ledger.awaiting.insert(taken.id, awaiting);
    }

    pub(super) fn approval(&mut self, taken: &Taken<'_>, outcome: ApprovalOutcome) {
        let Some(named) = taken.named() else { return };
        let awaits = self.ledger.awaiting.get(&named);
        let ours = awaits.is_some_and(|awaiting| awaiting.author == taken.party);
        let place = taken.books.find(named).filter(|_| ours);
        let entry = place.and_then(|(party, at)| taken.books.entry(party, at));
        let record = entry.and_then(|entry| entry.sound());
        let record = record.filter(|record| may_approve(record, taken.key));
        let Some(record) = record else { return self.illegal(taken, named) };
        self.ledger.awaiting.remove(&named);
        if outcome == ApprovalOutcome::Rejected {
            self.redress.fates.insert(named, Fate::Rejected);
        } else {
            // It happens here, not where it was written.
            let approved = Taken {
                id: named,
                key: record.signer().kid,
                record: record.get(),
                about: record.get().re.first().copied(),
                timing: super::cases::Timing {
                    signed: record.signed_at(),
                    received: taken.timing.received,
                },
                ..*taken
            };
            self.act(&approved);
            // Whatever changed nothing has said so.
            self.redress.fates.entry(named).or_insert(Fate::Approved);
        }
    }

    pub(super) fn correction(&mut self, taken: &Taken<'_>, one: &Correction) {
        let Some(named) = taken.named() else { return };
        let Some(replacement) = &one.replacement else { return self.consent(taken, named) };
        let root = self.redress.root(named);
        let newest = self.ledger.corrected.get(&root).copied().unwrap_or(root);
        let Some(original) = self.own(taken, root) else { return self.illegal(taken, named) };
        if newest != named {
            // Each record is superseded once; the next correction supersedes this one's successor.
            return self.note(BreakClass::Duplicate, taken, &[named]);
        }
        let same = original.kind() == replacement.kind()
            && original.case == replacement.case
            && original.re == replacement.re;
        if !(same && self.amend(&taken.with(replacement), root)) {
            return self.note(BreakClass::IllegalTransition, taken, &[named]);
        }
        self.ledger.corrected.insert(root, taken.id);
        self.redress.roots.insert(taken.id, root);
        self.places(&taken.with(replacement), root);
    }

    /// A record that was taken before in the author's own log.
    fn own<'a>(&self, taken: &Taken<'a>, id: RecordId) -> Option<&'a Record> {
        self.what(id)?;
        let (party, at) = taken.books.find(id).filter(|(party, _)| *party == taken.party)?;
        Some(taken.books.entry(party, at)?.sound()?.get())
    }

    /// The counterpart agrees to a correction of what counts. One to which it need not have agreed
    /// holds already.
    fn consent(&mut self, taken: &Taken<'_>, correction: RecordId) {
        let root = self.redress.roots.get(&correction).copied();
        let theirs = taken.books.find(correction).is_some_and(|(party, _)| party != taken.party);
        let key = root.filter(|_| theirs).and_then(|root| self.movement_of(root));
        let Some(key) = key else { return self.illegal(taken, correction) };
        let author = taken.party.other();
        let is = |pending: &Pending| pending.correction.record == correction;
        if let Some(movement) = self.ledger.movements.get_mut(&key) {
            let Some(pending) = movement.pending.of(author).clone() else { return };
            if !is(&pending) {
                return self.illegal(taken, correction);
            }
            *movement = movement.bound_by(author, pending);
            self.recount(key);
            self.retold(taken, key);
        } else if let Some(journey) = self.ledger.journeys.get_mut(&key) {
            let Some(pending) = journey.pending.of(author).clone() else { return };
            if !is(&pending) {
                return self.illegal(taken, correction);
            }
            *journey = journey.bound_by(author, pending);
            journey.history.push(taken.id);
            self.recount_journey(key);
        }
    }

    /// The movement or journey that a record tells of.
    pub(super) fn movement_of(&self, record: RecordId) -> Option<RecordId> {
        let counted = self.redress.counted.get(&record);
        let told = counted.or_else(|| self.departures.get(&record)).copied();
        // What a notice says of the place decides whether an arrival matches.
        told.or_else(|| self.ledger.transports.get(&record).and_then(|one| one.movement))
    }

    /// Whether a movement or journey is one by this record: the arrival of somebody, or the
    /// admission. Nothing else can be reversed.
    fn counts_by(&self, key: RecordId, named: RecordId) -> bool {
        let came = self.ledger.movements.get(&key).and_then(|one| one.came.as_ref());
        let admitted = self.ledger.journeys.get(&key).and_then(|one| one.admitted.as_ref());
        let mut told = came.into_iter().chain(admitted);
        told.any(|told| told.record == named && !told.is_nobody())
    }

    pub(super) fn reversal(&mut self, taken: &Taken<'_>) {
        let Some(named) = taken.named() else { return };
        let (party, word) = (taken.party, taken.word());
        let key = self.movement_of(named).filter(|key| self.counts_by(*key, named));
        let Some(key) = key else { return self.illegal(taken, named) };
        if let Some(movement) = self.ledger.movements.get_mut(&key) {
            if movement.reversed.of(party).is_some() {
                return self.note(BreakClass::Duplicate, taken, &[named]);
            }
            *movement.reversed.of_mut(party) = Some(word);
            let (both, notice) = (movement.reversed.of(party.other()).is_some(), movement.notice);
            self.recount(key);
            if both && let Some(notice) = notice {
                self.take_back(taken, notice);
            }
        } else if let Some(journey) = self.ledger.journeys.get_mut(&key) {
            if journey.reversed.of(party).is_some() {
                return self.note(BreakClass::Duplicate, taken, &[named]);
            }
            *journey.reversed.of_mut(party) = Some(word);
            journey.history.push(taken.id);
            self.recount_journey(key);
        }
    }

    /// The returns of a transport are reversed.
    fn take_back(&mut self, taken: &Taken<'_>, notice: RecordId) {
        let Some(transport) = self.ledger.transports.get_mut(&notice) else { return };
        transport.history.push(taken.id);
        for request in transport.cases.clone() {
            if let Some(case) = self.ledger.cases.get_mut(&request)
                && case.transport == Some(notice)
                && let Some(next) =
                    transitions::next(transitions::CASE, case.state, CaseEvent::Reversal)
            {
                case.state = next;
                case.since = taken.id;
                case.history.push(taken.id);
            }
        }
    }

    pub(super) fn wrong_data(&mut self, taken: &Taken<'_>) {
        let Some(request) = taken.named() else { return };
        match self.ledger.cases.get_mut(&request) {
            Some(case) => {
                // What is erased cannot be wrong any more.
                if case.erased.gbr.is_none() {
                    case.wrong_data.push(taken.word());
                }
                case.history.push(taken.id);
            }
            None => self.illegal(taken, request),
        }
    }

    pub(super) fn erasure(&mut self, taken: &Taken<'_>) {
        let Some(request) = taken.named() else { return };
        let Some(case) = self.ledger.cases.get_mut(&request) else {
            return self.illegal(taken, request);
        };
        case.history.push(taken.id);
        if case.erased.of(taken.party).is_some() {
            return self.note(BreakClass::Duplicate, taken, &[request]);
        }
        *case.erased.of_mut(taken.party) = Some(taken.word());
        if taken.party == Party::Gbr {
            case.wrong_data.clear();
        }
    }

    pub(super) fn resolution(&mut self, taken: &Taken<'_>, one: &BreakResolution) {
        let decisions = self.redress.decisions.entry(one.break_id).or_default();
        // What both have decided alike, neither decides again alone.
        if decisions.is_full() && decisions.gbr == decisions.fra {
            return self.note(BreakClass::Duplicate, taken, &[]);
        }
        *decisions.of_mut(taken.party) = Some(one.decision);
    }

    /// A step in the life of the agreement. A proposal of provisions that these rules do not know,
    /// or that contradict themselves, changes nothing.
    pub(super) fn version_step(&mut self, taken: &Taken<'_>, one: &AgreementVersion) {
        let Some(named) = taken.named() else { return };
        let founding = self.what(named) == Some(Seen::Agreement);
        let holds = match (one.step, &one.provisions) {
            (VersionStep::Proposed, Some(provisions)) if provisions.faults().is_empty() => {
                let follows = (!founding).then_some(named);
                self.ledger.versions.propose(taken.id, follows, provisions.clone(), taken.position);
                true
            }
            (VersionStep::Proposed, _) => false,
            (VersionStep::Accepted, _) => {
                self.ledger.versions.accept(named, taken.position, taken.seen)
            }
            (VersionStep::Terminated, _) => {
                let known = founding || self.ledger.versions.proposal(taken.party) == Some(named);
                if let Some(received) = taken.timing.received.filter(|_| known) {
                    let provisions = self.provisions(taken);
                    let months = provisions.termination_months;
                    let last = provisions.last_day_of_months(received.date(), months);
                    self.ledger.versions.terminate(last);
                }
                known
            }
        };
        if !holds {
            self.redress.fates.insert(taken.id, Fate::WithoutEffect);
            self.illegal(taken, named);
        }
    }
}
