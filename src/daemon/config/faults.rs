//! What is wrong with the world that a configuration points at, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::daemon::{keys::KeysRefused, road::CredentialRefused};
use crate::envelope::Role;
use crate::limits::{AGREEMENT_BYTES_MAX, SOCKET_PATH_BYTES_MAX};
use crate::names::{Party, Timestamp};
use crate::net::tls::{FileRefused, TlsRefused};
use crate::trust::{CertificateRefused, SignerUntrusted};

/// Whether the daemon can start all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can; somebody should know.
    Warning,
    /// It cannot, or must not.
    Error,
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Fault {
    /// The key of the configuration that leads there.
    pub key: &'static str,
    /// What is wrong.
    pub trouble: Trouble,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.trouble)
    }
}

impl std::error::Error for Fault {}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file, folder or socket that cannot be looked at; most often it is not there.
    #[error("{path}: {source}", path = path.display())]
    Unreachable {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something else where a file is wanted.
    #[error("{path} is not a file", path = .0.display())]
    NotAFile(PathBuf),
    /// Something else where a folder is wanted.
    #[error("{path} is not a directory", path = .0.display())]
    NotADirectory(PathBuf),
    /// A folder in which nothing can be made.
    #[error("nothing can be written in {path}: {source}", path = path.display())]
    NotWritable {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder that others than its owner may look into.
    #[error("{path} is open to others than its owner (mode {mode:04o})", path = path.display())]
    OpenToOthers {
        /// Which folder or file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// An agreement file beyond the bound.
    #[error("{path} has more than {AGREEMENT_BYTES_MAX} bytes", path = .0.display())]
    AgreementTooLong(PathBuf),
    /// A high-water mark that a restore of the state would turn back with it.
    #[error("{path} lies inside the state directory", path = .0.display())]
    MarkInState(PathBuf),
    /// No way to the counterpart.
    #[error("neither link.listen nor link.peer is set")]
    NoLink,
    /// The credential for a proxy.
    #[error(transparent)]
    Credential(#[from] CredentialRefused),
    /// A socket path that the system would cut off.
    #[error("the path has {0} bytes; a Unix socket takes at most {SOCKET_PATH_BYTES_MAX}")]
    SocketPathTooLong(usize),
    /// Something else where the daemon would put its socket.
    #[error("{path} exists and is not a socket", path = .0.display())]
    NotASocket(PathBuf),
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] KeysRefused),
    /// A PEM file.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Certificate and authority of the TLS end.
    #[error(transparent)]
    Tls(#[from] TlsRefused),
    /// A certificate outside its profile.
    #[error("{path}: {source}", path = path.display())]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Which rule it breaks.
        source: CertificateRefused,
    },
    /// A certificate of the other party.
    #[error("{path} is a certificate of {party}", path = path.display())]
    OtherParty {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        party: Party,
    },
    /// A certificate of another role.
    #[error("{path} is a certificate for the role {role}", path = path.display())]
    OtherRole {
        /// Which file.
        path: PathBuf,
        /// For which role.
        role: String,
    },
    /// A certificate of another key.
    #[error("{certificate} is not the certificate of {key}",
        certificate = certificate.display(), key = key.display())]
    OtherKey {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// A certificate that is no longer valid.
    #[error("{path} expired at {at}", path = path.display())]
    Expired {
        /// Which file.
        path: PathBuf,
        /// Its last second.
        at: Timestamp,
    },
    /// A certificate that will soon be no longer valid.
    #[error("{path} expires at {at}", path = path.display())]
    ExpiresSoon {
        /// Which file.
        path: PathBuf,
        /// Its last second.
        at: Timestamp,
    },
    /// A certificate that is not valid yet.
    #[error("{path} is not valid before {at}", path = path.display())]
    NotYetValid {
        /// Which file.
        path: PathBuf,
        /// Its first second.
        at: Timestamp,
    },
    /// Our own authority where the counterpart's belongs.
    #[error("{path} is our own authority, not the counterpart's", path = .0.display())]
    OwnAuthority(PathBuf),
    /// Nothing to judge our own record keys by.
    #[error("no authority of our own is named: record keys of ours are enrolled unchecked")]
    NoOwnAuthority,
    /// Revocation lists, and no authority that they could be of.
    #[error("revocation lists are named, and no authority that has signed them")]
    ListsAlone,
    /// A certificate of a record key of ours that our own authority does not vouch for.
    #[error("{path} is not trusted for our {role} key: {reason}", path = path.display())]
    Untrusted {
        /// The certificate.
        path: PathBuf,
        /// Of which key.
        role: Role,
        /// Why not.
        reason: SignerUntrusted,
    },
    /// A revocation list that is used no more.
    #[error("the revocation list of {issuer} is stale; the next one was due at {due}")]
    StaleList {
        /// Whose list it is.
        issuer: String,
        /// When the next one was due.
        due: Timestamp,
    },
    /// A revocation list that is used though the next one is overdue.
    #[error(
        "the revocation list of {issuer} was due to be replaced at {due}; it is used until \
             {until}"
    )]
    RunningOn {
        /// Whose list it is.
        issuer: String,
        /// When the next one was due.
        due: Timestamp,
        /// The last second at which it is used.
        until: Timestamp,
    },
    /// A clock that is not the clock.
    #[error("{path} says what time it is, not the clock", path = .0.display())]
    RehearsalClock(PathBuf),
}

impl Fault {
    /// Whether the daemon can start all the same.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match &self.trouble {
            Trouble::MarkInState(_)
            | Trouble::NoOwnAuthority
            | Trouble::Untrusted { .. }
            | Trouble::ExpiresSoon { .. }
            | Trouble::RunningOn { .. }
            | Trouble::RehearsalClock(_) => Severity::Warning,
            Trouble::Unreachable { .. }
            | Trouble::NotAFile(_)
            | Trouble::NotADirectory(_)
            | Trouble::NotWritable { .. }
            | Trouble::OpenToOthers { .. }
            | Trouble::AgreementTooLong(_)
            | Trouble::NoLink
            | Trouble::Credential(_)
            | Trouble::SocketPathTooLong(_)
            | Trouble::NotASocket(_)
            | Trouble::Keys(_)
            | Trouble::File(_)
            | Trouble::Tls(_)
            | Trouble::Certificate { .. }
            | Trouble::OtherParty { .. }
            | Trouble::OtherRole { .. }
            | Trouble::OtherKey { .. }
            | Trouble::Expired { .. }
            | Trouble::NotYetValid { .. }
            | Trouble::ListsAlone
            | Trouble::StaleList { .. }
            | Trouble::OwnAuthority(_) => Severity::Error,
        }
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match &self.trouble {
            Trouble::Unreachable { .. } | Trouble::NotAFile(_) | Trouble::NotADirectory(_) => {
                "create it, correct the path, or let the daemon's user reach it"
            }
            Trouble::NotWritable { .. } => {
                "give the folder to the daemon's user, and run the check as that user"
            }
            Trouble::OpenToOthers { .. } | Trouble::Keys(KeysRefused::OpenToOthers { .. }) => {
                "take all rights of group and others away (chmod go=)"
            }
            Trouble::AgreementTooLong(_) => "this is hardly an agreement file; correct the path",
            Trouble::MarkInState(_) => {
                "move it out of the state directory and out of every backup; a restored mark \
                 guards nothing"
            }
            Trouble::NoLink => {
                "set link.listen = \"0.0.0.0:7443\", or link.peer = [\"host:port\"], or both"
            }
            Trouble::Credential(refused) => refused.advice(),
            Trouble::SocketPathTooLong(_) => "choose a shorter path, as /run/entente/api.sock",
            Trouble::NotASocket(_) => "remove it if nobody needs it, or choose another path",
            Trouble::Keys(KeysRefused::SameKey { .. }) => {
                "every purpose needs a key of its own; make new ones with `entente keys new`"
            }
            Trouble::Keys(_) => "make keys with `entente keys new`, or put the right file there",
            Trouble::File(refused) if refused.is_about_lists() => {
                "fetch the authority's newest revocation list, in PEM or DER, and put it there"
            }
            Trouble::StaleList { .. } | Trouble::RunningOn { .. } => {
                "fetch the authority's newest revocation list, and see why it did not come"
            }
            Trouble::File(_) | Trouble::Tls(_) | Trouble::Certificate { .. } => {
                "put a certificate or key of the profile in certs/README.md there"
            }
            Trouble::OtherParty { .. } | Trouble::OtherRole { .. } => {
                "put our own certificate of the right role there, or correct `party`"
            }
            Trouble::OtherKey { .. } => "put the certificate there that was issued for this key",
            Trouble::Expired { .. } | Trouble::ExpiresSoon { .. } => {
                "renew it, as certs/README.md describes"
            }
            Trouble::NotYetValid { .. } => "check the clock, or wait, or have it issued anew",
            Trouble::NoOwnAuthority | Trouble::ListsAlone => {
                "set trust.authority to the certificate of our own authority, in PEM"
            }
            Trouble::Untrusted { .. } => {
                "compare our authority, its lists and the certificate; have the key certified anew"
            }
            Trouble::OwnAuthority(_) => {
                "put the certificate of the counterpart's authority there, as it was handed over"
            }
            Trouble::RehearsalClock(_) => "remove the table [rehearsal] before working in earnest",
        }
    }
}
