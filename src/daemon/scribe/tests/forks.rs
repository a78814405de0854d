//! Second histories: how they come about, and that they end in the open.

use std::{
    io,
    sync::{Arc, Mutex},
};

use super::{
    liar::Liar,
    pair::{Closed, Pair},
    side::{UnsafeTestKeys, empty_store, submission},
    unasked::batch,
};
use crate::{
    daemon::{
        mark::{MarkFile, Medium},
        scribe::{Command, Gate, Reading, Scribe, Submitted},
    },
    ledger::fixture::{accept, request},
    names::{Party, PerParty, Position, Size, Timestamp},
    session::{Action, ByeReason, Close, Event, ForkClaim, Problem, ProblemCode, Session, Weighed},
    store::{LogNodes, MemoryStore, Store, StoredNote},
    tlog::{consistency_proof, root_at},
};

use Party::{Fra, Gbr};

/// A side whose store and mark were both put back: nothing of its own tells it that it is old.
fn put_back(pair: &mut Pair, party: Party, store: MemoryStore, mark: &[u8]) {
    std::fs::write(pair.of(party).mark(), mark).unwrap();
    pair.restore(party, store);
    assert_eq!(pair.of(party).gate(), Gate::Open);
}

#[test]
fn a_mark_that_was_put_back_too_is_outdone_by_the_hello() {
    for party in Party::BOTH {
        let mut pair = Pair::talking();
        let (old, mark) = (pair.store(party), std::fs::read(pair.of(party).mark()).unwrap());
        pair.pass(10);
        pair.log(Gbr, "lost", request("GB01-000001", 0));
        pair.settle();
        let whole = pair.of(party).entries(party);
        put_back(&mut pair, party, old, &mark);

        pair.connect();
        let closed = pair.settle();
        assert!(closed.of(party).is_some(), "the hello said that it had passed");
        // The gate closed on the hello, and opens once the tail is back.
        assert_eq!(pair.talk(), Closed::default());
        assert_eq!(pair.of(party).gate(), Gate::Open);
        assert_eq!(pair.of(party).entries(party), whole);
        pair.assert_converged();
    }
}

#[test]
fn an_outdone_mark_is_gone_before_anything_is_answered() {
    let mut pair = Pair::talking();
    let (old, mark) = (pair.store(Gbr), std::fs::read(pair.of(Gbr).mark()).unwrap());
    pair.log(Gbr, "lost", request("GB01-000001", 0));
    pair.settle();
    put_back(&mut pair, Gbr, old, &mark);
    let claims = Box::new(pair.claims_of(Fra));
    let now = pair.now;
    pair.side(Gbr).ask(now, |reply| Command::Weigh { claims, reply }).unwrap();
    assert!(!pair.of(Gbr).mark().exists());
    pair.restart(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Closed, "a restart does not believe it again");
}

#[test]
fn an_outdone_mark_is_no_witness_and_a_side_that_has_not_passed_is_none_either() {
    let mut pair = Pair::talking();
    let (old, mark) = (pair.store(Gbr), std::fs::read(pair.of(Gbr).mark()).unwrap());
    pair.log(Gbr, "lost", request("GB01-000001", 0));
    pair.settle();
    pair.lose_mark(Fra);
    pair.restart(Fra);
    put_back(&mut pair, Gbr, old, &mark);
    let claims = Box::new(pair.claims_of(Fra));
    let now = pair.now;
    pair.side(Gbr).ask(now, |reply| Command::Weigh { claims, reply }).unwrap();
    assert_eq!(pair.talk(), Closed::default());
    // The tail is back, but who says that this is all?
    assert_eq!(pair.of(Gbr).entries(Gbr), pair.of(Fra).entries(Gbr));
    for party in Party::BOTH {
        assert_eq!(pair.of(party).gate(), Gate::Closed);
    }
}

/// The United Kingdom's store was put back together with its mark, `lost` records before the end.
/// Nothing could have told it, and it has signed `second` others since. They never left it.
fn signed_unknowingly(lost: usize, second: usize) -> Pair {
    let mut pair = Pair::talking();
    let (old, mark) = (pair.store(Gbr), std::fs::read(pair.of(Gbr).mark()).unwrap());
    for n in 0..lost {
        pair.log(Gbr, &format!("lost {n}"), request(&format!("GB01-00010{n}"), 0));
    }
    pair.settle();
    put_back(&mut pair, Gbr, old, &mark);
    pair.pass(60);
    for n in 0..second {
        pair.log(Gbr, &format!("second {n}"), request(&format!("GB01-00020{n}"), 0));
    }
    pair
}

#[test]
fn a_side_that_signed_a_second_history_is_stopped_by_name() {
    let mut pair = signed_unknowingly(1, 4);
    let (gbr, fra) = (pair.of(Gbr).entries(Gbr), pair.store(Fra));
    for _ in 0..2 {
        pair.connect_and_forget();
        let closed = pair.settle();
        let ours = [Some(Close::TheirProblem(ProblemCode::Fork))];
        assert!(ours.contains(&closed.gbr), "{closed:?}");
        assert_eq!(pair.of(Gbr).gate(), Gate::Fork);
        assert_eq!(pair.store(Fra), fra, "nothing of it is stored");
        let queued = pair.submit(Gbr, "after", request("GB01-000009", 0));
        assert!(matches!(queued, Submitted::Queued { .. }));
        assert_eq!(pair.of(Gbr).entries(Gbr), gbr);
        let now = pair.now;
        assert_eq!(pair.side(Gbr).status(now).gate, "fork");
        pair.restart(Gbr);
        assert_ne!(pair.of(Gbr).gate(), Gate::Open, "a restart changes nothing");
    }
}

#[test]
fn a_shorter_second_history_is_not_healed_over_and_is_stopped_by_name() {
    for (lost, second) in [(5, 1), (5, 4), (2, 1), (9, 2)] {
        let mut pair = signed_unknowingly(lost, second);
        let (gbr, fra) = (pair.of(Gbr).entries(Gbr), pair.store(Fra));
        for start in 0..2 {
            pair.connect_and_forget();
            let closed = pair.settle();
            assert_eq!(closed.fra, Some(Close::TheirProblem(ProblemCode::Contradiction)));
            if pair.of(Gbr).gate() != Gate::Fork {
                // The hello alone closed a gate that was open, and it says so first.
                assert_eq!((start, closed.gbr), (0, Some(Close::Ours(ByeReason::Renew))));
                pair.connect_and_forget();
                let refused = Close::OurProblem(ProblemCode::Contradiction);
                assert_eq!(pair.settle().gbr, Some(refused));
            }
            assert_eq!(pair.of(Gbr).gate(), Gate::Fork, "{lost} lost, {second} signed");
            let now = pair.now;
            assert_eq!(pair.side(Gbr).status(now).gate, "fork");
            assert_eq!(pair.of(Gbr).entries(Gbr), gbr);
            assert_eq!(pair.store(Fra), fra, "nothing of it is stored");
            assert_eq!(pair.of(Fra).gate(), Gate::Open);
            pair.restart(Gbr);
            assert_eq!(pair.of(Gbr).gate(), Gate::Closed, "the mark is no witness any more");
        }
    }
}

/// What the session of a side, which showed `own`, does with a fork claim.
fn told(pair: &mut Pair, own: &StoredNote, fork: ForkClaim) -> Vec<Action> {
    let now = pair.now;
    let mut standing = pair.side(Gbr).ask(now, |reply| Command::Standing { reply }).unwrap();
    let (agreement, clock) = (pair.of(Gbr).seat.agreement.clone(), Timestamp::new(now));
    standing.own = agreement.identity(Gbr).log.open(&own.note).unwrap();
    let (mut session, _hello) = Session::begin(agreement, Gbr, &standing, clock, now);
    let problem = Problem { code: ProblemCode::Contradiction, fork: Some(fork) };
    session.step(clock, now, Event::Received(problem.into()))
}

#[test]
fn a_counterpart_that_cries_fork_has_to_show_it() {
    let mut pair = Pair::talking();
    for n in 0..6 {
        pair.log(Gbr, &format!("{n}"), request(&format!("GB01-00010{n}"), 0));
        pair.settle();
    }
    let (store, size) = (pair.store(Fra), pair.of(Gbr).size(Gbr));
    let root = |size| root_at(&LogNodes::new(&store, Gbr), size).unwrap();
    let nodes = LogNodes::new(&store, Gbr);
    let proof = |old, new| consistency_proof(&nodes, old, new).unwrap();
    let newest = store.newest_checkpoint(Gbr).unwrap().unwrap();
    let older = store.checkpoint_above(Gbr, Size(size.0 - 3)).unwrap().unwrap();
    assert!(older.size < newest.size);
    let theirs = store.newest_checkpoint(Fra).unwrap().unwrap();
    let claims = [
        // One history, and honestly so.
        (&newest, &newest, root(size), proof(size, size)),
        (&older, &newest, root(older.size), proof(older.size, newest.size)),
        // A beginning that nothing shows.
        (&newest, &newest, root(older.size), proof(size, size)),
        (&newest, &newest, root(older.size), proof(older.size, newest.size)),
        (&older, &newest, root(newest.size), proof(older.size, newest.size)),
        (&older, &newest, root(Size(1)), proof(Size(1), newest.size)),
        // Less than our hello showed.
        (&newest, &older, root(older.size), proof(older.size, size)),
        // Not by us.
        (&newest, &theirs, root(size), proof(older.size, size)),
    ];
    for (own, shown, beginning, proof) in claims {
        let fork = ForkClaim { checkpoint: shown.note.clone(), beginning, proof };
        let actions = told(&mut pair, own, fork);
        let [Action::Accused(_), Action::Close(close)] = &actions[..] else {
            panic!("{actions:?}");
        };
        assert_eq!(*close, Close::OurProblem(ProblemCode::Contradiction));
    }
}

#[test]
fn nothing_is_signed_in_the_group_that_brings_a_fork() {
    let mut pair = signed_unknowingly(5, 1);
    let (claims, now) = (Box::new(pair.claims_of(Gbr)), pair.now);
    let own = pair.store(Gbr).newest_checkpoint(Gbr).unwrap().unwrap();
    let weighed = pair.side(Fra).ask(now, |reply| Command::Weigh { claims, reply }).unwrap();
    let Weighed::Contradicted(Some(claim)) = weighed else { panic!("{weighed:?}") };
    let actions = told(&mut pair, &own, *claim);
    let [Action::Forked(fork), Action::Close(_)] = &actions[..] else { panic!("{actions:?}") };
    let before = pair.of(Gbr).entries(Gbr);
    assert_eq!(pair.of(Gbr).gate(), Gate::Open);

    let (reply, mut answer) = tokio::sync::oneshot::channel();
    let submission = Box::new(submission("same group", request("GB01-000300", 0)));
    let commands = [
        Command::Submit { submission, reply },
        Command::Tick,
        Command::Forked { fork: fork.clone() },
    ];
    pair.side(Gbr).run(now, commands.into());
    assert!(matches!(answer.try_recv(), Ok(Ok(Submitted::Queued { .. }))));
    assert_eq!(pair.of(Gbr).entries(Gbr), before);
    assert_eq!(pair.of(Gbr).gate(), Gate::Fork);
    assert!(!pair.of(Gbr).mark().exists(), "it would vouch for this store at the next start");
}

#[test]
fn a_second_history_by_the_author_is_named_a_contradiction_and_nothing_is_stored() {
    for more in [0, 1, 4] {
        let mut pair = Pair::talking();
        pair.log(Gbr, "one", request("GB01-000001", 0));
        pair.settle();
        let fra = pair.store(Fra);
        // The United Kingdom throws its log away and founds it again, with the same keys.
        let seat = pair.of(Gbr).seat.clone();
        let path = tempfile::tempdir().unwrap();
        let mark = MarkFile::at(path.path().join("mark"));
        let now = Reading { wall: Timestamp::new(pair.now + 5), monotonic: 0 };
        let keys = UnsafeTestKeys::of(Gbr);
        pair.side(Gbr).scribe =
            Scribe::found(seat.clone(), empty_store(&seat.agreement, Gbr), keys, mark, now)
                .unwrap();
        for n in 0..more {
            pair.log(Gbr, &format!("other {n}"), request(&format!("GB01-00020{n}"), 0));
        }
        pair.cut();
        pair.connect_and_forget();
        let closed = pair.settle();
        // Either side may be first to say so: it is our signature as much as theirs.
        let named = [ProblemCode::Contradiction, ProblemCode::Fork, ProblemCode::Root];
        let problem = match closed.fra {
            Some(Close::TheirProblem(code) | Close::OurProblem(code)) => code,
            other => panic!("{other:?}"),
        };
        assert!(named.contains(&problem), "{problem}");
        assert_eq!(pair.store(Fra), fra, "nothing of it is stored");
    }
}

#[test]
fn a_counterpart_that_rewrites_what_we_lost_is_held_against_our_own_entanglement() {
    let mut pair = Pair::talking();
    let old = PerParty::from_fn(|party| pair.store(party));
    pair.pass(10);
    let asked = pair.log(Gbr, "ask", request("GB01-000001", 0));
    pair.settle();
    pair.log(Fra, "answer", accept(asked));
    pair.settle();
    let tail = batch(&pair.agreement, &pair.store(Fra), Gbr, Position(2));
    // The United Kingdom has lost the end of both logs; France begins another end of its own.
    pair.restore(Gbr, old.gbr);
    pair.restore(Fra, old.fra);
    for entries in [2, 3] {
        let (gbr, fra) = (pair.store(Gbr), pair.store(Fra));
        let mut one = Liar::after(pair, Fra);
        assert_eq!(one.hands_in(tail.clone()), Ok(()), "our own tail comes back");
        let held = one.pair.store(Gbr);
        let other: Vec<_> = (0..entries).map(|_| accept(asked)).collect();
        assert_eq!(one.tries_records(&other), Err(ProblemCode::Contradiction), "{entries}");
        assert_eq!(one.pair.store(Gbr), held);
        assert_eq!(one.pair.of(Gbr).gate(), Gate::Closed);
        let now = one.pair.now;
        let reason = one.pair.side(Gbr).status(now).gate_reason.unwrap();
        assert!(reason.contains("were cosigned"), "{reason}");
        pair = one.pair;
        pair.restore(Gbr, gbr);
        pair.restore(Fra, fra);
    }
}

#[test]
fn a_mark_that_shows_another_history_stays_and_shows_it_at_every_start() {
    let mut pair = Pair::talking();
    let store = pair.store(Gbr);
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("mark");
    let now = Reading { wall: Timestamp::new(pair.now + 5), monotonic: 0 };
    let (seat, keys) = (pair.of(Gbr).seat.clone(), UnsafeTestKeys::of(Gbr));
    Scribe::found(
        seat.clone(),
        empty_store(&seat.agreement, Gbr),
        keys,
        MarkFile::at(path.clone()),
        now,
    )
    .unwrap();
    let mark = std::fs::read(path).unwrap();
    std::fs::write(pair.of(Gbr).mark(), &mark).unwrap();
    for start in 0..3 {
        pair.restore(Gbr, store.clone());
        assert_eq!(pair.of(Gbr).gate(), Gate::Fork, "start {start}");
        let kept = std::fs::read(pair.of(Gbr).mark()).unwrap_or_default();
        assert!(kept == mark, "start {start}: it is the evidence");
    }
}

/// A mark's bytes, which cannot be read for a while.
#[derive(Debug, Clone, Default)]
struct Patchy(Arc<Mutex<(Option<Vec<u8>>, bool)>>);

impl Medium for Patchy {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let held = self.0.lock().unwrap();
        if held.1 { Err(io::Error::other("unreadable")) } else { Ok(held.0.clone()) }
    }

    fn open(&mut self) -> io::Result<()> {
        self.0.lock().unwrap().0.get_or_insert_default();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut held = self.0.lock().unwrap();
        let (start, all) = (usize::try_from(offset).unwrap(), held.0.as_mut().unwrap());
        all.resize(all.len().max(start + bytes.len()), 0);
        all[start..start + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn remove(&mut self) -> io::Result<()> {
        self.0.lock().unwrap().0 = None;
        Ok(())
    }
}

#[test]
fn a_mark_that_cannot_be_read_at_a_fork_does_not_vouch_for_it_later() {
    let mut pair = signed_unknowingly(1, 4);
    let mark = std::fs::read(pair.of(Gbr).mark()).unwrap();
    let medium = Patchy(Arc::new(Mutex::new((Some(mark), false))));
    let claims = Box::new(pair.claims_of(Fra));
    let reading = Reading { wall: Timestamp::new(pair.now), monotonic: pair.now };
    let load = |pair: &Pair| {
        let mark = MarkFile::on(Box::new(medium.clone()));
        let seat = pair.of(Gbr).seat.clone();
        let keys = UnsafeTestKeys::of(Gbr);
        let mut scribe = Scribe::load(seat, pair.store(Gbr), keys, mark).unwrap();
        scribe.group(reading, []).unwrap();
        scribe
    };
    let mut scribe = load(&pair);
    assert_eq!(*scribe.gate(), Gate::Open, "nothing of its own tells it");
    medium.0.lock().unwrap().1 = true;
    let (reply, _weighed) = tokio::sync::oneshot::channel();
    scribe.group(reading, [Command::Weigh { claims, reply }]).unwrap();
    assert_eq!(*scribe.gate(), Gate::Fork);
    medium.0.lock().unwrap().1 = false;
    assert_eq!(*load(&pair).gate(), Gate::Closed);
}
