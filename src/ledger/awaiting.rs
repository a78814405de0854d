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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::fixture::{TwoSides, accept, approval, erasure, rejection, request},
        names::{Party::Fra, Party::Gbr, Size},
    };

    fn waiting(sides: &TwoSides) -> Vec<RecordId> {
        awaiting(&sides.books, sides.books.all()).into_keys().collect()
    }

    #[test]
    fn what_needs_approval_waits_until_an_officer_of_its_own_side_decides() {
        for decision in [approval, rejection] {
            let mut sides = TwoSides::founded();
            let asked = sides.append(Gbr, request("GB01-000001", 0));
            sides.append(Fra, accept(asked));
            assert_eq!(waiting(&sides), []);
            let erased = sides.append(Gbr, erasure(asked));
            assert_eq!(waiting(&sides), [erased]);
            // The other side's officer decides nothing here, nor does a decision on another record.
            sides.append(Fra, decision(erased));
            sides.append(Gbr, decision(asked));
            assert_eq!(waiting(&sides), [erased]);
            sides.append(Gbr, decision(erased));
            assert_eq!(waiting(&sides), []);
        }
    }

    #[test]
    fn only_what_is_in_view_waits_or_decides() {
        let mut sides = TwoSides::founded();
        let asked = sides.append(Gbr, request("GB01-000001", 0));
        let before = sides.books.all();
        let erased = sides.append(Gbr, erasure(asked));
        let between = sides.books.all();
        sides.append(Gbr, approval(erased));
        assert_eq!(awaiting(&sides.books, before).len(), 0);
        assert_eq!(awaiting(&sides.books, between).into_keys().collect::<Vec<_>>(), [erased]);
        assert_eq!(awaiting(&sides.books, between.raised(Gbr, Size(99))).len(), 0);
    }

    #[test]
    fn one_key_never_decides_on_what_it_signed() {
        let mut sides = TwoSides::founded();
        let asked = sides.append(Gbr, request("GB01-000001", 0));
        let erased = sides.append(Gbr, erasure(asked));
        let mut all = awaiting(&sides.books, sides.books.all());
        let signed = all[&erased].key;
        settle(&mut all, erased, Gbr, signed);
        settle(&mut all, erased, Fra, KeyId::new([9; 8]));
        assert!(all.contains_key(&erased));
        settle(&mut all, erased, Gbr, KeyId::new([9; 8]));
        assert!(all.is_empty());
    }
}
