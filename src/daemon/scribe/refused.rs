//! Why the scribe refuses, each with who has to act.

use super::ClockFault;
use crate::{
    daemon::keys::NotSigned,
    envelope::Role,
    ledger::Hindrance,
    names::{KeyId, RecordId, Timestamp, Week},
    record::Kind,
    store::StoreError,
    trust::SignerUntrusted,
};

/// Why the scribe refused. Each says who has to act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The record refers to one that neither log holds.
    #[error("`re` names {record}, and neither log holds such a record")]
    UnknownReference {
        /// Which.
        record: RecordId,
    },
    /// The agreement does not let it be logged now.
    #[error(transparent)]
    Hindered(#[from] Hindrance),
    /// Our own log has ended.
    #[error("our own log has ended: only entanglements follow")]
    LogEnded,
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
    /// A key that the ledger does not know for the role.
    #[error("the {role} key {key} is not enrolled in this side's log")]
    NotEnrolled {
        /// The role.
        role: Role,
        /// Which key.
        key: KeyId,
    },
    /// A record key whose certificate is not believed.
    #[error("the certificate of this {role} key is not one to enrol: {reason}")]
    Untrusted {
        /// In which role it was to sign.
        role: Role,
        /// Why not.
        reason: SignerUntrusted,
    },
    /// What holds our keys is away.
    #[error("what holds the keys of this side is away; signing stalls until it is back")]
    KeysAway,
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
    /// The statement is logged, and says something else beside the body.
    #[error("{week} is already stated, {said}: a statement never changes once it is logged")]
    AlreadyStated {
        /// The week.
        week: Week,
        /// What stands there, in words.
        said: String,
    },
    /// The clock is off.
    #[error("closing pauses: {0}")]
    Clock(ClockFault),
    /// An envelope that our own log cannot hold.
    #[error("the envelope is not one that this log can hold: {reason}")]
    Envelope {
        /// Why.
        reason: String,
    },
    /// An envelope of a kind that no officer signs.
    #[error("{a} does not come as an envelope", a = .kind.with_article())]
    NotOfficers {
        /// The kind.
        kind: Kind,
    },
    /// An envelope that was signed at another time.
    #[error("the envelope was signed at {signed}, and this side's clock says {now}")]
    NotTimely {
        /// When it says that it was signed.
        signed: Timestamp,
        /// What this side's clock says.
        now: Timestamp,
    },
    /// The record needs no approval of this signer, or none any more.
    #[error("{record} does not wait for this approval: {why}")]
    NotAwaiting {
        /// Which.
        record: RecordId,
        /// Why not.
        why: &'static str,
    },
    /// No such case.
    #[error("neither log holds a case of that reference or id")]
    NoSuchCase,
    /// No such record.
    #[error("no record of that id is held")]
    NotFound,
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

impl From<NotSigned> for Refused {
    fn from(refused: NotSigned) -> Self {
        match refused {
            NotSigned::Away => Self::KeysAway,
            // Whoever asks with a role looks up its key first.
            NotSigned::NoKey => Self::Internal,
        }
    }
}
