//! What can be asked of the scribe, and what it answers.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use super::{AwaitingList, LoggedAt, RecordView, Refused, StatusView, Successors, WeekView};
use crate::{
    daemon::casebook::{CaseQuery, CaseView, CasesView},
    ledger::Wanted,
    limits::SCRIBE_QUEUE_MAX,
    names::{Party, Position, RecordId, Size, SubmissionId, Timestamp, Week},
    record::{NationalTotals, Submission},
    session::{Batch, Claims, Loaded, ProblemCode, Progress, Refusal, Standing, Weighed},
    tlog::{CosignedCheckpoint, Fork},
    trust::SignerJudges,
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
    /// Judge record keys by these from now on.
    Judges {
        /// By what.
        judges: Arc<SignerJudges>,
    },
    /// Take an officer's finished envelope in.
    Envelope {
        /// Its bytes.
        bytes: Vec<u8>,
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
    /// The counterpart has shown that we have signed two histories.
    Forked {
        /// The two.
        fork: Box<Fork>,
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
        /// What our own national system says, to stand beside the body.
        national: Option<NationalTotals>,
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
    /// One record, by its id, its place, or the submission it was made from.
    Record {
        /// Which.
        key: RecordKey,
        /// Where the answer goes.
        reply: Reply<RecordView>,
    },
    /// What waits for this side's second signer.
    Awaiting {
        /// Where the answer goes.
        reply: Reply<AwaitingList>,
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
    /// One side has refused the other.
    Refusal {
        /// Why.
        refusal: Refusal,
    },
    /// Sign with these keys from the next group on; what was signed stays as it is.
    Rekey {
        /// The keys.
        keys: Successors,
        /// Where the answer goes.
        reply: Reply<()>,
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
                | Self::Awaiting { .. }
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
    /// By its place in a log.
    At(Party, Position),
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Submitted {
    /// It is in our log.
    Logged {
        /// The record's id.
        record: RecordId,
        /// Where it stands.
        #[serde(flatten)]
        logged: LoggedAt,
    },
    /// It is durable, and will be signed as soon as this side may sign.
    Queued {
        /// Under this id it can be asked for.
        submission: SubmissionId,
    },
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
