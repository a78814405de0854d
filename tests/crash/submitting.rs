//! Whoever hands in records, and keeps account of what was acknowledged.

use entente::{cli::client::Client, daemon::scribe::Submitted};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    ended::{self, Ended, Plan},
    site::Site,
};

/// More commits than fill the write-ahead log until it is copied.
const RECORDS_MAX: usize = 1000;

/// Hands in records to the British daemon, each under a key of its own.
pub(crate) struct Submitting<'a> {
    site: &'a Site,
    client: Client,
    runtime: Runtime,
    /// The answers that came, by number; none where the daemon ended before it answered.
    answers: Vec<Option<Submitted>>,
}

impl<'a> Submitting<'a> {
    pub(crate) fn to(site: &'a Site) -> Self {
        let client = Client::new(&site.path("run/gbr.sock"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { site, client, runtime, answers: Vec::new() }
    }

    /// How many records were handed in.
    pub(crate) fn count(&self) -> usize {
        self.answers.len()
    }

    /// Starts the daemon, and hands in one record after the other until it has ended. It begins
    /// when the journal says so.
    pub(crate) fn until_it_ends(&mut self, plan: Plan, begins: &str) -> Ended {
        let mut gbr = ended::start(self.site, "serve --attended --config gbr.toml", plan);
        if gbr.says(begins) {
            let acknowledges = |_| self.hand_in_next();
            let unanswered = (0..RECORDS_MAX).map(acknowledges).find(|answered| !answered);
            assert!(unanswered.is_some(), "{plan:?}: never reached");
        }
        gbr.end()
    }

    /// Hands in one that must be taken in.
    pub(crate) fn one_more(&mut self) {
        assert!(self.hand_in_next());
    }

    /// Hands in again what the run before was asked for, and what it left unanswered.
    pub(crate) fn again(&mut self, plan: Plan) {
        // The last ones are enough each time, and all of them at the end.
        for number in self.count().saturating_sub(5)..self.count() {
            self.hand_in_again(number, &format!("{plan:?}"));
        }
    }

    /// Hands in everything again.
    pub(crate) fn all_again(&mut self) {
        for number in 0..self.count() {
            self.hand_in_again(number, "at the end");
        }
    }

    /// Hands in a new record; false if there was no answer.
    fn hand_in_next(&mut self) -> bool {
        let answer = self.hand_in(self.count()).ok();
        let answered = answer.is_some();
        self.answers.push(answer);
        answered
    }

    fn hand_in_again(&mut self, number: usize, when: &str) {
        let answer = self.hand_in(number).unwrap_or_else(|why| panic!("{when}: {number}: {why}"));
        assert!(matches!(answer, Submitted::Logged { .. }), "{when}: {number}: {answer:?}");
        let before = self.answers[number].replace(answer.clone());
        // What was queued is logged by and by, and is then never anything else.
        let is_good =
            |before: &Submitted| *before == answer || matches!(before, Submitted::Queued { .. });
        assert!(before.as_ref().is_none_or(is_good), "{when}: {number}: {before:?} {answer:?}");
    }

    fn hand_in(&self, number: usize) -> Result<Submitted, entente::cli::client::ClientError> {
        let content = json!({
            "scope": "protection-claim", "arrived": "2025-08-06",
            "evidence": ["biometric-match"], "minors": 0,
        });
        let case = format!("GB01-{number:06}");
        let record = json!({"kind": "readmission-request", "case": case, "content": content});
        let key = format!("key-{number}");
        self.runtime.block_on(self.client.submit(record.to_string().as_bytes(), Some(&key)))
    }
}
