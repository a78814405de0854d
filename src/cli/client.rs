//! The client of the local API, for verbs and for whoever drives a daemon from Rust.
//!
//! One connection for each request: within one machine it costs less than keeping one alive safely
//! would.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request,
    body::Bytes,
    client::conn::http1,
    header::{CONNECTION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{net::UnixStream, time::timeout};

use crate::{
    daemon::{
        api::{Beside, PROBLEM_JSON, Problem},
        casebook::{CaseQuery, CaseView, CasesView},
        scribe::{LoggedAt, Progress, ReceiptView, RecordKey, StatusView, Submitted, WeekView},
    },
    envelope::{RECORD_TYPE, Role},
    ledger::{Fate, Wanted},
    limits::{API_ANSWER_BYTES_MAX, API_ANSWER_SECONDS_MAX, API_TRIES_MAX},
    names::{KeyId, Party, Position, RecordId, Timestamp, Week},
};

/// Speaks to the daemon behind a socket.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

/// Why there is no answer, or none that helps.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers on the socket.
    #[error("{}: no daemon answers: {source}", socket.display())]
    Unreachable {
        /// The socket.
        socket: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The daemon refused; its type says why.
    #[error(transparent)]
    Refused(Box<Problem>),
    /// An idempotency key that no header can carry.
    #[error("an idempotency key has 1 to 128 printable ASCII characters")]
    Key,
    /// No answer in time. Whether the request was carried out is not known.
    #[error("no answer within {seconds} seconds")]
    TooLate {
        /// How long was waited.
        seconds: u64,
    },
    /// The connection broke off. Whether the request was carried out is not known.
    #[error("the connection broke off: {0}")]
    BrokenOff(String),
    /// An answer that this version does not understand.
    #[error("an answer that cannot be read ({status}): {reason}")]
    BadAnswer {
        /// Its HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

impl ClientError {
    /// Whether no daemon listens; one that belongs to another user is another matter.
    #[must_use]
    pub fn is_nobody_there(&self) -> bool {
        matches!(self, Self::Unreachable { source, .. }
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused))
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> String {
        let fixed = match self {
            Self::Unreachable { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                "Run this as the user that the daemon runs as; the socket is that user's alone."
            }
            Self::Unreachable { .. } => "Start the daemon, or name the socket on which it listens.",
            Self::Refused(problem) => return problem.advice.clone().into_owned(),
            Self::Key => "Choose another key.",
            Self::TooLate { .. } | Self::BrokenOff(_) => {
                "Look at the daemon's journal, then send the very same request again: a \
                 repetition changes nothing."
            }
            Self::BadAnswer { .. } => "Use the client and the daemon of one version.",
        };
        fixed.to_owned()
    }
}

/// One record as the daemon shows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownRecord {
    /// `logged`; `inherited` from a log before; `queued` for a submission that waits.
    pub state: String,
    /// Its id, once it is signed.
    pub id: Option<RecordId>,
    /// Whose log it stands in.
    pub log: Party,
    /// The origin of that log.
    pub origin: String,
    /// Where, once it is logged.
    pub position: Option<Position>,
    /// When its author signed it.
    pub signed_at: Option<Timestamp>,
    /// What it says, in its readable form.
    pub record: serde_json::Value,
    /// Its receipt, once the counterpart's cosignature is held.
    pub receipt: Option<ReceiptView>,
    /// What became of it, if it has no effect without a second signer.
    pub approval: Option<Fate>,
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
}

/// What waits for this side's second signer, as the daemon shows it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct ShownAwaiting {
    /// Whether the agreement is a rehearsal.
    pub rehearsal: bool,
    /// The oldest of what waits.
    pub awaiting: Vec<AwaitingRecord>,
    /// How much more waits than is listed.
    pub more: u64,
}

/// One record that waits.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct AwaitingRecord {
    /// Its id.
    pub id: RecordId,
    /// Where it stands.
    #[serde(flatten)]
    pub logged: LoggedAt,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// In which role it was signed.
    pub role: Role,
    /// With which key it was signed.
    pub key: KeyId,
    /// What it says, in its readable form.
    pub record: serde_json::Value,
    /// Its envelope in base64, from which id and record follow.
    pub envelope: String,
}

impl Client {
    /// A client of the daemon that listens on `socket`; nothing is opened yet.
    #[must_use]
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// Hands in a submission, under an idempotency key if there is one. The same submission again
    /// gets the same answer.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn submit(&self, json: &[u8], key: Option<&str>) -> Result<Submitted, ClientError> {
        let key = key.map(HeaderValue::from_str).transpose().map_err(|_| ClientError::Key)?;
        let body = Bytes::copy_from_slice(json);
        self.call(Call { key, body, ..Call::post("/v1/records") }).await
    }

    /// Hands in what an officer has signed. The same envelope again gets the same answer.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn envelope(&self, bytes: &[u8]) -> Result<Submitted, ClientError> {
        let (body, media) = (Bytes::copy_from_slice(bytes), RECORD_TYPE);
        self.call(Call { body, media, ..Call::post("/v1/envelopes") }).await
    }

    /// What waits for this side's second signer.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn awaiting(&self) -> Result<ShownAwaiting, ClientError> {
        self.call(Call::get("/v1/awaiting", 0)).await
    }

    /// One record, by its id, its submission's, or its place.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn record(&self, key: RecordKey) -> Result<ShownRecord, ClientError> {
        let path = match key {
            RecordKey::Id(id) => format!("/v1/records/{id}"),
            RecordKey::Submission(id) => format!("/v1/records/{id}"),
            RecordKey::At(log, position) => format!("/v1/entries/{log}/{position}"),
        };
        self.call(Call::get(&path, 0)).await
    }

    /// How this side stands.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn status(&self) -> Result<StatusView, ClientError> {
        self.call(Call::get("/v1/status", 0)).await
    }

    /// The story of a case, or what the question may mean.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn case(&self, wanted: &Wanted) -> Result<CaseView, ClientError> {
        self.call(Call::get(&format!("/v1/cases/{wanted}"), 0)).await
    }

    /// The cases that fit, one answer's worth.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn cases(&self, query: &CaseQuery) -> Result<CasesView, ClientError> {
        self.call(Call::get(&format!("/v1/cases?{query}"), 0)).await
    }

    /// Logs this side's close of a week.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn close_week(&self, week: Week) -> Result<WeekView, ClientError> {
        self.call(Call::post(&format!("/v1/weeks/{week}/close"))).await
    }

    /// Logs this side's statement of a week, if the week has a cut-off.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn state_week(&self, week: Week) -> Result<WeekView, ClientError> {
        self.state_week_beside(week, &Beside { national: None }).await
    }

    /// The same, with what stands beside the body.
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn state_week_beside(
        &self,
        week: Week,
        beside: &Beside,
    ) -> Result<WeekView, ClientError> {
        // Two numbers and their names have a JSON form.
        let body = Bytes::from(serde_json::to_vec(beside).unwrap_or_default());
        self.call(Call { body, ..Call::post(&format!("/v1/weeks/{week}/statement")) }).await
    }

    /// How a week stands: at once if `wait` is 0, else as soon as that changes, and after `wait`
    /// seconds in any case (at most 25).
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn week(&self, week: Week, wait: u64) -> Result<WeekView, ClientError> {
        self.call(Call::get(&format!("/v1/weeks/{week}?wait={wait}"), wait)).await
    }

    /// What changes: at once if `wait` is 0 or there were more commits than `after`, else with the
    /// next change, and after `wait` seconds in any case (at most 25).
    ///
    /// # Errors
    /// One variant of [`ClientError`] for each reason.
    pub async fn progress(&self, after: Option<u64>, wait: u64) -> Result<Progress, ClientError> {
        let after = after.map(|commits| format!("&after={commits}")).unwrap_or_default();
        self.call(Call::get(&format!("/v1/progress?wait={wait}{after}"), wait)).await
    }

    async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ClientError> {
        let seconds = API_ANSWER_SECONDS_MAX.saturating_add(call.wait);
        let answer = timeout(Duration::from_secs(seconds), self.insist(call)).await;
        answer.map_err(|_| ClientError::TooLate { seconds })??.read()
    }

    /// Sends a request whose connection broke off again, as a restart breaks it: every request
    /// may be repeated, and if the first was carried out, the answer is the same.
    async fn insist(&self, call: Call<'_>) -> Result<Answer, ClientError> {
        let mut broken = None;
        for _ in 0..API_TRIES_MAX {
            match self.exchange(call.clone()).await {
                Err(error @ ClientError::BrokenOff(_)) => broken = Some(error),
                // Nobody is there any more: what became of the first is what matters.
                Err(ClientError::Unreachable { source, socket }) => {
                    return Err(broken.unwrap_or(ClientError::Unreachable { socket, source }));
                }
                decided => return decided,
            }
        }
        Err(broken.unwrap_or_else(|| ClientError::BrokenOff("no try is left".to_owned())))
    }

    async fn exchange(&self, call: Call<'_>) -> Result<Answer, ClientError> {
        let stream = UnixStream::connect(&self.socket)
            .await
            .map_err(|source| ClientError::Unreachable { socket: self.socket.clone(), source })?;
        let broken = |error: hyper::Error| ClientError::BrokenOff(error.to_string());
        let (mut sender, connection) =
            http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.map_err(broken)?;
        let request = call.request()?;
        let mut answer = pin!(async {
            let response = sender.send_request(request).await.map_err(broken)?;
            Answer::take(response).await
        });
        tokio::select! {
            answer = &mut answer => answer,
            // The daemon closes after its answer, which may still have to be read from here.
            _closed = connection => answer.await,
        }
    }
}

/// What most bodies are.
const JSON: &str = "application/json";

/// One request.
#[derive(Clone)]
struct Call<'a> {
    method: Method,
    path: &'a str,
    media: &'static str,
    key: Option<HeaderValue>,
    body: Bytes,
    wait: u64,
}

impl<'a> Call<'a> {
    const fn get(path: &'a str, wait: u64) -> Self {
        Self { method: Method::GET, path, media: JSON, key: None, body: Bytes::new(), wait }
    }

    fn post(path: &'a str) -> Self {
        Self { method: Method::POST, ..Self::get(path, 0) }
    }

    fn request(self) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(self.path)
            // A Unix socket has no host; HTTP/1.1 wants the header all the same.
            .header(HOST, "localhost")
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, self.media);
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        request
            .body(Full::new(self.body))
            .map_err(|error| ClientError::BrokenOff(error.to_string()))
    }
}

/// One answer, unread.
struct Answer {
    status: u16,
    is_problem: bool,
    bytes: Bytes,
}

impl Answer {
    async fn take(response: hyper::Response<hyper::body::Incoming>) -> Result<Self, ClientError> {
        let status = response.status().as_u16();
        let media = response.headers().get(CONTENT_TYPE);
        let is_problem = media.is_some_and(|media| media == PROBLEM_JSON);
        let body = Limited::new(response.into_body(), API_ANSWER_BYTES_MAX).collect().await;
        let bytes = body.map_err(|error| ClientError::BrokenOff(error.to_string()))?.to_bytes();
        Ok(Self { status, is_problem, bytes })
    }

    fn read<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let bad = |reason: String| ClientError::BadAnswer { status: self.status, reason };
        if self.is_problem {
            let problem = serde_json::from_slice(&self.bytes);
            return Err(problem.map_or_else(
                |error| bad(error.to_string()),
                |problem| ClientError::Refused(Box::new(problem)),
            ));
        }
        if !(200..300).contains(&self.status) {
            return Err(bad("no reason is given".to_owned()));
        }
        serde_json::from_slice(&self.bytes).map_err(|error| bad(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
