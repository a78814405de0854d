//! What a run says of other weeks than the newest, and when there is none.

use super::daemons::{Daemons, Said};
use crate::{
    cli::{Exit, reconcile::schema_tests::assert_fits},
    envelope::Role,
    names::{Party, Week},
};

const MONDAYS: [&str; 3] = ["2025-08-11T06:00:00Z", "2025-08-18T06:00:00Z", "2025-09-08T06:00:00Z"];

async fn both_run(it: &Daemons) -> [Said; 2] {
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --summary --wait 600"),
        it.call(Party::Fra, "reconcile --summary --wait 600"),
    );
    [gbr, fra]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_before_the_agreement_is_refused_before_anything_is_closed() {
    let it = Daemons::linked().await;
    it.go_to(MONDAYS[0]);
    for said in both_run(&it).await {
        assert_eq!(said.exit, Exit::Good, "{said:?}");
    }
    it.exchange().await;
    it.go_to(MONDAYS[2]);
    let before = it.sizes().await;
    for week in ["2025-W01", "2025-W31"] {
        let said = it.call(Party::Gbr, &format!("reconcile --week {week}")).await;
        let reason = format!("{week} ended before the agreement entered into force, in 2025-W32");
        assert!(said.exit == Exit::Usage && said.err.contains(&reason), "{said:?}");
    }
    assert_eq!(it.sizes().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_log_has_ended_a_side_reports_the_last_week_that_it_closed() {
    let it = Daemons::linked().await;
    it.go_to(MONDAYS[0]);
    let [joint, _] = both_run(&it).await;
    assert_eq!(joint.exit, Exit::Good, "{joint:?}");
    let key = it.key(Party::Gbr, Role::Officer);
    let call = format!("log end --reason year-end --yes --key {key}");
    let ended = it.call(Party::Gbr, &call).await;
    assert_eq!(ended.exit, Exit::Good, "{ended:?}");
    for monday in &MONDAYS[1..] {
        it.go_to(monday);
        let again = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
        assert_eq!((again.exit, &again.out), (Exit::Good, &joint.out), "{again:?}");
    }
    // A week that it never closed is another matter, if it is asked for.
    let asked = it.call(Party::Gbr, "reconcile --summary --wait 0 --week 2025-W33").await;
    assert_eq!(asked.exit, Exit::Usage, "{asked:?}");
    assert_eq!(asked.out, "week=2025-W33 outcome=failed reason=log-ended\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_that_was_closed_and_not_stated_when_the_log_ended_is_still_waited_for() {
    let it = Daemons::founded().await;
    it.go_to(MONDAYS[0]);
    let week: Week = "2025-W32".parse().unwrap();
    for party in Party::BOTH {
        it.sides.of(party).client.close_week(week).await.unwrap();
    }
    let key = it.key(Party::Gbr, Role::Officer);
    let ended = it.call(Party::Gbr, &format!("log end --reason year-end --yes --key {key}")).await;
    assert_eq!(ended.exit, Exit::Good, "{ended:?}");
    it.exchange().await;
    let said = it.call(Party::Gbr, "reconcile --wait 0").await;
    assert_eq!(said.exit, Exit::NotYet, "{said:?}");
    assert!(said.err.contains("GBR has not stated the week"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_week_that_is_not_joint_is_named_beside_a_joint_one() {
    let it = Daemons::linked().await;
    it.go_to(MONDAYS[0]);
    let [first, second]: [Week; 2] = ["2025-W32", "2025-W33"].map(|week| week.parse().unwrap());
    for party in Party::BOTH {
        it.sides.of(party).client.close_week(first).await.unwrap();
    }
    it.exchange().await;
    it.sides.gbr.client.state_week(first).await.unwrap();
    // France closed the first week and never states it, and both state the second.
    it.go_to(MONDAYS[1]);
    for party in Party::BOTH {
        it.sides.of(party).client.close_week(second).await.unwrap();
    }
    it.exchange().await;
    it.sides.fra.client.state_week(second).await.unwrap();
    it.exchange().await;
    for party in [Party::Gbr, Party::Fra] {
        let said = it.call(party, "reconcile --summary --wait 600").await;
        assert_eq!(said.exit, Exit::NotYet, "{said:?}");
        assert!(said.out.starts_with("week=2025-W33 outcome=joint number=2 "), "{said:?}");
        assert!(said.out.ends_with(" awaited=- unsettled=2025-W32\n"), "{said:?}");
        for wanted in [
            "not joint before this week: 2025-W32 (waiting)",
            "`entente reconcile --week 2025-W32`",
        ] {
            assert!(said.err.contains(wanted), "{wanted}: {said:?}");
        }
        it.exchange().await;
    }
    let text = it.call(Party::Gbr, "reconcile").await;
    assert!(text.out.contains("Joint statement 2 of week 2025-W33"), "{text:?}");
    let line = "\nunsettled    2025-W32, before this week: waiting\n";
    assert!(text.exit == Exit::NotYet && text.out.contains(line), "{text:?}");
    let json = it.call(Party::Gbr, "reconcile --json").await;
    assert_fits(&json.out);
    let list = r#","unsettled":[{"week":"2025-W32","outcome":"waiting"}],"#;
    assert!(json.exit == Exit::NotYet && json.out.contains(list), "{json:?}");
    // The week before it has no such week, and what is advised settles it.
    let advised = it.call(Party::Fra, "reconcile --summary --week 2025-W32").await;
    assert!(advised.exit == Exit::Good && advised.out.ends_with(" unsettled=-\n"), "{advised:?}");
    it.exchange().await;
    for said in both_run(&it).await {
        assert!(said.exit == Exit::Good && said.out.ends_with(" unsettled=-\n"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_came_to_nothing_is_one_line_too() {
    let it = Daemons::founded().await;
    for (more, line) in [
        ("--week 2025-W32", "week=2025-W32 outcome=failed reason=not-ended\n"),
        ("--week 2024-W01", "week=2024-W01 outcome=failed reason=not-in-force\n"),
        ("", "week=2025-W31 outcome=failed reason=not-in-force\n"),
    ] {
        let said = it.call(Party::Gbr, &format!("reconcile --summary {more}")).await;
        assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, line), "{said:?}");
        assert!(said.err.starts_with("error: ") && said.err.contains("\nadvice: "), "{said:?}");
    }
}
