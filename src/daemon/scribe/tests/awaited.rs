//! What waits for a second signer as its log ends: it can be decided in the log that follows.

use std::collections::BTreeSet;

use data_encoding::BASE64;

use super::{
    pair::Pair,
    seasons::officers,
    succession::{end_log, log, succeed},
};
use crate::{
    daemon::scribe::{Command, Submitted},
    envelope::Envelope,
    ledger::{
        Fate,
        fixture::{self, erasure, request},
    },
    names::Party,
    record::{Approval, ApprovalOutcome::Approved, BreakClass, LogEndReason, Record},
};

use Party::Gbr;

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
