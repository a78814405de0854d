//! Weeks of which the two sides state different bodies.

use super::chain;
use crate::ledger::fixture::{TwoSides, digest, statement};
use crate::ledger::{Break, Folder, Owner};
use crate::names::Party::{self, Fra, Gbr};
use crate::names::RecordId;
use crate::reconcile::close_of;
use crate::record::{Body, BreakClass};

const NONE: [BreakClass; 0] = [];

/// The classes of all that is open.
fn classes(sides: &TwoSides) -> Vec<BreakClass> {
    sides.ledger(sides.now).breaks.iter().map(|one| one.class).collect()
}

/// A side states the first week, with this body.
fn state(sides: &mut TwoSides, party: Party, body: Body) -> RecordId {
    let (close, _) = close_of(&sides.books, party, body.week).unwrap();
    sides.append(party, statement(close, body))
}

/// Two sides, and the body of their first week, in which three were admitted.
fn closed() -> (TwoSides, Body) {
    let mut sides = TwoSides::founded();
    sides.admitted(1, "2025-08-07", 3);
    sides.close_week();
    let body = super::newest(&sides);
    (sides, body)
}

#[test]
fn two_statements_that_differ_are_a_break_and_its_class_says_how() {
    let other_records = |body: &Body| Body { admissions: digest("others"), ..body.clone() };
    let other_totals = |body: &Body| {
        let closing = body.closing.plus(&body.closing);
        Body { closing, admissions: digest("others"), ..body.clone() }
    };
    let other_words = |body: &Body| Body { breaks: Vec::new(), number: 2, ..body.clone() };
    let same = |body: &Body| body.clone();
    type Says = fn(&Body) -> Body;
    let cases: [(&str, Says, Option<BreakClass>); 4] = [
        ("the same body", same, None),
        ("other records", other_records, Some(BreakClass::TotalMatchRecordsDiffer)),
        ("other totals", other_totals, Some(BreakClass::StatementMismatch)),
        ("the same totals over the same records", other_words, Some(BreakClass::StatementMismatch)),
    ];
    for (name, says, class) in cases {
        for liar in Party::BOTH {
            let (mut sides, body) = closed();
            let one = state(&mut sides, liar, says(&body));
            assert_eq!(classes(&sides), NONE, "{name}: one side alone");
            let other = state(&mut sides, liar.other(), body.clone());
            // What a side states a second time is not held against anything.
            state(&mut sides, liar, other_totals(&body));
            sides.exchange();
            let ledger = sides.ledger(sides.now);
            let found: Vec<&Break> = ledger.breaks.iter().collect();
            assert_eq!(classes(&sides), class.into_iter().collect::<Vec<_>>(), "{name}");
            for found in found {
                let mut evidence = vec![one, other];
                evidence.sort_unstable();
                assert_eq!((found.owner, &found.evidence), (Owner::Both, &evidence), "{name}");
            }
        }
    }
}

/// The next week is closed all the same, with the break in its body, the same by every way to fold.
#[test]
fn a_disputed_week_stops_no_later_one() {
    let (mut sides, body) = closed();
    state(&mut sides, Gbr, Body { admissions: digest("others"), ..body.clone() });
    state(&mut sides, Fra, body);
    sides.close_week();
    let chain = chain(&sides);
    let [_, second] = chain.bodies() else { panic!("two weeks") };
    let classes: Vec<_> = second.breaks.iter().map(|one| one.class).collect();
    assert_eq!(classes, [BreakClass::TotalMatchRecordsDiffer]);
    let ledger = Folder::new(&sides.agreement).ledger(&sides.books, sides.books.all(), sides.now);
    assert_eq!(ledger, sides.ledger(sides.now));
}
