//! What the case-working systems and officers of both sides want to have recorded: short stories of
//! returns and admissions, each act of which needs the records of earlier ones.

use std::ops::RangeInclusive;

use entente::{
    names::{Date, Party, Position, RecordId},
    record::Record,
    season::Dice,
};

use crate::fixture;

/// What an act says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    Request,
    Accept,
    Refuse,
    Withdraw,
    Notice,
    Confirm,
    Departure,
    Arrival,
    NotArrived,
    Visa,
    Travel,
    Count,
    Admission,
    Reversal,
    Approval,
}

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Nobody has taken it in, as far as is known.
    Waiting,
    /// Taken in: it will be logged.
    Queued,
    /// Logged.
    Logged(RecordId, Position),
    /// Refused for good.
    Refused,
}

/// One record that somebody wants to have.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) party: Party,
    pub(crate) make: Make,
    /// Which case it belongs to.
    pub(crate) story: usize,
    /// The acts whose records it names.
    pub(crate) needs: Vec<usize>,
    pub(crate) stand: Stand,
    /// What was handed in, the same at each repetition.
    pub(crate) made: Option<Record>,
    /// How often its envelope was made anew.
    pub(crate) envelopes: u32,
    /// The envelope, for what an officer signs.
    pub(crate) envelope: Option<Vec<u8>>,
    pub(crate) asked: bool,
    /// Whether somebody typed it twice.
    pub(crate) anew: bool,
}

impl Act {
    /// What was handed in is to be made anew, under another key.
    pub(crate) fn forget(&mut self) {
        if self.made.take().is_some() {
            self.envelope = None;
            self.envelopes += 1;
        }
    }
}

/// A case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Story {
    pub(crate) number: usize,
    persons: u16,
    /// Whether one side counts one person fewer.
    fewer: bool,
    /// The day of the journey, once it is planned.
    on: Option<Date>,
}

/// All stories of a run.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    pub(crate) all: Vec<Act>,
    stories: Vec<Story>,
}

impl Acts {
    /// So many stories as the dice say.
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let mut acts = Self::default();
        for number in 0..2 + usize::try_from(dice.below(5)).unwrap() {
            let persons = 1 + u16::try_from(dice.below(4)).unwrap();
            acts.stories.push(Story { number, persons, fewer: dice.once_in(6), on: None });
            match dice.below(12) {
                0..=4 => _ = acts.returned(number),
                5 => acts.refused(number),
                6 => acts.withdrawn(number),
                7 => acts.not_arrived(number),
                8 => acts.reversed(number),
                _ => acts.admitted(number),
            }
        }
        acts
    }

    fn act(&mut self, story: usize, party: Party, make: Make, needs: &[usize]) -> usize {
        let needs = needs.to_vec();
        self.all.push(Act {
            party,
            make,
            story,
            needs,
            stand: Stand::Waiting,
            made: None,
            envelopes: 0,
            envelope: None,
            asked: false,
            anew: false,
        });
        self.all.len() - 1
    }

    fn noticed(&mut self, story: usize) -> usize {
        let request = self.act(story, Party::Gbr, Make::Request, &[]);
        let accept = self.act(story, Party::Fra, Make::Accept, &[request]);
        let notice = self.act(story, Party::Gbr, Make::Notice, &[accept]);
        self.act(story, Party::Fra, Make::Confirm, &[notice]);
        notice
    }

    fn returned(&mut self, story: usize) -> usize {
        let notice = self.noticed(story);
        let departure = self.act(story, Party::Gbr, Make::Departure, &[notice]);
        self.act(story, Party::Fra, Make::Arrival, &[departure])
    }

    fn not_arrived(&mut self, story: usize) {
        let notice = self.noticed(story);
        let departure = self.act(story, Party::Gbr, Make::Departure, &[notice]);
        self.act(story, Party::Fra, Make::NotArrived, &[departure]);
    }

    fn refused(&mut self, story: usize) {
        let request = self.act(story, Party::Gbr, Make::Request, &[]);
        self.act(story, Party::Fra, Make::Refuse, &[request]);
    }

    fn withdrawn(&mut self, story: usize) {
        let request = self.act(story, Party::Gbr, Make::Request, &[]);
        self.act(story, Party::Gbr, Make::Withdraw, &[request]);
        self.act(story, Party::Fra, Make::Accept, &[request]);
    }

    fn reversed(&mut self, story: usize) {
        let arrival = self.returned(story);
        for party in Party::BOTH {
            let reversal = self.act(story, party, Make::Reversal, &[arrival]);
            self.act(story, party, Make::Approval, &[reversal]);
        }
    }

    fn admitted(&mut self, story: usize) {
        let visa = self.act(story, Party::Gbr, Make::Visa, &[]);
        let travel = self.act(story, Party::Gbr, Make::Travel, &[visa]);
        self.act(story, Party::Fra, Make::Count, &[travel]);
        self.act(story, Party::Gbr, Make::Admission, &[travel]);
    }

    /// The records that an act names, once all of them are logged.
    pub(crate) fn named(&self, act: usize) -> Option<Vec<RecordId>> {
        let needs = self.all[act].needs.iter();
        needs
            .map(|need| match self.all[*need].stand {
                Stand::Logged(record, _) => Some(record),
                _ => None,
            })
            .collect()
    }

    /// An act that is not done for good. An officer's approval that was refused stands already.
    pub(crate) fn undone(&self) -> Option<usize> {
        let done = |act: &Act| match act.stand {
            Stand::Logged(..) => true,
            Stand::Refused => act.make == Make::Approval,
            Stand::Waiting | Stand::Queued => false,
        };
        self.all.iter().position(|act| !done(act))
    }

    /// Persons returned, at least and at most, and persons admitted, once all is done: by what the
    /// stories say alone. What was typed twice and reversed once may count.
    pub(crate) fn totals(&self) -> (RangeInclusive<u64>, u64) {
        let (mut least, mut most, mut admitted) = (0, 0, 0);
        for act in &self.all {
            let Story { persons, fewer, .. } = self.stories[act.story];
            match act.make {
                Make::Arrival => {
                    let both = u64::from(persons - u16::from(fewer));
                    let mut story = self.all.iter().filter(|one| one.story == act.story);
                    let reversed = story.any(|one| one.make == Make::Reversal);
                    least += if reversed { 0 } else { both };
                    most += if reversed && !act.anew { 0 } else { both };
                }
                Make::Admission => admitted += u64::from(persons),
                _ => {}
            }
        }
        (least..=most, admitted)
    }

    /// The key under which an act is handed in.
    pub(crate) fn key(&self, act: usize) -> String {
        format!("act {act}/{}", self.all[act].envelopes)
    }

    /// The record of an act; the day of a journey is the day on which it is first planned.
    pub(crate) fn record(&mut self, act: usize, today: Date) -> Option<Record> {
        if let Some(made) = &self.all[act].made {
            return Some(made.clone());
        }
        let named = self.named(act)?;
        let re = named.first().copied();
        let Act { make, story, .. } = self.all[act].clone();
        let story = &mut self.stories[story];
        let on = match make {
            Make::Notice | Make::Travel => story.on.get_or_insert(today).to_string(),
            _ => story.on.unwrap_or(today).to_string(),
        };
        let (number, persons) = (story.number, story.persons);
        let case = |reference: &str| format!("{reference}-{number:06}");
        let theirs = if story.fewer { persons - 1 } else { persons };
        let record = match (make, re) {
            (Make::Request, _) => fixture::request(&case("GB01"), persons - 1),
            (Make::Visa, _) => fixture::visa(&case("GB13"), persons, 0, "2026-01-31"),
            (Make::Accept, Some(re)) => fixture::accept(re),
            (Make::Refuse, Some(re)) => fixture::refuse(re),
            (Make::Withdraw, Some(re)) => fixture::withdrawn(re),
            (Make::Notice, Some(re)) => fixture::notice(&case("GB04"), &[re], &on, persons),
            (Make::Confirm, Some(re)) => fixture::confirmed(re),
            (Make::Departure, Some(re)) => fixture::departure(re, &on, persons),
            (Make::Arrival, Some(re)) if theirs > 0 => fixture::arrival(re, &on, theirs),
            (Make::Arrival | Make::NotArrived, Some(re)) => fixture::not_arrived(re, &on),
            (Make::Travel, Some(re)) => fixture::travel(&case("GB15"), &[re], &on, persons),
            (Make::Count, Some(re)) => fixture::count(re, &on, persons),
            (Make::Admission, Some(re)) => fixture::admission(re, &on, persons),
            (Make::Reversal, Some(re)) => fixture::reversal(re),
            (Make::Approval, Some(re)) => fixture::approval(re),
            (_, None) => return None,
        };
        self.all[act].made = Some(record.clone());
        Some(record)
    }
}
