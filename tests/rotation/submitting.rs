//! Someone who hands in records without a pause, and keeps account of every answer.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use entente::{cli::client::Client, daemon::scribe::Submitted};
use serde_json::json;

/// A thread that hands in records.
pub(crate) struct Submitting {
    stop: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    thread: JoinHandle<Vec<Submitted>>,
}

impl Submitting {
    /// Begins. A record that fails ends the test: each is handed in once, and must be answered.
    pub(crate) fn to(socket: PathBuf) -> Self {
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (told, counted) = (Arc::clone(&stop), Arc::clone(&count));
        let thread = thread::spawn(move || {
            let client = Client::new(&socket);
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let mut answers = Vec::new();
            while !told.load(Ordering::SeqCst) {
                let number = answers.len();
                let key = format!("record {number}");
                let answer = runtime.block_on(client.submit(&record(number), Some(&key)));
                answers.push(answer.unwrap_or_else(|error| panic!("{number}: {error}")));
                counted.store(answers.len(), Ordering::SeqCst);
            }
            answers
        });
        Self { stop, count, thread }
    }

    /// Waits until some more were answered.
    pub(crate) fn goes_on(&self) {
        let wanted = self.count.load(Ordering::SeqCst) + 3;
        while self.count.load(Ordering::SeqCst) < wanted {
            assert!(!self.thread.is_finished(), "a record was not answered");
            thread::yield_now();
        }
    }

    /// How many were answered.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Ends; gives how many were answered, each with a record of its own.
    pub(crate) fn ended(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        let answers = self.thread.join().unwrap();
        let records: BTreeSet<_> = answers
            .iter()
            .filter_map(|answer| match answer {
                Submitted::Logged { record, .. } => Some(*record),
                Submitted::Queued { .. } => None,
            })
            .collect();
        let queued = answers.iter().filter(|one| matches!(one, Submitted::Queued { .. })).count();
        assert_eq!(records.len() + queued, answers.len(), "two answers name one record");
        answers.len()
    }
}

fn record(number: usize) -> Vec<u8> {
    let content = json!({
        "scope": "protection-claim", "arrived": "2025-08-06",
        "evidence": ["biometric-match"], "minors": 0,
    });
    let case = format!("GB01-{number:06}");
    json!({"kind": "readmission-request", "case": case, "content": content})
        .to_string()
        .into_bytes()
}
