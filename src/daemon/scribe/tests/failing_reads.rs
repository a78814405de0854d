//! A question that the disk does not answer: nothing is concluded from it.

use std::cell::Cell;

use super::{
    pair::{Closed, Pair},
    side::{UnsafeTestKeys, submission},
};
use crate::{
    daemon::{
        mark::MarkFile,
        scribe::{Command, Gate, LoadFault, Reading, Scribe, State},
    },
    ledger::fixture::{accept, request},
    names::{Party, Position, Size, Timestamp},
    store::{MemoryStore, Store, StoreError, Through, Write},
};

use Party::{Fra, Gbr};

/// A store of which one question fails: the one after so many.
struct Flaky {
    store: MemoryStore,
    left: Cell<Option<usize>>,
    failure: StoreError,
}

fn unreadable() -> StoreError {
    StoreError::Failed("unreadable".to_owned())
}

impl Through for Flaky {
    type Inner = MemoryStore;

    fn ask<T>(
        &self,
        question: impl FnOnce(&MemoryStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let left = self.left.get();
        self.left.set(left.and_then(|left| left.checked_sub(1)));
        if left == Some(0) {
            return Err(self.failure.clone());
        }
        question(&self.store)
    }

    fn hand_on(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.store.commit(writes)
    }
}

/// A pair with some history.
fn pair() -> Pair {
    let mut pair = Pair::talking();
    for n in 0..4 {
        let asked = pair.log(Gbr, &format!("ask {n}"), request(&format!("GB01-{n:06}"), 0));
        pair.settle();
        pair.log(Fra, &format!("answer {n}"), accept(asked));
        assert_eq!(pair.settle(), Closed::default());
        pair.pass(10);
    }
    pair
}

/// Loads a side on its own store, of which the question after so many fails.
fn load(
    pair: &Pair,
    party: Party,
    left: usize,
) -> Result<Scribe<Flaky, UnsafeTestKeys>, LoadFault> {
    let left = Cell::new(Some(left));
    let store = Flaky { store: pair.store(party), left, failure: unreadable() };
    let mark = MarkFile::at(pair.of(party).mark());
    let seat = pair.of(party).seat.clone();
    Scribe::load(seat, store, UnsafeTestKeys::of(party), mark)
}

#[test]
fn no_start_goes_on_after_a_question_that_failed() {
    let pair = pair();
    for party in Party::BOTH {
        let starts = |left: &usize| match load(&pair, party, *left) {
            Ok(_) => true,
            Err(LoadFault::Store(failure)) if failure == unreadable() => false,
            // Nothing else is said of a store that is whole, as of a bad entry.
            Err(fault) => panic!("question {left}: {fault}"),
        };
        let first = (0..10_000).find(starts);
        let Some(questions) = first else { panic!("it never starts") };
        assert!(questions > 50, "only {questions} questions were asked");
        // Every later failure comes after the start.
        let loaded = load(&pair, party, questions).unwrap();
        assert_eq!(loaded.store().left.get(), Some(0));
        for (_, entry) in loaded.state.books.entries(party.other(), Position(0)) {
            assert!(entry.objection().is_none());
        }
    }
}

#[test]
fn a_question_that_fails_is_no_fork_and_no_objection() {
    let mut pair = pair();
    let now = pair.now;
    // What the counterpart goes on to say, so that there is something to judge.
    pair.log(Fra, "more", accept(pair.agreement_record(Gbr)));
    let claims = pair.claims_of(Fra);
    let mark = std::fs::read(pair.of(Gbr).mark()).unwrap();
    let reading = Reading { wall: Timestamp::new(now), monotonic: now };
    let mut failed = 0;
    for left in 0..400 {
        std::fs::write(pair.of(Gbr).mark(), &mark).unwrap();
        let Ok(mut scribe) = load(&pair, Gbr, left) else { continue };
        scribe.group(reading, Vec::new()).unwrap();
        let mark = std::fs::read(pair.of(Gbr).mark()).unwrap();
        let (weigh, mut weighed) = tokio::sync::oneshot::channel();
        let (submit, mut submitted) = tokio::sync::oneshot::channel();
        let submission = Box::new(submission("new", request("GB01-000100", 0)));
        let outcome = scribe.group(
            reading,
            vec![
                Command::Weigh { claims: Box::new(claims.clone()), reply: weigh },
                Command::Submit { submission, reply: submit },
            ],
        );
        assert_eq!(scribe.store().left.get().is_none(), outcome.is_err(), "question {left}");
        if outcome.is_err() {
            failed += 1;
            assert!(weighed.try_recv().is_err() && submitted.try_recv().is_err());
            let after = std::fs::read(pair.of(Gbr).mark()).unwrap();
            assert_eq!(after, mark, "nothing was signed, and the mark is no older copy");
        } else {
            assert_eq!(*scribe.gate(), Gate::Open);
        }
    }
    assert!(failed > 3, "{failed}");
}

#[test]
fn whoever_reads_a_store_without_writing_hears_of_the_disk_too() {
    let pair = pair();
    for left in 0..10_000 {
        let left = Cell::new(Some(left));
        let store = Flaky { store: pair.store(Gbr), left, failure: unreadable() };
        match State::load(&store, &pair.of(Gbr).seat) {
            Ok(_) => return assert!(store.left.get().is_some()),
            Err(LoadFault::Store(failure)) => assert_eq!(failure, unreadable()),
            Err(fault) => panic!("{fault}"),
        }
    }
    panic!("it never loads");
}

/// One old row that no start reads and only a question asks for.
#[test]
fn what_a_question_finds_damaged_stops_the_daemon_by_that_name() {
    let pair = pair();
    let damaged = StoreError::Damaged("one old cosignature".to_owned());
    let reading = Reading { wall: Timestamp::new(pair.now), monotonic: pair.now };
    let mut scribe = load(&pair, Gbr, usize::MAX).unwrap();
    scribe.group(reading, Vec::new()).unwrap();
    scribe.store.inner_mut().failure = damaged.clone();
    scribe.store.inner().left.set(Some(0));
    let (reply, mut answered) = tokio::sync::oneshot::channel();
    let within = pair.of(Gbr).size(Fra);
    let question = Command::LoadCosignatures { above: Size(0), within, reply };
    assert!(question.is_question());
    for commands in [vec![question], Vec::new()] {
        let Err(LoadFault::Store(failure)) = scribe.group(reading, commands) else {
            panic!("it goes on");
        };
        assert_eq!(failure, damaged);
    }
    assert!(answered.try_recv().is_err());
}
