//! Waiting: a change ends it, the time ends it, the daemon's end ends it.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::sync::watch;

use super::{
    super::{Desk, ProblemType, request::Waiting},
    side::{Side, request},
};
use crate::{
    daemon::{
        edge::Edge,
        scribe::{Command, Progress},
    },
    names::{Party, Week},
};

fn desk(side: &Side) -> (Desk, watch::Sender<bool>) {
    let (stop, stopping) = watch::channel(false);
    (Desk { party: Party::Gbr, handle: side.handle.clone(), edge: Edge::default(), stopping }, stop)
}

fn long() -> Waiting {
    Waiting { wait: Duration::from_secs(25), after: None }
}

async fn submit(side: &Side) {
    let answer = side.post("/v1/records", &request("GB01-000001").to_string()).await;
    assert_eq!(answer.status(), 201);
}

/// Lets a future begin; it may not be ready yet.
async fn begin<F: Future>(mut future: std::pin::Pin<&mut F>) {
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending(), "it did not wait");
        Poll::Ready(())
    })
    .await;
}

/// Comes back after the scribe has answered everything that was asked before.
async fn settle(desk: &Desk) {
    desk.ask(|reply| Command::Status { reply }).await.unwrap();
}

#[tokio::test]
async fn progress_after_what_is_known_comes_at_once() {
    let side = Side::of(Party::Gbr).await;
    let (desk, _stop) = desk(&side);
    let before = desk.progress(Waiting::default()).await.unwrap();
    submit(&side).await;
    // The scribe says what has changed right after it has answered.
    let answer = side.get(&format!("/v1/progress?after={}&wait=25", before.commits)).await;
    let after: Progress = serde_json::from_value(answer.json()).unwrap();
    assert!(after.commits > before.commits);
    assert_eq!((after.own.0, after.passed), (2, true));
    let waiting = Waiting { after: Some(before.commits), ..long() };
    let mut again = pin!(desk.progress(waiting));
    let at_once = poll_fn(|context| Poll::Ready(again.as_mut().poll(context))).await;
    assert_eq!(at_once, Poll::Ready(Ok(after)));
}

#[tokio::test]
async fn progress_waits_for_the_next_commit() {
    let side = Side::of(Party::Gbr).await;
    let (desk, _stop) = desk(&side);
    settle(&desk).await;
    let now = *side.handle.progress().borrow();
    let mut waiting = pin!(desk.progress(Waiting { after: Some(now.commits), ..long() }));
    begin(waiting.as_mut()).await;
    submit(&side).await;
    assert!(waiting.await.unwrap().commits > now.commits);
}

#[tokio::test]
async fn a_week_is_answered_when_it_changes_and_not_when_something_else_does() {
    let side = Side::of(Party::Gbr).await;
    side.go_to("2025-08-11T00:00:00Z");
    let (desk, _stop) = desk(&side);
    let week: Week = "2025-W32".parse().unwrap();
    let mut waiting = pin!(desk.week(week, long()));
    begin(waiting.as_mut()).await;
    settle(&desk).await;
    submit(&side).await;
    begin(waiting.as_mut()).await;
    settle(&desk).await;
    begin(waiting.as_mut()).await;
    let closed = side.post("/v1/weeks/2025-W32/close", "").await.json();
    assert_eq!(serde_json::to_value(waiting.await.unwrap()).unwrap(), closed);
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_up() {
    let side = Side::of(Party::Gbr).await;
    for path in ["/v1/weeks/2025-W32", "/v1/progress"] {
        let first = side.get(path).await.json();
        assert_eq!(side.get(&format!("{path}?wait=1")).await.json(), first);
    }
}

#[tokio::test]
async fn a_wait_ends_when_the_api_stops() {
    let side = Side::of(Party::Gbr).await;
    let (desk, stop) = desk(&side);
    let week: Week = "2025-W32".parse().unwrap();
    let mut waiting = pin!(desk.week(week, long()));
    begin(waiting.as_mut()).await;
    let mut other = pin!(desk.progress(long()));
    begin(other.as_mut()).await;
    stop.send(true).unwrap();
    assert_eq!(waiting.await.unwrap_err().problem, ProblemType::Stopped);
    assert_eq!(other.await.unwrap_err().problem, ProblemType::Stopped);
}
