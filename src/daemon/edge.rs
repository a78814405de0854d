//! What the edge towards the counterpart shows to operators: in `entente status`, in the local
//! API, in the metrics.
//!
//! The scribe knows nothing of it. Whoever knows a part keeps it in a handle of its own, and
//! [`Edge`] holds all the handles: a status is read from them when it is asked for.

use serde::{Deserialize, Serialize};

use crate::net::{ConnectionCounts, Gauge, SessionView};

/// How the edge stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeView {
    /// The session that is up.
    pub session: Option<SessionView>,
    /// Connections that came in since the daemon started.
    pub connections: ConnectionCounts,
}

/// Where the parts of an [`EdgeView`] are read. Its clones show the same.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// The sessions and connections, kept by the link.
    pub gauge: Gauge,
}

impl Edge {
    /// How the edge stands now.
    #[must_use]
    pub fn view(&self) -> EdgeView {
        EdgeView { session: self.gauge.session(), connections: self.gauge.connections() }
    }
}
