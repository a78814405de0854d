//! What can be asked of the scribe, and what it answers.

use tokio::sync::{mpsc, oneshot, watch};

use super::ClockFault;
use crate::{
    daemon::casebook::{CaseQuery, CaseView, CasesView},
    envelope::Role,
    ledger::Wanted,
    limits::SCRIBE_QUEUE_MAX,
    names::{Hash, Party, PerParty, Position, RecordId, Size, SubmissionId, Timestamp, Week},
    reconcile::{Difference, Missing, Verdict},
    record::{Body, Record, Submission, Tally},
    session::{Batch, Claims, Loaded, ProblemCode, Progress, Standing, Weighed},
    store::StoreError,
    tlog::CosignedCheckpoint,
};

/// Where an answer goes. It is sent after the commit that holds what it says, or not at all.
pub type Reply<T> = oneshot::Sender<Result<T, Refused>>;

/// One thing asked of the scribe.
#[derive(Debug)]
pub enum Command {
    /// Take a submission in.
    Submit {
        /// The submission.
        submission: Box<Submission>,
        /// Where the answer goes.
        reply: Reply<Submitted>,
    },
    /// What a session needs to begin.
    Standing {
        /// Where the answer goes.
        reply: Reply<Standing>,
    },
    /// Weigh a counterpart's claims.
    Weigh {
        /// What it claims.
        claims: Box<Claims>,
        /// Where the answer goes.
        reply: Reply<Weighed>,
    },
    /// What the counterpart's clock said.
    Clock {
        /// Its time.
        theirs: Timestamp,
    },
    /// Store a batch.
    Store {
        /// The batch.
        batch: Box<Batch>,
        /// Where the answer goes.
        reply: Reply<Result<(), ProblemCode>>,
    },
    /// Store a cosignature of our log.
    Cosigned {
        /// The cosigned checkpoint.
        cosigned: Box<CosignedCheckpoint>,
        /// Where the answer goes.
        reply: Reply<Result<(), ProblemCode>>,
    },
    /// Read entries for sending.
    Load {
        /// Whose log.
        log: Party,
        /// Where to begin.
        start: Position,
        /// Where the answer goes.
        reply: Reply<Option<Loaded>>,
    },
    /// Read cosigned notes for sending.
    LoadCosignatures {
        /// The size above which they are wanted.
        above: Size,
        /// How much of our own log the counterpart holds: only notes whose entanglement stands in
        /// it.
        within: Size,
        /// Where the answer goes.
        reply: Reply<Vec<CosignedCheckpoint>>,
    },
    /// Log our close of a week.
    CloseWeek {
        /// The week.
        week: Week,
        /// Where the answer goes.
        reply: Reply<WeekView>,
    },
    /// Log our statement of a week.
    StateWeek {
        /// The week.
        week: Week,
        /// Where the answer goes.
        reply: Reply<WeekView>,
    },
    /// How a week stands.
    Week {
        /// The week.
        week: Week,
        /// Where the answer goes.
        reply: Reply<WeekView>,
    },
    /// One record, by its id or by the submission it was made from.
    Record {
        /// Which.
        key: RecordKey,
        /// Where the answer goes.
        reply: Reply<RecordView>,
    },
    /// The story of a case.
    Case {
        /// Which.
        wanted: Box<Wanted>,
        /// Where the answer goes.
        reply: Reply<CaseView>,
    },
    /// The cases that fit.
    Cases {
        /// Which.
        query: CaseQuery,
        /// Where the answer goes.
        reply: Reply<CasesView>,
    },
    /// How this side stands.
    Status {
        /// Where the answer goes.
        reply: Reply<StatusView>,
    },
    /// Whether a session with the counterpart is up.
    Link {
        /// Whether it is.
        connected: bool,
    },
    /// Time passed: what was put off for the clock's sake is looked at again.
    Tick,
}

impl Command {
    /// Whether it only asks how things stand, so that its answer is looked up after the commit.
    pub(super) const fn is_question(&self) -> bool {
        matches!(
            self,
            Self::Week { .. }
                | Self::Record { .. }
                | Self::Case { .. }
                | Self::Cases { .. }
                | Self::Status { .. }
                | Self::Standing { .. }
                | Self::LoadCosignatures { .. }
        )
    }
}

/// How a record is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKey {
    /// By its id.
    Id(RecordId),
    /// By its submission.
    Submission(SubmissionId),
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Submitted {
    /// It is in our log.
    Logged {
        /// The record's id.
        record: RecordId,
        /// Where it stands.
        position: Position,
    },
    /// It is durable, and will be signed as soon as this side may sign.
    Queued {
        /// Under this id it can be asked for.
        submission: SubmissionId,
    },
}

/// Why the scribe refused. Each says who has to act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The record refers to one that neither log holds.
    #[error("`re` names {record}, and neither log holds such a record")]
    UnknownReference {
        /// Which.
        record: RecordId,
    },
    /// The idempotency key was used for another submission.
    #[error("this idempotency key was used before, for another submission")]
    KeyReused,
    /// The mirror would contest such an entry.
    #[error("the record is not of form: {reason}")]
    Form {
        /// Why.
        reason: String,
    },
    /// The daemon holds no key for the role.
    #[error("the daemon holds no key of the agreement for the role {role}")]
    NoKey {
        /// The role.
        role: Role,
    },
    /// The store is full: nothing was written, nothing is lost; make room and submit again.
    #[error("the store is full: nothing of this was taken in; make room and submit again")]
    Full,
    /// This side may not sign yet.
    #[error("this side may not sign yet: nothing has shown that nothing newer of its own exists")]
    NotPassed,
    /// Another week is due.
    #[error("{week} cannot be closed before {due}: one close a week, in order")]
    WeekOutOfTurn {
        /// What was asked.
        week: Week,
        /// What is due.
        due: Week,
    },
    /// The week has not ended.
    #[error("{week} has not ended by this side's clock")]
    WeekNotEnded {
        /// The week.
        week: Week,
    },
    /// The clock is off.
    #[error("closing pauses: {0}")]
    Clock(ClockFault),
    /// No such record.
    #[error("no record of that id is held")]
    NotFound,
    /// No such case.
    #[error("neither log holds a case of that reference or id")]
    NoSuchCase,
    /// Our own fault.
    #[error("our own fault; see the journal")]
    Internal,
}

impl Refused {
    /// A reading failure: it is fatal soon enough, at the next commit.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
    pub(super) fn store(error: StoreError) -> Self {
        tracing::error!(%error, "reading the store");
        Self::Internal
    }
}

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
    /// What both sides say.
    pub verdict: Verdict,
    /// Where the two statements differ.
    pub differences: Vec<Difference>,
}

/// One record as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordView {
    /// `logged`, or `queued` for a submission that waits.
    pub state: &'static str,
    /// Its id, once it is signed.
    pub id: Option<RecordId>,
    /// Whose log it stands in.
    pub log: Party,
    /// Where, once it is logged.
    pub position: Option<Position>,
    /// When its author signed it.
    pub signed_at: Option<Timestamp>,
    /// What it says.
    pub record: Record,
    /// Its receipt, once the counterpart's cosignature is held.
    pub receipt: Option<ReceiptView>,
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
    /// Whether a session is up.
    pub connected: bool,
    /// Both logs.
    pub logs: PerParty<LogView>,
    /// Submissions that wait.
    pub queued: usize,
    /// The week that is due to be closed next, by each side.
    pub week_due: PerParty<Week>,
    /// Weeks that have a cut-off.
    pub weeks: usize,
    /// All that both logs say by now, seen from here.
    pub tally: Tally,
    /// Open breaks as of now.
    pub breaks: Vec<crate::ledger::Break>,
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
}

/// The channel to the scribe is closed: the daemon stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scribe has stopped")]
pub struct ScribeGone;

/// A bounded channel to the scribe.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    progress: watch::Receiver<Progress>,
}

impl Handle {
    /// Makes the channel; the scribe takes the other end.
    pub(super) fn new(progress: watch::Receiver<Progress>) -> (Self, mpsc::Receiver<Command>) {
        let (commands, received) = mpsc::channel(SCRIBE_QUEUE_MAX);
        (Self { commands, progress }, received)
    }

    /// Sends a command; waits for room.
    ///
    /// # Errors
    /// If the scribe has stopped.
    pub async fn send(&self, command: Command) -> Result<(), ScribeGone> {
        self.commands.send(command).await.map_err(|_| ScribeGone)
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// If the scribe has stopped.
    pub async fn ask<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<Result<T, Refused>, ScribeGone> {
        let (reply, answer) = oneshot::channel();
        self.send(command(reply)).await?;
        answer.await.map_err(|_| ScribeGone)
    }

    /// What changes, as of now and from now on.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }
}
