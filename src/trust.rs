//! The X.509 profile of party certificates (RFC 5280), beyond what a path check looks at.
//!
//! rustls and webpki judge paths, signatures and the name of a server; they pass over much that a
//! certificate between two governments must hold: who it belongs to, what its key is for, and that
//! it cannot sign others. That is judged here, on one certificate at a time, and then on the whole
//! way from it to what is pinned ([`Pinned::check`]), with webpki as the second judge of paths and
//! the only one of signatures. Nothing here reads a clock: the time is an argument.
//!
//! The name of a certificate is a URI in its subjectAltName, `urn:entente:<PARTY>:<role>`; the
//! subject's distinguished name is for people and is never read.

mod advice;
mod algorithm;
mod authority;
mod expiring;
mod expiry;
pub mod inspect;
mod judge;
mod path;
mod peer;
mod profile;
mod refused;
mod revocation;
mod shown;
mod signer;
mod standing;
#[cfg(test)]
mod tests;

pub use advice::Topic;
pub use authority::Authority;
pub use expiring::{Ending, EndingUse, EndingView};
pub use expiry::{Stage, days_left};
pub use judge::{SignerJudge, SignerJudges, SignerUntrusted};
pub use path::{Checked, Link, PathRefused, Pinned, Purpose};
pub use peer::{PeerCertificate, peer_party};
pub use profile::Validity;
pub use refused::{CertificateRefused, KeyUnfit};
pub use revocation::{RevocationList, RevocationNumber, RevocationRefused};
pub use shown::ShownCertificate;
pub use signer::SignerCertificate;
pub use standing::{AuthorityView, Currency, Judged, ListView, StalePolicy, TrustView};
