//! A season played into two logs: signed with published keys, admitted, covered and closed.

use entente::names::{Party, Position, Timestamp, Week};
use entente::record::{self, Record};
use entente::season::{Ids, Planted, Season, Step, provisions};

use crate::fixture::{TwoSides, terms};

/// How long after the last act of a step both sides cover each other's log.
const COVERED_SECONDS: u64 = 1;

/// Both logs after a season.
pub(crate) struct Played {
    /// The logs.
    pub(crate) sides: TwoSides,
    /// Which record each act has become.
    pub(crate) ids: Ids,
}

impl Played {
    /// Founds both logs under the terms of the season.
    pub(crate) fn begin() -> Self {
        let mut terms = terms();
        terms.provisions = provisions().unwrap();
        let mut sides = TwoSides::empty(terms);
        for party in Party::BOTH {
            let terms = sides.agreement.terms().clone();
            sides.append(party, Record::bare(record::Agreement { terms, succession: None }));
        }
        sides.exchange();
        let founding = sides.books.entry(Party::Gbr, Position(0)).unwrap();
        let ids = Ids::founded(founding.id().unwrap());
        Self { sides, ids }
    }

    /// Plays a season, and looks at the books at each week's end.
    pub(crate) fn of(season: &Season, mut look: impl FnMut(&Self, Week)) -> Self {
        let mut played = Self::begin();
        for step in season.steps() {
            played.step(step);
            if let Step::WeekEnd { week, .. } = step {
                look(&played, *week);
            }
        }
        played
    }

    /// All acts of a step are signed at its time, and covered a second later.
    pub(crate) fn step(&mut self, step: &Step) {
        for act in step.acts() {
            let record = act.record(&self.ids).unwrap();
            self.sides.go_to(step.time());
            let id = self.sides.append(act.party, record);
            self.ids.learn(act.label, id);
        }
        match step {
            Step::Submit { time, .. } => {
                self.sides.go_to(time.plus(COVERED_SECONDS)).exchange();
            }
            Step::WeekEnd { time, week } => {
                assert_eq!(self.sides.go_to(*time).close_week(), *week);
            }
        }
    }

    /// What the ledger finds at a time and nobody planted, and what was planted and it does not
    /// find: by class, owner and the record that shows it.
    pub(crate) fn surprises(&self, season: &Season, as_of: Timestamp) -> Vec<String> {
        let ledger = self.sides.ledger(as_of);
        let mut open: Vec<&Planted> =
            season.planted().iter().filter(|one| one.is_open(as_of)).collect();
        let mut surprises = Vec::new();
        for found in ledger.breaks.iter() {
            let shows = |one: &&Planted| {
                let id = self.ids.of(one.shown_by);
                one.class == found.class
                    && one.owner == found.owner
                    && id.is_some_and(|id| found.evidence.contains(&id))
            };
            match open.iter().position(shows) {
                Some(index) => drop(open.swap_remove(index)),
                None => surprises.push(format!("found: {} {found:?}", found.class)),
            }
        }
        surprises.extend(open.iter().map(|one| format!("missed: {} {one:?}", one.class)));
        surprises
    }
}
