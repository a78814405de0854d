//! TLS 1.3 (RFC 8446) between the two parties: both show a certificate, and each takes only what
//! the counterpart's own authority has issued.
//!
//! The ring provider is always named, so that no feature of another crate can change it; what is
//! older than TLS 1.3 is not even compiled in. A session is never resumed: a resumed one is not
//! verified again, and would outlive the certificate that opened it. For the same reason there are
//! no tickets and no early data. The time comes from the caller. Cipher suites and key-exchange
//! groups, X25519MLKEM768 first, are in `offer`.
//!
//! Who the peer is, both edges judge within the handshake by [`crate::trust::Pinned`], the one that
//! listens only once the peer has signed it. After it [`authenticate`] must pass before anything is
//! read: rustls lets a peer through that offers no ALPN at all.

mod ends;
mod files;
#[cfg(feature = "pq")]
mod hybrid;
mod numbers;
mod offer;
mod revocation;
mod signers;
mod verifier;

use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, ConfigBuilder, NoKeyLog, ServerConfig, WantsVerifier};

pub use ends::{Ends, PeerJudge};
pub use files::{FileRefused, TlsFiles, TlsMaterial, certificates, private_key};
pub use numbers::{Numbers, NumbersRefused};
pub use offer::{PostQuantum, group_name, offered_groups};
pub use revocation::RevocationFiles;
pub use signers::SignerFiles;
pub use verifier::{refusal, refusal_of};

use verifier::{DiallerVerifier, PeerVerifier};

use crate::danger::{Bug, planted};
use crate::names::{Party, Timestamp};
use crate::trust::{CertificateRefused, PathRefused, PeerCertificate, Purpose, peer_party};

/// The application protocol, exactly (RFC 7301): another version would have another name.
pub const ALPN: &[u8] = b"entente/1";

/// Why material that loads makes no configuration.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefused {
    /// The certificate and its key.
    #[error("our own certificate and key: {0}")]
    Own(#[source] rustls::Error),
    /// ring offers no TLS 1.3; that is a fault of the build.
    #[error("this build cannot speak TLS 1.3: {0}")]
    Build(#[source] rustls::Error),
    /// The policy asks for X25519MLKEM768 alone, and the feature `pq` is not in this build.
    #[error(
        "post_quantum = \"require\" needs X25519MLKEM768, which this build does not have: install \
         one that was built with the feature pq, or set \"prefer\""
    )]
    NoPostQuantum,
}

/// Why a peer is refused, in its handshake or right after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerRefused {
    /// No certificate at all.
    #[error("the peer showed no certificate")]
    NoCertificate,
    /// No application protocol, or another one.
    #[error("the peer does not speak entente/1")]
    Protocol,
    /// A certificate outside the profile of [`crate::trust`].
    #[error("the peer's certificate is refused: {0}")]
    Certificate(#[from] CertificateRefused),
    /// No path from the certificate to a pinned authority, or one that is not valid now.
    #[error("the peer's certificate is refused: {0}")]
    Path(#[source] PathRefused),
    /// A handshake that was not signed with the certificate's key, or by another scheme than ours.
    #[error("the peer has not signed the handshake with the key of its certificate")]
    Signature,
    /// A session whose keys were agreed upon in a way that is no longer offered.
    #[error("{group}, of which its session's keys come, is no longer in tls.post_quantum")]
    KeyExchange {
        /// The group.
        group: &'static str,
    },
    /// A certificate of the right authority that belongs to another party.
    #[error("the peer is {presented}, not {expected}")]
    OtherParty {
        /// Whose end was expected.
        expected: Party,
        /// Whose certificate it is.
        presented: Party,
    },
}

impl From<PathRefused> for PeerRefused {
    fn from(refused: PathRefused) -> Self {
        if let PathRefused::OtherParty { expected, presented } = refused {
            return Self::OtherParty { expected, presented };
        }
        if let PathRefused::Leaf(refused) = refused {
            return Self::Certificate(refused);
        }
        if refused == PathRefused::NoCertificate {
            Self::NoCertificate
        } else {
            Self::Path(refused)
        }
    }
}

/// The listening end, of which every connection gets a configuration of its own.
#[derive(Debug, Clone)]
pub struct ServerEnd {
    builder: ConfigBuilder<ServerConfig, WantsVerifier>,
    judge: Arc<PeerVerifier>,
    own: Arc<SingleCertAndKey>,
}

impl ServerEnd {
    /// Makes the end; `expected` is the counterpart.
    ///
    /// # Errors
    /// If certificate and key do not belong together.
    pub fn new(
        material: &TlsMaterial,
        expected: Party,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, TlsRefused> {
        let provider = Arc::new(material.post_quantum.provider()?);
        let builder = ServerConfig::builder_with_details(provider, time)
            .with_protocol_versions(&[&TLS13])
            .map_err(TlsRefused::Build)?;
        let judge = Arc::new(PeerVerifier::new(Arc::clone(&material.pinned), expected));
        Ok(Self { builder, judge, own: own(material)? })
    }

    /// The configuration of one connection: it remembers what the peer shows until that is proved.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        let verifier = Arc::new(DiallerVerifier::new(Arc::clone(&self.judge)));
        let builder = self.builder.clone().with_client_cert_verifier(verifier);
        let own: Arc<SingleCertAndKey> = Arc::clone(&self.own);
        let mut config = builder.with_cert_resolver(own);
        config.ignore_client_order = true;
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_tls13_tickets = 0;
        config.max_early_data_size = 0;
        config.send_half_rtt_data = false;
        config.key_log = Arc::new(NoKeyLog);
        Arc::new(config)
    }
}

/// The configuration of the end that listens, for one connection; `expected` is the counterpart.
/// Used for more, it takes nobody who shows another chain than the first.
///
/// # Errors
/// If certificate and key do not belong together.
pub fn server_config(
    material: &TlsMaterial,
    expected: Party,
    time: Arc<dyn TimeProvider>,
) -> Result<Arc<ServerConfig>, TlsRefused> {
    Ok(ServerEnd::new(material, expected, time)?.config())
}

/// The configuration of the end that dials; it names the server when it connects.
///
/// # Errors
/// If certificate and key do not belong together.
pub fn client_config(
    material: &TlsMaterial,
    expected: Party,
    time: Arc<dyn TimeProvider>,
) -> Result<Arc<ClientConfig>, TlsRefused> {
    let provider = Arc::new(material.post_quantum.provider()?);
    let verifier = Arc::new(PeerVerifier::new(Arc::clone(&material.pinned), expected));
    let mut config = ClientConfig::builder_with_details(provider, time)
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsRefused::Build)?
        // Dangerous if it verified less than webpki alone; it calls webpki, and more.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(own(material)?);
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.key_log = Arc::new(NoKeyLog);
    Ok(Arc::new(config))
}

/// Says whether the peer of a finished handshake is the expected party and speaks our protocol.
///
/// # Errors
/// One variant of [`PeerRefused`] for each reason; the connection must then be closed unread.
pub fn authenticate(
    peer_certificates: Option<&[CertificateDer<'_>]>,
    alpn: Option<&[u8]>,
    expected: Party,
) -> Result<(), PeerRefused> {
    if alpn != Some(ALPN) && !planted(Bug::SkipProtocol) {
        return Err(PeerRefused::Protocol);
    }
    let leaf = peer_certificates.and_then(<[_]>::first).ok_or(PeerRefused::NoCertificate)?;
    let presented = peer_party(leaf)?;
    if presented == expected || planted(Bug::SkipParty) {
        Ok(())
    } else {
        Err(PeerRefused::OtherParty { expected, presented })
    }
}

/// Whether our own certificate comes from what is pinned as the counterpart's authority: then the
/// wrong file was put there, and each side would take its own servers for the other's.
#[must_use]
pub fn issued_by_pinned(material: &TlsMaterial) -> bool {
    let Some(own) = material.chain.first().and_then(|leaf| PeerCertificate::parse(leaf).ok())
    else {
        return false;
    };
    // At a time at which the leaf is valid, and whatever is revoked: that is another question.
    let (at, party) = (own.validity().not_before, own.party());
    let pinned = crate::trust::Pinned::new(material.pinned.authorities().to_vec());
    pinned.check(&material.chain, Purpose::TlsEnd, party, at).is_ok()
}

/// A clock that stands still, for a check at one given time.
#[must_use]
pub fn fixed_time(at: Timestamp) -> Arc<dyn TimeProvider> {
    Arc::new(Fixed(at))
}

#[derive(Debug)]
struct Fixed(Timestamp);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.seconds())))
    }
}

/// Our own certificate with its key, which must belong together.
fn own(material: &TlsMaterial) -> Result<Arc<SingleCertAndKey>, TlsRefused> {
    let certified = CertifiedKey::new(material.chain.clone(), Arc::clone(&material.key));
    certified.keys_match().map_err(TlsRefused::Own)?;
    Ok(Arc::new(certified.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_without_protocol_or_certificate_is_refused() {
        let garbage = [CertificateDer::from(vec![0x30, 0])];
        let malformed = PeerRefused::Certificate(CertificateRefused::NotACertificate);
        for (certificates, alpn, refused) in [
            (None, None, PeerRefused::Protocol),
            (None, Some(&b"entente/2"[..]), PeerRefused::Protocol),
            (None, Some(&b"entente/1 "[..]), PeerRefused::Protocol),
            (None, Some(&b""[..]), PeerRefused::Protocol),
            (None, Some(ALPN), PeerRefused::NoCertificate),
            (Some(&garbage[..0]), Some(ALPN), PeerRefused::NoCertificate),
            (Some(&garbage[..]), Some(ALPN), malformed),
        ] {
            assert_eq!(authenticate(certificates, alpn, Party::Fra), Err(refused));
        }
    }
}
