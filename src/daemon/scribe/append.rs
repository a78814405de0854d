//! Our own log grows: submissions, and the records that the daemon makes by itself.

use super::{Refused, Signatures, Submitted, group::Scribe};
use crate::{
    danger::{Bug, planted},
    envelope::{Claims, Draft, Header},
    ledger::{Entry, Standing, examine},
    names::{Position, RecordId, Size, SubmissionId},
    record::{Content, LogEndReason, Record, Submission, daemon_submission, subject},
    store::{Store, Write},
    tlog::{Checkpoint, SignedCheckpoint},
};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Takes a submission in: signs and appends it, or queues it while we may not sign. A
    /// repetition changes nothing and gets the same answer.
    pub(super) fn submit(&mut self, submission: Submission) -> Result<Submitted, Refused> {
        // What waited comes first.
        self.drain_queue();
        let id = submission.id;
        if let Some(answer) = self.known(&submission)?
            && !planted(Bug::AnswerRepeatAnew)
        {
            return Ok(answer);
        }
        for id in &submission.record.re {
            if self.state.books.find(*id).is_none() {
                return Err(Refused::UnknownReference { record: *id });
            }
        }
        self.unhindered(&submission.record)?;
        let is_of_keys = matches!(submission.record.content, Content::KeyEvent(_));
        let ended = self.state.reader(self.seat.party).has_ended();
        if is_of_keys && ended {
            return Err(Refused::LogEnded);
        }
        if is_of_keys {
            // What is of form now may not be by the time that it could be signed.
            self.may_sign()?;
            self.may_enrol(&submission.record)?;
        }
        let digest = submission.digest;
        if self.may_sign().is_ok() && !ended {
            let (record, position) = self.append(submission)?;
            self.writes.push(Write::Submission { id, digest });
            return Ok(Submitted::Logged { record, logged: self.logged_now(position) });
        }
        let payload = submission.record.encode();
        self.writes.push(Write::Submission { id, digest });
        self.writes.push(Write::Queue { id, payload: payload.clone() });
        self.queue.push_back((id, submission.record));
        Ok(Submitted::Queued { submission: id })
    }

    /// Refuses what the agreement does not let us log now. What was taken in and waits is logged
    /// all the same: it was answered for.
    fn unhindered(&mut self, record: &Record) -> Result<(), Refused> {
        let party = self.seat.party;
        let waiting = self.queue.iter().map(|(_, record)| holders(record));
        let waiting = waiting.fold(0, u64::saturating_add);
        let state = &mut self.state;
        if state.reader(party).has_ended() {
            let word = *state.books.newest().last_words().of(party);
            // Any other end has a successor, to which what waits is carried over.
            if word.is_none_or(|word| word.reason == LogEndReason::AgreementEnded) {
                return Err(Refused::LogEnded);
            }
        }
        let hindrance = state.hindrance(party, record, waiting, self.now.wall);
        hindrance.map_or(Ok(()), |hindrance| Err(hindrance.into()))
    }

    /// The answer that the same submission got before, if it was here before.
    fn known(&self, submission: &Submission) -> Result<Option<Submitted>, Refused> {
        let id = submission.id;
        let before = match self.taken_in(id) {
            Some(digest) => Some(digest),
            None => self.store.submission(id).map_err(Refused::store)?,
        };
        let another = before.is_some_and(|digest| digest != submission.digest);
        if another && !planted(Bug::AnswerReusedKey) {
            return Err(Refused::KeyReused);
        }
        if let Some(position) = self.state.submissions.get(&id) {
            let entry = self.state.books.entry(self.seat.party, *position);
            let record = entry.and_then(|entry| entry.record()).ok_or(Refused::Internal)?;
            // Healed from the mirror: what was asked for can only be told from what was signed.
            if before.is_none() && !record.get().says_the_same_as(&submission.record) {
                return Err(Refused::KeyReused);
            }
            let logged = self.logged_at(*position);
            return Ok(Some(Submitted::Logged { record: record.id(), logged }));
        }
        let queued = self.queue.iter().any(|(waiting, _)| *waiting == id);
        Ok(queued.then_some(Submitted::Queued { submission: id }))
    }

    /// What a submission of this very group asked for.
    fn taken_in(&self, id: SubmissionId) -> Option<[u8; 32]> {
        self.writes.iter().find_map(|write| {
            let Write::Submission { id: taken, digest } = write else { return None };
            (*taken == id).then_some(*digest)
        })
    }

    /// Signs and appends all that waited, in order. What is refused now was of form when it was
    /// taken in, so only our own fault can refuse it: it stays queued, and status says so.
    pub(super) fn drain_queue(&mut self) {
        let ended = self.state.reader(self.seat.party).has_ended();
        if self.may_sign().is_err() || ended || !std::mem::take(&mut self.queue_is_due) {
            return;
        }
        let mut unsigned = None;
        for (id, record) in std::mem::take(&mut self.queue) {
            if planted(Bug::DequeueBeforeAppend) {
                let _early = self.store.commit(&[Write::Dequeue { id }]);
            }
            if !self.state.submissions.contains_key(&id) || planted(Bug::LogQueuedTwice) {
                let anew = self.referring_anew(record.clone());
                let submission = Submission { record: anew, id, digest: [0; 32] };
                let appended = self.append(submission);
                if self.stalled {
                    // The group is dealt with again, from what the store holds.
                    return;
                }
                if let Err(refused) = appended {
                    unsigned = Some((refused, id));
                    self.queue.push_back((id, record));
                    continue;
                }
            }
            self.writes.push(Write::Dequeue { id });
        }
        self.tell_unsigned(unsigned);
    }

    /// Says once for each change how much of the queue cannot be signed, and not at every look.
    fn tell_unsigned(&mut self, last: Option<(Refused, SubmissionId)>) {
        let records = if last.is_some() { self.queue.len() } else { 0 };
        if std::mem::replace(&mut self.unsigned, records) == records {
            return;
        }
        match last {
            Some((refused, submission)) => {
                tracing::error!(records, %refused, %submission, "cannot sign what is queued");
            }
            None => tracing::info!("all that was queued is signed"),
        }
    }

    /// What stood beyond the end of the log before is logged anew, with another id: a record that
    /// waited and refers to the old one gets the new one.
    fn referring_anew(&self, mut record: Record) -> Record {
        let Some(inherited) = self.seat.agreement.inherited() else { return record };
        for id in &mut record.re {
            if self.state.books.find(*id).is_some() {
                continue;
            }
            let before = inherited.beyond().iter().find(|one| one.id() == *id);
            let anew = before.and_then(|one| self.state.submissions.get(&one.submission()));
            let entry = anew.and_then(|at| self.state.books.entry(self.seat.party, *at));
            if let Some(anew) = entry.and_then(Entry::id) {
                *id = anew;
            }
        }
        record
    }

    /// Appends a record that the daemon makes by itself, known again by `name`.
    pub(super) fn append_own(
        &mut self,
        record: Record,
        name: &str,
    ) -> Result<(RecordId, Position), Refused> {
        self.append(daemon_submission(self.seat.party, record, name))
    }

    /// Signs a record and gives it the next position.
    fn append(&mut self, submission: Submission) -> Result<(RecordId, Position), Refused> {
        let Submission { record, id, .. } = submission;
        let bytes = self.sign(&record, id)?;
        self.enter(bytes)
    }

    /// Gives a signed record the next position. The author's own daemon refuses what its mirror
    /// would contest, by the same code.
    pub(super) fn enter(&mut self, bytes: Vec<u8>) -> Result<(RecordId, Position), Refused> {
        let party = self.seat.party;
        let position = self.state.size(party).next();
        let examined = examine(self.state.reader(party).keys(), position, bytes.clone());
        let mut reader = self.state.reader(party).clone();
        let leaf = examined.leaf();
        let root = |size: Size| self.root_of(party.other(), size);
        let entry =
            reader.admit(&self.seat.agreement, examined, root).map_err(|_| Refused::Internal)?;
        let record = match &entry.standing {
            Standing::Sound(record) => record.id(),
            Standing::Ineffective(_, reason) => {
                return Err(Refused::Form { reason: reason.to_string() });
            }
            Standing::Contested(contest) => {
                return Err(Refused::Form { reason: contest.detail.clone() });
            }
        };
        if self.state.books.find(record).is_some() {
            return Err(Refused::Internal);
        }
        self.look_again |= is_of_keys(&entry);
        *self.state.reader_mut(party) = reader;
        let nodes = self.state.take(party, party, leaf, entry);
        self.writes.push(Write::Entry { log: party, position, leaf, bytes, nodes });
        Ok((record, position))
    }

    fn sign(&mut self, record: &Record, id: SubmissionId) -> Result<Vec<u8>, Refused> {
        let party = self.seat.party;
        let kind = record.kind();
        let role = kind.shape().role;
        let key = self.keys.record_key(role).ok_or(Refused::NoKey { role })?;
        let keys = self.state.reader(party).keys();
        let next = self.state.size(party).next();
        let signer = keys.signer(&key, role, next);
        let signer = signer.ok_or(Refused::NotEnrolled { role, key: key.id() })?;
        let claims = Claims {
            iss: signer.issuer.clone(),
            sub: subject(kind, record.case.as_ref()),
            aud: self.seat.agreement.audience(),
            iat: self.now.wall,
            cti: id,
        };
        debug_assert_eq!(signer.party, party, "init and serve compare keys and agreement");
        let form = |reason: String| Refused::Form { reason };
        let header = Header::new(key.algorithm(), key.id(), claims, signer.thumbprint)
            .map_err(|refused| form(refused.to_string()))?;
        let draft =
            Draft::new(&header, record.encode()).map_err(|refused| form(refused.to_string()))?;
        let signature = self.keys.sign_record(role, &draft.to_sign());
        let signature = self.note(signature)?;
        Ok(draft.seal(signature))
    }

    /// Signs the checkpoint of our own log as it now stands, once for all that this group appended.
    pub(super) fn seal(&mut self) -> Result<(), Refused> {
        let party = self.seat.party;
        let head = self.state.frontier(party).head();
        let sealed = self.state.checkpoints.of(party).as_ref();
        if sealed.is_some_and(|one| one.checkpoint().size() == head.size) {
            return Ok(());
        }
        let signed = self.checkpoint_of(head)?;
        let write = Write::Checkpoint { log: party, size: head.size, note: signed.note() };
        self.writes.push(write);
        *self.state.checkpoints.of_mut(party) = Some(signed);
        Ok(())
    }

    /// Signs a checkpoint of our own log at a size that it has or had.
    pub(super) fn checkpoint_of(
        &mut self,
        head: crate::tlog::TreeHead,
    ) -> Result<SignedCheckpoint, Refused> {
        self.may_sign()?;
        let identity = self.seat.agreement.identity(self.seat.party);
        let checkpoint = Checkpoint::new(identity.log.origin().clone(), head.size, head.root)
            .map_err(|_| Refused::Internal)?;
        let signature = self.keys.sign_checkpoint(&checkpoint.to_sign());
        let signature = self.note(signature)?;
        let identity = self.seat.agreement.identity(self.seat.party);
        SignedCheckpoint::seal(checkpoint, &identity.log, &signature).map_err(|_| Refused::Internal)
    }
}

/// Whether an entry may change which record keys there are.
pub(super) fn is_of_keys(entry: &Entry) -> bool {
    let record = entry.sound().map(|record| &record.get().content);
    record.is_some_and(|content| matches!(content, Content::KeyEvent(_) | Content::Approval(_)))
}

/// Persons who are to hold the visas of a record that waits to be signed.
fn holders(record: &Record) -> u64 {
    let Content::VisaIssued(visa) = &record.content else { return 0 };
    visa.persons().into()
}
