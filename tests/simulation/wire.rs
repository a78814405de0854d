//! One direction of a connection: whole frames in order, unless somebody tampers with them.

use std::collections::VecDeque;

use entente::session::{Event, ProblemCode, decode_frame, frame_length};

use crate::lies::Lie;

/// Frames that a wire holds at most: what kernels and the network buffer.
const FRAMES_MAX: usize = 4;

/// What is done to the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tampering {
    Lose,
    Double,
    Swap,
    Garble,
    Oversize,
}

impl Tampering {
    const fn name(self) -> &'static str {
        match self {
            Self::Lose => "a frame lost",
            Self::Double => "a frame doubled",
            Self::Swap => "frames swapped",
            Self::Garble => "a frame garbled",
            Self::Oversize => "a frame oversized",
        }
    }
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// Each frame, and the lie that it is.
    frames: VecDeque<(Vec<u8>, Option<Lie>)>,
    closed: bool,
    deaf: bool,
    /// Looks in vain before a frame is let through.
    slowness: u32,
    looked: u32,
    tampering: Option<Tampering>,
    /// A frame that comes after the next one.
    held_back: Option<Vec<u8>>,
    /// What was done to frames, since it was last asked.
    pub(crate) happened: Vec<&'static str>,
    /// Whether the newest frame went in as it was.
    whole: bool,
    /// Whether the network let something else come out of it than what was put in.
    pub(crate) tampered: bool,
    /// Whether a frame was lost, and what came after it was not: below TLS that breaks a
    /// connection sooner or later.
    pub(crate) lost: bool,
    /// The lie that was read last, since it was last asked.
    pub(crate) reached: Option<Lie>,
}

impl Wire {
    pub(crate) fn has_room(&self) -> bool {
        self.frames.len() < FRAMES_MAX
    }

    pub(crate) fn put(&mut self, frame: Vec<u8>) {
        self.whole = false;
        if self.deaf {
            return;
        }
        let tampering = self.tampering.take();
        if let Some(how) = tampering {
            self.tampered = true;
            self.happened.push(how.name());
        }
        match tampering {
            None => {
                self.push(frame);
                self.whole = self.held_back.is_none();
                // Whatever was held back comes right after.
                self.frames.extend(self.held_back.take().map(|frame| (frame, None)));
            }
            Some(Tampering::Lose) => self.lost = true,
            Some(Tampering::Double) => {
                self.push(frame.clone());
                self.push(frame);
            }
            Some(Tampering::Swap) => self.held_back = Some(frame),
            Some(Tampering::Garble) => {
                let mut frame = frame;
                let middle = 4 + (frame.len() - 4) / 2;
                frame[middle] ^= 0x20;
                self.push(frame);
            }
            Some(Tampering::Oversize) => {
                self.push([&[0xff; 4], &frame[4..]].concat());
            }
        }
    }

    fn push(&mut self, frame: Vec<u8>) {
        self.frames.push_back((frame, None));
    }

    /// Whether the newest frame lies there as it was put.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole && !self.deaf && !self.frames.is_empty()
    }

    /// Somebody says something else than the newest frame.
    pub(crate) fn instead(&mut self, lie: Lie, frames: Vec<Vec<u8>>) {
        self.frames.pop_back();
        let place = lie.place(frames.len());
        let marked = (0..).map(|at| (at == place).then_some(lie));
        self.frames.extend(frames.into_iter().zip(marked));
    }

    /// The next frame's message, as the network reads it.
    pub(crate) fn take(&mut self) -> Option<Event> {
        if self.frames.is_empty() {
            return None;
        }
        self.looked += 1;
        if self.looked <= self.slowness {
            if self.looked == 1 {
                self.happened.push("a frame delayed");
            }
            return None;
        }
        self.looked = 0;
        let (frame, lie) = self.frames.pop_front()?;
        self.reached = lie;
        Some(read(&frame))
    }

    /// Whether the other end has gone, and all that it sent has been read.
    pub(crate) fn has_closed(&self) -> bool {
        self.closed && self.frames.is_empty() && !self.deaf
    }

    /// Whether this end of it was closed.
    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }

    pub(crate) const fn close(&mut self) {
        self.closed = true;
    }

    pub(crate) fn deafen(&mut self) {
        self.deaf = true;
        self.frames.clear();
    }

    pub(crate) const fn slow(&mut self, looks: u32) {
        self.slowness = looks;
    }

    pub(crate) const fn is_slow(&self) -> bool {
        self.slowness > 0
    }

    /// Nothing more is done to what it carries.
    pub(crate) fn calm(&mut self) {
        self.slowness = 0;
        self.tampering = None;
        self.lost |= self.held_back.take().is_some();
    }

    pub(crate) const fn tamper(&mut self, how: Tampering) {
        self.tampering = Some(how);
    }

    pub(crate) const fn is_deaf(&self) -> bool {
        self.deaf
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

fn read(frame: &[u8]) -> Event {
    let (head, body) = frame.split_first_chunk::<4>().unwrap();
    match frame_length(*head) {
        Ok(length) if length == body.len() => match decode_frame(body) {
            Ok(message) => Event::Received(message),
            Err(refused) => Event::Garbled(refused.code()),
        },
        // A frame that is cut off leaves a stream that makes no sense.
        Ok(_) => Event::Garbled(ProblemCode::Malformed),
        Err(refused) => Event::Garbled(refused.code()),
    }
}
