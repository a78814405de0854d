//! One conversation with the counterpart: `step(now, Event) -> Actions`, and no I/O.
//!
//! Both halves live on one connection. The *author half* sends our entries and checkpoints from
//! wherever the mirror stands. The *mirror half* examines what arrives, recomputes the root and
//! hands whole batches to the scribe. Whoever drives a session carries out its actions and tells it
//! what came of them; nothing in it waits, and nothing in it is kept beyond the connection.

mod author;
mod claims;
mod events;
mod frame;
mod message;
mod refusal;
mod replica;
mod state;

pub use claims::{Claims, ForkClaimRefused, claims};
pub use events::{Action, Batch, Close, Event, Loaded, Progress, Standing, Weighed};
pub use frame::{FrameRefused, decode_frame, encode_frame, frame_length};
pub use message::{
    Bye, ByeReason, Checkpoint, Cosignature, Entries, ForkClaim, Hello, Message, Ping, Problem,
    ProblemCode, Want,
};
pub use refusal::{Refusal, TwoValues};
pub use replica::{Replica, ReplicaFault};
pub use state::{PROTOCOL, Session};
