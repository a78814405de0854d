//! The daemon: everything put together, run until it is told to stop.

mod fault;
mod signals;

use std::{path::Path, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::Signal,
    sync::{oneshot, watch},
};

use super::{
    api,
    assembly::Assembly,
    clock::Clock,
    config::{Config, TlsUnready},
    edge::Edge,
    expiry,
    init::{store_file, store_options},
    keys::mixed_up,
    lineage,
    mark::MarkFile,
    notify,
    reload::{Looks, Newest, Reloader},
    road::{gate, proxy},
    sandbox::{self, SandboxView},
    scribe::{self, Command, Handle, LoadFault, Scribe},
    sockets::Handed,
};
use crate::{
    limits::STOP_SECONDS_MAX,
    names::{PerParty, Timestamp},
    net::{Clocks, Desk, Link, Road, Towards, tls::Ends},
    store::SqliteStore,
};

pub use fault::{EndsRefused, ServeError};
pub use signals::Attendance;
use signals::{Stops, listen};

/// Runs the daemon of a configuration until SIGTERM or SIGINT.
///
/// # Errors
/// If it cannot start, or the store fails while it runs: then it has acknowledged nothing that is
/// not durable, and the service manager starts it anew.
pub fn run(path: &Path, attendance: Attendance) -> Result<(), ServeError> {
    let handed = Handed::take()?;
    let config = Config::load(path)?;
    handed.link_is_at(config.link.listen)?;
    let looks = Looks::at(path, &config);
    // Before the first key is read, and before there is a second thread.
    let sandbox = sandbox::enter(path, &config)?;
    tracing::info!("{sandbox}");
    let assembly = Assembly::of(&config).map_err(ServeError::Assembly)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let start = Start { path, config, looks, sandbox, assembly, handed };
    runtime.block_on(async {
        // Signals first: one that comes while we still load is not lost.
        let (mut stops, hangup) = listen(attendance)?;
        start.serve(&mut stops, hangup).await
    })
}

/// What a daemon starts with.
struct Start<'a> {
    path: &'a Path,
    config: Config,
    looks: Looks,
    sandbox: SandboxView,
    assembly: Assembly,
    handed: Handed,
}

impl Handed {
    /// The link's listener and the local API's: what was handed over, or what is opened now.
    async fn or_opened<D: Desk, C: Clocks>(
        self,
        link: &Link<D, C>,
        config: &Config,
    ) -> Result<(Option<TcpListener>, api::Listener), ServeError> {
        let listener = match self.link {
            Some(socket) => Some(TcpListener::from_std(socket)?),
            None => link.open()?,
        };
        let api = match self.api {
            Some(socket) => api::Listener::adopt(socket)?,
            None => api::Listener::bind(&config.api.socket).await?,
        };
        Ok((listener, api))
    }
}

/// The scribe's end.
type Ended = oneshot::Receiver<Result<(), LoadFault>>;

impl Start<'_> {
    async fn serve(self, stops: &mut Stops, hangup: Signal) -> Result<(), ServeError> {
        let Self { path, config, looks, sandbox, assembly, handed } = self;
        let clock = assembly.clock.clone();
        let (agreement, party) = (Arc::clone(&assembly.seat.agreement), assembly.seat.party);
        let (new_ends, ends) = watch::channel(first_ends(&config, &clock)?);
        let (new_towards, towards) = watch::channel(towards(&config)?);
        let (new_gate, gate) = watch::channel(Arc::new(gate(&config.link)));
        let road = Road { listen: config.link.listen, gate, towards, ends: ends.clone() };
        let (handle, mut scribe_ended) = write_down(&config, assembly)?;

        let (stop, stopped) = watch::channel(false);
        let link = Link::new(
            Arc::clone(&agreement),
            party,
            handle.clone(),
            clock.clone(),
            road,
            stopped.clone(),
        );
        let (listener, api) = handed.or_opened(&link, &config).await?;
        let newest = Newest::default();
        let (gauge, reload) = (link.gauge(), newest.clone());
        let edge = Edge { gauge, sandbox: Some(sandbox), reload, ends: Some(ends) };
        let api = api.showing(edge.clone());
        let expiring = tokio::spawn(expiry::watch(edge, handle.clone(), stopped.clone()));
        let mut api = tokio::spawn(api.serve(party, handle.clone(), until(stopped.clone())));
        let link = tokio::spawn(link.run(listener));
        let ticking = tokio::spawn(tick(handle.clone(), stopped.clone()));
        let reloader = Reloader {
            file: path.to_owned(),
            running: config,
            agreement,
            clock,
            handle,
            ends: new_ends,
            towards: new_towards,
            gate: new_gate,
            looks,
            newest,
        };
        let reloading = tokio::spawn(reloader.run(hangup, stopped));
        tracing::info!(%party, "serving");
        notify::ready();

        let outcome = tokio::select! {
            () = stops.heard() => Ok(()),
            how = &mut scribe_ended => Err(match how {
                Ok(Err(fault)) => ServeError::Load(fault),
                Ok(Ok(())) | Err(_) => ServeError::ScribeGone,
            }),
            _ = &mut api => Err(ServeError::ScribeGone),
        };
        tracing::info!("stopping");
        notify::stopping();
        stop.send_replace(true);
        let all = async {
            // A task that ended before its time has said so; the others end now.
            let _ended = (link.await, ticking.await, reloading.await, expiring.await);
            if !api.is_finished() {
                let _answered = api.await;
            }
            if !scribe_ended.is_terminated() {
                // Every handle is gone: the scribe closes the store.
                let _closed = scribe_ended.await;
            }
        };
        // What does not end by itself ends with the process: all that was acknowledged is durable.
        let _late = tokio::time::timeout(Duration::from_secs(STOP_SECONDS_MAX), all).await;
        outcome
    }
}

/// Opens the store and starts its scribe.
fn write_down(config: &Config, assembly: Assembly) -> Result<(Handle, Ended), ServeError> {
    let Assembly { seat, keys, clock } = assembly;
    let store = SqliteStore::open(&store_file(config), store_options(config))?;
    // After the store was taken: whoever founds a successor holds it while this is written.
    if let Some(by) = lineage::succeeded_by(&config.state.directory)? {
        return Err(LoadFault::Succeeded { by }.into());
    }
    let agreement = Arc::clone(&seat.agreement);
    let mark = MarkFile::at(config.state.mark.clone());
    let mut scribe = Scribe::load(seat, store, keys, mark)?;
    scribe.judge_by(Arc::new(config.open_signer_judges(clock.read().wall)?));
    // What was enrolled since the founding is known only now. The counterpart may enrol a key of
    // ours, whose public half is no secret: that is told, and stops no start.
    let (tls, directory) = (config.tls_files(), &config.keys.directory);
    let record_keys = PerParty::from_fn(|party| scribe.record_keys(party).clone());
    for same in mixed_up(&agreement, &record_keys, directory, &tls.certificate, &tls.peer_ca) {
        tracing::error!(%same, "one key for two purposes: certs/README.md says how to change it");
    }
    let (ended, scribe_ended) = oneshot::channel();
    let handle = scribe::spawn(
        scribe,
        move || clock.read(),
        |how| {
            // Nobody may be listening any more: then the daemon stops anyway.
            let _stopping = ended.send(how);
        },
    )?;
    Ok((handle, scribe_ended))
}

/// The TLS ends that a configuration names. Before they are used, [`remember`] them.
pub(super) fn ends(config: &Config, clock: &Clock) -> Result<Arc<Ends>, EndsRefused> {
    let material = config.tls_material(clock.read().wall)?;
    Ok(Arc::new(Ends::new(&material, config.party.other(), Arc::new(clock.clone()))?))
}

fn first_ends(config: &Config, clock: &Clock) -> Result<Arc<Ends>, EndsRefused> {
    let ends = ends(config, clock)?;
    remember(config, &ends)?;
    Ok(ends)
}

/// Writes down durably which revocation lists are used from now on, so that no older one is taken
/// again: before they are used, and only then.
pub(super) fn remember(config: &Config, ends: &Ends) -> Result<(), EndsRefused> {
    let written = config.tls_files().revocation.remember(ends.pinned().lists());
    written.map_err(|refused| TlsUnready::from(refused).into())
}

/// Whom a configuration dials.
pub(super) fn towards(config: &Config) -> Result<Arc<Towards>, EndsRefused> {
    Ok(Arc::new(Towards {
        peers: config.link.peer.iter().map(ToString::to_string).collect(),
        proxy: proxy(&config.link)?,
        peer_name: config.link.peer_name.server_name(),
    }))
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
