//! Weeks, from the first close to what both sides say.

use super::daemons::{Daemons, Said};
use crate::{
    cli::{
        Exit,
        reconcile::{Outcome, run_week, schema_tests::assert_fits},
    },
    daemon::scribe::Command,
    envelope::Envelope,
    ledger::fixture::{TwoSides, UnsafeKey, at, statement, terms},
    names::{Party, PerParty, Position, RecordId},
    session::Replica,
    tlog::{Checkpoint, SignedCheckpoint, leaf_hash},
};

const MONDAY: &str = "2025-08-11T06:00:00Z";

fn digest_in(said: &Said) -> &str {
    let line = said.out.lines().find(|line| line.starts_with("digest ")).unwrap();
    line.trim_start_matches("digest").trim()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sides_that_reconcile_at_the_same_time_reach_a_joint_statement() {
    let it = Daemons::linked().await;
    it.go_to(MONDAY);
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --wait 600"),
        it.call(Party::Fra, "reconcile --wait 600"),
    );
    for said in [&gbr, &fra] {
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        assert!(said.out.starts_with("REHEARSAL: "), "{}", said.out);
        for wanted in ["Joint statement 1 of week 2025-W32 (2025-08-04 to 2025-08-10", "closing"] {
            assert!(said.out.contains(wanted), "{wanted}: {}", said.out);
        }
    }
    assert_eq!(digest_in(&gbr), digest_in(&fra));
    it.exchange().await;

    let before = it.sizes().await;
    for party in Party::BOTH {
        let again = it.call(party, "reconcile --week 2025-W32").await;
        assert_eq!((again.exit, digest_in(&again)), (Exit::Good, digest_in(&gbr)));
        let json = it.call(party, "reconcile --json").await;
        let wanted = r#"{"outcome":"joint","awaited":[],"rehearsal":true,"#;
        assert!(json.out.starts_with(wanted), "{json:?}");
        assert_fits(&json.out);
    }
    it.exchange().await;
    assert_eq!(it.sizes().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn national_totals_are_given_with_a_week_or_with_the_next() {
    let it = Daemons::linked().await;
    it.go_to(MONDAY);
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --wait 600 --national-totals 1042,997"),
        it.call(Party::Fra, "reconcile --wait 600"),
    );
    // What stands beside the body is in neither digest.
    assert_eq!((gbr.exit, fra.exit), (Exit::Good, Exit::Good), "{gbr:?} {fra:?}");
    assert_eq!(digest_in(&gbr), digest_in(&fra));
    let again = it.call(Party::Gbr, "reconcile --national-totals 1042,997").await;
    assert_eq!(again.exit, Exit::Good, "{again:?}");
    for (party, totals, said) in [
        (Party::Gbr, "1043,997", "with 1042 returned and 997 admitted beside it"),
        (Party::Fra, "1,1", "without national totals beside it"),
    ] {
        let late = it.call(party, &format!("reconcile --national-totals {totals}")).await;
        assert_eq!(late.exit, Exit::Usage, "{late:?}");
        for wanted in ["2025-W32 is already stated", said, "with the next week"] {
            assert!(late.err.contains(wanted), "{wanted}: {late:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joint_week_with_open_breaks_is_a_finding() {
    let it = Daemons::linked().await;
    // Two requests under one reference.
    for arrived in ["2025-08-05", "2025-08-06"] {
        let request = format!(
            r#"{{"kind":"readmission-request","case":"GB01-000001","content":{{"minors":0,
            "scope":"protection-claim","arrived":"{arrived}","evidence":["biometric-match"]}}}}"#
        );
        let file = it.file(&request.replace('\n', ""));
        let submitted = it.call(Party::Gbr, &format!("submit {file}")).await;
        assert_eq!(submitted.exit, Exit::Good, "{submitted:?}");
    }
    it.go_to(MONDAY);
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --wait 600"),
        it.call(Party::Fra, "reconcile --wait 600"),
    );
    for said in [&gbr, &fra] {
        assert_eq!(said.exit, Exit::Findings, "{said:?}");
        assert!(said.out.contains("Joint statement 1 of week 2025-W32"), "{said:?}");
        assert!(said.out.contains("breaks: 1 duplicate ("), "{said:?}");
    }
    let json = it.call(Party::Gbr, "reconcile --json").await;
    assert_eq!(json.exit, Exit::Findings, "{json:?}");
    assert!(json.out.starts_with(r#"{"outcome":"joint","awaited":[],"#), "{json:?}");
    assert_fits(&json.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_that_is_missing_is_named_with_whose_turn_it_is() {
    let it = Daemons::founded().await;
    it.go_to(MONDAY);
    let alone = it.call(Party::Gbr, "reconcile --wait 0").await;
    assert_eq!(alone.exit, Exit::NotYet, "{alone:?}");
    assert_fits(&it.call(Party::Gbr, "reconcile --wait 0 --json").await.out);
    for wanted in ["FRA has not covered what GBR closed", "FRA has not closed the week"] {
        assert!(alone.err.contains(wanted), "{wanted}: {alone:?}");
    }
    assert!(alone.err.contains("it is the turn of FRA: `entente reconcile` there"), "{alone:?}");

    it.exchange().await;
    let covered = it.call(Party::Gbr, "reconcile --wait 0").await;
    assert_eq!((covered.exit, covered.err.matches("error: ").count()), (Exit::NotYet, 1));
    assert!(covered.err.contains("FRA has not closed the week"), "{covered:?}");

    let fra = it.call(Party::Fra, "reconcile --wait 0").await;
    assert!(fra.err.contains("GBR has not covered what FRA closed"), "{fra:?}");
    it.exchange().await;
    let gbr = it.call(Party::Gbr, "reconcile --wait 0").await;
    assert_eq!(gbr.exit, Exit::NotYet);
    assert!(gbr.err.contains("FRA has not stated the week"), "{gbr:?}");
    let json = it.call(Party::Gbr, "reconcile --wait 0 --json").await;
    let wanted = r#"{"outcome":"waiting","awaited":[{"awaited":"statement","of":"FRA"}],"#;
    assert!(json.out.starts_with(wanted), "{json:?}");
    assert_fits(&json.out);

    it.exchange().await;
    let fra = it.call(Party::Fra, "reconcile --wait 0").await;
    assert_eq!(fra.exit, Exit::Good, "{fra:?}");
    it.exchange().await;
    assert_eq!(it.call(Party::Gbr, "reconcile --wait 0").await.exit, Exit::Good);
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_that_nobody_closed_in_time_are_closed_and_stated_in_order() {
    let it = Daemons::linked().await;
    it.go_to("2025-08-27T12:00:00Z");
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --wait 600"),
        it.call(Party::Fra, "reconcile --wait 600"),
    );
    for (party, said) in [(Party::Gbr, gbr), (Party::Fra, fra)] {
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        assert!(said.out.contains("Joint statement 3 of week 2025-W34"), "{said:?}");
        for (number, week) in [(1, "2025-W32"), (2, "2025-W33")] {
            let said = it.call(party, &format!("reconcile --week {week}")).await;
            assert_eq!(said.exit, Exit::Good, "{said:?}");
            assert!(said.out.contains(&format!("Joint statement {number} of week {week}")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_that_goes_on_or_lies_before_the_agreement_is_refused() {
    let it = Daemons::founded().await;
    let before = it.sizes().await;
    for (week, reason) in [
        ("", "2025-W31 ended before the agreement entered into force, in 2025-W32"),
        (" --week 2025-W32", "2025-W32 has not ended: it is 2025-08-06T12:00:00Z"),
        (" --week 2026-W01", "2026-W01 has not ended"),
        (" --week 2024-W01", "2024-W01 ended before the agreement entered into force"),
    ] {
        let said = it.call(Party::Gbr, &format!("reconcile{week}")).await;
        assert_eq!(said.exit, Exit::Usage, "{said:?}");
        assert!(said.err.contains(reason), "{reason}: {said:?}");
    }
    assert_eq!(it.sizes().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_differ_are_a_dispute_that_names_fields_and_records() {
    let it = Daemons::founded().await;
    it.go_to(MONDAY);
    for party in Party::BOTH {
        let week = "2025-W32".parse().unwrap();
        it.sides.of(party).client.close_week(week).await.unwrap();
    }
    it.exchange().await;
    let gbr = &it.sides.gbr;
    let week = "2025-W32".parse().unwrap();
    let view = gbr.client.week(week, 0).await.unwrap();
    let mut body = view.body.unwrap();

    // France states that a record counts which does not.
    body.closing.returned.fra = 1;
    body.counted = Some(vec![RecordId::new([7; 32])]);
    let mut pen = TwoSides::empty(terms());
    pen.go_to(at(MONDAY));
    let stated = statement(french_close(&it).await, body);
    let (_, entry) = pen.seal(Party::Fra, &stated);
    tells(&it, entry).await;

    let said = it.call(Party::Gbr, "reconcile --wait 0").await;
    assert_eq!(said.exit, Exit::Findings, "{said:?}");
    for wanted in [
        "Disputed: week 2025-W32",
        "GBR          states ",
        "FRA          states ",
        "statement-mismatch: the statement of GBR and the statement of FRA",
        "figures: the same records count and give other figures",
        "`closing`, `counted` differ",
        "record 0707070707070707070707070707070707070707",
        " counts in the statement of FRA only",
        "here: in no log that is held",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    assert!(said.err.contains("the two sides state different bodies"), "{said:?}");
    let json = it.call(Party::Gbr, "reconcile --wait 0 --json").await;
    assert!(json.out.contains(r#""counts_in":"FRA","week":"2025-W32","here":null"#), "{json:?}");
    assert_fits(&json.out);
    // The journal's line does not name them: it says what does.
    let line = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
    assert!(line.err.contains("advice: see in what: `entente reconcile --week 2025-W32`"));
    let wait = std::time::Duration::ZERO;
    let outcome = run_week(&gbr.client, week, wait).await.unwrap();
    assert!(matches!(outcome, Outcome::Disputed(_)), "{outcome:?}");
    // A later week is waited for, and the dispute is not forgotten.
    it.go_to("2025-08-18T06:00:00Z");
    let later = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
    // The job is to try again for the newest week, whatever stands before it.
    assert_eq!(later.exit, Exit::NotYet, "{later:?}");
    assert!(later.out.starts_with("week=2025-W33 outcome=waiting "), "{later:?}");
    assert!(later.out.ends_with(" unsettled=2025-W32\n"), "{later:?}");
    assert!(later.err.contains("not joint before this week: 2025-W32 (disputed)"), "{later:?}");
}

/// The record with which France closed its week.
async fn french_close(it: &Daemons) -> RecordId {
    let load = |reply| Command::Load { log: Party::Fra, start: Position(0), reply };
    let loaded = it.sides.fra.handle.ask(load).await.unwrap().unwrap().unwrap();
    let mut envelopes = loaded.entries.iter().map(|entry| Envelope::parse(&entry.0).unwrap());
    let close = envelopes.find(|one| one.header().claims().sub == "week-close").unwrap();
    close.record_id()
}

/// Lets the British side hear of one more entry in the French log than France has written.
async fn tells(it: &Daemons, entry: Vec<u8>) {
    let PerParty { gbr, .. } = &it.sides;
    let standing = gbr.handle.ask(|reply| Command::Standing { reply }).await.unwrap().unwrap();
    let mut tree = standing.mirror_frontier.clone();
    let start = tree.size().next();
    tree.append(leaf_hash(&entry));
    let head = tree.head();
    let origin = it.agreement.origin(Party::Fra).clone();
    let checkpoint = Checkpoint::new(origin, head.size, head.root).unwrap();
    let signature = UnsafeKey::log(Party::Fra).sign(&checkpoint.to_sign());
    let key = &it.agreement.identity(Party::Fra).log;
    let signed = SignedCheckpoint::seal(checkpoint, key, &signature).unwrap();
    let mut replica = Replica::new(standing.mirror_keys, standing.mirror_frontier);
    replica.take(start, vec![crate::cbor::Bytes(entry)]).unwrap();
    let batch = Box::new(replica.complete(signed).unwrap().unwrap());
    gbr.handle.ask(|reply| Command::Store { batch, reply }).await.unwrap().unwrap().unwrap();
}
