//! Both TLS ends of a daemon and the judge of its peers, made from one set of files: what is
//! replaced as a whole, while the daemon runs, when certificates, keys, authorities or revocation
//! lists change.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::time_provider::TimeProvider;

use super::verifier::PeerVerifier;
use super::{PeerRefused, ServerEnd, TlsMaterial, TlsRefused, client_config, issued_by_pinned};
use crate::names::{Party, Timestamp};
use crate::trust::{
    Authority, Ending, EndingUse, Judged, PeerCertificate, Pinned, Purpose, TrustView,
};

/// What connections are made with. A connection keeps the ends with which it began.
#[derive(Debug, Clone)]
pub struct Ends {
    /// The listening end.
    pub server: ServerEnd,
    /// The dialling end.
    pub client: Arc<ClientConfig>,
    /// Judges peers again, long after their handshake.
    pub judge: PeerJudge,
    /// When what they are made of ends.
    pub endings: Vec<Ending>,
    material: TlsMaterial,
}

impl Ends {
    /// Makes both ends and the judge; `expected` is the counterpart.
    ///
    /// # Errors
    /// If certificate and key do not belong together.
    pub fn new(
        material: &TlsMaterial,
        expected: Party,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, TlsRefused> {
        Ok(Self {
            server: ServerEnd::new(material, expected, Arc::clone(&time))?,
            client: client_config(material, expected, time)?,
            judge: PeerJudge::new(material, expected),
            endings: endings(material, expected),
            material: material.clone(),
        })
    }

    /// The same certificate and key, with others whom the counterpart is judged by.
    ///
    /// # Errors
    /// As [`Ends::new`].
    pub fn trusting(
        &self,
        pinned: Pinned,
        expected: Party,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, TlsRefused> {
        let material = TlsMaterial { pinned: Arc::new(pinned), ..self.material.clone() };
        Self::new(&material, expected, time)
    }

    /// Whether the counterpart is judged by what has issued our own certificate.
    #[must_use]
    pub fn trusts_own_authority(&self) -> bool {
        issued_by_pinned(&self.material)
    }

    /// Whom the counterpart is judged by.
    #[must_use]
    pub fn pinned(&self) -> &Pinned {
        &self.material.pinned
    }
}

/// Every certificate that the ends are made of, and every revocation list.
fn endings(material: &TlsMaterial, counterpart: Party) -> Vec<Ending> {
    let own = counterpart.other();
    let leaf = material.chain.first().and_then(|der| {
        let leaf = PeerCertificate::parse(der).ok()?;
        Some(Ending::of(own, EndingUse::Tls, der, leaf.validity().not_after))
    });
    let above = material.chain.iter().skip(1).map(|der| (own, der));
    let authorities = above.filter_map(|(party, der)| {
        let authority = Authority::parse(der).ok()?;
        Some(Ending::of_authority(party, &authority))
    });
    leaf.into_iter().chain(authorities).chain(material.pinned.endings(counterpart)).collect()
}

/// Says whether a peer that was let in once would be let in now.
#[derive(Debug, Clone)]
pub struct PeerJudge {
    verifier: Arc<PeerVerifier>,
    pinned: Arc<Pinned>,
}

impl PeerJudge {
    fn new(material: &TlsMaterial, expected: Party) -> Self {
        let pinned = Arc::clone(&material.pinned);
        Self { verifier: Arc::new(PeerVerifier::new(Arc::clone(&pinned), expected)), pinned }
    }

    /// Judges the chain that a peer showed, leaf first, for what it was shown, at a time.
    ///
    /// # Errors
    /// The reason for which a handshake with it would fail now.
    pub fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        purpose: Purpose<'_>,
        at: Timestamp,
    ) -> Result<(), PeerRefused> {
        self.verifier.judge(chain, purpose, at)
    }

    /// How the authorities and revocation lists stand that it judges by.
    #[must_use]
    pub fn trust(&self, at: Timestamp) -> TrustView {
        self.pinned.view(Judged::Peer, at)
    }
}
