//! Asking the scribe, and waiting for something to change: by its word, never by asking again and
//! again.

use tokio::{sync::watch, time::timeout};

use super::{Desk, problem::Problem, request::Waiting};
use crate::{
    daemon::scribe::{Command, Progress, Reply, ScribeGone, WeekView},
    names::Week,
};

impl Desk {
    /// Asks the scribe.
    pub(super) async fn ask<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Problem> {
        Ok(self.handle.ask(command).await??)
    }

    /// How a week stands: at once, or as soon as it stands otherwise than at first.
    pub(super) async fn week(&self, week: Week, waiting: Waiting) -> Result<WeekView, Problem> {
        // Subscribed before the first look, so that nothing falls between the two.
        let mut progress = self.handle.progress();
        progress.mark_unchanged();
        let look = || self.ask(|reply| Command::Week { week, reply });
        let first = look().await?;
        if waiting.wait.is_zero() {
            return Ok(first);
        }
        let changed = async {
            loop {
                self.next(&mut progress).await?;
                let now = look().await?;
                if now != first {
                    return Ok(now);
                }
            }
        };
        match timeout(waiting.wait, changed).await {
            Ok(changed) => changed,
            Err(_) => Ok(first),
        }
    }

    /// What changes: as soon as there are more commits than the client knows of, or anything else
    /// in it changes.
    pub(super) async fn progress(&self, waiting: Waiting) -> Result<Progress, Problem> {
        let mut progress = self.handle.progress();
        let now = *progress.borrow_and_update();
        if waiting.wait.is_zero() || waiting.after.is_some_and(|after| now.commits > after) {
            return Ok(now);
        }
        match timeout(waiting.wait, self.next(&mut progress)).await {
            Ok(next) => next,
            Err(_) => Ok(now),
        }
    }

    /// The next change, unless the daemon stops before.
    async fn next(&self, progress: &mut watch::Receiver<Progress>) -> Result<Progress, Problem> {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            changed = progress.changed() => changed.map_err(|_| ScribeGone)?,
            _stop = stopping.wait_for(|stop| *stop) => return Err(ScribeGone.into()),
        }
        Ok(*progress.borrow_and_update())
    }
}
