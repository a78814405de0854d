//! Breaks that hang on the terms: the balance, the head start, and the agreement's end. The figures
//! are kept here, act by act, and the ledger is not asked for any.

use entente::ledger::{Owner, fold};
use entente::names::{Date, Party, RecordId, Timestamp};
use entente::record::{BreakClass, Content, HeadStartRule, Provisions};
use entente::season::Dice;

use crate::expected::{Expected, surprises};
use crate::fixture::{
    TwoSides, accept, admission, allocation, arrival, count, day, departure, notice, provisions,
    request, travel, visa,
};

/// Returns and admissions may be so far apart.
const TOLERANCE: u64 = 2;
/// Admissions and visas may be so far ahead.
const HEAD_START: u64 = 5;
/// The agreement's last day.
const LAST: &str = "2025-10-05";

/// Two sides under tight terms, and what was done so far.
struct Tight {
    sides: TwoSides,
    today: Date,
    done: u32,
    returned: u64,
    admitted: u64,
    /// Persons who hold visas that nobody has used.
    outstanding: u64,
    /// The record that last changed the balance, and the one since which it is beyond the
    /// tolerance, if it is.
    last: Option<RecordId>,
    since: Option<RecordId>,
    expected: Vec<Expected>,
}

impl Tight {
    fn begin() -> Self {
        let provisions = Provisions {
            expires: day(LAST),
            balance_tolerance: TOLERANCE,
            head_start: HEAD_START,
            head_start_rule: HeadStartRule::Flag,
            ..provisions()
        };
        Self {
            sides: TwoSides::under(provisions),
            today: day("2025-08-11"),
            done: 0,
            returned: 0,
            admitted: 0,
            outstanding: 0,
            last: None,
            since: None,
            expected: Vec::new(),
        }
    }

    /// One act on a day of its own.
    fn act(&mut self, dice: &mut Dice) {
        self.done += 1;
        self.today = self.today.plus(1);
        self.sides.go_to(self.now());
        let persons = u16::try_from(1 + dice.below_u32(4)).unwrap();
        match dice.below_u32(5) {
            0 | 1 => self.bring_back(persons),
            2 | 3 => self.let_in(persons),
            _ => drop(self.issue(persons)),
        }
    }

    fn now(&self) -> Timestamp {
        self.today.start().plus(8 * 3600)
    }

    fn bring_back(&mut self, persons: u16) {
        let (on, number) = (self.today.to_string(), self.done);
        let mut asked = request(&format!("GB01-{number:06}"), persons - 1);
        if let Content::ReadmissionRequest(one) = &mut asked.content {
            one.arrived = self.today;
        }
        let asked = self.sides.append(Party::Gbr, asked);
        let accepted = self.sides.append(Party::Fra, accept(asked));
        let reference = format!("GB04-{number:06}");
        let announced = notice(&reference, &[accepted], &on, persons);
        let announced = self.sides.append(Party::Gbr, announced);
        let left = self.sides.append(Party::Gbr, departure(announced, &on, persons));
        let came = self.sides.append(Party::Fra, arrival(left, &on, persons));
        self.returned += u64::from(persons);
        self.moved(came);
        self.sides.exchange();
    }

    /// Visas for so many: beyond the head start they are a break.
    fn issue(&mut self, persons: u16) -> RecordId {
        let reference = format!("GB13-{:06}", self.done);
        let id = self.sides.append(Party::Gbr, visa(&reference, persons, 0, "2026-01-15"));
        self.outstanding += u64::from(persons);
        self.sides.exchange();
        if self.admitted + self.outstanding > self.returned + HEAD_START {
            self.gbr(BreakClass::HeadStartExceeded, id);
        }
        id
    }

    fn let_in(&mut self, persons: u16) {
        let issued = self.issue(persons);
        let (on, number) = (self.today.to_string(), self.done);
        let announced = travel(&format!("GB15-{number:06}"), &[issued], &on, persons);
        let announced = self.sides.append(Party::Gbr, announced);
        self.sides.append(Party::Fra, count(announced, &on, persons));
        let entered = self.sides.append(Party::Gbr, admission(announced, &on, persons));
        self.outstanding -= u64::from(persons);
        self.admitted += u64::from(persons);
        self.moved(entered);
        self.sides.exchange();
    }

    /// A record has changed the balance.
    fn moved(&mut self, record: RecordId) {
        self.last = Some(record);
        let apart = self.returned.abs_diff(self.admitted) > TOLERANCE;
        self.since = if apart { self.since.or(Some(record)) } else { None };
    }

    /// Places are allocated after the agreement's end.
    fn allocate_late(&mut self) {
        self.today = self.today.max(day(LAST).plus(1));
        self.sides.go_to(self.now());
        let id = self.sides.append(Party::Gbr, allocation("GB11-1", 5));
        self.sides.exchange();
        self.gbr(BreakClass::OutsideAgreementWindow, id);
    }

    fn gbr(&mut self, class: BreakClass, id: RecordId) {
        let owner = Owner::Party(Party::Gbr);
        self.expect(class, owner, vec![id]);
    }

    fn expect(&mut self, class: BreakClass, owner: Owner, mut evidence: Vec<RecordId>) {
        evidence.sort_unstable();
        let (from, until) = (Timestamp::default(), None);
        self.expected.push(Expected { class, owner, evidence, from, until });
    }

    /// What has to be found at a time, with what follows from the figures.
    fn check(mut self, as_of: Timestamp) -> Vec<BreakClass> {
        let founding = self.sides.books.entry(Party::Gbr, entente::names::Position(0)).unwrap();
        let founding = founding.id().unwrap();
        let apart = self.returned.abs_diff(self.admitted);
        if let Some(since) = self.since {
            self.expect(BreakClass::Imbalance, Owner::Both, vec![founding, since]);
        }
        if let Some(last) = self.last.filter(|_| apart > 0 && as_of.date() > day(LAST)) {
            self.expect(BreakClass::UnsettledAtTerm, Owner::Both, vec![founding, last]);
        }
        let books = &self.sides.books;
        let ledger = fold(&self.sides.agreement, books, books.all(), as_of);
        assert_eq!(surprises(&ledger, &self.expected, as_of), Vec::<String>::new());
        self.expected.iter().map(|one| one.class).collect()
    }
}

/// Acts drawn by lot, the end of the agreement now and then; what was expected.
pub(crate) fn lots(seed: u64) -> Vec<BreakClass> {
    let mut dice = Dice::new(seed);
    let mut it = Tight::begin();
    for _ in 0..=dice.below(20) {
        it.act(&mut dice);
    }
    if dice.once_in(3) {
        it.allocate_late();
    }
    let last = if dice.once_in(2) { it.today.max(day(LAST).plus(1)) } else { it.today };
    it.check(last.plus(1).start())
}
