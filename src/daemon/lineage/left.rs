//! What of a log that ended goes on in its successor, and what goes back to whoever handed it in.

use std::collections::BTreeSet;

use super::{LineageRefused, of_load, store};
use crate::{
    daemon::config::Config,
    envelope::Role,
    ledger::{Agreement, Books},
    names::{RecordId, SubmissionId},
    record::{Content, Record},
    store::{Store, StoreError, Write},
};

/// What was taken in and stands in no log that goes on.
#[derive(Debug, Default)]
pub struct LeftBehind {
    /// What the successor queues. It keeps its submission ids, and so each is logged once.
    pub carried: Vec<Write>,
    /// What the successor cannot log as it is.
    pub handed_back: Vec<HandedBack>,
}

/// A record that was acknowledged, and that somebody has to hand in anew.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HandedBack {
    /// Under which id it was handed in.
    pub submission: SubmissionId,
    /// Its id in the log that ended, if it was logged there.
    pub record: Option<RecordId>,
    /// What it states.
    pub kind: String,
    /// Why it is not carried over.
    pub reason: String,
}

impl std::fmt::Display for HandedBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.submission, self.reason)
    }
}

/// What of the log that ended goes on in its successor.
///
/// # Errors
/// If the newest predecessor cannot be read.
pub fn left_behind(config: &Config, agreement: &Agreement) -> Result<LeftBehind, LineageRefused> {
    let Some(directory) = config.state.predecessors.last() else {
        return Ok(LeftBehind::default());
    };
    let left = left_in(&store(directory)?, agreement);
    left.map_err(|error| of_load(directory, error.into()))
}

/// The same, given the store of the log that ended: submissions that were taken in and never
/// logged, and those that were logged beyond its end. What refers to a record that goes on nowhere
/// says nothing there, and is handed back; as is what an officer has signed, and a key-event, which
/// an officer has to approve anew.
///
/// # Errors
/// If the store does not answer.
pub fn left_in<S: Store>(store: &S, agreement: &Agreement) -> Result<LeftBehind, StoreError> {
    let Some(inherited) = agreement.inherited() else { return Ok(LeftBehind::default()) };
    let books = agreement.books();
    let mut sorting =
        Sorting { books: &books, known: BTreeSet::new(), left: LeftBehind::default() };
    let mut carried = Vec::new();
    for record in inherited.beyond() {
        let is_end = matches!(record.get().content, Content::LogEnd(_));
        if is_end || record.signer().role == Role::Ledger {
            continue;
        }
        let by_officer = record.signer().role == Role::Officer;
        let (id, submission) = (record.id(), record.submission());
        if sorting.take(Some(id), submission, record.get(), by_officer) {
            carried.push((submission, record.get().encode()));
        }
    }
    for queued in store.queue()? {
        let record = Record::decode(&queued.payload)
            .map_err(|fault| StoreError::Damaged(format!("queue: {fault}")))?;
        if sorting.take(None, queued.id, &record, false) {
            carried.push((queued.id, queued.payload));
        }
    }
    let mut left = sorting.left;
    for (id, payload) in carried {
        let digest = store.submission(id)?;
        left.carried.extend(digest.map(|digest| Write::Submission { id, digest }));
        left.carried.push(Write::Queue { id, payload });
    }
    Ok(left)
}

struct Sorting<'a> {
    books: &'a Books,
    /// Ids of records that are logged anew under another one.
    known: BTreeSet<RecordId>,
    left: LeftBehind,
}

impl Sorting<'_> {
    /// Whether a record is carried over; what is not is handed back.
    fn take(
        &mut self,
        id: Option<RecordId>,
        submission: SubmissionId,
        record: &Record,
        by_officer: bool,
    ) -> bool {
        let lost =
            record.re.iter().find(|id| self.books.find(**id).is_none() && !self.known.contains(id));
        let reason = if by_officer {
            "an officer has to sign it anew".to_owned()
        } else if matches!(record.content, Content::KeyEvent(_)) {
            "an officer has to approve it anew".to_owned()
        } else if let Some(lost) = lost {
            format!("it refers to {lost}, which goes on nowhere as it is")
        } else {
            self.known.extend(id);
            return true;
        };
        let kind = record.kind().name().to_owned();
        self.left.handed_back.push(HandedBack { submission, record: id, kind, reason });
        false
    }
}
