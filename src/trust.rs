//! The X.509 profile of party certificates (RFC 5280), beyond what a path check looks at.
//!
//! rustls and webpki judge paths, signatures and the name of a server; they pass over much that a
//! certificate between two governments must hold: who it belongs to, what its key is for, and that
//! it cannot sign others. That is judged here, on one certificate at a time. Nothing here reads a
//! clock: a validity is handed out, and whoever holds the time compares.
//!
//! The name of a certificate is a URI in its subjectAltName, `urn:entente:<PARTY>:<role>`; the
//! subject's distinguished name is for people and is never read.

mod advice;
mod expiring;
mod expiry;
pub mod inspect;
mod peer;
mod profile;
mod shown;
mod signer;
#[cfg(test)]
mod tests;

pub use advice::Topic;
pub use expiring::{Ending, EndingUse, EndingView};
pub use expiry::{Stage, days_left};
pub use peer::{Authority, PeerCertificate, peer_party};
pub use profile::{CertificateRefused, Validity};
pub use shown::ShownCertificate;
pub use signer::SignerCertificate;
