use super::*;
use crate::tlog::unsafe_keys::{EightLeaves, leaves};
use crate::tlog::{MemoryNodes, MissingNode, root_at};

const SIZES: u32 = 70;

/// The recursive definition of RFC 6962 section 2.1, word by word.
fn defined_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::new(sha256(b"")),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&defined_root(left), &defined_root(right))
        }
    }
}

#[test]
fn a_tree_without_entries_has_the_hash_of_nothing_as_its_root() {
    assert_eq!(EMPTY_ROOT, Hash::new(sha256(b"")));
    assert_eq!(Frontier::new().root(), EMPTY_ROOT);
}

#[test]
fn the_published_tree_has_its_published_roots() {
    let vectors = EightLeaves::read();
    let mut frontier = Frontier::new();
    for (leaf, root) in vectors.leaves().into_iter().zip(&vectors.roots) {
        frontier.append(leaf);
        assert_eq!(frontier.root(), *root, "{}", frontier.size());
    }
    assert_eq!(frontier.size(), Size(8));
}

#[test]
fn the_root_at_every_size_is_the_one_that_the_standard_defines() {
    let all: Vec<Hash> = leaves(SIZES).collect();
    let nodes: MemoryNodes = all.iter().copied().collect();
    let mut frontier = Frontier::new();
    for count in 0..=all.len() {
        let want = defined_root(&all[..count]);
        let size = frontier.size();
        assert_eq!(frontier.root(), want, "{size}");
        assert_eq!(root_at(&nodes, size), Ok(want), "{size}");
        assert_eq!(Frontier::load(size, &nodes), Ok(frontier.clone()), "{size}");
        if let Some(leaf) = all.get(count) {
            frontier.append(*leaf);
        }
    }
}

#[test]
fn each_complete_subtree_is_named_once_by_the_leaf_that_completes_it() {
    let mut frontier = Frontier::new();
    let mut named = Vec::new();
    for (size, leaf) in (1..).zip(leaves(SIZES)) {
        for node in frontier.append(leaf) {
            assert!(node.level >= 1);
            assert_eq!((node.index + 1) << node.level, size, "{node:?}");
            named.push((node.level, node.index));
        }
    }
    named.sort_unstable();
    let complete = (1..7).flat_map(|level| (0..u64::from(SIZES) >> level).map(move |i| (level, i)));
    assert!(named.into_iter().eq(complete));
}

#[test]
fn a_frontier_that_was_loaded_goes_on_as_the_one_that_was_kept() {
    let all: Vec<Hash> = leaves(SIZES).collect();
    for size in 0..all.len() {
        let nodes: MemoryNodes = all[..size].iter().copied().collect();
        let mut loaded = Frontier::load(nodes.size(), &nodes).unwrap();
        let mut kept: Frontier = all[..size].iter().copied().collect();
        for leaf in &all[size..] {
            assert_eq!(loaded.append(*leaf), kept.append(*leaf));
            assert_eq!(loaded, kept);
        }
    }
}

#[test]
fn a_frontier_is_not_loaded_from_a_tree_that_lacks_nodes() {
    let nodes: MemoryNodes = leaves(6).collect();
    for (size, level, index) in [(7, 0, 6), (8, 3, 0), (16, 4, 0), (u64::MAX, 63, 0)] {
        let refusal = Frontier::load(Size(size), &nodes);
        assert_eq!(refusal, Err(MissingNode { level, index }), "{size}");
    }
}

#[test]
fn a_leaf_is_not_taken_for_a_node() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let forged = [left.as_bytes().as_slice(), right.as_bytes()].concat();
    assert_ne!(leaf_hash(&forged), node_hash(&left, &right));
    assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
}

#[test]
fn a_changed_added_or_missing_entry_changes_the_root() {
    let all: Vec<Hash> = leaves(13).collect();
    let root = all.iter().copied().collect::<Frontier>().root();
    for place in 0..all.len() {
        let mut changed = all.clone();
        changed[place] = leaf_hash(b"another");
        assert_ne!(changed.into_iter().collect::<Frontier>().root(), root, "{place}");
        let mut missing = all.clone();
        missing.remove(place);
        assert_ne!(missing.into_iter().collect::<Frontier>().root(), root, "{place}");
        let mut twice = all.clone();
        twice.insert(place, all[place]);
        assert_ne!(twice.into_iter().collect::<Frontier>().root(), root, "{place}");
    }
}
