//! Why the daemon does not start, or stopped by itself.

use crate::{
    daemon::{
        api,
        assembly::{AssemblyFault, in_one_line},
        config::{ConfigError, TlsUnready, TrustRefused},
        road::CredentialRefused,
        sandbox::SandboxRefused,
        scribe::LoadFault,
        sockets::HandedRefused,
    },
    net::{LinkError, tls::TlsRefused},
    store::StoreError,
};

/// Why the daemon does not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What the service manager handed over.
    #[error(transparent)]
    Handed(#[from] HandedRefused),
    /// The process does not shut itself in.
    #[error(transparent)]
    Sandbox(#[from] SandboxRefused),
    /// What the configuration names does not come together.
    #[error("{}", in_one_line(.0))]
    Assembly(Vec<AssemblyFault>),
    /// The store, or what it holds.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// The TLS end.
    #[error(transparent)]
    Ends(#[from] EndsRefused),
    /// By what record keys are judged.
    #[error(transparent)]
    Trust(#[from] TrustRefused),
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

/// Why the files make no TLS end.
#[derive(Debug, thiserror::Error)]
pub enum EndsRefused {
    /// A certificate, or the key in its file or module.
    #[error(transparent)]
    File(#[from] TlsUnready),
    /// The credential for a proxy.
    #[error("link.proxy_credential: {0}")]
    Credential(#[from] CredentialRefused),
    /// How they fit together.
    #[error("tls: {0}")]
    Tls(#[from] TlsRefused),
    /// Our own authority where the counterpart's belongs.
    #[error("tls.peer_ca is our own authority, not the counterpart's")]
    OwnAuthority,
}
