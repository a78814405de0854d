//! Every seed of every fuzz target, replayed without a fuzzer, so that a finding stays found.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its files must fail"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The targets themselves panic where a promise is broken.
#[path = "../fuzz/targets/lib.rs"]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "code of tests"
)]
mod targets;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The names in a folder, without their endings.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let stem = |entry: fs::DirEntry| entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| stem(entry.unwrap())).collect()
}

#[test]
fn every_target_stands_every_seed() {
    for (name, run) in targets::TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let seeds = names(&folder);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let bytes = fs::read(folder.join(&seed)).unwrap();
            assert!(std::panic::catch_unwind(|| run(&bytes)).is_ok(), "{name}/{seed}");
        }
    }
}

#[test]
fn every_target_has_a_binary_a_body_and_seeds() {
    let listed: BTreeSet<String> =
        targets::TARGETS.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(names(&fuzz().join("bins")), listed);
    assert_eq!(names(&fuzz().join("corpus")), listed);
    let mut bodies = names(&fuzz().join("targets"));
    bodies.remove("lib");
    bodies.remove("world");
    assert_eq!(bodies, listed);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in listed {
        assert!(manifest.contains(&format!("path = \"bins/{name}.rs\"")), "{name}: no [[bin]]");
    }
}
