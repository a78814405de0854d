//! The real session, measured from outside: how long a record takes from the local API of one side
//! through both daemons and back, until its receipt is there.

use std::{
    fs,
    time::{Duration, Instant},
};

use entente::{
    cli::client::Client,
    daemon::scribe::{RecordKey, Submitted},
};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::site::Site;

/// Makes round trips, each with a record of its own.
pub(crate) struct Trips {
    runtime: Runtime,
    client: Client,
    next: usize,
}

/// What a hundred trips in a row look like.
#[derive(Debug)]
#[expect(dead_code, reason = "it is printed")]
pub(crate) struct Percentiles {
    pub(crate) trips: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

pub(crate) fn percentiles(all: &mut [Duration]) -> Percentiles {
    all.sort();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    Percentiles { trips: all.len(), p50: at(50), p99: at(99) }
}

impl Trips {
    pub(crate) fn of(site: &Site) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, client: Client::new(&site.path("run/gbr.sock")), next: 0 }
    }

    /// So many trips, none of which may take long.
    pub(crate) fn make(&mut self, many: usize) {
        for _ in 0..many {
            self.one();
        }
    }

    /// As many trips as a time holds.
    pub(crate) fn during(&mut self, time: Duration) -> Vec<Duration> {
        let end = Instant::now() + time;
        let mut all = Vec::new();
        while Instant::now() < end {
            all.push(self.one());
        }
        all
    }

    fn one(&mut self) -> Duration {
        self.next += 1;
        let case = format!("GB01-{:06}", self.next);
        let content = json!({
            "scope": "protection-claim", "arrived": "2025-08-06",
            "evidence": ["biometric-match"], "minors": 0,
        });
        let json = json!({"kind": "readmission-request", "case": case, "content": content});
        let client = &self.client;
        let trip = async move {
            let began = Instant::now();
            let submitted = client.submit(json.to_string().as_bytes(), None).await.unwrap();
            let key = match submitted {
                Submitted::Logged { record, .. } => RecordKey::Id(record),
                Submitted::Queued { submission } => RecordKey::Submission(submission),
            };
            loop {
                let progress = client.progress(None, 0).await.unwrap();
                if client.record(key).await.unwrap().receipt.is_some() {
                    return began.elapsed();
                }
                client.progress(Some(progress.commits), 1).await.unwrap();
            }
        };
        let limit = Duration::from_secs(60);
        self.runtime.block_on(async { tokio::time::timeout(limit, trip).await.unwrap() })
    }
}

/// The process that answers on a side's socket.
pub(crate) fn process_of(site: &Site, side: &str) -> i32 {
    let socket = site.path(&format!("run/{side}.sock"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asked = async {
        let stream = tokio::net::UnixStream::connect(socket).await.unwrap();
        stream.peer_cred().unwrap().pid().unwrap()
    };
    runtime.block_on(asked)
}

/// What a process has in memory, in KiB (proc(5), VmRSS).
pub(crate) fn resident_kib(process: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
