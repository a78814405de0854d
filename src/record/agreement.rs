//! The terms of the agreement: what both governments pin by digest before anything is exchanged.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{
    cbor::{self, Bytes, CborError},
    envelope::Role,
    limits::{AGREEMENT_BYTES_MAX, CERTIFICATE_BYTES_MAX, SIGNERS_PER_PARTY_MAX, TERMS_BYTES_MAX},
    names::{AgreementDigest, Party, sha256},
};

use super::provisions::Provisions;

int_map! {
    /// The founding agreement. Whatever the published text leaves open is one of its provisions.
    pub struct Terms {
        /// What the agreement is called; for people.
        0 => title: String,
        /// How far the two clocks may differ, in seconds, before cosigning and closing pause.
        1 => clock_bound_seconds: u64,
        /// Whether this is a rehearsal, whose daemons read their time from a file.
        2 => rehearsal: bool,
        /// What versions of the agreement may change.
        3 => provisions: Provisions,
        /// The United Kingdom's issuer, log and keys.
        4 => gbr: PartyTerms,
        /// France's issuer, log and keys.
        5 => fra: PartyTerms,
    }
}

int_map! {
    /// What one party brings to the agreement.
    pub struct PartyTerms {
        /// The URI that its records carry as `iss`.
        0 => issuer: String,
        /// Its log key, as a C2SP verifier key (type 1); the name is the log's origin.
        1 => log: String,
        /// Its mirror key, as a C2SP verifier key (type 4).
        2 => mirror: String,
        /// Its first record keys.
        3 => signers: Vec<SignerTerms>,
    }
}

int_map! {
    /// A record key by its certificate.
    pub struct SignerTerms {
        /// What the key may sign.
        0 => role: Role,
        /// The certificate: DER in CBOR, PEM in the agreement file.
        1 => certificate: Certificate,
    }
}

/// An X.509 certificate, unread: DER in CBOR, PEM in the agreement file and in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(pub Bytes);

impl Terms {
    /// What `party` brings.
    #[must_use]
    pub const fn party(&self, party: Party) -> &PartyTerms {
        match party {
            Party::Gbr => &self.gbr,
            Party::Fra => &self.fra,
        }
    }

    /// The founding digest: SHA-256 of the deterministic CBOR, not of the file's text.
    #[must_use]
    pub fn digest(&self) -> AgreementDigest {
        AgreementDigest::new(sha256(&cbor::encode(self)))
    }

    /// Reads terms from deterministic CBOR.
    ///
    /// # Errors
    /// If the bytes are not on the strict road.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes, AGREEMENT_BYTES_MAX)
    }

    /// What is wrong with the terms taken by themselves; the keys are read elsewhere.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.title.is_empty() || self.title.len() > 200 {
            faults.push("title: between 1 and 200 bytes".to_owned());
        }
        if !(1..=3600).contains(&self.clock_bound_seconds) {
            faults.push("clock_bound_seconds: between 1 and 3600".to_owned());
        }
        faults.extend(self.provisions.faults());
        if self.gbr.issuer == self.fra.issuer {
            faults.push("issuer: the same for both parties".to_owned());
        }
        let len = cbor::encode(self).len();
        if len > TERMS_BYTES_MAX {
            faults.push(format!("{len} bytes in CBOR; at most {TERMS_BYTES_MAX} fit a record"));
        }
        for party in Party::BOTH {
            self.party(party).faults(party, &mut faults);
        }
        faults
    }
}

impl PartyTerms {
    fn faults(&self, party: Party, faults: &mut Vec<String>) {
        if !(1..=200).contains(&self.issuer.len()) || !self.issuer.contains(':') {
            faults.push(format!("{party}: issuer: a URI of at most 200 bytes"));
        }
        if self.signers.len() > SIGNERS_PER_PARTY_MAX {
            faults.push(format!("{party}: signers: at most {SIGNERS_PER_PARTY_MAX}"));
        }
        for role in Role::ALL {
            if !self.signers.iter().any(|signer| signer.role == *role) {
                faults.push(format!("{party}: signers: none has the role {role}"));
            }
        }
    }
}

impl Certificate {
    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.0
    }
}

impl Serialize for Certificate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if !to.is_human_readable() {
            return self.0.serialize(to);
        }
        let body = data_encoding::BASE64.encode(self.der());
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        to.serialize_str(&pem)
    }
}

impl<'de> Deserialize<'de> for Certificate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let der = if from.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
            let refuse = || D::Error::custom("not one certificate in PEM");
            let body = text
                .trim()
                .strip_prefix("-----BEGIN CERTIFICATE-----")
                .and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"))
                .ok_or_else(refuse)?;
            let body: String = body.split_whitespace().collect();
            Bytes(data_encoding::BASE64.decode(body.as_bytes()).map_err(|_| refuse())?)
        } else {
            Bytes::deserialize(from)?
        };
        if der.0.len() > CERTIFICATE_BYTES_MAX {
            return Err(D::Error::custom(format!(
                "a certificate of more than {CERTIFICATE_BYTES_MAX} bytes"
            )));
        }
        Ok(Self(der))
    }
}
