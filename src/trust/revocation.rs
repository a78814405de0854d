//! Revocation lists (RFC 5280 section 5): which are taken, and which are refused when they are
//! loaded.
//!
//! A list is complete, direct and signed by a key that is known when it is loaded: that of a pinned
//! authority, or of an intermediate whose certificate was put beside the list. It is held under
//! that key and not under a name, so that two generations of one authority do not mix. webpki reads
//! the same bytes once more, and looks up the serial numbers.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::der_parser::num_bigint::BigUint;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use super::standing::StalePolicy;
use super::{Authority, CertificateRefused, algorithm};
use crate::limits::{REVOCATION_BYTES_MAX, REVOCATION_ENTRIES_MAX};
use crate::names::{Hash, Timestamp};

/// The longest number of a list, in bits: 20 bytes (RFC 5280 section 5.2.3).
const NUMBER_BITS_MAX: u64 = 160;

/// certificateIssuer of an entry (RFC 5280 section 5.3.3), which only an indirect list has.
const CERTIFICATE_ISSUER: &str = "2.5.29.29";
/// deltaCRLIndicator and issuingDistributionPoint (RFC 5280 sections 5.2.4 and 5.2.5).
const DELTA: &str = "2.5.29.27";
const DISTRIBUTION_POINT: &str = "2.5.29.28";

/// The number of a revocation list, which rises with every one that a key signs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RevocationNumber(BigUint);

impl fmt::Display for RevocationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something else than the decimal digits of a number of at most 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of a revocation list is decimal and has at most 160 bits")]
pub struct NotANumber;

impl FromStr for RevocationNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        // Forty-nine digits write 160 bits; the parser alone would take any length.
        let digits = (1..=49).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        let number = BigUint::from_str(text).ok().filter(|_| digits).ok_or(NotANumber)?;
        if number.bits() <= NUMBER_BITS_MAX { Ok(Self(number)) } else { Err(NotANumber) }
    }
}

/// Why a revocation list is refused when it is loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationRefused {
    /// More bytes than the bound.
    #[error("a revocation list has at most {REVOCATION_BYTES_MAX} bytes; this has {bytes}")]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// More entries than the bound.
    #[error("a revocation list has at most {REVOCATION_ENTRIES_MAX} entries; this has {entries}")]
    TooManyEntries {
        /// How many there are.
        entries: usize,
    },
    /// Not the DER of a revocation list.
    #[error("this is no revocation list in DER")]
    NotAList,
    /// Bytes follow the list.
    #[error("{bytes} bytes follow the revocation list")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// Version 1, which has no number.
    #[error("the revocation list is not of version 2")]
    Version,
    /// The algorithm of its signature.
    #[error("the revocation list: {0}")]
    Algorithm(#[source] CertificateRefused),
    /// An extension that cannot be read.
    #[error("extension {oid} of the revocation list is malformed")]
    MalformedExtension {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// An extension that stands there twice.
    #[error("extension {oid} of the revocation list stands there twice")]
    RepeatedExtension {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// A critical extension that is not known here, of the list or of an entry.
    #[error("critical extension {oid} of the revocation list is not known here")]
    UnknownCritical {
        /// Which one, as dotted numbers.
        oid: String,
    },
    /// Only what has changed since another list.
    #[error("this is a delta revocation list; a complete one is wanted")]
    Delta,
    /// A list for certificates of other issuers.
    #[error("this is an indirect revocation list; its authority's own is wanted")]
    Indirect,
    /// A list for some certificates of its issuer only.
    #[error(
        "this revocation list is for a part of its authority's certificates; one for all is \
             wanted"
    )]
    Partial,
    /// No number, so that an older list could not be told from a newer one.
    #[error("the revocation list has no number (cRLNumber)")]
    NoNumber,
    /// A number of more than 20 bytes.
    #[error("the number of the revocation list has more than 20 bytes")]
    LongNumber,
    /// No end, so that it would never be stale.
    #[error("the revocation list does not say when the next one comes (nextUpdate)")]
    NoNextUpdate,
    /// A time before 1970.
    #[error("the revocation list has a time before 1970")]
    BeforeEpoch,
    /// An end before its beginning.
    #[error("the next revocation list would come before this one")]
    NeverCurrent,
    /// A list from the future: a clock is wrong, here or there.
    #[error("the revocation list is of {at}, which lies in the future; check the clock")]
    FromFuture {
        /// When it was made.
        at: Timestamp,
    },
    /// A list of nobody that is known here.
    #[error("no pinned authority, nor a certificate beside the list, has the name of its issuer")]
    UnknownIssuer,
    /// A list under the name of an authority, by another key.
    #[error("the revocation list is not signed by the authority whose name it bears")]
    SignedByAnother,
    /// A list by an authority that may sign none.
    #[error("keyUsage of its authority lacks cRLSign")]
    NoListSign,
    /// A lower number than one that was seen of the same key: somebody brings an old list back.
    #[error(
        "the revocation list of {issuer} has number {number}, and {highest} was seen before; \
         somebody has put an old list back: fetch the newest one"
    )]
    Rollback {
        /// Whose list it is.
        issuer: String,
        /// Its number.
        number: RevocationNumber,
        /// The highest number that was seen.
        highest: RevocationNumber,
    },
}

/// A revocation list that was checked when it was loaded; only [`RevocationList::load`] makes one.
#[derive(Debug, Clone)]
pub struct RevocationList {
    issuer: String,
    key: Hash,
    digest: Hash,
    number: RevocationNumber,
    this_update: Timestamp,
    next_update: Timestamp,
    entries: usize,
    list: Arc<CertRevocationList<'static>>,
}

impl RevocationList {
    /// Reads exactly one list in DER, and says which of these authorities has signed it.
    ///
    /// # Errors
    /// One variant of [`RevocationRefused`] for each reason.
    pub fn load(
        der: &[u8],
        authorities: &[Authority],
        now: Timestamp,
    ) -> Result<Self, RevocationRefused> {
        use RevocationRefused as Refused;

        if der.len() > REVOCATION_BYTES_MAX {
            return Err(Refused::TooLong { bytes: der.len() });
        }
        let (rest, list) =
            CertificateRevocationList::from_der(der).map_err(|_| Refused::NotAList)?;
        if !rest.is_empty() {
            return Err(Refused::TrailingBytes { bytes: rest.len() });
        }
        if list.version() != Some(X509Version::V2) {
            return Err(Refused::Version);
        }
        algorithm::signature(&list.tbs_cert_list.signature, &list.signature_algorithm)
            .map_err(Refused::Algorithm)?;
        extensions(&list)?;
        let number = list.crl_number().ok_or(Refused::NoNumber)?;
        if number.bits() > NUMBER_BITS_MAX {
            return Err(Refused::LongNumber);
        }
        let entries = entries(&list)?;
        let this_update = second(list.last_update())?;
        let next_update = second(list.next_update().ok_or(Refused::NoNextUpdate)?)?;
        if next_update <= this_update {
            return Err(Refused::NeverCurrent);
        }
        if this_update > now {
            return Err(Refused::FromFuture { at: this_update });
        }
        let signer = signer(&list, authorities)?;
        // The second reader: what it cannot read, or will not, it must not look into later.
        let second = OwnedCertRevocationList::from_der(der).map_err(|_| Refused::NotAList)?;
        Ok(Self {
            issuer: signer.name().to_owned(),
            key: signer.key(),
            digest: Hash::new(crate::names::sha256(der)),
            number: RevocationNumber(number.clone()),
            this_update,
            next_update,
            entries,
            list: Arc::new(second.into()),
        })
    }

    /// Whose list it is: the authority's distinguished name, for people.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// SHA-256 of the public key that has signed it.
    #[must_use]
    pub const fn key(&self) -> Hash {
        self.key
    }

    /// SHA-256 of its DER.
    #[must_use]
    pub const fn digest(&self) -> Hash {
        self.digest
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> &RevocationNumber {
        &self.number
    }

    /// When it was made.
    #[must_use]
    pub const fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due; the last second at which this one is fresh.
    #[must_use]
    pub const fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// How many certificates it revokes.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.entries
    }

    /// The last second at which it is used, under a policy.
    #[must_use]
    pub fn usable_until(&self, policy: StalePolicy) -> Timestamp {
        self.next_update.plus(policy.grace_seconds())
    }

    pub(super) fn list(&self) -> &CertRevocationList<'static> {
        &self.list
    }
}

/// Refuses a list that is not complete and direct, or that says what nobody here understands.
fn extensions(list: &CertificateRevocationList<'_>) -> Result<(), RevocationRefused> {
    use RevocationRefused as Refused;

    let mut seen = BTreeSet::new();
    for extension in list.extensions() {
        let oid = extension.oid.to_id_string();
        match (oid.as_str(), extension.parsed_extension()) {
            (DELTA, _) => return Err(Refused::Delta),
            (DISTRIBUTION_POINT, ParsedExtension::IssuingDistributionPoint(point))
                if point.indirect_crl =>
            {
                return Err(Refused::Indirect);
            }
            (DISTRIBUTION_POINT, ParsedExtension::IssuingDistributionPoint(_)) => {
                return Err(Refused::Partial);
            }
            _ => {}
        }
        if extension.parsed_extension().error().is_some() {
            return Err(Refused::MalformedExtension { oid });
        }
        if extension.critical && extension.parsed_extension().unsupported() {
            return Err(Refused::UnknownCritical { oid });
        }
        if !seen.insert(oid.clone()) {
            return Err(Refused::RepeatedExtension { oid });
        }
    }
    Ok(())
}

/// How many entries there are, if each can be understood.
fn entries(list: &CertificateRevocationList<'_>) -> Result<usize, RevocationRefused> {
    use RevocationRefused as Refused;

    let mut entries = 0_usize;
    for entry in list.iter_revoked_certificates() {
        entries = entries.saturating_add(1);
        for extension in entry.extensions() {
            let oid = extension.oid.to_id_string();
            if oid == CERTIFICATE_ISSUER {
                return Err(Refused::Indirect);
            }
            if extension.critical && extension.parsed_extension().unsupported() {
                return Err(Refused::UnknownCritical { oid });
            }
        }
    }
    if entries > REVOCATION_ENTRIES_MAX {
        return Err(Refused::TooManyEntries { entries });
    }
    Ok(entries)
}

/// Which authority has signed the list: the name says who may have, and only the key who has.
fn signer<'a>(
    list: &CertificateRevocationList<'_>,
    authorities: &'a [Authority],
) -> Result<&'a Authority, RevocationRefused> {
    let mut named =
        authorities.iter().filter(|it| it.subject() == list.issuer().as_raw()).peekable();
    if named.peek().is_none() {
        return Err(RevocationRefused::UnknownIssuer);
    }
    let message = list.tbs_cert_list.as_ref();
    let signer = named
        .find(|it| it.has_signed(&list.signature_algorithm, message, &list.signature_value.data))
        .ok_or(RevocationRefused::SignedByAnother)?;
    if signer.signs_lists() { Ok(signer) } else { Err(RevocationRefused::NoListSign) }
}

fn second(time: ASN1Time) -> Result<Timestamp, RevocationRefused> {
    let seconds = u64::try_from(time.timestamp()).map_err(|_| RevocationRefused::BeforeEpoch)?;
    Ok(Timestamp::new(seconds))
}
