//! A limit that was missed by receipt, and met by the time of signing during an outage that was
//! logged; and how each limit stands while it runs.

use super::super::fixture::{
    TwoSides, accept, admission, at, correction, count, day, departure, extension, lapse, outage,
    refuse, request, travel, visa, withdrawn,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::ledger::{DeadlineStanding, Limit, Owner};
use crate::names::{Party, RecordId};
use crate::record::LapseReason;

/// A request that France has received.
fn asked(it: &mut TwoSides) -> RecordId {
    let asked = it.append(Gbr, request("GB01-1", 0));
    it.entangle(Fra);
    asked
}

/// An answer that is signed at a time, and received in September, and an outage that one side logs.
fn answered(signed: &str, from: &str, until: Option<&str>, by: Party) -> Vec<BreakClass> {
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    sides.go_to(at(signed)).append(Fra, accept(asked));
    sides.go_to(at("2025-09-01T08:00:00Z")).append(by, outage(from, until));
    sides.exchange();
    classes(&sides.ledger(at("2025-09-02T00:00:00Z")))
}

#[test]
fn an_answer_that_an_outage_held_up_is_not_late() {
    let (withheld, late) = ([BreakClass::ReceiptWithheld], [BreakClass::LateAnswer]);
    let (from, until) = ("2025-08-20T12:00:00Z", Some("2025-08-31T12:00:00Z"));
    for by in Party::BOTH {
        for (signed, breaks) in [
            ("2025-08-20T11:59:59Z", late),
            ("2025-08-20T12:00:00Z", withheld),
            ("2025-08-20T23:59:59Z", withheld),
            // The outage covers it, but it was late when it was signed.
            ("2025-08-21T00:00:00Z", late),
        ] {
            assert_eq!(answered(signed, from, until, by), breaks, "{signed}, {by}");
            assert_eq!(answered(signed, from, None, by), breaks, "{signed}, {by}, no end");
        }
        let (from, until) = ("2025-08-19T00:00:00Z", Some("2025-08-20T12:00:00Z"));
        for (signed, breaks) in [("2025-08-20T12:00:00Z", withheld), ("2025-08-20T12:00:01Z", late)]
        {
            assert_eq!(answered(signed, from, until, by), breaks, "{signed}, {by}");
        }
    }
}

#[test]
fn what_an_outage_held_up_is_a_break_of_both_sides() {
    let (from, until) = ("2025-08-18T00:00:00Z", "2025-08-31T00:00:00Z");
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    let second = sides.append(Gbr, request("GB01-2", 0));
    sides.go_to(at("2025-08-19T08:00:00Z"));
    let longer = sides.append(Fra, extension(asked));
    let third = sides.append(Gbr, request("GB01-3", 0));
    sides.go_to(at("2025-09-01T08:00:00Z"));
    let notice = sides.append(Fra, outage(from, Some(until)));
    sides.exchange();
    let now = sides.now;
    let ledger = sides.ledger(now);
    let held = |ledger: &crate::ledger::Ledger| -> Vec<_> {
        let withheld = |one: &&crate::ledger::Break| one.class == BreakClass::ReceiptWithheld;
        let found = ledger.breaks.iter().filter(withheld);
        let mut found: Vec<_> = found.map(|one| (one.owner, one.evidence.clone())).collect();
        found.sort();
        found
    };
    let mut about = vec![asked, longer];
    about.sort();
    let mut wanted = vec![(Owner::Both, about), (Owner::Both, vec![third])];
    wanted.sort();
    assert_eq!(held(&ledger), wanted, "an extension and a request");
    let late = ledger.breaks.iter().find(|one| one.class == BreakClass::LateRequest).unwrap();
    assert_eq!(late.evidence, [second], "which was signed before the outage");

    // The notice is corrected: the outage began later.
    sides.append(Fra, correction(notice, outage("2025-08-19T12:00:00Z", Some(until))));
    let ledger = sides.ledger(now);
    assert_eq!(held(&ledger), []);
    assert!(classes(&ledger).contains(&BreakClass::LateExtension));
}

/// How the limits of one case stand at a time: request, answer, transfer.
fn standings(sides: &TwoSides, asked: RecordId, as_of: &str) -> [DeadlineStanding; 3] {
    let ledger = sides.ledger(at(as_of));
    let limits = ledger.deadlines(&ledger.cases[&asked], at(as_of));
    let of: Vec<_> = limits.iter().map(|one| (one.limit, one.owner)).collect();
    assert_eq!(of, [(Limit::Request, Gbr), (Limit::Answer, Fra), (Limit::Transfer, Gbr)]);
    [limits[0].standing, limits[1].standing, limits[2].standing]
}

const fn running(left: u32) -> DeadlineStanding {
    DeadlineStanding::Running { left }
}

fn met(on: &str) -> DeadlineStanding {
    DeadlineStanding::Met { on: day(on) }
}

fn missed(on: Option<&str>) -> DeadlineStanding {
    DeadlineStanding::Missed { on: on.map(day) }
}

#[test]
fn a_limit_runs_to_the_last_second_of_its_day_and_is_missed_after_it() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let [request, answer, transfer] = standings(&sides, asked, "2025-08-20T23:59:59Z");
    assert_eq!((request, transfer), (running(0), running(78)), "the request is in transit");
    assert_eq!(answer, running(u32::MAX), "and the limit for its answer has not begun");
    let [request, ..] = standings(&sides, asked, "2025-08-21T00:00:00Z");
    assert_eq!(request, missed(None));

    sides.entangle(Fra);
    let at_last = standings(&sides, asked, "2025-08-20T23:59:59Z");
    assert_eq!(at_last, [met("2025-08-06"), running(0), running(78)]);
    let after = standings(&sides, asked, "2025-08-21T00:00:00Z");
    assert_eq!(after, [met("2025-08-06"), missed(None), running(77)]);
    let end = standings(&sides, asked, "2025-11-07T00:00:00Z");
    assert_eq!(end, [met("2025-08-06"), missed(None), missed(None)]);
}

#[test]
fn a_limit_is_met_or_missed_on_the_day_of_receipt_or_of_the_departure() {
    for (received, answer) in [
        ("2025-08-20T23:59:59Z", met("2025-08-20")),
        ("2025-08-21T00:00:00Z", missed(Some("2025-08-21"))),
    ] {
        let mut sides = TwoSides::founded();
        let asked = asked(&mut sides);
        sides.append(Fra, accept(asked));
        sides.go_to(at(received)).entangle(Gbr);
        let found = standings(&sides, asked, "2025-10-01T00:00:00Z");
        assert_eq!(found[1], answer, "{received}");
    }
    for (on, transfer) in
        [("2025-11-06", met("2025-11-06")), ("2025-11-07", missed(Some("2025-11-07")))]
    {
        let mut sides = TwoSides::founded();
        let notice = sides.announced(1, on, 2);
        sides.append(Gbr, departure(notice, on, 2));
        let asked = sides.ledger(sides.now).transports[&notice].cases[0];
        assert_eq!(standings(&sides, asked, "2025-12-01T00:00:00Z")[2], transfer, "{on}");
    }
}

#[test]
fn nobody_waits_for_a_case_that_is_refused_or_taken_back() {
    let moot = DeadlineStanding::Moot;
    let mut sides = TwoSides::founded();
    let refused = asked(&mut sides);
    sides.append(Fra, refuse(refused));
    sides.entangle(Gbr);
    let found = standings(&sides, refused, "2025-12-01T00:00:00Z");
    assert_eq!(found, [met("2025-08-06"), met("2025-08-06"), moot]);
    let mut sides = TwoSides::founded();
    let back = asked(&mut sides);
    sides.append(Gbr, withdrawn(back));
    let found = standings(&sides, back, "2025-12-01T00:00:00Z");
    assert_eq!(found, [met("2025-08-06"), moot, moot]);
}

#[test]
fn a_visa_is_to_be_used_to_its_last_day() {
    let standing = |sides: &TwoSides, id: RecordId, as_of: &str| {
        let ledger = sides.ledger(at(as_of));
        let limit = ledger.entry_deadline(id, &ledger.visas[&id], at(as_of));
        assert_eq!(
            (limit.limit, limit.last, limit.owner),
            (Limit::Entry, Some(day("2025-09-01")), Gbr)
        );
        limit.standing
    };
    let issued = |sides: &mut TwoSides| sides.append(Gbr, visa("GB13-1", 1, 0, "2025-09-01"));
    let mut sides = TwoSides::founded();
    let id = issued(&mut sides);
    assert_eq!(standing(&sides, id, "2025-08-31T00:00:00Z"), running(1));
    assert_eq!(standing(&sides, id, "2025-09-01T23:59:59Z"), running(0));
    assert_eq!(standing(&sides, id, "2025-09-02T00:00:00Z"), missed(None));
    let mut lapsed = sides.clone();
    lapsed.append(Gbr, lapse(id, LapseReason::GivenUp));
    assert_eq!(standing(&lapsed, id, "2025-09-02T00:00:00Z"), DeadlineStanding::Moot);
    for (on, wanted, breaks) in [
        ("2025-09-01", met("2025-09-01"), &[][..]),
        ("2025-09-02", missed(Some("2025-09-02")), &[BreakClass::VisaLapsedButAdmitted]),
    ] {
        let mut sides = sides.clone();
        let travels = sides.append(Gbr, travel("GB15-1", &[id], on, 1));
        sides.append(Fra, count(travels, on, 1));
        sides.append(Gbr, admission(travels, on, 1));
        assert_eq!(standing(&sides, id, "2025-10-01T00:00:00Z"), wanted, "{on}");
        assert_eq!(classes(&sides.ledger(at("2025-10-01T00:00:00Z"))), breaks, "{on}");
    }
}
