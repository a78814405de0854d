//! Why the scan refuses: one variant for each rule.

use crate::limits::CBOR_DEPTH_MAX;

/// What is wrong with a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is not a single byte.
    #[error("nothing where one item must stand")]
    Empty,
    /// The bytes end where a key or a value must follow.
    #[error("the bytes end where an item must follow")]
    Missing,
    /// The bytes end within a head.
    #[error("the bytes end within this head")]
    HeadCut,
    /// A string, array or map declares more than can be in the bytes that are left.
    #[error("declares a length of {declared}, and {left} bytes are left")]
    TooFewLeft {
        /// The declared length: bytes of a string, items of an array, pairs of a map.
        declared: u64,
        /// Bytes that follow the head.
        left: usize,
    },
    /// A head that RFC 8949 section 3 leaves unassigned.
    #[error("the head {initial:#04x} is not well-formed")]
    Reserved {
        /// The initial byte.
        initial: u8,
    },
    /// A length that is left open (RFC 8949 section 3.2).
    #[error("an indefinite length")]
    Indefinite,
    /// The end of an indefinite length, where none can be open.
    #[error("a break without an indefinite length")]
    Break,
    /// A number that fits a shorter head (RFC 8949 section 4.2.1).
    #[error("{argument} is not in its shortest form")]
    NotShortest {
        /// The number, or length, or tag.
        argument: u64,
    },
    /// A tag, and it is not that of an envelope in the place of an envelope.
    #[error("tag {tag} has no place here")]
    Tag {
        /// The number of the tag.
        tag: u64,
    },
    /// An envelope without its tag (RFC 9052 section 4.2).
    #[error("an envelope begins with tag 18")]
    Untagged,
    /// A floating-point number of any width.
    #[error("a floating-point number")]
    Float,
    /// A simple value other than false, true and null.
    #[error("simple value {value}: only false, true and null are allowed")]
    Simple {
        /// Its number.
        value: u8,
    },
    /// A map key that is not an unsigned integer.
    #[error("a map key that is not an unsigned integer")]
    KeyType,
    /// A map key that is smaller than the one before.
    #[error("key {key} stands after key {after}")]
    KeyOrder {
        /// The key at fault.
        key: u64,
        /// The key before it.
        after: u64,
    },
    /// A map key that equals the one before.
    #[error("key {key} occurs twice")]
    KeyTwice {
        /// The key.
        key: u64,
    },
    /// Text that is not UTF-8 (RFC 3629).
    #[error("not UTF-8")]
    Utf8,
    /// An array or a map within too many others.
    #[error("more than {CBOR_DEPTH_MAX} arrays and maps within each other")]
    Depth,
    /// Bytes after the one item.
    #[error("{count} bytes after the item's end")]
    Trailing {
        /// How many.
        count: usize,
    },
}

/// A refusal by the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct Refusal {
    /// Byte offset of the head at fault. For a missing item it is the place where its head would
    /// stand, for trailing bytes the first of them, and for text the first byte of the sequence
    /// that is not UTF-8.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}
