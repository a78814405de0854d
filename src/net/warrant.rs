//! Whether a session that is up may stay up: by what its peer was let in, judged again whenever
//! certificates, authorities, revocation lists or policies are replaced, and once a minute, since
//! all of these end by themselves.

use std::{sync::Arc, time::Duration};

use rustls::{CommonState, NamedGroup, pki_types::CertificateDer};
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    link::Towards,
    tls::{Ends, PeerRefused, group_name},
};
use crate::{limits::WARRANT_SECONDS, names::Timestamp, trust::Purpose};

/// What a peer has shown in its handshake, and what judges it.
#[derive(Debug)]
pub(super) struct Warrant {
    chain: Vec<CertificateDer<'static>>,
    group: Option<NamedGroup>,
    ends: watch::Receiver<Arc<Ends>>,
    /// Whom we dial, if we dialled it.
    towards: Option<watch::Receiver<Arc<Towards>>>,
    minute: Interval,
}

impl Warrant {
    /// For a finished handshake.
    pub(super) fn of(
        tls: &CommonState,
        ends: watch::Receiver<Arc<Ends>>,
        towards: Option<watch::Receiver<Arc<Towards>>>,
    ) -> Self {
        let group = tls.negotiated_key_exchange_group().map(|group| group.name());
        Self { group, towards, ..Self::new(tls.peer_certificates(), ends) }
    }

    /// For a chain. What was replaced since the receiver last looked counts as new: a replacement
    /// during the handshake is not missed.
    fn new(chain: Option<&[CertificateDer<'static>]>, ends: watch::Receiver<Arc<Ends>>) -> Self {
        let chain = chain.unwrap_or_default().to_vec();
        Self { chain, group: None, ends, towards: None, minute: Self::minute() }
    }

    /// The first time in a minute: the handshake has just judged.
    fn minute() -> Interval {
        let mut minute = interval(Duration::from_secs(WARRANT_SECONDS));
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        minute.reset();
        minute
    }

    /// Completes when the peer would no longer be let in, with the reason. Cancelled, it loses
    /// nothing.
    pub(super) async fn lapsed(&mut self, now: impl Fn() -> Timestamp) -> PeerRefused {
        loop {
            tokio::select! {
                () = replaced(&mut self.ends) => {}
                () = redirected(&mut self.towards) => {}
                _ = self.minute.tick() => {}
            }
            if let Err(refused) = self.judge(now()) {
                return refused;
            }
        }
    }

    fn judge(&mut self, at: Timestamp) -> Result<(), PeerRefused> {
        let ends = Arc::clone(&self.ends.borrow_and_update());
        let groups = &ends.client.crypto_provider().kx_groups;
        if let Some(group) = self.group.filter(|mine| groups.iter().all(|it| it.name() != *mine)) {
            return Err(PeerRefused::KeyExchange { group: group_name(group) });
        }
        match &mut self.towards {
            Some(towards) => {
                let towards = Arc::clone(&towards.borrow_and_update());
                ends.judge.judge(&self.chain, Purpose::TlsServer(&towards.peer_name), at)
            }
            None => ends.judge.judge(&self.chain, Purpose::TlsClient, at),
        }
    }
}

async fn replaced<T>(one: &mut watch::Receiver<T>) {
    if one.changed().await.is_err() {
        // Nobody is left who could replace anything.
        std::future::pending().await
    }
}

async fn redirected(towards: &mut Option<watch::Receiver<Arc<Towards>>>) {
    match towards {
        Some(towards) => replaced(towards).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod lapses;
#[cfg(test)]
mod tests;
