//! The strict scan: one pass over the heads, no recursion, no allocation, no trust in any length.
//!
//! It decides about form only (RFC 8949 section 4.2.1, narrowed): what a value means, and whether
//! it is the structure that belongs in its place, is the codec's and the types' business.

mod fault;
mod head;

pub use fault::{Fault, Refusal};
use head::{Head, Major, Reader};

use crate::limits::CBOR_DEPTH_MAX;

/// The tag of a COSE_Sign1 message (RFC 9052 section 4.2).
const TAG_COSE_SIGN1: u64 = 18;

/// Which CBOR is allowed where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Payloads, messages and headers: no tag anywhere.
    Payload,
    /// A COSE_Sign1 envelope: tag 18 around one item, and below it the rules of a payload.
    Envelope,
}

/// Checks that `bytes` are exactly one item of core deterministic CBOR (RFC 8949 section 4.2.1),
/// narrowed to what we write ourselves.
///
/// Every head is in its shortest form and every length definite. Map keys are unsigned integers in
/// strictly ascending order, so none occurs twice. There are no tags (but the envelope's own), so
/// no bignums, and no floats; of the simple values there are false, true and null. Text is UTF-8.
/// The outermost array or map has depth 1, and one of depth 17 is refused at its head, even if it
/// is empty; the envelope's tag adds nothing to the depth. Negative integers are allowed as values,
/// down to -2^64.
///
/// The time is linear in the length and the space constant. How long `bytes` may be is for the
/// caller to bound: [`decode`](super::decode) takes that cap.
///
/// # Errors
/// The first fault, with the byte offset of the head that is at fault; see [`Refusal::offset`].
pub fn scan(bytes: &[u8], profile: Profile) -> Result<(), Refusal> {
    let mut reader = Reader::new(bytes);
    if bytes.is_empty() {
        return Err(Refusal { offset: 0, fault: Fault::Empty });
    }
    if profile == Profile::Envelope {
        envelope_tag(&mut reader)?;
    }
    let mut open = Open::default();
    loop {
        let head = reader.head()?;
        match open.innermost() {
            Some(level) if level.wants_key() => level.key(&head)?,
            _ => {
                let inside = value(&mut reader, &head)?;
                open.count_one();
                if let Some(level) = inside {
                    open.push(level, head.at)?;
                }
            }
        }
        if open.close_finished() {
            return reader.end();
        }
    }
}

/// The offset of the last head that begins before `stop`, in bytes that the scan has accepted as a
/// payload; 0 if there is none.
pub(super) fn last_head_before(bytes: &[u8], stop: usize) -> usize {
    let mut reader = Reader::new(bytes);
    let mut last = 0;
    while let Ok(head) = reader.head() {
        if head.at >= stop {
            break;
        }
        last = head.at;
        if value(&mut reader, &head).is_err() {
            break;
        }
    }
    last
}

/// Reads the tag that stands before every envelope.
fn envelope_tag(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    let head = reader.head()?;
    if head.major != Major::Tag {
        return Err(head.refuse(Fault::Untagged));
    }
    if head.argument != TAG_COSE_SIGN1 {
        return Err(head.refuse(Fault::Tag { tag: head.argument }));
    }
    Ok(())
}

/// Reads what follows the head of a value: the content of a string, or the level that an array or a
/// map opens.
fn value(reader: &mut Reader<'_>, head: &Head) -> Result<Option<Level>, Refusal> {
    match head.major {
        Major::Unsigned | Major::Negative | Major::Constant => Ok(None),
        Major::Bytes => reader.string(head).map(|_| None),
        Major::Text => {
            let text = reader.string(head)?;
            let Err(error) = std::str::from_utf8(text) else {
                return Ok(None);
            };
            let offset = reader.at().saturating_sub(text.len()).saturating_add(error.valid_up_to());
            Err(Refusal { offset, fault: Fault::Utf8 })
        }
        Major::Array => Ok(Some(Level::array(reader.items(head, 1)?))),
        Major::Map => Ok(Some(Level::map(reader.items(head, 2)?))),
        Major::Tag => Err(head.refuse(Fault::Tag { tag: head.argument })),
    }
}

/// An array or a map whose end has not been reached.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// Items that are still to come; a key and its value are two.
    left: usize,
    /// Whether it is a map.
    map: bool,
    /// The newest key of a map.
    last: Option<u64>,
}

impl Level {
    const fn array(items: usize) -> Self {
        Self { left: items, map: false, last: None }
    }

    const fn map(items: usize) -> Self {
        Self { left: items, map: true, last: None }
    }

    /// Keys stand where an even number of items is left.
    const fn wants_key(&self) -> bool {
        self.map && self.left.is_multiple_of(2)
    }

    /// Takes the head of a key.
    fn key(&mut self, head: &Head) -> Result<(), Refusal> {
        if head.major != Major::Unsigned {
            return Err(head.refuse(Fault::KeyType));
        }
        let key = head.argument;
        match self.last.replace(key) {
            Some(last) if last == key => Err(head.refuse(Fault::KeyTwice { key })),
            Some(last) if last > key => Err(head.refuse(Fault::KeyOrder { key, after: last })),
            _ => {
                self.left = self.left.saturating_sub(1);
                Ok(())
            }
        }
    }
}

/// The levels that are open, outermost first.
#[derive(Debug, Default)]
struct Open {
    levels: [Level; CBOR_DEPTH_MAX],
    depth: usize,
}

impl Open {
    fn innermost(&mut self) -> Option<&mut Level> {
        self.levels.get_mut(self.depth.checked_sub(1)?)
    }

    /// Notes that one item of the innermost level has begun.
    fn count_one(&mut self) {
        if let Some(level) = self.innermost() {
            level.left = level.left.saturating_sub(1);
        }
    }

    fn push(&mut self, level: Level, at: usize) -> Result<(), Refusal> {
        let Some(slot) = self.levels.get_mut(self.depth) else {
            return Err(Refusal { offset: at, fault: Fault::Depth });
        };
        *slot = level;
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    /// Leaves every level that has all its items; true once none is open.
    fn close_finished(&mut self) -> bool {
        while self.innermost().is_some_and(|level| level.left == 0) {
            self.depth = self.depth.saturating_sub(1);
        }
        self.depth == 0
    }
}
