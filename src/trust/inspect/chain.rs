//! Certificates that stand one after the other: each is issued by the next.

use super::{super::CertificateRefused, Finding, Inspected, Wanted, certificate};
use crate::trust::{Topic, inspect::Purpose, profile};

/// Says what every certificate of a file is, the first for the purpose that is wanted, and those
/// above it as authorities. Where the first is an end's, each must be issued by the next; several
/// authorities may stand side by side, as in a file of pinned ones.
///
/// # Errors
/// The first that cannot be read as a certificate.
pub fn chain(ders: &[&[u8]], wanted: &Wanted) -> Result<Vec<Inspected>, CertificateRefused> {
    let mut found = Vec::new();
    for (at, der) in ders.iter().enumerate() {
        let above = Wanted { purpose: Some(Purpose::Authority), ..*wanted };
        found.push(certificate(der, if at == 0 { wanted } else { &above })?);
    }
    let Some(first) = ders.first() else { return Ok(found) };
    if profile::open(first)?.is_ca() {
        return Ok(found);
    }
    for ((one, next), inspected) in ders.iter().zip(ders.iter().skip(1)).zip(&mut found) {
        inspected.findings.push(issued(one, next)?);
    }
    Ok(found)
}

fn issued(one: &[u8], by: &[u8]) -> Result<Finding, CertificateRefused> {
    let (one, by) = (profile::open(one)?, profile::open(by)?);
    let advice = "put the end's certificate first, and each authority after what it issued";
    let issuer = one.issuer();
    Ok(if issuer != by.subject() {
        let says = format!("{issuer} issued it, and the next in the file is {}", by.subject());
        Finding::wrong(Topic::Place, says, advice)
    } else if one.verify_signature(Some(by.public_key())).is_err() {
        let says = "the key of the next in the file, which has its issuer's name, did not sign it";
        Finding::wrong(Topic::Place, says, advice)
    } else {
        Finding::right(Topic::Place, "signed by the next in the file")
    })
}
