//! The stories that are dealt: every way in which a case can end, each as often as seems likely.

use super::{Maker, SeasonFault, admissions::Visit, on, requests::Case};
use crate::{
    names::Party,
    record::RefusalGround,
    season::{
        Dice,
        times::{FRIDAY, THURSDAY, TUESDAY, WEDNESDAY},
    },
};

/// What comes of cases, or of a family's visas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Cases that travel together.
    Group(Course),
    /// A case that travels alone.
    Alone(Course),
    /// A case that travels after an extension.
    Extended,
    /// A case that does not travel.
    Stays(Stay),
    /// Visas.
    Visas(Visit),
}

/// What comes of a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It arrives as announced.
    Plain,
    /// It goes as France proposed.
    CounterProposed,
    /// It goes later than announced.
    PutOff,
    /// One case goes later than announced.
    PutOffOne,
    /// Nobody left at first.
    Failed,
    /// All cases are taken back.
    WithdrawnAll,
    /// One case is taken back.
    WithdrawnOne,
    /// It arrives, and is not to count.
    Reversed,
    /// Its notice is corrected.
    NoticeCorrected,
    /// It arrives, and is corrected by consent.
    Consented,
    /// It arrives, and is miscounted at first.
    Miscounted,
}

/// How a case ends that does not travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// Refused.
    Refused,
    /// Taken back before an answer.
    WithdrawnAsked,
    /// Taken back during an extension.
    WithdrawnExtended,
    /// Taken back after the acceptance.
    WithdrawnAccepted,
    /// Taken back while France accepts.
    Crossing,
    /// Accepted, and nothing more.
    Waits,
    /// Its data were wrong; corrected, and refused.
    WrongData,
}

/// How often each story comes up in one deal.
const DEAL: [(Story, u32); 29] = [
    (Story::Group(Course::Plain), 10),
    (Story::Group(Course::CounterProposed), 2),
    (Story::Group(Course::PutOff), 2),
    (Story::Group(Course::PutOffOne), 2),
    (Story::Group(Course::Failed), 2),
    (Story::Group(Course::WithdrawnAll), 1),
    (Story::Group(Course::WithdrawnOne), 1),
    (Story::Group(Course::Reversed), 1),
    (Story::Group(Course::NoticeCorrected), 1),
    (Story::Group(Course::Consented), 2),
    (Story::Group(Course::Miscounted), 1),
    (Story::Alone(Course::Plain), 5),
    (Story::Alone(Course::Failed), 1),
    (Story::Extended, 2),
    (Story::Stays(Stay::Refused), 9),
    (Story::Stays(Stay::WithdrawnAsked), 1),
    (Story::Stays(Stay::WithdrawnExtended), 1),
    (Story::Stays(Stay::WithdrawnAccepted), 1),
    (Story::Stays(Stay::Crossing), 1),
    (Story::Stays(Stay::Waits), 2),
    (Story::Stays(Stay::WrongData), 1),
    (Story::Visas(Visit::Admitted), 14),
    (Story::Visas(Visit::Expired), 1),
    (Story::Visas(Visit::GivenUp), 1),
    (Story::Visas(Visit::Withdrawn), 1),
    (Story::Visas(Visit::Outstanding), 2),
    (Story::Visas(Visit::Reversed), 1),
    (Story::Visas(Visit::Consented), 1),
    (Story::Visas(Visit::Miscounted), 1),
];

/// Stories in the order in which they are told; all have come up before one comes up anew.
#[derive(Debug, Default)]
pub(super) struct Deck(Vec<Story>);

impl Deck {
    /// The next story, after a new deal if none is left.
    pub(super) fn next(&mut self, dice: &mut Dice) -> Story {
        if self.0.is_empty() {
            for (story, times) in DEAL {
                self.0.extend((0..times).map(|_| story));
            }
        }
        let count = u64::try_from(self.0.len()).unwrap_or(1);
        let index = usize::try_from(dice.below(count)).unwrap_or(0);
        let last = self.0.len().saturating_sub(1);
        self.0.swap(index.min(last), last);
        self.0.pop().unwrap_or(Story::Extended)
    }
}

impl Maker {
    /// Tells a story from this week on.
    pub(super) fn story(&mut self, story: Story, week: u32) -> Result<(), SeasonFault> {
        match story {
            Story::Group(course) => {
                let more = self.dice.below_u32(4);
                let cases = self.group(week, more.saturating_add(2))?;
                self.course(course, &cases)
            }
            Story::Alone(course) => {
                let case = self.accepted(week, 0)?;
                self.course(course, &[case])
            }
            Story::Extended => {
                let asked = self.ask(week, 0)?;
                let case = self.accepted_late(asked);
                self.course(Course::Plain, &[case])
            }
            Story::Stays(stay) => self.stay(stay, week),
            Story::Visas(visit) => self.visit(visit, week),
        }
    }

    /// Cases that are announced together.
    pub(super) fn course(&mut self, course: Course, cases: &[Case]) -> Result<(), SeasonFault> {
        let week = self.ready(cases);
        match course {
            Course::Plain => self.plain(cases, week).map(drop),
            Course::CounterProposed => self.counter_proposed(cases, week).map(drop),
            Course::PutOff => self.put_off_whole(cases, week),
            Course::PutOffOne => self.put_off_one(cases, week),
            Course::Failed => self.failed(cases, week),
            Course::WithdrawnAll => self.withdrawn_all(cases, week),
            Course::WithdrawnOne => self.withdrawn_one(cases, week),
            Course::Reversed => self.reversed(cases, week),
            Course::NoticeCorrected => self.notice_corrected(cases, week),
            Course::Consented => self.consented(cases, week),
            Course::Miscounted => self.miscounted(cases, week),
        }
    }

    /// One case that does not travel.
    pub(super) fn stay(&mut self, stay: Stay, week: u32) -> Result<(), SeasonFault> {
        let minors = self.dice.pick(0, &[0, 0, 1]);
        let asked = self.ask(week, minors)?;
        let next = week.saturating_add(1);
        let taken_back = match stay {
            Stay::Refused => {
                let ground = self.ground();
                let moment = self.dice.pick(WEDNESDAY, &[FRIDAY]);
                self.refuse(&asked, ground, on(week, moment));
                return Ok(());
            }
            Stay::Waits => {
                self.accept(&asked, on(next, WEDNESDAY));
                return Ok(());
            }
            Stay::WrongData => {
                self.wrong_data_corrected(&asked)?;
                self.refuse(&asked, RefusalGround::EvidenceInsufficient, on(next, WEDNESDAY));
                return Ok(());
            }
            Stay::WithdrawnAsked => on(week, TUESDAY),
            Stay::WithdrawnExtended => {
                self.extend(&asked, on(next, TUESDAY));
                on(next, FRIDAY)
            }
            Stay::WithdrawnAccepted => {
                self.accept(&asked, on(week, FRIDAY));
                on(next, THURSDAY)
            }
            // Neither side has seen what the other signs.
            Stay::Crossing => {
                self.accept(&asked, on(week, WEDNESDAY));
                on(week, WEDNESDAY)
            }
        };
        self.withdraw(asked.label, taken_back);
        if self.dice.once_in(2) {
            self.erase_both(asked.label, taken_back.week);
        }
        Ok(())
    }

    /// A ground of refusal: the usual ones are likelier, and each comes up.
    fn ground(&mut self) -> RefusalGround {
        use RefusalGround::{EvidenceInsufficient, NotInScope};
        if self.dice.once_in(3) {
            return self.dice.pick(EvidenceInsufficient, &[NotInScope]);
        }
        self.dice.pick(NotInScope, RefusalGround::ALL)
    }

    /// Both sides say that a movement does not count.
    pub(super) fn reverse_both(&mut self, movement: crate::season::Label, week: u32) {
        for party in Party::BOTH {
            self.reverse(party, movement, week);
        }
    }
}
