//! Clocks that differ or jump: entries flow, cosigning and closing wait.

use super::pair::{Closed, Pair};
use crate::{
    daemon::scribe::{ClockFault, Command, Refused},
    ledger::fixture::{request, week},
    limits::PING_SECONDS,
    names::{Party, Size, Timestamp},
    session::Event,
};

use Party::{Fra, Gbr};

/// Each side pings, and hears what the other's clock says.
fn ping(pair: &mut Pair) {
    pair.cut();
    pair.connect();
    pair.settle();
    pair.pass(PING_SECONDS);
    for party in Party::BOTH {
        pair.event(party, Event::Tick);
    }
    assert_eq!(pair.settle(), Closed::default());
    // What was put off for the clock's sake is looked at again.
    pair.pass(1);
    pair.settle();
}

#[test]
fn clocks_that_differ_let_entries_flow_and_pause_cosigning() {
    for error in [31, -31, 3600] {
        let mut pair = Pair::talking();
        pair.side(Fra).clock_error = error;
        ping(&mut pair);
        let held = (pair.of(Gbr).cosigned(Fra), pair.of(Fra).cosigned(Gbr));
        let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
        pair.settle();
        ping(&mut pair);
        assert!(pair.of(Fra).books().find(asked).is_some(), "entries flow");
        assert_eq!((pair.of(Gbr).cosigned(Fra), pair.of(Fra).cosigned(Gbr)), held);
        for party in Party::BOTH {
            let now = pair.now;
            let fault = pair.side(party).status(now).clock_fault.unwrap();
            let differs = format!("differ by {} s", error.unsigned_abs());
            assert!(fault.contains(&differs), "{fault}");
        }

        // The clock is put right: what waited is covered, once.
        pair.side(Fra).clock_error = 0;
        ping(&mut pair);
        ping(&mut pair);
        pair.assert_converged();
        assert!(pair.of(Fra).entanglements().len() <= 3);
        for party in Party::BOTH {
            let now = pair.now;
            assert_eq!(pair.side(party).status(now).clock_fault, None);
        }
    }
}

#[test]
fn clocks_within_the_bound_pause_nothing() {
    for error in [30, -30] {
        let mut pair = Pair::talking();
        pair.pass(100);
        pair.side(Fra).clock_error = error;
        ping(&mut pair);
        pair.log(Gbr, "one", request("GB01-000001", 0));
        pair.settle();
        pair.assert_converged();
    }
}

#[test]
fn a_clock_that_went_back_behind_its_own_cosignature_waits_until_it_has_caught_up() {
    let mut pair = Pair::talking();
    pair.pass(100);
    pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.settle();
    let last = pair.of(Fra).entanglements().last().unwrap().1;
    pair.cut();
    // Both clocks are wrong by as much, so that they agree.
    for party in Party::BOTH {
        pair.side(party).clock_error = -60;
    }
    pair.log(Gbr, "two", request("GB01-000002", 0));
    pair.connect();
    pair.settle();
    let now = pair.now;
    let fault = pair.side(Fra).status(now).clock_fault.unwrap();
    assert_eq!(fault, ClockFault::BehindOwn { last }.to_string());
    assert_eq!(pair.of(Fra).entanglements().last().unwrap().1, last);
    assert_eq!(pair.of(Fra).size(Gbr), pair.of(Gbr).size(Gbr), "entries flow");

    pair.pass(60);
    pair.settle();
    pair.assert_converged();
    assert!(pair.of(Fra).entanglements().last().unwrap().1 >= last);
}

#[test]
fn closing_waits_for_the_clock_too() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    pair.now = first.end().seconds();
    pair.side(Fra).clock_error = 40;
    ping(&mut pair);
    for party in Party::BOTH {
        let now = pair.now;
        let refused = pair.side(party).close_week(now, first);
        let differs = ClockFault::Differs { seconds: 40, bound: 30 };
        assert_eq!(refused, Err(Refused::Clock(differs)), "{party}");
        assert_eq!(pair.of(party).size(party), Size(2));
    }
    pair.side(Fra).clock_error = 0;
    ping(&mut pair);
    for party in Party::BOTH {
        let now = pair.now;
        assert!(pair.side(party).close_week(now, first).unwrap().closed.of(party));
    }
}

#[test]
fn what_the_clock_said_long_ago_holds_until_it_says_otherwise() {
    let mut pair = Pair::talking();
    let now = pair.now;
    let theirs = Timestamp::new(now + 31);
    pair.side(Gbr).run(now, vec![Command::Clock { theirs }]);
    pair.cut();
    pair.pass(10_000);
    let now = pair.now;
    assert!(pair.side(Gbr).status(now).clock_fault.is_some());
    pair.connect();
    pair.settle();
    let now = pair.now;
    assert_eq!(pair.side(Gbr).status(now).clock_fault, None);
}
