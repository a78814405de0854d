//! What both edges judge a peer with: the same check, whoever dials.
//!
//! Every refusal of a certificate or of the signature under a handshake leaves as one and the same
//! alert, certificate_unknown (RFC 8446 section 6.2), so that a stranger cannot find out by trial
//! what is pinned here, who has been revoked, or what a certificate lacks. The reason travels
//! inside the error to whoever holds the connection, and from there into the journal.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};
use webpki::ring as algorithms;

use super::PeerRefused;
use crate::danger::{Bug, planted};
use crate::names::{Party, Timestamp};
use crate::trust::{PathRefused, Pinned, Purpose};

/// What a handshake may be signed with, best first. In TLS 1.3 a scheme fixes curve and digest; RSA
/// signs with PSS alone, and nothing with SHA-1.
pub(super) static SCHEMES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        algorithms::ECDSA_P256_SHA256,
        algorithms::ECDSA_P384_SHA384,
        algorithms::ED25519,
        algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    ],
    mapping: &[
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[algorithms::ECDSA_P256_SHA256]),
        (SignatureScheme::ED25519, &[algorithms::ED25519]),
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[algorithms::ECDSA_P384_SHA384]),
        (SignatureScheme::RSA_PSS_SHA256, &[algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA384, &[algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA512, &[algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY]),
    ],
};

/// Judges the certificates of the counterpart's ends, on either edge.
#[derive(Debug)]
pub(super) struct PeerVerifier {
    pinned: Arc<Pinned>,
    expected: Party,
}

impl PeerVerifier {
    pub(super) const fn new(pinned: Arc<Pinned>, expected: Party) -> Self {
        Self { pinned, expected }
    }

    /// Judges a chain, leaf first, at a time.
    pub(super) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        purpose: Purpose<'_>,
        at: Timestamp,
    ) -> Result<(), PeerRefused> {
        self.pinned.check(chain, purpose, self.expected, at)?;
        Ok(())
    }

    fn judge_parts(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        purpose: Purpose<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let chain: Vec<_> = std::iter::once(leaf).chain(above).cloned().collect();
        self.judge(&chain, purpose, Timestamp::new(now.as_secs())).map_err(refuse)
    }
}

/// The one error that stands for every reason; the peer sees none of it.
fn refuse(reason: PeerRefused) -> Error {
    if planted(Bug::TellThePeerWhy) && reason == PeerRefused::Path(PathRefused::Revoked) {
        return Error::InvalidCertificate(CertificateError::Revoked);
    }
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(reason))))
}

/// Why a handshake failed on our side, if it was for who the peer is.
#[must_use]
pub fn refusal(error: &io::Error) -> Option<PeerRefused> {
    refusal_of(error.get_ref()?.downcast_ref::<Error>()?)
}

/// As [`refusal`], of the error of the TLS library itself.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
pub fn refusal_of(error: &Error) -> Option<PeerRefused> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(reason))) => {
            reason.downcast_ref::<PeerRefused>().cloned()
        }
        Error::NoCertificatesPresented => Some(PeerRefused::NoCertificate),
        Error::NoApplicationProtocol => Some(PeerRefused::Protocol),
        _ => error.source().and_then(|source| source.downcast_ref::<PeerRefused>()).cloned(),
    }
}

fn signed(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    verify_tls13_signature(message, certificate, signature, &SCHEMES)
        .map_err(|_| refuse(PeerRefused::Signature))
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge_parts(leaf, above, Purpose::TlsServer(name), now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // Nothing older than TLS 1.3 is compiled in; if it were, nothing would pass here.
        Err(refuse(PeerRefused::Signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signed(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.supported_schemes()
    }
}

impl ClientCertVerifier for PeerVerifier {
    /// Names nobody: whom we trust is nothing for strangers.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge_parts(leaf, above, Purpose::TlsClient, now)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(refuse(PeerRefused::Signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signed(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.supported_schemes()
    }
}
