//! Weeks are closed in order, after they end, once.

use super::{client, refused, refused_as};
use crate::{
    daemon::api::{ProblemType, tests::side::Side},
    names::{Party, Week},
    reconcile::Verdict,
};

fn week(text: &str) -> Week {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_week_is_closed_in_its_turn_and_after_its_end() {
    let side = Side::of(Party::Fra).await;
    let (first, second) = (week("2025-W32"), week("2025-W33"));
    refused_as(client(&side).close_week(first).await, ProblemType::WeekNotEnded);
    let problem = refused(client(&side).close_week(second).await);
    assert_eq!((problem.problem, problem.status), (ProblemType::WeekOutOfTurn, 409));
    assert!(problem.detail.contains("2025-W32"), "{}", problem.detail);
    side.go_to("2025-08-10T23:59:59Z");
    refused_as(client(&side).close_week(first).await, ProblemType::WeekNotEnded);
    assert_eq!(side.size().await, 1);

    side.go_to("2025-08-11T00:00:00Z");
    let view = client(&side).close_week(first).await.unwrap();
    assert_eq!((view.closed.gbr, view.closed.fra), (false, true));
    assert_eq!((view.body.is_none(), view.verdict), (true, Verdict::Awaiting));
    // Again: nothing new is logged.
    assert_eq!(client(&side).close_week(first).await.unwrap(), view);
    assert_eq!(client(&side).week(first, 0).await.unwrap(), view);
    assert_eq!(side.size().await, 2);
    refused_as(client(&side).close_week(second).await, ProblemType::WeekNotEnded);
}

#[tokio::test]
async fn a_week_without_a_cut_off_is_not_stated() {
    let side = Side::of(Party::Gbr).await;
    let view = client(&side).state_week(week("2025-W32")).await.unwrap();
    assert_eq!((view.stated.gbr, view.missing.len()), (None, 2));
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn a_full_store_closes_nothing() {
    let side = Side::of(Party::Gbr).await;
    side.go_to("2025-08-11T00:00:00Z");
    side.room.set(Some(0));
    refused_as(client(&side).close_week(week("2025-W32")).await, ProblemType::StoreFull);
    assert!(!client(&side).week(week("2025-W32"), 0).await.unwrap().closed.gbr);
    side.room.set(None);
    assert!(client(&side).close_week(week("2025-W32")).await.unwrap().closed.gbr);
}
