//! Frames: a length in four bytes, big-endian, and one message.

use super::{Entries, Message, Problem, ProblemCode};
use crate::{
    cbor::{self, CborError},
    limits::{
        ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX, ENTRY_BYTES_MAX, FRAME_BYTES_MAX,
        PROOF_HASHES_MAX,
    },
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
    /// An entries message with no entries, or with one of no bytes.
    #[error("entries: at least one, and none of no bytes")]
    NoEntries,
    /// An entries message that is larger than one may be.
    #[error("entries: {0}")]
    Entries(&'static str),
    /// A fork claim whose proof is longer than any may be.
    #[error("a proof has at most {PROOF_HASHES_MAX} hashes")]
    Proof,
    /// A fork claim with a problem that is no contradiction.
    #[error("a fork claim goes with a contradiction alone")]
    ForkClaim,
}

impl FrameRefused {
    /// The problem to answer with.
    #[must_use]
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Oversized { .. } | Self::Entries(_) | Self::Proof => ProblemCode::Oversized,
            Self::Empty | Self::NoEntries | Self::ForkClaim | Self::Message(_) => {
                ProblemCode::Malformed
            }
        }
    }
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
    match &message {
        Message::Entries(one) => check_entries(one)?,
        Message::Problem(one) => check_problem(one)?,
        Message::Hello(_)
        | Message::Checkpoint(_)
        | Message::Cosignature(_)
        | Message::Want(_)
        | Message::Ping(_)
        | Message::Bye(_) => {}
    }
    Ok(message)
}

fn check_entries(one: &Entries) -> Result<(), FrameRefused> {
    let sizes = one.entries.iter().map(|entry| entry.0.len());
    if one.entries.is_empty() || sizes.clone().any(|size| size == 0) {
        return Err(FrameRefused::NoEntries);
    }
    if one.entries.len() > ENTRIES_PER_MESSAGE_MAX {
        return Err(FrameRefused::Entries("at most 256"));
    }
    if sizes.clone().any(|size| size > ENTRY_BYTES_MAX) {
        return Err(FrameRefused::Entries("an entry has at most 65,535 bytes"));
    }
    if sizes.fold(0, usize::saturating_add) > ENTRIES_BYTES_MAX {
        return Err(FrameRefused::Entries("at most 960 KiB in all"));
    }
    Ok(())
}

fn check_problem(one: &Problem) -> Result<(), FrameRefused> {
    let Some(claim) = &one.fork else { return Ok(()) };
    if claim.proof.hashes().len() > PROOF_HASHES_MAX {
        return Err(FrameRefused::Proof);
    }
    let fits = one.code == ProblemCode::Contradiction;
    if fits { Ok(()) } else { Err(FrameRefused::ForkClaim) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cbor::Bytes,
        names::{Party, Position},
        session::{Entries, ForkClaim, Ping},
        tlog::ConsistencyProof,
    };

    fn entries(entries: Vec<Vec<u8>>) -> Vec<u8> {
        let entries = entries.into_iter().map(Bytes).collect();
        let message = Entries { log: Party::Gbr, start: Position(0), entries }.into();
        encode_frame(&message).split_off(4)
    }

    #[test]
    fn a_frame_is_read_back_as_it_was_written() {
        let message = Ping { clock: crate::names::Timestamp::new(7) }.into();
        let frame = encode_frame(&message);
        let (head, body) = frame.split_first_chunk::<4>().unwrap();
        assert_eq!(frame_length(*head), Ok(body.len()));
        assert_eq!(decode_frame(body), Ok(message));
    }

    #[test]
    fn a_length_beyond_the_bound_or_of_nothing_is_refused() {
        let most = u32::try_from(FRAME_BYTES_MAX).unwrap();
        assert_eq!(frame_length(most.to_be_bytes()), Ok(FRAME_BYTES_MAX));
        assert_eq!(frame_length([0; 4]), Err(FrameRefused::Empty));
        for len in [most + 1, u32::MAX] {
            assert_eq!(frame_length(len.to_be_bytes()), Err(FrameRefused::Oversized { len }));
        }
    }

    #[test]
    fn an_entries_message_holds_no_more_than_it_may() {
        let full = ENTRIES_BYTES_MAX / 16;
        let cases: [(Vec<Vec<u8>>, bool); 8] = [
            (vec![vec![1]], true),
            (vec![vec![1]; ENTRIES_PER_MESSAGE_MAX], true),
            (vec![vec![1; ENTRY_BYTES_MAX]], true),
            (vec![vec![1; full]; 16], true),
            (vec![], false),
            (vec![vec![]], false),
            (vec![vec![1; ENTRY_BYTES_MAX + 1]], false),
            (vec![vec![1]; ENTRIES_PER_MESSAGE_MAX + 1], false),
        ];
        for (list, taken) in cases {
            let (count, first) = (list.len(), list.first().map(Vec::len));
            assert_eq!(decode_frame(&entries(list)).is_ok(), taken, "{count} of {first:?}");
        }
        let mut heavy = vec![vec![1; full]; 16];
        heavy.push(vec![1]);
        assert!(matches!(decode_frame(&entries(heavy)), Err(FrameRefused::Entries(_))));
    }

    #[test]
    fn a_fork_claim_has_a_bounded_proof_and_goes_with_a_contradiction() {
        let read = |code, hashes| {
            let beginning = crate::names::Hash::new([7; 32]);
            let proof = ConsistencyProof::new(vec![beginning; hashes]);
            let fork = Some(ForkClaim { checkpoint: "a note".to_owned(), beginning, proof });
            decode_frame(&encode_frame(&Problem { code, fork }.into()).split_off(4))
        };
        for hashes in [0, 1, PROOF_HASHES_MAX] {
            assert!(read(ProblemCode::Contradiction, hashes).is_ok(), "{hashes}");
        }
        for hashes in [PROOF_HASHES_MAX + 1, 30_000] {
            assert_eq!(read(ProblemCode::Contradiction, hashes), Err(FrameRefused::Proof));
        }
        let others = ProblemCode::ALL.iter().filter(|one| **one != ProblemCode::Contradiction);
        for code in others {
            assert_eq!(read(*code, 1), Err(FrameRefused::ForkClaim), "{code}");
        }
    }

    #[test]
    fn a_body_that_is_not_one_message_in_its_one_form_is_refused() {
        let good = encode_frame(&Ping { clock: crate::names::Timestamp::new(7) }.into());
        let good = good.split_at(4).1.to_vec();
        let mut cases: Vec<Vec<u8>> = (0..good.len()).map(|len| good[..len].to_vec()).collect();
        cases.push([&good[..], &[0]].concat());
        // {0: 6}, {1: {0: 7}}, {0: 99, 1: {}}, {1: {0: 7}, 0: 6}, a third field, a long form.
        cases.push(vec![0xa1, 0, 6]);
        cases.push(vec![0xa1, 1, 0xa1, 0, 7]);
        cases.push(vec![0xa2, 0, 0x18, 99, 1, 0xa0]);
        cases.push(vec![0xa2, 1, 0xa1, 0, 7, 0, 6]);
        cases.push(vec![0xa3, 0, 6, 1, 0xa1, 0, 7, 2, 0]);
        cases.push(vec![0xa2, 0, 0x18, 6, 1, 0xa1, 0, 7]);
        cases.push(vec![0xa2, 0, 6, 1, 0xa2, 0, 7, 1, 7]);
        for body in cases {
            assert!(matches!(decode_frame(&body), Err(FrameRefused::Message(_))), "{body:02x?}");
        }
    }
}
