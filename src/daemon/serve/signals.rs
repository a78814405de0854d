//! What tells a daemon to stop, or to look at what is new.

use std::pin::Pin;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

/// When the daemon stops, besides on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// Only on a signal: as a service.
    Unattended,
    /// Also when standard input closes: it never outlives whoever started it, for rehearsals.
    Attended,
}

/// Word to stop.
pub(super) struct Stops {
    terminate: Signal,
    interrupt: Signal,
    left: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Listens for all of them: from here on none is lost, and none ends the process by itself. Word of
/// a reload comes apart.
pub(super) fn listen(attendance: Attendance) -> std::io::Result<(Stops, Signal)> {
    let left = Box::pin(deserted(watch_input(attendance)?));
    let stops = Stops {
        terminate: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
        left,
    };
    Ok((stops, signal(SignalKind::hangup())?))
}

impl Stops {
    /// Completes with the first of them.
    pub(super) async fn heard(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = &mut self.left => {}
        }
    }
}

/// Watches standard input, if its end is to stop the daemon: the sender goes when it closes.
fn watch_input(attendance: Attendance) -> std::io::Result<Option<oneshot::Receiver<()>>> {
    if attendance == Attendance::Unattended {
        return Ok(None);
    }
    let (left, watched) = oneshot::channel();
    std::thread::Builder::new().name("attendance".to_owned()).spawn(move || {
        // However it ends, nobody is there any more.
        let _end = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(left);
    })?;
    Ok(Some(watched))
}

/// Completes when nobody attends any more; never for a service.
async fn deserted(watched: Option<oneshot::Receiver<()>>) {
    match watched {
        Some(watched) => drop(watched.await),
        None => std::future::pending().await,
    }
}
