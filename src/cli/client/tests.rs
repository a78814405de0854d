//! The client before our daemon, and before strangers.

mod bad_submissions;
mod good;
mod strangers;
mod weeks;

use serde_json::Value;

use super::{Client, ClientError};
use crate::daemon::{
    api::{Problem, ProblemType, tests::side::Side},
    scribe::Submitted,
};

/// A client of this side's daemon.
fn client(side: &Side) -> Client {
    Client::new(&side.socket)
}

async fn submit(side: &Side, body: &Value) -> Result<Submitted, ClientError> {
    client(side).submit(body.to_string().as_bytes(), None).await
}

/// What the daemon refused.
fn refused<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Problem {
    match answer {
        Err(ClientError::Refused(problem)) => *problem,
        other => panic!("not refused: {other:?}"),
    }
}

fn refused_as<T: std::fmt::Debug>(answer: Result<T, ClientError>, want: ProblemType) {
    let problem = refused(answer);
    assert_eq!(problem.problem, want, "{problem:?}");
}
