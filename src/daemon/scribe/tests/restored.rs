//! Old copies of a store, put back as if from a backup.

use proptest::prelude::*;

use super::{
    pair::{Closed, Pair},
    side::entries,
};
use crate::{
    daemon::scribe::{Gate, Submitted},
    ledger::fixture::{accept, request},
    names::{Party, PerParty, Size},
    record::Content,
    store::MemoryStore,
};

use Party::{Fra, Gbr};

/// A pair with some history, and a copy of both stores at each point of it.
fn season(frames_per_group: usize) -> (Pair, Vec<PerParty<MemoryStore>>) {
    let mut pair = Pair::talking();
    pair.frames_per_group = frames_per_group;
    let mut copies = Vec::new();
    for n in 0..8 {
        copies.push(PerParty::from_fn(|party| pair.store(party)));
        pair.pass(10);
        let asked = pair.log(Gbr, &format!("ask {n}"), request(&format!("GB01-{n:06}"), 0));
        if n % 3 != 1 {
            pair.settle();
            pair.log(Fra, &format!("answer {n}"), accept(asked));
        }
        if n % 4 != 2 {
            pair.settle();
        }
    }
    pair.settle();
    (pair, copies)
}

#[test]
fn an_old_copy_on_one_side_is_healed_to_the_byte() {
    for frames_per_group in [1, 4] {
        let (_, copies) = season(frames_per_group);
        for n in 0..copies.len() {
            for (party, keeps_mark) in [(Gbr, true), (Gbr, false), (Fra, true), (Fra, false)] {
                let (mut pair, copies) = season(frames_per_group);
                let whole = PerParty::from_fn(|side| pair.of(side).entries(side));
                if !keeps_mark {
                    pair.lose_mark(party);
                }
                pair.restore(party, copies[n].of(party).clone());
                assert_eq!(pair.of(party).gate(), Gate::Closed);
                let now = pair.now;
                let reason = pair.side(party).status(now).gate_reason.unwrap();
                assert_eq!(reason.contains("counterpart's mirror"), keeps_mark, "{reason}");
                pair.submit(party, "new", fresh(&pair, party));

                assert_eq!(pair.talk(), Closed::default());
                for side in Party::BOTH {
                    let healed = pair.of(side).entries(side);
                    assert!(healed.starts_with(whole.of(side)), "{side} after copy {n}");
                }
                let logged = pair.submit(party, "new", fresh(&pair, party));
                assert!(matches!(logged, Submitted::Logged { .. }));
                pair.settle();
                pair.assert_converged();
            }
        }
    }
}

fn fresh(pair: &Pair, party: Party) -> crate::record::Record {
    match party {
        Gbr => request("GB01-900000", 0),
        Fra => {
            let first = pair.of(Fra).books().entry(Gbr, crate::names::Position(0)).unwrap();
            accept(first.id().unwrap())
        }
    }
}

#[test]
fn an_old_copy_whose_last_cosignatures_never_arrived_makes_them_again() {
    let (mut pair, copies) = season(1);
    pair.on_the_way = Some(Box::new(|_, message| match message {
        crate::session::Message::Cosignature(_) => Vec::new(),
        message => vec![crate::session::encode_frame(&message)],
    }));
    let asked = pair.log(Gbr, "one", request("GB01-000100", 0));
    pair.pass(5);
    pair.settle();
    pair.log(Gbr, "two", request("GB01-000101", 0));
    pair.pass(5);
    pair.settle();
    let now = pair.now;
    assert_eq!(pair.side(Gbr).record(now, asked).receipt, None);
    let made = pair.of(Fra).cosigned(Gbr);
    pair.on_the_way = None;
    pair.restore(Fra, copies[3].fra.clone());
    pair.pass(100);
    assert_eq!(pair.talk(), Closed::default());
    assert_eq!(pair.of(Fra).cosigned(Gbr)[..made.len()], made[..]);
    let now = pair.now;
    assert!(pair.side(Gbr).record(now, asked).receipt.is_some());
    pair.assert_converged();
}

#[test]
fn old_copies_on_both_sides_end_closed_by_name_and_sign_nothing() {
    let (mut pair, copies) = season(1);
    for party in Party::BOTH {
        pair.restore(party, copies[2].of(party).clone());
    }
    let held = PerParty::from_fn(|party| pair.store(party));
    for _ in 0..3 {
        pair.pass(60);
        assert_eq!(pair.talk(), Closed::default());
    }
    for party in Party::BOTH {
        assert_eq!(pair.store(party), *held.of(party), "{party}");
        let now = pair.now;
        let status = pair.side(party).status(now);
        assert_eq!(status.gate, "closed");
        let reason = status.gate_reason.unwrap();
        assert!(reason.contains("entries of our own log were signed"), "{reason}");
        assert!(reason.contains("tail-lost"), "{reason}");
    }
}

#[test]
fn a_tail_that_both_have_lost_in_part_is_healed_as_far_as_it_goes_and_no_further() {
    let (mut pair, copies) = season(1);
    // France holds more of the British log than the United Kingdom, and neither all of it.
    pair.restore(Gbr, copies[1].gbr.clone());
    pair.restore(Fra, copies[6].fra.clone());
    assert_eq!(pair.talk(), Closed::default());
    for party in Party::BOTH {
        assert_eq!(pair.of(party).gate(), Gate::Closed, "{party}");
        let mirror = pair.of(party.other()).entries(party);
        assert_eq!(pair.of(party).entries(party), mirror);
    }
    assert_eq!(pair.of(Gbr).entries(Gbr), entries(&copies[6].fra, Gbr));
}

#[test]
fn two_old_copies_of_which_one_is_the_newest_of_its_own_heal_and_open() {
    let (mut pair, copies) = season(1);
    let newest = PerParty::from_fn(|party| pair.store(party));
    pair.lose_mark(Gbr);
    pair.restore(Gbr, copies[3].gbr.clone());
    pair.restore(Fra, newest.fra.clone());
    assert_eq!(pair.talk(), Closed::default());
    assert_eq!(pair.of(Gbr).entries(Gbr), entries(&newest.gbr, Gbr));
    pair.assert_converged();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn healing_that_is_cut_at_any_point_goes_on_where_it_stopped(
        copy in 0_usize..8,
        gbr in any::<bool>(),
        cuts in prop::collection::vec(0_usize..14, 0..6),
        keeps_mark in any::<bool>(),
        restarts in any::<bool>(),
        frames_per_group in 1_usize..5,
    ) {
        let (mut pair, copies) = season(frames_per_group);
        let party = if gbr { Gbr } else { Fra };
        let whole = PerParty::from_fn(|side| pair.of(side).entries(side));
        if !keeps_mark {
            pair.lose_mark(party);
        }
        pair.restore(party, copies[copy].of(party).clone());
        for cut in cuts {
            pair.frames_left = Some(cut);
            pair.connect();
            pair.settle();
            pair.pass(1);
            if restarts {
                pair.restart(party);
            }
        }
        pair.frames_left = None;
        prop_assert_eq!(pair.talk(), Closed::default());
        pair.assert_converged();
        for side in Party::BOTH {
            prop_assert!(pair.of(side).entries(side).starts_with(whole.of(side)));
        }
    }
}

#[test]
fn what_is_said_of_a_lost_tail_is_not_judged_before_the_tail_is_back() {
    for honest in Party::BOTH {
        let mut pair = Pair::talking();
        let old = pair.store(honest);
        pair.log(honest, "lost", crate::ledger::fixture::outage("2025-08-07T10:00:00Z", None));
        let mut liar = super::liar::Liar::after(pair, honest.other());
        let covers = liar.entanglement();
        liar.pair.restore(honest, old);
        assert_eq!(liar.pair.of(honest).gate(), Gate::Closed);
        let mirror = liar.pair.of(honest).entries(honest.other());
        // No hello has shown that there is a tail to be asked back.
        let answer = liar.tries_records(&[covers]);
        assert_eq!(answer, Err(crate::session::ProblemCode::OutOfOrder), "{honest}");
        assert_eq!(liar.pair.of(honest).entries(honest.other()), mirror);
    }
}

/// The lie was told, contested, objected to and cosigned before the backup was put back: no batch
/// that brings the mirror back can do without it.
#[test]
fn a_lie_about_more_than_there_is_does_not_keep_a_healed_side_closed() {
    for honest in Party::BOTH {
        let pair = Pair::talking();
        let old = pair.store(honest);
        let mut liar = super::liar::Liar::after(pair, honest.other());
        let mut lie = liar.entanglement();
        let Content::Entanglement(one) = &mut lie.content else { panic!("{lie:?}") };
        one.size = Size(1_000_000);
        liar.says(&lie);
        assert_eq!(liar.objections().len(), 1);
        let whole = PerParty::from_fn(|log| liar.pair.of(honest).entries(log));
        let cosigned = liar.pair.of(honest).cosigned(honest.other());
        let all = liar.pair.store(honest);

        liar.pair.restore(honest, old);
        assert_eq!(liar.pair.of(honest).gate(), Gate::Closed);
        for log in [honest, honest.other()] {
            liar.brings_back(&all, log);
        }
        assert_eq!(liar.pair.of(honest).gate(), Gate::Open, "{honest}");
        for log in Party::BOTH {
            assert!(liar.pair.of(honest).entries(log).starts_with(whole.of(log)), "{log}");
        }
        assert_eq!(liar.objections().len(), 1, "it is objected to once");
        assert_eq!(liar.pair.of(honest).cosigned(honest.other())[..cosigned.len()], cosigned[..]);
    }
}

/// What came back from a mirror has to be passed on to that mirror when it is put back in its turn,
/// by a side that may not sign meanwhile: at every size that was cosigned there is a checkpoint.
#[test]
fn a_tail_that_came_back_is_given_back_by_a_side_that_may_not_sign() {
    for (first, second) in [(Gbr, Fra), (Fra, Gbr)] {
        let (mut pair, copies) = season(1);
        let whole = PerParty::from_fn(|side| pair.of(side).entries(side));
        pair.lose_mark(first);
        pair.restore(first, copies[0].of(first).clone());
        assert_eq!(pair.talk(), Closed::default());
        assert_eq!(pair.of(first).gate(), Gate::Open);

        pair.lose_mark(first);
        pair.restart(first);
        pair.restore(second, copies[0].of(second).clone());
        for party in Party::BOTH {
            assert_eq!(pair.of(party).gate(), Gate::Closed, "{party}");
        }
        assert_eq!(pair.talk(), Closed::default(), "{second} was put back after {first}");
        for side in Party::BOTH {
            assert_eq!(pair.of(side).gate(), Gate::Open, "{side}");
            assert!(pair.of(side).entries(side).starts_with(whole.of(side)));
        }
        pair.assert_converged();
    }
}
