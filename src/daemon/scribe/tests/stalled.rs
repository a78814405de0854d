//! Keys that go away, at every signature in turn: signing stalls, nothing is lost, nothing doubled.

use super::{
    pair::Pair,
    side::{UnsafeTestKeys, submission},
};
use crate::{
    daemon::scribe::{Command, Refused, Submitted},
    ledger::fixture::{accept, request},
    names::Party,
    store::Store,
};

use Party::{Fra, Gbr};

/// Hands several requests in at once, so that one group takes them in.
fn hand_in(pair: &mut Pair, from: usize) -> Vec<Result<Submitted, Refused>> {
    let (mut commands, mut answers) = (Vec::new(), Vec::new());
    for n in from..from + 3 {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let record = request(&format!("GB01-{n:06}"), 0);
        let submission = Box::new(submission(&format!("{n}"), record));
        commands.push(Command::Submit { submission, reply });
        answers.push(answer);
    }
    let now = pair.now;
    pair.side(Gbr).run(now, commands);
    answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
}

/// Every commit holds the checkpoint over all entries that it holds, whatever went away.
fn assert_sealed(pair: &Pair) {
    for party in Party::BOTH {
        let store = pair.store(party);
        let newest = store.newest_checkpoint(party).unwrap().unwrap();
        assert_eq!(newest.size, pair.of(party).size(party), "{party}");
    }
}

#[test]
fn keys_that_go_away_at_any_signature_lose_nothing_and_double_nothing() {
    let mut queued = 0;
    for (away, left) in (0..16).flat_map(|left| [(Gbr, left), (Fra, left)]) {
        let mut pair = Pair::talking();
        UnsafeTestKeys::go_away_after(away, left);
        for from in [0, 3] {
            for answer in hand_in(&mut pair, from) {
                queued += usize::from(matches!(answer.unwrap(), Submitted::Queued { .. }));
            }
            assert_sealed(&pair);
            pair.pass(1);
            pair.talk();
            assert_sealed(&pair);
        }
        // What was answered "queued" or "logged" outlives a start without the keys.
        pair.restart(Gbr);
        pair.restart(Fra);
        assert_sealed(&pair);
        UnsafeTestKeys::come_back();
        pair.pass(1);
        pair.talk();
        pair.pass(1);
        pair.talk();
        pair.assert_converged();
        let mut places = Vec::new();
        for n in 0..6 {
            let again = pair.submit(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
            let Submitted::Logged { logged, .. } = again else { panic!("{left}: still queued") };
            places.push(logged.position);
        }
        // In the order in which they came, and each of them once.
        assert!(places.is_sorted_by(|one, next| one < next), "{away} {left}: {places:?}");
        let books = pair.of(Fra).books();
        let requests = books.entries(Gbr, crate::names::Position(0)).filter(|(_, entry)| {
            let kind = entry.record().map(|record| record.get().kind());
            kind == Some(crate::record::Kind::ReadmissionRequest)
        });
        assert_eq!(requests.count(), 6, "{away} {left}");
    }
    assert!(queued > 6, "{queued}");
}

#[test]
fn while_the_keys_are_away_entries_are_mirrored_and_nothing_is_cosigned() {
    let mut pair = Pair::talking();
    UnsafeTestKeys::go_away_after(Fra, 0);
    let asked = pair.log(Gbr, "one", request("GB01-000001", 0));
    let cosigned = pair.of(Fra).cosigned(Gbr);
    pair.talk();
    assert!(pair.of(Fra).books().find(asked).is_some());
    assert_eq!(pair.of(Fra).cosigned(Gbr), cosigned);
    let now = pair.now;
    let status = pair.side(Fra).status(now);
    assert_eq!(status.keys_away.as_deref(), Some("the test has taken them away"));
    assert_eq!(status.gate, "open");
    // An answer waits, and a close is refused by the name of what is wrong.
    let answer = pair.submit(Fra, "two", accept(asked));
    assert!(matches!(answer, Submitted::Queued { .. }));
    pair.pass(700_000);
    let now = pair.now;
    let due = pair.side(Fra).status(now).week_due.fra;
    assert_eq!(pair.side(Fra).close_week(now, due), Err(Refused::KeysAway));
    UnsafeTestKeys::come_back();
    pair.pass(1);
    pair.talk();
    assert_eq!(pair.side(Fra).status(now).keys_away, None);
    assert!(pair.of(Fra).cosigned(Gbr).len() > cosigned.len());
    pair.assert_converged();
}
