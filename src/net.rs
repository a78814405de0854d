//! The road to the counterpart: mutual TLS 1.3 and nothing older, a listener, a dialler, and the
//! one loop that drives a session.

mod converse;
mod desk;
mod frames;
mod gauge;
mod link;
mod switchboard;
pub mod tls;

pub use converse::{Clocks, Ended};
pub use desk::{Answer, Desk, Stopped};
pub use gauge::{ConnectionCounts, ConnectionView, Gauge, SessionView, Turned};
pub use link::{Link, LinkError, Road, Towards};
pub use switchboard::{Place, Switchboard};
