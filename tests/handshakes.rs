//! The edge towards the counterpart, case by case: every bad certificate and every bad peer is
//! refused on both edges, for its own reason in our journal, and the peer is told nothing.
//!
//! All of it is made on the spot, field by field, and two ends meet over bytes in memory. A case
//! holds if our end gives exactly the wanted reason and the peer sees the one alert that all see.
//! Weakened on purpose, the software must fail the table: see the last test.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop at the first surprise"
)]

#[path = "handshakes/der.rs"]
mod der;
#[path = "handshakes/key_cases.rs"]
mod key_cases;
#[path = "handshakes/leaf_cases.rs"]
mod leaf_cases;
#[path = "handshakes/list_cases.rs"]
mod list_cases;
#[path = "handshakes/lists.rs"]
mod lists;
#[path = "handshakes/meet.rs"]
mod meet;
#[path = "handshakes/mint.rs"]
mod mint;
#[path = "handshakes/path_cases.rs"]
mod path_cases;
#[path = "handshakes/raw.rs"]
mod raw;
#[path = "handshakes/shortcuts.rs"]
mod shortcuts;
#[path = "handshakes/table.rs"]
mod table;
#[path = "handshakes/unproved.rs"]
mod unproved;
#[path = "handshakes/updates.rs"]
mod updates;

use std::sync::Arc;

use entente::danger::{Bug, plant};
use entente::trust::{Pinned, StalePolicy};

use list_cases::{middle, new_root, pinned};
use meet::{Edge, Outcome, Peer, meet};
use mint::{CA, LEAF, List, MIDDLE, NEW_CA, NOW, Spec};
use table::Table;

/// What the table must hold at least; a case is one bad thing, whatever the edges it is tried on.
const CASES_MIN: usize = 150;

#[test]
fn every_bad_certificate_is_refused_on_both_edges_for_its_own_reason() {
    let table = Table::whole();
    assert!(table.cases.len() >= CASES_MIN, "{} cases", table.cases.len());
    let failures = table.failures();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}

/// Good twins: what the cases above differ from in one thing each.
#[test]
fn good_certificates_are_taken_on_both_edges() {
    let root = Spec::root;
    let chain = |specs: &[Spec]| specs.iter().map(Spec::der).collect::<Vec<_>>();
    let leaf = Spec::leaf;
    let new_leaf = || leaf().with(|it| it.issued_by("British CA", NEW_CA));
    let through = || leaf().with(|it| it.issued_by("Middle CA", MIDDLE));
    let (of_old, of_new) = (List::of("British CA", CA, 3), List::of("British CA", NEW_CA, 1));
    let (refuse, both) = (StalePolicy::Refuse, [root(), new_root()]);
    let lists = [of_old.clone(), of_new.clone()];
    let turned = [of_new.clone(), of_old.clone()];
    let of_middle = List::of("Middle CA", MIDDLE, 1);
    let other = of_old.clone().revoking(&[0x44]);
    let due = 1_764_547_200;
    let plain = || Pinned::new(vec![root().pinned()]);
    // The same key, certified anew, and valid longer; not yet at this time.
    let renewed =
        root().with(|it| (it.not_before, it.not_after) = ("251201000000Z", "401231235959Z"));
    let renewed = [root().pinned(), renewed.pinned()];
    for (name, chain, pinned, at) in [
        ("plain", chain(&[leaf()]), plain(), NOW),
        ("with a renewed authority", chain(&[leaf()]), Pinned::new(renewed.to_vec()), NOW),
        ("with its authority", chain(&[leaf(), root()]), plain(), NOW),
        ("through an intermediate", chain(&[through(), middle()]), plain(), NOW),
        ("in the first second", chain(&[leaf()]), plain(), 1_751_328_000),
        ("in the last second", chain(&[leaf()]), plain(), 1_798_761_599),
        ("not revoked", chain(&[leaf()]), pinned(&[root()], &[other], refuse), NOW),
        (
            "both lists are there",
            chain(&[through(), middle()]),
            pinned(&[root()], &[of_old.clone(), of_middle], refuse),
            NOW,
        ),
        ("fresh to the last", chain(&[leaf()]), pinned(&[root()], &lists[..1], refuse), due),
        (
            "running on to the last",
            chain(&[leaf()]),
            pinned(&[root()], &lists[..1], StalePolicy::of_days(7)),
            due + 7 * 86_400,
        ),
        ("the old key", chain(&[leaf()]), pinned(&both, &lists, refuse), NOW),
        ("the new key", chain(&[new_leaf()]), pinned(&both, &lists, refuse), NOW),
        ("the old key, turned", chain(&[leaf()]), pinned(&both, &turned, refuse), NOW),
        ("the new key, turned", chain(&[new_leaf()]), pinned(&both, &turned, refuse), NOW),
    ] {
        let (peer, pinned) = (Peer::showing(chain, LEAF), Arc::new(pinned));
        for edge in [Edge::Server, Edge::Client] {
            let seen = meet(&peer, &pinned, edge, at);
            assert_eq!(seen, Outcome { ours: Ok(()), theirs: None }, "{name}, {edge:?}");
        }
    }
}

/// Weaknesses whose absence the table must notice, each by at least one case. That of the numbers
/// lies in the files, and is noticed by a test of its own.
const WEAKNESSES: [Bug; 13] = [
    Bug::SkipPurpose,
    Bug::SkipKeyStrength,
    Bug::SkipKeyUsage,
    Bug::SkipUnknownCritical,
    Bug::SkipAuthorityValidity,
    Bug::SkipPathLength,
    Bug::SkipRevocation,
    Bug::SkipFreshness,
    Bug::SkipLaterGenerations,
    Bug::SkipParty,
    Bug::SkipServerName,
    Bug::SkipProtocol,
    Bug::TellThePeerWhy,
];

#[test]
fn a_weakened_build_fails_the_table() {
    let table = Table::whole();
    for bug in WEAKNESSES {
        plant(Some(bug));
        let noticed =
            table.cases.iter().any(|case| case.edges.iter().any(|edge| case.holds(*edge).is_err()));
        plant(None);
        assert!(noticed, "{} goes unnoticed", bug.name());
    }
}
