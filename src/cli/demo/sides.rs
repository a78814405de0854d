//! The two daemons of the demo: real processes, started with the real verb.

use std::{
    fs::OpenOptions,
    io,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::stage::Stage;
use crate::{cli::client::Client, names::Party};

/// How long a daemon may take until it answers.
const START_SECONDS_MAX: u64 = 20;
/// How long a daemon may take to stop.
const STOP_SECONDS_MAX: u64 = 15;

/// One side's daemon.
#[derive(Debug)]
pub(super) struct Side {
    /// Which side.
    pub(super) party: Party,
    /// The way to its local API.
    pub(super) client: Client,
    config: PathBuf,
    journal: PathBuf,
    child: Option<Child>,
}

impl Side {
    /// A side that does not run yet.
    #[must_use]
    pub(super) fn new(stage: &Stage, party: Party) -> Self {
        Self {
            party,
            client: Client::new(stage.sockets.of(party)),
            config: stage.configs.of(party).clone(),
            journal: stage.journal(party),
            child: None,
        }
    }

    /// Starts the daemon, and waits until it answers. It stops by itself when its standard input
    /// closes, so that it never outlives the demo, however that ends.
    ///
    /// # Errors
    /// If it does not start, or ends at once; its journal says why.
    pub(super) async fn start(&mut self) -> io::Result<()> {
        let journal = OpenOptions::new().create(true).append(true).open(&self.journal)?;
        let child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg("--attended")
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(journal)
            .spawn()?;
        self.child = Some(child);
        let deadline = Duration::from_secs(START_SECONDS_MAX);
        tokio::time::timeout(deadline, self.answers())
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| {
                let journal = self.journal.display();
                io::Error::other(format!("{} does not start: {error}; see {journal}", self.party))
            })
    }

    async fn answers(&mut self) -> io::Result<()> {
        let mut often = tokio::time::interval(Duration::from_millis(10));
        loop {
            often.tick().await;
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                return Err(io::Error::other(format!("it ended: {status}")));
            }
            if self.client.status().await.is_ok() {
                return Ok(());
            }
        }
    }

    /// Kills the daemon with SIGKILL: it can do nothing about it.
    ///
    /// # Errors
    /// If it does not run.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        let mut child = self.child.take().ok_or(io::ErrorKind::NotFound)?;
        child.kill()?;
        child.wait().map(drop)
    }

    /// Lets the daemon stop in order.
    ///
    /// # Errors
    /// If it does not, or fails on the way.
    pub(super) async fn stop(&mut self) -> io::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        drop(child.stdin.take());
        let mut often = tokio::time::interval(Duration::from_millis(10));
        let stopped = async {
            loop {
                often.tick().await;
                if let Some(status) = child.try_wait()? {
                    return io::Result::Ok(status);
                }
            }
        };
        let deadline = Duration::from_secs(STOP_SECONDS_MAX);
        let status = match tokio::time::timeout(deadline, stopped).await {
            Ok(status) => status?,
            Err(_) => {
                child.kill()?;
                child.wait()?;
                return Err(io::Error::other(format!("{} did not stop in time", self.party)));
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{} ended with {status}", self.party)))
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        if self.child.is_some() {
            // The demo has failed elsewhere and says so; what is left is only to leave nothing.
            let _left = self.kill();
        }
    }
}
