//! The local API: HTTP/1 over a Unix socket, JSON in and out, for the systems of one government.
//!
//! It is a thin layer over the scribe's [`Handle`]: it reads, asks and writes down the answer, and
//! decides nothing. Whoever speaks to it has the same user id as the daemon; it knows no passwords
//! and no names. Deliberately absent: TCP, TLS, anything that
//! exports.
//!
//! Whoever waits for something reads the progress first, then looks, then waits for progress after
//! what was read: no change is missed, and nobody asks again and again.

mod answer;
mod beside;
mod connections;
mod openapi;
mod problem;
mod refusals;
mod request;
mod routes;
mod socket;
#[cfg(test)]
pub(crate) mod tests;
mod wait;

use std::path::Path;

use tokio::sync::watch;

use super::{edge::Edge, scribe::Handle};
use crate::names::Party;

pub use beside::Beside;
pub use openapi::openapi;
pub(crate) use openapi::schemas;
pub use problem::{PROBLEM_JSON, Place, Problem, ProblemType};
pub use socket::{ApiError, Listener};

/// What the answers need: whose daemon this is, the scribe, and word of the end.
#[derive(Debug, Clone)]
struct Desk {
    party: Party,
    handle: Handle,
    edge: Edge,
    /// Becomes true when the API stops, and ends every wait.
    stopping: watch::Receiver<bool>,
}

/// Listens on a socket and answers until `shutdown` completes.
///
/// # Errors
/// If the socket cannot be had; see [`ApiError`].
pub async fn serve(
    socket: &Path,
    party: Party,
    handle: Handle,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ApiError> {
    let listener = Listener::bind(socket).await?;
    listener.serve(party, handle, shutdown).await;
    Ok(())
}

impl Listener {
    /// Has this edge shown in every status; without it, one that never saw a connection.
    #[must_use]
    pub fn showing(mut self, edge: Edge) -> Self {
        self.edge = edge;
        self
    }

    /// Answers until `shutdown` completes, then lets what is under way finish. The socket is gone
    /// before that, so that nobody new comes.
    pub async fn serve(self, party: Party, handle: Handle, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let desk = Desk { party, handle, edge: self.edge.clone(), stopping };
        connections::serve(self, desk, stop, shutdown).await;
    }
}
