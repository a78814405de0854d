//! Checkpoints (C2SP tlog-checkpoint): what an author says of its log.

use crate::envelope::BadSignature;
use crate::names::{Hash, Size};

use super::{LogKey, Note, NoteRefused, Origin, OriginRefused, TreeHead, text};

/// The claim that the log of this origin has this root at this size, which is at least 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Origin,
    size: Size,
    root: Hash,
}

/// Why a note is no checkpoint of the log in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointRefused {
    /// Not a note at all.
    #[error(transparent)]
    Note(#[from] NoteRefused),
    /// The author has not signed.
    #[error("the checkpoint has no signature by the log's key")]
    Unsigned,
    /// The author's key stands on more than one line.
    #[error("the checkpoint has more than one signature by the log's key")]
    SignedTwice,
    /// The author's signature does not verify.
    #[error("the log's key: {0}")]
    Signature(#[from] BadSignature),
    /// Fewer than three lines.
    #[error("a checkpoint has three lines: origin, size and root")]
    Lines,
    /// More than three lines. C2SP permits them and advises against; no log of ours has any.
    #[error("a checkpoint of ours has no extension lines")]
    Extension,
    /// The first line is no origin.
    #[error(transparent)]
    Origin(#[from] OriginRefused),
    /// The first line is the origin of another log.
    #[error("the checkpoint is of another log")]
    OtherOrigin,
    /// The second line is no number.
    #[error("a log's size is a decimal number without leading zeros, below 2^64")]
    Size,
    /// A log without entries has no checkpoint: it begins with its agreement record.
    #[error("a log without entries has no checkpoint")]
    Empty,
    /// The third line is no hash.
    #[error("a root is 32 bytes in base64, in its one canonical form")]
    Root,
}

impl Checkpoint {
    /// Puts a claim together.
    ///
    /// # Errors
    /// If the size is 0.
    pub fn new(origin: Origin, size: Size, root: Hash) -> Result<Self, CheckpointRefused> {
        if size.0 == 0 {
            return Err(CheckpointRefused::Empty);
        }
        Ok(Self { origin, size, root })
    }

    /// Reads the body of a checkpoint: exactly three lines, each with its line end.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn parse(body: &str) -> Result<Self, CheckpointRefused> {
        let body = body.strip_suffix('\n').ok_or(CheckpointRefused::Lines)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointRefused::Lines);
        };
        if lines.next().is_some() {
            return Err(CheckpointRefused::Extension);
        }
        let origin = origin.parse()?;
        let size = text::decimal(size).map(Size).ok_or(CheckpointRefused::Size)?;
        let root = text::hash(root).ok_or(CheckpointRefused::Root)?;
        Self::new(origin, size, root)
    }

    /// The log's origin.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of entries; at least 1.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// Size and root.
    #[must_use]
    pub const fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The note's text: origin, size and root, each on a line of its own.
    #[must_use]
    pub fn body(&self) -> String {
        let root = text::to_base64(self.root.as_bytes());
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// The bytes that the author signs with its log key: the body. No other text of ours can be
    /// mistaken for it, as its second line is a bare number.
    #[must_use]
    pub fn to_sign(&self) -> Vec<u8> {
        self.body().into_bytes()
    }
}

/// A checkpoint with its author's signature, which was verified: it exists in no other way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    /// The author's signature line, with its line end.
    line: String,
}

impl LogKey {
    /// Opens a note as a checkpoint of this key's log. Signatures by other keys are ignored, as
    /// C2SP signed-note asks; they are not in [`SignedCheckpoint::note`] either.
    ///
    /// # Errors
    /// If it is no note, the author has not signed it exactly once, its signature does not verify,
    /// or the text is no checkpoint of this log.
    pub fn open(&self, note: impl AsRef<[u8]>) -> Result<SignedCheckpoint, CheckpointRefused> {
        self.open_parsed(&Note::parse(note.as_ref())?)
    }

    pub(super) fn open_parsed(
        &self,
        note: &Note<'_>,
    ) -> Result<SignedCheckpoint, CheckpointRefused> {
        let mut lines = self.lines(note);
        let signature = lines.next().ok_or(CheckpointRefused::Unsigned)?;
        if lines.next().is_some() {
            return Err(CheckpointRefused::SignedTwice);
        }
        self.public_key().verify(note.text().as_bytes(), signature)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != *self.origin() {
            return Err(CheckpointRefused::OtherOrigin);
        }
        Ok(SignedCheckpoint { checkpoint, line: self.line(signature.to_vec()) })
    }
}

impl SignedCheckpoint {
    /// Puts the author's fresh signature under its checkpoint, and verifies it, so that a broken
    /// signer is found before anything leaves.
    ///
    /// # Errors
    /// If the checkpoint is of another log than the key, or the signature does not verify.
    pub fn seal(
        checkpoint: Checkpoint,
        key: &LogKey,
        signature: &[u8; 64],
    ) -> Result<Self, CheckpointRefused> {
        if checkpoint.origin != *key.origin() {
            return Err(CheckpointRefused::OtherOrigin);
        }
        key.public_key().verify(&checkpoint.to_sign(), signature)?;
        Ok(Self { checkpoint, line: key.line(signature.to_vec()) })
    }

    /// What the author says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note in its canonical form: the body and the author's signature, nothing else.
    #[must_use]
    pub fn note(&self) -> String {
        format!("{}\n{}", self.checkpoint.body(), self.line)
    }
}

#[cfg(test)]
mod tests;
