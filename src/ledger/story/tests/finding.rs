//! How a case is found: by reference, by the beginning of an id, and among all.

use super::{ON, accept, asked, at, came, issued, notified, request};
use crate::{
    ledger::{
        CaseFilter, Leg, Subject, Wanted, What,
        fixture::{TwoSides, allocation, arrival, visa_from, window},
    },
    names::{
        Party::{Fra, Gbr},
        Position, RecordId,
    },
    record::PauseReason,
};

fn found(sides: &TwoSides, text: &str) -> Vec<Subject> {
    let wanted: Wanted = text.parse().unwrap();
    let ledger = sides.ledger(at(super::NOW));
    ledger.wanted(&sides.books, &wanted).into_iter().collect()
}

fn is(what: What, record: RecordId) -> Vec<Subject> {
    vec![Subject { what, record }]
}

#[test]
fn a_case_is_asked_for_by_a_reference_or_by_the_beginning_of_an_id() {
    let id = "0123456789abcdef".repeat(4);
    for good in ["GB01-000001", "FR04P-7", "01234567", &id] {
        assert_eq!(good.parse::<Wanted>().unwrap().to_string(), good);
    }
    let upper = "ABCDEF01";
    for bad in ["", "GB01", "0123456", "0123456g", upper, &format!("{id}0"), "gb01-1", "GBR:7"] {
        assert!(bad.parse::<Wanted>().is_err(), "{bad:?}");
    }
}

#[test]
fn every_reference_leads_to_what_carries_it() {
    let mut sides = TwoSides::founded();
    let (asked, left, came) = came(&mut sides);
    let issued = issued(&mut sides);
    let allocated = sides.append(Gbr, allocation("GB11-000001", 10));
    sides.exchange();
    let notice = found(&sides, "GB04-000001");
    assert_eq!(found(&sides, "GB01-000001"), is(What::ReturnCase, asked));
    assert_eq!(found(&sides, "GB13-000001"), is(What::AdmissionCase, issued));
    assert_eq!(found(&sides, "GB11-000001"), is(What::Window, allocated));
    assert_eq!(notice.first().unwrap().what, What::Transport);
    // Whatever was said of the transport leads to it.
    for id in [left, came] {
        let prefix = &id.to_string()[..8];
        assert_eq!(found(&sides, prefix), notice);
    }
    assert_eq!(found(&sides, &asked.to_string()), is(What::ReturnCase, asked));
    for unknown in ["GB01-000002", "FR01-000001", "00000000"] {
        assert_eq!(found(&sides, unknown), [], "{unknown}");
    }
}

#[test]
fn a_reference_that_two_cases_carry_leads_to_both() {
    let mut sides = TwoSides::founded();
    asked(&mut sides);
    sides.append(Gbr, request("GB01-000001", 0));
    assert_eq!(found(&sides, "GB01-000001").len(), 2);
}

#[test]
fn an_arrival_that_names_nothing_known_has_a_story_of_its_own() {
    let mut sides = TwoSides::founded();
    let alone = sides.append(Fra, arrival(RecordId::new([7; 32]), ON, 3));
    assert_eq!(found(&sides, &alone.to_string()), is(What::Movement, alone));
}

/// Two return cases, one of them travelling, and visas; the references of those that fit.
fn listed(filter: &CaseFilter, as_of: &str) -> Vec<String> {
    let mut sides = TwoSides::founded();
    notified(&mut sides);
    sides.append(Gbr, request("GB01-000002", 0));
    issued(&mut sides);
    sides.exchange();
    let ledger = sides.ledger(at(as_of));
    let lines = ledger.lines(&sides.books, at(as_of), filter, Position(0), 10);
    assert_eq!(lines.next, None);
    let references = lines.cases.into_iter().filter_map(|line| line.glance.reference);
    references.map(|one| one.to_string()).collect()
}

#[test]
fn cases_are_listed_by_state_limit_side_and_leg() {
    let all = CaseFilter::default();
    let (one, two, visas) = ("GB01-000001", "GB01-000002", "GB13-000001");
    let state = |name: &str| CaseFilter { state: Some(name.parse().unwrap()), ..all };
    let acts = |party| CaseFilter { acts: Some(party), ..all };
    let within = |days| CaseFilter { within: Some(days), ..all };
    let leg = |leg| CaseFilter { leg: Some(leg), ..all };
    let filters: [(CaseFilter, &[&str]); 13] = [
        (all, &[one, two, visas]),
        (state("requested"), &[two]),
        (state("travelling"), &[one]),
        (state("issued"), &[visas]),
        (state("reversed"), &[]),
        (acts(Gbr), &[one, visas]),
        (acts(Fra), &[one, two]),
        (leg(Leg::Return), &[one, two]),
        (leg(Leg::Admission), &[visas]),
        (within(8), &[]),
        (within(9), &[two]),
        (within(365), &[one, two, visas]),
        (CaseFilter { leg: Some(Leg::Admission), ..acts(Fra) }, &[]),
    ];
    for (filter, wanted) in filters {
        assert_eq!(listed(&filter, super::NOW), wanted, "{filter:?}");
    }
    // A limit that was missed and is still waited for is nearer than any other.
    assert_eq!(listed(&within(0), "2025-08-21T00:00:00Z"), [two]);
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let mut sides = TwoSides::founded();
    for number in 1..=5 {
        sides.append(Gbr, request(&format!("GB01-{number}"), 0));
    }
    let (ledger, now) = (sides.ledger(at(super::NOW)), at(super::NOW));
    let (mut from, mut seen) = (Position(0), Vec::new());
    loop {
        let lines = ledger.lines(&sides.books, now, &CaseFilter::default(), from, 2);
        assert!(lines.cases.len() <= 2);
        seen.extend(lines.cases.into_iter().map(|line| line.position));
        let Some(next) = lines.next else { break };
        assert!(next > from);
        from = next;
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_break_concerns_the_case_that_its_evidence_names() {
    let mut sides = TwoSides::founded();
    let allocated = sides.append(Gbr, allocation("GB11-000001", 10));
    sides.append(Gbr, window(allocated, Some(PauseReason::Parity)));
    let visas = visa_from(allocated, "GB13-000009", 1, 0, "2025-12-31");
    let issued = sides.append(Gbr, visas);
    let asked = asked(&mut sides);
    sides.append(Fra, accept(asked));
    sides.exchange();
    let ledger = sides.ledger(at(super::NOW));
    let breaks = |what, record| {
        let now = at(super::NOW);
        let subject = Subject { what, record };
        ledger.story(&sides.books, sides.books.all(), now, subject).unwrap().breaks.len()
    };
    assert_eq!(breaks(What::AdmissionCase, issued), 1);
    assert_eq!(breaks(What::Window, allocated), 1);
    assert_eq!(breaks(What::ReturnCase, asked), 0);
}
