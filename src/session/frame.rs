//! Frames: a length in four bytes, big-endian, and one message.

use super::Message;
use crate::{
    cbor::{self, CborError},
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX, ENTRY_BYTES_MAX, FRAME_BYTES_MAX},
};

/// Why a frame was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameRefused {
    /// Its length says more than a frame may hold; nothing was read or reserved.
    #[error("a frame of {len} bytes; at most {} are allowed", FRAME_BYTES_MAX)]
    Oversized {
        /// Declared length.
        len: u32,
    },
    /// It is empty.
    #[error("a frame of no bytes")]
    Empty,
    /// Its message is not of form.
    #[error("message: {0}")]
    Message(#[from] CborError),
    /// An entries message that is larger than one may be.
    #[error("entries: {0}")]
    Entries(&'static str),
}

/// Reads a frame's length, and refuses one that is out of bounds before anything is reserved.
///
/// # Errors
/// If it is zero or larger than a frame may be.
pub fn frame_length(head: [u8; 4]) -> Result<usize, FrameRefused> {
    let len = u32::from_be_bytes(head);
    match usize::try_from(len) {
        Ok(0) => Err(FrameRefused::Empty),
        Ok(bytes) if bytes <= FRAME_BYTES_MAX => Ok(bytes),
        Ok(_) | Err(_) => Err(FrameRefused::Oversized { len }),
    }
}

/// Reads the message in a frame.
///
/// # Errors
/// If it is not of form.
pub fn decode_frame(body: &[u8]) -> Result<Message, FrameRefused> {
    let message: Message = cbor::decode(body, FRAME_BYTES_MAX)?;
    if let Message::Entries(one) = &message {
        let sizes = one.entries.iter().map(|entry| entry.0.len());
        if one.entries.is_empty() || one.entries.len() > ENTRIES_PER_MESSAGE_MAX {
            return Err(FrameRefused::Entries("between 1 and 256 entries"));
        }
        if sizes.clone().any(|size| size == 0 || size > ENTRY_BYTES_MAX) {
            return Err(FrameRefused::Entries("an entry has 1 to 65,535 bytes"));
        }
        if sizes.fold(0, usize::saturating_add) > ENTRIES_BYTES_MAX {
            return Err(FrameRefused::Entries("at most 960 KiB in all"));
        }
    }
    Ok(message)
}

/// Writes a message as a frame, length first.
#[must_use]
pub fn encode_frame(message: &Message) -> Vec<u8> {
    let body = cbor::encode(message);
    let len = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut frame = len.to_be_bytes().to_vec();
    frame.extend(body);
    frame
}
