//! The agreement as the ledger uses it: terms whose every key was read and found fit.

use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;

use super::succession::Lineage;
use crate::{
    envelope::{Keyring, KeyringError, PublicKey, Role, SignerKey},
    names::{AgreementDigest, Party, PerParty, Position},
    record::Terms,
    tlog::{LogKey, MirrorKey, Origin},
    trust::{CertificateRefused, SignerCertificate},
};

/// Terms whose keys and certificates were read and checked against one another.
#[derive(Debug, Clone)]
pub struct Agreement {
    terms: Terms,
    digest: AgreementDigest,
    keyring: Keyring,
    logs: PerParty<LogIdentity>,
    /// What came before these logs.
    pub(super) lineage: Lineage,
}

/// A party's log and mirror: fixed for the life of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogIdentity {
    /// Signs checkpoints of the party's own log; its name is the log's origin.
    pub log: LogKey,
    /// Signs cosignatures of the counterpart's log.
    pub mirror: MirrorKey,
}

/// What is wrong with an agreement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgreementFault {
    /// A term is out of its bounds.
    #[error("{0}")]
    Term(String),
    /// A log or mirror key cannot be read.
    #[error("{party}: {field}: {reason}")]
    VerifierKey {
        /// Whose key.
        party: Party,
        /// `log` or `mirror`.
        field: &'static str,
        /// Why.
        reason: String,
    },
    /// A signer's certificate is not of the profile.
    #[error("{party}: signer {index}: {reason}")]
    Certificate {
        /// Whose signer.
        party: Party,
        /// Which, from 1.
        index: usize,
        /// Why.
        reason: CertificateRefused,
    },
    /// A signer's certificate names another party or role than its place in the agreement.
    #[error("{party}: signer {index}: the certificate is for {named}, not for {role} of {party}")]
    Misplaced {
        /// In whose terms it stands.
        party: Party,
        /// Which, from 1.
        index: usize,
        /// What the terms say it signs.
        role: Role,
        /// What the certificate says.
        named: String,
    },
    /// A key cannot be enrolled.
    #[error("{party}: signer {index}: {reason}")]
    Keyring {
        /// Whose signer.
        party: Party,
        /// Which, from 1.
        index: usize,
        /// Why.
        reason: KeyringError,
    },
    /// One key or one name serves two purposes.
    #[error("{0}: one key or name serves two purposes; each log, mirror and signer has its own")]
    Shared(String),
}

impl Agreement {
    /// Reads every key and certificate of the terms.
    ///
    /// # Errors
    /// All faults at once.
    pub fn open(terms: Terms) -> Result<Self, Vec<AgreementFault>> {
        let mut faults: Vec<AgreementFault> =
            terms.faults().into_iter().map(AgreementFault::Term).collect();
        let digest = terms.digest();
        let mut keyring = Keyring::new(audience(digest));
        let (mut identities, mut signers) = (Vec::new(), Vec::new());
        for party in Party::BOTH {
            signers.extend(enrol(&terms, party, &mut keyring, &mut faults));
            identities.extend(identity(&terms, party, &mut faults));
        }
        shared(&identities, &signers, &mut faults);
        match <[LogIdentity; 2]>::try_from(identities) {
            Ok([gbr, fra]) if faults.is_empty() => {
                let logs = PerParty { gbr, fra };
                Ok(Self { terms, digest, keyring, logs, lineage: Lineage::default() })
            }
            Ok(_) | Err(_) => Err(faults),
        }
    }

    /// The terms.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The founding digest, which both sides pin.
    #[must_use]
    pub const fn digest(&self) -> AgreementDigest {
        self.digest
    }

    /// The `aud` claim of every record: the founding digest as an RFC 6920 name.
    #[must_use]
    pub fn audience(&self) -> String {
        audience(self.digest)
    }

    /// Which key may say what.
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The log and mirror keys of a party's newest log.
    #[must_use]
    pub const fn identity(&self, party: Party) -> &LogIdentity {
        self.logs.of(party)
    }

    /// The same agreement over other logs.
    pub(super) fn over(&self, logs: PerParty<LogIdentity>, lineage: Lineage) -> Self {
        Self { logs, lineage, ..self.clone() }
    }

    /// The origin of a party's log.
    #[must_use]
    pub fn origin(&self, party: Party) -> &Origin {
        self.identity(party).log.origin()
    }

    /// The same of an earlier generation, or of this one.
    #[must_use]
    pub fn origin_in(&self, party: Party, generation: usize) -> &Origin {
        self.identity_in(party, generation).log.origin()
    }
}

/// RFC 6920 section 3: `ni:///sha-256;` and the digest in unpadded base64url.
fn audience(digest: AgreementDigest) -> String {
    format!("ni:///sha-256;{}", BASE64URL_NOPAD.encode(digest.as_bytes()))
}

/// Enrols a party's record keys, and gives those back that were.
fn enrol(
    terms: &Terms,
    party: Party,
    keyring: &mut Keyring,
    faults: &mut Vec<AgreementFault>,
) -> Vec<PublicKey> {
    let mut enrolled = Vec::new();
    for (index, signer) in terms.party(party).signers.iter().enumerate() {
        let index = index.saturating_add(1);
        let certificate = match SignerCertificate::parse(signer.certificate.der()) {
            Ok(certificate) => certificate,
            Err(reason) => {
                faults.push(AgreementFault::Certificate { party, index, reason });
                continue;
            }
        };
        if certificate.party() != party || certificate.role() != signer.role.name() {
            let named = format!("{} of {}", certificate.role(), certificate.party());
            faults.push(AgreementFault::Misplaced { party, index, role: signer.role, named });
            continue;
        }
        let key = signer_key(&certificate, signer.role, terms.party(party).issuer.clone());
        match keyring.enrol(key, Position(0)) {
            Ok(_) => enrolled.push(certificate.public_key()),
            Err(reason) => faults.push(AgreementFault::Keyring { party, index, reason }),
        }
    }
    enrolled
}

/// What a record key's messages have to agree with, by its certificate.
pub(super) fn signer_key(certificate: &SignerCertificate, role: Role, issuer: String) -> SignerKey {
    SignerKey {
        party: certificate.party(),
        role,
        key: certificate.public_key(),
        thumbprint: certificate.thumbprint(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        issuer,
    }
}

fn identity(terms: &Terms, party: Party, faults: &mut Vec<AgreementFault>) -> Option<LogIdentity> {
    let keys = terms.party(party);
    read_identity(&keys.log, &keys.mirror, |field, reason| {
        faults.push(AgreementFault::VerifierKey { party, field, reason });
    })
}

/// Reads both verifier keys, and says what is wrong with either.
pub(super) fn read_identity(
    log: &str,
    mirror: &str,
    mut fault: impl FnMut(&'static str, String),
) -> Option<LogIdentity> {
    match (log.parse::<LogKey>(), mirror.parse::<MirrorKey>()) {
        (Ok(log), Ok(mirror)) => return Some(LogIdentity { log, mirror }),
        (log, mirror) => {
            log.err().into_iter().for_each(|reason| fault("log", reason.to_string()));
            mirror.err().into_iter().for_each(|reason| fault("mirror", reason.to_string()));
        }
    }
    None
}

/// One key, one purpose: a cosignature does not commit to its cosigner's name, so a key that also
/// signed a log or a record could be made to say what it never said. That no two signers share a
/// key is the keyring's business.
fn shared(identities: &[LogIdentity], signers: &[PublicKey], faults: &mut Vec<AgreementFault>) {
    let names = identities
        .iter()
        .flat_map(|one| [one.log.origin(), one.mirror.name()])
        .map(|name| name.to_string());
    let keys = identities.iter().flat_map(|one| [one.log.public_key(), one.mirror.public_key()]);
    let keys = keys.map(|key| PublicKey::from(*key)).chain(signers.iter().copied());
    let keys = keys.map(|key| format!("{key:?}"));
    let mut seen = BTreeSet::new();
    for text in names.chain(keys) {
        if let Some(text) = seen.replace(text) {
            faults.push(AgreementFault::Shared(text));
        }
    }
}
