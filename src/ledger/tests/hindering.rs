//! What the author's own daemon does not log, and what it logs as soon as it may.

use super::super::fixture::{
    TwoSides, accepted_version, at, correction, day, lapse, proposed, provisions, request, visa,
    withdrawn,
};
use super::{Fra, Gbr};
use crate::ledger::{Folder, Hindrance};
use crate::names::{Position, RecordId, Timestamp};
use crate::record::{HeadStartRule, LapseReason, Provisions, Record};

fn hindrance(sides: &TwoSides, record: &Record, waiting: u64, on: &str) -> Option<Hindrance> {
    let now: Timestamp = at(on);
    Folder::new(&sides.agreement).hindrance(&sides.books, Gbr, record, waiting, now)
}

fn founding(sides: &TwoSides) -> RecordId {
    sides.books.entry(Gbr, Position(0)).unwrap().id().unwrap()
}

#[test]
fn requests_are_taken_in_from_the_first_day_to_the_last() {
    let sides = TwoSides::founded();
    let last = day("2026-06-11");
    for (on, wanted) in [
        ("2025-08-05T23:59:59Z", Some(Hindrance::Before { from: day("2025-08-06") })),
        ("2025-08-06T00:00:00Z", None),
        ("2026-06-11T23:59:59Z", None),
        ("2026-06-12T00:00:00Z", Some(Hindrance::RunOff { last })),
    ] {
        assert_eq!(hindrance(&sides, &request("GB01-1", 0), 0, on), wanted, "{on}");
        assert_eq!(hindrance(&sides, &visa("GB13-1", 1, 0, "2025-12-31"), 0, on), None);
    }
}

#[test]
fn an_extension_holds_for_its_author_as_soon_as_it_has_covered_the_acceptance() {
    let mut sides = TwoSides::founded();
    let longer = Provisions {
        // What continues the agreement does not begin it anew.
        in_force: day("2026-06-12"),
        expires: day("2026-12-31"),
        ..provisions()
    };
    let proposal = sides.approved(Gbr, proposed(founding(&sides), longer));
    sides.exchange();
    sides.approved(Fra, accepted_version(proposal));
    let late = "2026-06-20T12:00:00Z";
    let ended = Some(Hindrance::RunOff { last: day("2026-06-11") });
    assert_eq!(hindrance(&sides, &request("GB01-1", 0), 0, late), ended, "not covered yet");
    // Nobody has received this entanglement, and nobody will before something else is logged.
    sides.entangle(Gbr);
    for on in [late, "2026-06-11T12:00:00Z"] {
        assert_eq!(hindrance(&sides, &request("GB01-1", 0), 0, on), None, "{on}");
    }
}

#[test]
fn visas_beyond_the_head_start_are_refused_with_those_that_wait_and_those_corrected() {
    let on = "2025-08-07T12:00:00Z";
    let with = |head_start_rule| {
        let provisions = Provisions { head_start: 4, head_start_rule, ..provisions() };
        let mut sides = TwoSides::under(provisions);
        let id = sides.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
        sides.exchange();
        (sides, id)
    };
    let (sides, id) = with(HeadStartRule::Refuse);
    let beyond = |ahead| Some(Hindrance::HeadStart { ahead, allowed: 4 });
    let one = visa("GB13-2", 1, 0, "2025-12-31");
    assert_eq!(hindrance(&sides, &one, 0, on), None, "four are not beyond four");
    assert_eq!(hindrance(&sides, &one, 1, on), beyond(5), "one waits to be signed");
    assert_eq!(hindrance(&sides, &visa("GB13-2", 2, 0, "2025-12-31"), 0, on), beyond(5));
    let to = |persons| correction(id, visa("GB13-1", persons, 0, "2025-12-31"));
    assert_eq!(hindrance(&sides, &to(4), 0, on), None, "one more holder");
    assert_eq!(hindrance(&sides, &to(5), 0, on), beyond(5), "two more");
    assert_eq!(hindrance(&sides, &to(1), 9, on), None, "fewer are never too many");
    for rule in [HeadStartRule::Flag, HeadStartRule::LetThrough] {
        let (sides, _) = with(rule);
        assert_eq!(hindrance(&sides, &visa("GB13-2", 9, 0, "2025-12-31"), 0, on), None, "{rule}");
    }
    for freed in [withdrawn(id), lapse(id, LapseReason::GivenUp)] {
        let (mut sides, _) = with(HeadStartRule::Refuse);
        sides.append(Gbr, freed);
        assert_eq!(hindrance(&sides, &visa("GB13-2", 4, 0, "2025-12-31"), 0, on), None);
    }
}
