//! Why a verb could not do what it was asked: what failed, and what to do, in pairs.

use std::path::Path;

use super::{Exit, client::ClientError};
use crate::{
    daemon::{
        agreement::AgreementRefused,
        api::ProblemType,
        assembly::AssemblyFault,
        audit::AuditFault,
        config::{Config, ConfigError, Fault},
        init::InitFault,
        keys::KeysNotMade,
        lineage::{LineageRefused, NoSuccession},
        scribe::LoadFault,
    },
    store::StoreError,
};

/// What failed, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Complaint {
    /// What failed.
    pub(super) what: String,
    /// What to do, in one sentence.
    pub(super) advice: String,
}

/// The end of a verb that could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// How it ends.
    pub(super) exit: Exit,
    /// Everything that was found to be in the way.
    pub(super) complaints: Vec<Complaint>,
}

impl Failure {
    /// One thing failed.
    pub(super) fn of(exit: Exit, complaint: impl Into<Complaint>) -> Self {
        Self { exit, complaints: vec![complaint.into()] }
    }

    /// Several things failed.
    pub(super) fn all<C: Into<Complaint>>(exit: Exit, all: impl IntoIterator<Item = C>) -> Self {
        Self { exit, complaints: all.into_iter().map(Into::into).collect() }
    }
}

impl Complaint {
    /// A pair.
    pub(super) fn new(what: impl ToString, advice: impl ToString) -> Self {
        Self { what: what.to_string(), advice: advice.to_string() }
    }

    /// The same, about one of several things.
    pub(super) fn about(self, place: impl std::fmt::Display) -> Self {
        Self { what: format!("{place}: {}", self.what), ..self }
    }
}

/// Reads the configuration.
pub(super) fn config(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|refused| Failure::of(Exit::Usage, &refused))
}

impl From<&ConfigError> for Complaint {
    fn from(refused: &ConfigError) -> Self {
        let path = "correct the path, or let this user read the file";
        match refused {
            ConfigError::Unreadable { .. } => Self::new(refused, path),
            ConfigError::TooLong { .. } | ConfigError::NotText { .. } => {
                Self::new(refused, "this is hardly a configuration; correct the path")
            }
            ConfigError::Refused { path, problem, advice } => {
                Self::new(format!("{}: {problem}", path.display()), advice)
            }
            ConfigError::NoSuchVariable { name, advice } => {
                Self::new(format!("environment variable {name} overrides no key"), advice)
            }
            ConfigError::Variable { name, problem, advice } => {
                Self::new(format!("environment variable {name}: {problem}"), advice)
            }
            ConfigError::Place { .. } => {
                Self::new(refused, "write the path out; systemd alone says where credentials lie")
            }
            ConfigError::Together { .. } => {
                Self::new(refused, "unset the variables that begin with ENTENTE_ one by one")
            }
        }
    }
}

macro_rules! with_advice {
    ($($error:ty),+ $(,)?) => {
        $(
            impl From<$error> for Complaint {
                fn from(error: $error) -> Self {
                    Self::new(&error, error.advice())
                }
            }
        )+
    };
}
with_advice!(
    AgreementRefused,
    AssemblyFault,
    Fault,
    InitFault,
    LineageRefused,
    NoSuccession,
    ClientError
);

impl From<KeysNotMade> for Failure {
    fn from(refused: KeysNotMade) -> Self {
        let (exit, advice) = match &refused {
            KeysNotMade::NotADnsName(_) => (Exit::Usage, "give a name as exchange.gbr.example"),
            KeysNotMade::NotAnOrigin { .. } => {
                (Exit::Usage, "give an origin as exchange.gbr.example/gbr/log, or leave it out")
            }
            KeysNotMade::NeverValid | KeysNotMade::Calendar => {
                (Exit::Usage, "choose other values for --valid-from and --years")
            }
            KeysNotMade::NotEmpty(_) => (Exit::Usage, "choose a folder that is not there yet"),
            KeysNotMade::OpenToOthers(_) => {
                (Exit::Usage, "take all rights of group and others away (chmod 700)")
            }
            KeysNotMade::Unreadable { .. } => {
                (Exit::Usage, "name the key folder of the log that ends, and run it as its owner")
            }
            KeysNotMade::Elsewhere { .. } => (
                Exit::Usage,
                "make the new log key and mirror key where the old ones lie, and write \
                 successor.toml by hand: the README says how, under \"When logs end\"",
            ),
            KeysNotMade::Unwritable { .. } => (
                Exit::Usage,
                "create the folder above it, or run this as a user who may write there",
            ),
            KeysNotMade::Certificate(_) | KeysNotMade::PublicKey(_) => {
                (Exit::OwnFault, "delete the folder, which holds no key in use, and try again")
            }
        };
        Self::of(exit, Complaint::new(&refused, advice))
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let exit = match &error {
            ClientError::Unreachable { .. }
            | ClientError::TooLate { .. }
            | ClientError::BrokenOff(_) => Exit::NotYet,
            ClientError::Key => Exit::Usage,
            ClientError::BadAnswer { .. } => Exit::OwnFault,
            ClientError::Refused(problem) => refusal(problem.problem),
        };
        Self::of(exit, error)
    }
}

/// How a verb ends that the daemon has refused.
fn refusal(problem: ProblemType) -> Exit {
    match problem.status() {
        503 => Exit::NotYet,
        400..500 => Exit::Usage,
        _ => Exit::OwnFault,
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        LoadFault::from(error).into()
    }
}

impl From<LoadFault> for Failure {
    fn from(fault: LoadFault) -> Self {
        let exit = match &fault {
            LoadFault::Store(
                StoreError::Missing { .. }
                | StoreError::Foreign { .. }
                | StoreError::Schema { .. }
                | StoreError::Exposed { .. }
                | StoreError::Busy { .. },
            )
            | LoadFault::Identity { .. }
            | LoadFault::Succeeded { .. }
            | LoadFault::Empty => Exit::Usage,
            LoadFault::Entry { .. }
            | LoadFault::Note { .. }
            | LoadFault::Store(StoreError::Damaged(_)) => Exit::Findings,
            LoadFault::Store(_) | LoadFault::NotEmpty | LoadFault::Founding(_) => Exit::OwnFault,
        };
        let advice = match exit {
            Exit::Usage if matches!(&fault, LoadFault::Store(StoreError::Busy { .. })) => {
                "leave the daemon that runs alone, or stop it first; a store is never shared"
            }
            Exit::Usage if matches!(&fault, LoadFault::Succeeded { .. }) => {
                "start the daemon with the configuration of the successor; finish its founding \
                 with `entente init` if it was cut off"
            }
            Exit::Usage => "correct state.directory, or found the log with `entente init`",
            Exit::Findings => {
                "stop the daemon, keep a copy of the state directory, and restore it from a backup"
            }
            Exit::Good | Exit::NotYet | Exit::OwnFault | Exit::Fork => {
                "look at the disk and at the rights of this user"
            }
        };
        Self::of(exit, Complaint::new(&fault, advice))
    }
}

impl From<AuditFault> for Failure {
    fn from(fault: AuditFault) -> Self {
        match fault {
            AuditFault::Load(fault) => fault.into(),
            AuditFault::Node { .. }
            | AuditFault::NoCheckpoint { .. }
            | AuditFault::NotEntangled { .. }
            | AuditFault::NotCosigned { .. } => {
                let advice = "stop the daemon, keep a copy of the state directory, and restore it \
                              from a backup";
                Self::of(Exit::Findings, Complaint::new(&fault, advice))
            }
        }
    }
}
