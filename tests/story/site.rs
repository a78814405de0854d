//! Two sides in a folder, set up with the program's own verbs, and their daemons.

use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use entente::{cli::client::Client, daemon::scribe::StatusView};
use rustix::process::{Pid, Signal, kill_process};

/// 2025-08-06T12:00:00Z, the first day in force, and the Monday after it at six.
pub(crate) const FIRST_DAY: u64 = 1_754_481_600;
pub(crate) const MONDAY: u64 = 1_754_892_000;
/// Whatever is waited for comes within a second or two on a quiet machine.
const DEADLINE: Duration = Duration::from_secs(60);

const TERMS: &str = concat!(
    "title = \"Agreement of the story\"\nclock_bound_seconds = 30\nrehearsal = true\n\n",
    include_str!("../../docs/examples/provisions.toml"),
    "\n",
);

const CONFIG: &str = r#"party = "@PARTY"
[agreement]
file = "agreement.toml"
digest = "@DIGEST"
[state]
directory = "@SIDE-state"
mark = "mark/@SIDE"
[keys]
directory = "@SIDE-keys"
[tls]
peer_ca = "@OTHER-keys/ca-cert.pem"
[trust]
authority = "@SIDE-keys/ca-cert.pem"
[link]
listen = "127.0.0.1:@HERE"
peer = ["127.0.0.1:@THERE"]
peer_name = "exchange.@OTHER.example"
[api]
socket = "run/@SIDE.sock"
[rehearsal]
clock = "clock"
"#;

/// Both sides' folder.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    /// Ports of the loopback: of the United Kingdom, and of France.
    pub(crate) ports: [u16; 2],
}

impl Site {
    /// Keys, agreement and configurations; no log is founded yet.
    pub(crate) fn new() -> Self {
        // Both are held until both are known, so that they differ.
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let ports = free.each_ref().map(|one| one.local_addr().unwrap().port());
        drop(free);
        let site = Self { folder: tempfile::tempdir().unwrap(), ports };
        let mut terms = TERMS.to_owned();
        for side in ["gbr", "fra"] {
            site.good(&format!(
                "keys new --party {} --dir {side}-keys --name exchange.{side}.example \
                 --valid-from 2025-08-01",
                side.to_uppercase(),
            ));
            terms.push_str(&site.read(&format!("{side}-keys/{side}.toml")));
        }
        site.write("agreement.toml", &terms);
        for folder in ["mark", "run"] {
            fs::create_dir(site.path(folder)).unwrap();
            fs::set_permissions(site.path(folder), Permissions::from_mode(0o700)).unwrap();
        }
        site.clock(FIRST_DAY);
        let digest = site.digest();
        for (side, other, [here, there]) in
            [("gbr", "fra", ports), ("fra", "gbr", [ports[1], ports[0]])]
        {
            let text = CONFIG
                .replace("@PARTY", &side.to_uppercase())
                .replace("@SIDE", side)
                .replace("@OTHER", other)
                .replace("@HERE", &here.to_string())
                .replace("@THERE", &there.to_string())
                .replace("@DIGEST", &digest);
            site.write(&format!("{side}.toml"), &text);
        }
        site
    }

    /// The same, with both logs founded.
    pub(crate) fn founded() -> Self {
        let site = Self::new();
        for side in ["gbr", "fra"] {
            site.good(&format!("init --config {side}.toml"));
        }
        site
    }

    /// The digest of the agreement as it is.
    pub(crate) fn digest(&self) -> String {
        let shown = self.good("agreement show agreement.toml --json");
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown["digest"].as_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, &text.replace(from, to));
    }

    /// Steps the clock of both daemons; no reader sees half of it.
    pub(crate) fn clock(&self, seconds: u64) {
        self.write("clock.next", &format!("{seconds}\n"));
        fs::rename(self.path("clock.next"), self.path("clock")).unwrap();
    }

    pub(crate) fn spawn(&self, arguments: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn run(&self, arguments: &str) -> Output {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &str, stdin: &str) -> Output {
        let mut program = self.spawn(arguments);
        // A program that reads nothing may have ended before.
        let _unread = program.stdin.take().unwrap().write_all(stdin.as_bytes());
        program.wait_with_output().unwrap()
    }

    /// A call that must succeed, and what it says.
    pub(crate) fn good(&self, arguments: &str) -> String {
        good(&self.run(arguments), arguments)
    }

    /// A call that must be refused in this way, with these words.
    pub(crate) fn refused(&self, arguments: &str, exit: i32, words: &[&str]) {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments}: {said}");
        for word in words.iter().chain(&["\nadvice: "]) {
            assert!(said.contains(word), "{arguments}: no {word:?} in {said}");
        }
    }

    /// Hands in records on standard input.
    pub(crate) fn submit(&self, side: &str, json: &str) -> String {
        let verb = format!("submit --config {side}.toml -");
        good(&self.run_with(&verb, json), &verb)
    }

    pub(crate) fn start(&self, side: &'static str) -> Daemon {
        Daemon::start(self, side)
    }

    /// Every entry of a log in a side's store: leaf hash and bytes.
    pub(crate) fn entries(&self, side: &str, log: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
        let store = self.path(&format!("{side}-state/entente.db"));
        let store = rusqlite::Connection::open(store).unwrap();
        let sql = "SELECT leaf, bytes FROM entry WHERE log = ?1 ORDER BY position";
        let mut all = store.prepare(sql).unwrap();
        let rows = all.query_map([log], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Closes the week on both sides at once; gives what each says.
    pub(crate) fn reconciled(&self, sides: [&str; 2]) -> [String; 2] {
        let call = |side| format!("reconcile --config {side}.toml");
        let runs = sides.map(|side| (side, self.spawn(&call(side))));
        runs.map(|(side, run)| good(&run.wait_with_output().unwrap(), &call(side)))
    }

    pub(crate) fn both_verify(&self) {
        for side in ["gbr", "fra"] {
            self.good(&format!("log verify --config {side}.toml"));
        }
    }

    /// Both stores verify, and hold both logs alike, byte for byte.
    pub(crate) fn both_hold_the_same(&self) {
        self.both_verify();
        for log in ["GBR", "FRA"] {
            assert_eq!(self.entries("gbr", log), self.entries("fra", log), "{log}");
        }
    }
}

pub(crate) fn good(output: &Output, what: &str) -> String {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{what}: {out}\n{err}");
    out.into_owned()
}

/// A running daemon; dropped, it is killed.
pub(crate) struct Daemon {
    child: Child,
    journal: Receiver<String>,
    client: Client,
}

impl Daemon {
    fn start(site: &Site, side: &str) -> Self {
        let mut child = site.spawn(&format!("serve --attended --config {side}.toml"));
        let (lines, journal) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _nobody_reads = lines.send(line);
            }
        });
        // A log that succeeds another is served by the same daemon of its side.
        let first = side.split('-').next().unwrap();
        let client = Client::new(&site.path(&format!("run/{first}.sock")));
        let daemon = Self { child, journal, client };
        daemon.says("serving");
        daemon
    }

    /// Waits for a line of the journal.
    pub(crate) fn says(&self, wanted: &str) -> String {
        loop {
            let line = self.journal.recv_timeout(DEADLINE).unwrap();
            if line.contains(wanted) {
                return line;
            }
        }
    }

    /// Waits until the daemon stands so.
    pub(crate) fn until(&self, what: &str, stands: impl Fn(&StatusView) -> bool) -> StatusView {
        until(&self.client, what, stands)
    }

    /// Waits until all that this side has written is receipted, over a session.
    pub(crate) fn receipted(&self) -> StatusView {
        self.until("receipts", |status| {
            let own = status.logs.of(status.party);
            status.gate == "open" && status.queued == 0 && own.unreceipted == 0 && status.connected
        })
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The lines of the journal that have come and were not read.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.journal.try_iter().collect()
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it stop in order, as its attendant goes.
    pub(crate) fn stop(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended before.
        let _ended = (self.child.kill(), self.child.wait());
    }
}

/// Waits until the daemon behind a socket stands so.
pub(crate) fn until(
    client: &Client,
    what: &str,
    stands: impl Fn(&StatusView) -> bool,
) -> StatusView {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let standing = async {
        loop {
            let progress = client.progress(None, 0).await.unwrap();
            let status = client.status().await.unwrap();
            if stands(&status) {
                return status;
            }
            // The session's coming and going is no commit, hence only a second.
            client.progress(Some(progress.commits), 1).await.unwrap();
        }
    };
    let standing = async { tokio::time::timeout(DEADLINE, standing).await };
    runtime.block_on(standing).unwrap_or_else(|_| panic!("never: {what}"))
}
