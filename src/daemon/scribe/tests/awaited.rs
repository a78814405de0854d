//! What waits for a second signer as its log ends: it can be decided in the log that follows.

use std::collections::BTreeSet;

use data_encoding::BASE64;

use super::{
    liar::Liar,
    pair::Pair,
    rotation::{approved, enrolment},
    seasons::officers,
    succession::{end_log, log, succeed},
};
use crate::{
    daemon::scribe::{Command, Refused, Submitted},
    envelope::{Envelope, Role::Caseworker},
    ledger::{
        Fate,
        fixture::{self, UnsafeKey, approval, erasure, request},
    },
    names::{Party, RecordId},
    record::{
        Approval, ApprovalOutcome::Approved, BreakClass, LogEndReason, ObjectionReason, Record,
    },
};

use Party::{Fra, Gbr};

#[test]
fn what_waits_for_approval_as_its_log_ends_is_listed_and_approved_in_a_successor() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let asked = log(&mut pair, Gbr, "asked", request("GB01-000001", 0));
    let erased = log(&mut pair, Gbr, "erased", erasure(asked));
    let places = pair.of(Gbr).books().find(erased).unwrap();
    // It is carried on however many logs succeed one another.
    for year in [2026, 2027] {
        for party in Party::BOTH {
            end_log(&mut pair, party, LogEndReason::YearEnd);
        }
        pair.settle();
        pair = succeed(pair, &folder, year, LogEndReason::YearEnd);
    }
    let later = log(&mut pair, Gbr, "later", erasure(asked));
    let now = pair.now;
    let list = pair.side(Gbr).ask(now, |reply| Command::Awaiting { reply }).unwrap().awaiting;
    let [first, second] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((first.id, second.id), (erased, later));
    let bytes = BASE64.decode(first.envelope.as_bytes()).unwrap();
    assert_eq!(Envelope::parse(&bytes).unwrap().record_id(), erased);
    let founding = fixture::terms().gbr.log;
    assert!(founding.starts_with(&first.logged.origin), "{first:?}");
    assert_eq!((first.logged.position, first.logged.inherited), (places.1, true));
    assert_eq!(second.logged.origin, "log.gbr.example/2027");
    assert!(!second.logged.inherited);
    assert_eq!(pair.side(Gbr).record(now, erased).approval, Some(Fate::AwaitsApproval));

    let approval = Record { re: vec![erased], ..Record::bare(Approval { outcome: Approved }) };
    let bytes = officers(&pair, Gbr, "approved", &approval);
    let approved = pair.side(Gbr).ask(now, |reply| Command::Envelope { bytes, reply });
    assert!(matches!(approved, Ok(Submitted::Logged { .. })), "{approved:?}");
    pair.settle();
    let now = pair.now;
    for party in Party::BOTH {
        let side = pair.side(party);
        assert_eq!(side.record(now, erased).approval, Some(Fate::Approved));
        assert_eq!(side.record(now, erased).state, "inherited");
        // One side has erased, the other has not yet, and the later record still waits.
        let breaks = side.status(now).breaks;
        let classes: BTreeSet<_> = breaks.iter().map(|one| one.class).collect();
        let wanted = [BreakClass::ApprovalAwaited, BreakClass::ErasedOneSideOnly];
        assert_eq!(classes, BTreeSet::from(wanted), "{breaks:?}");
    }
    let list = pair.side(Gbr).ask(now, |reply| Command::Awaiting { reply }).unwrap().awaiting;
    assert!(matches!(list.as_slice(), [one] if one.id == later), "{list:?}");
}

/// The United Kingdom has enrolled a key that nobody has approved, and then ended its log.
fn ended_with_a_key_that_waits() -> (Pair, RecordId) {
    let mut pair = Pair::talking();
    let event = log(&mut pair, Gbr, "a key", enrolment(Gbr, Caseworker));
    end_log(&mut pair, Gbr, LogEndReason::YearEnd);
    pair.settle();
    (pair, event)
}

#[test]
fn no_key_event_is_taken_in_or_approved_after_our_log_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (mut pair, event) = ended_with_a_key_that_waits();
    let (now, size) = (pair.now, pair.of(Gbr).size(Gbr));
    let bytes = officers(&pair, Gbr, "too late", &approval(event));
    let late = pair.side(Gbr).ask(now, |reply| Command::Envelope { bytes, reply });
    assert_eq!(late, Err(Refused::LogEnded));
    // No submission of one waits for the successor: it may not be of form by then.
    let another = pair.try_submit(Gbr, "another", enrolment(Gbr, Caseworker));
    assert_eq!(another, Err(Refused::LogEnded));
    assert_eq!((pair.of(Gbr).size(Gbr), pair.side(Gbr).status(now).queued), (size, 0));
    assert_eq!(pair.of(Gbr).scribe.state.reader(Gbr).keys().version(), 0);

    end_log(&mut pair, Fra, LogEndReason::YearEnd);
    pair.settle();
    let mut pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
    let now = pair.now;
    let bytes = officers(&pair, Gbr, "in time", &approval(event));
    let in_time = pair.side(Gbr).ask(now, |reply| Command::Envelope { bytes, reply });
    assert!(matches!(in_time, Ok(Submitted::Logged { .. })), "{in_time:?}");
    assert_eq!(pair.of(Gbr).scribe.state.reader(Gbr).keys().version(), 1);
    // The successor takes a submission of the other kind in as well.
    let officer = UnsafeKey::of(Gbr, crate::envelope::Role::Officer);
    approved(&mut pair, Gbr, &officer, fixture::key_retired(UnsafeKey::brief().kid()));
    assert_eq!(pair.of(Gbr).scribe.state.reader(Gbr).keys().version(), 2);
}

/// An author that logs on after its end, with its real keys.
#[test]
fn what_a_counterpart_does_to_its_keys_after_the_end_of_its_log_is_contested() {
    let (pair, event) = ended_with_a_key_that_waits();
    let mut liar = Liar::after(pair, Gbr);
    let retirement = fixture::key_retired(UnsafeKey::brief().kid());
    for record in [approval(event), retirement, approval(event)] {
        liar.pair.now += 1;
        let at = liar.says(&record);
        let entry = liar.honest().books().entry(Gbr, at).unwrap();
        assert_eq!(entry.objection(), Some(ObjectionReason::LogEnded), "{at}");
        let keys = liar.honest().scribe.state.reader(Gbr).keys();
        assert!(keys.waits(event), "{at}: nothing has decided it");
        assert_eq!(keys.version(), 0, "{at}");
    }
    // What the key signs is signed by nobody.
    let payload = request("GB01-000001", 0).encode();
    let later = UnsafeKey::later(Gbr, Caseworker);
    let at = liar.signs(&later, "readmission-request:GB01-000001", payload);
    let entry = liar.honest().books().entry(Gbr, at).unwrap();
    assert_eq!(entry.objection(), Some(ObjectionReason::UnknownKey));
    let now = liar.pair.now;
    let status = liar.honest().status(now);
    assert!(status.enrolments.iter().all(|one| !one.approved || one.key != later.kid()));
}
