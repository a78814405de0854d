//! The ledger: what two logs say, taken together.
//!
//! Both governments derive the same ledger from the same two logs: entries are admitted one by one
//! by the rules of form, put into the one order that entanglements and references give, and folded
//! into cases, transports, visas and journeys.

mod admissions;
mod admit;
mod agreement;
mod amend;
mod books;
mod breaks;
mod cases;
mod contested;
mod counts;
mod deadlines;
mod families;
mod fate;
mod faults;
#[cfg(test)]
pub(crate) mod fixture;
mod fold;
mod guide;
mod hindrance;
mod inheritance;
mod keybook;
mod movements;
mod order;
mod periods;
mod redress;
mod returns;
mod settle;
mod settle_balance;
mod settle_limits;
mod state;
mod story;
mod succession;
mod suggest;
mod suspect;
mod transitions;
mod versions;

pub use admit::{Contest, Entry, Examined, LogReader, OutOfPlace, Standing, examine};
pub use agreement::{Agreement, AgreementFault, LogIdentity};
pub use books::{Books, LastWord, Newest, Place, View};
pub use breaks::{Break, Breaks, Owner};
pub use cases::{
    Answered, Awaiting, Case, CaseState, Journey, JourneyState, Movement, Pending, Timing, Told,
    Transport, TransportState, Visa, VisaState, Window, Word,
};
pub use counts::{Contribution, Direction};
pub use deadlines::{Deadline, DeadlineStanding, Limit};
pub use fate::Fate;
pub use faults::{JOURNEY_FACTS, TRANSPORT_FACTS, VISA_FACTS};
pub use fold::{Folder, fold};
pub use guide::{Guide, Severity};
pub use hindrance::Hindrance;
pub use inheritance::Inheritance;
pub use keybook::{KeyChange, KeyEventFault, KeyPlace, Keybook, may_approve};
pub(crate) use order::points_to;
pub use state::Ledger;
pub use story::{
    BadWanted, CaseFilter, CaseLine, Counted, Deed, Event, Glance, IdPrefix, Leg, Lines, Mark,
    MissingRecord, OpenBreak, Reason, Since, StateName, Step, Story, Subject, Wanted, What, says,
};
pub use succession::SuccessionFault;
pub use suggest::{Suggestion, suggestions};
pub use suspect::suspects;
pub use transitions::{
    CASE, CaseEvent, JOURNEY, JourneyEvent, TRANSPORT, Transition, TransportEvent, VISA, VisaEvent,
};
pub use versions::{Phase, Version, Versions};

use crate::record::BreakClass;

#[cfg(test)]
mod tests;
