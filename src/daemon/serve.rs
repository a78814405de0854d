//! The daemon: everything put together, run until it is told to stop.

use std::{path::Path, pin::pin, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{oneshot, watch},
};

use super::{
    api,
    assembly::{Assembly, AssemblyFault, in_one_line},
    clock::Clock,
    config::{Config, ConfigError},
    edge::Edge,
    init::{store_file, store_options},
    mark::MarkFile,
    scribe::{self, Command, Handle, LoadFault, Scribe},
};
use crate::{
    limits::STOP_SECONDS_MAX,
    names::Timestamp,
    net::{
        Clocks, Link, LinkError, Road,
        tls::{Ends, FileRefused, TlsRefused},
    },
    store::{SqliteStore, StoreError},
};

/// Why the daemon does not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What the configuration names does not come together.
    #[error("{}", in_one_line(.0))]
    Assembly(Vec<AssemblyFault>),
    /// The store, or what it holds.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// A certificate or key file of the TLS end.
    #[error(transparent)]
    TlsFile(#[from] FileRefused),
    /// The TLS end.
    #[error("tls: {0}")]
    Tls(#[from] TlsRefused),
    /// The peer port.
    #[error("link.listen: {0}")]
    Link(#[from] LinkError),
    /// The local API.
    #[error("api.socket: {0}")]
    Api(#[from] api::ApiError),
    /// The system gave no thread or no signals.
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
    /// The scribe ended by itself.
    #[error("the scribe ended by itself; see the journal")]
    ScribeGone,
}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

/// When the daemon stops, besides on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// Only on a signal: as a service.
    Unattended,
    /// Also when standard input closes: it never outlives whoever started it, for rehearsals.
    Attended,
}

/// Runs the daemon of a configuration until SIGTERM or SIGINT.
///
/// # Errors
/// If it cannot start, or the store fails while it runs: then it has acknowledged nothing that is
/// not durable, and the service manager starts it anew.
pub fn run(path: &Path, attendance: Attendance) -> Result<(), ServeError> {
    let config = Config::load(path)?;
    let assembly = Assembly::of(&config).map_err(ServeError::Assembly)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, assembly, attendance))
}

async fn serve(
    config: Config,
    assembly: Assembly,
    attendance: Attendance,
) -> Result<(), ServeError> {
    let Assembly { seat, keys, clock } = assembly;
    // Signals first: one that comes while we still load is not lost.
    let mut left = pin!(deserted(watch_input(attendance)?));
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (agreement, party) = (Arc::clone(&seat.agreement), seat.party);
    let (_, ends) = watch::channel(ends(&config, &clock)?);
    let road = Road {
        listen: config.link.listen,
        peers: config.link.peer.iter().map(ToString::to_string).collect(),
        peer_name: config.link.peer_name.server_name(),
        ends,
    };
    let store = SqliteStore::open(&store_file(&config), store_options(&config))?;
    let scribe = Scribe::load(seat, store, keys, MarkFile::at(config.state.mark.clone()))?;
    let (ended, mut scribe_ended) = oneshot::channel();
    let mut scribe_has_ended = false;
    let read_clocks = clock.clone();
    let handle = scribe::spawn(
        scribe,
        move || read_clocks.read(),
        |how| {
            // Nobody may be listening any more: then the daemon stops anyway.
            let _stopping = ended.send(how);
        },
    )?;

    let (stop, stopped) = watch::channel(false);
    let link = Link::new(agreement, party, handle.clone(), clock, road, stopped.clone());
    let listener = link.open().await?;
    let api = api::Listener::bind(&config.api.socket).await?;
    let api = api.showing(Edge { gauge: link.gauge() });
    let mut api = tokio::spawn(api.serve(party, handle.clone(), until(stopped.clone())));
    let link = tokio::spawn(link.run(listener));
    let ticking = tokio::spawn(tick(handle.clone(), stopped));
    drop(handle);
    tracing::info!(%party, "serving");

    let outcome = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = &mut left => Ok(()),
        how = &mut scribe_ended => {
            scribe_has_ended = true;
            Err(match how {
                Ok(Err(fault)) => ServeError::Load(fault),
                Ok(Ok(())) | Err(_) => ServeError::ScribeGone,
            })
        }
        _ = &mut api => Err(ServeError::ScribeGone),
    };
    tracing::info!("stopping");
    stop.send_replace(true);
    let all = async {
        // A task that ended before its time has said so; the others end now.
        let _ended = (link.await, ticking.await);
        if !api.is_finished() {
            let _answered = api.await;
        }
        if !scribe_has_ended {
            // Every handle is gone: the scribe closes the store.
            let _closed = scribe_ended.await;
        }
    };
    // What does not end by itself ends with the process: all that was acknowledged is durable.
    let _late = tokio::time::timeout(Duration::from_secs(STOP_SECONDS_MAX), all).await;
    outcome
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

fn ends(config: &Config, clock: &Clock) -> Result<Arc<Ends>, ServeError> {
    let material = config.tls_files().load()?;
    let time: Arc<dyn rustls::time_provider::TimeProvider> = Arc::new(clock.clone());
    Ok(Arc::new(Ends::new(&material, config.party.other(), time)?))
}

/// Once a second the scribe looks again at what it put off for the clock's sake.
async fn tick(handle: Handle, mut stopped: watch::Receiver<bool>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    while !*stopped.borrow() {
        tokio::select! {
            _ = seconds.tick() => {}
            _ = stopped.changed() => return,
        }
        if handle.send(Command::Tick).await.is_err() {
            return;
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the daemon is gone, which is also a stop.
    let _stop = stopped.wait_for(|stopped| *stopped).await;
}

impl Clocks for Clock {
    fn wall(&self) -> Timestamp {
        self.read().wall
    }

    fn monotonic(&self) -> u64 {
        self.uptime()
    }
}
