//! Both TLS ends of a daemon and the judge of its peers, made from one set of files: what is
//! replaced as a whole, while the daemon runs, when certificates, keys or authorities change.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ServerConfig};

use super::{
    PeerRefused, TlsMaterial, TlsRefused, anchors, client_config, provider, server_config,
};
use crate::names::{Party, Timestamp};
use crate::trust::{Authority, Ending, EndingUse, PeerCertificate, peer_party};

/// What connections are made with. A connection keeps the ends with which it began.
#[derive(Debug, Clone)]
pub struct Ends {
    /// The listening end.
    pub server: Arc<ServerConfig>,
    /// The dialling end.
    pub client: Arc<ClientConfig>,
    /// Judges peers again, long after their handshake.
    pub judge: PeerJudge,
    /// When what they are made of ends.
    pub endings: Vec<Ending>,
}

impl Ends {
    /// Makes both ends and the judge; `expected` is the counterpart.
    ///
    /// # Errors
    /// If certificate and key do not belong together, or an authority cannot be used.
    pub fn new(
        material: &TlsMaterial,
        expected: Party,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, TlsRefused> {
        Ok(Self {
            server: server_config(material, Arc::clone(&time))?,
            client: client_config(material, time)?,
            judge: PeerJudge::new(material, expected)?,
            endings: endings(material, expected),
        })
    }
}

/// Every certificate that the ends are made of.
fn endings(material: &TlsMaterial, counterpart: Party) -> Vec<Ending> {
    let own = counterpart.other();
    let leaf = material.chain.first().and_then(|der| {
        let leaf = PeerCertificate::parse(der).ok()?;
        Some(Ending::of(own, EndingUse::Tls, der, leaf.validity().not_after))
    });
    let above = material.chain.iter().skip(1).map(|der| (own, der));
    let pinned = material.peer_ca.iter().map(|der| (counterpart, der));
    let authorities = above.chain(pinned).filter_map(|(party, der)| {
        let authority = Authority::parse(der).ok()?;
        Some(Ending::of(party, EndingUse::Authority, der, authority.validity().not_after))
    });
    leaf.into_iter().chain(authorities).collect()
}

/// Says whether a peer that was let in once would be let in now.
#[derive(Debug, Clone)]
pub struct PeerJudge {
    verifier: Arc<dyn ClientCertVerifier>,
    expected: Party,
}

impl PeerJudge {
    fn new(material: &TlsMaterial, expected: Party) -> Result<Self, TlsRefused> {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(anchors(material)?, provider()).build()?;
        Ok(Self { verifier, expected })
    }

    /// Judges the chain that a peer showed, leaf first, at a time.
    ///
    /// # Errors
    /// The reason for which a handshake with it would fail now.
    pub fn judge(&self, chain: &[CertificateDer<'_>], at: Timestamp) -> Result<(), PeerRefused> {
        let (leaf, above) = chain.split_first().ok_or(PeerRefused::NoCertificate)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(at.seconds()));
        self.verifier
            .verify_client_cert(leaf, above, now)
            .map_err(|error| PeerRefused::Path(error.to_string()))?;
        let presented = peer_party(leaf)?;
        if presented == self.expected {
            Ok(())
        } else {
            Err(PeerRefused::OtherParty { expected: self.expected, presented })
        }
    }
}
