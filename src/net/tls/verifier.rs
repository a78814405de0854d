//! What both edges judge a peer with: the same check, whoever dials.
//!
//! Every refusal of a certificate or of the signature under a handshake leaves as one and the same
//! alert, certificate_unknown (RFC 8446 section 6.2), so that a stranger cannot find out by trial
//! what is pinned here, who has been revoked, or what a certificate lacks. The reason travels
//! inside the error to whoever holds the connection, and from there into the journal.
//!
//! Whoever dials is judged only once it has signed the handshake. A certificate is public: refused
//! when it is shown, it would tell anybody who holds a copy whether it is still taken here, and
//! have a path and its lists worked through for somebody who has proved nothing.

use std::error::Error as _;
use std::io;
use std::sync::{Arc, OnceLock};

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
use crate::trust::{PathRefused, PeerCertificate, Pinned, Purpose};

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

/// Judges the certificates of the counterpart's ends.
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
}

/// What a dialler has shown, and when.
#[derive(Debug, Clone)]
struct Shown {
    chain: Vec<CertificateDer<'static>>,
    at: Timestamp,
}

/// Judges whoever dials, for one connection: between its certificate and its signature it has to
/// remember what was shown.
#[derive(Debug)]
pub(super) struct DiallerVerifier {
    judge: Arc<PeerVerifier>,
    shown: OnceLock<Shown>,
}

impl DiallerVerifier {
    pub(super) const fn new(judge: Arc<PeerVerifier>) -> Self {
        Self { judge, shown: OnceLock::new() }
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
        let chain: Vec<_> = std::iter::once(leaf).chain(above).cloned().collect();
        let at = Timestamp::new(now.as_secs());
        self.judge(&chain, Purpose::TlsServer(name), at).map_err(refuse)?;
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

impl ClientCertVerifier for DiallerVerifier {
    /// Names nobody: whom we trust is nothing for strangers.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    /// Remembers what is shown, whatever it is: nobody has proved yet whose it is.
    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(above).map(|one| one.clone().into_owned());
        let shown = Shown { chain: chain.collect(), at: Timestamp::new(now.as_secs()) };
        // Were one configuration used for two connections, nobody is judged by another's chain.
        if self.shown.get_or_init(|| shown.clone()).chain != shown.chain {
            return Err(refuse(PeerRefused::Signature));
        }
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

    /// The proof first; then who it is that has proved itself.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let proven = signed(message, certificate, signature).map_err(|unsigned| {
            // With a certificate that cannot be read nothing can be signed; the journal says so.
            let read = PeerCertificate::parse(certificate);
            read.map_or_else(|unfit| refuse(unfit.into()), |_| unsigned)
        })?;
        let shown = self.shown.get().ok_or_else(|| refuse(PeerRefused::NoCertificate))?;
        self.judge.judge(&shown.chain, Purpose::TlsClient, shown.at).map_err(refuse)?;
        Ok(proven)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.supported_schemes()
    }
}
