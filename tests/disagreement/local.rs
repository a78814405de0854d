//! Breaks that one side alone sees, or whoever holds two copies or a list against the logs: copies
//! that are cut off, changed or forked, national lists with lines too many, too few or altered, and
//! entries that nobody covers. What has to be found is written down with each edit.

use std::collections::BTreeSet;

use entente::cbor;
use entente::ledger::{Owner, fold};
use entente::limits::NO_RECEIPT_SECONDS;
use entente::names::{
    Date, Hash, Party, PerParty, Persons as Number, Position, RecordId, Size, Timestamp, sha256,
};
use entente::reconcile::{
    Copies, LISTED, Listed, LocalBreak, LocalClass, Match, PersonMark, Persons, Scope,
    compare_copies, unreceipted,
};
use entente::record::{Kind, Provisions};
use entente::season::Dice;
use entente::tlog::{Checkpoint, MemoryNodes, MissingNode, SignedCheckpoint, leaf_hash, root_at};

use crate::fixture::{
    TwoSides, UnsafeKey, admission, arrival, count, day, departure, outage, provisions, travel,
    visa,
};

/// A break by what makes it the one that was planted.
type Named = (LocalClass, Owner, Vec<Hash>);

fn named(class: LocalClass, owner: Owner, mut evidence: Vec<Hash>) -> Named {
    evidence.sort_unstable();
    evidence.dedup();
    (class, owner, evidence)
}

fn held(one: LocalBreak) -> Named {
    (one.class, one.owner, one.evidence)
}

/// What one side holds of both logs.
struct Copy {
    agreement: entente::ledger::Agreement,
    leaves: PerParty<Vec<Hash>>,
    nodes: PerParty<MemoryNodes>,
    /// Logs whose author has signed this very copy.
    signed: PerParty<bool>,
}

impl Copy {
    fn of(sides: &TwoSides) -> Self {
        let leaves = PerParty::from_fn(|party| {
            sides.bytes(party).iter().map(|bytes| leaf_hash(bytes)).collect::<Vec<_>>()
        });
        let nodes = PerParty::from_fn(|party| leaves.of(party).iter().copied().collect());
        let signed = PerParty { gbr: true, fra: true };
        Self { agreement: sides.agreement.clone(), leaves, nodes, signed }
    }

    fn change(&mut self, log: Party, change: impl FnOnce(&mut Vec<Hash>)) {
        change(self.leaves.of_mut(log));
        *self.nodes.of_mut(log) = self.leaves.of(log).iter().copied().collect();
    }
}

impl Copies for Copy {
    type Error = MissingNode;

    fn size(&self, log: Party) -> Result<Size, MissingNode> {
        Ok(self.nodes.of(log).size())
    }

    fn root(&self, log: Party, size: Size) -> Result<Hash, MissingNode> {
        root_at(self.nodes.of(log), size)
    }

    fn leaves(&self, log: Party, from: Position, count: u64) -> Result<Vec<Hash>, MissingNode> {
        let (from, count) = (usize::try_from(from.0).unwrap(), usize::try_from(count).unwrap());
        Ok(self.leaves.of(log).iter().skip(from).take(count).copied().collect())
    }

    fn newest(&self, log: Party) -> Result<Option<SignedCheckpoint>, MissingNode> {
        if !self.signed.of(log) {
            return Ok(None);
        }
        let identity = self.agreement.identity(log);
        let (origin, size) = (identity.log.origin().clone(), self.nodes.of(log).size());
        let checkpoint = Checkpoint::new(origin, size, self.root(log, size)?).unwrap();
        let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
        Ok(Some(SignedCheckpoint::seal(checkpoint, &identity.log, &signature).unwrap()))
    }
}

/// Both copies of a season, each log of them left alone, cut off, changed or forked.
pub(crate) fn copies(sides: &TwoSides, seed: u64) -> BTreeSet<LocalClass> {
    let mut dice = Dice::new(seed);
    let mut copies = PerParty { gbr: Copy::of(sides), fra: Copy::of(sides) };
    let mut wanted = BTreeSet::new();
    for log in Party::BOTH {
        let size = copies.gbr.leaves.of(log).len();
        let at = usize::try_from(dice.below(u64::try_from(size).unwrap())).unwrap();
        let side = dice.pick(Party::Gbr, &[Party::Fra]);
        let true_leaf = copies.gbr.leaves.of(log)[at];
        match dice.below(4) {
            0 => {}
            1 => {
                copies.of_mut(side).change(log, |leaves| leaves.truncate(at));
                let class = match side {
                    Party::Gbr => LocalClass::MissingAtGbr,
                    Party::Fra => LocalClass::MissingAtFra,
                };
                wanted.insert(named(class, Owner::Both, vec![true_leaf]));
            }
            change => {
                let other = Hash::new(sha256(format!("other {log} {seed}").as_bytes()));
                copies.of_mut(side).change(log, |leaves| leaves[at] = other);
                let forked = change == 3;
                *copies.of_mut(side).signed.of_mut(log) = forked;
                let (class, owner) = if forked {
                    (LocalClass::Fork, Owner::Party(log))
                } else {
                    (LocalClass::DivergentCopy, Owner::Both)
                };
                wanted.insert(named(class, owner, vec![true_leaf, other]));
            }
        }
    }
    let found = compare_copies(&copies).unwrap();
    let found: BTreeSet<Named> =
        found.iter().map(|one| held(LocalBreak::of_copies(one, Timestamp::default()))).collect();
    assert_eq!(found, wanted, "seed {seed}");
    wanted.into_iter().map(|(class, ..)| class).collect()
}

/// Movements on days of their own, and the lines that a side's list should have of them.
struct Lists {
    sides: TwoSides,
    lines: Vec<(Listed, Option<RecordId>, String)>,
    owner: Party,
}

impl Lists {
    fn of(owner: Party, movements: u32) -> Self {
        let terms = Provisions { notice_days: 0, ..provisions() };
        let mut it = Self { sides: TwoSides::under(terms), lines: Vec::new(), owner };
        for number in 1..=movements {
            let on = day("2025-08-10").plus(number);
            it.sides.go_to(on.start().plus(3600));
            if number.is_multiple_of(2) { it.bring_back(number, on) } else { it.let_in(number, on) }
        }
        it
    }

    fn line(&mut self, reference: &str, event: Kind, on: Date, persons: u16, record: RecordId) {
        let line = u64::try_from(self.lines.len()).unwrap() + 2;
        let (reference, persons) = (reference.parse().unwrap(), Number(persons));
        let person = format!("person {line}");
        self.lines.push((
            Listed { line, reference, event, date: on, persons },
            Some(record),
            person,
        ));
    }

    fn bring_back(&mut self, number: u32, on: Date) {
        let text = on.to_string();
        let announced = self.sides.announced(number, &text, 3);
        let left = self.sides.append(Party::Gbr, departure(announced, &text, 3));
        let came = self.sides.append(Party::Fra, arrival(left, &text, 3));
        let reference = format!("GB04-{number:06}");
        match self.owner {
            Party::Gbr => self.line(&reference, Kind::Departure, on, 3, left),
            Party::Fra => self.line(&reference, Kind::Arrival, on, 3, came),
        }
    }

    fn let_in(&mut self, number: u32, on: Date) {
        let text = on.to_string();
        let (visas, journey) = (format!("GB13-{number:06}"), format!("GB15-{number:06}"));
        let issued = self.sides.append(Party::Gbr, visa(&visas, 2, 0, "2025-12-31"));
        let announced = self.sides.append(Party::Gbr, travel(&journey, &[issued], &text, 2));
        let left = self.sides.append(Party::Fra, count(announced, &text, 2));
        let came = self.sides.append(Party::Gbr, admission(announced, &text, 2));
        match self.owner {
            Party::Gbr => {
                self.line(&visas, Kind::VisaIssued, day("2025-08-07"), 2, issued);
                self.line(&journey, Kind::Admission, on, 2, came);
            }
            Party::Fra => self.line(&journey, Kind::DepartureCount, on, 2, left),
        }
    }

    /// What the list shows of the logs, line by line and at its end.
    fn found(&mut self) -> BTreeSet<Named> {
        self.sides.exchange();
        let sides = &self.sides;
        let owns: &[Kind] = match self.owner {
            Party::Gbr => &[Kind::VisaIssued, Kind::Departure, Kind::Admission],
            Party::Fra => &[Kind::Arrival, Kind::DepartureCount],
        };
        let events = LISTED.iter().copied().filter(|event| owns.contains(event)).collect();
        let scope = Scope { events, from: day("2025-08-06"), to: day("2026-06-01") };
        let ledger = fold(&sides.agreement, &sides.books, sides.books.all(), sides.now);
        let mut one = Match::new(&ledger, &sides.books, scope);
        let mut persons = Persons::default();
        let mut found = Vec::new();
        for (listed, _, person) in &self.lines {
            found.extend(persons.look(listed, PersonMark::of(person)));
            found.extend(one.hold(listed.clone()));
        }
        found.extend(one.finish().differences);
        found.iter().map(|one| held(LocalBreak::of_list(one, self.owner))).collect()
    }
}

fn digest(listed: &Listed) -> Hash {
    let (reference, event): (&str, Kind) = (listed.reference.as_str(), listed.event);
    let said = ("entente listed event v1", reference, event, listed.date, listed.persons);
    Hash::new(sha256(&cbor::encode(&said)))
}

/// A list of either side with some lines taken out, put in, altered, or of one person.
pub(crate) fn lists(seed: u64) -> BTreeSet<LocalClass> {
    let mut dice = Dice::new(seed);
    let owner = dice.pick(Party::Gbr, &[Party::Fra]);
    let mut it = Lists::of(owner, 12);
    let mut wanted = BTreeSet::new();
    let mut put_in = Vec::new();
    let mut earlier: Option<(String, Date)> = None;
    it.lines.retain_mut(|(listed, record, person)| {
        let id = record.map(|id| Hash::new(*id.as_bytes())).unwrap();
        let mut find = |class, evidence| wanted.insert(named(class, Owner::Party(owner), evidence));
        match dice.below(8) {
            0 => {
                find(LocalClass::MissingInList, vec![id]);
                return false;
            }
            1 => {
                listed.persons = Number(listed.persons.0 + 1);
                find(LocalClass::DiffersFromList, vec![id]);
            }
            2 => {
                listed.date = listed.date.plus(1);
                find(LocalClass::DiffersFromList, vec![id]);
            }
            3 => {
                let reference = format!("GB04-{:06}", 900_000 + listed.line).parse().unwrap();
                let more = Listed { line: listed.line + 1000, reference, ..listed.clone() };
                find(LocalClass::MissingInLog, vec![digest(&more)]);
                put_in.push((more, None, format!("somebody {}", listed.line)));
            }
            4 if matches!(listed.event, Kind::Departure | Kind::Arrival) => match &earlier {
                Some((first, date)) if *date != listed.date => {
                    *person = first.clone();
                    find(LocalClass::RepeatPerson, vec![digest(listed)]);
                }
                Some(_) => {}
                None => earlier = Some((person.clone(), listed.date)),
            },
            _ => {}
        }
        true
    });
    it.lines.extend(put_in);
    assert_eq!(it.found(), wanted, "seed {seed}");
    wanted.into_iter().map(|(class, ..)| class).collect()
}

/// Entries of a side that its counterpart has not covered for a day, and for less.
pub(crate) fn receipts(owner: Party) -> BTreeSet<LocalClass> {
    let mut it = Lists::of(owner, 3);
    it.sides.exchange();
    let waits = it.sides.now;
    let id = it.sides.append(owner, outage("2025-08-07T10:00:00Z", None));
    let overdue = waits.plus(NO_RECEIPT_SECONDS);
    let found = |now| unreceipted(&it.sides.books, owner, now).map(|one| held(one.found));
    assert_eq!(found(Timestamp::new(overdue.seconds() - 1)), None, "a second early");
    let evidence = vec![Hash::new(*id.as_bytes())];
    let wanted = named(LocalClass::NoReceipt, Owner::Party(owner.other()), evidence);
    assert_eq!(found(overdue), Some(wanted));
    it.sides.entangle(owner.other());
    assert_eq!(unreceipted(&it.sides.books, owner, overdue), None, "covered");
    BTreeSet::from([LocalClass::NoReceipt])
}
