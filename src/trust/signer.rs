//! The certificate of a record key.

use x509_parser::{
    asn1_rs::Tag,
    certificate::X509Certificate,
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_SIG_ED25519},
    x509::SubjectPublicKeyInfo,
};

use super::CertificateRefused;
use super::profile::{self, TLS_ROLE, Validity};
use crate::envelope::{Ed25519Key, Esp256Key, PublicKey};
use crate::names::{Hash, Party, Timestamp, sha256};

/// The certificate of a key that signs records, by the profile of this house.
///
/// It binds an Ed25519 key (RFC 8410) or a P-256 key (RFC 5480) to a party and a role. It is not a
/// path check: what makes a signer is the founding agreement or a key-event that enrols this very
/// certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerCertificate {
    public_key: PublicKey,
    validity: Validity,
    thumbprint: Hash,
    party: Party,
    role: String,
}

impl SignerCertificate {
    /// Reads exactly one certificate in DER.
    ///
    /// # Errors
    /// One variant of [`CertificateRefused`] for each rule of the profile.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefused> {
        let certificate = profile::read(der)?;
        profile::first(signer(&certificate))?;
        let name = profile::name(&certificate)?;
        Ok(Self {
            public_key: public_key(certificate.public_key())?,
            validity: Validity::of(&certificate)?,
            thumbprint: Hash::new(sha256(der)),
            party: name.party,
            role: name.role,
        })
    }

    /// The key that the certificate is about.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// The first second of its validity.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.validity.not_before
    }

    /// The last second of its validity.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.validity.not_after
    }

    /// SHA-256 of the DER: what the `x5t` header of a record holds (RFC 9360 section 2).
    #[must_use]
    pub const fn thumbprint(&self) -> Hash {
        self.thumbprint
    }

    /// The party that the name gives.
    #[must_use]
    pub const fn party(&self) -> Party {
        self.party
    }

    /// The role that the name gives, as it stands there; the agreement says which roles there are.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }
}

/// Every rule of the profile that the certificate of a record key breaks, besides those of form.
pub(super) fn signer(certificate: &X509Certificate<'_>) -> Vec<CertificateRefused> {
    let mut broken = profile::end_entity(certificate);
    match profile::name(certificate) {
        Ok(name) if name.role == TLS_ROLE => broken.push(CertificateRefused::NotForRecords),
        Ok(_) => {}
        Err(refused) => broken.push(refused),
    }
    broken.extend(public_key(certificate.public_key()).err());
    broken.extend(Validity::of(certificate).err());
    broken
}

/// A key that may sign records, whose algorithm is the one it is used with for ever.
pub(super) fn public_key(
    found: &SubjectPublicKeyInfo<'_>,
) -> Result<PublicKey, CertificateRefused> {
    let (algorithm, parameters) = (&found.algorithm.algorithm, &found.algorithm.parameters);
    let bytes = &found.subject_public_key;
    if bytes.unused_bits != 0 {
        return Err(CertificateRefused::NotARecordKey);
    }
    if *algorithm == OID_SIG_ED25519 && parameters.is_none() {
        return Ok(Ed25519Key::from_bytes(&bytes.data)?.into());
    }
    // The parser reads any value as numbers; only the tag tells that it is a name.
    let named = parameters.as_ref().filter(|named| named.tag() == Tag::Oid);
    let curve = named.and_then(|named| named.as_oid().ok());
    if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve == Some(OID_EC_P256) {
        return Ok(Esp256Key::from_bytes(&bytes.data)?.into());
    }
    Err(CertificateRefused::NotARecordKey)
}
