//! A statement that is signed with a key of later than the founding: how the key came in.
//!
//! The entries that enrolled it are shown, and those that enrolled the keys by which they are
//! signed, back to the founding keys. They are taken by the very code that reads a log. That no
//! entry between them retired a key, only the log can show; its mirror cosigned nothing sound that
//! such a key signed.

use std::collections::BTreeSet;

use super::{SideEvidence, SideFault};
use crate::{
    ledger::{Agreement, Books, Entry, Keybook, examine},
    limits::CERTIFICATE_KEY_ENTRIES_MAX,
    names::{KeyId, Party, Position},
    record::KeyStep,
    tlog::leaf_hash,
};

impl SideEvidence {
    /// The keys of the party as far as this evidence shows them.
    pub(super) fn keys(&self, agreement: &Agreement, party: Party) -> Result<Keybook, SideFault> {
        let mut keys = Keybook::new(agreement, party);
        let Some(shown) = &self.keys else { return Ok(keys) };
        if shown.is_empty() || shown.len() > CERTIFICATE_KEY_ENTRIES_MAX {
            return Err(SideFault::KeyEntries(shown.len()));
        }
        let head = self.cosigned(agreement, party)?.checkpoint().head();
        let mut last = Position(0);
        for one in shown {
            let position = one.position;
            let fault = |reason: String| SideFault::KeyEntry { position, reason };
            if position <= last || position >= self.position {
                return Err(fault("it is out of order".to_owned()));
            }
            last = position;
            let leaf = leaf_hash(&one.entry.0);
            one.inclusion
                .verify(&leaf, position, &head)
                .map_err(|refused| fault(refused.to_string()))?;
            let examined = examine(&keys, position, one.entry.0.clone());
            let record = examined.record().map_err(|contest| fault(contest.detail.clone()))?;
            keys.take(position, record).map_err(|refused| fault(refused.to_string()))?;
        }
        Ok(keys)
    }
}

/// Where the key-events and approvals stand that lead from the founding keys to this one, in order;
/// none for a founding key.
#[must_use]
pub fn enrolling(books: &Books, keys: &Keybook, kid: KeyId) -> Vec<Position> {
    let party = keys.party();
    let (mut positions, mut known) = (BTreeSet::new(), BTreeSet::new());
    let mut wanted = vec![kid];
    while let Some(kid) = wanted.pop() {
        let enrolled = |step: KeyStep| step == KeyStep::Enrolled;
        let mut changes = keys.changes().iter();
        let change = changes.find(|one| one.key == kid && enrolled(one.step));
        let Some(change) = change.filter(|_| known.insert(kid)) else { continue };
        let event = books.find(change.event).map(|(_, position)| position);
        for position in event.into_iter().chain([change.at]) {
            positions.insert(position);
            let entry = books.entry(party, position).and_then(Entry::sound);
            wanted.extend(entry.map(|record| record.signer().kid));
        }
    }
    positions.into_iter().collect()
}
