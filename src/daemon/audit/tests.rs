//! Every byte, node and note of a store with two full logs, spoiled in turn.

mod spoiled;

use std::sync::Arc;

use super::*;
use crate::{
    cbor,
    store::{Identity, MemoryStore, Write},
    tlog::{Frontier, leaf_hash},
};
pub(crate) use spoiled::store_of;
use spoiled::{Spoil, Spoiled, season};

#[test]
fn a_whole_store_is_found_whole_on_both_sides() {
    for party in Party::BOTH {
        let mut it = Spoiled::of(party);
        let audit = it.audit(Spoil::Nothing).unwrap();
        assert_eq!((audit.party, audit.rehearsal), (party, true));
        for log in Party::BOTH {
            let (found, size) = (audit.logs.of(log), it.store.size(log).unwrap());
            assert_eq!((found.size, found.checkpoints, found.awaited), (size, size.0, 0));
            assert!(found.cosignatures >= 5 && found.nodes > 0, "{found:?}");
            assert!(found.cosigned_at.is_some());
        }
        let [week] = &audit.weeks[..] else { panic!("{:?}", audit.weeks) };
        assert_eq!((week.week.to_string(), week.number), ("2025-W32".to_owned(), 1));
        assert_eq!(week.verdict, Verdict::Awaiting);
    }
}

#[test]
fn any_one_byte_of_any_entry_of_either_log_is_noticed_and_its_entry_named() {
    let mut it = Spoiled::of(Party::Fra);
    for log in Party::BOTH {
        let entries = it.all_entries(log);
        assert!(entries.len() >= 10);
        for entry in entries {
            for at in 0..entry.bytes.len() {
                let named = it.fault(Spoil::Byte(log, entry.position, at));
                let wanted = format!("log of {log}, entry {}: ", entry.position);
                assert!(named.starts_with(&wanted), "byte {at}: {named}");
            }
        }
    }
}

#[test]
fn a_spoiled_leaf_hash_or_node_is_named() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for position in 0..size.0 {
            for at in [0, 31] {
                let named = it.fault(Spoil::Leaf(log, Position(position), at));
                assert!(named.starts_with(&format!("log of {log}, entry {position}: ")), "{named}");
            }
        }
        for level in 1..63_u8 {
            for index in 0..size.0 >> level {
                let named = it.fault(Spoil::Node(log, level, index));
                let wanted = format!("log of {log}: the tree node {index} of level {level} ");
                assert!(named.starts_with(&wanted), "{named}");
            }
        }
    }
}

#[test]
fn a_note_in_which_any_letter_was_changed_is_named() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for size in (1..=size.0).map(Size) {
            let above = Size(size.0 - 1);
            let note = it.store.checkpoint_above(log, above).unwrap().unwrap().note;
            // Every letter of one note, and some of the others.
            let step = if size == Size(3) { 1 } else { 23 };
            for (at, _) in note.char_indices().step_by(step) {
                let named = it.fault(Spoil::Checkpoint(log, size, at));
                let wanted = format!("log of {log}: checkpoint of size {size}: ");
                assert!(named.starts_with(&wanted), "letter {at}: {named}");
            }
        }
        for stored in it.store.cosignatures_above(log, Size(0), 100).unwrap() {
            for (at, _) in stored.note.char_indices().step_by(17) {
                let named = it.fault(Spoil::Cosignature(log, stored.size, at));
                let wanted = format!("log of {log}: cosignature of size {}: ", stored.size);
                assert!(named.starts_with(&wanted), "letter {at}: {named}");
            }
        }
    }
}

#[test]
fn a_cosignature_may_be_missing_only_where_it_is_on_its_way_to_us() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let all = it.store.cosignatures_above(log, Size(0), 100).unwrap();
        let newest = all.last().unwrap().size;
        for one in all {
            let audited = it.audit(Spoil::NoCosignature(log, one.size));
            if log == Party::Gbr && one.size == newest {
                assert_eq!(audited.unwrap().logs.gbr.awaited, 1);
                continue;
            }
            let fault = audited.unwrap_err();
            let wanted = format!("the cosignature of {} entries ", one.size);
            assert!(fault.to_string().contains(&wanted) && fault.is_finding(), "{fault}");
        }
    }
}

#[test]
fn a_log_that_lost_its_end_is_noticed() {
    let mut it = Spoiled::of(Party::Gbr);
    for log in Party::BOTH {
        let size = it.store.size(log).unwrap();
        for end in 0..size.0 {
            it.fault(Spoil::End(log, Size(end)));
        }
    }
}

#[test]
fn an_entry_rewritten_with_its_whole_tree_is_named_all_the_same() {
    for (log, wanted) in [
        (Party::Gbr, "log of GBR, entry 2: "),
        // Of the mirror only place and hash are judged: the signed roots tell.
        (Party::Fra, "log of FRA: checkpoint of size "),
    ] {
        let sides = season();
        let genuine = store_of(&sides, Party::Gbr);
        let terms = cbor::encode(sides.agreement.terms());
        let identity = Identity { party: Party::Gbr, terms };
        let mut store = MemoryStore::create(&identity).unwrap();
        for one in Party::BOTH {
            let mut tree = Frontier::new();
            for entry in genuine.entries(one, Position(0), usize::MAX, usize::MAX).unwrap() {
                let (position, mut bytes) = (entry.position, entry.bytes);
                if one == log && position == Position(2) {
                    *bytes.last_mut().unwrap() ^= 0x01;
                }
                let leaf = leaf_hash(&bytes);
                let nodes = tree.append(leaf);
                store.commit(&[Write::Entry { log: one, position, leaf, bytes, nodes }]).unwrap();
                let above = Size(position.0);
                let note = genuine.checkpoint_above(one, above).unwrap().unwrap().note;
                let size = Size::through(position);
                store.commit(&[Write::Checkpoint { log: one, size, note }]).unwrap();
            }
        }
        let seat = Seat { party: Party::Gbr, agreement: Arc::new(sides.agreement) };
        let named = audit(&store, &seat).unwrap_err().to_string();
        assert!(named.starts_with(wanted), "{named}");
    }
}

#[test]
fn an_empty_store_and_one_of_another_party_are_refused() {
    let sides = season();
    let terms = cbor::encode(sides.agreement.terms());
    let empty = MemoryStore::create(&Identity { party: Party::Gbr, terms }).unwrap();
    let full = store_of(&sides, Party::Gbr);
    let seat = |party| Seat { party, agreement: Arc::new(sides.agreement.clone()) };
    let fault = audit(&empty, &seat(Party::Gbr)).unwrap_err();
    assert!(matches!(fault, AuditFault::Load(LoadFault::Empty)), "{fault}");
    for store in [empty, full] {
        let fault = audit(&store, &seat(Party::Fra)).unwrap_err();
        assert!(matches!(fault, AuditFault::Load(LoadFault::Identity { .. })), "{fault}");
        assert!(!fault.is_finding());
    }
}
