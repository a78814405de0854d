//! Why no log was founded.

use std::{io, path::PathBuf};

use crate::{
    daemon::{
        assembly::AssemblyFault,
        config::TrustRefused,
        lineage::{HandoverRefused, LineageRefused},
        scribe::LoadFault,
    },
    envelope::Role,
    names::Party,
    store::StoreError,
    trust::SignerUntrusted,
};

/// Why no log was founded.
#[derive(Debug, thiserror::Error)]
pub enum InitFault {
    /// The configuration does not come together.
    #[error("{0}")]
    Assembly(Box<AssemblyFault>),
    /// There is a store.
    #[error("{path} exists: this side's log was founded already", path = .0.display())]
    StoreExists(PathBuf),
    /// There is a mark.
    #[error("{path} exists: the high-water mark of a log that existed", path = .0.display())]
    MarkExists(PathBuf),
    /// The draft holds a log that was founded for another party or under other terms.
    #[error(
        "{path} holds a founded log of {party}, and not the one that is configured",
        path = path.display()
    )]
    AnotherDraft {
        /// The draft.
        path: PathBuf,
        /// Whose log it is.
        party: Party,
    },
    /// The folder of the mark is not there.
    #[error("{path} is no directory: the high-water mark has no place", path = .0.display())]
    NoMarkFolder(PathBuf),
    /// Another init is at it.
    #[error("another `entente init` is at work in {path}", path = .0.display())]
    Busy(PathBuf),
    /// The draft's last commit lies beside it and cannot be brought in.
    #[error("{path} still has a write-ahead log", path = .0.display())]
    Unfinished(PathBuf),
    /// The disk.
    #[error("{path}: {source}", path = path.display())]
    Disk {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// By what record keys are judged.
    #[error(transparent)]
    Trust(#[from] TrustRefused),
    /// A record key of the agreement whose certificate is not believed.
    #[error("agreement.file: the {role} key of {party} is not trusted: {reason}")]
    Untrusted {
        /// Whose key.
        party: Party,
        /// In which role it was to sign.
        role: Role,
        /// Why not.
        reason: SignerUntrusted,
    },
    /// The log before is not taken over.
    #[error(transparent)]
    Handover(#[from] HandoverRefused),
    /// What was left behind in the log before.
    #[error(transparent)]
    Lineage(#[from] LineageRefused),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The founding.
    #[error(transparent)]
    Load(#[from] LoadFault),
}

impl From<AssemblyFault> for InitFault {
    fn from(fault: AssemblyFault) -> Self {
        Self::Assembly(Box::new(fault))
    }
}

impl InitFault {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Assembly(fault) => fault.advice(),
            Self::StoreExists(_) => {
                "start the daemon with `entente serve`; never found a log twice"
            }
            Self::MarkExists(_) => {
                "restore the store of that log; only for a new log under new terms and a new \
                 origin, set state.mark to another file"
            }
            Self::AnotherDraft { .. } => {
                "run `entente init` with the configuration of that log, which finishes it; for \
                 another log set state.directory to another folder"
            }
            Self::NoMarkFolder(_) => "create the folder, outside of the state and of every backup",
            Self::Busy(_) => "wait for it to end",
            Self::Unfinished(_) => {
                "end every process that has it open, and run `entente init` again"
            }
            Self::Disk { .. } => {
                "create the folder above it, or let the daemon's user write there, and run \
                 `entente init` again as that user"
            }
            Self::Handover(refused) => refused.advice(),
            Self::Lineage(refused) => refused.advice(),
            Self::Trust(_) => {
                "correct [trust] and [tls]; `entente check-config` says what is wrong"
            }
            Self::Untrusted { .. } => {
                "compare the agreement with trust.authority and tls.peer_ca, or its own \
                 trust.peer_authority; nothing was signed yet"
            }
            Self::Store(_) | Self::Load(_) => "mend this and run `entente init` again: it goes on",
        }
    }

    /// Whether the configuration or the place is at fault, not a disk or we ourselves.
    #[must_use]
    pub const fn is_of_operator(&self) -> bool {
        !matches!(self, Self::Store(StoreError::Failed(_) | StoreError::Damaged(_)) | Self::Load(_))
    }
}
