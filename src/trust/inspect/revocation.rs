//! A list of revoked certificates (CRL, RFC 5280 section 5).

use x509_parser::{
    extensions::ParsedExtension, prelude::FromDer, revocation_list::CertificateRevocationList,
    time::ASN1Time,
};

use super::{super::Topic, Finding, Inspected, Wanted, words};
use crate::limits::PEM_BYTES_MAX;
use crate::names::{Hash, Timestamp, sha256};

/// Why something is no revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListRefused {
    /// More bytes than the bound.
    #[error("a revocation list has at most {PEM_BYTES_MAX} bytes here; this has {0}")]
    TooLong(usize),
    /// Not the DER of one list and nothing else.
    #[error("this is no revocation list in DER")]
    NotAList,
}

const AGAIN: &str = "issue the list again, by certs/openssl.cnf with `openssl ca -gencrl`";

/// Says what exactly one revocation list in DER is, and everything that is right and wrong with it.
///
/// # Errors
/// If it cannot be read as a revocation list at all.
pub fn revocation_list(der: &[u8], wanted: &Wanted) -> Result<Inspected, ListRefused> {
    if der.len() > PEM_BYTES_MAX {
        return Err(ListRefused::TooLong(der.len()));
    }
    let Ok(([], read)) = CertificateRevocationList::from_der(der) else {
        return Err(ListRefused::NotAList);
    };
    let number = read.crl_number().map(ToString::to_string);
    let revoked = read.iter_revoked_certificates().count();
    let mut found = Inspected {
        what: "list of revoked certificates".to_owned(),
        issuer: Some(read.issuer().to_string()),
        signature: Some(words::signature(&read.signature_algorithm)),
        fingerprint: Some(Hash::new(sha256(der))),
        revoked: Some(revoked),
        number: number.clone(),
        ..Inspected::default()
    };
    let topic = Topic::Signature;
    found.findings.push(if words::is_strong(&read.signature_algorithm) {
        let algorithm = words::signature(&read.signature_algorithm);
        Finding::right(topic, format!("{algorithm}; the issuer's key checks it"))
    } else {
        let says = format!("it is signed with {}", words::signature(&read.signature_algorithm));
        Finding::wrong(topic, says, AGAIN)
    });
    found.findings.push(match number {
        Some(number) => Finding::right(Topic::Number, format!("number {number}")),
        None => Finding::wrong(Topic::Number, "it has no number, so an old one is not told", AGAIN),
    });
    found.findings.extend(form(&read));
    let second = |time: ASN1Time| u64::try_from(time.timestamp()).ok().map(Timestamp::new);
    match (second(read.last_update()), read.next_update().and_then(second)) {
        (Some(from), Some(to)) => found.judge_term(from, to, wanted.at, AGAIN),
        (from, _) => {
            found.not_before = from;
            let says = "it does not say when the next one is due, so a stale one is not told";
            found.findings.push(Finding::wrong(Topic::Validity, says, AGAIN));
        }
    }
    Ok(found)
}

/// What the daemon cannot use: lists that hold only a part (RFC 5280 sections 5.2.4 and 5.2.5).
fn form(read: &CertificateRevocationList<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for extension in read.extensions() {
        let parsed = extension.parsed_extension();
        let part = if let ParsedExtension::IssuingDistributionPoint(part) = parsed {
            part.only_contains_user_certs || part.only_contains_ca_certs || part.indirect_crl
        } else {
            parsed.error().is_some() || extension.critical
        };
        if part {
            let oid = extension.oid.to_id_string();
            let says = format!("it is a part of a list: extension {oid}");
            found.push(Finding::wrong(Topic::Form, says, AGAIN));
        }
    }
    if found.is_empty() {
        found.push(Finding::right(Topic::Form, "the whole list, with no part left out"));
    }
    found
}
