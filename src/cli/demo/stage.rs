//! The demo's folder: throw-away keys and certificates, one agreement, two configurations.

use std::{
    fs, io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use ring::rand::SecureRandom;

use crate::{
    cbor::Bytes,
    daemon::{
        agreement::{self, AgreementRefused},
        assembly::in_one_line,
        keys::{KeysNotMade, NewKeys},
    },
    envelope::Algorithm,
    limits::SOCKET_PATH_BYTES_MAX,
    names::{AgreementDigest, Date, Party, PerParty, Timestamp},
    record::Certificate,
};

/// What tells a former demo's folder from any other.
const MARKER: &str = ".entente-demo";
/// What the marker says, to the byte.
const MARKER_TEXT: &str = "This folder was made by `entente demo`; the next one replaces it.\n";
/// All that stands at the top of a demo's folder.
const TOP: [&str; 6] = [MARKER, CLOCK, CLOCK_NEXT, AGREEMENT, name(Party::Gbr), name(Party::Fra)];
/// The file that says what time it is.
const CLOCK: &str = "clock";
/// The next such file, before it takes the other's place.
const CLOCK_NEXT: &str = "clock.next";
/// The agreement of both sides.
const AGREEMENT: &str = "agreement.toml";

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A folder that is somebody's.
    #[error("{path} is not empty, and no former demo's folder", path = .0.display())]
    Occupied(PathBuf),
    /// A path that no Unix socket can have.
    #[error(
        "{path} is too long: a Unix socket's name has at most {} bytes, and {socket} would have \
         {len}",
        SOCKET_PATH_BYTES_MAX, path = path.display(), socket = socket.display()
    )]
    PathTooLong {
        /// The folder.
        path: PathBuf,
        /// The socket in it.
        socket: PathBuf,
        /// Its length in bytes.
        len: usize,
    },
    /// A file or folder.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysNotMade),
    /// The agreement that was put together.
    #[error("the demo's agreement: {}", in_one_line(.0))]
    Agreement(Vec<AgreementRefused>),
    /// The system.
    #[error("the system: {0}")]
    System(#[from] io::Error),
    /// `entente init` failed.
    #[error("entente init failed for {party}: {said}")]
    Init {
        /// Whose log.
        party: Party,
        /// What it said.
        said: String,
    },
}

/// A prepared folder.
#[derive(Debug)]
pub struct Stage {
    /// The folder.
    pub folder: PathBuf,
    /// The clock file that both daemons read.
    pub clock: PathBuf,
    /// Both configurations.
    pub configs: PerParty<PathBuf>,
    /// Both API sockets.
    pub sockets: PerParty<PathBuf>,
    /// The certificates of the spare keys that the season enrols.
    pub spares: PerParty<Certificate>,
}

impl Stage {
    /// Prepares a folder: a fresh one in the system's temporary directory, or the given one, which
    /// must be empty or a former demo's. Both logs are founded at `begins`.
    ///
    /// # Errors
    /// With a reason for each thing that can be wrong with the folder.
    pub fn prepare(given: Option<&Path>, begins: Timestamp) -> Result<Self, StageError> {
        let folder = folder(given)?;
        let home = PerParty::from_fn(|party| folder.join(name(party)));
        let sockets = PerParty::from_fn(|party| home.of(party).join("api.sock"));
        for party in Party::BOTH {
            let socket = sockets.of(party).clone();
            let len = socket.as_os_str().len();
            if len > SOCKET_PATH_BYTES_MAX {
                return Err(StageError::PathTooLong { path: folder, socket, len });
            }
        }
        clear(&folder)?;
        let clock = folder.join(CLOCK);
        write(&clock, format!("{}\n", begins.seconds()).as_bytes())?;
        let mut fragments = PerParty::<String>::default();
        let mut spares = PerParty::from_fn(|_| Certificate(Bytes(Vec::new())));
        for party in Party::BOTH {
            make_folder(home.of(party))?;
            (*fragments.of_mut(party), *spares.of_mut(party)) = keys(party, home.of(party))?;
        }
        let agreement_file = folder.join(AGREEMENT);
        write(&agreement_file, agreement_text(&fragments).as_bytes())?;
        let agreement = agreement::load(&agreement_file, None).map_err(StageError::Agreement)?;
        let ports = ports()?;
        let configs = PerParty::from_fn(|party| home.of(party).join("entente.toml"));
        for party in Party::BOTH {
            let text = config_text(party, agreement.digest(), &ports);
            write(configs.of(party), text.as_bytes())?;
        }
        let stage = Self { folder, clock, configs, sockets, spares };
        for party in Party::BOTH {
            stage.init(party)?;
        }
        Ok(stage)
    }

    /// Founds a side's log with the real verb, in a process of its own.
    fn init(&self, party: Party) -> Result<(), StageError> {
        let output = Command::new(std::env::current_exe()?)
            .arg("init")
            .arg("--config")
            .arg(self.configs.of(party))
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(StageError::Init { party, said })
    }

    /// Steps the clock: a new file takes the old one's place, so that no reader sees half of it.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn step_clock(&self, time: Timestamp) -> io::Result<()> {
        let fresh = self.folder.join(CLOCK_NEXT);
        fs::write(&fresh, format!("{}\n", time.seconds()))?;
        fs::rename(&fresh, &self.clock)
    }

    /// Where a daemon's journal goes.
    #[must_use]
    pub fn journal(&self, party: Party) -> PathBuf {
        self.folder.join(name(party)).join("journal.log")
    }
}

const fn name(party: Party) -> &'static str {
    match party {
        Party::Gbr => "gbr",
        Party::Fra => "fra",
    }
}

fn folder(given: Option<&Path>) -> Result<PathBuf, StageError> {
    if let Some(given) = given {
        // Without a slash at its end, which would hide that it is a link.
        return Ok(std::path::absolute(given)?.components().collect());
    }
    let mut bytes = [0; 6];
    ring::rand::SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| io::Error::other("no random bytes"))?;
    let suffix = data_encoding::HEXLOWER.encode(&bytes);
    Ok(std::env::temp_dir().join(format!("entente-demo-{suffix}")))
}

/// Makes the folder anew. What is there is removed only if it is a former demo's through and
/// through: a real folder with the marker as we write it, and nothing at its top that is not ours.
fn clear(folder: &Path) -> Result<(), StageError> {
    let file = |source| StageError::File { path: folder.to_owned(), source };
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(file(error)),
        Ok(found) if found.is_dir() && is_empty(folder).map_err(file)? => {}
        Ok(found) if found.is_dir() && is_ours(folder).map_err(file)? => {
            fs::remove_dir_all(folder).map_err(file)?;
        }
        Ok(_) => return Err(StageError::Occupied(folder.to_owned())),
    }
    make_folder(folder)?;
    write(&folder.join(MARKER), MARKER_TEXT.as_bytes())
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().transpose()?.is_none())
}

/// Whether a former demo made this folder, and nobody put anything beside what it made.
fn is_ours(folder: &Path) -> io::Result<bool> {
    let marker = folder.join(MARKER);
    let is_file = match fs::symlink_metadata(&marker) {
        Ok(found) => found.is_file(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    if !is_file || fs::read(&marker)? != MARKER_TEXT.as_bytes() {
        return Ok(false);
    }
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !TOP.iter().any(|ours| name == *ours) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn make_folder(path: &Path) -> Result<(), StageError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| StageError::File { path: path.to_owned(), source })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), StageError> {
    fs::write(path, bytes).map_err(|source| StageError::File { path: path.to_owned(), source })
}

fn keys(party: Party, home: &Path) -> Result<(String, Certificate), StageError> {
    let dns_name = dns_name(party);
    let day = |text: &str| text.parse::<Date>().unwrap_or_default().start();
    let (made, spare) = NewKeys {
        party,
        directory: &home.join("keys"),
        // The season lies in 2025 and 2026; so does what its certificates are valid for.
        not_before: day("2025-07-29"),
        not_after: day("2027-07-29"),
        dns_name: &dns_name,
        origin: &format!("{dns_name}/log"),
        algorithm: Algorithm::Ed25519,
    }
    .create_with_spare()?;
    Ok((made.text, Certificate(Bytes(spare))))
}

fn dns_name(party: Party) -> String {
    format!("{}.entente.example", name(party))
}

/// The provisions of the example that ships.
const PROVISIONS: &str = include_str!("../../../docs/examples/provisions.toml");

fn agreement_text(fragments: &PerParty<String>) -> String {
    format!(
        "# A rehearsal: its daemons read their time from a file, and nothing in it is real.\n\
         title = \"Rehearsal of the Agreement on the Prevention of Dangerous Journeys\"\n\
         clock_bound_seconds = 5\n\
         rehearsal = true\n\n{PROVISIONS}\n{}\n{}",
        fragments.gbr, fragments.fra
    )
}

/// Two ports of the loopback that nobody listens on.
fn ports() -> io::Result<PerParty<u16>> {
    let (one, other) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok(PerParty { gbr: one.local_addr()?.port(), fra: other.local_addr()?.port() })
}

fn config_text(party: Party, digest: AgreementDigest, ports: &PerParty<u16>) -> String {
    let other = party.other();
    format!(
        "# Made by `entente demo`.\n\
         party = \"{party}\"\n\n\
         [agreement]\nfile = \"../agreement.toml\"\ndigest = \"{digest}\"\n\n\
         [state]\ndirectory = \"state\"\nmark = \"mark\"\n\n\
         [keys]\ndirectory = \"keys\"\n\n\
         [tls]\npeer_ca = \"../{theirs}/keys/ca-cert.pem\"\n\n\
         [trust]\nauthority = \"keys/ca-cert.pem\"\n\n\
         [link]\nlisten = \"127.0.0.1:{ours}\"\npeer = [\"127.0.0.1:{peer}\"]\n\
         peer_name = \"{peer_name}\"\n\n\
         [api]\nsocket = \"api.sock\"\n\n\
         [rehearsal]\nclock = \"../clock\"\n",
        theirs = name(other),
        ours = ports.of(party),
        peer = ports.of(other),
        peer_name = dns_name(other),
    )
}

#[cfg(test)]
mod tests;
