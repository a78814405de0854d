//! Submissions: once, with the same answer ever after, and only of form.

use std::sync::Arc;

use super::{
    pair::{Closed, Pair},
    side::{logged, submission, terms},
};
use crate::{
    daemon::scribe::{Command, Refused, Submitted},
    ledger::{
        Agreement, Hindrance,
        fixture::{
            accept, allocation, arrival, at, correction, day, digest, provisions, request, visa,
            week, withdrawn,
        },
    },
    names::{Party, RecordId, Size},
    record::{HeadStartRule, Provisions, Record, Terms, WeekClose},
};

use Party::{Fra, Gbr};

#[test]
fn a_repetition_changes_nothing_and_gets_the_same_answer() {
    let mut pair = Pair::talking();
    let first = pair.submit(Gbr, "key", request("GB01-000001", 0));
    let size = pair.of(Gbr).size(Gbr);
    for restarts in [false, true] {
        if restarts {
            pair.restart(Gbr);
        }
        assert_eq!(pair.submit(Gbr, "key", request("GB01-000001", 0)), first);
        assert_eq!(pair.of(Gbr).size(Gbr), size);
    }
}

#[test]
fn a_queued_repetition_gets_the_same_answer_until_it_is_logged() {
    let mut pair = Pair::talking();
    pair.lose_mark(Gbr);
    pair.restart(Gbr);
    let first = pair.submit(Gbr, "key", request("GB01-000001", 0));
    assert!(matches!(first, Submitted::Queued { .. }));
    pair.restart(Gbr);
    assert_eq!(pair.submit(Gbr, "key", request("GB01-000001", 0)), first);
    pair.talk();
    let then = pair.log(Gbr, "key", request("GB01-000001", 0));
    assert_eq!(pair.log(Gbr, "key", request("GB01-000001", 0)), then);
    pair.settle();
    pair.assert_converged();
}

#[test]
fn other_content_under_the_same_key_is_refused() {
    let mut pair = Pair::talking();
    let reused = Err(Refused::KeyReused);
    pair.log(Gbr, "logged", request("GB01-000001", 0));
    assert_eq!(pair.try_submit(Gbr, "logged", request("GB01-000001", 1)), reused);
    pair.restart(Gbr);
    assert_eq!(pair.try_submit(Gbr, "logged", request("GB01-000002", 0)), reused);
    pair.lose_mark(Gbr);
    pair.restart(Gbr);
    pair.submit(Gbr, "queued", request("GB01-000003", 0));
    assert_eq!(pair.try_submit(Gbr, "queued", request("GB01-000003", 1)), reused);
    assert_eq!(pair.try_submit(Gbr, "logged", request("GB01-000001", 1)), reused);
}

#[test]
fn other_content_under_the_same_key_is_refused_within_one_group() {
    let mut pair = Pair::talking();
    for open in [true, false] {
        if !open {
            pair.lose_mark(Gbr);
            pair.restart(Gbr);
        }
        let (mut answers, mut commands) = (Vec::new(), Vec::new());
        for minors in [0, 0, 1] {
            let (reply, answer) = tokio::sync::oneshot::channel();
            let record = request("GB01-000001", minors);
            let submission = Box::new(submission(if open { "one" } else { "two" }, record));
            commands.push(Command::Submit { submission, reply });
            answers.push(answer);
        }
        let now = pair.now;
        pair.side(Gbr).run(now, commands);
        let got: Vec<_> = answers.iter_mut().map(|answer| answer.try_recv().unwrap()).collect();
        assert_eq!(got[0], got[1]);
        assert!(got[0].is_ok());
        assert_eq!(got[2], Err(Refused::KeyReused), "open: {open}");
    }
}

#[test]
fn other_content_under_a_key_is_refused_even_when_only_the_mirror_remembers() {
    let mut pair = Pair::talking();
    let old = pair.store(Gbr);
    let before = pair.log(Gbr, "key", request("GB01-000001", 0));
    pair.settle();
    pair.restore(Gbr, old);
    pair.talk();
    assert_eq!(pair.log(Gbr, "key", request("GB01-000001", 0)), before);
    let other = pair.try_submit(Gbr, "key", request("GB01-000001", 1));
    assert_eq!(other, Err(Refused::KeyReused));
}

#[test]
fn a_reference_to_nothing_is_refused_and_one_to_either_log_is_not() {
    let mut pair = Pair::talking();
    let nobody = RecordId::new(*digest("nobody wrote this").as_bytes());
    let refused = pair.try_submit(Fra, "a", accept(nobody));
    assert_eq!(refused, Err(Refused::UnknownReference { record: nobody }));
    let asked = pair.log(Gbr, "b", request("GB01-000001", 0));
    let refused = pair.try_submit(Fra, "a", accept(asked));
    assert_eq!(refused, Err(Refused::UnknownReference { record: asked }), "not mirrored yet");
    pair.settle();
    pair.log(Fra, "a", accept(asked));
}

#[test]
fn what_the_mirror_would_contest_never_enters_its_authors_log() {
    let mut pair = Pair::talking();
    let asked = pair.log(Gbr, "asked", request("GB01-000001", 0));
    pair.settle();
    let early = Record::bare(WeekClose { week: week("2025-W32") });
    let unsorted = Record { re: vec![asked, asked], ..accept(asked) };
    let nameless = Record { case: None, ..request("GB01-000002", 0) };
    let cases: [(Party, Record, &str); 6] = [
        (Gbr, accept(asked), "wrong side"),
        (Fra, request("GB01-000009", 0), "wrong side"),
        (Fra, visa("GB13-000001", 1, 0, "2025-12-31"), "wrong side"),
        (Gbr, early, "before the week's end"),
        (Fra, unsorted, "form"),
        (Gbr, nameless, "form"),
    ];
    for (party, record, why) in cases {
        let held = pair.store(party);
        let refused = pair.try_submit(party, why, record);
        assert!(matches!(refused, Err(Refused::Form { .. })), "{why}: {refused:?}");
        assert_eq!(pair.store(party), held, "{why}");
    }
}

#[test]
fn a_record_that_is_late_or_out_of_order_is_a_fact_and_is_taken() {
    let mut pair = Pair::talking();
    let asked = pair.log(Gbr, "asked", request("GB01-000001", 0));
    pair.settle();
    logged(pair.try_submit(Fra, "odd", arrival(asked, "2025-08-07", 1)));
    pair.settle();
    pair.assert_converged();
    assert_eq!(pair.of(Gbr).size(Fra), Size(4));
}

#[test]
fn what_the_agreement_does_not_let_be_logged_now_is_refused_and_leaves_nothing() {
    let head_start_rule = HeadStartRule::Refuse;
    let provisions = Provisions { head_start: 4, head_start_rule, ..provisions() };
    let terms = Terms { provisions, ..terms() };
    let mut pair = Pair::founded_under(Arc::new(Agreement::open(terms).unwrap()));
    pair.connect();
    assert_eq!(pair.settle(), Closed::default());
    let visa = |number: u8, adults| visa(&format!("GB13-{number}"), adults, 0, "2025-12-31");
    let beyond = Err(Refused::Hindered(Hindrance::HeadStart { ahead: 5, allowed: 4 }));

    let issued = pair.log(Gbr, "issued", visa(1, 3));
    pair.settle();
    let size = pair.of(Gbr).size(Gbr);
    assert_eq!(pair.try_submit(Gbr, "two more", visa(2, 2)), beyond);
    let more = correction(issued, visa(1, 5));
    assert_eq!(pair.try_submit(Gbr, "by correction", more), beyond);
    assert_eq!(pair.of(Gbr).size(Gbr), size);
    // What waits to be signed counts too.
    pair.lose_mark(Gbr);
    pair.restart(Gbr);
    let waits = pair.submit(Gbr, "one more", visa(3, 1));
    assert!(matches!(waits, Submitted::Queued { .. }));
    assert_eq!(pair.try_submit(Gbr, "and another", visa(4, 1)), beyond);
    pair.talk();

    pair.now = at("2026-06-11T23:59:59Z").seconds();
    pair.log(Gbr, "on the last day", request("GB01-1", 0));
    pair.now = at("2026-06-12T00:00:00Z").seconds();
    let ended = Err(Refused::Hindered(Hindrance::RunOff { last: day("2026-06-11") }));
    assert_eq!(pair.try_submit(Gbr, "a day late", request("GB01-2", 0)), ended);
    assert_eq!(pair.try_submit(Gbr, "a window", allocation("GB11-1", 5)), ended);
    pair.log(Gbr, "settlement goes on", withdrawn(issued));
}
