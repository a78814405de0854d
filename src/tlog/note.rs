//! Signed notes (C2SP signed-note): a text, a blank line, and a line for each signature.
//!
//! A [`Note`] is only well-formed. Nothing in it may be believed before a [`super::LogKey`] or a
//! [`super::MirrorKey`] has opened it.

use crate::limits::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};

use super::text;

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// Why bytes are no signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteRefused {
    /// More than [`NOTE_BYTES_MAX`] bytes.
    #[error("a note has at most {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("a note is UTF-8")]
    NotUtf8,
    /// An ASCII control character other than the line end.
    #[error("a note has no control characters but line ends")]
    ControlCharacter,
    /// No blank line between text and signatures.
    #[error("a blank line stands between a note's text and its signatures")]
    NoBlankLine,
    /// No signature at all.
    #[error("a note has at least one signature")]
    NoSignatures,
    /// More than [`NOTE_SIGNATURES_MAX`] signatures.
    #[error("a note has at most {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// The last line does not end.
    #[error("a note's last line ends in a line end")]
    Unterminated,
    /// A line after the blank line is no signature line.
    #[error("a signature line is an em dash, a key name and base64, with single spaces between")]
    NotASignature,
    /// A key name is empty, or holds a Unicode space or a `+`.
    #[error("a key name is not empty and has neither spaces nor `+`")]
    KeyName,
    /// A signature is not canonical base64.
    #[error("a signature is written in base64 with padding, in its one canonical form")]
    Base64,
    /// A signature has no more than the four bytes of its key id.
    #[error("a signature has more than the four bytes of its key id")]
    ShortSignature,
}

/// One signature line: who is said to have signed, and the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature<'a> {
    /// The key's name.
    pub name: &'a str,
    /// The first four bytes of a SHA-256 over name, type and key: a hint, not a digest.
    pub key_id: [u8; 4],
    /// What the key's type makes of it; never empty.
    pub signature: Vec<u8>,
}

/// A well-formed note that nobody has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<NoteSignature<'a>>,
}

impl<'a> Note<'a> {
    /// Takes a note apart. Writing it again gives the same bytes.
    ///
    /// # Errors
    /// If the bytes are not a note in its canonical form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, NoteRefused> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteRefused::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteRefused::NotUtf8)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteRefused::ControlCharacter);
        }
        // The text may hold blank lines itself; only the last one divides.
        let (before, lines) = note.rsplit_once("\n\n").ok_or(NoteRefused::NoBlankLine)?;
        let text = note.get(..=before.len()).ok_or(NoteRefused::NoBlankLine)?;
        if lines.is_empty() {
            return Err(NoteRefused::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteRefused::Unterminated)?;
        if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
            return Err(NoteRefused::TooManySignatures);
        }
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?;
        Ok(Self { text, signatures })
    }

    /// The text: what is signed, with its final line end and without the blank line.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The signatures, in the order of the note.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature<'a>] {
        &self.signatures
    }
}

impl std::fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

impl<'a> NoteSignature<'a> {
    fn parse(line: &'a str) -> Result<Self, NoteRefused> {
        let rest = line.strip_prefix(MARK).ok_or(NoteRefused::NotASignature)?;
        let (name, blob) = rest.split_once(' ').ok_or(NoteRefused::NotASignature)?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(NoteRefused::KeyName);
        }
        let blob = text::base64(blob).ok_or(NoteRefused::Base64)?;
        let (key_id, signature) = blob.split_first_chunk().ok_or(NoteRefused::ShortSignature)?;
        if signature.is_empty() {
            return Err(NoteRefused::ShortSignature);
        }
        Ok(Self { name, key_id: *key_id, signature: signature.to_vec() })
    }
}

/// Writes the line with its line end.
impl std::fmt::Display for NoteSignature<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let blob = [&self.key_id[..], &self.signature].concat();
        writeln!(f, "{MARK}{} {}", self.name, text::to_base64(&blob))
    }
}

#[cfg(test)]
mod tests;
