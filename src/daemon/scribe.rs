//! The scribe: the single writer of one side's store.
//!
//! Everyone else holds a bounded channel to it. It drains what has come, decides, and commits once:
//! a group commit, with no timer. No answer, no checkpoint and no cosignature leaves before the
//! commit that holds what it says, and before the high-water mark knows of what was signed.

mod append;
mod clock;
mod command;
mod deal;
mod gate;
mod mirror;
mod query;
mod signer;
mod state;
mod thread;
mod week;

pub use clock::{ClockFault, Reading};
pub use command::{
    Command, Handle, LogView, Progress, ReceiptView, RecordKey, RecordView, Refused, Reply,
    ScribeGone, StatusView, Submitted, WeekView,
};
pub use gate::Gate;
pub use signer::Signatures;
pub use state::{LoadFault, Seat, State, StoreRoots};
pub use thread::{Scribe, spawn};
