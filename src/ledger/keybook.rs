//! The keys of one party at each position of its log: those of the founding agreement, and what
//! key-events have made of them since.
//!
//! It is a pure function of the party's own log, so that both sides, and anybody who reads the log
//! later, agree on who could sign where. Paths and revocation lists are no part of it: they guard
//! enrolment at each side, and no list can change what was logged.

mod before;
mod step;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use step::{KeyChange, KeyEventFault};

use before::Before;
use step::Plan;

use super::{Agreement, agreement::signer_key};
use crate::{
    envelope::{Envelope, Keyring, KeyringError, PublicKey, Refusal, Role, SignerKey, Verified},
    limits::KEY_EVENTS_OPEN_MAX,
    names::{KeyId, Party, Position, RecordId, Size, Timestamp},
    record::{Approval, ApprovalOutcome, Certificate, Content, KeyEvent, KeyStep, Record},
    trust::SignerCertificate,
};

/// One party's keys, as far as its log was read. Cheap to copy: what seldom changes is shared.
#[derive(Debug, Clone)]
pub struct Keybook {
    founding: Arc<Founding>,
    keyring: Arc<Keyring>,
    /// Every key-event of form: the record while it waits for its approval, nothing afterwards.
    events: Arc<BTreeMap<RecordId, Option<Verified<Record>>>>,
    /// How many of them wait.
    open: usize,
    changes: Arc<Vec<KeyChange>>,
    before: Before,
    /// After the end of a log nothing but entanglements follows.
    ended: bool,
    /// Where in the row of this party's logs the one begins whose positions are asked about.
    begin: Size,
}

/// What no log can change.
#[derive(Debug)]
struct Founding {
    party: Party,
    issuer: String,
    /// Log and mirror keys of both parties: none of them ever signs a record.
    reserved: BTreeSet<KeyId>,
}

/// A key of the book, and where it may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace<'a> {
    /// The key.
    pub key: &'a SignerKey,
    /// The first position at which it may sign.
    pub from: Position,
    /// The first position at which it may not sign any more.
    pub until: Option<Position>,
    /// Since when others may have used it.
    pub compromised: Option<Timestamp>,
}

impl Founding {
    fn of(agreement: &Agreement, party: Party) -> Self {
        let all = (0..=agreement.successions().len())
            .flat_map(|generation| Party::BOTH.map(|one| agreement.identity_in(one, generation)));
        let reserved =
            all.flat_map(|one| [one.log.public_key().id(), one.mirror.public_key().id()]).collect();
        Self { party, issuer: agreement.terms().party(party).issuer.clone(), reserved }
    }
}

impl Keybook {
    /// The keys of `party` before its first entry.
    #[must_use]
    pub fn new(agreement: &Agreement, party: Party) -> Self {
        Self {
            founding: Arc::new(Founding::of(agreement, party)),
            keyring: Arc::new(agreement.keyring().clone()),
            events: Arc::default(),
            open: 0,
            changes: Arc::default(),
            before: Before::default(),
            ended: false,
            begin: Size(0),
        }
    }

    /// The same keys before the first entry of the log that succeeds the one that was read.
    #[must_use]
    pub(super) fn succeed(&self, agreement: &Agreement, begin: Size) -> Self {
        let founding = Arc::new(Founding::of(agreement, self.party()));
        Self { founding, ended: false, begin, ..self.clone() }
    }

    /// A position of the log as the row counts it.
    fn row(&self, position: Position) -> Position {
        self.begin.plus(position.0).next()
    }

    /// Whose keys they are.
    #[must_use]
    pub fn party(&self) -> Party {
        self.founding.party
    }

    /// How many changes were made: two books of one log with as many are the same.
    #[must_use]
    pub fn version(&self) -> usize {
        self.changes.len()
    }

    /// Every change, in the order of the log.
    #[must_use]
    pub fn changes(&self) -> &[KeyChange] {
        &self.changes
    }

    /// The change that a key-event has made, if it has.
    #[must_use]
    pub fn change(&self, event: RecordId) -> Option<&KeyChange> {
        self.changes.iter().find(|one| one.event == event)
    }

    /// Whether a key-event waits for its approval.
    #[must_use]
    pub fn waits(&self, event: RecordId) -> bool {
        self.events.get(&event).is_some_and(Option::is_some)
    }

    /// Judges an envelope that stands at `position` of this log.
    ///
    /// # Errors
    /// The first rule that the envelope breaks.
    pub fn check(
        &self,
        envelope: Envelope,
        position: Position,
    ) -> Result<Verified<Envelope>, Refusal> {
        self.keyring.check(envelope, self.party(), self.row(position))
    }

    /// What a key's records have to agree with, if it may sign in `role` at `position`.
    #[must_use]
    pub fn signer(&self, key: &PublicKey, role: Role, position: Position) -> Option<&SignerKey> {
        self.valid(position).find(|one| one.key == *key && one.role == role)
    }

    /// The keys of this party that may sign at `position`.
    pub fn valid(&self, position: Position) -> impl Iterator<Item = &SignerKey> {
        self.keyring.at(self.party(), self.row(position))
    }

    /// The key of this id and party, whether it may sign or not.
    #[must_use]
    pub fn get(&self, kid: KeyId) -> Option<&SignerKey> {
        self.keyring.get(kid).filter(|one| one.party == self.party())
    }

    /// Every key of this party, retired ones too: by role, then in the order of enrolment.
    #[must_use]
    pub fn places(&self) -> Vec<KeyPlace<'_>> {
        let own = self.keyring.places().filter(|(key, ..)| key.party == self.party());
        let mut places: Vec<KeyPlace<'_>> = own
            .map(|(key, from, until)| {
                let compromised = self.compromised(key.key.id());
                KeyPlace { key, from, until, compromised }
            })
            .collect();
        places.sort_by_key(|one| (one.key.role, one.from, one.key.key.id()));
        places
    }

    /// Since when a key is said to be compromised: the earliest time that was approved.
    #[must_use]
    pub fn compromised(&self, kid: KeyId) -> Option<Timestamp> {
        let of_key = self.changes.iter().filter(|one| one.key == kid);
        of_key.filter_map(|one| one.since).min()
    }

    /// Reads on: a record that stands, sound but for this, at `position` of the log. Gives the
    /// change that it brings about there; a key-event changes nothing before its approval.
    ///
    /// # Errors
    /// A key-event that is not of form where it stands; nothing has moved then.
    pub fn take(
        &mut self,
        position: Position,
        record: &Verified<Record>,
    ) -> Result<Option<KeyChange>, KeyEventFault> {
        let position = self.row(position);
        if let Content::Agreement(_) = &record.get().content {
            // Entry 0, of this log or of one that succeeds another in the row.
            self.ended = false;
            if position > Position(0) {
                self.before = Before::of(self);
            }
            return Ok(None);
        }
        if self.ended {
            return Ok(None);
        }
        if let Content::KeyEvent(event) = &record.get().content {
            return self.note(record, event).map(|()| None);
        }
        if let Content::Approval(approval) = &record.get().content {
            return Ok(self.decide(position, record, approval));
        }
        self.ended = matches!(record.get().content, Content::LogEnd(_));
        Ok(None)
    }

    fn note(&mut self, record: &Verified<Record>, event: &KeyEvent) -> Result<(), KeyEventFault> {
        // Of several places of one record the first has effect.
        if self.events.contains_key(&record.id()) {
            return Ok(());
        }
        self.plan(event, record.signed_at())?;
        self.before.room_for_event(self)?;
        if self.open >= KEY_EVENTS_OPEN_MAX {
            return Err(KeyEventFault::TooManyOpen);
        }
        self.open = self.open.saturating_add(1);
        Arc::make_mut(&mut self.events).insert(record.id(), Some(record.clone()));
        Ok(())
    }

    /// An approval or rejection, which has effect on what still waits only.
    fn decide(
        &mut self,
        position: Position,
        record: &Verified<Record>,
        approval: &Approval,
    ) -> Option<KeyChange> {
        let named = *record.get().re.first()?;
        let open = self.events.get(&named)?.clone()?;
        let Content::KeyEvent(event) = &open.get().content else { return None };
        if !may_approve(&open, record.signer().kid) {
            return None;
        }
        Arc::make_mut(&mut self.events).insert(named, None);
        self.open = self.open.saturating_sub(1);
        if approval.outcome != ApprovalOutcome::Approved {
            return None;
        }
        // The keys may be others by now than when it was logged.
        let plan = self.plan(event, record.signed_at()).ok()?;
        let key = self.carry_out(plan, Position(position.0.saturating_add(1))).ok()?;
        let (step, since) = (event.step, event.since);
        let change = KeyChange { event: named, step, key, since, at: position };
        Arc::make_mut(&mut self.changes).push(change);
        Some(change)
    }

    fn carry_out(&mut self, plan: Plan, next: Position) -> Result<KeyId, KeyringError> {
        let keyring = Arc::make_mut(&mut self.keyring);
        match plan {
            Plan::Enrol(key) => keyring.enrol(*key, next),
            Plan::Retire(kid) => keyring.retire(kid, next).map(|()| kid),
            Plan::Note(kid) => Ok(kid),
        }
    }

    /// What a key-event comes to, given the keys as they now are.
    fn plan(&self, event: &KeyEvent, signed: Timestamp) -> Result<Plan, KeyEventFault> {
        match (event.step, event.role, &event.certificate, event.key) {
            (KeyStep::Enrolled, Some(role), Some(certificate), _) => {
                self.enrolment(role, certificate, signed)
            }
            (KeyStep::Retired, _, _, Some(kid)) => {
                self.standing(kid)?;
                self.spared(kid, signed).map(Plan::Retire)
            }
            (KeyStep::CompromisedSince, _, _, Some(kid)) => {
                let since = event.since.ok_or(KeyEventFault::Incomplete)?;
                self.compromise(kid, since, signed)
            }
            // The schema asks for these fields.
            (KeyStep::Enrolled | KeyStep::Retired | KeyStep::CompromisedSince, ..) => {
                Err(KeyEventFault::Incomplete)
            }
        }
    }

    fn enrolment(
        &self,
        role: Role,
        certificate: &Certificate,
        signed: Timestamp,
    ) -> Result<Plan, KeyEventFault> {
        let party = self.party();
        let read = SignerCertificate::parse(certificate.der())?;
        if read.party() != party || read.role() != role.name() {
            let named = format!("{} of {}", read.role(), read.party());
            return Err(KeyEventFault::Misplaced { named, role, party });
        }
        if read.not_after() < signed {
            return Err(KeyEventFault::Expired(read.not_after()));
        }
        let kid = read.public_key().id();
        if self.founding.reserved.contains(&kid) {
            return Err(KeyEventFault::Reserved(kid));
        }
        self.before.room_for_key(self)?;
        let key = signer_key(&read, role, self.founding.issuer.clone());
        // The keyring itself says whether it takes the key in.
        let mut tried = Keyring::clone(&self.keyring);
        tried.enrol(key.clone(), Position(0))?;
        Ok(Plan::Enrol(Box::new(key)))
    }

    fn compromise(
        &self,
        kid: KeyId,
        since: Timestamp,
        signed: Timestamp,
    ) -> Result<Plan, KeyEventFault> {
        if since > signed {
            return Err(KeyEventFault::SinceLater { since, signed });
        }
        self.before.room_for_compromise(self)?;
        if let Some(before) = self.compromised(kid).filter(|before| *before <= since) {
            return Err(KeyEventFault::CompromisedBefore { kid, since: before });
        }
        match self.standing(kid) {
            // It may come out after its retirement.
            Err(KeyEventFault::Keyring(KeyringError::AlreadyRetired { .. })) => Ok(Plan::Note(kid)),
            Err(fault) => Err(fault),
            Ok(()) => self.spared(kid, signed).map(Plan::Retire),
        }
    }

    /// Whether a key of this party is enrolled and not retired.
    fn standing(&self, kid: KeyId) -> Result<(), KeyEventFault> {
        let place = self.keyring.places().find(|(key, ..)| key.key.id() == kid);
        match place.filter(|(key, ..)| key.party == self.party()) {
            None => Err(KeyringError::Unknown(kid).into()),
            Some((_, _, Some(at))) => Err(KeyringError::AlreadyRetired { kid, at }.into()),
            Some((_, _, None)) => Ok(()),
        }
    }

    /// Whether another key of its role remains that has not expired: without one of each role
    /// nothing could be logged, approved or covered any more, and no key enrolled either.
    fn spared(&self, kid: KeyId, signed: Timestamp) -> Result<KeyId, KeyEventFault> {
        let Some(role) = self.get(kid).map(|key| key.role) else {
            return Err(KeyringError::Unknown(kid).into());
        };
        let remains = self.keyring.places().any(|(key, _, until)| {
            (key.party, key.role) == (self.party(), role)
                && key.key.id() != kid
                && until.is_none()
                && (key.not_before <= signed && signed <= key.not_after)
        });
        if remains { Ok(kid) } else { Err(KeyEventFault::LastOfRole { kid, role }) }
    }
}

/// Whether a key can approve or reject a record: one pair of eyes is not two, and nobody decides
/// about their own key, so that a thief cannot reject what takes the stolen one away.
#[must_use]
pub fn may_approve(record: &Verified<Record>, approver: KeyId) -> bool {
    let about_itself = if let Content::KeyEvent(event) = &record.get().content {
        event.key == Some(approver)
    } else {
        false
    };
    record.signer().kid != approver && !about_itself
}
