//! Two daemons with published keys, stores in memory and one clock, and a carrier between them that
//! stands for the network.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tempfile::TempDir;

use crate::{
    cbor,
    cli::{Exit, call, client::Client, output::Output},
    daemon::{
        api::{Listener, tests::side::UnsafeKeys},
        mark::MarkFile,
        scribe::{self, Command, Handle, Reading, Scribe, Seat},
    },
    ledger::{
        Agreement,
        fixture::{at, terms},
    },
    names::{Party, PerParty, Timestamp},
    session::Replica,
    store::{Identity, MemoryStore},
};

/// One side.
pub(super) struct Daemon {
    pub(super) client: Client,
    pub(super) handle: Handle,
    party: Party,
    config: PathBuf,
}

/// Both sides.
pub(super) struct Daemons {
    pub(super) agreement: Arc<Agreement>,
    pub(super) sides: PerParty<Arc<Daemon>>,
    pub(super) folder: TempDir,
    clock: Arc<AtomicU64>,
    carrier: Carrier,
}

/// Carries what is written. One at a time: two that carry the same entries would both have read
/// where the mirror ends, and the second would be refused as out of order.
#[derive(Clone, Default)]
struct Carrier(Arc<tokio::sync::Mutex<()>>);

/// What a verb said, and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) exit: Exit,
    pub(super) out: String,
    pub(super) err: String,
}

impl Daemons {
    /// Two founded sides that know nothing of each other, on the first day.
    pub(super) async fn founded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicU64::new(at("2025-08-06T12:00:00Z").seconds()));
        let agreement = Arc::new(Agreement::open(terms()).unwrap());
        let text = toml::to_string(agreement.terms()).unwrap();
        std::fs::write(folder.path().join("agreement.toml"), text).unwrap();
        let gbr = Daemon::found(Party::Gbr, &agreement, &clock, folder.path()).await;
        let fra = Daemon::found(Party::Fra, &agreement, &clock, folder.path()).await;
        let sides = PerParty { gbr: Arc::new(gbr), fra: Arc::new(fra) };
        let it = Self { agreement, sides, folder, clock, carrier: Carrier::default() };
        it.go_to("2025-08-06T12:00:00Z");
        it
    }

    /// Two sides between which everything is carried as soon as it is written.
    pub(super) async fn linked() -> Self {
        let it = Self::founded().await;
        let (gbr, fra) = (Arc::clone(&it.sides.gbr), Arc::clone(&it.sides.fra));
        let (agreement, carrier) = (Arc::clone(&it.agreement), it.carrier.clone());
        tokio::spawn(async move {
            let mut news = PerParty { gbr: gbr.handle.progress(), fra: fra.handle.progress() };
            loop {
                news.gbr.mark_unchanged();
                news.fra.mark_unchanged();
                carrier.exchange(&agreement, &gbr, &fra).await;
                let gone = tokio::select! {
                    changed = news.gbr.changed() => changed.is_err(),
                    changed = news.fra.changed() => changed.is_err(),
                };
                if gone {
                    return;
                }
            }
        });
        it
    }

    pub(super) fn go_to(&self, time: &str) {
        let seconds = at(time).seconds();
        self.clock.store(seconds, Ordering::SeqCst);
        std::fs::write(self.folder.path().join("clock"), format!("{seconds}\n")).unwrap();
    }

    /// Carries all that is written by now, both ways.
    pub(super) async fn exchange(&self) {
        self.carrier.exchange(&self.agreement, &self.sides.gbr, &self.sides.fra).await;
    }

    /// Calls a verb, as an operator of one side would.
    pub(super) async fn call(&self, party: Party, arguments: &str) -> Said {
        let config = self.sides.of(party).config.clone();
        let arguments = format!("entente {arguments}");
        let words = arguments.split_whitespace().map(OsString::from);
        let words: Vec<_> = words.chain(["--config".into(), config.into()]).collect();
        tokio::task::spawn_blocking(move || {
            let (out, err) = (Kept::default(), Kept::default());
            let mut output = Output::captured(out.clone(), err.clone());
            let exit = call(words, &mut output);
            let exit = output.finish(exit);
            Said { exit, out: out.text(), err: err.text() }
        })
        .await
        .unwrap()
    }

    /// Writes a file, and gives its path.
    pub(super) fn file(&self, text: &str) -> String {
        let path = self.folder.path().join("file");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(super) async fn sizes(&self) -> [u64; 2] {
        let status = self.sides.gbr.client.status().await.unwrap();
        [status.logs.gbr.size.0, status.logs.fra.size.0]
    }
}

impl Daemon {
    async fn found(
        party: Party,
        agreement: &Arc<Agreement>,
        clock: &Arc<AtomicU64>,
        folder: &Path,
    ) -> Self {
        let terms = cbor::encode(agreement.terms());
        let store = MemoryStore::create(&Identity { party, terms }).unwrap();
        let mark = MarkFile::at(folder.join(format!("{party}.mark")));
        let seat = Seat { party, agreement: Arc::clone(agreement) };
        let read = Arc::clone(clock);
        let now =
            move || Reading { wall: Timestamp::new(read.load(Ordering::SeqCst)), monotonic: 0 };
        let scribe = Scribe::found(seat, store, UnsafeKeys(party), mark, now()).unwrap();
        let handle = scribe::spawn(scribe, now, |ended| ended.unwrap()).unwrap();
        let socket = folder.join(format!("{party}.sock"));
        let listener = Listener::bind(&socket).await.unwrap();
        tokio::spawn(listener.serve(party, handle.clone(), std::future::pending()));
        let config = folder.join(format!("{party}.toml"));
        let text = format!(
            "party = \"{party}\"\nagreement = {{ file = \"agreement.toml\", digest = \"{}\" }}\n\
             state = {{ directory = \"s\", mark = \"m\" }}\nkeys = {{ directory = \"k\" }}\n\
             tls = {{ peer_ca = \"c\" }}\nlink = {{ peer_name = \"exchange.example\" }}\n\
             api = {{ socket = \"{party}.sock\" }}\nrehearsal = {{ clock = \"clock\" }}\n",
            agreement.digest(),
        );
        std::fs::write(&config, text).unwrap();
        Self { client: Client::new(&socket), handle, party, config }
    }
}

impl Carrier {
    /// Carries all that is written by now, both ways.
    async fn exchange(&self, agreement: &Agreement, gbr: &Daemon, fra: &Daemon) {
        let _alone = self.0.lock().await;
        while carry(agreement, gbr, fra).await | carry(agreement, fra, gbr).await {}
    }
}

/// Carries what the one side has written and the other does not hold; says whether there was any.
async fn carry(agreement: &Agreement, from: &Daemon, to: &Daemon) -> bool {
    let standing = to.handle.ask(|reply| Command::Standing { reply }).await.unwrap().unwrap();
    let frontier = standing.mirror_frontier;
    let (log, start) = (from.party, frontier.size().next());
    let load = |reply| Command::Load { log, start, reply };
    let Some(loaded) = from.handle.ask(load).await.unwrap().unwrap() else { return false };
    let mut replica = Replica::new(standing.mirror_keys, frontier);
    replica.take(loaded.start, loaded.entries).unwrap();
    let author = agreement.identity(log);
    let checkpoint = author.log.open(&loaded.checkpoint).unwrap();
    let batch = Box::new(replica.complete(checkpoint).unwrap().unwrap());
    to.handle.ask(|reply| Command::Store { batch, reply }).await.unwrap().unwrap().unwrap();
    for note in loaded.cosignatures {
        let cosigned = author.mirror.open(&agreement.identity(to.party).log, note).unwrap();
        let cosigned = Box::new(cosigned);
        to.handle
            .ask(|reply| Command::Cosigned { cosigned, reply })
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
    true
}

/// What is written is kept.
#[derive(Clone, Default)]
pub(in crate::cli) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(in crate::cli) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
