//! Whether the certificates of record keys are believed: before one of ours is enrolled, and of
//! those that stand in either log.
//!
//! What our own authority does not vouch for is not logged here. What stands in a log stands: both
//! sides must agree on who could sign where, so that nothing is folded otherwise for what one of
//! them thinks of a certificate. It is told to people, who have to act.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{Refused, Signatures, group::Scribe};
use crate::{
    envelope::Role,
    names::{Hash, KeyId, Party, Position, RecordId, sha256},
    record::{Approval, ApprovalOutcome, Content, KeyStep, Record},
    store::Store,
    trust::{SignerCertificate, SignerJudges},
};

/// One record key that may sign, or that waits for an officer's approval, and whether its
/// certificate is believed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentView {
    /// In whose log.
    pub party: Party,
    /// Where it was enrolled: 0 for a key of the founding agreement.
    pub position: Position,
    /// In which role it signs.
    pub role: Role,
    /// The key.
    pub key: KeyId,
    /// SHA-256 of its certificate.
    pub certificate: Hash,
    /// Whether it may sign already; otherwise an officer has not decided yet.
    pub approved: bool,
    /// What is thought of the certificate here and now.
    pub state: Belief,
    /// Why it is not believed, or not checked.
    pub reason: Option<String>,
}

/// What is thought of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Belief {
    /// It leads to an authority of its party, and is not revoked.
    Trusted,
    /// It does not, or is; people have to act.
    Untrusted,
    /// No authority of that party is known for it.
    Unchecked,
}

impl Belief {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Trusted, Self::Untrusted, Self::Unchecked];

    /// The name in status and journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
            Self::Unchecked => "unchecked",
        }
    }
}

impl EnrolmentView {
    /// What to do about one that is not trusted, by whoever runs the daemon of `own`.
    #[must_use]
    pub fn advice(&self, own: Party) -> &'static str {
        match self.state {
            Belief::Trusted => "nothing",
            Belief::Unchecked => "name the authority in trust.authority",
            Belief::Untrusted if self.party == own => {
                "have the key certified by our authority, and enrol and retire, or bring our \
                 revocation lists up to date"
            }
            Belief::Untrusted => {
                "ask the counterpart, over another way, whether the key is theirs; it signs until \
                 they retire it"
            }
        }
    }
}

/// Whatever was enrolled, by the thumbprint of its certificate.
type Enrolled<'a> = BTreeMap<Hash, (Position, Role, &'a [u8])>;

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Judges record keys by these from now on, those too that are enrolled already.
    pub fn judge_by(&mut self, judges: Arc<SignerJudges>) {
        self.judges = judges;
        self.look_again = true;
    }

    /// Refuses to log the enrolment of a key whose certificate is not believed.
    pub(super) fn may_enrol(&self, record: &Record) -> Result<(), Refused> {
        let Some((role, der)) = enrolled(record) else { return Ok(()) };
        let (own, now) = (self.seat.party, self.now.wall);
        let judged = self.judges.judge(der, own, role, now);
        judged.map(|_| ()).map_err(|reason| Refused::Untrusted { role, reason })
    }

    /// The same of an approval, which is what enrols: the certificate may have been revoked since.
    pub(super) fn may_approve(&self, approval: &Approval, event: RecordId) -> Result<(), Refused> {
        let found = self.state.books.find(event);
        let entry = found.and_then(|(log, position)| self.state.books.entry(log, position));
        match entry.and_then(|entry| entry.sound()) {
            Some(event) if approval.outcome == ApprovalOutcome::Approved => {
                self.may_enrol(event.get())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Every key that may sign or waits for it, judged now: first ours, each party's by position.
    pub(super) fn enrolments(&self) -> Vec<EnrolmentView> {
        let own = self.seat.party;
        [own, own.other()].into_iter().flat_map(|party| self.enrolments_of(party)).collect()
    }

    fn enrolments_of(&self, party: Party) -> Vec<EnrolmentView> {
        let keys = self.state.reader(party).keys();
        let places = keys.places();
        let standing: BTreeSet<Hash> =
            places.iter().filter(|one| one.until.is_none()).map(|one| one.key.thumbprint).collect();
        let founding = self.seat.agreement.terms().party(party).signers.iter();
        let mut all: Enrolled<'_> = founding
            .map(|one| (one.role, one.certificate.der()))
            .map(|(role, der)| (Hash::new(sha256(der)), (Position(0), role, der)))
            .filter(|(thumbprint, _)| standing.contains(thumbprint))
            .collect();
        for (row, entry) in self.state.books.entries(party, Position(0)) {
            let Some(record) = entry.sound() else { continue };
            let Some((role, der)) = enrolled(record.get()) else { continue };
            let thumbprint = Hash::new(sha256(der));
            if standing.contains(&thumbprint) || keys.waits(record.id()) {
                let position = self.state.books.place(party, row).at;
                all.entry(thumbprint).or_insert((position, role, der));
            }
        }
        let mut all: Vec<_> = all
            .into_iter()
            .filter_map(|(certificate, found)| {
                self.judged(party, certificate, found, standing.contains(&certificate))
            })
            .collect();
        all.sort_by_key(|one| (one.position, one.role, one.key));
        all
    }

    fn judged(
        &self,
        party: Party,
        certificate: Hash,
        (position, role, der): (Position, Role, &[u8]),
        approved: bool,
    ) -> Option<EnrolmentView> {
        let key = SignerCertificate::parse(der).ok()?.public_key().id();
        let (state, reason) = match self.judges.judge(der, party, role, self.now.wall) {
            Ok(Some(_)) => (Belief::Trusted, None),
            Ok(None) => {
                let reason = format!("no authority of the record keys of {party} is configured");
                (Belief::Unchecked, Some(reason))
            }
            Err(reason) => (Belief::Untrusted, Some(reason.to_string())),
        };
        Some(EnrolmentView { party, position, role, key, certificate, approved, state, reason })
    }

    /// Judges all anew where something has changed, for the journal alone.
    pub(super) fn look_at_enrolments(&mut self) {
        if std::mem::take(&mut self.look_again) {
            let all = self.enrolments();
            self.tell_enrolments(&all);
        }
    }

    /// Says which certificates are not believed any more, and which are again: each once.
    pub(super) fn tell_enrolments(&mut self, all: &[EnrolmentView]) {
        let own = self.seat.party;
        let untrusted = all.iter().filter(|one| one.state == Belief::Untrusted);
        let untrusted: BTreeMap<Hash, &EnrolmentView> =
            untrusted.map(|one| (one.certificate, one)).collect();
        for (certificate, one) in &untrusted {
            if self.told_untrusted.insert(*certificate) {
                let EnrolmentView { party, position, role, key, .. } = one;
                let (reason, advice) = (one.reason.as_deref().unwrap_or_default(), one.advice(own));
                tracing::error!(
                    %party, %position, %role, %key, reason, advice, "an untrusted record key"
                );
            }
        }
        self.told_untrusted.retain(|certificate| {
            let stays = untrusted.contains_key(certificate);
            if !stays {
                tracing::info!(%certificate, "a record key is untrusted no more");
            }
            stays
        });
        let unchecked = all.iter().filter(|one| one.state == Belief::Unchecked);
        let unchecked: BTreeSet<Party> = unchecked.map(|one| one.party).collect();
        for party in unchecked.difference(&self.told_unchecked) {
            let advice = "name the authority in trust.authority";
            tracing::warn!(%party, advice, "the certificates of record keys are not checked");
        }
        self.told_unchecked = unchecked;
    }
}

/// In which role a record enrols a key, and its certificate.
fn enrolled(record: &Record) -> Option<(Role, &[u8])> {
    let Content::KeyEvent(event) = &record.content else { return None };
    let is_enrolment = event.step == KeyStep::Enrolled;
    Some((event.role?, event.certificate.as_ref()?.der())).filter(|_| is_enrolment)
}
