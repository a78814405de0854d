//! One season with what is planted in it, played into two logs and looked at by both sides.

use std::collections::{BTreeMap, BTreeSet};

use entente::ledger::{Books, Folder, LogReader, examine, fold};
use entente::names::{Party, Position, Timestamp};
use entente::reconcile::Chain;
use entente::record::BreakClass;
use entente::season::{Ids, Season, Size, Step};
use entente::tlog::root_at;

use crate::books::Played;
use crate::edits::{Edit, Edited};
use crate::expected::{Expected, surprises, words};
use crate::fixture::TwoSides;

/// What is planted in a season.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) size: Size,
    pub(crate) seed: u64,
    /// Faults of procedure, by the names of the season.
    pub(crate) faults: Vec<&'static str>,
    /// Edits of a log, each after the end of a numbered week.
    pub(crate) edits: Vec<(usize, Edit, Party)>,
    /// How many weeks pass between two looks.
    pub(crate) look_every: usize,
}

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Records in both logs.
    pub(crate) records: u64,
    /// What was planted, as far as it was open whenever somebody looked.
    pub(crate) seen: BTreeSet<BreakClass>,
    /// What differs from what was written down.
    pub(crate) surprises: Vec<String>,
}

impl Plan {
    pub(crate) fn run(&self) -> Outcome {
        let season = Season::planting(self.size, self.seed, &self.faults).unwrap();
        let mut it = Run::begin();
        for step in season.steps() {
            it.step(self, &season, step);
        }
        it.finish(&season)
    }
}

/// A season on its way.
struct Run {
    played: Played,
    folder: Folder,
    edited: Edited,
    weeks: usize,
    outcome: Outcome,
}

impl Run {
    fn begin() -> Self {
        let played = Played::begin();
        let folder = Folder::new(&played.sides.agreement);
        let (edited, outcome) = (Edited::default(), Outcome::default());
        Self { played, folder, edited, weeks: 0, outcome }
    }

    fn step(&mut self, plan: &Plan, season: &Season, step: &Step) {
        self.played.step(step);
        let Step::WeekEnd { week, .. } = step else { return };
        if self.weeks.is_multiple_of(plan.look_every) {
            self.look(season, week.end().plus(900));
        }
        // An hour after the close, and before the first record of the week that begins.
        let mut now = week.end().plus(3600);
        self.edited.week_ended(&mut self.played.sides, now);
        for (_, edit, author) in plan.edits.iter().filter(|(at, ..)| *at == self.weeks) {
            now = now.plus(600);
            self.edited.make(&mut self.played.sides, *edit, *author, now, *week);
        }
        self.weeks += 1;
    }

    /// All that has to be found, as far as its records are signed by now.
    fn expected(&self, season: &Season) -> Vec<Expected> {
        let ids: &Ids = &self.played.ids;
        let known = season
            .planted()
            .iter()
            .filter(|one| one.evidence.iter().all(|label| ids.of(*label).is_some()));
        let planted = known.map(|one| Expected::of(one, ids));
        planted.chain(self.edited.expected.iter().cloned()).collect()
    }

    fn look(&mut self, season: &Season, as_of: Timestamp) {
        let books = &self.played.sides.books;
        let ledger = self.folder.ledger(books, books.all(), as_of);
        let expected = self.expected(season);
        self.outcome.surprises.extend(surprises(&ledger, &expected, as_of));
        let open = expected.iter().filter(|one| one.is_open(as_of));
        self.outcome.seen.extend(open.map(|one| one.class));
    }

    /// Both sides at the end, each with the books that it has made of the bytes by itself.
    fn finish(mut self, season: &Season) -> Outcome {
        let as_of = self.played.sides.now.plus(60);
        self.look(season, as_of);
        let sides = &self.played.sides;
        let all = sides.books.all();
        self.outcome.records = all.gbr.0 + all.fra.0;
        let other = held_by(sides, Party::Fra);
        let ledgers = [&sides.books, &other].map(|books| fold(&sides.agreement, books, all, as_of));
        let [one, two] = ledgers.each_ref().map(|ledger| words(ledger, as_of));
        for (one, two) in one.iter().zip(&two).filter(|(one, two)| one != two) {
            self.outcome.surprises.push(format!("in other words: {one} {two}"));
        }
        let chains = [&sides.books, &other].map(|books| {
            let mut chain = Chain::new(&sides.agreement);
            chain.extend(&sides.agreement, books, sides);
            chain
        });
        let [gbr, fra] = chains.each_ref().map(Chain::bodies);
        if one.len() != two.len() || gbr != fra || gbr.len() != self.weeks {
            self.outcome.surprises.push("the two sides compute other bodies".to_owned());
        }
        if let Some(body) = gbr.last() {
            let expected = self.expected(season);
            let mut wanted: BTreeMap<BreakClass, u64> = BTreeMap::new();
            for one in expected.iter().filter(|one| one.is_open(body.as_of)) {
                *wanted.entry(one.class).or_default() += 1;
            }
            let mut found: BTreeMap<BreakClass, u64> = BTreeMap::new();
            for one in &body.breaks {
                *found.entry(one.class).or_default() += one.count;
            }
            if found != wanted {
                let words = format!("the last body counts {found:?} instead of {wanted:?}");
                self.outcome.surprises.push(words);
            }
        }
        self.outcome
    }
}

/// The books of a side that reads its own log first, and then its mirror.
fn held_by(sides: &TwoSides, own: Party) -> Books {
    let mut books = Books::default();
    for party in [own, own.other()] {
        let mut reader = LogReader::new(&sides.agreement, party);
        for (position, bytes) in (0..).map(Position).zip(sides.bytes(party)) {
            let examined = examine(reader.keys(), position, bytes.clone());
            let root = |size| root_at(sides.nodes(party.other()), size).ok();
            books.push(party, reader.admit(&sides.agreement, examined, root).unwrap());
        }
    }
    books
}
