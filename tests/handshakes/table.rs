//! The table: what is shown, at which time, to whom, and why it is refused.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use entente::net::tls::PeerRefused;
use entente::trust::{PathRefused, Pinned};
use rustls::AlertDescription;
use rustls::pki_types::CertificateDer;

use crate::meet::{Edge, Outcome, Peer, meet_named};
use crate::mint::{LEAF, NAME, NOW, Spec};

/// One bad certificate, chain or peer.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) edges: Vec<Edge>,
    pub(crate) peer: Peer,
    pub(crate) pinned: Arc<Pinned>,
    pub(crate) at: u64,
    pub(crate) dialled: &'static str,
    pub(crate) wanted: PeerRefused,
    pub(crate) alert: Option<AlertDescription>,
}

/// The pinned authority, without revocation lists.
pub(crate) static ROOT: LazyLock<Arc<Pinned>> =
    LazyLock::new(|| Arc::new(Pinned::new(vec![Spec::root().pinned()])));

impl Case {
    pub(crate) fn chain(name: &str, chain: &[Spec], wanted: impl Into<PeerRefused>) -> Self {
        let ders = chain.iter().map(Spec::der).collect();
        Self::ders(name, ders, wanted.into())
    }

    pub(crate) fn ders(
        name: &str,
        chain: Vec<CertificateDer<'static>>,
        wanted: PeerRefused,
    ) -> Self {
        Self {
            name: name.to_owned(),
            edges: vec![Edge::Server, Edge::Client],
            peer: Peer::showing(chain, LEAF),
            pinned: Arc::clone(&ROOT),
            at: NOW,
            dialled: NAME,
            wanted,
            alert: Some(AlertDescription::CertificateUnknown),
        }
    }

    pub(crate) fn leaf(name: &str, leaf: Spec, wanted: PeerRefused) -> Self {
        Self::chain(name, &[leaf], wanted)
    }

    pub(crate) fn der(name: &str, der: Vec<u8>, wanted: PeerRefused) -> Self {
        Self::ders(name, vec![der.into()], wanted)
    }

    pub(crate) fn path(name: &str, chain: &[Spec], wanted: PathRefused) -> Self {
        Self::chain(name, chain, wanted)
    }

    pub(crate) fn only(mut self, edge: Edge) -> Self {
        self.edges = vec![edge];
        self
    }

    pub(crate) fn pinning(mut self, pinned: Pinned) -> Self {
        self.pinned = Arc::new(pinned);
        self
    }

    pub(crate) const fn at(mut self, at: u64) -> Self {
        self.at = at;
        self
    }

    /// Whether it is refused on this edge as it should be, and the peer sees what all see.
    pub(crate) fn holds(&self, edge: Edge) -> Result<(), Outcome> {
        let seen = meet_named(&self.peer, &self.pinned, edge, self.at, self.dialled);
        let right = seen.ours == Err(Ok(self.wanted.clone())) && seen.theirs == self.alert;
        if right { Ok(()) } else { Err(seen) }
    }
}

#[derive(Default)]
pub(crate) struct Table {
    pub(crate) cases: Vec<Case>,
    names: BTreeSet<String>,
}

impl Table {
    pub(crate) fn add(&mut self, case: Case) {
        assert!(self.names.insert(case.name.clone()), "two cases are called {:?}", case.name);
        self.cases.push(case);
    }

    /// All of them.
    pub(crate) fn whole() -> Self {
        let mut table = Self::default();
        crate::leaf_cases::add(&mut table);
        crate::key_cases::add(&mut table);
        crate::path_cases::add(&mut table);
        crate::list_cases::add(&mut table);
        table
    }

    /// What is not refused as it should be: the case, the edge, and what was seen.
    pub(crate) fn failures(&self) -> Vec<String> {
        let mut found = Vec::new();
        for case in &self.cases {
            for edge in &case.edges {
                if let Err(seen) = case.holds(*edge) {
                    let (name, wanted) = (&case.name, &case.wanted);
                    found.push(format!("{name}, {edge:?}: {seen:?} instead of {wanted:?}"));
                }
            }
        }
        found
    }
}
