//! Two whole sides in one process: two scribes, two sessions, and queues of frames between them.
//!
//! Nothing here runs by itself: a test hands things in, sets the clock, lets frames through or cuts
//! the link, and looks at what both sides hold. Whatever leaves a side is noted, and two histories
//! under one signature fail the test at once.

mod liar;
mod link;
mod pair;
#[cfg(feature = "pq")]
mod quantum;
mod side;
mod signed;
mod stalled;

mod awaited;
mod clocks;
mod contested;
mod ends;
mod enrolments;
mod exchange;
mod failing_reads;
mod forks;
mod gate;
mod hello;
mod reconnects;
mod restored;
mod room;
mod rotation;
mod seasons;
mod submissions;
mod succession;
mod unasked;
mod weeks;
