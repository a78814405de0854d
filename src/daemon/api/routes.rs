//! The paths, and what is asked at each.

use axum::{
    Router,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ring::rand::{SecureRandom, SystemRandom};

use super::{
    Desk,
    answer::json,
    beside::{Beside, beside},
    problem::{Problem, ProblemType},
    request::{Named, Placed, Waiting, body, case_query, idempotency_key},
};
use crate::{
    daemon::{
        metrics::{self, OPENMETRICS},
        scribe::{Command, RecordKey, Submitted},
    },
    ledger::Wanted,
    limits::{BESIDE_BYTES_MAX, RECORD_BYTES_MAX, SUBMISSION_BYTES_MAX},
    names::{Commitment, Week, sha256},
    record::Submission,
};

type Answer = Result<Response, Problem>;

/// All paths.
pub(super) fn router(desk: Desk) -> Router {
    Router::new()
        .route("/v1/records", post(submit))
        .route("/v1/records/{id}", get(record))
        .route("/v1/entries/{log}/{position}", get(entry))
        .route("/v1/envelopes", post(envelope))
        .route("/v1/awaiting", get(awaiting))
        .route("/v1/cases", get(cases))
        .route("/v1/cases/{ref}", get(case))
        .route("/v1/status", get(status))
        .route("/metrics", get(metrics))
        .route("/v1/progress", get(progress))
        .route("/v1/weeks/{week}", get(week))
        .route("/v1/weeks/{week}/close", post(close))
        .route("/v1/weeks/{week}/statement", post(statement))
        .method_not_allowed_fallback(wrong_method)
        .fallback(no_such_path)
        .with_state(desk)
}

/// What another user finds: the same refusal everywhere.
pub(super) fn closed() -> Router {
    Router::new().fallback(async || {
        let detail = "this socket answers its owner alone";
        let mut response = Problem::new(ProblemType::AnotherUser, detail).into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    })
}

async fn submit(State(desk): State<Desk>, headers: HeaderMap, sent: Body) -> Answer {
    // The body first: a client that is refused while it still sends may never read why.
    let json = body(sent, SUBMISSION_BYTES_MAX).await?;
    let submission = read(&desk, &json, idempotency_key(&headers)?)?;
    let submission = Box::new(submission);
    answer_of(desk.ask(|reply| Command::Submit { submission, reply }).await?)
}

fn read(desk: &Desk, json: &[u8], key: Option<&str>) -> Result<Submission, Problem> {
    let random = SystemRandom::new();
    let mut failed = false;
    // A decoy is the hash of what nobody knows, as any other commitment is to an outsider.
    let mut decoy = || {
        let mut bytes = [0; 32];
        failed |= random.fill(&mut bytes).is_err();
        Commitment::new(sha256(&bytes))
    };
    let submission = Submission::parse(json, desk.party, key, &mut decoy);
    if failed {
        tracing::error!("the system gives no random numbers");
        return Err(Problem::new(ProblemType::Internal, "the system gives no random numbers"));
    }
    Ok(submission?)
}

fn answer_of(submitted: Submitted) -> Answer {
    let (status, place) = match &submitted {
        Submitted::Logged { record, .. } => (StatusCode::CREATED, record.to_string()),
        Submitted::Queued { submission } => (StatusCode::ACCEPTED, submission.to_string()),
    };
    let mut response = json(status, &submitted)?;
    if let Ok(place) = HeaderValue::try_from(format!("/v1/records/{place}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

async fn record(State(desk): State<Desk>, Named(key): Named<RecordKey>) -> Answer {
    json(StatusCode::OK, &desk.ask(|reply| Command::Record { key, reply }).await?)
}

async fn entry(State(desk): State<Desk>, Placed(key): Placed) -> Answer {
    json(StatusCode::OK, &desk.ask(|reply| Command::Record { key, reply }).await?)
}

async fn envelope(State(desk): State<Desk>, sent: Body) -> Answer {
    let bytes = body(sent, RECORD_BYTES_MAX).await?;
    answer_of(desk.ask(|reply| Command::Envelope { bytes, reply }).await?)
}

async fn awaiting(State(desk): State<Desk>) -> Answer {
    json(StatusCode::OK, &desk.ask(|reply| Command::Awaiting { reply }).await?)
}

async fn cases(State(desk): State<Desk>, RawQuery(query): RawQuery) -> Answer {
    let query = case_query(query.as_deref())?;
    json(StatusCode::OK, &desk.ask(|reply| Command::Cases { query, reply }).await?)
}

async fn case(State(desk): State<Desk>, Named(wanted): Named<Wanted>) -> Answer {
    let wanted = Box::new(wanted);
    json(StatusCode::OK, &desk.ask(|reply| Command::Case { wanted, reply }).await?)
}

async fn status(State(desk): State<Desk>) -> Answer {
    let mut status = desk.ask(|reply| Command::Status { reply }).await?;
    desk.edge.complete(&mut status);
    json(StatusCode::OK, &status)
}

async fn metrics(State(desk): State<Desk>) -> Answer {
    let mut status = desk.ask(|reply| Command::Status { reply }).await?;
    desk.edge.complete(&mut status);
    let text = metrics::text(&status).map_err(|error| {
        tracing::error!(%error, "the metrics cannot be written");
        Problem::new(ProblemType::Internal, "the metrics cannot be written")
    })?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

async fn progress(State(desk): State<Desk>, RawQuery(query): RawQuery) -> Answer {
    let waiting = Waiting::read(query.as_deref(), &["after", "wait"])?;
    json(StatusCode::OK, &desk.progress(waiting).await?)
}

async fn week(
    State(desk): State<Desk>,
    Named(week): Named<Week>,
    RawQuery(query): RawQuery,
) -> Answer {
    let waiting = Waiting::read(query.as_deref(), &["wait"])?;
    json(StatusCode::OK, &desk.week(week, waiting).await?)
}

async fn close(State(desk): State<Desk>, Named(week): Named<Week>) -> Answer {
    json(StatusCode::OK, &desk.ask(|reply| Command::CloseWeek { week, reply }).await?)
}

async fn statement(State(desk): State<Desk>, Named(week): Named<Week>, sent: Body) -> Answer {
    let Beside { national } = beside(&body(sent, BESIDE_BYTES_MAX).await?)?;
    let command = |reply| Command::StateWeek { week, national, reply };
    json(StatusCode::OK, &desk.ask(command).await?)
}

async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(80).collect();
    Problem::new(ProblemType::NoSuchPath, format!("{path}: no such path"))
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(80).collect();
    Problem::new(ProblemType::WrongMethod, format!("{path} has no {method}"))
}
