//! Entries that break a rule: mirrored and cosigned, counted nowhere, and objected to once.

use serde_cbor::Value;

use super::{liar::Liar, pair::Pair};
use crate::{
    cbor::Bytes,
    envelope::Role,
    ledger::{
        Books, LogReader, Standing, examine,
        fixture::{UnsafeKey, accept, digest, request, week},
    },
    names::{Party, Position, Size},
    reconcile::Chain,
    record::{Content, Entanglement, ObjectionReason, Record, WeekClose},
    store::Store,
};

use Party::{Fra, Gbr};

/// What a liar does, and the rule that it breaks.
type Lie = (&'static str, Party, fn(&mut Liar) -> Position, ObjectionReason);

fn lies() -> Vec<Lie> {
    vec![
        ("bytes that are no envelope", Gbr, |one| one.sends(b"not a record".to_vec()), {
            ObjectionReason::Encoding
        }),
        ("more bytes than a record has", Gbr, |one| one.sends(vec![0; 20_000]), {
            ObjectionReason::Encoding
        }),
        ("a broken signature", Gbr, broken_signature, ObjectionReason::Signature),
        ("a key of the other side", Gbr, key_of_the_other, ObjectionReason::Signer),
        ("a payload of no kind", Fra, no_payload, ObjectionReason::Schema),
        ("another subject", Gbr, another_subject, ObjectionReason::Schema),
        ("a commitment of France", Fra, french_commitment, ObjectionReason::Commitment),
        ("a request of France", Fra, french_request, ObjectionReason::Signer),
        ("a close in the wrong role", Fra, close_in_wrong_role, ObjectionReason::Signer),
        ("an early close", Gbr, |one| one.says(&close("2025-W32")), ObjectionReason::WeekClose),
        ("a close out of turn", Fra, late_close, ObjectionReason::WeekClose),
        ("a second agreement", Gbr, second_agreement, ObjectionReason::Founding),
        ("a false root", Fra, false_root, ObjectionReason::EntanglementRoot),
        ("more than there is", Gbr, more_than_there_is, ObjectionReason::EntanglementRoot),
        ("a size that falls", Gbr, falling, ObjectionReason::EntanglementFalls),
        ("another log", Fra, another_log, ObjectionReason::Origin),
    ]
}

fn broken_signature(one: &mut Liar) -> Position {
    let mut bytes = Vec::new();
    let record = request("GB01-000001", 0);
    let mut forge = crate::ledger::fixture::TwoSides::empty(super::side::terms());
    bytes.extend(forge.seal(Gbr, &record).1);
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    one.sends(bytes)
}

fn key_of_the_other(one: &mut Liar) -> Position {
    let payload = request("GB01-000001", 0).encode();
    let key = UnsafeKey::of(Fra, Role::Caseworker);
    one.signs(&key, "readmission-request:GB01-000001", payload)
}

fn no_payload(one: &mut Liar) -> Position {
    one.signs(&UnsafeKey::of(Fra, Role::Caseworker), "answer", vec![0xa0])
}

fn another_subject(one: &mut Liar) -> Position {
    let payload = request("GB01-000001", 0).encode();
    let key = UnsafeKey::of(Gbr, Role::Caseworker);
    one.signs(&key, "readmission-request:GB01-000002", payload)
}

fn french_commitment(one: &mut Liar) -> Position {
    let asked = one.pair.agreement_record(Gbr);
    let payload = accept(asked).encode();
    let Value::Map(mut heads) = serde_cbor::from_slice(&payload).unwrap() else { panic!() };
    let Some(Value::Map(content)) = heads.get_mut(&Value::Integer(4)) else { panic!() };
    content.insert(Value::Integer(15), Value::Array(vec![Value::Bytes(vec![7; 32])]));
    let payload = serde_cbor::to_vec(&Value::Map(heads)).unwrap();
    one.signs(&UnsafeKey::of(Fra, Role::Caseworker), "answer", payload)
}

fn french_request(one: &mut Liar) -> Position {
    one.says(&request("GB01-000001", 0))
}

fn close(text: &str) -> Record {
    Record::bare(WeekClose { week: week(text) })
}

fn close_in_wrong_role(one: &mut Liar) -> Position {
    one.pair.now = week("2025-W32").end().seconds();
    let payload = close("2025-W32").encode();
    one.signs(&UnsafeKey::of(Fra, Role::Caseworker), "week-close", payload)
}

fn late_close(one: &mut Liar) -> Position {
    one.pair.now = week("2025-W33").end().seconds();
    one.says(&close("2025-W33"))
}

fn second_agreement(one: &mut Liar) -> Position {
    let terms = one.pair.agreement.terms().clone();
    one.says(&Record::bare(crate::record::Agreement { terms, succession: None }))
}

/// An entanglement of all that the honest side holds, changed.
fn entangled(one: &mut Liar, change: impl FnOnce(&mut Entanglement)) -> Position {
    let mut record = one.entanglement();
    let Content::Entanglement(content) = &mut record.content else { panic!() };
    change(content);
    one.says(&record)
}

fn false_root(one: &mut Liar) -> Position {
    entangled(one, |it| it.root = digest("false"))
}

fn more_than_there_is(one: &mut Liar) -> Position {
    entangled(one, |it| it.size = Size(99))
}

fn falling(one: &mut Liar) -> Position {
    entangled(one, |it| it.size = Size(1))
}

fn another_log(one: &mut Liar) -> Position {
    entangled(one, |it| it.origin = "log.example/other".to_owned())
}

#[test]
fn each_is_mirrored_cosigned_and_objected_to_exactly_once() {
    for (what, party, lie, reason) in lies() {
        let mut one = Liar::after(Pair::talking(), party);
        let position = lie(&mut one);
        let honest = party.other();
        assert_eq!(one.cosigned(), Size(position.0 + 1), "{what}");
        let entry = one.pair.of(honest).books().entry(party, position).unwrap();
        assert!(!matches!(entry.standing, Standing::Sound(_)), "{what}");
        let leaf = entry.leaf;
        for _ in 0..2 {
            one.pair.pass(60);
            let objections = one.objections();
            assert_eq!(objections.len(), 1, "{what}");
            assert_eq!(objections[0].position, position, "{what}");
            assert_eq!((objections[0].leaf, objections[0].reason), (leaf, reason), "{what}");
            one.pair.restart(honest);
        }
    }
}

#[test]
fn none_of_them_counts_and_the_bodies_of_the_week_are_equal() {
    for party in Party::BOTH {
        let mut one = Liar::after(Pair::talking(), party);
        for (_, _, lie, _) in lies().into_iter().filter(|(_, liar, ..)| *liar == party) {
            lie(&mut one);
        }
        let first = week("2025-W32");
        one.pair.now = one.pair.now.max(first.end().seconds());
        let now = one.pair.now;
        one.says(&close("2025-W32"));
        one.honest().close_week(now, first).unwrap();
        one.pair.now += 1;
        let covers = one.entanglement();
        one.says(&covers);
        let now = one.pair.now;
        let body = one.honest().week(now, first).body.expect("a cut-off");
        assert_eq!(body, by_anybody(&one, first), "{party}");
        assert_eq!(body.closing, crate::record::Tally::ZERO);
        // Nothing else is wrong: each lie is one break, by the rule that it breaks.
        let contested: u64 = body.breaks.iter().map(|one| one.count).sum();
        let told = lies().iter().filter(|(_, liar, ..)| *liar == party).count();
        assert_eq!(contested, u64::try_from(told).unwrap());
    }
}

/// The body that anybody computes who holds both logs.
fn by_anybody(one: &Liar, of: crate::names::Week) -> crate::record::Body {
    let agreement = &one.pair.agreement;
    let store = one.pair.of(one.party.other()).scribe.store();
    let mut books = Books::default();
    for log in Party::BOTH {
        let mut reader = LogReader::new(agreement, log);
        for stored in store.entries(log, Position(0), usize::MAX, usize::MAX).unwrap() {
            let examined = examine(reader.keys(), stored.position, stored.bytes);
            let root = |size| super::super::roots::stored_root(store, log.other(), size);
            books.push(log, reader.admit(agreement, examined, root).unwrap());
        }
    }
    let mut chain = Chain::new(agreement);
    chain.extend(agreement, &books, &super::super::StoreRoots(store));
    chain.body(of).unwrap().clone()
}

#[test]
fn an_entry_that_is_no_message_at_all_is_refused_before_it_is_mirrored() {
    use crate::session::{Entries, FrameRefused, decode_frame, encode_frame};
    const TOO_LONG: &str = "an entry has at most 65,535 bytes";
    for (entry, what) in [(Vec::new(), "nothing"), (vec![7; 65_536], "too much")] {
        let entries = vec![Bytes(entry)];
        let message = Entries { log: Gbr, start: Position(2), entries }.into();
        let refused = decode_frame(&encode_frame(&message)[4..]);
        let named = [Err(FrameRefused::NoEntries), Err(FrameRefused::Entries(TOO_LONG))];
        assert!(named.contains(&refused), "{what}: {refused:?}");
    }
}
