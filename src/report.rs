//! Reports: a value as text or as a page for people. Nothing here reads or writes a file.

mod page;
mod text;

pub use page::page;
pub use text::{escaped, plain};
