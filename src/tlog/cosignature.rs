//! Cosignatures (C2SP tlog-cosignature, the timestamped Ed25519 form): a mirror's word that at this
//! time it durably holds what a checkpoint covers, and holds nothing larger that it has cosigned.

use crate::envelope::BadSignature;
use crate::names::Timestamp;

use super::quantum::QuantumLine;
use super::{
    Checkpoint, CheckpointRefused, LogKey, MirrorKey, Note, NoteRefused, Origin, SignedCheckpoint,
};

/// The time's eight bytes, then the signature.
const TIME_BYTES: usize = 8;
const SIGNATURE_BYTES: usize = 64;

/// Why a note is no cosigned checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureRefused {
    /// Not a checkpoint by the log's author in the first place.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// The mirror has not signed.
    #[error("the checkpoint has no cosignature by the mirror's key")]
    Unsigned,
    /// The mirror's key stands on more than one line: which time would hold?
    #[error("the checkpoint has more than one cosignature by the mirror's key")]
    SignedTwice,
    /// Not a time and a signature.
    #[error("a cosignature has 72 bytes: time and signature")]
    Length,
    /// A time after the year 9999.
    #[error("the cosignature's time lies after the year 9999")]
    Time,
    /// Its post-quantum cosignature stands there more than once.
    #[error("the checkpoint has more than one post-quantum cosignature by the mirror")]
    QuantumTwice,
    /// The mirror's two cosignatures tell two times: which would hold?
    #[error("the mirror's post-quantum cosignature tells another time than its other one")]
    QuantumTime,
    /// The cosignature does not verify.
    #[error("the mirror's key: {0}")]
    Signature(#[from] BadSignature),
}

impl From<NoteRefused> for CosignatureRefused {
    fn from(refusal: NoteRefused) -> Self {
        Self::Checkpoint(refusal.into())
    }
}

impl Checkpoint {
    /// The bytes that a mirror signs at this time. The first line is the domain: no checkpoint's
    /// own text can be mistaken for it, as its second line is not a bare number.
    #[must_use]
    pub fn to_cosign(&self, time: Timestamp) -> Vec<u8> {
        format!("cosignature/v1\ntime {}\n{}", time.seconds(), self.body()).into_bytes()
    }
}

/// A checkpoint with the signatures of its author and its mirror, both verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedCheckpoint {
    signed: SignedCheckpoint,
    time: Timestamp,
    /// The mirror's signature line, with its line end.
    line: String,
    /// Who it is.
    mirror: Origin,
    /// What it may have added for the time after quantum computers.
    pub(super) quantum: Option<QuantumLine>,
}

impl MirrorKey {
    /// Opens a note as a checkpoint of `author`'s log that this mirror has cosigned. Signatures by
    /// others are ignored.
    ///
    /// # Errors
    /// If the note is no checkpoint by its author, or the mirror has not cosigned it exactly once
    /// with a signature that verifies.
    pub fn open(
        &self,
        author: &LogKey,
        note: impl AsRef<[u8]>,
    ) -> Result<CosignedCheckpoint, CosignatureRefused> {
        let note = Note::parse(note.as_ref())?;
        let signed = author.open_parsed(&note)?;
        let mut lines = self.lines(&note);
        let line = lines.next().ok_or(CosignatureRefused::Unsigned)?;
        if lines.next().is_some() {
            return Err(CosignatureRefused::SignedTwice);
        }
        let (seconds, signature) =
            line.split_first_chunk::<TIME_BYTES>().ok_or(CosignatureRefused::Length)?;
        let signature: &[u8; SIGNATURE_BYTES] =
            signature.try_into().map_err(|_| CosignatureRefused::Length)?;
        let seconds = u64::from_be_bytes(*seconds);
        let time = Timestamp::new(seconds);
        if time.seconds() != seconds {
            return Err(CosignatureRefused::Time);
        }
        let mut cosigned = CosignedCheckpoint::seal(signed, self, time, signature)?;
        cosigned.quantum = self.quantum(&note, time)?;
        Ok(cosigned)
    }

    /// What the mirror has added under its name, kept unverified.
    fn quantum(
        &self,
        note: &Note<'_>,
        time: Timestamp,
    ) -> Result<Option<QuantumLine>, CosignatureRefused> {
        let named = note.signatures().iter().filter(|line| line.name == self.name().as_str());
        let mut lines = named.filter_map(QuantumLine::of);
        let Some((seconds, line)) = lines.next() else { return Ok(None) };
        if lines.next().is_some() {
            return Err(CosignatureRefused::QuantumTwice);
        }
        if seconds != time.seconds() {
            return Err(CosignatureRefused::QuantumTime);
        }
        Ok(Some(line))
    }
}

impl CosignedCheckpoint {
    /// Puts the mirror's fresh signature under a checkpoint, and verifies it, so that a broken
    /// signer is found before anything leaves.
    ///
    /// # Errors
    /// If the signature does not verify.
    pub fn seal(
        signed: SignedCheckpoint,
        key: &MirrorKey,
        time: Timestamp,
        signature: &[u8; SIGNATURE_BYTES],
    ) -> Result<Self, BadSignature> {
        key.public_key().verify(&signed.checkpoint().to_cosign(time), signature)?;
        let line = key.line([&time.seconds().to_be_bytes()[..], signature].concat());
        Ok(Self { signed, time, line, mirror: key.name().clone(), quantum: None })
    }

    /// What author and mirror both say.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.signed.checkpoint()
    }

    /// The author's part.
    #[must_use]
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// When the mirror signed.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// Whether it is the mirror of this name.
    pub(super) fn is_by(&self, name: &Origin) -> bool {
        self.mirror == *name
    }

    /// The note in its canonical form: the body, the author's line, the mirror's, and its
    /// post-quantum one if it has added that.
    #[must_use]
    pub fn note(&self) -> String {
        let quantum = self.quantum.as_ref().map_or("", |line| line.text.as_str());
        format!("{}{}{quantum}", self.signed.note(), self.line)
    }
}

#[cfg(test)]
mod tests;
