//! What the scribe shows: weeks, records, what waits, and how this side stands.

use super::{Belief, EnrolmentView};
use crate::{
    daemon::edge::EdgeView,
    envelope::Role,
    ledger::{Fate, Phase},
    names::{Date, Hash, KeyId, Party, PerParty, Position, RecordId, Size, Timestamp, Week},
    reconcile::{Differing, Missing, Rules, Verdict},
    record::{Body, Record, Software, Tally},
    session::Refusal,
    trust::{EndingView, TrustView},
};

/// How a week stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WeekView {
    /// The week.
    pub week: Week,
    /// Who has closed it.
    pub closed: PerParty<bool>,
    /// What is missing before it has a cut-off.
    pub missing: Vec<Missing>,
    /// The body that this side computes, once there is a cut-off.
    pub body: Option<Body>,
    /// The digests of the bodies that were stated.
    pub stated: PerParty<Option<crate::names::BodyDigest>>,
    /// The releases that computed them.
    pub software: PerParty<Option<Software>>,
    /// What both sides say.
    pub verdict: Verdict,
    /// If any differ: the rules in force in each log at the week's cut-off.
    pub rules: Option<PerParty<Rules>>,
    /// Where the statements differ from each other, or one of them from what this side computes.
    pub differences: Vec<Differing>,
}

/// Where a record stands in a log of this side.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoggedAt {
    /// Its position.
    pub position: Position,
    /// The origin of the log in which that is.
    pub origin: String,
    /// Whether that log has ended, and the present one succeeds it.
    pub inherited: bool,
}

impl std::fmt::Display for LoggedAt {
    /// As people are told it: the origin only where it is not that of the present log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "position {}", self.position)?;
        if self.inherited { write!(f, " of {}", self.origin) } else { Ok(()) }
    }
}

/// One record as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordView {
    /// `logged`; `inherited` from a log before; `queued` for a submission that waits.
    pub state: &'static str,
    /// Its id, once it is signed.
    pub id: Option<RecordId>,
    /// Whose log it stands in.
    pub log: Party,
    /// The origin of that log.
    pub origin: String,
    /// Where, once it is logged.
    pub position: Option<Position>,
    /// When its author signed it.
    pub signed_at: Option<Timestamp>,
    /// What it says.
    pub record: Record,
    /// Its receipt, once the counterpart's cosignature is held.
    pub receipt: Option<ReceiptView>,
    /// What became of it, if it has no effect without a second signer.
    pub approval: Option<Fate>,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
}

/// A receipt as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReceiptView {
    /// Time of receipt: of the first entanglement that covers the record.
    pub time: Timestamp,
    /// Size of the log that was cosigned.
    pub size: Size,
    /// The C2SP tlog-proof text.
    pub proof: String,
}

/// How this side stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StatusView {
    /// Which side.
    pub party: Party,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// The founding agreement.
    pub agreement: crate::names::AgreementDigest,
    /// This side's clock.
    pub clock: Timestamp,
    /// `open`, `closed` or `fork`.
    pub gate: String,
    /// What keeps the gate closed, in words.
    pub gate_reason: Option<String>,
    /// Which test of the clock fails.
    pub clock_fault: Option<String>,
    /// Why what holds the keys is away, if it is: signing stalls until it is back.
    pub keys_away: Option<String>,
    /// Whether a session is up.
    pub connected: bool,
    /// Why there is none, if one side has refused the other since the last one.
    pub refusal: Option<Refusal>,
    /// Both logs.
    pub logs: PerParty<LogView>,
    /// Submissions that wait.
    pub queued: usize,
    /// The week in which the agreement entered into force: the first one that is closed.
    pub first_week: Week,
    /// The week that is due to be closed next, by each side.
    pub week_due: PerParty<Week>,
    /// Weeks that have a cut-off.
    pub weeks: usize,
    /// The version of the agreement that is in force in this side's log.
    pub version: VersionView,
    /// The same in the counterpart's log, as far as it is held: for a while the two may differ.
    pub other_version: VersionView,
    /// The edge towards the counterpart: filled in by whoever answers from a daemon that runs.
    pub edge: EdgeView,
    /// What is in use and ends: here the record keys of both sides, as the keyring has them, and
    /// what they are judged by; who answers from a daemon that runs adds what the edge is made of.
    /// The first to end comes first, and nothing is there twice.
    pub certificates: Vec<EndingView>,
    /// By which authorities and revocation lists the record keys of each party are judged; none of
    /// one whose keys are not.
    pub record_trust: PerParty<Option<TrustView>>,
    /// Every record key that may sign or waits for it, and whether its certificate is believed.
    pub enrolments: Vec<EnrolmentView>,
    /// All that both logs say by now, seen from here.
    pub tally: Tally,
    /// Open breaks as of now.
    pub breaks: Vec<crate::ledger::Break>,
}

impl StatusView {
    /// Adds what is in use and ends. One authority and its lists may serve for several purposes,
    /// and are there once.
    pub fn add_endings(&mut self, more: impl IntoIterator<Item = EndingView>) {
        let all = &mut self.certificates;
        all.extend(more);
        all.sort_by_key(|one| (one.not_after, one.party, one.purpose, one.fingerprint));
        all.dedup();
    }

    /// The version in force in each log.
    #[must_use]
    pub const fn versions(&self) -> PerParty<VersionView> {
        let (own, other) = (self.version, self.other_version);
        match self.party {
            Party::Gbr => PerParty { gbr: own, fra: other },
            Party::Fra => PerParty { gbr: other, fra: own },
        }
    }

    /// The record keys whose certificates are not believed.
    pub fn untrusted(&self) -> impl Iterator<Item = &EnrolmentView> {
        self.enrolments.iter().filter(|one| one.state == Belief::Untrusted)
    }

    /// Whether a fork or a rollback was detected, of this side's log or of the other's: the gate
    /// was shown it, or this side holds the two signatures.
    #[must_use]
    pub fn is_forked(&self) -> bool {
        let held = |one: &Refusal| one.is_held_by(self.party);
        self.gate == "fork" || self.refusal.as_ref().is_some_and(held)
    }

    /// Whether there is talk of a fork that nothing here shows.
    #[must_use]
    pub fn is_fork_unproven(&self) -> bool {
        !self.is_forked() && self.refusal.as_ref().is_some_and(Refusal::speaks_of_fork)
    }
}

/// The version of the agreement in force, as an operator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VersionView {
    /// Its number; the founding one is 0.
    pub number: usize,
    /// The proposal behind it; none behind the founding one.
    pub proposal: Option<RecordId>,
    /// Whether the agreement is in force today.
    pub phase: Phase,
    /// The last day on which it is in force.
    pub last_day: Date,
}

/// One log as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogView {
    /// Its origin.
    pub origin: String,
    /// How many entries are held.
    pub size: Size,
    /// Their root.
    pub root: Hash,
    /// How many of them have a receipt that is held here.
    pub cosigned: Size,
    /// When the newest cosignature was made.
    pub cosigned_at: Option<Timestamp>,
    /// How many entries that are not entanglements have no receipt yet.
    pub unreceipted: u64,
    /// How many entries are contested.
    pub contested: u64,
    /// Whether it has ended: nothing but entanglements follows.
    pub ended: bool,
}

/// What waits for this side's second signer, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AwaitingList {
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// The oldest of what waits.
    pub awaiting: Vec<AwaitingView>,
    /// How much more waits than is listed.
    pub more: u64,
}

/// One record that takes effect only once a second signer has approved it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AwaitingView {
    /// Its id.
    pub id: RecordId,
    /// Where it stands.
    #[serde(flatten)]
    pub logged: LoggedAt,
    /// When it was signed; since then it waits.
    pub signed_at: Timestamp,
    /// In which role it was signed.
    pub role: Role,
    /// With which key it was signed, and may not be approved.
    pub key: KeyId,
    /// What it says.
    pub record: Record,
    /// Its envelope in base64: who approves it computes the id, and reads the record, from this.
    pub envelope: String,
}
