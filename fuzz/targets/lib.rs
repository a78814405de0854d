//! What is fuzzed: one module for each target, with one function that takes any bytes and panics
//! where a promise is broken.
//!
//! The fuzzer's binaries call these functions, and `tests/corpus_replay.rs` of the package calls
//! them with every seed, so that a finding stays found without a fuzzer.

/// Declares the modules of the targets, and the list of them.
macro_rules! targets {
    ($( $name:ident, )+) => {
        $( pub mod $name; )+

        /// Name and function of each target, in the order of their names.
        pub const TARGETS: &[(&str, fn(&[u8]))] = &[ $( (stringify!($name), $name::run), )+ ];
    };
}

targets! {
    agreement,
    cbor,
    certificate,
    disclosure,
    envelope,
    frame,
    note,
    record,
    session,
}

mod world;
