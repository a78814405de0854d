//! What the edge shows of itself: the session that is up, and how many connections were let in or
//! refused. Numbers and facts of an authenticated counterpart; nothing that a stranger sent.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rustls::CommonState;
use serde::{Deserialize, Serialize};

use super::{switchboard::Switchboard, warrant::Warrant};
use crate::{
    names::{Party, Timestamp},
    trust::ShownCertificate,
};

/// The session that is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Who dialled.
    pub dialler: Party,
    /// Since when it is up, by our wall clock.
    pub since: Timestamp,
    /// The connection under it; none where a session runs over something else than TLS.
    pub connection: Option<ConnectionView>,
}

/// What a connection that is authenticated came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// The other end: an IP address and port; behind a proxy, the name that it was asked for.
    pub address: String,
    /// The protocol version, as `TLS 1.3`.
    pub protocol: String,
    /// The cipher suite by its name with IANA.
    pub suite: String,
    /// The group of the key exchange by its name with IANA.
    pub group: String,
    /// The counterpart's certificate.
    pub certificate: Option<ShownCertificate>,
}

impl ConnectionView {
    /// What a finished handshake with the other end at `address` came to.
    pub(super) fn of(address: String, connection: &CommonState) -> Self {
        let protocol = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            other => format!("{other:?}"),
        };
        let suite = connection.negotiated_cipher_suite().map(|suite| {
            // rustls says TLS13_AES_256_GCM_SHA384 where RFC 8446 says TLS_AES_256_GCM_SHA384.
            format!("{:?}", suite.suite()).replacen("TLS13_", "TLS_", 1)
        });
        let group = connection.negotiated_key_exchange_group();
        let leaf = connection.peer_certificates().and_then(<[_]>::first);
        Self {
            address,
            protocol,
            suite: suite.unwrap_or_default(),
            group: group.map(|group| format!("{:?}", group.name())).unwrap_or_default(),
            certificate: leaf.and_then(|leaf| ShownCertificate::of(leaf)),
        }
    }
}

/// Who is at the other end of a conversation.
#[derive(Debug)]
pub(super) struct Caller {
    /// Who dialled.
    pub(super) dialler: Party,
    /// The connection, if it can be shown.
    pub(super) connection: Option<ConnectionView>,
    /// By what the peer was let in; none where nothing can take it back.
    pub(super) warrant: Option<Warrant>,
}

impl From<Party> for Caller {
    fn from(dialler: Party) -> Self {
        Self { dialler, connection: None, warrant: None }
    }
}

/// Why a connection that came in was refused, as far as it is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turned {
    /// Its address is not on the allow-list.
    NotAllowed,
    /// There were too many: in all, from its address, or with the counterpart's own name.
    Crowded,
    /// It did not finish its handshake in time.
    Slow,
    /// What it sent does not begin a TLS 1.3 handshake.
    NotTls,
    /// Its handshake failed, or it is not the counterpart.
    Stranger,
    /// It went away before its handshake was over.
    Gone,
}

impl Turned {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::NotAllowed, Self::Crowded, Self::Slow, Self::NotTls, Self::Stranger, Self::Gone];
}

/// Connections that came in, counted since the daemon started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCounts {
    /// All that were accepted by the system.
    pub accepted: u64,
    /// Of these, those whose handshake showed the counterpart.
    pub greeted: u64,
    /// Those that are waiting for or in their handshake now.
    pub waiting: u64,
    /// Refused: the address is not on the allow-list.
    pub not_allowed: u64,
    /// Refused: too many connections, in all or from one address.
    pub crowded: u64,
    /// Refused: no handshake within the deadline.
    pub slow: u64,
    /// Refused: what was sent does not begin a TLS 1.3 handshake.
    pub not_tls: u64,
    /// Refused: the handshake failed, or showed somebody else than the counterpart.
    pub stranger: u64,
    /// Went away before the handshake was over.
    pub gone: u64,
}

/// Counts, and knows the session that is up. Its clones show the same.
#[derive(Debug, Clone, Default)]
pub struct Gauge {
    counts: Arc<Counts>,
    board: Switchboard,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    greeted: AtomicU64,
    waiting: AtomicU64,
    not_allowed: AtomicU64,
    crowded: AtomicU64,
    slow: AtomicU64,
    not_tls: AtomicU64,
    stranger: AtomicU64,
    gone: AtomicU64,
}

/// A connection that is counted as waiting for as long as this lives.
#[derive(Debug)]
pub(super) struct Waiting(Arc<Counts>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gauge {
    /// Over the board on which sessions take their place.
    pub(super) fn over(board: Switchboard) -> Self {
        Self { counts: Arc::default(), board }
    }

    /// The session that is up.
    #[must_use]
    pub fn session(&self) -> Option<SessionView> {
        self.board.shown()
    }

    /// What was counted up to now.
    #[must_use]
    pub fn connections(&self) -> ConnectionCounts {
        let counts = &self.counts;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ConnectionCounts {
            accepted: read(&counts.accepted),
            greeted: read(&counts.greeted),
            waiting: read(&counts.waiting),
            not_allowed: read(&counts.not_allowed),
            crowded: read(&counts.crowded),
            slow: read(&counts.slow),
            not_tls: read(&counts.not_tls),
            stranger: read(&counts.stranger),
            gone: read(&counts.gone),
        }
    }

    /// One more was accepted by the system.
    pub(super) fn accepted(&self) {
        self.counts.accepted.fetch_add(1, Ordering::Relaxed);
    }

    /// One more waits for its handshake, until what is given back is dropped.
    pub(super) fn waits(&self) -> Waiting {
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(Arc::clone(&self.counts))
    }

    /// One more is the counterpart.
    pub(super) fn greeted(&self) {
        self.counts.greeted.fetch_add(1, Ordering::Relaxed);
    }

    /// One more was refused.
    pub(super) fn turned(&self, why: Turned) {
        let count = match why {
            Turned::NotAllowed => &self.counts.not_allowed,
            Turned::Crowded => &self.counts.crowded,
            Turned::Slow => &self.counts.slow,
            Turned::NotTls => &self.counts.not_tls,
            Turned::Stranger => &self.counts.stranger,
            Turned::Gone => &self.counts.gone,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_count_of_its_own_and_who_waits_is_counted_while_it_does() {
        let gauge = Gauge::default();
        for (times, why) in (1_u64..).zip(Turned::ALL) {
            for _ in 0..times {
                gauge.turned(why);
            }
        }
        gauge.accepted();
        gauge.greeted();
        let waiting = [gauge.waits(), gauge.waits()];
        let counted = ConnectionCounts {
            accepted: 1,
            greeted: 1,
            waiting: 2,
            not_allowed: 1,
            crowded: 2,
            slow: 3,
            not_tls: 4,
            stranger: 5,
            gone: 6,
        };
        assert_eq!(gauge.connections(), counted);
        drop(waiting);
        assert_eq!(gauge.clone().connections().waiting, 0);
    }
}
