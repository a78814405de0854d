//! A store that is full: nothing is half taken, nothing is lost, and it goes on when there is room.

use super::pair::{Closed, Pair};
use crate::{
    daemon::scribe::{Gate, Refused, Submitted},
    ledger::fixture::{accept, request},
    names::Party,
    session::{Close, ProblemCode},
    store::Store,
};

use Party::{Fra, Gbr};

/// Lets a side's store hold this many bytes more than it holds now, or all.
fn room(pair: &mut Pair, party: Party, more: Option<usize>) {
    let store = pair.side(party).scribe.store.inner_mut();
    let bytes = store.bytes();
    store.set_bytes_max(more.map(|more| bytes + more));
}

#[test]
fn a_submission_that_finds_no_room_leaves_nothing_behind() {
    for gate in [Gate::Open, Gate::Closed] {
        let mut taken = 0;
        for more in (0..2000).step_by(50) {
            let mut pair = Pair::talking();
            if gate == Gate::Closed {
                pair.lose_mark(Gbr);
                pair.restart(Gbr);
            }
            let held = pair.store(Gbr);
            room(&mut pair, Gbr, Some(more));
            match pair.try_submit(Gbr, "key", request("GB01-000001", 0)) {
                Ok(_) => taken += 1,
                Err(refused) => {
                    assert_eq!(refused, Refused::Full);
                    room(&mut pair, Gbr, None);
                    assert_eq!(pair.store(Gbr), with_limits_of(&held));
                    let now = pair.now;
                    assert_eq!(pair.side(Gbr).status(now).queued, 0);
                    pair.submit(Gbr, "key", request("GB01-000001", 0));
                }
            }
            room(&mut pair, Gbr, None);
            pair.talk();
            pair.assert_converged();
        }
        assert!((1..39).contains(&taken), "{taken}");
    }
}

fn with_limits_of(store: &crate::store::MemoryStore) -> crate::store::MemoryStore {
    let mut store = store.clone();
    store.set_bytes_max(None);
    store
}

#[test]
fn a_mirror_without_room_takes_nothing_in_and_catches_up_later() {
    for more in (0..3000).step_by(125) {
        let mut pair = Pair::talking();
        let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
        room(&mut pair, Fra, Some(more));
        let held = pair.store(Fra);
        let closed = pair.settle();
        if let Some(close) = closed.fra {
            assert_eq!(close, Close::TheirProblem(ProblemCode::Internal));
            assert_eq!(pair.store(Fra), held, "{more}");
            assert!(pair.of(Fra).books().find(asked).is_none());
        }
        pair.restart(Fra);
        room(&mut pair, Fra, None);
        assert_eq!(pair.talk(), Closed::default());
        pair.assert_converged();
    }
}

#[test]
fn a_full_store_still_answers_questions() {
    let mut pair = Pair::talking();
    pair.lose_mark(Gbr);
    pair.restart(Gbr);
    pair.submit(Gbr, "waits", request("GB01-000001", 0));
    room(&mut pair, Gbr, Some(0));
    pair.talk();
    pair.pass(1);
    let now = pair.now;
    let status = pair.side(Gbr).status(now);
    assert_eq!((status.gate.as_str(), status.queued), ("open", 1));
    let agreement = pair.agreement_record(Gbr);
    assert_eq!(pair.side(Gbr).record(now, agreement).id, Some(agreement));
    // It looks again at every tick, and once there is room the queue drains.
    room(&mut pair, Gbr, None);
    pair.pass(1);
    assert!(matches!(
        pair.submit(Gbr, "waits", request("GB01-000001", 0)),
        Submitted::Logged { .. }
    ));
    pair.talk();
    pair.assert_converged();
}

#[test]
fn a_store_that_fills_while_it_is_healed_stays_closed() {
    for frames_per_group in [1, 9] {
        for keeps_mark in [true, false] {
            let rooms = (0..9000).step_by(300);
            let opened = rooms.filter(|more| heal_with(*more, keeps_mark, frames_per_group));
            assert!((1..30).contains(&opened.count()));
        }
    }
}

/// Heals a side that has room for so much more; says whether that was enough to open it.
fn heal_with(more: usize, keeps_mark: bool, frames_per_group: usize) -> bool {
    let mut pair = Pair::talking();
    pair.frames_per_group = frames_per_group;
    let old = pair.store(Gbr);
    for n in 0..3 {
        pair.pass(1);
        let asked = pair.log(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
        pair.settle();
        pair.log(Fra, &format!("{n}"), accept(asked));
        pair.settle();
    }
    if !keeps_mark {
        pair.lose_mark(Gbr);
    }
    let whole = pair.of(Gbr).entries(Gbr);
    pair.restore(Gbr, old);
    room(&mut pair, Gbr, Some(more));
    for _ in 0..3 {
        pair.connect();
        pair.settle();
        let held = pair.of(Gbr).entries(Gbr);
        assert!(whole.starts_with(&held), "{more}");
        let covers = pair.of(Gbr).entanglements().last().unwrap().0;
        if held.len() < whole.len() || pair.of(Gbr).size(Fra) < covers {
            assert_eq!(pair.of(Gbr).gate(), Gate::Closed, "{more}");
        }
    }
    let opened = pair.of(Gbr).gate() == Gate::Open;
    // A process that starts now finds the same; what has to wait for room waits for a tick.
    pair.restart(Gbr);
    room(&mut pair, Gbr, None);
    pair.pass(1);
    assert_eq!(pair.talk(), Closed::default());
    assert_eq!(pair.of(Gbr).entries(Gbr), whole);
    pair.assert_converged();
    opened
}

#[test]
fn a_full_store_loads_as_it_was() {
    let mut pair = Pair::talking();
    room(&mut pair, Gbr, Some(500));
    for n in 0..9 {
        let _full = pair.try_submit(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
    }
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
    let size = pair.of(Gbr).scribe.store().size(Gbr).unwrap();
    assert_eq!(pair.of(Gbr).progress.own, size);
}
