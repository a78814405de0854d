//! From an HTTP request to what it asks: path, query, key and body, each refused with its reason.

use std::{fmt::Display, str::FromStr, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequestParts, RawPathParams},
    http::{HeaderMap, request::Parts},
};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::problem::{Problem, ProblemType};
use crate::{
    daemon::{casebook::CaseQuery, scribe::RecordKey},
    ledger::Wanted,
    limits::{API_BODY_SECONDS_MAX, API_DISCARDED_BYTES_MAX, API_WAIT_SECONDS_MAX},
    names::{Position, RecordId, SubmissionId, Week},
    record::SubmissionRefused,
};

/// The one parameter of a path, read as what it stands for.
pub(super) struct Named<T>(pub(super) T);

/// What may stand in a path.
pub(super) trait PathPart: Sized {
    /// Reads it, or says what is wrong with it.
    fn read(text: &str) -> Result<Self, Problem>;
}

impl PathPart for Week {
    fn read(text: &str) -> Result<Self, Problem> {
        text.parse().map_err(|refused| Problem::new(ProblemType::BadWeek, refused))
    }
}

impl PathPart for RecordKey {
    fn read(text: &str) -> Result<Self, Problem> {
        let refused = |refused| Problem::new(ProblemType::BadId, refused);
        if text.len() == hex_len(SubmissionId::LEN) {
            return SubmissionId::from_str(text).map(Self::Submission).map_err(refused);
        }
        RecordId::from_str(text).map(Self::Id).map_err(refused)
    }
}

impl PathPart for Wanted {
    fn read(text: &str) -> Result<Self, Problem> {
        text.parse().map_err(|refused| Problem::new(ProblemType::BadReference, refused))
    }
}

const fn hex_len(bytes: usize) -> usize {
    bytes.saturating_mul(2)
}

impl<S: Send + Sync, T: PathPart> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let refused = |text: &str| Problem::new(ProblemType::NoSuchPath, text);
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|rejected| refused(&rejected.to_string()))?;
        let (_, text) = parameters.iter().next().ok_or_else(|| refused("no parameter"))?;
        T::read(text).map(Named)
    }
}

/// A place in a log: party and position, the two parameters of a path.
pub(super) struct Placed(pub(super) RecordKey);

impl<S: Send + Sync> FromRequestParts<S> for Placed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let refused = |text: &dyn Display| Problem::new(ProblemType::BadPlace, text);
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|rejected| Problem::new(ProblemType::NoSuchPath, rejected))?;
        let mut given = parameters.iter().map(|(_, text)| text);
        let (log, position) = (given.next().unwrap_or(""), given.next().unwrap_or(""));
        let log = log.parse().map_err(|unknown| refused(&unknown))?;
        let digits = position.bytes().all(|byte| byte.is_ascii_digit());
        let position = position.parse().ok().filter(|_| digits);
        let position = position.ok_or_else(|| refused(&"a position is a decimal number"))?;
        Ok(Self(RecordKey::At(log, Position(position))))
    }
}

/// The query of a list of cases: each parameter once, and no others.
pub(super) fn case_query(query: Option<&str>) -> Result<CaseQuery, Problem> {
    let mut read = CaseQuery::default();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let filter = &mut read.filter;
        match name {
            "state" => put(&mut filter.state, name, value)?,
            "within" => put(&mut filter.within, name, plain_number(name, value)?)?,
            "acts" => put(&mut filter.acts, name, value)?,
            "leg" => put(&mut filter.leg, name, value)?,
            "from" => {
                let mut from = read.from.map(|position| position.0);
                put(&mut from, name, plain_number(name, value)?)?;
                read.from = from.map(Position);
            }
            _ => {
                let short: String = pair.chars().take(40).collect();
                let known = "state, within, acts, leg, from";
                let detail = format!("{short:?}: known parameters are: {known}");
                return Err(Problem::new(ProblemType::BadQuery, detail));
            }
        }
    }
    Ok(read)
}

/// A number as it is written: digits, and no sign before them.
fn plain_number<'a>(name: &str, value: &'a str) -> Result<&'a str, Problem> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let refused = || Problem::new(ProblemType::BadQuery, format!("`{name}`: not a number"));
    if plain { Ok(value) } else { Err(refused()) }
}

/// Reads a parameter that may stand there once.
fn put<T: FromStr<Err: Display>>(
    place: &mut Option<T>,
    name: &str,
    value: &str,
) -> Result<(), Problem> {
    let refused = |detail: String| Problem::new(ProblemType::BadQuery, detail);
    let value = value.parse().map_err(|why| refused(format!("`{name}`: {why}")))?;
    if place.replace(value).is_some() {
        return Err(refused(format!("`{name}` stands there twice")));
    }
    Ok(())
}

/// The query: how long to wait, and after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Waiting {
    /// At most this long.
    pub(super) wait: Duration,
    /// For more commits than this; for any change if absent.
    pub(super) after: Option<u64>,
}

impl Waiting {
    /// Reads a query that may hold these parameters and no others, each once.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let refused = |detail: String| Problem::new(ProblemType::BadQuery, detail);
        let (mut wait, mut after) = (None, None);
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let short: String = pair.chars().take(40).collect();
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "wait" if known.contains(&name) => &mut wait,
                "after" if known.contains(&name) => &mut after,
                _ => {
                    let known = known.join(", ");
                    return Err(refused(format!("{short:?}: known parameters are: {known}")));
                }
            };
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            let number = value.parse::<u64>().ok().filter(|_| digits);
            let number = number.ok_or_else(|| refused(format!("{short:?}: not a number")))?;
            if place.replace(number).is_some() {
                return Err(refused(format!("`{name}` stands there twice")));
            }
        }
        if wait.is_some_and(|seconds| seconds > API_WAIT_SECONDS_MAX) {
            return Err(refused(format!("`wait` is at most {API_WAIT_SECONDS_MAX} seconds")));
        }
        Ok(Self { wait: Duration::from_secs(wait.unwrap_or(0)), after })
    }
}

/// The idempotency key beside the body, if there is one.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let key = given.next().map(|value| value.to_str()).transpose();
    let key = key.map_err(|_| Problem::from(SubmissionRefused::Key))?;
    if given.next().is_some() {
        return Err(Problem::new(ProblemType::BadKey, "Idempotency-Key stands there twice"));
    }
    Ok(key)
}

/// The whole body, if it has at most so many bytes. Of a longer one the rest is read and thrown
/// away, up to a limit, so that the client gets to read why it is refused.
pub(super) async fn body(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let limit = Duration::from_secs(API_BODY_SECONDS_MAX);
    match timeout(limit, collect(body, most)).await {
        Ok(collected) => collected,
        Err(_) => {
            let detail = format!("the body took longer than {API_BODY_SECONDS_MAX} seconds");
            Err(Problem::new(ProblemType::SlowBody, detail))
        }
    }
}

async fn collect(mut body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let too_long = |len: usize| {
        let detail = format!("{len} bytes; this body has at most {most}");
        Problem::new(ProblemType::TooLong, detail)
    };
    let mut bytes = Vec::new();
    let mut len: usize = 0;
    // What is announced as too long to be read to its end is not read at all.
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > API_DISCARDED_BYTES_MAX {
        return Err(too_long(announced));
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            let detail = format!("the body broke off after {len} bytes");
            Problem::new(ProblemType::IncompleteBody, detail)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        len = len.saturating_add(data.len());
        if len <= most {
            bytes.extend_from_slice(&data);
        }
        if len > API_DISCARDED_BYTES_MAX {
            break;
        }
    }
    if len > most {
        return Err(too_long(len.max(announced)));
    }
    Ok(bytes)
}
