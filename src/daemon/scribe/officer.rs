//! What officers sign comes as a finished envelope: no daemon holds their keys.
//!
//! The envelope takes the road of every other record, to the next position of our own log; besides,
//! it has to be one that only an officer can make, made just now, and about something that waits
//! for it.

use data_encoding::BASE64;

use super::{AwaitingList, AwaitingView, Refused, Signatures, Submitted, group::Scribe};
use crate::{
    envelope::{Envelope, Role, Signer, Verified},
    ledger::{examine, may_approve},
    limits::{AWAITING_LISTED_MAX, ENTRIES_BYTES_MAX, ENVELOPE_AGE_SECONDS_MAX},
    names::{Position, RecordId},
    record::{Content, Record},
    store::Store,
};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Takes an officer's envelope in. The same record again changes nothing and gets the same
    /// answer, also while we may not sign: nothing is written then.
    pub(super) fn take_envelope(&mut self, bytes: Vec<u8>) -> Result<Submitted, Refused> {
        // What waited comes first.
        self.drain_queue();
        let party = self.seat.party;
        let refused = |reason: String| Refused::Envelope { reason };
        let envelope = Envelope::parse(&bytes).map_err(|cause| refused(cause.to_string()))?;
        let id = envelope.record_id();
        if let Some((log, position)) = self.state.books.find(id)
            && log == party
        {
            return Ok(Submitted::Logged { record: id, logged: self.logged_at(position) });
        }
        // An envelope is easily sent again, so it does not wait here.
        self.may_sign()?;
        if self.state.reader(party).has_ended() {
            return Err(Refused::LogEnded);
        }
        let position = self.state.size(party).next();
        let examined = examine(self.state.reader(party).keys(), position, bytes.clone());
        let record = examined.record().map_err(|contest| refused(contest.detail.clone()))?;
        self.is_timely(record)?;
        self.is_called_for(record)?;
        let (record, position) = self.enter(bytes)?;
        Ok(Submitted::Logged { record, logged: self.logged_now(position) })
    }

    /// An envelope is made when it is sent: neither later than our clock, nor long ago, nor with a
    /// certificate that is over, since the ledger holds that against the time of receipt.
    fn is_timely(&self, record: &Verified<Record>) -> Result<(), Refused> {
        let (signed, now) = (record.signed_at(), self.now.wall);
        let ahead = now.plus(self.seat.agreement.terms().clock_bound_seconds);
        if signed > ahead || signed.plus(ENVELOPE_AGE_SECONDS_MAX) < now {
            return Err(Refused::NotTimely { signed, now });
        }
        if record.not_after() < now {
            let over = record.not_after();
            let reason = format!("the certificate of its key has expired at {over}");
            return Err(Refused::Envelope { reason });
        }
        Ok(())
    }

    fn is_called_for(&mut self, record: &Verified<Record>) -> Result<(), Refused> {
        let (kind, signer) = (record.get().kind(), record.signer());
        if kind.shape().role != Role::Officer {
            return Err(Refused::NotOfficers { kind });
        }
        for named in &record.get().re {
            if self.state.books.find(*named).is_none() {
                return Err(Refused::UnknownReference { record: *named });
            }
            if let Content::Approval(approval) = &record.get().content {
                self.waits_for(*named, signer)?;
                self.may_approve(approval, *named)?;
            }
        }
        let cti = record.submission();
        let queued = self.queue.iter().any(|(waiting, _)| *waiting == cti);
        if queued || self.state.submissions.contains_key(&cti) {
            let reason = "its `cti` is that of another record".to_owned();
            return Err(Refused::Envelope { reason });
        }
        Ok(())
    }

    /// Whether a record waits for an approval by this signer.
    fn waits_for(&mut self, named: RecordId, signer: Signer) -> Result<(), Refused> {
        let own = self.seat.party;
        let waiting = self.state.awaiting(self.now.wall);
        let books = &self.state.books;
        let refused = |why| Err(Refused::NotAwaiting { record: named, why });
        let found = books.find(named).filter(|(log, _)| *log == own);
        let entry = found.and_then(|(_, position)| books.entry(own, position));
        let Some(entry) = entry else {
            return refused("it stands in the other side's log, whose own officers approve it");
        };
        let Some(record) = entry.sound().filter(|one| one.get().content.needs_approval()) else {
            return refused("it needs no approval");
        };
        if record.signer().kid == signer.kid {
            return refused("it was signed with the same key; another one has to approve it");
        }
        if !may_approve(record, signer.kid) {
            return refused("it is about this very key; another officer has to decide it");
        }
        if !waiting.contains_key(&named) {
            return refused("it has been approved or rejected already");
        }
        Ok(())
    }

    /// What waits for our own second signer.
    pub(super) fn awaiting(&mut self) -> Result<AwaitingList, Refused> {
        let own = self.seat.party;
        let waiting = self.state.awaiting(self.now.wall);
        let own_ones = waiting.iter().filter(|(_, one)| one.author == own);
        // What waited in a log that has ended goes on to wait, and is decided in its successor.
        let places = own_ones.filter_map(|(id, _)| self.state.books.find(*id));
        let mut positions: Vec<Position> = places.map(|(_, position)| position).collect();
        positions.sort_unstable();
        let more = positions.len().saturating_sub(AWAITING_LISTED_MAX);
        positions.truncate(AWAITING_LISTED_MAX);
        let listed = positions.into_iter().map(|position| self.waiting_at(position));
        Ok(AwaitingList {
            rehearsal: self.seat.agreement.terms().rehearsal,
            awaiting: listed.collect::<Result<_, _>>()?,
            more: u64::try_from(more).unwrap_or(u64::MAX),
        })
    }

    /// The record at a position of the row of our logs.
    fn waiting_at(&self, position: Position) -> Result<AwaitingView, Refused> {
        let own = self.seat.party;
        let entry = self.state.books.entry(own, position);
        let record = entry.and_then(|entry| entry.sound()).ok_or(Refused::Internal)?;
        let logged = self.logged_at(position);
        let bytes = if logged.inherited {
            let before = self.seat.agreement.inherited();
            before.and_then(|logs| logs.envelope(record.id())).ok_or(Refused::Internal)?.to_vec()
        } else {
            let stored = self.store.entries(own, logged.position, 1, ENTRIES_BYTES_MAX);
            let stored = stored.map_err(Refused::store)?.into_iter().next();
            stored.ok_or(Refused::Internal)?.bytes
        };
        let signer = record.signer();
        Ok(AwaitingView {
            id: record.id(),
            logged,
            signed_at: record.signed_at(),
            role: signer.role,
            key: signer.kid,
            record: Record::clone(record.get()),
            envelope: BASE64.encode(&bytes),
        })
    }
}
