//! What a file holds, whichever of the many kinds it is.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rcgen::{KeyPair, PublicKeyData};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::{PemObject, SectionKind};
use zeroize::Zeroizing;

use super::place;
use crate::{
    limits::AGREEMENT_BYTES_MAX,
    trust::{
        CertificateRefused, Topic,
        inspect::{
            Finding, Inspected, ListRefused, RequestRefused, Wanted, certificate, chain,
            public_key, request, revocation_list,
        },
    },
};

/// Why nothing can be said of a file. No variant holds anything of what is in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// The system.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// More bytes than any file that is known here has.
    #[error("has more than {AGREEMENT_BYTES_MAX} bytes")]
    TooLong,
    /// Nothing in it is known.
    #[error("holds no certificate, request, revocation list, key or agreement that is known here")]
    Unknown,
    /// A certificate that is none.
    #[error(transparent)]
    Certificate(#[from] CertificateRefused),
    /// A request that is none.
    #[error(transparent)]
    Request(#[from] RequestRefused),
    /// A list that is none.
    #[error(transparent)]
    List(#[from] ListRefused),
    /// An agreement that is none.
    #[error("is not an agreement, nor a party's part of one: {0}")]
    Agreement(String),
}

impl Unreadable {
    /// What to do about it, in one sentence.
    pub(super) const fn advice(&self) -> &'static str {
        match self {
            Self::Io(_) => "correct the path, or let this user read the file",
            Self::TooLong | Self::Unknown => {
                "name a file of certificates, requests, revocation lists or keys, in PEM or DER"
            }
            Self::Certificate(_) | Self::Request(_) | Self::List(_) => {
                "fetch it again from where it was made: it is damaged, or cut off"
            }
            Self::Agreement(_) => {
                "correct the line; the part of a party comes from `entente keys new`"
            }
        }
    }
}

/// Reads a file and inspects all that it holds.
pub(super) fn read(path: &Path, wanted: &Wanted) -> Result<Vec<Inspected>, Unreadable> {
    let file = File::open(path)?;
    let mode = file.metadata()?.mode() & 0o7777;
    let bound = u64::try_from(AGREEMENT_BYTES_MAX).unwrap_or(u64::MAX);
    // It may be a private key, which nobody is to find in this memory afterwards.
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > AGREEMENT_BYTES_MAX {
        return Err(Unreadable::TooLong);
    }
    let mut found = all(&bytes, wanted)?;
    for private in found.iter_mut().filter(|one| one.what.starts_with(PRIVATE)) {
        private.findings.push(if mode & 0o077 == 0 {
            Finding::right(Topic::Place, format!("its owner's alone (mode {mode:04o})"))
        } else {
            let says = format!("the file is open to others than its owner (mode {mode:04o})");
            Finding::wrong(Topic::Place, says, "chmod 600, and ask who may have read it")
        });
    }
    Ok(found)
}

/// How what is said of a private key begins.
const PRIVATE: &str = "private key";

fn all(bytes: &[u8], wanted: &Wanted) -> Result<Vec<Inspected>, Unreadable> {
    if bytes.first() == Some(&0x30) {
        return der(bytes, wanted).map(|one| vec![one]);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(Unreadable::Unknown) };
    if let Some(key) = place::verifier_key(text.trim()) {
        return Ok(vec![key]);
    }
    if place::is_agreement(text) {
        return place::agreement(text, wanted).map_err(Unreadable::Agreement);
    }
    let sections: Vec<_> = <(SectionKind, Vec<u8>)>::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|_| Unreadable::Unknown)?;
    pem(sections, wanted)
}

/// DER has no label: it is what it can be read as.
fn der(bytes: &[u8], wanted: &Wanted) -> Result<Inspected, Unreadable> {
    if let Ok(found) = request(bytes, wanted) {
        return Ok(found);
    }
    if let Ok(found) = revocation_list(bytes, wanted) {
        return Ok(found);
    }
    if let Some(found) = private(bytes).or_else(|| public_key(bytes)) {
        return Ok(found);
    }
    Ok(certificate(bytes, wanted)?)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows with its releases")]
fn pem(
    sections: Vec<(SectionKind, Vec<u8>)>,
    wanted: &Wanted,
) -> Result<Vec<Inspected>, Unreadable> {
    let (mut found, mut certificates) = (Vec::new(), Vec::new());
    for (kind, bytes) in sections {
        let bytes = Zeroizing::new(bytes);
        match kind {
            SectionKind::Certificate => certificates.push(bytes),
            SectionKind::Csr => found.push(request(&bytes, wanted)?),
            SectionKind::Crl => found.push(revocation_list(&bytes, wanted)?),
            SectionKind::PublicKey => {
                found.push(public_key(&bytes).ok_or(Unreadable::Unknown)?);
            }
            SectionKind::PrivateKey => found.push(private(&bytes).unwrap_or_else(unknown_key)),
            SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey => found.push(unknown_key()),
            _ => {}
        }
    }
    let ders: Vec<&[u8]> = certificates.iter().map(|one| one.as_slice()).collect();
    let mut chained = chain(&ders, wanted)?;
    chained.append(&mut found);
    if chained.is_empty() { Err(Unreadable::Unknown) } else { Ok(chained) }
}

/// The public half of a private key; nothing else of it is ever looked at.
fn private(pkcs8: &[u8]) -> Option<Inspected> {
    let pair = KeyPair::try_from(&PrivatePkcs8KeyDer::from(pkcs8)).ok()?;
    let public = public_key(&pair.subject_public_key_info())?;
    let what = format!("{PRIVATE}, of which only the public half is shown");
    Some(Inspected { what, ..public })
}

fn unknown_key() -> Inspected {
    let says = "its algorithm or its form is not known here";
    let advice = "convert it to PKCS#8: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";
    let findings = vec![Finding::wrong(Topic::Key, says, advice)];
    Inspected { what: PRIVATE.to_owned(), findings, ..Inspected::default() }
}
