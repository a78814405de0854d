//! What happens when both sides are well: entries cross, are covered once, and silence follows.

use super::pair::{Closed, Pair};
use crate::{
    ledger::fixture::{accept, request, visa},
    names::{Party, Position, Size},
    session::Event,
    tlog::Receipt,
};

use Party::{Fra, Gbr};

#[test]
fn two_founded_sides_cover_each_other_once_and_fall_silent() {
    let mut pair = Pair::talking();
    pair.assert_converged();
    // The agreement and one entanglement each: an entanglement is not answered by another.
    for party in Party::BOTH {
        assert_eq!(pair.of(party).size(party), Size(2), "{party}");
        assert_eq!(pair.of(party).entanglements().len(), 1, "{party}");
    }
    assert!(pair.is_idle());
    let frames = pair.frames;
    pair.pass(3600);
    assert_eq!(pair.settle(), Closed::default());
    assert_eq!(pair.frames, frames, "an idle pair says nothing but pings");
}

#[test]
fn an_entry_is_mirrored_entangled_cosigned_and_receipted() {
    let mut pair = Pair::talking();
    pair.now += 7;
    let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
    let now = pair.now;
    assert_eq!(pair.side(Gbr).record(now, asked).receipt, None, "in transit");
    pair.now += 3;
    pair.settle();
    pair.assert_converged();

    let (own, mirror) = (pair.agreement.identity(Gbr), pair.agreement.identity(Fra));
    let (author, cosigner) = (own.log.clone(), mirror.mirror.clone());
    for party in Party::BOTH {
        let now = pair.now;
        let view = pair.side(party).record(now, asked);
        let receipt = view.receipt.expect("a receipt");
        assert_eq!(receipt.time.seconds(), pair.now);
        let leaf = pair.of(party).books().entry(Gbr, view.position.unwrap()).unwrap().leaf;
        let checked = Receipt::check(&receipt.proof, leaf, &author, &cosigner).unwrap();
        assert_eq!((checked.time(), checked.size()), (receipt.time, receipt.size));
        assert_eq!(Some(checked.position()), view.position);
    }
}

#[test]
fn a_receipt_stays_the_same_however_much_follows() {
    let mut pair = Pair::talking();
    let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.settle();
    let now = pair.now;
    let first = pair.side(Gbr).record(now, asked).receipt.unwrap();
    for n in 2..9 {
        pair.log(Gbr, &format!("more {n}"), request(&format!("GB01-00000{n}"), 0));
        pair.pass(60);
        pair.settle();
    }
    let now = pair.now;
    assert_eq!(pair.side(Gbr).record(now, asked).receipt.unwrap(), first);
    assert_eq!(pair.side(Fra).record(now, asked).receipt.unwrap(), first);
}

#[test]
fn both_sides_may_write_at_once() {
    let mut pair = Pair::talking();
    let asked = pair.log(Gbr, "asked", request("GB01-000001", 1));
    pair.settle();
    for n in 0..20 {
        pair.log(Gbr, &format!("visa {n}"), visa(&format!("GB13-{n:06}"), 1, 0, "2025-12-31"));
        if n == 7 {
            pair.log(Fra, "answer", accept(asked));
        }
        if n % 3 == 0 {
            pair.pass(1);
            pair.settle();
        }
    }
    pair.settle();
    pair.assert_converged();
    assert!(pair.is_idle());
}

#[test]
fn what_one_group_stores_is_covered_by_one_entanglement() {
    let mut pair = Pair::talking();
    let before = pair.of(Fra).entanglements().len();
    pair.cut();
    for n in 0..40 {
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
    }
    pair.connect();
    pair.settle();
    pair.assert_converged();
    assert_eq!(pair.of(Fra).entanglements().len(), before + 1);
}

#[test]
fn a_cosignature_comes_after_its_entanglement() {
    let mut pair = Pair::talking();
    let order = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = std::rc::Rc::clone(&order);
    pair.on_the_way = Some(Box::new(move |to, message| {
        if to == Gbr {
            seen.borrow_mut().push(message.kind().name());
        }
        vec![crate::session::encode_frame(&message)]
    }));
    pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.settle();
    assert_eq!(*order.borrow(), ["entries", "checkpoint", "cosignature"]);
}

#[test]
fn more_than_one_message_holds_is_sent_in_several() {
    let mut pair = Pair::talking();
    pair.cut();
    for n in 0..600 {
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
    }
    pair.connect();
    pair.settle();
    pair.assert_converged();
    assert_eq!(pair.of(Fra).size(Gbr), Size(602));
}

#[test]
fn what_is_sent_again_changes_nothing() {
    let mut pair = Pair::talking();
    pair.log(Gbr, "one", request("GB01-000001", 0));
    // An older session's batch arrives once more, through the scribe's door.
    let standing = pair.sides.gbr.scribe.store().snapshot();
    pair.settle();
    let held = pair.store(Fra);
    let batch = super::unasked::batch(&pair.agreement, &standing, Gbr, Position(2));
    let now = pair.now;
    let answer = pair
        .side(Fra)
        .ask(now, |reply| crate::daemon::scribe::Command::Store { batch: Box::new(batch), reply });
    assert_eq!(answer, Ok(Ok(())));
    assert_eq!(pair.store(Fra), held, "not one byte has changed");
    pair.assert_converged();
}

#[test]
fn nothing_is_read_for_sending_once_all_is_sent() {
    let mut pair = Pair::talking();
    let frames = pair.frames;
    for party in Party::BOTH {
        pair.event(party, Event::Room);
    }
    assert!(pair.is_idle());
    pair.settle();
    assert_eq!(pair.frames, frames);
}
