//! The keys of one party: made once, loaded at every start, and never shown.
//!
//! The daemon is the only signer. It holds the record keys of the caseworker and the ledger, the
//! log key and the mirror key; the officer's key stays with the officer, whose approval comes as a
//! finished envelope.

mod create;
mod credential;
mod load;
mod module;
mod officer;
mod pair;
mod place;
mod places;
mod quantum;
mod request;
mod separate;
mod signing;
mod successor;
#[cfg(test)]
mod tests;
mod write;

pub use create::{KeysNotMade, NewKeys, PartyFile, claim};
pub(in crate::daemon) use credential::is_credential;
pub use load::{Keys, KeysRefused, RecordRole};
pub use module::{ModuleFault, ModuleTlsKey};
pub use officer::OfficerKey;
pub use place::{KeyPlace, KeyUri, UriRefused};
pub use places::{KeyPlaces, Modules};
pub use quantum::QuantumKeys;
#[cfg(feature = "pq")]
pub use quantum::create as create_quantum;
pub use request::{KeyFrom, MadeRequest, NewKey, NewRequest, RequestNotMade};
pub use separate::mixed_up;
pub use signing::NotSigned;
pub(in crate::daemon) use signing::owner_only;
pub use successor::SuccessorKeys;

/// The party's own certification authority: a start, until that of the ministry takes its place.
pub const CA_CERTIFICATE: &str = "ca-cert.pem";
/// The key of that authority; the daemon never reads it, and it may be kept elsewhere.
pub const CA_KEY: &str = "ca-key.pem";
/// The certificate of the TLS end.
pub const TLS_CERTIFICATE: &str = "tls-cert.pem";
/// The key of the TLS end.
pub const TLS_KEY: &str = "tls-key.pem";
/// The key that signs checkpoints.
pub const LOG_KEY: &str = "log-key.pem";
/// The key that cosigns the counterpart's checkpoints.
pub const MIRROR_KEY: &str = "mirror-key.pem";
/// The roles that sign records, in the order in which the agreement file names them.
pub const RECORD_ROLES: [&str; 3] = ["caseworker", "ledger", "officer"];
/// The role whose key the daemon does not hold.
pub const OFFICER: &str = "officer";

/// The file name of a role's key.
#[must_use]
pub fn key_file(role: &str) -> String {
    format!("{role}-key.pem")
}

/// The file name of a role's certificate.
#[must_use]
pub fn certificate_file(role: &str) -> String {
    format!("{role}-cert.pem")
}
