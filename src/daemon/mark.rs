//! The high-water mark: the newest that this side has signed, in a small file on a path of its own
//! that no backup takes in.
//!
//! It is written after each commit that signed something and before anything of it leaves, and once
//! by each process before anything that it found leaves. Two slots are written in turn, so that a
//! write that a power cut tears leaves the other slot whole:
//!
//! ```text
//! pwrite(slot n % 2)   torn here: the other slot holds the mark before; nothing signed has left
//! fdatasync            lost here: the same
//! (answers leave)      from here on the mark is durable
//! ```
//!
//! What a start reads is a witness for the gate, and not durable for that: a process that ended
//! before its sync returned, or whose sync failed, leaves the new mark in the system's cache, and a
//! power cut takes it away again. So a start never takes the mark for written, though it says what
//! is wanted: the other slot is written, and synced.
//!
//! Around them lie the [failpoints](crate::store::failpoint) mark-before-write, mark-written and
//! mark-synced. Before the first one of a process the file is made, if it is not there, and it and
//! its folder are synced (mark-before-open, mark-made, mark-opened): until then the file may go
//! again, and nothing signed has left. A mark that was put back is unlinked and its folder synced
//! (mark-before-remove, mark-removed, mark-gone); one that comes back after a power cut is outdone
//! by the next hello again.
//!
//! The file is trusted as far as its signatures go: it holds our own signed notes, and one that
//! does not open under our own keys is no mark. What it cannot show is that it was itself put back
//! to an older copy; hence it lies outside every backup.

mod medium;

use std::{io, path::PathBuf};

use crate::{
    danger::{Bug, planted},
    ledger::Agreement,
    names::{Party, sha256},
    tlog::{CosignedCheckpoint, SignedCheckpoint},
};

pub use medium::Medium;

/// The newest that this side has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The newest checkpoint of our own log.
    pub own: SignedCheckpoint,
    /// The newest checkpoint of the counterpart's log that we have cosigned.
    pub cosigned: Option<CosignedCheckpoint>,
}

/// The mark's file.
#[derive(Debug)]
pub struct MarkFile {
    medium: Box<dyn Medium>,
    /// Counts what was written; `None` until it is open.
    serial: Option<u64>,
}

/// Bytes of one slot: a page, and more than two notes need.
const SLOT_BYTES: usize = 16 * 1024;
const SLOTS: u64 = 2;
/// Digest and length come before the text.
const HEAD_BYTES: usize = 32 + 8;

impl MarkFile {
    /// The mark at a path; nothing is read or written yet.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self::on(Box::new(medium::InFile::at(path)))
    }

    /// The mark on another medium; nothing is read or written yet.
    #[must_use]
    pub const fn on(medium: Box<dyn Medium>) -> Self {
        Self { medium, serial: None }
    }

    /// Reads the newest slot that is whole and signed by our own keys; `None` if there is none.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(&self, agreement: &Agreement, party: Party) -> io::Result<Option<Mark>> {
        let bytes = self.medium.read()?.unwrap_or_default();
        let newest = slots(&bytes).max_by_key(|(serial, _)| *serial);
        Ok(newest.and_then(|(_, text)| open(&text, agreement, party)))
    }

    /// Writes a mark durably.
    ///
    /// # Errors
    /// If the disk refuses; then nothing that was signed may leave.
    pub fn write(&mut self, mark: &Mark) -> io::Result<()> {
        if planted(Bug::MarkWrittenOnce) && self.serial.is_some() {
            return Ok(());
        }
        let serial = match self.serial {
            Some(serial) => serial,
            None => self.open()?,
        };
        let serial = serial.saturating_add(1);
        self.serial = Some(serial);
        let slot = slot(serial, mark)?;
        let slots = if planted(Bug::MarkInOneSlot) { 1 } else { SLOTS };
        let offset = serial.checked_rem(slots).unwrap_or(0);
        let offset = offset.saturating_mul(u64::try_from(SLOT_BYTES).unwrap_or(u64::MAX));
        self.medium.write(&slot, offset)?;
        if planted(Bug::MarkNotSynced) {
            return Ok(());
        }
        self.medium.sync()
    }

    /// Removes the mark durably: it was put back to an older copy, and is no witness.
    ///
    /// # Errors
    /// If the file is there and cannot be removed.
    pub fn remove(&mut self) -> io::Result<()> {
        self.serial = None;
        self.medium.remove()
    }

    /// Opens the medium, and goes on counting where its slots end.
    fn open(&mut self) -> io::Result<u64> {
        self.medium.open()?;
        let bytes = self.medium.read()?.unwrap_or_default();
        Ok(slots(&bytes).map(|(serial, _)| serial).max().unwrap_or(0))
    }
}

/// One slot: digest of what follows, length of the text, text. The text begins with the serial.
fn slot(serial: u64, mark: &Mark) -> io::Result<Vec<u8>> {
    let cosigned = mark.cosigned.as_ref().map(CosignedCheckpoint::note).unwrap_or_default();
    let text = format!("{serial}\n{}\x1e{cosigned}", mark.own.note());
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes();
    let body = [&length[..], text.as_bytes()].concat();
    let mut slot = [&sha256(&body)[..], &body].concat();
    if slot.len() > SLOT_BYTES {
        return Err(io::Error::other("the mark is larger than its slot"));
    }
    slot.resize(SLOT_BYTES, 0);
    Ok(slot)
}

/// The slots that are whole: serial, and the text after it.
fn slots(bytes: &[u8]) -> impl Iterator<Item = (u64, String)> {
    bytes.chunks(SLOT_BYTES).take(2).filter_map(|slot| {
        let (digest, body) = slot.split_at_checked(32)?;
        let (length, rest) = body.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
        let text = rest.get(..length)?;
        let whole = body.get(..length.checked_add(HEAD_BYTES.checked_sub(32)?)?)?;
        if sha256(whole) != digest {
            return None;
        }
        let (serial, text) = std::str::from_utf8(text).ok()?.split_once('\n')?;
        Some((serial.parse().ok()?, text.to_owned()))
    })
}

fn open(text: &str, agreement: &Agreement, party: Party) -> Option<Mark> {
    let (own, cosigned) = text.split_once('\x1e')?;
    let (ours, theirs) = (agreement.identity(party), agreement.identity(party.other()));
    let own = ours.log.open(own).ok()?;
    let cosigned = match cosigned {
        "" => None,
        note => Some(ours.mirror.open(&theirs.log, note).ok()?),
    };
    Some(Mark { own, cosigned })
}
