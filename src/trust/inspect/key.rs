//! A public key by itself (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7).

use x509_parser::{prelude::FromDer, x509::SubjectPublicKeyInfo};

use super::{super::Topic, super::signer, Finding, Inspected, words};

/// Says what a public key in DER is; none if it is no public key.
#[must_use]
pub fn public_key(der: &[u8]) -> Option<Inspected> {
    let Ok(([], read)) = SubjectPublicKeyInfo::from_der(der) else { return None };
    let key = words::key(&read);
    let record = signer::public_key(&read);
    let fit = match &record {
        Ok(_) => "a key that may sign records",
        Err(_) => "a key for TLS or an authority; it signs no records",
    };
    Some(Inspected {
        what: "public key".to_owned(),
        findings: vec![Finding::right(Topic::Key, format!("{key}: {fit}"))],
        key: Some(key),
        key_id: record.ok().map(|key| key.id()),
        ..Inspected::default()
    })
}
