//! Long lists: what is kept of them. `ENTENTE_LIST_LINES=1000000` makes them a million lines long.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::{
    ledger::fixture::{TwoSides, at, day},
    limits::{LINES_REMEMBERED_MAX, PERSONS_REMEMBERED_MAX},
    reconcile::{ListDifference, Matched},
};

const EVENTS: u64 = 20;
const PERSONS_OF_EACH: u64 = 3;
/// What a reader of lines may ask for at once.
const READ_BYTES_MAX: usize = 64 * 1024;

fn lines() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a run by hand says how long the list is")]
    let asked = std::env::var("ENTENTE_LIST_LINES");
    asked.map_or(20_000, |text| text.parse().unwrap())
}

/// A list that is made while it is read: a quarter of its lines agree with the logs, a quarter has
/// another day, a quarter repeats a few lines that no log has, and the rest is of all different
/// movements that no log has. Each line is of another person.
struct Made {
    lines: u64,
    persons: bool,
    made: u64,
    rest: Vec<u8>,
    taken: usize,
    largest: usize,
}

impl Made {
    fn of(lines: u64, persons: bool) -> Self {
        Self { lines, persons, made: 0, rest: Vec::new(), taken: 0, largest: 0 }
    }

    fn line(&self) -> String {
        let (number, event) = (self.made, self.made / 4 % EVENTS + 1);
        let who = if self.persons { format!(",Zaphod {number}") } else { String::new() };
        match number % 4 {
            0 => format!("GB04-{event:06},departure,2025-09-{event:02},1{who}\n"),
            1 => format!("GB04-{event:06},departure,2025-10-{event:02},1{who}\n"),
            2 => format!("GB98-{event},departure,2025-09-01,1{who}\n"),
            _ => format!("GB99-{number},departure,2025-09-01,1{who}\n"),
        }
    }
}

impl io::Read for Made {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.largest = self.largest.max(into.len());
        if self.taken == self.rest.len() {
            if self.made > self.lines {
                return Ok(0);
            }
            let head = if self.persons { ",who" } else { "" };
            let head = format!("reference,event,date,persons{head}\n");
            self.rest = if self.made == 0 { head } else { self.line() }.into_bytes();
            (self.made, self.taken) = (self.made + 1, 0);
        }
        let left = &self.rest[self.taken..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.taken += count;
        Ok(count)
    }
}

/// What was kept when the last line had been held, and what had been told before.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    waiting: usize,
    alike: usize,
    persons: usize,
}

struct Held {
    kept: Kept,
    told: u64,
    forgotten: u64,
    alike: Vec<ListDifference>,
    end: Matched,
}

fn hold(lines: u64, mut alike: Alike, persons: Option<Persons>) -> Held {
    let mut sides = TwoSides::founded();
    for number in 1..=u32::try_from(EVENTS).unwrap() {
        let of_each = u16::try_from(PERSONS_OF_EACH).unwrap();
        sides.returned(number, &format!("2025-09-{number:02}"), of_each);
    }
    sides.exchange();
    let person = persons.is_some().then(|| "who".to_owned());
    let national = National { person, ..National::default() };
    let columns = columns(&national, Party::Gbr).unwrap();
    let events = vec![Kind::Departure];
    let scope = Scope { events, from: day("2025-08-06"), to: day("2025-12-31") };
    let mut one = Match::new(&sides.ledger(at("2026-01-01T00:00:00Z")), &sides.books, scope);
    let mut persons = persons.unwrap_or_default();
    let mut made = Made::of(lines, columns.person.is_some());
    let mut list = List::begin(&mut made, Form::Csv, columns).unwrap().unwrap();
    let mut told = 0;
    while let Some(line) = list.next().unwrap() {
        let (listed, person) = line.unwrap();
        let again = person.and_then(|person| persons.look(&listed, person));
        let found = [again, one.hold(listed)].into_iter().flatten();
        told += number(&found.filter_map(|found| alike.take(found)).collect::<Vec<_>>());
    }
    assert!(made.largest <= READ_BYTES_MAX, "{} bytes at once", made.largest);
    let (waiting, remembered) = (one.waiting(), alike.remembered());
    let kept = Kept { waiting, alike: remembered, persons: persons.remembered() };
    Held { kept, told, forgotten: persons.forgotten(), alike: alike.finish(), end: one.finish() }
}

#[test]
fn what_is_kept_of_a_list_does_not_grow_with_its_lines() {
    let most = 1_000;
    let run = |lines| hold(lines, Alike::remembering(most), Some(Persons::remembering(most)));
    let (half, whole) = (run(lines() / 2), run(lines()));
    let waiting = usize::try_from(EVENTS * PERSONS_OF_EACH).unwrap();
    assert_eq!(whole.kept, Kept { waiting, alike: most, persons: most });
    assert_eq!(whole.kept, half.kept);
    assert_eq!((whole.end.lines, half.end.lines), (lines(), lines() / 2));
    assert_eq!(whole.forgotten, lines() - 1_000);
}

/// As the verb holds it, to be measured.
fn measured(persons: Option<Persons>) -> Held {
    let held = hold(lines(), Alike::default(), persons);
    let Kept { alike, persons, .. } = held.kept;
    assert!(alike <= LINES_REMEMBERED_MAX && persons <= PERSONS_REMEMBERED_MAX);
    assert_eq!((held.end.lines, held.end.events), (lines(), EVENTS));
    // Every line is in one count: those of an event, and those that no event has.
    let mut counted = held.told;
    for one in held.alike.iter().chain(&held.end.differences) {
        counted += match one {
            ListDifference::MissingInLog { times, .. }
            | ListDifference::RepeatPerson { times, .. } => *times,
            ListDifference::Differing { persons, .. } => *persons,
            ListDifference::MissingInList { .. } => 0,
        };
    }
    assert_eq!(counted, lines());
    held
}

#[test]
fn every_line_of_a_long_list_is_counted_once() {
    assert_eq!(measured(None).kept.persons, 0);
}

#[test]
fn every_line_of_a_long_list_of_persons_is_counted_once() {
    let held = measured(Some(Persons::default()));
    let kept = u64::try_from(held.kept.persons).unwrap();
    assert_eq!(kept + held.forgotten, lines());
}

#[test]
fn only_a_day_nearer_to_an_end_than_the_tolerance_may_lie_beyond_it() {
    let period = Period { from: Some(day("2025-09-01")), to: Some(day("2025-09-30")) };
    for (on, tolerance_days, wanted) in [
        ("2025-09-30", 0, false),
        ("2025-09-30", 1, true),
        ("2025-09-29", 1, false),
        ("2025-09-29", 2, true),
        ("2025-09-01", 1, true),
        ("2025-09-02", 1, false),
    ] {
        assert_eq!(period.is_at_an_end(day(on), tolerance_days), wanted, "{on}");
    }
    assert!(!Period::default().is_at_an_end(day("2025-09-01"), 31), "no end was given");
}

#[test]
fn a_period_never_begins_before_the_agreement_is_in_force() {
    let in_force = day("2025-08-06");
    let scope = |from: &str, to: &str| {
        let given = |text: &str| (!text.is_empty()).then(|| day(text));
        Period { from: given(from), to: given(to) }.scope(in_force, Vec::new())
    };
    for (from, to, wanted) in [
        ("", "", (in_force, Date::new(u32::MAX))),
        ("2025-01-01", "", (in_force, Date::new(u32::MAX))),
        ("2025-09-01", "2025-09-01", (day("2025-09-01"), day("2025-09-01"))),
        ("", "2025-08-06", (in_force, in_force)),
    ] {
        let found = scope(from, to).unwrap();
        assert_eq!((found.from, found.to), wanted, "{from} {to}");
    }
    for (from, to) in
        [("2025-09-02", "2025-09-01"), ("", "2025-08-05"), ("2025-01-01", "2025-08-05")]
    {
        assert_eq!(scope(from, to).unwrap_err().exit, Exit::Usage, "{from} {to}");
    }
}
