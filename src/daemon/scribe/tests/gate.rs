//! Who may sign after a start, and what shows it.

use super::pair::{Closed, Pair};
use crate::{
    daemon::scribe::{Command, Gate, Refused, Submitted},
    ledger::fixture::request,
    names::{Party, Size, Timestamp},
    session::{ByeReason, Close},
};

use Party::{Fra, Gbr};

/// Restarts a side whose mark is gone.
fn restart_without_mark(pair: &mut Pair, party: Party) {
    pair.lose_mark(party);
    pair.restart(party);
    assert_eq!(pair.of(party).gate(), Gate::Closed);
}

#[test]
fn a_side_whose_mark_is_there_passes_by_itself() {
    let mut pair = Pair::talking();
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
    pair.log(Gbr, "one", request("GB01-000001", 0));
}

#[test]
fn a_side_whose_mark_is_gone_signs_nothing() {
    let mut pair = Pair::talking();
    let asked = pair.log(Gbr, "unseen", request("GB01-000001", 0));
    restart_without_mark(&mut pair, Fra);
    restart_without_mark(&mut pair, Gbr);
    let (gbr, fra) = (pair.store(Gbr), pair.of(Fra).entries(Fra));
    pair.pass(700_000);
    pair.talk();
    // The entries that were there have crossed; nothing was written about them.
    assert!(pair.of(Fra).books().find(asked).is_some());
    assert_eq!(pair.of(Fra).entries(Fra), fra);
    assert_eq!(pair.of(Fra).cosigned(Gbr).len(), 1);
    assert_eq!(pair.store(Gbr), gbr);
    let week = Timestamp::new(pair.now - 604_800).date().week();
    let now = pair.now;
    let refused = Err(Refused::NotPassed);
    let due = pair.side(Gbr).status(now).week_due.gbr;
    assert!(due <= week);
    assert_eq!(pair.side(Gbr).close_week(now, due), refused);
    assert_eq!(pair.side(Gbr).close_week(now, due.next()), refused);
}

#[test]
fn what_is_submitted_meanwhile_is_queued_and_drains_in_order() {
    let mut pair = Pair::talking();
    restart_without_mark(&mut pair, Gbr);
    for n in 0..5 {
        let answer = pair.submit(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
        assert!(matches!(answer, Submitted::Queued { .. }), "{answer:?}");
    }
    // Queued is durable.
    pair.restart(Gbr);
    let now = pair.now;
    assert_eq!(pair.side(Gbr).status(now).queued, 5);
    assert_eq!(pair.of(Gbr).size(Gbr), Size(2));

    assert_eq!(pair.talk(), Closed::default());
    pair.assert_converged();
    let logged: Vec<_> = (0..5)
        .map(|n| pair.submit(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0)))
        .map(|answer| match answer {
            Submitted::Logged { logged, .. } => logged.position.0,
            Submitted::Queued { .. } => panic!("still queued"),
        })
        .collect();
    assert_eq!(logged, [2, 3, 4, 5, 6]);
}

#[test]
fn a_queued_submission_that_cannot_be_signed_holds_up_no_other() {
    let mut pair = Pair::talking();
    restart_without_mark(&mut pair, Gbr);
    // France writes answers: this one is not even of form for a British log.
    let odd = crate::ledger::fixture::accept(pair.agreement_record(Fra));
    pair.submit(Gbr, "odd", odd);
    pair.submit(Gbr, "even", request("GB01-000001", 0));
    pair.talk();
    let now = pair.now;
    assert_eq!(pair.side(Gbr).status(now).queued, 1);
    pair.log(Gbr, "even", request("GB01-000001", 0));
    pair.restart(Gbr);
    let now = pair.now;
    assert_eq!(pair.side(Gbr).status(now).queued, 1);
}

#[test]
fn the_hello_of_a_side_that_has_not_passed_does_not_count() {
    let mut pair = Pair::talking();
    restart_without_mark(&mut pair, Gbr);
    restart_without_mark(&mut pair, Fra);
    for _ in 0..3 {
        assert_eq!(pair.talk(), Closed::default());
        assert!(pair.is_idle());
        for party in Party::BOTH {
            let now = pair.now;
            let status = pair.side(party).status(now);
            assert_eq!(status.gate, "closed");
            let reason = status.gate_reason.unwrap();
            assert!(reason.contains("has itself passed"), "{reason}");
            assert!(reason.contains("tail-lost"), "{reason}");
        }
    }
}

#[test]
fn the_hello_of_a_side_that_has_passed_opens_and_is_answered_by_a_fresh_one() {
    let mut pair = Pair::talking();
    restart_without_mark(&mut pair, Gbr);
    pair.connect();
    let renewed = pair.settle();
    assert_eq!(renewed.gbr, Some(Close::Ours(ByeReason::Renew)));
    assert_eq!(renewed.fra, Some(Close::Theirs(ByeReason::Renew)));
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
    assert_eq!(pair.talk(), Closed::default());
    pair.assert_converged();
}

#[test]
fn a_side_that_passed_writes_its_mark_again() {
    let mut pair = Pair::talking();
    restart_without_mark(&mut pair, Gbr);
    pair.talk();
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
}

/// Power was cut between a commit and its mark. What the store holds leaves after the next start,
/// so the mark has to know of it first.
#[test]
fn a_mark_that_fell_behind_the_store_is_brought_up_before_anything_leaves() {
    let mut pair = Pair::talking();
    let (old, mark) = (pair.store(Gbr), std::fs::read(pair.of(Gbr).mark()).unwrap());
    pair.log(Gbr, "one", request("GB01-000001", 0));
    std::fs::write(pair.of(Gbr).mark(), mark).unwrap();
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
    // From here on the checkpoint may leave; an old copy must not pass any more.
    pair.restore(Gbr, old);
    assert_eq!(pair.of(Gbr).gate(), Gate::Closed);
}

/// Bytes of one of the mark's two slots.
const SLOT: usize = 16 * 1024;

/// The number of a slot's mark: the first line after digest and length.
fn serial(slot: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(&slot[40..]);
    text.lines().next().unwrap().parse().unwrap()
}

#[test]
fn a_mark_that_is_up_to_date_is_written_again_by_a_start_and_by_nothing_else() {
    let mut pair = Pair::talking();
    pair.log(Gbr, "one", request("GB01-000001", 0));
    let written = std::fs::read(pair.of(Gbr).mark()).unwrap();
    pair.pass(10);
    assert!(std::fs::read(pair.of(Gbr).mark()).unwrap() == written);

    // What is found may be in the system's cache alone: whoever wrote it may never have synced it.
    pair.restart(Gbr);
    let again = std::fs::read(pair.of(Gbr).mark()).unwrap();
    let [before, after] = [&written, &again].map(|mark| mark.split_at(SLOT));
    if serial(before.0) > serial(before.1) {
        assert!(after.0 == before.0 && serial(after.1) > serial(after.0));
    } else {
        assert!(after.1 == before.1 && serial(after.0) > serial(after.1));
    }
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
    pair.pass(10);
    assert!(std::fs::read(pair.of(Gbr).mark()).unwrap() == again);
}

#[test]
fn a_torn_or_foreign_mark_is_no_mark() {
    let mut pair = Pair::talking();
    let whole = std::fs::read(pair.of(Gbr).mark()).unwrap();
    let foreign = std::fs::read(pair.of(Fra).mark()).unwrap();
    let mut torn = whole.clone();
    for slot in [40, 16 * 1024 + 40] {
        if let Some(byte) = torn.get_mut(slot) {
            *byte ^= 1;
        }
    }
    for bytes in [torn, foreign, Vec::new(), vec![0; 40_000]] {
        std::fs::write(pair.of(Gbr).mark(), bytes).unwrap();
        pair.restart(Gbr);
        assert_eq!(pair.of(Gbr).gate(), Gate::Closed);
    }
    std::fs::write(pair.of(Gbr).mark(), whole).unwrap();
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);
}

#[test]
fn one_torn_slot_leaves_the_mark_before_which_the_store_has_outgrown() {
    let mut pair = Pair::talking();
    for n in 0..2 {
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
    }
    let whole = std::fs::read(pair.of(Gbr).mark()).unwrap();
    for slot in [0, 16 * 1024] {
        let mut torn = whole.clone();
        torn[slot + 33] ^= 1;
        std::fs::write(pair.of(Gbr).mark(), torn).unwrap();
        pair.restart(Gbr);
        assert_eq!(pair.of(Gbr).gate(), Gate::Open, "slot at {slot}");
    }
}

#[test]
fn claims_are_weighed_before_anything_of_their_group_is_signed() {
    let mut pair = Pair::talking();
    let old = pair.store(Gbr);
    let mark = std::fs::read(pair.of(Gbr).mark()).unwrap();
    pair.log(Gbr, "lost", request("GB01-000001", 0));
    pair.settle();
    std::fs::write(pair.of(Gbr).mark(), mark).unwrap();
    pair.restore(Gbr, old);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open, "the worst case: the mark was put back too");

    let claims = pair.claims_of(Fra);
    let (weigh, mut weighed) = tokio::sync::oneshot::channel();
    let (submit, mut submitted) = tokio::sync::oneshot::channel();
    let submission = Box::new(super::side::submission("new", request("GB01-000002", 0)));
    let now = pair.now;
    pair.side(Gbr).run(
        now,
        vec![
            Command::Submit { submission, reply: submit },
            Command::Weigh { claims: Box::new(claims), reply: weigh },
        ],
    );
    assert!(matches!(submitted.try_recv().unwrap(), Ok(Submitted::Queued { .. })));
    assert!(weighed.try_recv().unwrap().is_ok());
    assert_eq!(pair.of(Gbr).gate(), Gate::Closed);
}
