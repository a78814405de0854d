//! A running daemon takes over what has changed: certificates, keys, authorities, who may come up
//! to the door, and where the counterpart is found. On SIGHUP, and by itself when the files change.
//!
//! All of it is read anew and checked as a start would check it, and only then does anything take
//! the place of the old; whatever is wrong keeps all of the old, and the status says so until
//! something good comes. What was refused is tried again now and then though no file has changed:
//! a certificate becomes valid, a key is enrolled. Sessions that are up go on with the keys that
//! they were opened with.

mod fixed;
mod watch;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    signal::unix::Signal,
    sync::watch as channel,
    time::{MissedTickBehavior, interval},
};

use super::{
    assembly::{Assembly, AssemblyFault, in_one_line},
    clock::Clock,
    config::{Config, ConfigError, Fault, Severity, TlsUnready, TrustRefused},
    notify,
    road::gate,
    scribe::{Command, Handle, Refused, ScribeGone, Successors},
    serve::{EndsRefused, ends, remember, towards},
};
use crate::{
    ledger::Agreement,
    limits::{
        RELOAD_FAULT_CHARACTERS_MAX, RELOAD_LOOK_SECONDS, RELOAD_READS_MAX, RELOAD_RETRY_SECONDS,
    },
    names::Timestamp,
    net::{Gate, Towards, tls::Ends},
    trust::SignerJudges,
};
pub(super) use watch::Looks;
use watch::Watch;

/// What is said beside a fault.
const TRUST_IS_NEW: &str =
    "; the counterpart's authorities and revocation lists in use are those on disk all the same";

/// What became of a change of configuration, keys or certificates while the daemon ran.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReloadView {
    /// When, by this side's clock.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: ReloadOutcome,
    /// What is wrong with what is new, and what to do.
    pub fault: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReloadOutcome {
    /// It is in use.
    Taken,
    /// What was in use before still is.
    Refused,
}

/// What became of the newest change, kept for whoever asks; `None` before the first. Its clones are
/// the same.
#[derive(Debug, Clone, Default)]
pub struct Newest(Arc<Mutex<Option<ReloadView>>>);

impl Newest {
    /// The newest.
    #[must_use]
    pub fn view(&self) -> Option<ReloadView> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, view: ReloadView) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
    }
}

/// Why what is new is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReloadRefused {
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something that is fixed while the daemon runs.
    #[error("{0} does not change while the daemon runs; restart it, or put the old value back")]
    Fixed(&'static str),
    /// It does not come together.
    #[error("{}", in_one_line(.0))]
    Assembly(Vec<AssemblyFault>),
    /// Keys, certificates or authorities.
    #[error("{}", in_one_line(.0))]
    Files(Vec<Fault>),
    /// The TLS end.
    #[error(transparent)]
    Ends(#[from] EndsRefused),
    /// By what record keys are judged.
    #[error(transparent)]
    Trust(#[from] TrustRefused),
    /// A record key that this side's log does not know.
    #[error("keys.directory: {0}; enrol it first, by a key-event")]
    Keys(Refused),
    /// The files change while they are read.
    #[error("the files change while they are read")]
    Moving,
    /// The daemon stops.
    #[error(transparent)]
    Stopping(#[from] ScribeGone),
}

/// Takes over what has changed, for as long as the daemon runs.
pub(super) struct Reloader {
    /// The configuration file.
    pub(super) file: PathBuf,
    /// What the daemon runs by.
    pub(super) running: Config,
    /// Under what it runs.
    pub(super) agreement: Arc<Agreement>,
    pub(super) clock: Clock,
    pub(super) handle: Handle,
    pub(super) ends: channel::Sender<Arc<Ends>>,
    pub(super) towards: channel::Sender<Arc<Towards>>,
    pub(super) gate: channel::Sender<Arc<Gate>>,
    /// How the files looked just before the start read them.
    pub(super) looks: Looks,
    /// What became of the newest change.
    pub(super) newest: Newest,
}

/// Everything new, ready to take the place of the old.
struct Prepared {
    config: Config,
    keys: Successors,
    judges: Arc<SignerJudges>,
    ends: Arc<Ends>,
    towards: Arc<Towards>,
    looks: Looks,
}

impl Reloader {
    /// Runs until `stop` turns true.
    pub(super) async fn run(mut self, mut hangup: Signal, mut stop: channel::Receiver<bool>) {
        let mut watch = Watch::new(self.looks.clone());
        let mut looks = interval(Duration::from_secs(RELOAD_LOOK_SECONDS));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut since = 0_u64;
        loop {
            let asked = tokio::select! {
                heard = hangup.recv() => heard.is_some(),
                _ = looks.tick() => false,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let now = self.look().await;
            let due = watch.is_due(now.clone());
            since = since.saturating_add(RELOAD_LOOK_SECONDS);
            let again = self.is_refused() && since >= RELOAD_RETRY_SECONDS;
            if !(asked || due || again) {
                continue;
            }
            since = 0;
            if asked || due {
                notify::reloading();
            }
            let read = self.reload().await;
            watch.was_read(read.unwrap_or(now));
            if asked || due {
                notify::ready();
            }
        }
    }

    fn is_refused(&self) -> bool {
        self.newest.view().is_some_and(|one| one.outcome == ReloadOutcome::Refused)
    }

    /// Looks at the files; on a thread for it, as a disk may be slow.
    async fn look(&self) -> Looks {
        let (file, running) = (self.file.clone(), self.running.clone());
        let (again, same) = (file.clone(), running.clone());
        let looked = tokio::task::spawn_blocking(move || Looks::at(&file, &running)).await;
        looked.unwrap_or_else(|_| Looks::at(&again, &same))
    }

    /// Reads all anew and takes it over, or says why not. Gives how the files looked that were
    /// taken.
    async fn reload(&mut self) -> Option<Looks> {
        let taken = match self.prepared().await {
            Ok(prepared) => self.take(prepared).await,
            Err(refused) => Err(refused),
        };
        let at = self.clock.read().wall;
        let (view, looks) = match taken {
            Ok(looks) => {
                tracing::info!("reloaded: configuration, keys and certificates are those on disk");
                let outcome = ReloadOutcome::Taken;
                (ReloadView { at, outcome, fault: None }, Some(looks))
            }
            Err(refused) => {
                let mut fault = said(&refused);
                if self.trust_alone().await {
                    fault.push_str(TRUST_IS_NEW);
                }
                if self.newest.view().is_some_and(|one| one.fault.as_ref() == Some(&fault)) {
                    return None;
                }
                tracing::error!(%fault, "not reloaded: the old configuration and keys stay");
                (ReloadView { at, outcome: ReloadOutcome::Refused, fault: Some(fault) }, None)
            }
        };
        self.newest.note(view);
        looks
    }

    async fn prepared(&self) -> Result<Prepared, ReloadRefused> {
        for _ in 0..RELOAD_READS_MAX {
            let (file, running, clock) =
                (self.file.clone(), self.running.clone(), self.clock.clone());
            let agreement = Arc::clone(&self.agreement);
            let prepare = move || prepare(file, &running, &agreement, &clock);
            // Only a panic, of which there is none, keeps the thread from answering.
            let read = tokio::task::spawn_blocking(prepare).await;
            let read = read.map_err(|_| ReloadRefused::Moving)?;
            if !matches!(read, Err(ReloadRefused::Moving)) {
                return read;
            }
        }
        Err(ReloadRefused::Moving)
    }

    /// What cannot be taken over as a whole must not keep a revocation back: whom the counterpart
    /// is judged by is read by itself, from the files that the daemon runs by. Says whether what is
    /// in use now is what is on disk.
    async fn trust_alone(&self) -> bool {
        let (config, clock) = (self.running.clone(), self.clock.clone());
        let ends = Arc::clone(&self.ends.borrow());
        let read = tokio::task::spawn_blocking(move || trust_alone(&config, &clock, &ends)).await;
        match read {
            Ok(Ok(Some(new))) => {
                tracing::info!("the counterpart's authorities and revocation lists are reloaded");
                self.ends.send_replace(Arc::new(new));
                true
            }
            Ok(Ok(None)) => true,
            // Why not stands in the fault already: all files were looked at for it.
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Keys first: the scribe may still refuse them. The rest cannot fail any more.
    async fn take(&mut self, prepared: Prepared) -> Result<Looks, ReloadRefused> {
        let Prepared { config, keys, judges, ends, towards, looks } = prepared;
        remember(&config, &ends)?;
        let rekeyed = self.handle.ask(|reply| Command::Rekey { keys, reply }).await?;
        rekeyed.map_err(ReloadRefused::Keys)?;
        self.handle.send(Command::Judges { judges }).await?;
        self.ends.send_replace(ends);
        self.towards.send_if_modified(|before| {
            let changed = *before != towards;
            *before = towards;
            changed
        });
        self.gate.send_replace(Arc::new(gate(&config.link)));
        self.running = config;
        Ok(looks)
    }
}

/// The ends that the daemon runs by with what is on disk of the counterpart's authorities and
/// revocation lists; `None` if they are the same.
fn trust_alone(config: &Config, clock: &Clock, ends: &Ends) -> Result<Option<Ends>, EndsRefused> {
    let pinned = config.tls_files().pinned(clock.read().wall).map_err(TlsUnready::from)?;
    if pinned.judges_like(ends.pinned()) {
        return Ok(None);
    }
    let new = ends.trusting(pinned, config.party.other(), Arc::new(clock.clone()))?;
    if new.trusts_own_authority() {
        return Err(EndsRefused::OwnAuthority);
    }
    remember(config, &new)?;
    Ok(Some(new))
}

fn prepare(
    file: PathBuf,
    running: &Config,
    agreement: &Arc<Agreement>,
    clock: &Clock,
) -> Result<Prepared, ReloadRefused> {
    let config = Config::load(&file)?;
    if let Some(key) = fixed::changed(running, &config) {
        return Err(ReloadRefused::Fixed(key));
    }
    let before = Looks::at(&file, &config);
    // Single files first: what is wrong with one is said best there.
    let mut faults = config.faults_of_replaceable(clock.read().wall);
    faults.retain(|fault| fault.severity() == Severity::Error);
    let assembly = Assembly::anew(&config, agreement);
    let ends = ends(&config, clock);
    let judges = config.open_signer_judges(clock.read().wall);
    let looks = Looks::at(&file, &config);
    if looks != before {
        return Err(ReloadRefused::Moving);
    }
    if !faults.is_empty() {
        return Err(ReloadRefused::Files(faults));
    }
    let keys = Successors(Box::new(assembly.map_err(ReloadRefused::Assembly)?.keys));
    let towards = towards(&config)?;
    let (judges, ends) = (Arc::new(judges?), ends?);
    Ok(Prepared { keys, judges, ends, towards, looks, config })
}

/// One line, and no endless one.
fn said(refused: &ReloadRefused) -> String {
    let text = refused.to_string();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(RELOAD_FAULT_CHARACTERS_MAX).collect()
}
