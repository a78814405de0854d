//! Heads of data items (RFC 8949 section 3), read strictly.

use super::{Fault, Refusal};

/// The major types (RFC 8949 section 3.1); of major type 7 only what we allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Major {
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    /// False, true or null.
    Constant,
}

/// One head in its shortest form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Offset of its first byte.
    pub(super) at: usize,
    pub(super) major: Major,
    /// The number, length or tag.
    pub(super) argument: u64,
}

impl Head {
    pub(super) const fn refuse(&self, fault: Fault) -> Refusal {
        Refusal { offset: self.at, fault }
    }
}

/// A place in the bytes; it only moves forward.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The offset of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Reads one head.
    pub(super) fn head(&mut self) -> Result<Head, Refusal> {
        let at = self.at;
        let refuse = |fault| Refusal { offset: at, fault };
        let initial = self.take_array::<1>().ok_or_else(|| refuse(Fault::Missing))?;
        let [initial] = initial;
        let info = initial & 0x1f;
        let major = match initial >> 5 {
            0 => Major::Unsigned,
            1 => Major::Negative,
            2 => Major::Bytes,
            3 => Major::Text,
            4 => Major::Array,
            5 => Major::Map,
            6 => Major::Tag,
            _ => {
                self.constant(info, initial).map_err(refuse)?;
                return Ok(Head { at, major: Major::Constant, argument: u64::from(info) });
            }
        };
        let argument = self.argument(info, major, initial).map_err(refuse)?;
        Ok(Head { at, major, argument })
    }

    /// Reads the argument of a head of the major types 0 to 6.
    fn argument(&mut self, info: u8, major: Major, initial: u8) -> Result<u64, Fault> {
        let (argument, floor) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (self.take_array().map(|[byte]| u64::from(byte)), 24),
            25 => (self.take_array().map(|two| u64::from(u16::from_be_bytes(two))), 1 << 8),
            26 => (self.take_array().map(|four| u64::from(u32::from_be_bytes(four))), 1 << 16),
            27 => (self.take_array().map(u64::from_be_bytes), 1 << 32),
            31 if matches!(major, Major::Bytes | Major::Text | Major::Array | Major::Map) => {
                return Err(Fault::Indefinite);
            }
            _ => return Err(Fault::Reserved { initial }),
        };
        let argument = argument.ok_or(Fault::HeadCut)?;
        if argument < floor {
            return Err(Fault::NotShortest { argument });
        }
        Ok(argument)
    }

    /// Judges a head of major type 7: false, true and null are all that is allowed.
    fn constant(&mut self, info: u8, initial: u8) -> Result<(), Fault> {
        match info {
            20..=22 => Ok(()),
            0..=23 => Err(Fault::Simple { value: info }),
            24 => {
                let [value] = self.take_array().ok_or(Fault::HeadCut)?;
                // Section 3.3: two bytes for a simple value below 32 are not well-formed.
                let faulty = Fault::Reserved { initial };
                Err(if value < 32 { faulty } else { Fault::Simple { value } })
            }
            25..=27 => Err(Fault::Float),
            31 => Err(Fault::Break),
            _ => Err(Fault::Reserved { initial }),
        }
    }

    /// Reads the content of a byte or text string.
    pub(super) fn string(&mut self, head: &Head) -> Result<&'a [u8], Refusal> {
        let content = usize::try_from(head.argument).ok().and_then(|length| self.take(length));
        content.ok_or_else(|| self.too_few_left(head))
    }

    /// How many items an array or a map holds, `each` for one of its length; each item takes one
    /// byte at least.
    pub(super) fn items(&self, head: &Head, each: usize) -> Result<usize, Refusal> {
        let items = usize::try_from(head.argument).ok().and_then(|count| count.checked_mul(each));
        items.filter(|items| *items <= self.left()).ok_or_else(|| self.too_few_left(head))
    }

    /// Refuses bytes after the item.
    pub(super) fn end(&self) -> Result<(), Refusal> {
        match self.left() {
            0 => Ok(()),
            count => Err(Refusal { offset: self.at, fault: Fault::Trailing { count } }),
        }
    }

    fn too_few_left(&self, head: &Head) -> Refusal {
        head.refuse(Fault::TooFewLeft { declared: head.argument, left: self.left() })
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N).and_then(|taken| taken.try_into().ok())
    }
}
