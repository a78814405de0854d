//! One key, one purpose: a signature for the one could pass for the other, and whoever gets at one
//! key gets at two.
//!
//! Keys are held against each other by the bytes of their public halves, whatever they are for and
//! wherever they lie.

use std::path::Path;

use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::{CA_CERTIFICATE, KeysRefused, OFFICER, certificate_file};
use crate::{
    ledger::{Agreement, Keybook},
    names::{Party, PerParty},
    net::tls::certificates,
    trust::PeerCertificate,
};

/// A key by what it is called for an operator, with the bytes of its public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Named {
    pub(super) fn new(name: impl ToString, bytes: &[u8]) -> Self {
        Self { name: name.to_string(), bytes: bytes.to_vec() }
    }
}

/// Every pair of names for one and the same key.
pub(super) fn shared(keys: &[Named]) -> Vec<KeysRefused> {
    let mut faults = Vec::new();
    for (position, one) in keys.iter().enumerate() {
        let others = keys.iter().skip(position.saturating_add(1));
        // A file that stands in two places of the configuration is told as what it is there.
        let same = |other: &&Named| other.bytes == one.bytes && other.name != one.name;
        for other in others.filter(same) {
            let (first, second) = (one.name.clone(), other.name.clone());
            faults.push(KeysRefused::SameKey { first, second });
        }
    }
    faults
}

/// The keys whose certificates lie beside the signing keys: of the TLS end, of the authority, of
/// the officer. A certificate that cannot be read is named elsewhere.
pub(super) fn certified(directory: &Path, tls_certificate: &Path) -> Vec<Named> {
    let others = [directory.join(CA_CERTIFICATE), directory.join(certificate_file(OFFICER))];
    let tls = tls_key(tls_certificate);
    tls.into_iter().chain(others.iter().filter_map(|path| certified_key(path))).collect()
}

/// A certificate of a signer where that of TLS belongs is refused for what it is, and elsewhere.
fn tls_key(path: &Path) -> Option<Named> {
    let leaf = certificates(path).ok()?.into_iter().next()?;
    PeerCertificate::parse(&leaf).ok()?;
    certified_key(path)
}

fn certified_key(path: &Path) -> Option<Named> {
    certified_keys(path).into_iter().next()
}

/// The keys of all certificates in a file.
fn certified_keys(path: &Path) -> Vec<Named> {
    let all = certificates(path).unwrap_or_default();
    let keys = all.iter().filter_map(|der| {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(Named::new(path.display(), &certificate.public_key().subject_public_key.data))
    });
    keys.collect()
}

/// Every key that serves the TLS end or an authority, the counterpart's too, and that is at the
/// same time the key of a log, a mirror or a signer of either side, now or before, or serves two of
/// the former. `keybooks` say who signs.
#[must_use]
pub fn mixed_up(
    agreement: &Agreement,
    keybooks: &PerParty<Keybook>,
    directory: &Path,
    tls_certificate: &Path,
    peer_ca: &Path,
) -> Vec<KeysRefused> {
    let authorities = [directory.join(CA_CERTIFICATE), peer_ca.to_owned()];
    let tls = tls_key(tls_certificate);
    let never: Vec<_> =
        tls.into_iter().chain(authorities.iter().flat_map(|path| certified_keys(path))).collect();
    let mut faults = shared(&never);
    for (one, other) in never.iter().flat_map(|one| {
        let taken = named_in(agreement, keybooks);
        taken.into_iter().filter(|other| other.bytes == one.bytes).map(move |other| (one, other))
    }) {
        faults.push(KeysRefused::SameKey { first: one.name.clone(), second: other.name });
    }
    faults
}

/// Every key that the agreement, a succession or a key-event names, by what it is for.
fn named_in(agreement: &Agreement, keybooks: &PerParty<Keybook>) -> Vec<Named> {
    let mut named = Vec::new();
    for party in Party::BOTH {
        for generation in 0..=agreement.successions().len() {
            let identity = agreement.identity_in(party, generation);
            let (log, mirror) = (identity.log.public_key(), identity.mirror.public_key());
            named.push(Named::new(format!("the log of {party}"), log.as_bytes()));
            named.push(Named::new(format!("the mirror of {party}"), mirror.as_bytes()));
        }
        named.extend(keybooks.of(party).places().into_iter().map(|one| {
            Named::new(format!("the {} of {party}", one.key.role), one.key.key.as_bytes())
        }));
    }
    named
}
