//! The story of a case: what both logs say of it, until when who has to act, what counts and why.
//!
//! A story is read from the ledger and the logs behind it, and adds nothing to them: whoever holds
//! the same logs tells the same story.

mod acting;
mod broken;
mod counted;
mod line;
mod says;
mod subject;
mod timeline;

use serde::{Deserialize, Serialize};

use super::{
    Books, Deadline, Ledger, Owner, View,
    cases::{Case, Journey, Movement, Transport, Visa, Window},
};
use crate::{
    limits::{CASES_PER_ANSWER_MAX, STORY_RECORDS_MAX},
    names::{CaseRef, Date, Persons, RecordId, Timestamp},
};

pub use acting::{Deed, Step};
pub use broken::OpenBreak;
pub use counted::{Counted, MissingRecord, Reason};
pub use line::{CaseFilter, CaseLine, Leg, Lines};
pub use says::says;
pub use subject::{BadWanted, IdPrefix, StateName, Subject, Wanted, What};
pub use timeline::{Event, Mark};

use broken::Concerned;

/// A thing in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// What it is, and the record that began it.
    pub subject: Subject,
    /// Its author's reference.
    pub reference: Option<CaseRef>,
    /// Persons concerned; of a window, its places.
    pub persons: Persons,
    /// More about it, in a few words.
    pub about: String,
    /// Where it stands.
    pub state: StateName,
}

/// Everything about one case, transport, window or journey, as it stands at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// The thing itself.
    pub glance: Glance,
    /// Since when it stands so.
    pub since: Option<Since>,
    /// When it is looked at.
    pub as_of: Timestamp,
    /// What it is connected with: the transports of a case, the cases of a transport, and so on.
    pub related: Vec<Glance>,
    /// Whether and how many persons count, and why not more.
    pub counted: Option<Counted>,
    /// Who has to act; `None` if nobody has.
    pub acts: Option<Owner>,
    /// What has to be done next, by whom.
    pub steps: Vec<Step>,
    /// Its limits.
    pub deadlines: Vec<Deadline>,
    /// Open breaks that concern it, by their beginning.
    pub breaks: Vec<OpenBreak>,
    /// How many earlier records are left out of the timeline.
    pub earlier: u64,
    /// The records that concern it, in the one order of both logs.
    pub timeline: Vec<Event>,
}

/// Since when a thing stands as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The record that brought its state about.
    pub record: RecordId,
    /// The day on which that was signed.
    pub day: Date,
}

/// Something that a story can be told of.
#[derive(Debug, Clone, Copy)]
enum Thing<'a> {
    Case(&'a Case),
    Transport(&'a Transport),
    Movement(&'a Movement),
    Window(&'a Window),
    Visa(&'a Visa),
    Journey(&'a Journey),
}

impl Ledger {
    /// The story of a thing, as both logs tell it in `view`; `None` if there is no such thing.
    #[must_use]
    pub fn story(
        &self,
        books: &Books,
        view: View,
        as_of: Timestamp,
        subject: Subject,
    ) -> Option<Story> {
        let thing = self.thing(subject)?;
        let concerned = Concerned::of(self, books);
        let over = acting::is_over(books);
        let steps = if over { Vec::new() } else { self.steps(subject, as_of) };
        let breaks = concerned.breaks(subject, as_of);
        let mut timeline = self.timeline(books, view, subject);
        let earlier = timeline.len().saturating_sub(STORY_RECORDS_MAX);
        let timeline = timeline.split_off(earlier);
        Some(Story {
            glance: self.glance(subject)?,
            since: self.since(books, subject),
            as_of,
            related: self.related(thing),
            counted: self.counting(subject),
            acts: acting::owner(&steps, breaks.iter().map(|one| one.found.owner)).filter(|_| !over),
            steps,
            deadlines: self.limits(subject, as_of),
            breaks,
            earlier: u64::try_from(earlier).unwrap_or(u64::MAX),
            timeline,
        })
    }

    /// The limits of a thing: those of a case or of visas.
    fn limits(&self, subject: Subject, as_of: Timestamp) -> Vec<Deadline> {
        match self.thing(subject) {
            Some(Thing::Case(case)) => self.deadlines(case, as_of),
            Some(Thing::Visa(visa)) => vec![self.entry_deadline(subject.record, visa, as_of)],
            Some(
                Thing::Transport(_) | Thing::Movement(_) | Thing::Window(_) | Thing::Journey(_),
            )
            | None => Vec::new(),
        }
    }

    /// What a thing is connected with.
    fn related(&self, thing: Thing<'_>) -> Vec<Glance> {
        let of = |what: What, ids: &[RecordId]| {
            let all = ids.iter().map(|record| Subject { what, record: *record });
            all.filter_map(|subject| self.glance(subject)).collect::<Vec<_>>()
        };
        let mut related = match thing {
            Thing::Case(case) => of(What::Transport, &case.history),
            Thing::Transport(transport) => of(What::ReturnCase, &transport.cases),
            Thing::Movement(_) => Vec::new(),
            Thing::Window(window) => of(What::AdmissionCase, &window.visas),
            Thing::Visa(visa) => {
                let from = |(id, window): (&RecordId, &Window)| {
                    visa.history
                        .first()
                        .is_some_and(|own| window.visas.contains(own))
                        .then_some(*id)
                };
                let windows: Vec<RecordId> = self.windows.iter().filter_map(from).collect();
                [of(What::Window, &windows), of(What::Journey, &visa.history)].concat()
            }
            Thing::Journey(journey) => of(What::AdmissionCase, &journey.visas),
        };
        related.truncate(CASES_PER_ANSWER_MAX);
        related
    }
}

#[cfg(test)]
mod tests;
