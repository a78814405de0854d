//! Runs about one thing: both sides run their weekly job at the same moment, week after week, while
//! messages are lost, late, doubled and out of order, and daemons are killed and started again.
//! Every one ends with one chain of joint statements.

use entente::{
    names::{Hash, Party, Size},
    reconcile::{Chain, Roots, Verdict, statements, verdict},
    season::Dice,
};

use crate::{
    breach::{Breach, Promise, breach},
    keys::agreement,
    plan::{Deed, Plan, Step},
    truth::Truth,
    world::World,
};

/// From this seed on, a plan is one of these.
pub(crate) const WEEKLY: u64 = 1 << 48;

/// The plan of a seed from `WEEKLY` on.
pub(crate) fn draw(seed: u64) -> Plan {
    let mut dice = Dice::new(seed);
    let mut steps = Vec::new();
    for _ in 0..3 + dice.below(4) {
        for _ in 0..2 + dice.below(5) {
            let party = dice.pick(Party::Gbr, &[Party::Fra]);
            let turns = dice.pick(400, &[3, 30]);
            add(&mut steps, dice.below(86_400), Deed::Work(party), turns);
        }
        disturb(&mut steps, &mut dice);
        // Past the week's end, or nearly so: whoever is early tries again.
        let wait = (4 + dice.below(5)) * 86_400;
        both(&mut steps, wait, &mut dice);
        for _ in 0..dice.below(3) {
            disturb(&mut steps, &mut dice);
            both(&mut steps, dice.below(7200), &mut dice);
        }
    }
    Plan { seed, quick: !seed.is_multiple_of(256), steps }
}

fn add(steps: &mut Vec<Step>, wait: u64, deed: Deed, turns: u32) {
    let number = u64::try_from(steps.len()).unwrap() + 1;
    steps.push(Step { number, wait, deed, turns });
}

/// Both jobs at the same moment: no time passes between them, and nothing happens.
fn both(steps: &mut Vec<Step>, wait: u64, dice: &mut Dice) {
    let first = dice.pick(Party::Gbr, &[Party::Fra]);
    add(steps, wait, Deed::Reconcile(first), 0);
    let turns = dice.pick(400, &[0, 1, 3, 8, 30]);
    add(steps, 0, Deed::Reconcile(first.other()), turns);
}

/// What befalls wires and daemons meanwhile.
fn disturb(steps: &mut Vec<Step>, dice: &mut Dice) {
    for _ in 0..dice.below(4) {
        let party = dice.pick(Party::Gbr, &[Party::Fra]);
        let others = [
            Deed::Double(party),
            Deed::Swap(party),
            Deed::Slow(party),
            Deed::Deafen(party),
            Deed::Sever,
            Deed::Partition,
            Deed::Reunite,
            Deed::Kill(party),
            Deed::PowerCut(party),
            Deed::Stop(party),
            Deed::Start(party),
            Deed::Dial(party),
        ];
        let deed = dice.pick(Deed::Lose(party), &others);
        let turns = dice.pick(0, &[1, 5, 30]);
        add(steps, dice.below(60), deed, turns);
    }
}

impl World {
    /// How many weeks both sides have stated alike: all that either has closed.
    pub(crate) fn one_chain(&self) -> Result<u64, Breach> {
        let books = &self.witness.truth.books;
        let mut chain = Chain::new(&agreement());
        chain.extend(&agreement(), books, &TrueRoots(&self.witness.truth));
        for body in chain.bodies() {
            let week = body.week;
            let [Some(gbr), Some(fra)] = statements(books, week) else {
                return breach(Promise::Chain, format!("{week} is not stated by both"));
            };
            if gbr.body != fra.body || verdict(books, body) != Verdict::Joint {
                return breach(Promise::Chain, format!("{week} is not joint"));
            }
        }
        let closed = u64::try_from(chain.bodies().len()).unwrap();
        let due = *self.clerks.due.of(Party::Gbr);
        if chain.bodies().last().is_none_or(|body| body.week.next() != due) {
            return breach(Promise::Chain, format!("{closed} weeks are joint, and {due} is due"));
        }
        Ok(closed)
    }
}

/// The roots of all that was ever logged.
struct TrueRoots<'a>(&'a Truth);

impl Roots for TrueRoots<'_> {
    fn root(&self, party: Party, size: Size) -> Option<Hash> {
        self.0.root(party, size)
    }
}

#[test]
fn a_weekly_plan_is_the_same_each_time_and_both_jobs_come_at_once() {
    let plan = draw(WEEKLY + 7);
    assert_eq!(plan, draw(WEEKLY + 7));
    let jobs = |deed: Deed| matches!(deed, Deed::Reconcile(_));
    let pairs = plan.steps.windows(2).filter(|two| jobs(two[0].deed) && jobs(two[1].deed));
    let at_once = pairs.filter(|two| two[1].wait == 0 && two[0].turns == 0).count();
    assert!(at_once >= 3, "{plan:?}");
}
