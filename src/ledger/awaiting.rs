//! Which records wait for their second signer.
//!
//! What changes a count, destroys data, decides a break, or changes the agreement or its keys has
//! no effect before an officer of the same party, with another key, has approved it.

use std::collections::BTreeMap;

use super::{Books, View};
use crate::{
    names::{KeyId, Party, Position, RecordId},
    record::Content,
};

/// A record that waits for its second signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaiting {
    /// In whose log it stands: its officers approve it.
    pub log: Party,
    /// Where it stands there.
    pub position: Position,
    /// The key that it was signed with, which cannot approve it.
    pub key: KeyId,
}

/// The records in view that need an approval and have neither that nor a rejection.
#[must_use]
pub fn awaiting(books: &Books, view: View) -> BTreeMap<RecordId, Awaiting> {
    let mut waiting = BTreeMap::new();
    for log in Party::BOTH {
        let entries = books.entries(log, Position(0));
        for (position, entry) in entries.take_while(|(at, _)| view.size(log).covers(*at)) {
            let Some(record) = entry.sound() else { continue };
            let (id, key) = (record.id(), record.signer().kid);
            if let Content::Approval(_) = &record.get().content {
                for named in &record.get().re {
                    settle(&mut waiting, *named, log, key);
                }
            }
            // A later copy of a record has no effect, so it waits for nothing.
            if record.get().content.needs_approval() && books.find(id) == Some((log, position)) {
                waiting.insert(id, Awaiting { log, position, key });
            }
        }
    }
    waiting
}

/// An approval, or a rejection, ends the waiting of a record of the same log and of another key.
fn settle(waiting: &mut BTreeMap<RecordId, Awaiting>, named: RecordId, log: Party, key: KeyId) {
    if waiting.get(&named).is_some_and(|one| one.log == log && one.key != key) {
        waiting.remove(&named);
    }
}
