//! The floors of the house, and its other rules, as tests that read the source tree.
//!
//! Each checker is a pure function from a tree to a list of offences, and beside it stand planted
//! offenders, so that it is known to bite. This file holds the checkers against the house itself.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a checker that stops with a message is a test that fails"
)]

#[path = "architecture/floors.rs"]
mod floors;
#[path = "architecture/house.rs"]
mod house;
#[path = "architecture/modules.rs"]
mod modules;
#[path = "architecture/outline.rs"]
mod outline;
#[path = "architecture/purity.rs"]
mod purity;
#[path = "architecture/sizes.rs"]
mod sizes;
#[path = "architecture/source.rs"]
mod source;

use source::{root, rust_files, texts};

/// Shows all offences at once, one a line.
#[track_caller]
fn assert_none(offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn a_part_imports_only_from_below() {
    assert_none(floors::offences(&rust_files(&["src"])));
}

#[test]
fn a_program_only_parses_runs_and_exits() {
    assert_none(floors::programs(&rust_files(&["src"])));
}

#[test]
fn nothing_below_the_purity_line_touches_the_world() {
    assert_none(purity::offences(&rust_files(&["src"])));
}

#[test]
fn files_functions_and_lines_are_short_and_names_say_something() {
    assert_none(sizes::offences(&rust_files(&["src", "tests", "fuzz"])));
}

#[test]
fn every_part_of_the_house_is_there() {
    assert_none(house::missing(&texts(&root())));
}

#[test]
fn every_dependency_has_its_reason() {
    assert_none(house::guests(&texts(&root())["Cargo.toml"]));
}

#[test]
fn the_archived_codec_is_not_in_the_tree() {
    let lock = &texts(&root())["Cargo.lock"];
    assert!(!lock.contains("name = \"serde_cbor\"\n"));
    assert!(lock.contains("name = \"serde_cbor_2\"\n"));
}

#[test]
fn every_version_floor_holds() {
    assert_none(house::floors_without_effect(&texts(&root())["deny.toml"]));
}

#[test]
fn nothing_is_marked_as_unfinished() {
    assert_none(house::unfinished(&texts(&root())));
}

#[test]
fn no_test_sleeps() {
    assert_none(house::sleepers(&rust_files(&["src", "tests"])));
}
