//! From a value to an HTTP response.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::problem::{PROBLEM_JSON, Problem, ProblemType};
use crate::limits::API_RETRY_SECONDS;

/// A value as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Problem::new(ProblemType::Internal, "the answer cannot be written as JSON")
    })?;
    Ok(response(status, "application/json", bytes))
}

fn response(status: StatusCode, media: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = response(status, PROBLEM_JSON, bytes);
        if self.problem.is_passing() {
            response.headers_mut().insert(header::RETRY_AFTER, API_RETRY_SECONDS.into());
        }
        response
    }
}
