//! Hellos that are refused by name, before anything else is said.

use super::pair::Pair;
use crate::{
    daemon::scribe::Gate,
    ledger::fixture::{UnsafeKey, digest, request},
    names::{AgreementDigest, Hash, Party, Size, Timestamp},
    session::{Close, Hello, Message, ProblemCode, encode_frame},
    tlog::{Checkpoint, SignedCheckpoint},
};

use Party::{Fra, Gbr};

/// Lets the United Kingdom say another hello than it would; gives the problem that France names.
fn named(pair: &mut Pair, change: impl Fn(&mut Hello) + 'static) -> Option<Close> {
    pair.cut();
    let held = pair.store(Fra);
    pair.on_the_way = Some(Box::new(move |to, message| match (to, message) {
        (Fra, Message::Hello(mut hello)) => {
            change(&mut hello);
            vec![encode_frame(&hello.into())]
        }
        (_, message) => vec![encode_frame(&message)],
    }));
    // What is said here was never signed by the daemon.
    pair.signed = super::signed::Signed::default();
    pair.connect();
    let closed = pair.settle();
    pair.on_the_way = None;
    assert_eq!(pair.store(Fra), held, "nothing of it is stored");
    closed.fra
}

/// A checkpoint under the key of a log, of whatever size and root.
fn forged(pair: &Pair, log: Party, size: u64, root: Hash) -> SignedCheckpoint {
    let key = &pair.agreement.identity(log).log;
    let checkpoint = Checkpoint::new(key.origin().clone(), Size(size), root).unwrap();
    let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
    SignedCheckpoint::seal(checkpoint, key, &signature).unwrap()
}

/// The same, with the other party's cosignature.
fn forged_cosigned(pair: &Pair, log: Party, size: u64, root: Hash) -> String {
    let signed = forged(pair, log, size, root);
    let time = Timestamp::new(pair.now);
    let signature = UnsafeKey::mirror(log.other()).sign(&signed.checkpoint().to_cosign(time));
    let mirror = &pair.agreement.identity(log.other()).mirror;
    crate::tlog::CosignedCheckpoint::seal(signed, mirror, time, &signature).unwrap().note()
}

#[test]
fn every_mismatch_of_a_hello_has_a_name() {
    type Change = fn(&mut Hello);
    let cases: [(&str, Change, ProblemCode); 10] = [
        ("a later protocol", |one| one.protocol = 2, ProblemCode::ProtocolVersion),
        ("no protocol", |one| one.protocol = 0, ProblemCode::ProtocolVersion),
        (
            "another agreement",
            |one| one.agreement = AgreementDigest::new([7; 32]),
            ProblemCode::Agreement,
        ),
        ("ourselves", |one| one.party = Fra, ProblemCode::Party),
        ("no note", |one| one.own = String::new(), ProblemCode::Note),
        ("a broken signature", |one| one.own = broken(&one.own), ProblemCode::Note),
        (
            "our checkpoint as theirs",
            |one| one.own = one.mirror.clone().unwrap(),
            ProblemCode::Note,
        ),
        (
            "a mirror that we did not sign",
            |one| one.mirror = Some(broken(&one.mirror.clone().unwrap())),
            ProblemCode::Note,
        ),
        (
            "a cosigned note that is not cosigned",
            |one| one.own_cosigned = Some(one.own.clone()),
            ProblemCode::Note,
        ),
        (
            "a cosigned mirror that is not cosigned",
            |one| one.mirror_cosigned = one.mirror.clone(),
            ProblemCode::Note,
        ),
    ];
    for (what, change, code) in cases {
        let mut pair = Pair::talking();
        assert_eq!(named(&mut pair, change), Some(Close::TheirProblem(code)), "{what}");
        assert_eq!(pair.of(Fra).gate(), Gate::Open, "{what}");
    }
}

/// A note with one letter of its last signature changed.
fn broken(note: &str) -> String {
    let mut bytes = note.as_bytes().to_vec();
    let place = bytes.len() - 20;
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_term_below_one_that_was_seen_is_stale() {
    let mut pair = Pair::talking();
    pair.cut();
    pair.connect_with(|party, standing| standing.term = if party == Gbr { 5 } else { 0 });
    pair.settle();
    pair.restart(Fra);
    for (term, stale) in [(4, true), (0, true), (5, false), (6, false), (5, true)] {
        pair.cut();
        pair.connect_with(|party, standing| standing.term = if party == Gbr { term } else { 0 });
        let closed = pair.settle();
        let expected = stale.then_some(Close::TheirProblem(ProblemCode::Term));
        assert_eq!(closed.fra, expected, "{term}");
    }
}

#[test]
fn a_checkpoint_that_contradicts_what_was_mirrored_is_a_contradiction() {
    for size in 1..=2 {
        let mut pair = Pair::talking();
        let note = forged(&pair, Gbr, size, digest("another history")).note();
        let close = named(&mut pair, move |hello| hello.own.clone_from(&note));
        assert_eq!(close, Some(Close::TheirProblem(ProblemCode::Contradiction)), "{size}");
        assert_eq!(pair.of(Fra).gate(), Gate::Open);
    }
}

#[test]
fn a_cosignature_of_ours_over_another_history_is_a_contradiction() {
    let mut pair = Pair::talking();
    let note = forged_cosigned(&pair, Gbr, 1, digest("another history"));
    let close = named(&mut pair, move |hello| hello.own_cosigned = Some(note.clone()));
    assert_eq!(close, Some(Close::TheirProblem(ProblemCode::Contradiction)));
}

#[test]
fn our_own_signature_over_another_history_closes_the_gate_for_good() {
    type Change = fn(&mut Hello, String);
    let cases: [(&str, Change, bool); 2] = [
        ("mirrored", |hello, note| hello.mirror = Some(note), false),
        ("cosigned", |hello, note| hello.mirror_cosigned = Some(note), true),
    ];
    for (what, change, cosigned) in cases {
        for size in [1, 2] {
            let mut pair = Pair::talking();
            let root = digest("another history");
            let note = if cosigned {
                forged_cosigned(&pair, Fra, size, root)
            } else {
                forged(&pair, Fra, size, root).note()
            };
            let close = named(&mut pair, move |hello| change(hello, note.clone()));
            assert_eq!(close, Some(Close::TheirProblem(ProblemCode::Fork)), "{what} at {size}");
            assert_eq!(pair.of(Fra).gate(), Gate::Fork, "{what} at {size}");
            let now = pair.now;
            let refused = pair.side(Fra).status(now);
            assert_eq!(refused.gate, "fork");
            pair.restart(Fra);
            assert_eq!(pair.of(Fra).gate(), Gate::Closed, "the mark opens nothing any more");
        }
    }
}

#[test]
fn our_own_signature_over_more_than_we_hold_closes_the_gate() {
    let mut pair = Pair::talking();
    let note = forged(&pair, Fra, 9, digest("a lost tail")).note();
    named(&mut pair, move |hello| hello.mirror = Some(note.clone()));
    assert_eq!(pair.of(Fra).gate(), Gate::Closed);
    let now = pair.now;
    let reason = pair.side(Fra).status(now).gate_reason.unwrap();
    assert!(reason.starts_with("9 entries of our own log were signed and 2 are held"), "{reason}");
    // Two roots of ours for one size that we do not hold are a fork all the same.
    let note = forged(&pair, Fra, 9, digest("another lost tail")).note();
    let close = named(&mut pair, move |hello| hello.mirror = Some(note.clone()));
    assert_eq!(close, Some(Close::TheirProblem(ProblemCode::Fork)));
    assert_eq!(pair.of(Fra).gate(), Gate::Fork);
}

#[test]
fn a_bare_size_proves_nothing() {
    // Only what our own key has signed counts: a hello without notes shows nothing of ours.
    let mut pair = Pair::talking();
    pair.log(Fra, "none", crate::ledger::fixture::accept(pair.agreement_record(Gbr)));
    named_free(&mut pair, |hello| {
        hello.mirror = None;
        hello.mirror_cosigned = None;
        hello.own_cosigned = None;
    });
    assert_eq!(pair.of(Fra).gate(), Gate::Open);
    pair.log(Gbr, "more", request("GB01-000001", 0));
}

/// Lets the United Kingdom say another hello; what follows is not looked at.
fn named_free(pair: &mut Pair, change: impl Fn(&mut Hello) + 'static) {
    pair.cut();
    pair.on_the_way = Some(Box::new(move |to, message| match (to, message) {
        (Fra, Message::Hello(mut hello)) => {
            change(&mut hello);
            vec![encode_frame(&hello.into())]
        }
        (_, message) => vec![encode_frame(&message)],
    }));
    pair.connect();
    pair.settle();
    pair.on_the_way = None;
}

#[test]
fn a_second_hello_is_out_of_order() {
    let mut pair = Pair::talking();
    let agreement = pair.agreement.digest();
    let own = forged(&pair, Gbr, 1, digest("whatever")).note();
    let clock = Timestamp::new(pair.now);
    let hello = Hello {
        protocol: 1,
        agreement,
        party: Gbr,
        clock,
        term: 0,
        passed: true,
        own,
        own_cosigned: None,
        mirror: None,
        mirror_cosigned: None,
    };
    pair.slip_in(Fra, &hello.into());
    assert_eq!(pair.settle().fra, Some(Close::TheirProblem(ProblemCode::OutOfOrder)));
}
