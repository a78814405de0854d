//! The scribe's thread: it waits for commands, and deals with all that have come at once.

use tokio::sync::{mpsc, watch};

use super::{Command, Handle, LoadFault, Reading, Scribe, Signatures};
use crate::{limits::COMMANDS_PER_COMMIT_MAX, session::Progress, store::Store};

/// Starts the scribe on a thread of its own. The thread ends when every handle is gone, or when the
/// store fails; `ended` then says why.
///
/// # Errors
/// If the system gives no thread.
pub fn spawn<S, K>(
    mut scribe: Scribe<S, K>,
    read_clocks: impl Fn() -> Reading + Send + 'static,
    ended: impl FnOnce(Result<(), LoadFault>) + Send + 'static,
) -> std::io::Result<Handle>
where
    S: Store + Send + 'static,
    K: Signatures + 'static,
{
    let (progress, watched) = watch::channel(scribe.progress());
    let (handle, mut received) = Handle::new(watched);
    std::thread::Builder::new().name("scribe".to_owned()).spawn(move || {
        let how = run(&mut scribe, &mut received, &read_clocks, &progress);
        // The store is closed before anyone hears of the end.
        drop(scribe);
        ended(how);
    })?;
    Ok(handle)
}

fn run<S: Store, K: Signatures>(
    scribe: &mut Scribe<S, K>,
    received: &mut mpsc::Receiver<Command>,
    read_clocks: &impl Fn() -> Reading,
    progress: &watch::Sender<Progress>,
) -> Result<(), LoadFault> {
    let mut group = Vec::with_capacity(COMMANDS_PER_COMMIT_MAX);
    // The first group is empty: the mark may open the gate before anyone asks.
    loop {
        let now = scribe.group(read_clocks(), group.drain(..))?;
        progress.send_if_modified(|before| std::mem::replace(before, now) != now);
        let Some(first) = received.blocking_recv() else { return Ok(()) };
        group.push(first);
        while group.len() < COMMANDS_PER_COMMIT_MAX
            && let Ok(next) = received.try_recv()
        {
            group.push(next);
        }
    }
}
