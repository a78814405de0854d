//! All breaks that one store shows at one time: those that are open, those that were, and those of
//! this side's own.

use super::class::AnyClass;
use crate::{
    cli::{
        check_config::now,
        failure::{Failure, config},
        place::Place,
    },
    daemon::scribe::State,
    ledger::{Break, Ledger, Owner, Severity},
    names::{Hash, Party, RecordId, Timestamp},
    reconcile::{Chapter, End, Unreceipted, unreceipted},
    record::{AgeBucket, Decision},
};

/// A store, read, and the ledger of all that it holds.
pub(super) struct Look {
    pub(super) state: State,
    pub(super) ledger: Ledger,
    pub(super) party: Party,
    pub(super) rehearsal: bool,
    pub(super) now: Timestamp,
}

/// Where a break stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(super) enum Standing {
    /// Somebody has to act.
    Open,
    /// It cleared by itself.
    Cleared {
        /// The first body without it; none says so yet.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<u64>,
    },
    /// Both sides have decided it.
    Resolved {
        /// The first body without it; none says so yet.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<u64>,
        /// How.
        decision: Decision,
    },
}

/// A break in one line.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Line {
    pub(super) id: Hash,
    pub(super) class: AnyClass,
    pub(super) severity: Severity,
    pub(super) owner: Owner,
    pub(super) began: Timestamp,
    /// Whole days since it began; of one that ended, what they were in the last body that had it.
    pub(super) days: u64,
    pub(super) age: AgeBucket,
    #[serde(flatten)]
    pub(super) standing: Standing,
    /// References of the cases and movements that it is about.
    pub(super) concerns: Vec<String>,
    /// The records that show it.
    pub(super) evidence: Vec<RecordId>,
    /// How many entries wait, where that is what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) waiting: Option<u64>,
    /// Whether this side alone sees it: the other side's list does not have it.
    pub(super) own: bool,
    /// What to do about it.
    pub(super) advice: &'static str,
}

impl Look {
    pub(super) fn at(place: &Place) -> Result<Self, Failure> {
        let config = config(&place.config)?;
        let open = place.open()?;
        let mut state = open.state()?;
        let now = now(&config, None);
        let ledger = state.ledger(now);
        let rehearsal = open.seat.agreement.terms().rehearsal;
        Ok(Self { state, ledger, party: open.seat.party, rehearsal, now })
    }

    /// Open breaks, and with `all` those that a body once had; by severity, the gravest first, then
    /// by age, then by id.
    pub(super) fn lines(&self, all: bool) -> Vec<Line> {
        let open = self.ledger.breaks.iter().map(|one| self.line(one, Standing::Open, self.now));
        let mut lines: Vec<Line> = open.collect();
        let own = unreceipted(&self.state.books, self.party, self.now);
        lines.extend(own.map(|one| self.own(&one)));
        if all {
            let chapters = self.state.chain.chronicle().chapters();
            lines.extend(chapters.filter_map(|chapter| self.ended(chapter)));
        }
        lines.sort_by_key(|line| (std::cmp::Reverse(line.severity), line.began, line.id));
        lines
    }

    fn line(&self, one: &Break, standing: Standing, as_of: Timestamp) -> Line {
        let guide = one.class.guide();
        let glances = self.ledger.glances(&self.state.books, &one.evidence);
        let references = glances.into_iter().filter_map(|one| one.reference);
        Line {
            id: one.id,
            class: AnyClass::Log(one.class),
            severity: guide.severity,
            owner: one.owner,
            began: one.began,
            days: days(one.began, as_of),
            age: one.age(as_of),
            standing,
            concerns: references.map(|one| one.to_string()).collect(),
            evidence: one.evidence.clone(),
            waiting: None,
            own: false,
            advice: guide.advice,
        }
    }

    fn own(&self, one: &Unreceipted) -> Line {
        let found = &one.found;
        let guide = found.class.guide();
        Line {
            id: found.id,
            class: AnyClass::Own(found.class),
            severity: guide.severity,
            owner: found.owner,
            began: found.began,
            days: days(found.began, self.now),
            age: found.age(self.now),
            standing: Standing::Open,
            concerns: Vec::new(),
            evidence: found.evidence.iter().map(|id| RecordId::new(*id.as_bytes())).collect(),
            waiting: Some(one.waiting),
            own: true,
            advice: guide.advice,
        }
    }

    /// A break that stood in a body, and is open no more.
    fn ended(&self, chapter: &Chapter) -> Option<Line> {
        let id = chapter.found.id;
        if self.ledger.breaks.open(id).is_some() {
            return None;
        }
        let body = match chapter.end {
            End::Open => None,
            End::Cleared { number, .. } | End::Resolved { number, .. } => Some(number),
        };
        let standing = match self.ledger.resolved.get(&id) {
            Some(decision) => Standing::Resolved { body, decision: *decision },
            None => Standing::Cleared { body },
        };
        Some(self.line(&chapter.found, standing, chapter.last.week.end()))
    }
}

impl Standing {
    /// In words.
    pub(super) fn words(self) -> String {
        let since = |body: Option<u64>| {
            body.map_or_else(
                || "since the newest body".to_owned(),
                |body| format!("in body {body}"),
            )
        };
        match self {
            Self::Open => "open".to_owned(),
            Self::Cleared { body } => format!("cleared by itself, {}", since(body)),
            Self::Resolved { body, decision } => {
                format!("resolved by decision ({decision}), {}", since(body))
            }
        }
    }
}

fn days(began: Timestamp, as_of: Timestamp) -> u64 {
    as_of.seconds().saturating_sub(began.seconds()) / 86_400
}
