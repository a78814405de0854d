//! Every limit at its edge: the last second in which it is met, and the first one after.

use super::super::fixture::{
    TwoSides, accept, allocation, at, day, departure, extension, lapse, notice, provisions, refuse,
    request, visa,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::ledger::{CaseState, Ledger, Owner, VisaState};
use crate::names::{Party, Persons, RecordId, Timestamp};
use crate::record::{DayCounting, LapseReason, Provisions, ReadmissionRequest, Record, Silence};

/// A limit that is held against a time of receipt.
struct Edge {
    name: &'static str,
    provisions: fn() -> Provisions,
    /// What happens before; the last record is the one whose receipt is in question.
    tell: fn(&mut TwoSides),
    /// Who receives it.
    by: Party,
    /// The last day on which it is in time.
    last: &'static str,
    /// What it is called afterwards, and who has to act.
    late: (BreakClass, Party),
}

/// The ledger if the newest records are received at a time, seen in that second.
fn received(edge: &Edge, time: Timestamp) -> Ledger {
    let mut sides = TwoSides::under((edge.provisions)());
    (edge.tell)(&mut sides);
    sides.go_to(time).entangle(edge.by);
    sides.ledger(time)
}

/// A request, which France receives on the day on which it is signed.
fn asked(it: &mut TwoSides) -> RecordId {
    let asked = it.append(Gbr, request("GB01-1", 0));
    it.entangle(Fra);
    asked
}

/// The same with an extension that is received at once.
fn extended(it: &mut TwoSides) -> RecordId {
    let asked = asked(it);
    it.append(Fra, extension(asked));
    it.entangle(Gbr);
    asked
}

/// A transport of so many persons on 12 August, up to its notice.
fn announced(it: &mut TwoSides, persons: u16) -> RecordId {
    it.announced(1, "2025-08-12", persons)
}

fn leads() -> Provisions {
    Provisions { notice_days: 2, group_notice_days: 5, ..provisions() }
}

/// An agreement that enters into force and ends in the future.
fn short() -> Provisions {
    Provisions { in_force: day("2025-08-11"), expires: day("2025-08-20"), ..provisions() }
}

const EDGES: &[Edge] = &[
    Edge {
        name: "a request, 14 days from arrival on 6 August",
        provisions,
        tell: |it| {
            it.append(Gbr, request("GB01-1", 0));
        },
        by: Fra,
        last: "2025-08-20",
        late: (BreakClass::LateRequest, Gbr),
    },
    Edge {
        name: "an acceptance, 14 days from the request's receipt",
        provisions,
        tell: |it| {
            let asked = asked(it);
            it.append(Fra, accept(asked));
        },
        by: Gbr,
        last: "2025-08-20",
        late: (BreakClass::LateAnswer, Fra),
    },
    Edge {
        name: "a refusal alike",
        provisions,
        tell: |it| {
            let asked = asked(it);
            it.append(Fra, refuse(asked));
        },
        by: Gbr,
        last: "2025-08-20",
        late: (BreakClass::LateAnswer, Fra),
    },
    Edge {
        name: "an answer after an extension, 28 days",
        provisions,
        tell: |it| {
            let asked = extended(it);
            it.append(Fra, accept(asked));
        },
        by: Gbr,
        last: "2025-09-03",
        late: (BreakClass::LateAnswer, Fra),
    },
    Edge {
        name: "a notice, 2 days before its transport",
        provisions: leads,
        tell: |it| {
            announced(it, 9);
        },
        by: Fra,
        last: "2025-08-10",
        late: (BreakClass::ShortNotice, Gbr),
    },
    Edge {
        name: "the notice of a group, 5 days before it",
        provisions: leads,
        tell: |it| {
            announced(it, 10);
        },
        by: Fra,
        last: "2025-08-07",
        late: (BreakClass::ShortNotice, Gbr),
    },
    Edge {
        name: "a request while the agreement is in force",
        provisions: short,
        tell: |it| {
            it.append(Gbr, request("GB01-1", 0));
        },
        by: Fra,
        last: "2025-08-20",
        late: (BreakClass::OutsideAgreementWindow, Gbr),
    },
    Edge {
        name: "an allocation while it is",
        provisions: short,
        tell: |it| {
            it.append(Gbr, allocation("GB11-1", 5));
        },
        by: Fra,
        last: "2025-08-20",
        late: (BreakClass::OutsideAgreementWindow, Gbr),
    },
];

#[test]
fn a_limit_is_met_to_the_last_second_of_its_day() {
    for edge in EDGES {
        let next = day(edge.last).plus(1).start();
        let last = Timestamp::new(next.seconds() - 1);
        let (class, owner) = edge.late;
        let of = |ledger: &Ledger| {
            let owner = Owner::Party(owner);
            let mut breaks = ledger.breaks.iter().filter(|one| one.class == class);
            let found = breaks.next().map(|one| (one.owner == owner, one.began));
            assert!(breaks.next().is_none(), "{}: once", edge.name);
            found
        };
        assert_eq!(of(&received(edge, last)), None, "{}: the last second", edge.name);
        let after = of(&received(edge, next));
        assert_eq!(after, Some((true, next)), "{}: the first after", edge.name);
    }
}

#[test]
fn a_request_or_an_allocation_may_come_from_the_first_second_of_the_agreement() {
    for (time, early) in [("2025-08-10T23:59:59Z", 1), ("2025-08-11T00:00:00Z", 0)] {
        for record in [request("GB01-1", 0), allocation("GB11-1", 5)] {
            let mut sides = TwoSides::under(short());
            sides.append(Gbr, record);
            sides.go_to(at(time)).entangle(Fra);
            let ledger = sides.ledger(at(time));
            let outside = vec![BreakClass::OutsideAgreementWindow; early];
            assert_eq!(classes(&ledger), outside, "{time}");
        }
    }
}

#[test]
fn no_reply_begins_with_the_first_second_after_the_limit() {
    for (extends, last) in [(false, "2025-08-20"), (true, "2025-09-03")] {
        let mut sides = TwoSides::founded();
        let request = if extends { extended(&mut sides) } else { asked(&mut sides) };
        let next = day(last).plus(1).start();
        let none = sides.ledger(Timestamp::new(next.seconds() - 1));
        assert_eq!(classes(&none), [], "{last}");
        let ledger = sides.ledger(next);
        let [one] = &ledger.breaks.iter().collect::<Vec<_>>()[..] else { panic!("one break") };
        let found = (one.class, one.owner, one.began, &one.evidence[..]);
        let owner = Owner::Party(Fra);
        assert_eq!(found, (BreakClass::NoReply, owner, next, &[request][..]), "{last}");

        // An answer in transit has not been received; once it is, it is late instead.
        sides.append(Fra, accept(request));
        assert_eq!(classes(&sides.ledger(next)), [BreakClass::NoReply], "{last}: in transit");
        sides.go_to(next).entangle(Gbr);
        assert_eq!(classes(&sides.ledger(next)), [BreakClass::LateAnswer], "{last}: received");
    }
}

#[test]
fn no_reply_is_due_of_what_was_received_and_not_taken_back() {
    let mut sides = TwoSides::founded();
    sides.append(Gbr, request("GB01-1", 0));
    let late = at("2025-12-01T00:00:00Z");
    assert_eq!(classes(&sides.ledger(late)), [], "in transit, its limit has not begun");
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    sides.append(Gbr, super::super::fixture::withdrawn(asked));
    assert_eq!(classes(&sides.ledger(late)), []);
}

#[test]
fn an_extension_has_effect_only_if_it_was_received_within_the_limit() {
    for (time, state, class) in [
        ("2025-08-20T23:59:59Z", CaseState::Extended, BreakClass::NoReply),
        ("2025-08-21T00:00:00Z", CaseState::Requested, BreakClass::LateExtension),
    ] {
        let mut sides = TwoSides::founded();
        let asked = asked(&mut sides);
        sides.append(Fra, extension(asked));
        sides.go_to(at(time)).entangle(Gbr);
        let ledger = sides.ledger(at("2025-09-03T23:59:59Z"));
        assert_eq!(ledger.cases[&asked].state, state, "{time}");
        let extended = state == CaseState::Extended;
        assert_eq!(classes(&ledger).contains(&BreakClass::NoReply), !extended, "{time}");
        let ledger = sides.ledger(at("2025-09-04T00:00:00Z"));
        assert!(classes(&ledger).contains(&class), "{time}");
        assert!(classes(&ledger).contains(&BreakClass::NoReply), "{time}: 28 days have passed");
    }
}

#[test]
fn persons_leave_within_three_months_of_their_arrival() {
    for (on, breaks) in [("2025-11-06", &[][..]), ("2025-11-07", &[BreakClass::LateTransfer])] {
        let mut sides = TwoSides::founded();
        sides.exchange();
        let notice = sides.announced(1, on, 2);
        sides.go_to(at("2025-11-05T12:00:00Z")).exchange();
        let left = sides.append(Gbr, departure(notice, on, 2));
        let ledger = sides.ledger(at("2025-11-07T00:00:00Z"));
        let late = [BreakClass::LateRequest, BreakClass::LateAnswer];
        let found: Vec<_> = classes(&ledger).into_iter().filter(|it| !late.contains(it)).collect();
        assert_eq!(found, breaks, "{on}");
        let evidence = ledger.breaks.iter().find(|one| one.class == BreakClass::LateTransfer);
        assert_eq!(evidence.is_some_and(|one| one.evidence.contains(&left)), !breaks.is_empty());
    }
}

#[test]
fn what_was_attested_holds_seven_days_from_the_receipt_of_the_notice() {
    for (received, on, stale) in [
        ("2025-08-06T23:59:59Z", "2025-08-13", false),
        ("2025-08-06T23:59:59Z", "2025-08-14", true),
        ("2025-08-07T00:00:00Z", "2025-08-14", false),
        ("2025-08-07T00:00:00Z", "2025-08-15", true),
    ] {
        let mut sides = TwoSides::founded();
        let notice = announced(&mut sides, 2);
        sides.go_to(at(received)).entangle(Fra);
        sides.append(Gbr, departure(notice, on, 2));
        let ledger = sides.ledger(sides.now);
        let wanted = if stale { &[BreakClass::AttestationStale][..] } else { &[] };
        assert_eq!(classes(&ledger), wanted, "{received}, {on}");
    }
}

#[test]
fn a_visa_is_valid_for_six_months_at_most_and_lapses_on_the_day_after() {
    for (expires, breaks) in [("2026-02-07", &[][..]), ("2026-02-08", &[BreakClass::VisaTooLong])] {
        let mut sides = TwoSides::founded();
        sides.append(Gbr, visa("GB13-1", 1, 0, expires));
        assert_eq!(classes(&sides.ledger(sides.now)), breaks, "{expires}");
    }
    for (time, state, breaks) in [
        ("2025-08-10T23:59:59Z", VisaState::Issued, &[BreakClass::IllegalTransition][..]),
        ("2025-08-11T00:00:00Z", VisaState::Lapsed, &[]),
    ] {
        let mut sides = TwoSides::founded();
        let issued = sides.append(Gbr, visa("GB13-1", 1, 0, "2025-08-10"));
        sides.append(Gbr, lapse(issued, LapseReason::Expired));
        sides.go_to(at(time)).entangle(Fra);
        let ledger = sides.ledger(at(time));
        assert_eq!((ledger.visas[&issued].state, &classes(&ledger)[..]), (state, breaks), "{time}");
    }
}

#[test]
fn days_are_counted_by_the_code_of_the_provisions() {
    // Asked on Saturday 9 August: 14 days later is a Saturday again.
    for (counting, last) in [
        (DayCounting::DayAfter, "2025-08-23"),
        (DayCounting::SameDay, "2025-08-22"),
        (DayCounting::DayAfterToMonday, "2025-08-25"),
    ] {
        let mut sides = TwoSides::under(Provisions { counting, ..provisions() });
        let asked = sides.append(Gbr, request("GB01-1", 0));
        sides.go_to(at("2025-08-09T23:59:59Z")).entangle(Fra);
        sides.append(Fra, accept(asked));
        let mut late = sides.clone();
        let next = day(last).plus(1).start();
        sides.go_to(Timestamp::new(next.seconds() - 1)).entangle(Gbr);
        assert_eq!(classes(&sides.ledger(next)), [], "{counting}");
        late.go_to(next).entangle(Gbr);
        assert_eq!(classes(&late.ledger(next)), [BreakClass::LateAnswer], "{counting}");
    }
}

#[test]
fn silence_means_for_a_notice_what_the_provisions_say() {
    use BreakClass::{NoReply, TransferAfterRefusal, TransferWithoutAcceptance};
    let without = [TransferWithoutAcceptance].as_slice();
    for (silence, time, state, breaks) in [
        (Silence::Nothing, "2025-08-20T23:59:59Z", CaseState::Requested, without),
        (
            Silence::Nothing,
            "2025-08-21T00:00:00Z",
            CaseState::Requested,
            &[TransferWithoutAcceptance, NoReply],
        ),
        (Silence::Acceptance, "2025-08-20T23:59:59Z", CaseState::Requested, without),
        (Silence::Acceptance, "2025-08-21T00:00:00Z", CaseState::Travelling, &[]),
        (Silence::Refusal, "2025-08-20T23:59:59Z", CaseState::Requested, without),
        (
            Silence::Refusal,
            "2025-08-21T00:00:00Z",
            CaseState::Requested,
            &[NoReply, TransferAfterRefusal],
        ),
    ] {
        let mut sides = TwoSides::under(Provisions { silence, ..provisions() });
        let asked = asked(&mut sides);
        sides.append(Gbr, notice("GB04-1", &[asked], "2025-08-30", 1));
        sides.go_to(at(time)).entangle(Fra);
        let ledger = sides.ledger(at(time));
        let found = (ledger.cases[&asked].state, &classes(&ledger)[..]);
        assert_eq!(found, (state, breaks), "{silence} at {time}");
    }
}

#[test]
fn silence_has_no_reply_until_somebody_travels_upon_it() {
    for silence in [Silence::Nothing, Silence::Acceptance, Silence::Refusal] {
        let mut sides = TwoSides::under(Provisions { silence, ..provisions() });
        asked(&mut sides);
        let ledger = sides.ledger(at("2025-08-21T00:00:00Z"));
        assert_eq!(classes(&ledger), [BreakClass::NoReply], "{silence}");
    }
}

#[test]
fn from_so_many_persons_on_a_transport_is_a_group() {
    let persons = leads().group_persons;
    assert_eq!(persons, Persons(10));
    for (persons, breaks) in [(9, &[][..]), (10, &[BreakClass::ShortNotice])] {
        let mut sides = TwoSides::under(leads());
        announced(&mut sides, persons);
        sides.go_to(at("2025-08-08T00:00:00Z")).entangle(Fra);
        assert_eq!(classes(&sides.ledger(sides.now)), breaks, "{persons}");
    }
}

#[test]
fn the_request_limit_follows_the_day_of_arrival() {
    let mut record = request("GB01-1", 0);
    let later = |one: &mut ReadmissionRequest| one.arrived = day("2025-08-07");
    let crate::record::Content::ReadmissionRequest(one) = &mut record.content else {
        panic!("a request")
    };
    later(one);
    let of = |record: &Record| {
        let mut sides = TwoSides::founded();
        sides.append(Gbr, record.clone());
        sides.go_to(at("2025-08-21T00:00:00Z")).entangle(Fra);
        classes(&sides.ledger(sides.now))
    };
    assert_eq!(of(&record), []);
    assert_eq!(of(&request("GB01-1", 0)), [BreakClass::LateRequest]);
}
