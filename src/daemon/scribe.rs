//! The scribe: the single writer of one side's store.
//!
//! Everyone else holds a bounded channel to it. It drains what has come, decides, and commits once:
//! a group commit, with no timer. No answer, no checkpoint and no cosignature leaves before the
//! commit that holds what it says, and before the high-water mark knows of what was signed.

mod append;
mod clock;
mod command;
mod commit;
mod deal;
mod enrolments;
mod gate;
mod group;
mod inherit;
mod mirror;
mod officer;
mod query;
mod refused;
mod rekey;
mod roots;
mod signer;
mod stall;
mod state;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "numbers are small here, and messages that a test is not about go on as they are"
)]
mod tests;
mod thread;
mod view;
mod week;

pub use crate::session::Progress;
pub use clock::{ClockFault, Reading};
pub use command::{Command, Handle, RecordKey, Reply, ScribeGone, Submitted};
pub use enrolments::{Belief, EnrolmentView};
pub use gate::Gate;
pub use group::Scribe;
pub use refused::Refused;
pub use roots::StoreRoots;
pub use signer::{Signatures, Successors};
pub use state::{LoadFault, Seat, State};
pub use thread::spawn;
pub use view::{
    AwaitingList, AwaitingView, LogView, LoggedAt, ReceiptView, RecordView, StatusView,
    VersionView, WeekView,
};
