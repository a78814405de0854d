//! Record keys are exchanged while both sides go on: nothing is refused, and both agree on who was
//! valid where.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    pair::{Closed, Pair},
    seasons::officers_with,
    side::{UnsafeTestKeys, logged, submission},
};
use crate::{
    daemon::scribe::{Command, Refused, Signatures as _, Submitted, Successors},
    envelope::Role::{self, Caseworker, Ledger, Officer},
    ledger::fixture::{
        UnsafeKey, accept, approval, key_compromised, key_enrolled, key_retired, rejection, request,
    },
    names::{Hash, Party, Position, RecordId, Size, sha256},
    record::{BreakClass, ObjectionReason, Record},
    store::Store,
};

use Party::{Fra, Gbr};

pub(super) fn enrolment(party: Party, role: Role) -> Record {
    key_enrolled(role, UnsafeKey::later(party, role).certificate())
}

fn retirement(party: Party, role: Role) -> Record {
    key_retired(UnsafeKey::of(party, role).kid())
}

/// Hands in what an officer signs with a key.
fn hand_in(
    pair: &mut Pair,
    party: Party,
    key: &UnsafeKey,
    record: &Record,
) -> Result<Submitted, Refused> {
    let name = format!("{record:?} by {}", key.kid());
    let bytes = officers_with(key, pair, party, &name, record);
    let now = pair.now;
    pair.side(party).ask(now, |reply| Command::Envelope { bytes, reply })
}

/// Submits a key-event and has it approved.
pub(super) fn approved(pair: &mut Pair, party: Party, key: &UnsafeKey, record: Record) -> RecordId {
    let name = format!("{record:?}");
    let event = pair.log(party, &name, record);
    logged(hand_in(pair, party, key, &approval(event)));
    event
}

/// Every record key of a side is exchanged, and each signs something.
fn rotate(pair: &mut Pair, party: Party, mut meanwhile: impl FnMut(&mut Pair)) {
    let (old, new) = (UnsafeKey::of(party, Officer), UnsafeKey::later(party, Officer));
    for role in [Caseworker, Ledger, Officer] {
        approved(pair, party, &old, enrolment(party, role));
        meanwhile(pair);
        if role != Officer {
            pair.side(party).exchange_key(role).unwrap();
        }
        facts(pair, &format!("{party} {role}"));
        meanwhile(pair);
        // Nobody decides about their own key.
        let officer = if role == Officer { &new } else { &old };
        approved(pair, party, officer, retirement(party, role));
        facts(pair, &format!("{party} {role}, the old one gone"));
        meanwhile(pair);
    }
}

/// Each side logs a fact.
fn facts(pair: &mut Pair, name: &str) {
    let number = pair.of(Gbr).size(Gbr).0;
    let asked = pair.log(Gbr, &format!("ask {name}"), request(&format!("GB01-{number:06}"), 0));
    if pair.of(Fra).books().find(asked).is_some() {
        pair.log(Fra, &format!("answer {name}"), accept(asked));
    }
    pair.pass(10);
}

/// Both hold the same, nothing of it is contested, and nothing is a break that says so.
fn nothing_was_refused(pair: &mut Pair) {
    pair.assert_converged();
    for side in Party::BOTH {
        for log in Party::BOTH {
            let books = pair.of(side).books();
            for (position, entry) in books.entries(log, Position(0)) {
                assert_eq!(entry.objection(), None, "{log}, {position}, seen by {side}");
            }
            let [here, there] = Party::BOTH
                .map(|one| pair.of(one).scribe.state.reader(log).keys().changes().to_vec());
            assert_eq!(here, there, "both know the keys of {log}");
        }
        let now = pair.now;
        let breaks = pair.side(side).status(now).breaks;
        let about_keys = [BreakClass::RetiredKey, BreakClass::UnknownKey, BreakClass::Suspect];
        assert!(breaks.iter().all(|one| !about_keys.contains(&one.class)), "{breaks:?}");
    }
}

#[test]
fn every_key_is_exchanged_while_both_sides_go_on() {
    for party in Party::BOTH {
        let mut pair = Pair::talking();
        rotate(&mut pair, party, |pair| assert_eq!(pair.settle(), Closed::default()));
        nothing_was_refused(&mut pair);
        assert_eq!(pair.of(Gbr).scribe.state.reader(party).keys().version(), 6);
        let now = pair.now;
        for side in Party::BOTH {
            let shown = pair.side(side).status(now).certificates;
            let shown: Vec<_> = shown.iter().map(|one| one.fingerprint).collect();
            let shows = |key: UnsafeKey| shown.contains(&Hash::new(sha256(key.certificate())));
            for role in [Caseworker, Ledger, Officer] {
                assert!(shows(UnsafeKey::later(party, role)), "{side}: {party} {role}");
                assert!(!shows(UnsafeKey::of(party, role)), "{side}: {party} {role}");
            }
        }
    }
}

#[test]
fn keys_that_were_exchanged_while_the_link_was_down_come_in_one_batch() {
    for frames_per_group in [1, 4] {
        let mut pair = Pair::talking();
        pair.frames_per_group = frames_per_group;
        pair.cut();
        rotate(&mut pair, Gbr, |_| {});
        assert_eq!(pair.talk(), Closed::default());
        nothing_was_refused(&mut pair);
        assert_eq!(pair.of(Fra).scribe.state.reader(Gbr).keys().version(), 6);
    }
}

#[test]
fn a_restart_anywhere_finds_the_keys_again() {
    let mut pair = Pair::talking();
    rotate(&mut pair, Gbr, |pair| {
        pair.settle();
        for party in Party::BOTH {
            pair.restart(party);
        }
        assert_eq!(pair.talk(), Closed::default());
    });
    nothing_was_refused(&mut pair);
}

/// What comes back from the mirror holds the enrolment of the key that it is signed with.
#[test]
fn a_lost_tail_with_new_keys_is_healed() {
    let mut pair = Pair::talking();
    let old = pair.store(Gbr);
    rotate(&mut pair, Gbr, |pair| assert_eq!(pair.settle(), Closed::default()));
    let whole = pair.of(Gbr).entries(Gbr);
    pair.restore(Gbr, old);
    assert_eq!(pair.talk(), Closed::default());
    assert!(pair.of(Gbr).entries(Gbr).starts_with(&whole));
    facts(&mut pair, "after that");
    pair.settle();
    nothing_was_refused(&mut pair);
}

/// The mirror was lost, and comes anew from its author.
#[test]
fn a_mirror_that_is_read_anew_has_the_same_keys() {
    let mut pair = Pair::talking();
    let old = pair.store(Fra);
    rotate(&mut pair, Gbr, |pair| assert_eq!(pair.settle(), Closed::default()));
    pair.restore(Fra, old);
    assert_eq!(pair.talk(), Closed::default());
    nothing_was_refused(&mut pair);
}

#[test]
fn a_daemon_signs_with_no_key_that_is_not_valid_at_its_next_position() {
    let mut pair = Pair::talking();
    let officer = UnsafeKey::of(Gbr, Officer);
    let before = pair.of(Gbr).size(Gbr);
    let refused = pair.side(Gbr).exchange_key(Caseworker).unwrap_err();
    assert!(matches!(refused, Refused::NotEnrolled { role: Caseworker, .. }), "{refused}");
    assert_eq!(pair.of(Gbr).size(Gbr), before, "nothing was logged");
    pair.log(Gbr, "early", request("GB01-000001", 0));

    let mut pair = Pair::talking();
    approved(&mut pair, Gbr, &officer, enrolment(Gbr, Caseworker));
    approved(&mut pair, Gbr, &officer, retirement(Gbr, Caseworker));
    let refused = pair.try_submit(Gbr, "late", request("GB01-000001", 0)).unwrap_err();
    assert!(matches!(refused, Refused::NotEnrolled { role: Caseworker, .. }), "{refused}");
    pair.side(Gbr).exchange_key(Caseworker).unwrap();
    pair.log(Gbr, "late", request("GB01-000001", 0));
    pair.settle();
    nothing_was_refused(&mut pair);
}

#[test]
fn the_authors_own_daemon_refuses_a_key_event_that_would_be_contested() {
    let mut pair = Pair::talking();
    let before = pair.of(Gbr).size(Gbr);
    for (name, record) in [
        ("the last ledger key", retirement(Gbr, Ledger)),
        ("the other side's key", retirement(Fra, Caseworker)),
        ("another party's certificate", enrolment(Fra, Caseworker)),
    ] {
        let refused = pair.try_submit(Gbr, name, record).unwrap_err();
        assert!(matches!(refused, Refused::Form { .. }), "{name}: {refused}");
    }
    // What is of form now may not be when it could be signed.
    pair.lose_mark(Gbr);
    pair.restart(Gbr);
    let refused = pair.try_submit(Gbr, "not yet", enrolment(Gbr, Caseworker)).unwrap_err();
    assert_eq!(refused, Refused::NotPassed);
    assert_eq!(pair.of(Gbr).size(Gbr), before);
}

#[test]
fn no_officer_decides_about_their_own_key() {
    let mut pair = Pair::talking();
    let [old, new] = [UnsafeKey::of, UnsafeKey::later].map(|key| key(Gbr, Officer));
    approved(&mut pair, Gbr, &old, enrolment(Gbr, Officer));
    let event = pair.log(Gbr, "gone", retirement(Gbr, Officer));
    for record in [approval(event), rejection(event)] {
        let refused = hand_in(&mut pair, Gbr, &old, &record).unwrap_err();
        assert!(matches!(refused, Refused::NotAwaiting { .. }), "{refused}");
    }
    logged(hand_in(&mut pair, Gbr, &new, &approval(event)));
    let refused = hand_in(&mut pair, Gbr, &old, &approval(event)).unwrap_err();
    assert!(matches!(refused, Refused::Envelope { .. }), "it is retired: {refused}");
    pair.settle();
    nothing_was_refused(&mut pair);
}

#[test]
fn what_a_stolen_key_has_signed_is_suspect_to_both_sides_alike() {
    let mut pair = Pair::talking();
    let officer = UnsafeKey::of(Gbr, Officer);
    let stolen = pair.log(Gbr, "stolen", request("GB01-000001", 0));
    pair.settle();
    approved(&mut pair, Gbr, &officer, enrolment(Gbr, Caseworker));
    pair.side(Gbr).exchange_key(Caseworker).unwrap();
    let since = pair.of(Gbr).reading(pair.now).wall.to_string();
    let old = UnsafeKey::of(Gbr, Caseworker).kid();
    let event = approved(&mut pair, Gbr, &officer, key_compromised(old, &since));
    pair.settle();
    let now = pair.now;
    let [gbr, fra] = Party::BOTH.map(|party| pair.side(party).status(now).breaks);
    assert_eq!(gbr, fra);
    let [one] = gbr.as_slice() else { panic!("{gbr:?}") };
    assert_eq!(one.class, BreakClass::Suspect);
    assert!(one.evidence.contains(&event) && one.evidence.contains(&stolen));
}

/// Somebody who has the old key writes on with it, and not by this software.
#[test]
fn what_comes_with_a_retired_key_is_objected_to() {
    let mut pair = Pair::talking();
    let officer = UnsafeKey::of(Gbr, Officer);
    approved(&mut pair, Gbr, &officer, enrolment(Gbr, Caseworker));
    approved(&mut pair, Gbr, &officer, retirement(Gbr, Caseworker));
    assert_eq!(pair.settle(), Closed::default());
    let mut liar = super::liar::Liar::after(pair, Gbr);
    let at = liar.says(&request("GB01-000009", 0));
    let entry = liar.honest().books().entry(Gbr, at).cloned().unwrap();
    assert_eq!(entry.objection(), Some(ObjectionReason::RetiredKey));
    assert!(liar.honest().scribe.store().size(Gbr).unwrap() > Size(at.0));
}

#[test]
fn a_group_that_is_not_committed_leaves_the_former_keys_to_sign() {
    for (away, want) in [(true, Refused::KeysAway), (false, Refused::Full)] {
        let mut pair = Pair::talking();
        approved(&mut pair, Gbr, &UnsafeKey::of(Gbr, Officer), enrolment(Gbr, Caseworker));
        pair.settle();
        if away {
            // The record is signed, the checkpoint over it is not.
            UnsafeTestKeys::go_away_after(Gbr, 1);
        } else {
            let store = pair.side(Gbr).scribe.store.inner_mut();
            let bytes = store.bytes();
            store.set_bytes_max(Some(bytes));
        }
        let keys = Successors(Box::new(UnsafeTestKeys::with_later(Gbr, Caseworker)));
        let (reply, mut rekeyed) = tokio::sync::oneshot::channel();
        let (gone, _answer) = tokio::sync::oneshot::channel();
        let submission = Box::new(submission("one", request("GB01-000001", 0)));
        let now = pair.now;
        let group =
            vec![Command::Rekey { keys, reply }, Command::Submit { submission, reply: gone }];
        pair.side(Gbr).run(now, group);
        assert_eq!(rekeyed.try_recv().unwrap(), Err(want));
        UnsafeTestKeys::come_back();
        pair.side(Gbr).scribe.store.inner_mut().set_bytes_max(None);
        let key = UnsafeKey::of(Gbr, Caseworker).public_key();
        assert_eq!(pair.of(Gbr).scribe.keys.record_key(Caseworker), Some(key.into()), "{away}");
    }
}

/// Counts the errors of this thread.
struct Errors(Arc<AtomicUsize>);

impl tracing::Subscriber for Errors {
    fn enabled(&self, about: &tracing::Metadata<'_>) -> bool {
        *about.level() == tracing::Level::ERROR
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let ours = event.metadata().target().ends_with("scribe::append");
        self.0.fetch_add(usize::from(ours), Ordering::SeqCst);
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_queue_that_cannot_be_signed_is_told_once_for_each_change() {
    let mut pair = Pair::talking();
    UnsafeTestKeys::go_away_after(Gbr, 0);
    for n in 0..3 {
        let queued = pair.submit(Gbr, &format!("{n}"), request(&format!("GB01-{n:06}"), 0));
        assert!(matches!(queued, Submitted::Queued { .. }));
    }
    // A key that nothing has enrolled lies in the folder when the daemon starts.
    pair.side(Gbr).put_key(Caseworker);
    pair.restart(Gbr);
    UnsafeTestKeys::come_back();
    let errors = Arc::<AtomicUsize>::default();
    tracing::subscriber::with_default(Errors(Arc::clone(&errors)), || {
        pair.talk();
        for _ in 0..5 {
            pair.pass(1);
        }
    });
    let now = pair.now;
    assert_eq!(pair.side(Gbr).status(now).queued, 3);
    assert_eq!(errors.load(Ordering::SeqCst), 1);
}
