//! What a counterpart sends that does not fit: each ends the session by name and is stored nowhere.

use super::{pair::Pair, signed::Signed};
use crate::{
    cbor::Bytes,
    ledger::{
        Agreement, Keybook, examine,
        fixture::{UnsafeKey, digest, request},
    },
    names::{Hash, Party, Position, Size, Timestamp},
    session::{
        Batch, Checkpoint, Close, Cosignature, Entries, Message, ProblemCode, Want, encode_frame,
    },
    store::{MemoryStore, Store},
    tlog::{self, CosignedCheckpoint, Frontier, SignedCheckpoint, leaf_hash},
};

use Party::{Fra, Gbr};

/// Everything from `start` on that a store holds of a log, as one batch.
pub(super) fn batch(
    agreement: &Agreement,
    store: &MemoryStore,
    log: Party,
    start: Position,
) -> Batch {
    let stored = store.entries(log, start, usize::MAX, usize::MAX).unwrap();
    let keys = Keybook::new(agreement, log);
    let entries = stored.into_iter().map(|one| examine(&keys, one.position, one.bytes));
    let note = store.newest_checkpoint(log).unwrap().unwrap().note;
    let checkpoint = agreement.identity(log).log.open(note).unwrap();
    Batch { log, entries: entries.collect(), checkpoint }
}

/// A pair that talks, with one British entry that has not been sent; France does not hear of it
/// otherwise.
struct Unsent {
    pair: Pair,
    entry: Vec<u8>,
    before: Frontier,
}

impl Unsent {
    fn new() -> Self {
        let mut pair = Pair::talking();
        let entry = {
            // Written by another copy of the same daemon.
            let old = pair.store(Gbr);
            pair.log(Gbr, "one", request("GB01-000001", 0));
            let new = pair.store(Gbr);
            *pair.side(Gbr).scribe.store.inner_mut() = old;
            pair.side(Gbr).scribe.reload().unwrap();
            new.entries(Gbr, Position(2), 1, usize::MAX).unwrap().remove(0).bytes
        };
        pair.connect();
        pair.settle();
        pair.signed = Signed::default();
        let before = pair.of(Fra).scribe.state.frontier(Gbr).clone();
        Self { pair, entry, before }
    }

    /// The checkpoint of what France holds and these entries, by the British key.
    fn checkpoint(&self, entries: &[Vec<u8>]) -> SignedCheckpoint {
        let mut frontier = self.before.clone();
        for entry in entries {
            frontier.append(leaf_hash(entry));
        }
        sign(&self.pair, Gbr, frontier.size(), frontier.root())
    }

    fn entries(&self, start: u64, entries: &[Vec<u8>]) -> Message {
        let entries = entries.iter().cloned().map(Bytes).collect();
        Entries { log: Gbr, start: Position(start), entries }.into()
    }

    /// France's answer to these messages; it stores nothing of them.
    fn answer(mut self, messages: &[Message]) -> Option<Close> {
        let held = self.pair.store(Fra);
        for message in messages {
            self.pair.slip_in(Fra, message);
        }
        let close = self.pair.settle().fra;
        assert_eq!(self.pair.store(Fra), held);
        close
    }
}

fn sign(pair: &Pair, log: Party, size: Size, root: Hash) -> SignedCheckpoint {
    let key = &pair.agreement.identity(log).log;
    let checkpoint = tlog::Checkpoint::new(key.origin().clone(), size, root).unwrap();
    let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
    SignedCheckpoint::seal(checkpoint, key, &signature).unwrap()
}

fn note(signed: &SignedCheckpoint) -> Message {
    Checkpoint { note: signed.note() }.into()
}

const fn problem(code: ProblemCode) -> Option<Close> {
    Some(Close::TheirProblem(code))
}

#[test]
fn entries_and_their_checkpoint_are_taken() {
    let mut one = Unsent::new();
    let entry = [one.entry.clone()];
    one.pair.slip_in(Fra, &one.entries(2, &entry));
    one.pair.slip_in(Fra, &note(&one.checkpoint(&entry)));
    one.pair.settle();
    assert_eq!(one.pair.of(Fra).size(Gbr), Size(3));
}

#[test]
fn entries_that_do_not_continue_the_mirror_are_a_gap() {
    for start in [0, 1, 3, 4, u64::MAX] {
        let one = Unsent::new();
        let entry = [one.entry.clone()];
        let messages = [one.entries(start, &entry), note(&one.checkpoint(&entry))];
        assert_eq!(one.answer(&messages), problem(ProblemCode::Gap), "{start}");
    }
}

#[test]
fn a_checkpoint_with_another_root_or_size_stores_nothing() {
    let one = Unsent::new();
    let entry = [one.entry.clone()];
    let root = sign(&one.pair, Gbr, Size(3), digest("another root"));
    let messages = [one.entries(2, &entry), note(&root)];
    assert_eq!(one.answer(&messages), problem(ProblemCode::Root));
    for size in [1, 2, 4] {
        let one = Unsent::new();
        let wrong = one.checkpoint(&entry).checkpoint().root();
        let messages = [one.entries(2, &entry), note(&sign(&one.pair, Gbr, Size(size), wrong))];
        assert_eq!(one.answer(&messages), problem(ProblemCode::OutOfOrder), "{size}");
    }
}

#[test]
fn an_entry_with_any_byte_changed_stores_nothing() {
    let one = Unsent::new();
    let good = [one.entry.clone()];
    let checkpoint = note(&one.checkpoint(&good));
    let mut one = one;
    let held = one.pair.store(Fra);
    for place in 0..one.entry.len() {
        let mut entry = one.entry.clone();
        entry[place] ^= 1;
        one.pair.connect();
        one.pair.settle();
        one.pair.slip_in(Fra, &one.entries(2, &[entry]));
        one.pair.slip_in(Fra, &checkpoint);
        assert_eq!(one.pair.settle().fra, problem(ProblemCode::Root), "byte {place}");
        assert_eq!(one.pair.store(Fra), held, "byte {place}");
    }
}

#[test]
fn nothing_but_a_checkpoint_of_their_end_may_follow_entries() {
    let one = Unsent::new();
    let entry = [one.entry.clone()];
    let messages = [one.entries(2, &entry), one.entries(3, &entry)];
    assert_eq!(one.answer(&messages), problem(ProblemCode::OutOfOrder));
}

#[test]
fn a_note_that_opens_under_neither_log_key_is_refused() {
    let good = {
        let one = Unsent::new();
        one.checkpoint(std::slice::from_ref(&one.entry)).note()
    };
    let mut cases = vec![String::new(), "\n".repeat(4000), good.replace("log.uk", "log.us")];
    cases.push(good.replace("\u{2014} log.uk", "\u{2014} log.fr"));
    cases.push(good.trim_end().to_owned());
    for text in cases {
        let one = Unsent::new();
        let messages = [
            one.entries(2, std::slice::from_ref(&one.entry)),
            Checkpoint { note: text.clone() }.into(),
        ];
        assert_eq!(one.answer(&messages), problem(ProblemCode::Note), "{text}");
    }
}

#[test]
fn entries_of_our_own_log_are_out_of_order_unless_we_asked_for_them() {
    let one = Unsent::new();
    let entries = vec![Bytes(one.entry.clone())];
    let own = Entries { log: Fra, start: Position(2), entries }.into();
    assert_eq!(one.answer(&[own]), problem(ProblemCode::OutOfOrder));
    let one = Unsent::new();
    let own = note(&sign(&one.pair, Fra, Size(9), digest("whatever")));
    assert_eq!(one.answer(&[own]), problem(ProblemCode::OutOfOrder));
}

#[test]
fn a_cosignature_without_its_entanglement_is_refused() {
    type Forge = fn(&Pair) -> (Size, Hash, Timestamp);
    let cases: [(&str, Forge); 3] = [
        ("of a size that is not entangled", |pair| {
            let head = pair.of(Fra).scribe.state.frontier(Fra).head();
            (head.size, head.root, Timestamp::new(pair.now))
        }),
        ("with another time", |pair| {
            let cosigned = pair.of(Fra).scribe.state.cosigned.fra.clone().unwrap();
            let head = cosigned.checkpoint().head();
            (head.size, head.root, Timestamp::new(cosigned.time().seconds() + 1))
        }),
        ("with another root", |pair| {
            let cosigned = pair.of(Fra).scribe.state.cosigned.fra.clone().unwrap();
            (cosigned.checkpoint().size(), digest("another root"), cosigned.time())
        }),
    ];
    for (what, forge) in cases {
        let one = Unsent::new();
        let (size, root, time) = forge(&one.pair);
        let note = cosign(&one.pair, Fra, size, root, time);
        let refused = one.answer(&[Cosignature { note }.into()]);
        assert_eq!(refused, problem(ProblemCode::Cosignature), "{what}");
    }
    let one = Unsent::new();
    let uncosigned = sign(&one.pair, Fra, Size(1), digest("whatever")).note();
    let refused = one.answer(&[Cosignature { note: uncosigned }.into()]);
    assert_eq!(refused, problem(ProblemCode::Note));
}

fn cosign(pair: &Pair, log: Party, size: Size, root: Hash, time: Timestamp) -> String {
    let signed = sign(pair, log, size, root);
    let signature = UnsafeKey::mirror(log.other()).sign(&signed.checkpoint().to_cosign(time));
    let mirror = &pair.agreement.identity(log.other()).mirror;
    CosignedCheckpoint::seal(signed, mirror, time, &signature).unwrap().note()
}

#[test]
fn whoever_has_lost_nothing_has_nothing_to_want() {
    for (from, to) in [(0, 1), (0, 2), (1, 2), (2, 3), (2, 2), (0, u64::MAX), (u64::MAX, 0)] {
        let one = Unsent::new();
        let want = Want { from: Size(from), to: Size(to) };
        assert_eq!(one.answer(&[want.into()]), problem(ProblemCode::OutOfOrder), "{from}..{to}");
    }
}

#[test]
fn a_want_beyond_what_is_held_is_out_of_order() {
    let mut pair = Pair::talking();
    let old = pair.store(Gbr);
    for n in 0..3 {
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
    }
    pair.settle();
    pair.restore(Gbr, old);
    let held = pair.of(Fra).size(Gbr).0;
    for (from, to) in [(held, held + 1), (2, held + 1), (3, 2), (2, u64::MAX)] {
        pair.on_the_way = Some(Box::new(move |_, message| match message {
            Message::Want(_) => vec![encode_frame(&Want { from: Size(from), to: Size(to) }.into())],
            message => vec![encode_frame(&message)],
        }));
        pair.connect();
        assert_eq!(pair.settle().fra, problem(ProblemCode::OutOfOrder), "{from}..{to}");
    }
    pair.on_the_way = None;
    pair.talk();
    pair.assert_converged();
}

#[test]
fn a_frame_that_is_garbled_truncated_or_oversized_ends_the_session_by_name() {
    let good = encode_frame(&Want { from: Size(1), to: Size(2) }.into());
    let framed = |body: &[u8]| {
        let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        frame.extend(body);
        frame
    };
    let body = &good[4..];
    let mut cases: Vec<Vec<u8>> = (1..body.len()).map(|len| framed(&body[..len])).collect();
    for place in 0..body.len() {
        let mut changed = body.to_vec();
        changed[place] ^= 0x80;
        cases.push(framed(&changed));
    }
    cases.push(framed(&[body, &[0]].concat()));
    cases.push(framed(&[]));
    cases.push(framed(&[0xa0]));
    cases.push(framed(&[0xa2, 0x00, 0x18, 0x63, 0x01, 0xa0]));
    for frame in cases {
        let mut pair = Pair::talking();
        let held = pair.store(Fra);
        pair.slip_in_frame(Fra, frame.clone());
        let close = pair.settle().fra;
        assert_eq!(close, problem(ProblemCode::Malformed), "{frame:02x?}");
        assert_eq!(pair.store(Fra), held);
    }
}

#[test]
fn what_the_counterpart_writes_is_not_judged_before_our_own_tail_is_back() {
    let mut pair = Pair::talking();
    let old = pair.store(Gbr);
    pair.log(Gbr, "lost", request("GB01-000001", 0));
    pair.settle();
    let entries = pair.of(Fra).scribe.store().entries(Fra, Position(2), 1, usize::MAX).unwrap();
    let entries = entries.into_iter().map(|one| Bytes(one.bytes)).collect();
    let early: Message = Entries { log: Fra, start: Position(2), entries }.into();
    let of_it = note(pair.of(Fra).scribe.state.checkpoints.fra.as_ref().unwrap());
    pair.restore(Gbr, old);
    let held = pair.store(Gbr);
    pair.on_the_way = Some(Box::new(move |to, message| match message {
        // France sends an entry of its own where the lost tail was to come.
        Message::Entries(_) if to == Gbr => vec![encode_frame(&early), encode_frame(&of_it)],
        message => vec![encode_frame(&message)],
    }));
    pair.connect();
    assert_eq!(pair.settle().gbr, problem(ProblemCode::OutOfOrder));
    assert_eq!(pair.store(Gbr), held);
    pair.on_the_way = None;
    pair.talk();
    pair.assert_converged();
}
