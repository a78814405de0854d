//! Whether a session that is up may stay up: by what its peer was let in, judged again whenever
//! certificates, authorities or revocation lists are replaced.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use tokio::sync::watch;

use super::tls::{Ends, PeerRefused};
use crate::names::Timestamp;

/// The chain that a peer has shown, and what judges it.
#[derive(Debug, Clone)]
pub(super) struct Warrant {
    chain: Vec<CertificateDer<'static>>,
    ends: watch::Receiver<Arc<Ends>>,
}

impl Warrant {
    /// For the chain of a finished handshake. What was replaced since the receiver last looked
    /// counts as new: a replacement during the handshake is not missed.
    pub(super) fn new(
        chain: Option<&[CertificateDer<'static>]>,
        ends: watch::Receiver<Arc<Ends>>,
    ) -> Self {
        Self { chain: chain.unwrap_or_default().to_vec(), ends }
    }

    /// Completes when the peer would no longer be let in, with the reason. Cancelled, it loses
    /// nothing.
    pub(super) async fn lapsed(&mut self, now: impl Fn() -> Timestamp) -> PeerRefused {
        loop {
            if self.ends.changed().await.is_err() {
                // Nobody is left who could replace anything.
                return std::future::pending().await;
            }
            let judge = self.ends.borrow_and_update().judge.clone();
            if let Err(refused) = judge.judge(&self.chain, now()) {
                return refused;
            }
        }
    }
}

#[cfg(test)]
mod tests;
