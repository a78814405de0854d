//! How a pair of logs succeeds another: what the founding agreement is to the first pair of logs, a
//! succession is to each later one. Both sides pin its digest, and both sign it as part of entry 0
//! of their new logs.

use super::{LogEndReason, statement::LogCut};
use crate::{
    cbor::{self, CborError},
    limits::SUCCESSION_BYTES_MAX,
    names::{AgreementDigest, Hash, Party, RecordId, sha256},
};

int_map! {
    /// Both logs have ended, and these are their successors.
    pub struct Succession {
        /// The founding agreement, which holds for the successors too.
        0 => agreement: AgreementDigest,
        /// How many pairs of logs there were before: 1 for the first succession.
        1 => number: u64,
        /// Why the logs ended.
        2 => reason: LogEndReason,
        /// The British log that ended, and its successor.
        3 => gbr: SuccessorTerms,
        /// The French log that ended, and its successor.
        4 => fra: SuccessorTerms,
    } optional {
        /// The digest of the succession before this one; absent from the first.
        5 => previous: Hash,
        /// The version of the agreement that both logs name in their ends, if they do.
        6 => version: RecordId,
    }
}

int_map! {
    /// The end of one log, and the keys of the next.
    pub struct SuccessorTerms {
        /// The final checkpoint of the log that ended. What lies beyond it is not taken over.
        0 => ended: LogCut,
        /// The successor's log key, as a C2SP verifier key (type 1); its name is the origin.
        1 => log: String,
        /// The party's mirror key from here on, as a C2SP verifier key (type 4).
        2 => mirror: String,
    }
}

impl Succession {
    /// What becomes of `party`'s log.
    #[must_use]
    pub const fn party(&self, party: Party) -> &SuccessorTerms {
        match party {
            Party::Gbr => &self.gbr,
            Party::Fra => &self.fra,
        }
    }

    /// What both sides pin: SHA-256 of the deterministic CBOR, not of a file's text.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash::new(sha256(&cbor::encode(self)))
    }

    /// Reads a succession from deterministic CBOR.
    ///
    /// # Errors
    /// If the bytes are too many or not on the strict road.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes, SUCCESSION_BYTES_MAX)
    }

    /// What is wrong with it taken by itself; what came before is held against it elsewhere.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.number == 0 {
            faults.push("number: the first succession has the number 1".to_owned());
        }
        if (self.number > 1) != self.previous.is_some() {
            faults.push("previous: every succession but the first names the one before".to_owned());
        }
        if self.reason == LogEndReason::AgreementEnded {
            faults.push("reason: after the end of the agreement nothing succeeds".to_owned());
        }
        for party in Party::BOTH {
            if self.party(party).ended.size.0 == 0 {
                faults.push(format!("{party}: ended: a log that ends has entries"));
            }
        }
        let len = cbor::encode(self).len();
        if len > SUCCESSION_BYTES_MAX {
            faults
                .push(format!("{len} bytes in CBOR; at most {SUCCESSION_BYTES_MAX} fit a record"));
        }
        faults
    }
}
