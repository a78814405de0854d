//! The contract of [`Store`](super::Store), kept by every store: one suite, run against each.

mod bench;
mod commits;
mod picture;
mod questions;
mod random;
mod room;

pub(super) use bench::{Pen, id, identity, private_directory, queued};
pub(super) use picture::{Picture, picture};

/// Runs every rule against every store.
macro_rules! both {
    ($($rule:ident),+ $(,)?) => {
        mod memory {
            $(#[test] fn $rule() { super::$rule::<crate::store::contract::bench::InMemory>(); })+
        }
        mod sqlite {
            $(#[test] fn $rule() { super::$rule::<crate::store::contract::bench::InFile>(); })+
        }
    };
}
use both;
