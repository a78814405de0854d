//! One conversation of an impostor: the mood that it is in, what it is about to say, and what it
//! deserves to be told.

use std::collections::VecDeque;

use entente::session::{Message, ProblemCode, encode_frame};

use crate::lies::lies;

lies! { MOODS of Mood:
    Forger => "impostor: forges entries",
    Alternate => "impostor: shows another history",
    ForkAhead => "impostor: goes on from another history",
    Older => "impostor: comes back with an older log",
    OlderAndOther => "impostor: wants an older log back and goes on differently",
    StaleTerm => "impostor: a term that falls",
    Unanchored => "impostor: a cosignature without its entanglement",
    Plain => "impostor: tells one lie plainly",
}

/// One conversation of an impostor.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) mood: Mood,
    /// The log as this conversation tells it.
    pub(crate) log: Vec<Vec<u8>>,
    /// How much of it the honest side holds, or will.
    pub(crate) sent: usize,
    pub(crate) greeted: bool,
    /// Lies that are still to be told.
    pub(crate) left: u64,
    pub(crate) frames: VecDeque<(Message, Vec<u8>)>,
    /// What the honest side has to answer, if it gets to hear everything.
    pub(crate) earns: Vec<ProblemCode>,
    /// Whether another connection was up meanwhile, over which it may have said something else.
    pub(crate) overlaps: bool,
}

impl Talk {
    /// A conversation in some mood, with so many lies.
    pub(crate) const fn new(mood: Mood, left: u64) -> Self {
        Self {
            mood,
            log: Vec::new(),
            sent: 0,
            greeted: false,
            left,
            frames: VecDeque::new(),
            earns: Vec::new(),
            overlaps: false,
        }
    }

    /// Has something to say, after what waits.
    pub(crate) fn post(&mut self, message: Message) {
        let frame = encode_frame(&message);
        self.frames.push_back((message, frame));
    }

    /// Whether a problem that the honest side names is the one that was earned. Its hello may be
    /// older than what it holds by now, it may have to be healed first, or its disk may fail.
    pub(crate) fn has_earned(&self, code: ProblemCode) -> bool {
        let excused = match (code, self.earns.as_slice()) {
            (ProblemCode::OutOfOrder | ProblemCode::Internal, _) => true,
            (ProblemCode::Contradiction, [ProblemCode::Root, ..]) => true,
            (ProblemCode::Contradiction | ProblemCode::Gap, _) => self.overlaps && self.is_open(),
            _ => false,
        };
        excused || self.earns.contains(&code)
    }

    /// Whether it shows its log as it is, whatever stands in it.
    const fn is_open(&self) -> bool {
        matches!(self.mood, Mood::Forger | Mood::Plain)
    }

    /// What is said next; nothing before the hello.
    pub(crate) fn next(&mut self) -> Option<(Message, Vec<u8>)> {
        if self.greeted { self.frames.pop_front() } else { None }
    }
}
