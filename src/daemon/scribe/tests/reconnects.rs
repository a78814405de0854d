//! Links that are cut at every point, and scribes that stop at every commit.

use proptest::prelude::*;

use super::pair::{Closed, Pair};
use crate::{
    ledger::fixture::{accept, request},
    names::{Party, PerParty, RecordId, Size},
    session::{ByeReason, Close},
};

use Party::{Fra, Gbr};

/// Both sides write, then talk until all is settled; the link is cut after `cut` frames, once.
/// Gives the frames that it took.
fn exchange_cut_after(cut: usize, restarts: bool, frames_per_group: usize) -> usize {
    let mut pair = Pair::founded();
    pair.frames_per_group = frames_per_group;
    let early = pair.log(Gbr, "early", request("GB01-000001", 0));
    pair.frames_left = Some(cut);
    pair.connect();
    pair.settle();
    for n in 2..5 {
        pair.now += 1;
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-00000{n}"), 0));
        if pair.of(Fra).books().find(early).is_some() {
            pair.submit(Fra, "answer", accept(early));
        }
        pair.settle();
    }
    if restarts {
        pair.restart(Gbr);
        pair.restart(Fra);
    }
    pair.now += 1;
    for _ in 0..2 {
        if !pair.is_connected() {
            pair.connect();
        }
        assert_eq!(pair.settle(), Closed::default());
    }
    // A cut that was still to come would come now, and not in what follows.
    pair.frames_left = None;
    pair.submit(Fra, "answer", accept(early));
    assert_eq!(pair.settle(), Closed::default());
    pair.assert_converged();
    assert!(pair.is_idle());
    // Three more requests and an answer; agreement and first request; entanglements and no more.
    let entangled = PerParty::from_fn(|party| pair.of(party).entanglements().len());
    let of = |party: Party| u64::try_from(*entangled.of(party)).unwrap();
    assert_eq!(pair.of(Gbr).size(Gbr), Size(5 + of(Gbr)));
    assert_eq!(pair.of(Gbr).size(Fra), Size(2 + of(Fra)));
    pair.frames
}

#[test]
fn a_link_cut_after_any_frame_costs_no_entry_and_doubles_none() {
    for frames_per_group in [1, 3] {
        let frames = exchange_cut_after(usize::MAX, false, frames_per_group);
        assert!(frames > 20, "{frames}");
        for cut in 0..frames {
            exchange_cut_after(cut, false, frames_per_group);
        }
    }
}

#[test]
fn a_restart_after_any_frame_costs_no_entry_and_doubles_none() {
    let frames = exchange_cut_after(usize::MAX, true, 1);
    for cut in 0..frames {
        exchange_cut_after(cut, true, 1);
    }
}

#[test]
fn a_cosignature_that_was_lost_is_sent_again_byte_for_byte() {
    let mut pair = Pair::talking();
    pair.on_the_way = Some(Box::new(|_, message| match message {
        crate::session::Message::Cosignature(_) => Vec::new(),
        message => vec![crate::session::encode_frame(&message)],
    }));
    let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.settle();
    let now = pair.now;
    assert_eq!(pair.side(Gbr).record(now, asked).receipt, None);
    pair.on_the_way = None;
    pair.cut();
    pair.pass(100);
    pair.connect();
    assert_eq!(pair.settle(), Closed::default());
    let now = pair.now;
    assert!(pair.side(Gbr).record(now, asked).receipt.is_some());
    pair.assert_converged();
}

#[test]
fn a_hello_that_an_older_session_has_overtaken_is_said_again() {
    let mut pair = Pair::talking();
    let old = pair.of(Gbr).scribe.state.checkpoints.gbr.clone().unwrap();
    pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.settle();
    pair.cut();
    let answer = pair.log(Fra, "answer", accept(pair.agreement_record(Gbr)));
    // France would take the United Kingdom for one that has lost a tail, and wait for its word.
    pair.connect_with(|party, standing| {
        if party == Gbr {
            standing.own = old.clone();
        }
    });
    let closed = pair.settle();
    assert_eq!(closed.gbr, Some(Close::Ours(ByeReason::Renew)));
    assert_eq!(pair.talk(), Closed::default());
    assert!(pair.of(Gbr).books().find(answer).is_some());
    pair.assert_converged();
}

#[test]
fn two_hellos_that_an_older_session_has_overtaken_are_both_said_again() {
    let mut pair = Pair::founded();
    let old = pair.of(Gbr).scribe.state.checkpoints.gbr.clone().unwrap();
    pair.log(Gbr, "one", request("GB01-000001", 0));
    pair.connect();
    assert_eq!(pair.settle(), Closed::default());
    pair.cut();
    let answer = pair.log(Fra, "answer", accept(pair.agreement_record(Gbr)));
    // Both said hello before anything had crossed: France holds more by now than the British hello
    // shows, and its own does not tell.
    pair.connect_with(|party, standing| match party {
        Gbr => standing.own = old.clone(),
        Fra => {
            standing.mirror = None;
            standing.mirror_cosigned = None;
            standing.mirror_frontier = crate::tlog::Frontier::new();
        }
    });
    let closed = pair.settle();
    assert_eq!(closed.fra, Some(Close::Ours(ByeReason::Renew)));
    assert_eq!(pair.talk(), Closed::default());
    assert!(pair.of(Gbr).books().find(answer).is_some());
    pair.assert_converged();
}

#[derive(Debug, Clone)]
enum Deed {
    Ask,
    Answer,
    Connect,
    Cut(usize),
    Restart(bool),
    Pass(u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Ask),
        3 => Just(Deed::Answer),
        3 => Just(Deed::Connect),
        3 => (0_usize..12).prop_map(Deed::Cut),
        1 => any::<bool>().prop_map(Deed::Restart),
        1 => (0_u8..30).prop_map(Deed::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_cut_and_restarted_both_sides_end_with_equal_books(
        deeds in prop::collection::vec(deed(), 1..60),
        frames_per_group in 1_usize..5,
    ) {
        let mut pair = Pair::founded();
        pair.frames_per_group = frames_per_group;
        let (mut asked, mut answered) = (Vec::new(), 0);
        for deed in deeds {
            match deed {
                Deed::Ask => {
                    let n = asked.len();
                    let record = request(&format!("GB01-{n:06}"), 0);
                    asked.push(pair.log(Gbr, &format!("ask {n}"), record));
                }
                Deed::Answer => {
                    let open = asked.get(answered).copied();
                    let mirrored = |one: &RecordId| pair.of(Fra).books().find(*one).is_some();
                    if let Some(one) = open.filter(mirrored) {
                        pair.submit(Fra, &format!("answer {answered}"), accept(one));
                        answered += 1;
                    }
                }
                Deed::Connect => pair.connect(),
                Deed::Cut(after) => pair.frames_left = Some(after),
                Deed::Restart(gbr) => pair.restart(if gbr { Gbr } else { Fra }),
                Deed::Pass(seconds) => pair.pass(u64::from(seconds)),
            }
            prop_assert_eq!(pair.settle(), Closed::default());
        }
        pair.frames_left = None;
        pair.connect();
        prop_assert_eq!(pair.settle(), Closed::default());
        pair.assert_converged();
        for one in &asked {
            prop_assert!(pair.of(Fra).books().find(*one).is_some());
        }
        let own = |party: Party| {
            let entangled = u64::try_from(pair.of(party).entanglements().len()).unwrap();
            pair.of(party).size(party).0 - entangled
        };
        prop_assert_eq!(own(Gbr), 1 + u64::try_from(asked.len()).unwrap());
        prop_assert_eq!(own(Fra), 1 + u64::try_from(answered).unwrap());
    }
}
