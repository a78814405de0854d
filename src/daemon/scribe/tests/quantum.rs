//! Post-quantum cosignatures: made by the mirror that has a key for them, and judged by whoever
//! knows its public half.

use super::{
    pair::{Closed, Pair},
    side::UnsafeTestKeys,
};
use crate::{
    daemon::{
        keys::{QuantumKeys, create_quantum},
        scribe::Successors,
    },
    ledger::fixture::request,
    names::Party,
    session::{Close, ProblemCode},
};

use Party::{Fra, Gbr};

/// France's mirror gets a key of its own, and Britain the public half that `told` makes of it.
fn with_keys(pair: &mut Pair, told: impl FnOnce(String) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let (own, peer) = (folder.path().join("own.pem"), folder.path().join("peer.vkey"));
    let [gbr, fra] = [Gbr, Fra].map(|party| pair.agreement.identity(party).mirror.name().clone());
    let public = create_quantum(&own, fra.clone()).unwrap();
    std::fs::write(&peer, told(public.to_string())).unwrap();
    let of_fra = QuantumKeys::load(Some(&own), None, &fra, &gbr).unwrap();
    let of_gbr = QuantumKeys::load(None, Some(&peer), &gbr, &fra).unwrap();
    for (party, keys) in [(Fra, of_fra), (Gbr, of_gbr)] {
        let keys = UnsafeTestKeys::with_quantum(party, keys);
        pair.side(party).scribe.replace_keys(Successors(Box::new(keys))).unwrap();
    }
}

#[test]
fn a_mirror_with_a_post_quantum_key_adds_its_line_and_both_sides_keep_it() {
    let mut pair = Pair::talking();
    with_keys(&mut pair, |public| public);
    pair.log(Gbr, "one", request("GB01-000001", 0));
    assert_eq!(pair.settle(), Closed::default());
    pair.assert_converged();
    let cosigner = pair.agreement.identity(Fra).mirror.name().clone();
    let identity = pair.agreement.identity(Gbr);
    for party in [Gbr, Fra] {
        let notes = pair.of(party).cosigned(Gbr);
        let lines = |note: &String| note.matches(&format!("\u{2014} {cosigner} ")).count();
        assert_eq!(notes.iter().map(lines).collect::<Vec<_>>(), [1, 2], "{party}");
        let newest = notes.last().unwrap();
        let mirror = &pair.agreement.identity(Fra).mirror;
        assert!(mirror.open(&identity.log, newest).unwrap().has_quantum(), "{party}");
    }
    // Britain's mirror has no such key, and what it cosigns is as it was.
    assert!(pair.of(Gbr).cosigned(Fra).iter().all(|note| note.len() < 1000));
}

#[test]
fn a_line_by_another_key_than_the_one_that_is_known_is_refused() {
    let mut pair = Pair::talking();
    let folder = tempfile::tempdir().unwrap();
    let name = pair.agreement.identity(Fra).mirror.name().clone();
    let other = create_quantum(&folder.path().join("other.pem"), name).unwrap();
    with_keys(&mut pair, |_| other.to_string());
    let before = pair.of(Gbr).cosigned(Gbr);
    pair.log(Gbr, "one", request("GB01-000001", 0));
    let closed = pair.settle();
    assert_eq!(closed.gbr, Some(Close::TheirProblem(ProblemCode::Cosignature)), "{closed:?}");
    assert_eq!(pair.of(Gbr).cosigned(Gbr), before, "nothing of it is kept");
}
