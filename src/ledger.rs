//! The ledger: what two logs say, taken together.
//!
//! Both governments derive the same ledger from the same two logs: entries are admitted one by one
//! by the rules of form, put into the one order that entanglements and references give, and folded
//! into cases, transports, visas and journeys.

mod admit;
mod agreement;
mod awaiting;
mod books;
mod breaks;
mod cases;
mod counts;
#[cfg(test)]
pub(crate) mod fixture;
mod fold;
mod order;
mod settle;

pub use admit::{Contest, Entry, Examined, LogReader, OutOfPlace, Standing, examine};
pub use agreement::{Agreement, AgreementFault, LogIdentity};
pub use awaiting::{Awaiting, awaiting};
pub use books::{Books, View};
pub use breaks::{Break, Breaks, Owner};
pub use cases::{Case, CaseState, Journey, JourneyState, Ledger, Transport, TransportState, Visa};
pub use counts::{Contribution, Direction};
pub use fold::fold;
pub(crate) use order::points_to;

#[cfg(test)]
mod tests;
