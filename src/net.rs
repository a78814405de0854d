//! The road to the counterpart: mutual TLS 1.3 and nothing older, a listener, a dialler, and the
//! one loop that drives a session.

mod allow;
mod converse;
mod desk;
mod door;
mod frames;
mod gauge;
mod hello;
mod link;
mod notices;
mod porch;
mod proxy;
mod reach;
mod switchboard;
pub mod tls;
mod unfinished;
mod warrant;

pub use allow::{AllowList, BadNetwork, Network};
pub use converse::{Clocks, Ended};
pub use desk::{Answer, Desk, Stopped};
pub use gauge::{ConnectionCounts, ConnectionView, Gauge, SessionView, Turned};
pub use hello::HelloRefused;
pub use link::{Gate, Link, LinkError, Road, Towards};
pub use porch::{Bounds, Crowd};
pub use proxy::{Credential, Proxy, ProxyRefused};
pub use reach::Tried;
pub use switchboard::{Place, Switchboard};
