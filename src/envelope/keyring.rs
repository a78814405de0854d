//! The keyring: which key may speak for which party, in which role, from where to where in its log.
//!
//! It answers one question about an envelope, and the answer is a [`Verified`] value. What it knows
//! comes from the founding agreement and from key-events; whether a signer was unexpired when its
//! record was received is for the ledger to judge, from [`Verified::not_after`].

mod refusal;
mod verified;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

pub use refusal::{KeyringError, Refusal};
pub use verified::{Signer, Verified};

use super::key::PublicKey;
use super::sign1::Envelope;
use crate::names::{Hash, KeyId, Party, Position, Timestamp};

codes! {
    /// What a key may be used for: one key, one purpose.
    pub enum Role: "role" {
        /// Facts of the case-working system, signed by the daemon that takes them in.
        Caseworker = 1 => "caseworker",
        /// Entanglements, week-closes, statements, objections and the agreement.
        Ledger = 2 => "ledger",
        /// Approvals: the second pair of eyes, with a key that no daemon holds.
        Officer = 3 => "officer",
    }
}

/// A record key with everything that its messages must agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerKey {
    /// Whose key it is; its records stand in this party's log only.
    pub party: Party,
    /// What it may be used for.
    pub role: Role,
    /// The public key, which is used with one algorithm.
    pub key: PublicKey,
    /// SHA-256 of its certificate in DER.
    pub thumbprint: Hash,
    /// The first second of its certificate's validity.
    pub not_before: Timestamp,
    /// The last second of its certificate's validity.
    pub not_after: Timestamp,
    /// The issuer that its records must carry: a URI of 1 to 255 bytes.
    pub issuer: String,
}

/// A key's place in the keyring: it may sign at `from` and after, but not at `until` or after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    key: SignerKey,
    from: Position,
    until: Option<Position>,
}

/// Every record key of both parties, the retired ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    audience: String,
    places: BTreeMap<KeyId, Place>,
}

impl Keyring {
    /// An empty keyring for the agreement that its records name as `audience` (the `aud` claim).
    #[must_use]
    pub const fn new(audience: String) -> Self {
        Self { audience, places: BTreeMap::new() }
    }

    /// Takes a key in: it may sign at position `from` of its party's log and after.
    ///
    /// # Errors
    /// The key is or was enrolled, or its certificate is never valid.
    pub fn enrol(&mut self, key: SignerKey, from: Position) -> Result<KeyId, KeyringError> {
        let kid = key.key.id();
        if key.not_after < key.not_before {
            return Err(KeyringError::Validity(kid));
        }
        match self.places.entry(kid) {
            Entry::Occupied(_) => Err(KeyringError::AlreadyEnrolled(kid)),
            Entry::Vacant(free) => {
                free.insert(Place { key, from, until: None });
                Ok(kid)
            }
        }
    }

    /// Retires a key: it may not sign at position `at` of its party's log, nor after.
    ///
    /// # Errors
    /// The key is unknown, already retired, or enrolled only after `at`.
    pub fn retire(&mut self, kid: KeyId, at: Position) -> Result<(), KeyringError> {
        let place = self.places.get_mut(&kid).ok_or(KeyringError::Unknown(kid))?;
        if let Some(at) = place.until {
            return Err(KeyringError::AlreadyRetired { kid, at });
        }
        if at < place.from {
            return Err(KeyringError::RetiredBeforeEnrolled { kid, from: place.from });
        }
        place.until = Some(at);
        Ok(())
    }

    /// The key of this id, retired or not.
    #[must_use]
    pub fn get(&self, kid: KeyId) -> Option<&SignerKey> {
        self.places.get(&kid).map(|place| &place.key)
    }

    /// Every key with its place: from where it may sign, and from where not any more. In the order
    /// of their ids.
    pub fn places(&self) -> impl Iterator<Item = (&SignerKey, Position, Option<Position>)> {
        self.places.values().map(|place| (&place.key, place.from, place.until))
    }

    /// The keys that may sign at this position of a party's log, in the order of their ids.
    pub fn at(&self, party: Party, position: Position) -> impl Iterator<Item = &SignerKey> {
        self.places
            .values()
            .filter(move |place| place.key.party == party && place.covers(position))
            .map(|place| &place.key)
    }

    /// Judges an envelope that stands at `position` in the log of `party`.
    ///
    /// This is the only place where a [`Verified`] is made. The signature comes last, since it
    /// costs most, and what it is checked with comes from the keyring alone.
    ///
    /// # Errors
    /// The first rule that the envelope breaks.
    pub fn check(
        &self,
        envelope: Envelope,
        party: Party,
        position: Position,
    ) -> Result<Verified<Envelope>, Refusal> {
        let kid = envelope.header().kid();
        let place = self.places.get(&kid).ok_or(Refusal::UnknownKey(kid))?;
        if place.key.party != party {
            return Err(Refusal::OtherParty { kid, owner: place.key.party });
        }
        if position < place.from {
            return Err(Refusal::NotYetEnrolled { kid, from: place.from });
        }
        if let Some(at) = place.until.filter(|at| position >= *at) {
            return Err(Refusal::Retired { kid, at });
        }
        place.key.accepts(&envelope, &self.audience)?;
        Ok(Verified::by(envelope, kid, &place.key))
    }
}

impl Place {
    fn covers(&self, position: Position) -> bool {
        self.from <= position && self.until.is_none_or(|until| position < until)
    }
}

impl SignerKey {
    /// Holds an envelope against everything that this key's messages must agree with.
    fn accepts(&self, envelope: &Envelope, audience: &str) -> Result<(), Refusal> {
        let header = envelope.header();
        let claims = header.claims();
        let wanted = self.key.algorithm();
        if header.algorithm() != wanted {
            return Err(Refusal::Algorithm { named: header.algorithm(), wanted });
        }
        if header.thumbprint() != self.thumbprint {
            return Err(Refusal::Thumbprint);
        }
        if claims.iss != self.issuer {
            return Err(Refusal::Issuer);
        }
        if claims.aud != audience {
            return Err(Refusal::Audience);
        }
        if claims.iat < self.not_before {
            let not_before = self.not_before;
            return Err(Refusal::NotYetValid { signed: claims.iat, not_before });
        }
        if claims.iat > self.not_after {
            return Err(Refusal::Expired { signed: claims.iat, not_after: self.not_after });
        }
        self.key.verify(&envelope.sig_structure(), envelope.signature()).map_err(Refusal::from)
    }
}

#[cfg(test)]
mod tests;
