//! What a session is told, and what it asks for.

use super::{Claims, ForkClaim, ForkClaimRefused, Message, ProblemCode};
use crate::{
    cbor::Bytes,
    envelope::{PublicKey, Role},
    ledger::{Examined, Keybook},
    names::{Party, Position, Size, Timestamp},
    session::ByeReason,
    tlog::{CosignedCheckpoint, Fork, Frontier, SignedCheckpoint},
};

/// What this side holds when a session begins. Made by the scribe.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whether this side has passed.
    pub passed: bool,
    /// This side's term.
    pub term: u64,
    /// The highest term of the counterpart that was seen.
    pub term_seen: u64,
    /// The newest checkpoint of our own log.
    pub own: SignedCheckpoint,
    /// The newest checkpoint of our log that the counterpart has cosigned.
    pub own_cosigned: Option<CosignedCheckpoint>,
    /// The newest checkpoint of the counterpart's log that we hold.
    pub mirror: Option<SignedCheckpoint>,
    /// The newest checkpoint of the counterpart's log that we have cosigned.
    pub mirror_cosigned: Option<CosignedCheckpoint>,
    /// The edge of the mirror.
    pub mirror_frontier: Frontier,
    /// The edge of our own log, from which a lost tail would continue.
    pub own_frontier: Frontier,
    /// The keys of the counterpart at the edge of the mirror.
    pub mirror_keys: Keybook,
    /// Our own keys at the edge of our log.
    pub own_keys: Keybook,
}

impl Standing {
    /// Whether records of our own log may be signed with this key, in this role, at its next
    /// position.
    #[must_use]
    pub fn may_sign(&self, key: &PublicKey, role: Role) -> bool {
        self.own_keys.signer(key, role, self.own_frontier.size().next()).is_some()
    }
}

/// Entries of one log up to a checkpoint whose root they give.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Whose log.
    pub log: Party,
    /// The entries, examined, in order.
    pub entries: Vec<Examined>,
    /// The author's checkpoint of their end.
    pub checkpoint: SignedCheckpoint,
}

/// Entries that the scribe has read for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Whose log.
    pub log: Party,
    /// Where the first stands.
    pub start: Position,
    /// The entries.
    pub entries: Vec<Bytes>,
    /// The checkpoint of their end.
    pub checkpoint: String,
    /// The cosigned notes for the entanglements among them, in order.
    pub cosignatures: Vec<String>,
}

/// What the scribe makes of a counterpart's claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weighed {
    /// We may talk.
    Agreed {
        /// The size up to which our own tail must be asked back, if we have lost one.
        want: Option<Size>,
        /// Whether the counterpart has lost a tail of its own: it is to ask for that first.
        counterpart_behind: bool,
    },
    /// We may not.
    Refused(ProblemCode),
    /// We may not: the counterpart contradicts what it signed. With what shows it to the
    /// counterpart, if its own checkpoint is what contradicts.
    Contradicted(Option<Box<ForkClaim>>),
}

/// What changes on our side, for whoever waits for it. Written by the scribe after each commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Size of our own log.
    pub own: Size,
    /// Size of the mirror.
    pub mirror: Size,
    /// Whether this side has passed.
    pub passed: bool,
    /// Counts commits, so that a wait never misses one.
    pub commits: u64,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A frame's message arrived.
    Received(Message),
    /// What arrived is not a message.
    Garbled(ProblemCode),
    /// The scribe has weighed the counterpart's claims.
    Weighed(Weighed),
    /// The outbound queue has room for a batch.
    Room,
    /// The scribe has read a batch for sending; `None` if there is nothing to send after all.
    Loaded(Option<Loaded>),
    /// The scribe has read cosigned notes to send again, in order; empty when there are no more.
    LoadedCosignatures(Vec<CosignedCheckpoint>),
    /// Our own log has grown to this size.
    Grown(Size),
    /// The scribe has stored what it was given.
    Stored,
    /// The scribe could not use what it was given.
    Rejected(ProblemCode),
    /// Our state changed: the session is to be made anew.
    Renew(ByeReason),
    /// Time passed.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send a message.
    Send(Message),
    /// Let the scribe weigh the counterpart's claims; answer with [`Event::Weighed`].
    Weigh(Box<Claims>),
    /// Tell the scribe what the counterpart's clock said.
    Clock(Timestamp),
    /// Read entries of a log from `start` for sending; answer with [`Event::Loaded`].
    Load {
        /// Whose log.
        log: Party,
        /// Where to begin.
        start: Position,
    },
    /// Read cosigned notes of the counterpart's log above a size; answer with
    /// [`Event::LoadedCosignatures`].
    LoadCosignatures {
        /// The size above which they are wanted.
        above: Size,
        /// How much of our own log the counterpart holds: only notes whose entanglement stands in
        /// it.
        within: Size,
    },
    /// Store a batch durably.
    Store(Box<Batch>),
    /// Store a counterpart's cosignature of our log.
    Cosigned(Box<CosignedCheckpoint>),
    /// Tell the scribe that we have signed two histories.
    Forked(Box<Fork>),
    /// Say that the counterpart claims so, and shows nothing of the kind.
    Accused(ForkClaimRefused),
    /// The session is up: the counterpart is known and we may talk.
    Ready,
    /// End the connection after what was sent before.
    Close(Close),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// We named a problem of theirs.
    TheirProblem(ProblemCode),
    /// They named a problem of ours.
    OurProblem(ProblemCode),
    /// In order, on our side.
    Ours(ByeReason),
    /// In order, on their side.
    Theirs(ByeReason),
    /// Nothing was heard for too long.
    Silent,
}
