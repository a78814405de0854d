//! The keys of both sides, from published seeds, and signatures that are quick or real.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use entente::{
    daemon::{
        keys::{NotSigned, QuantumKeys},
        scribe::Signatures,
    },
    danger::quick_signature,
    envelope::{Algorithm, Claims, Draft, Header, PublicKey, Role},
    ledger::Agreement,
    names::{Hash, Party, RecordId, SubmissionId, Timestamp, sha256},
    record::{Record, Terms, subject},
};

use crate::fixture::{self, UnsafeKey};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Record(Role),
    Log,
    Mirror,
}

struct Known {
    key: UnsafeKey,
    public: PublicKey,
    thumbprint: Hash,
}

static KEYS: LazyLock<BTreeMap<(Party, Use), Known>> = LazyLock::new(|| {
    let uses = Role::ALL.iter().map(|role| Use::Record(*role)).chain([Use::Log, Use::Mirror]);
    let pairs = uses.flat_map(|what| Party::BOTH.map(|party| (party, what)));
    pairs
        .map(|(party, what)| {
            let key = match what {
                Use::Record(role) => UnsafeKey::of(party, role),
                Use::Log => UnsafeKey::log(party),
                Use::Mirror => UnsafeKey::mirror(party),
            };
            let (public, thumbprint) =
                (key.public_key().into(), Hash::new(sha256(key.certificate())));
            ((party, what), Known { key, public, thumbprint })
        })
        .collect()
});

static AGREEMENT: LazyLock<Arc<Agreement>> = LazyLock::new(|| {
    let terms = Terms { rehearsal: false, ..fixture::terms() };
    Arc::new(Agreement::open(terms).unwrap())
});

/// The agreement of every run: no rehearsal, so that every rule of the clock holds.
pub(crate) fn agreement() -> Arc<Agreement> {
    Arc::clone(&AGREEMENT)
}

/// The keys of one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys {
    pub(crate) party: Party,
    /// Whether this run's signatures are quick ones.
    pub(crate) quick: bool,
}

impl Keys {
    /// Signs a message with any key of this side.
    pub(crate) fn sign(self, what: Use, message: &[u8]) -> [u8; 64] {
        let known = &KEYS[&(self.party, what)];
        if self.quick {
            return quick_signature(known.public.as_bytes(), message);
        }
        known.key.sign(message)
    }

    /// Signs a payload in a role, whatever it is, as a record of this side.
    pub(crate) fn seal(
        self,
        role: Role,
        sub: String,
        payload: Vec<u8>,
        cti: SubmissionId,
        iat: Timestamp,
    ) -> (RecordId, Vec<u8>) {
        let agreement = agreement();
        let known = &KEYS[&(self.party, Use::Record(role))];
        let claims = Claims {
            iss: agreement.terms().party(self.party).issuer.clone(),
            sub,
            aud: agreement.audience(),
            iat,
            cti,
        };
        let header =
            Header::new(Algorithm::Ed25519, known.public.id(), claims, known.thumbprint).unwrap();
        let draft = Draft::new(&header, payload).unwrap();
        let signature = self.sign(Use::Record(role), &draft.to_sign());
        (draft.record_id(), draft.seal(signature))
    }

    /// Signs a record in the role of its kind.
    pub(crate) fn seal_record(
        self,
        record: &Record,
        cti: SubmissionId,
        iat: Timestamp,
    ) -> (RecordId, Vec<u8>) {
        let subject = subject(record.kind(), record.case.as_ref());
        self.seal(record.kind().shape().role, subject, record.encode(), cti, iat)
    }
}

impl Signatures for Keys {
    fn record_key(&self, role: Role) -> Option<PublicKey> {
        (role != Role::Officer).then(|| KEYS[&(self.party, Use::Record(role))].public)
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        if role == Role::Officer {
            return Err(NotSigned::NoKey);
        }
        Ok(self.sign(Use::Record(role), message))
    }

    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Ok(self.sign(Use::Log, message))
    }

    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        Ok(self.sign(Use::Mirror, message))
    }

    fn quantum(&self) -> Option<&QuantumKeys> {
        None
    }
}

/// The id of a submission under a key.
pub(crate) fn submission_id(key: &str) -> SubmissionId {
    SubmissionId::from_slice(&sha256(key.as_bytes())[..SubmissionId::LEN]).unwrap()
}
