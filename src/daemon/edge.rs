//! What the edge towards the counterpart shows to operators: in `entente status`, in the local
//! API, in the metrics.
//!
//! The scribe knows nothing of it. Whoever knows a part keeps it in a handle of its own, and
//! [`Edge`] holds all the handles: a status is read from them when it is asked for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    reload::{Newest, ReloadView},
    sandbox::SandboxView,
    scribe::StatusView,
};

use crate::names::Timestamp;
use crate::net::{ConnectionCounts, Gauge, SessionView, tls::Ends};
use crate::trust::TrustView;

/// How the edge stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeView {
    /// The session that is up.
    pub session: Option<SessionView>,
    /// Connections that came in since the daemon started.
    pub connections: ConnectionCounts,
    /// How far the daemon's process has shut itself in.
    pub sandbox: Option<SandboxView>,
    /// What became of the newest change of configuration, keys or certificates; none: nothing has
    /// changed since the start.
    pub reload: Option<ReloadView>,
    /// The counterpart's authorities and their revocation lists; none where nothing is pinned.
    pub trust: Option<TrustView>,
}

/// Where the parts of an [`EdgeView`] are read. Its clones show the same.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// The sessions and connections, kept by the link.
    pub gauge: Gauge,
    /// How far the process has shut itself in; that does not change any more.
    pub sandbox: Option<SandboxView>,
    /// What became of the newest reload, kept by the reloader.
    pub reload: Newest,
    /// The TLS ends that serve the next connection; none for a daemon without a link.
    pub ends: Option<watch::Receiver<Arc<Ends>>>,
}

impl Edge {
    /// How the edge stands at a time, which is now.
    #[must_use]
    pub fn view(&self, at: Timestamp) -> EdgeView {
        EdgeView {
            session: self.gauge.session(),
            connections: self.gauge.connections(),
            trust: self.ends.as_ref().map(|ends| ends.borrow().judge.trust(at)),
            sandbox: self.sandbox,
            reload: self.reload.view(),
        }
    }

    /// Puts into a status of the scribe what it knows nothing of.
    pub fn complete(&self, status: &mut StatusView) {
        status.edge = self.view(status.clock);
        if let Some(ends) = &self.ends {
            let now = status.clock;
            status.add_endings(ends.borrow().endings.iter().map(|one| one.view(now)));
        }
    }
}
