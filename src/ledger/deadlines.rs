//! The limits of a case: until when, whether they are met, and who has to act.

use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    cases::{Case, CaseState, Timing, Visa, VisaState},
};
use crate::{
    names::{Date, Party, RecordId, Timestamp},
    record::Provisions,
};

codes! {
    /// What has to happen within a limit.
    pub enum Limit: "limit" {
        /// France is asked.
        Request = 1 => "request",
        /// France answers.
        Answer = 2 => "answer",
        /// The persons leave (Art. 1(1)).
        Transfer = 3 => "transfer",
        /// The holders of a visa enter (Art. 12(4)).
        Entry = 4 => "entry",
    }
}

/// A limit, with what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What has to happen.
    pub limit: Limit,
    /// The last day on which it may; `None` while its beginning is in transit.
    pub last: Option<Date>,
    /// Who has to see to it.
    pub owner: Party,
    /// How it stands.
    pub standing: DeadlineStanding,
}

/// How a limit stands at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum DeadlineStanding {
    /// It was met, on this day.
    Met {
        /// The day.
        on: Date,
    },
    /// It was missed; it happened on this day, if it did.
    Missed {
        /// The day.
        on: Option<Date>,
    },
    /// It has not happened, and so many days are left; 0 on the last one.
    Running {
        /// Days.
        left: u32,
    },
    /// Nobody waits for it any more.
    Moot,
}

/// The last day of something, once it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastDay(pub(super) Option<Date>);

impl LastDay {
    /// Whether something that has its time missed it by receipt. What is in transit has missed
    /// nothing yet.
    pub(super) fn is_missed_by(self, timing: Timing) -> bool {
        match (self.0, timing.received) {
            (Some(last), Some(received)) => received.date() > last,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// Whether it has passed.
    pub(super) fn has_passed(self, now: Timestamp) -> bool {
        self.0.is_some_and(|last| now.date() > last)
    }
}

impl Case {
    /// Until when France is to be asked.
    pub(super) fn request_limit(&self, provisions: &Provisions) -> LastDay {
        LastDay(Some(provisions.last_day(self.arrived, provisions.request_days)))
    }

    /// Until when France is to answer, with the extension if there was one in time.
    pub(super) fn answer_limit(&self, provisions: &Provisions) -> LastDay {
        let days =
            if self.extended { provisions.extended_answer_days } else { provisions.answer_days };
        LastDay(self.asked.received.map(|asked| provisions.last_day(asked.date(), days)))
    }

    /// Until when the persons are to leave.
    pub(super) fn transfer_limit(&self, provisions: &Provisions) -> LastDay {
        LastDay(Some(provisions.last_day_of_months(self.arrived, provisions.procedure_months)))
    }
}

impl Ledger {
    /// The limits of a case at `as_of`, in the order in which they come.
    #[must_use]
    pub fn deadlines(&self, case: &Case, as_of: Timestamp) -> Vec<Deadline> {
        let provisions = self.versions.provisions(case.version);
        let over =
            matches!(case.state, CaseState::Withdrawn | CaseState::Refused | CaseState::Reversed);
        let received = |timing: Timing| timing.received.map(Timestamp::date);
        let answered = case.answer.map(|answer| answer.word.timing);
        let left = case.transport.and_then(|notice| self.left_on(notice));
        let of = |limit, last: LastDay, owner, done: Option<Date>, waits| {
            let standing = standing(last, done, waits, as_of);
            Deadline { limit, last: last.0, owner, standing }
        };
        // Nobody waits for an answer that silence has given.
        let deemed = case.transport.is_some() || case.state == CaseState::Accepted;
        let open = case.answer.is_some() || !(over || deemed);
        vec![
            of(
                Limit::Request,
                case.request_limit(provisions),
                Party::Gbr,
                received(case.asked),
                true,
            ),
            of(
                Limit::Answer,
                case.answer_limit(provisions),
                Party::Fra,
                answered.and_then(received),
                open,
            ),
            of(Limit::Transfer, case.transfer_limit(provisions), Party::Gbr, left, !over),
        ]
    }

    /// The limit of a visa at `as_of`.
    #[must_use]
    pub fn entry_deadline(&self, id: RecordId, visa: &Visa, as_of: Timestamp) -> Deadline {
        // Of several journeys, all but the last were taken back.
        let used = self.journeys.values().filter(|journey| journey.visas.contains(&id));
        let entered = used.filter_map(|journey| journey.admitted.as_ref()).map(|told| told.day);
        let entered = entered.min();
        let waits = !matches!(visa.state, VisaState::Lapsed | VisaState::Withdrawn);
        let last = LastDay(Some(visa.expires));
        let standing = standing(last, entered, waits, as_of);
        Deadline { limit: Limit::Entry, last: last.0, owner: Party::Gbr, standing }
    }

    /// The day on which a transport left.
    pub(super) fn left_on(&self, notice: RecordId) -> Option<Date> {
        let transport = self.transports.get(&notice)?;
        let movement = self.movements.get(&transport.movement?)?;
        movement.left.as_ref().map(|left| left.day)
    }
}

fn standing(last: LastDay, done: Option<Date>, waits: bool, as_of: Timestamp) -> DeadlineStanding {
    match (last.0, done) {
        (Some(last), Some(on)) if on > last => DeadlineStanding::Missed { on: Some(on) },
        (_, Some(on)) => DeadlineStanding::Met { on },
        (_, None) if !waits => DeadlineStanding::Moot,
        (Some(last), None) => match last.days().checked_sub(as_of.date().days()) {
            Some(left) => DeadlineStanding::Running { left },
            None => DeadlineStanding::Missed { on: None },
        },
        (None, None) => DeadlineStanding::Running { left: u32::MAX },
    }
}
