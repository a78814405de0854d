//! The list of a side whose release counts otherwise, over the same two logs.

use std::sync::Arc;

use super::*;
use crate::{
    daemon::audit::tests::store_of,
    ledger::fixture::{TwoSides, statement},
    names::Party,
    reconcile::{Chain, close_of},
};

/// Both logs are the same, and the release of France leaves one arrival out of what it counts.
struct Differing {
    seat: Seat,
    state: State,
    head: IdsHead,
    theirs: CountedIds,
    left_out: RecordId,
}

fn differing(stated: bool) -> Differing {
    let mut sides = TwoSides::founded();
    let left_out = sides.returned(1, "2025-08-07", 1).came;
    sides.returned(2, "2025-08-08", 1);
    sides.admitted(3, "2025-08-08", 1);
    let week = sides.close_week();
    let mut chain = Chain::new(&sides.agreement);
    chain.extend(&sides.agreement, &sides.books, &sides);
    let mut body = chain.body(week).unwrap().clone();
    let all = CountedIds::of(&sides.ledger(week.end()));
    let returned = all.returned.ids().iter().copied().filter(|id| *id != left_out).collect();
    let theirs = CountedIds { returned, ..all };
    [body.arrivals, body.admissions] = theirs.roots();
    let head = IdsHead::of(Party::Fra, &body);
    if stated {
        let (close, _) = close_of(&sides.books, Party::Fra, week).unwrap();
        sides.append(Party::Fra, statement(close, body));
        sides.exchange();
    }
    let agreement = crate::ledger::Agreement::open(sides.agreement.terms().clone()).unwrap();
    let seat = Seat { party: Party::Gbr, agreement: Arc::new(agreement) };
    let state = State::load(&store_of(&sides, Party::Gbr), &seat).unwrap();
    Differing { seat, state, head, theirs, left_out }
}

fn refused(it: &Differing, head: &IdsHead) -> (Exit, String) {
    let refused = hold(&it.seat, &it.state, (head, &it.theirs), Path::new("list")).err().unwrap();
    let complaints: Vec<String> = refused.complaints.iter().map(|one| format!("{one:?}")).collect();
    (refused.exit, complaints.join("\n"))
}

#[test]
fn the_very_record_is_named_over_two_logs_that_are_the_same() {
    let it = differing(true);
    let found = hold(&it.seat, &it.state, (&it.head, &it.theirs), Path::new("list"));
    let (body, only_at) = found.ok().unwrap();
    assert_eq!(body.week, it.head.week);
    let only = Only { returned: vec![it.left_out], admitted: Vec::new() };
    assert_eq!(only_at, PerParty { gbr: only, fra: Only::default() });
    assert!(place(&it.state.books, it.left_out).starts_with("here arrival of FRA, entry "));
}

#[test]
fn a_list_that_nobody_has_signed_is_refused_by_name() {
    let it = differing(true);
    let other = IdsHead { arrivals: crate::ledger::fixture::digest("others"), ..it.head };
    let (exit, said) = refused(&it, &other);
    assert_eq!(exit, Exit::Findings);
    assert!(said.contains("the arrivals in the list have the root"), "{said}");
    assert!(!said.contains("the admissions"), "{said}");
    let (exit, said) = refused(&it, &IdsHead { party: Party::Gbr, ..it.head });
    assert_eq!(exit, Exit::Usage);
    assert!(said.contains("the list is of GBR, and this is GBR"), "{said}");
    let it = differing(false);
    let (exit, said) = refused(&it, &it.head);
    assert_eq!(exit, Exit::NotYet);
    assert!(said.contains("FRA has not stated week 2025-W32"), "{said}");
}

#[test]
fn a_bad_list_is_refused_by_its_line() {
    let it = differing(true);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list");
    let said = |text: &[u8]| {
        std::fs::write(&file, text).unwrap();
        read(&file).err().map(|failure| format!("{:?}", failure.complaints))
    };
    let lines: Vec<String> = it.theirs.lines().map(|line| line + "\n").collect();
    let whole = format!("{}\n{}", it.head, lines.concat());
    assert_eq!(said(whole.as_bytes()), None);
    let long = format!("{}\n{}", it.head, "a".repeat(COUNTED_IDS_LINE_BYTES_MAX));
    let twice = format!("{}\n{}{}", it.head, lines[0], lines[0]);
    for (text, wanted) in [
        (String::new(), "line 1: the file is empty"),
        ("reference,event\n".to_owned(), "line 1: not the head"),
        (whole.trim_end().to_owned(), "line 3: the last line has no end"),
        (long, "line 2: longer than any line"),
        (twice, "line 3: out of order"),
        (whole.replace("admitted", "counted"), "line 3: not `returned` or `admitted`"),
        (format!("{}\n{}", it.head, lines[0]), "line 2: the ids before the end do not give"),
    ] {
        let said = said(text.as_bytes()).unwrap();
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(said(b"\xff\n").unwrap().contains("line 1: not text in UTF-8"));
}
