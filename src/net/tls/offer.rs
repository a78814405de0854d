//! What both of our ends offer and accept, best first; docs/PROTOCOL.md lists the same.

use rustls::NamedGroup;
use rustls::SupportedCipherSuite;
use rustls::crypto::CryptoProvider;
use rustls::crypto::SupportedKxGroup;
use rustls::crypto::ring::cipher_suite::{
    TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256,
};
use rustls::crypto::ring::kx_group::{SECP256R1, X25519};
use serde::{Deserialize, Serialize};

use super::TlsRefused;

/// AES-256 first: these records are to stay closed for decades. ChaCha20-Poly1305 is as strong, and
/// quicker where a processor has no AES. AES-128 is the one that every implementation must have
/// (RFC 8446 section 9.1).
const CIPHER_SUITES: [SupportedCipherSuite; 3] =
    [TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256, TLS13_AES_128_GCM_SHA256];

/// X25519 first; P-256 is the one that every implementation must have (RFC 8446 section 9.1).
/// P-384 is left out: ring needs five times as long for it, which only helps whoever floods us.
const CLASSICAL: [&dyn SupportedKxGroup; 2] = [X25519, SECP256R1];

/// Whether a session must withstand whoever records it now and has a quantum computer later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostQuantum {
    /// X25519MLKEM768 with every peer that has it; the classical groups with the others.
    #[default]
    Prefer,
    /// X25519MLKEM768 and nothing else: a peer without it is refused.
    Require,
    /// The classical groups alone.
    Off,
}

impl PostQuantum {
    /// The key-exchange groups, best first.
    ///
    /// # Errors
    /// If the policy needs what this build does not have.
    pub(super) fn groups(self) -> Result<Vec<&'static dyn SupportedKxGroup>, TlsRefused> {
        match (self, hybrid()) {
            (Self::Prefer, Some(hybrid)) => Ok([&[hybrid], &CLASSICAL[..]].concat()),
            (Self::Require, Some(hybrid)) => Ok(vec![hybrid]),
            (Self::Require, None) => Err(TlsRefused::NoPostQuantum),
            (Self::Off, _) | (Self::Prefer, None) => Ok(CLASSICAL.to_vec()),
        }
    }

    /// Our suites and groups, on ring.
    ///
    /// # Errors
    /// If the policy needs what this build does not have.
    pub(super) fn provider(self) -> Result<CryptoProvider, TlsRefused> {
        Ok(CryptoProvider {
            cipher_suites: CIPHER_SUITES.to_vec(),
            kx_groups: self.groups()?,
            signature_verification_algorithms: super::verifier::SCHEMES,
            ..rustls::crypto::ring::default_provider()
        })
    }
}

#[cfg(feature = "pq")]
fn hybrid() -> Option<&'static dyn SupportedKxGroup> {
    Some(super::hybrid::X25519MLKEM768)
}

/// This build has none.
#[cfg(not(feature = "pq"))]
fn hybrid() -> Option<&'static dyn SupportedKxGroup> {
    None
}

/// The key-exchange groups of a provider, best first, as status and journal have them.
#[must_use]
pub fn offered_groups(provider: &CryptoProvider) -> String {
    let names: Vec<_> = provider.kx_groups.iter().map(|group| group_name(group.name())).collect();
    names.join(", ")
}

/// The name of a key-exchange group as IANA has it, for status and journal.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
pub fn group_name(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::X25519MLKEM768 => "X25519MLKEM768",
        NamedGroup::X25519 => "X25519",
        NamedGroup::secp256r1 => "secp256r1",
        _ => "another",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_the_hybrid_group_refuses_to_require_it() {
        let required = PostQuantum::Require.provider();
        if cfg!(feature = "pq") {
            assert_eq!(offered_groups(&required.unwrap()), "X25519MLKEM768");
        } else {
            assert!(matches!(required, Err(TlsRefused::NoPostQuantum)));
            let preferred = PostQuantum::Prefer.provider().unwrap();
            assert_eq!(offered_groups(&preferred), "X25519, secp256r1");
        }
    }
}
